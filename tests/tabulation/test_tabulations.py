"""Counts by group from answers and from print; the estimates are those of the printed report."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import csea_stats
from csea_stats import (
    Categories,
    Codebook,
    Estimates,
    Multiple,
    Number,
    Ordered,
    Respondents,
    Superpopulation,
    as_survey,
    difference,
    estimate,
    load_survey,
    proportion,
    read_respondents,
    synthesise,
    tabulate,
)
from csea_stats.base.exact_tests import p_value
from csea_stats.errors import InputError, UnknownName
from csea_stats.tabulation.number_summaries import median_ranks

SURVEY = load_survey("bosnia-herzegovina-2021")

BOOK = Codebook(
    {
        "rating": Ordered("none", "poor", "good", off_scale=("don't know", "refused"), says={"poor": "rate it poor"}),
        "kind": Categories("government", "NGO", "other", label="Type of organisation"),
        "services": Multiple(items=("legal", "medical"), separator=";", nothing="none of these"),
        "years": Number("years"),
    }
)
FRAME = pd.DataFrame(
    {
        "rating": ["poor"] * 5 + ["none"] * 2 + ["good"] * 3 + ["don't know", "don't know", "refused", None],
        "kind": ["government"] * 6 + ["NGO"] * 6 + [None, "NGO"],
        "services": ["legal;medical"] * 4 + ["none of these"] * 4 + ["medical"] * 4 + [None, "legal"],
        "years": range(14),
    }
)
DATA = read_respondents(FRAME, BOOK)


def test_counts_missing_and_off_scale_are_apart():
    table = tabulate(DATA, "rating", by="kind")
    assert table.groups == ("government", "NGO", "other")
    (found,) = table.tables
    assert found.counts == ((1, 5, 0), (1, 0, 3), (0, 0, 0))
    assert found.bases == (6, 4, 0)
    assert found.apart == ((), (("missing", 1), ("don't know", 2)), ())
    assert table.left_out == (("kind: missing", 1),)
    whole = tabulate(DATA, "rating").tables[0]
    assert whole.counts == ((2, 5, 3),)
    assert whole.apart == ((("missing", 1), ("don't know", 2), ("refused", 1)),)


def test_the_counts_agree_with_pandas():
    table = tabulate(DATA, "rating", by="kind").tables[0]
    expected = pd.crosstab(FRAME["kind"], FRAME["rating"])
    for place, group in enumerate(("government", "NGO")):
        for column, label in enumerate(("none", "poor", "good")):
            assert table.counts[place][column] == expected.loc[group].get(label, 0)


def test_a_frame_of_the_counts():
    frame = tabulate(DATA, "rating", by="kind").to_frame()
    assert list(frame.columns) == ["group", "answer", "counted", "lowest", "highest", "base_lowest", "base_highest"]
    counted = frame[frame.counted]
    assert counted.groupby("group").lowest.sum().to_dict() == {"government": 6, "NGO": 4, "other": 0}
    assert frame[~frame.counted].lowest.sum() == 3


def test_several_answers_each():
    table = tabulate(DATA, "services", by="kind").tables[0]
    assert table.counts == ((4, 4), (1, 4), (0, 0))
    assert table.bases == (6, 7, 0)


def test_estimates_by_group_are_proportions_and_say_who_is_not_counted():
    numbers = estimate(tabulate(DATA, "rating", by="kind"))
    poor = numbers.where(item="poor among government", target=Superpopulation)[0]
    assert poor.interval == proportion(5, 6).interval
    assert poor.companion == proportion(5, 6).companion
    assert "rate it poor (Type of organisation: government)" in str(poor)
    ngo = numbers.where(item="good among NGO", target=Superpopulation)[0]
    told = next(doubt.text for doubt in ngo.caveats if doubt.code == "apart" and "don't know" in doubt.text)
    assert told == "4 of 7 gave an answer that is counted here; not counted: missing 1, don't know 2."
    assert any("kind: missing 1" in doubt.text for doubt in ngo.caveats)
    assert not numbers.where(item="poor among other")  # nobody, so no share
    cut = numbers.where(item="poor or lower among government", target=Superpopulation)[0]
    assert (cut.estimand, cut.interval) == ("cumulative share", proportion(6, 6).interval)


def test_both_bases_are_shown_where_answers_lie_off_the_scale():
    numbers = estimate(tabulate(DATA, "rating"))
    assert numbers.where(item="poor", target=Superpopulation)[0].base == (10,)
    both = numbers.where(item="poor, of all who answered", target=Superpopulation)[0]
    assert (both.base, both.counts) == ((13,), ((5,),))
    assert numbers.where(item="don't know, of all who answered", target=Superpopulation)[0].counts == ((2,),)


@pytest.mark.slow
def test_estimates_of_answers_are_those_of_each_variable():
    numbers = estimate(DATA)
    parts = [
        *estimate(tabulate(DATA, "rating")),
        *estimate(tabulate(DATA, "kind")),
        *estimate(tabulate(DATA, "services")),
    ]
    assert list(numbers) == parts
    assert Estimates.from_json(numbers.to_json()) == numbers
    assert {number.target.__class__.__name__ for number in numbers} == {"Respondents", "Superpopulation", "Population"}


def test_the_funnel_and_clusters_are_told():
    book = Codebook({"a": Categories("no", "yes"), "b": Categories("x", "y")}, eligible={"a": "yes"}, cluster="office")
    frame = pd.DataFrame({"a": ["yes", "yes", "no"], "b": ["x", "y", "x"], "office": ["o", "o", "o"]})
    numbers = estimate(tabulate(read_respondents(frame, book), "b"))
    inferred = numbers.where(target=Superpopulation)[0]
    codes = [doubt.code for doubt in inferred.caveats]
    assert "clustered" in codes
    assert "3 rows, of which 2 count as respondents" in str(inferred)
    counted = numbers.where(target=Respondents)[0]
    assert "clustered" not in [doubt.code for doubt in counted.caveats]


# ---------------------------------------------------------------- print


@pytest.fixture
def printed(shipped_estimates):
    return shipped_estimates


@pytest.mark.few(3)
@pytest.mark.parametrize("question", ["organisation", "police-knowledge", "awareness", "barriers", "boys-age"])
def test_print_tabulated_is_the_printed_report(question, printed):
    numbers = estimate(tabulate(SURVEY, question))
    compared = 0
    for number in numbers:
        same = printed.where(question=question, item=number.item, target=number.target)
        same = [one for one in same if one.estimand == number.estimand]
        if not same:
            continue  # print names neither the answer nor anything near it
        assert (number.interval, number.companion, number.verdict) == (
            same[0].interval,
            same[0].companion,
            same[0].verdict,
        )
        assert (number.label, number.counts, number.base) == (same[0].label, same[0].counts, same[0].base)
        compared += 1
    assert compared >= 15


def test_a_published_subgroup_against_the_rest():
    table = tabulate(SURVEY, "awareness", by="age")
    assert table.groups == ("under 30", "30 and over")
    assert {found.counts for found in table.tables} == {
        ((0, 7, 0, 0, 0), (0, 28, 10, 3, 0)),
        ((0, 7, 0, 0, 0), (1, 28, 10, 3, 0)),
        ((0, 7, 0, 0, 0), (0, 28, 10, 3, 1)),
    }
    assert {found.bases for found in table.tables} == {(7, 42)}
    poor = estimate(table).where(item="poor among 30 and over", target=Superpopulation)[0]
    assert poor.interval == proportion(28, 42).interval
    assert "chosen-after" in [doubt.code for doubt in poor.caveats]


@pytest.mark.slow
def test_synthetic_answers_tabulate_to_a_table_that_print_allows():
    printed = {table.counts for table in tabulate(SURVEY, "awareness", by="age").tables}
    for seed in range(3):
        made = tabulate(synthesise(SURVEY, seed=seed), "awareness", by="age")
        assert made.synthetic
        assert made.tables[0].counts in printed


def test_names_with_underscores_of_a_survey():
    assert tabulate(SURVEY, "police_knowledge").outcome == "police-knowledge"


@pytest.mark.parametrize(
    ("call", "kind", "needles"),
    [
        (lambda: tabulate(SURVEY, "awareness", by="organisation"), InputError, ["awareness", "crosstab_bounds"]),
        (lambda: tabulate(SURVEY, "experience"), InputError, ["no answers"]),
        (lambda: tabulate(SURVEY, "awarenes"), UnknownName, ["awareness"]),
        (lambda: tabulate(SURVEY, "awareness", by="agee"), UnknownName, ["age"]),
        (lambda: tabulate(DATA, "ratings"), UnknownName, ["rating"]),
        (lambda: tabulate(DATA, "years", by="kind").contrasts(), InputError, ["a number without bands"]),
        (lambda: tabulate(DATA, "rating", by="services[law]"), UnknownName, ["legal"]),
        (lambda: tabulate(DATA, "rating[none]"), InputError, ["one answer each"]),
        (lambda: tabulate(DATA, "rating", by="years"), InputError, ["a number", "bands"]),
        (lambda: tabulate(DATA, "rating", by="services"), InputError, ["several answers", "services[option]"]),
        (lambda: tabulate(FRAME, "rating"), InputError, ["DataFrame", "Microdata"]),
        (lambda: estimate(FRAME), InputError, ["DataFrame", "Survey", "Tabulation"]),
        (lambda: tabulate(DATA, "rating").contrasts(), InputError, ["no groups", "by="]),
        (lambda: tabulate(DATA, "rating", by="kind").contrasts("all"), InputError, ["'all'", "'pairs'"]),
        (lambda: tabulate(DATA, "rating", by="kind").contrasts(level=95), InputError, ["95"]),
    ],
)
def test_what_cannot_be_counted(call, kind, needles):
    with pytest.raises(kind) as caught:
        call()
    assert [needle for needle in needles if needle not in str(caught.value)] == []


# ---------------------------------------------------------------- options and numbers


def test_one_option_is_a_question_of_its_own():
    legal = tabulate(DATA, "services[legal]", by="kind")
    assert (legal.labels, legal.several, legal.tables[0].counts) == (("no", "yes"), False, ((2, 4), (6, 1), (0, 0)))
    assert legal.tables[0].apart == ((), (), ())
    whole = estimate(tabulate(DATA, "services")).where(item="legal", target=Superpopulation)[0]
    alone = estimate(tabulate(DATA, "services[legal]")).where(item="yes", target=Superpopulation)[0]
    assert (alone.interval, alone.counts, alone.base) == (whole.interval, whole.counts, whole.base)
    assert "“yes” (services: legal)" in str(alone)
    rated = tabulate(DATA, "rating", by="services['legal']")  # quoted or not
    assert (rated.by, rated.groups) == ("services[legal]", ("no", "yes"))
    assert rated.tables[0].counts == ((2, 1, 3), (0, 4, 0))
    assert rated.left_out == (("services[legal]: missing", 1),)


BANDED = read_respondents(
    pd.DataFrame(
        {
            "years": [0, 4.9, 5, 9.9, 10, 40, "refused", None, 7, 8, 3, 2, 6, 1],
            "kind": ["government", "NGO"] * 7,
            "rating": ["poor", "good"] * 7,
        }
    ),
    Codebook(
        {
            "years": Number("years", minimum=0, bands=(5, 10), off_scale=("refused",), label="Experience"),
            "kind": Categories("government", "NGO"),
            "rating": Ordered("poor", "good"),
        }
    ),
)


def test_a_number_is_counted_by_its_bands():
    table = tabulate(BANDED, "years", by="kind")
    assert (table.labels, table.ordered) == (("under 5", "5 to under 10", "10 and over"), True)
    values = pd.to_numeric(pd.Series([0, 4.9, 5, 9.9, 10, 40, None, None, 7, 8, 3, 2, 6, 1]))
    cut = pd.cut(values, [-np.inf, 5, 10, np.inf], right=False)
    expected = pd.crosstab(["government", "NGO"] * 7, cut).loc[["government", "NGO"]].to_numpy()
    assert np.array(table.tables[0].counts).tolist() == expected.tolist()
    assert table.tables[0].apart == ((("refused", 1),), (("missing", 1),))
    groups = tabulate(BANDED, "rating", by="years")
    assert (groups.groups, groups.groups_ordered) == (table.labels, True)
    assert groups.left_out == (("years: missing", 1), ("years: refused", 1))
    assert [sum(row) for row in groups.tables[0].counts] == expected.sum(axis=0).tolist()
    assert [one.item for one in table.contrasts(target=Respondents(), outcome="5 to under 10 or higher")] == [
        "5 to under 10 or higher: government minus NGO"
    ]


def test_a_number_is_told_by_its_median_and_quartiles():
    table = tabulate(DATA, "years", by="kind")
    values = FRAME["years"].to_numpy()
    for place, group in enumerate(("government", "NGO")):
        wanted = np.quantile(values[FRAME["kind"] == group], [0.25, 0.5, 0.75])  # R's type 7, too
        assert table.numbers[place].quartiles == tuple(wanted)
    assert "government: 2.5 years (median of 6), quartiles 1.25 and 3.75" in str(table)
    assert "other: nobody" in str(table)
    numbers = estimate(table)
    assert [(one.item, one.value) for one in numbers.where(target=Respondents)] == [
        ("median among government", 2.5),
        ("median among NGO", 9.0),
    ]
    government, ngo = numbers.where(target=Superpopulation)
    assert (government.interval.lower, government.interval.upper) == (0, 5)
    assert "exact coverage 96.9%" in str(government)
    assert "No credible interval" in str(government)
    assert (ngo.interval.lower, ngo.interval.upper) == (6, 13)
    assert "Quartiles of the 7: 7.5 and 10.5" in str(ngo)
    few = estimate(tabulate(read_respondents(FRAME[:5], BOOK), "years")).where(target=Superpopulation)[0]
    assert (few.value, few.interval) == (None, None)
    assert "bound the median" in str(few)
    assert Estimates.from_json(numbers.to_json()) == numbers


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize("people", [5, 6, 7, 10, 24, 49])
def test_limits_of_a_median_hold_as_often_as_they_say(people, level):
    """By simulation of uniform numbers, whose median is 1/2, and narrower ones would not do."""
    found = median_ranks(people, level)
    if found is None:
        assert 1 - 2 * 0.5**people < level
        return
    lower, upper, coverage = found
    drawn = np.sort(np.random.default_rng(people).random((20_000, people)), axis=1)
    inside = ((drawn[:, lower - 1] <= 0.5) & (drawn[:, upper - 1] >= 0.5)).mean()
    assert inside == pytest.approx(coverage, abs=4 * (0.25 / 20_000) ** 0.5)
    assert coverage >= level > 1 - 2 * stats.binom.cdf(lower, people, 0.5)


# ---------------------------------------------------------------- contrasts

GROUPS = Codebook({"a": Ordered("low", "mid", "high"), "g": Categories("x", "y", "z")})


def grouped(counts):
    rows = [
        (label, group)
        for group, row in zip("xyz", counts, strict=True)
        for label, n in zip(("low", "mid", "high"), row, strict=True)
        for _ in range(n)
    ]
    return tabulate(read_respondents(pd.DataFrame(rows, columns=["a", "g"]), GROUPS), "a", by="g")


TABLE = grouped([(9, 3, 2), (4, 5, 6), (1, 4, 7)])


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("versus", "pairs"),
    [
        ("complement", [((9, 14), (5, 27)), ((4, 15), (10, 26)), ((1, 12), (13, 29))]),
        ("pairs", [((9, 14), (4, 15)), ((9, 14), (1, 12)), ((4, 15), (1, 12))]),
        ("reference", [((4, 15), (9, 14)), ((1, 12), (9, 14))]),
    ],
)
def test_a_family_is_differences_at_the_level_of_one_comparison(versus, pairs):
    family = TABLE.contrasts(versus, target=Superpopulation())
    number = 2 * len(pairs)
    assert len(family) == number
    for found, (first, second) in zip(family, pairs, strict=False):
        alone = difference(first, second, level=1 - 0.05 / number)
        assert (found.interval.lower, found.interval.upper) == (alone.interval.lower, alone.interval.upper)
        assert (found.companion.lower, found.companion.upper) == (alone.companion.lower, alone.companion.upper)
        assert (found.interval.level, found.interval.simultaneous) == (0.95, number)
        assert found.verdict.word == alone.verdict.word
        assert "all-at-once" in [doubt.code for doubt in found.caveats]
        assert f"; {number} comparisons)" in str(found)


def test_a_family_is_wider_than_its_members_alone():
    found = TABLE.contrasts(target=Superpopulation())[0]
    alone = difference((9, 14), (5, 27))
    assert found.interval.lower < alone.interval.lower
    assert alone.interval.upper < found.interval.upper


def test_two_groups_are_compared_once_whatever_against():
    table = tabulate(SURVEY, "awareness", by="age")
    by_name = {
        versus: [one.item for one in table.contrasts(versus, target=Respondents())]
        for versus in ("complement", "pairs")
    }
    assert by_name["complement"] == by_name["pairs"]
    assert by_name["complement"][1] == "poor or lower: under 30 minus 30 and over"
    poor = table.contrasts(target=Respondents())[1]
    assert poor.bounds == (1 - 29 / 42, 1 - 28 / 42)


def test_the_answers_of_two_categories_are_compared_once():
    book = Codebook({"a": Categories("no", "yes"), "g": Categories("x", "y")})
    frame = pd.DataFrame({"a": ["yes", "no", "yes", "yes"], "g": ["x", "x", "y", "y"]})
    family = tabulate(read_respondents(frame, book), "a", by="g").contrasts(target=Superpopulation())
    assert [(one.item, one.interval.simultaneous) for one in family] == [("yes: x minus y", 1)]


def test_a_group_of_nobody_is_left_out_of_the_family():
    family = grouped([(9, 3, 2), (4, 5, 6), (0, 0, 0)]).contrasts("pairs", target=Respondents())
    assert len(family) == 2
    with pytest.raises(InputError, match="1 group with answers"):
        grouped([(9, 3, 2), (0, 0, 0), (0, 0, 0)]).contrasts()


@pytest.mark.slow
def test_a_cut_at_which_everybody_is_on_one_side_is_left_out_and_not_counted():
    family = grouped([(0, 9, 5), (0, 4, 11), (0, 1, 7)]).contrasts(target=Superpopulation())
    assert [one.item for one in family] == [f"mid or lower: {group} minus the rest" for group in "xyz"]
    alone = difference((9, 14), (5, 23), level=1 - 0.05 / 3)
    assert family[0].interval.lower == alone.interval.lower
    assert {one.interval.simultaneous for one in family} == {3}
    told = [[doubt.text for doubt in one.caveats if doubt.code == "one-sided-cuts"] for one in family]
    assert ["“low”" in text for text in told[0]] == [True]  # once
    assert told[1:] == [[], []]
    assert "one-sided-cuts" not in [doubt.code for one in TABLE.contrasts() for doubt in one.caveats]
    with pytest.raises(InputError, match="everybody gave"):
        grouped([(4, 0, 0), (7, 0, 0), (0, 0, 0)]).contrasts()


@given(st.permutations(range(9)), st.lists(st.integers(0, 2), min_size=9, max_size=9))
@settings(max_examples=20, deadline=None)
def test_what_is_left_out_does_not_look_at_groups(order, answers):
    """The same answers, however people are put into groups, have the same cuts: fixed given the pooled answers."""
    if len(set(answers)) < 2:
        return
    found = []
    for people in (range(9), order):
        counts = [[0] * 3 for _ in range(3)]
        for place, person in enumerate(people):
            counts[place % 3][answers[person]] += 1
        family = grouped([tuple(row) for row in counts]).contrasts(target=Respondents())
        found.append([one.item for one in family])
    assert found[0] == found[1]


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("share", [(0.02, 0.3, 0.68), (0.0, 0.1, 0.9), (0.1, 0.05, 0.85), (1 / 3, 1 / 3, 1 / 3)])
def test_the_family_keeps_its_level(share):
    """Enumerated, groups of 5 and 8, three answers, both groups alike: any cut told apart over those left in.

    Its rate is below .05 by Fisher's exact test and by the whole rule of verdicts.
    """
    sizes = 5, 8
    ways = [np.array([(a, b, n - a - b) for a in range(n + 1) for b in range(n + 1 - a)]) for n in sizes]
    chance = np.outer(*(stats.multinomial.pmf(way, n, share) for way, n in zip(ways, sizes, strict=True)))
    cuts = [np.cumsum(way, axis=1)[:, :2] for way in ways]
    total = cuts[0][:, None] + cuts[1][None]
    kept = (total > 0) & (total < sum(sizes))
    for rule in (told_apart_exactly, told_apart_by_verdict):
        tables = [np.array([[rule(x, y, sizes, m) for y in range(9)] for x in range(6)]) for m in (1, 2)]
        wrong = np.zeros(chance.shape, dtype=bool)
        for cut in (0, 1):
            one, two = (table[cuts[0][:, cut][:, None], cuts[1][:, cut][None]] for table in tables)
            wrong |= kept[..., cut] & np.where(kept.sum(axis=-1) == 1, one, two)
        assert (chance * wrong).sum() <= 0.05


def told_apart_exactly(x, y, sizes, number):
    return p_value((x, sizes[0], y, sizes[1]), "fisher-central") <= 0.05 / number


@cache
def told_apart_by_verdict(x, y, sizes, number):
    return difference((x, sizes[0]), (y, sizes[1]), level=1 - 0.05 / number).verdict.word != "not settled"


@pytest.mark.slow
def test_one_answer_asked_for_is_told_in_its_words():
    up, down = (TABLE.contrasts(target=Superpopulation(), outcome=words) for words in ("mid or higher", "low"))
    assert [one.item for one in up] == [f"mid or higher: {group} minus the rest" for group in "xyz"]
    assert {one.interval.simultaneous for one in up} == {3}
    for one, other in zip(up, down, strict=True):
        ends = -other.interval.upper, -other.interval.lower
        assert (one.interval.lower, one.interval.upper) == pytest.approx(ends, abs=1e-9)
        assert one.verdict.word == other.verdict.word
    assert TABLE.contrasts(outcome="high or higher", target=Respondents())[0].item == "high or higher: x minus the rest"
    assert TABLE.contrasts(outcome=["low", "high"], target=Respondents())[0].item == "low + high: x minus the rest"
    found = estimate(TABLE, outcome="mid or higher").where(target=Superpopulation)
    shares = [one for one in found if one.estimand == "cumulative share"]
    assert [one.item for one in shares] == [f"mid or higher among {group}" for group in "xyz"]
    assert shares[0].interval == proportion(5, 14).interval
    assert estimate(TABLE, outcome=["low", "high"])[0].estimand == "share"
    with pytest.raises(UnknownName, match="Or say such as 'low or lower'"):
        TABLE.contrasts(outcome="lower")
    with pytest.raises(InputError, match="outcome: found 'low'; allowed with a Tabulation"):
        estimate(DATA, outcome="low")


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=3, max_size=3))
def test_counts_of_any_answers_add_up(counts):
    table = grouped(counts)
    assert table.tables[0].counts == tuple(counts)
    assert sum(table.tables[0].bases) == sum(map(sum, counts))
    if sum(map(sum, counts)):
        numbers = estimate(table).where(target=Respondents)
        for place, group in enumerate("xyz"):
            if sum(counts[place]):
                cut = numbers.where(item=f"mid or lower among {group}")[0]
                assert cut.counts == ((counts[place][0] + counts[place][1],),)


def test_groups_are_named_by_the_words_of_their_source(tmp_path):
    shipped = tabulate(load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
    (gap, *_) = shipped.contrasts(outcome="poor", target=Superpopulation())
    assert gap.sentence("in-text").text.startswith(
        "7 of 7 workers under 30 and 28 of 42 workers aged 30 and over rate "
    )
    (tmp_path / "book.toml").write_text(
        """format = "csea-codebook/1"
[variable.place]
kind = "categories"
labels = ["town", "country", "sea"]
named = { town = "people in towns", country = "people in the country" }
[variable.knows]
kind = "categories"
labels = ["no", "yes"]
says = { yes = "know the helpline" }
"""
    )
    frame = pd.DataFrame({"place": ["town"] * 8 + ["country"] * 9, "knows": ["yes", "no"] * 8 + ["yes"]})
    data = read_respondents(frame, tmp_path / "book.toml")
    (gap, *_) = tabulate(data, "knows", by="place").contrasts("pairs", outcome="yes", target=Superpopulation())
    text = "4 of 8 people in towns and 5 of 9 people in the country know the helpline "
    assert gap.sentence("in-text").text.startswith(text)
    (tmp_path / "again.toml").write_text(data.codebook.to_toml())
    assert read_respondents(frame, tmp_path / "again.toml").codebook == data.codebook
    assert as_survey(data).question[0].named == {"town": "people in towns", "country": "people in the country"}
    with pytest.raises(InputError, match=r"named: found words for 'lake'; allowed are the labels"):
        Categories("town", "country", named={"lake": "people at the lake"})


def test_a_number_without_bands_has_a_table_without_rows():
    data = csea_stats.read_respondents(
        pd.DataFrame({"years": ["3", "9"]}), csea_stats.Codebook({"years": csea_stats.Number()})
    )
    table = csea_stats.tabulate(data, "years").table()
    assert not table.rows
