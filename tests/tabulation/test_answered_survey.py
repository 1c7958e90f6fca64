"""Respondents' answers as a survey: the same numbers as from the answers themselves, by print's own way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName
from csea_stats.survey.survey import Group, Uncounted

SCALE = ["none", "poor", "fair", "good", "excellent"]


def made(seed):
    """Return a codebook and answers of every kind: missing, off the scale, routed, in a battery, several, a number."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    groups = ["a", "b + c", "d e"][: int(rng.integers(2, 4))]
    scale = SCALE[: int(rng.integers(2, 6))]
    yes = rng.choice(["yes", "no", ""], n, p=[0.5, 0.4, 0.1])
    frame = pd.DataFrame(
        {
            "org": rng.choice([*groups, ""], n, p=[*[0.9 / len(groups)] * len(groups), 0.1]),
            "aware": rng.choice([*scale, "", "don't know"], n),
            "trust [x]": rng.choice([*scale, ""], n),
            "trust [y]": rng.choice([*scale, ""], n),
            "seen": yes,
            "where": [rng.choice(["home", "work", ""]) if one == "yes" else "" for one in yes],
            "years": ["" if rng.random() < 0.2 else str(rng.integers(40)) for _ in range(n)],
            "tools": [";".join(x for x in "uvw" if rng.random() < 0.4) for _ in range(n)],
        }
    )
    book = cs.Codebook(
        {
            "org": cs.Categories(*groups),
            "aware": cs.Ordered(*scale, off_scale=("don't know",)),
            "trust [x]": cs.Ordered(*scale),
            "trust [y]": cs.Ordered(*scale),
            "seen": cs.Categories("no", "yes"),
            "where": cs.Categories("home", "work", asked={"seen": "yes"}),
            "years": cs.Number(unit="years"),
            "tools": cs.Multiple(items=("u", "v", "w"), separator=";"),
        },
        groups=("org",),
        respondent=None,
    )
    return cs.read_respondents(frame, book)


def keyed(estimates, ids):
    return {
        (ids.get(e.question, e.question), e.item.replace("b + c", "b+c"), e.estimand, e.target): e for e in estimates
    }


def alike(data, tmp_path):
    survey = cs.as_survey(data)
    path = tmp_path / "made.toml"
    path.write_text(survey.to_toml(), encoding="utf-8")
    assert cs.load_survey(path) == survey
    assert not [one for one in cs.audit(survey).findings if one.verdict == "inconsistent"]
    ids = dict(zip(data.codebook, (question.id for question in survey.question), strict=True))
    words = survey.targets
    counted = keyed(cs.estimate(survey), {})
    for (question, item, estimand, target), one in keyed(cs.estimate(data), ids).items():
        if estimand == "share of all who answered":
            continue
        routed = question == "where"
        found = [
            other
            for (q, i, e, t), other in counted.items()
            if (q, i, e) == (question, item, estimand)
            and type(t) is type(target)
            and getattr(t, "selection", None) == getattr(target, "selection", None)
        ]
        assert len(found) == 1, (question, item, target)
        assert (found[0].counts, found[0].base) == (one.counts, one.base)
        assert found[0].interval == one.interval
        assert routed or found[0].target.words in (words.respondents, words.superpopulation, words.population)
    rows = cs.tabulate(data, "aware", by="org")
    if not any(map(sum, rows.tables[0].counts)):  # nobody of a group answered: there is nothing to print
        return
    printed = cs.tabulate(survey, ids["aware"], by="org")
    told = dict(zip(printed.groups, zip(*[t.counts for t in printed.tables], strict=True), strict=True))
    for group, counts in zip(rows.groups, rows.tables[0].counts, strict=True):
        if sum(counts):
            assert told[group.replace("b + c", "b+c")] == (counts,)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [pytest.param(1, marks=pytest.mark.slow), 5])
def test_a_survey_of_answers_gives_the_numbers_of_the_answers(seed, tmp_path):
    alike(made(seed), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 150))
def test_so_does_any(seed, tmp_path):
    alike(made(seed), tmp_path)


def small(**more):
    book = cs.Codebook(
        {
            "team": cs.Categories("A", "B"),
            "seen": cs.Categories("no", "yes", off_scale=("refused",)),
            "often": cs.Ordered("never", "often", asked={"seen": "yes"}),
            "age": cs.Number(unit="years"),
        },
        groups=("team",),
        **more,
    )
    frame = pd.DataFrame(
        {
            "id": list("12345678"),
            "team": ["A", "A", "A", "B", "B", "B", "B", ""],
            "seen": ["yes", "yes", "no", "refused", "yes", "", "no", "no"],
            "often": ["never", "", "", "", "often", "", "", ""],
            "age": ["20", "30", "40", "", "50", "60", "70", "80"],
        }
    )
    return cs.read_respondents(frame, book)


@pytest.mark.slow
def test_who_is_in_no_count_is_told_apart_in_all_and_by_group():
    seen = next(one for one in cs.as_survey(small()).question if one.id == "seen")
    team_b = Group(question="team", item="B")
    assert seen.base == 6
    assert [(one.reason, one.count, one.off_scale) for one in seen.apart if one.among is None] == [
        ("no answer", 1, False),
        ("refused", 1, True),
    ]
    assert [one for one in seen.apart if one.among == team_b] == [
        Uncounted(reason="no answer", count=1, among=team_b),
        Uncounted(reason="refused", count=1, off_scale=True, among=team_b),
    ]
    told = cs.estimate(cs.as_survey(small())).where(question="seen", item="yes")
    assert {"6 of 8 gave an answer that is counted here; not counted: no answer 1, refused 1."} == {
        doubt.text for one in told for doubt in one.caveats if doubt.code == "apart"
    }


def test_who_was_asked_is_a_group():
    often = next(one for one in cs.as_survey(small()).question if one.id == "often")
    assert (often.among, often.base) == (Group(question="seen", item="yes"), 2)
    assert [(one.reason, one.count) for one in often.apart if one.among is None] == [("no answer", 1)]


def numbers(values, **more):
    book = cs.Codebook({"age": cs.Number(unit="years", **more), "seen": cs.Categories("no", "yes")}, respondent=None)
    return cs.read_respondents(pd.DataFrame({"age": values, "seen": ["no"] * len(values)}), book)


def test_a_number_is_its_median_and_quartiles():
    # By hand, of 1 to 11 with a gap: positions 3.5, 6 and 8.5 of eleven (R: quantile(x, type = 7)).
    data = numbers([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, None])
    age = cs.as_survey(data).question[0]
    assert (age.averages[0].median, age.averages[0].quartiles, age.averages[0].base) == ("60", ("35", "85"), 11)
    median = cs.estimate(cs.as_survey(data)).where(question="age", item="median")[0]
    assert (median.value, median.interval) == (60.0, None)
    assert "quartiles" in {doubt.code for doubt in median.caveats}
    assert "as printed" not in str(median)


@pytest.mark.parametrize(("people", "told"), [(1, 0), (9, 0), (12, 1), (39, 1), (40, 2)])
def test_no_number_of_a_single_person_leaves_on_a_page(people, told):
    averages = cs.as_survey(numbers(list(range(1, people + 1))), smallest=5).question[0].averages
    assert sum(2 if one.quartiles else 1 for one in averages) == told
    assert all("five people or more share" in one.note for one in averages)


def groups(**sizes):
    frame = pd.DataFrame({"g": [name for name, size in sizes.items() for _ in range(size)]})
    book = cs.Codebook({"g": cs.Categories(*sizes, "nobody"), "q": cs.Categories("no", "yes")}, respondent=None)
    data = cs.read_respondents(frame.assign(q="yes"), book)
    found = cs.as_survey(data, by="g", smallest=5).question[1].cells
    return {cell.among.items: cell.count for cell in found if cell.among and cell.item == "yes"}


def test_small_groups_are_told_as_one():
    assert groups(a=12, b=8, c=5) == {("a",): 12, ("b",): 8, ("c",): 5}
    assert groups(a=12, b=8, c=3, d=2) == {("a",): 12, ("b",): 8, ("c", "d"): 5}
    assert groups(a=12, b=8, c=1) == {("a",): 12, ("b", "c"): 9}  # of one alone the rest would tell
    assert groups(a=12, b=1) == {}


def test_what_only_decides_who_counts_is_no_question():
    data = small(eligible={"age": (25, None)})
    assert [question.id for question in cs.as_survey(data).question] == ["team", "seen", "often"]
    assert "age" in [question.id for question in cs.as_survey(data, questions=["age", "seen"]).question]


def test_answers_that_a_survey_would_take_for_one_are_an_error():
    book = cs.Codebook({"q": cs.Categories("a + b", "a+b")}, respondent=None)
    data = cs.read_respondents(pd.DataFrame({"q": ["a + b", "a+b"]}), book)
    with pytest.raises(InputError, match="two answers become"):
        cs.as_survey(data)


def test_bands_of_a_number_are_counted():
    age = cs.as_survey(numbers([10, 20, 30, 40, None], bands=(20, 40))).question[0]
    assert age.categories == ("under 20", "20 to under 40", "40 and over")
    assert [cell.count for cell in age.cells] == [1, 2, 1]
    assert (age.kind, age.base, age.measured_in) == ("ordinal", 4, "years")


def test_groups_are_those_asked_for():
    data = small()
    assert not any(c.among for q in cs.as_survey(data, by=()).question for c in q.cells)
    chosen = cs.as_survey(data, by="seen", questions="often")
    assert [question.id for question in chosen.question] == ["seen", "often"]
    with pytest.raises(UnknownName, match="tem"):
        cs.as_survey(data, by="tem")
    with pytest.raises(InputError, match="one answer each"):
        cs.as_survey(data, by="age")


def test_contrasts_of_groups_that_are_all_told_are_no_afterthought():
    gap = cs.estimate(cs.as_survey(small())).where(item="yes: A minus B", target=cs.Superpopulation)[0]
    assert (gap.counts, gap.base) == (((2, 1),), (3, 2))
    assert not {"chosen-after", "implied"} & {doubt.code for doubt in gap.caveats}


def test_what_is_in_doubt_of_the_answers_is_in_doubt_of_the_survey():
    data = small(cluster="team", eligible={"age": (25, None)})
    survey = cs.as_survey(data)
    assert survey.sample.rows == 8
    codes = {doubt.code for one in cs.estimate(survey) for doubt in one.caveats}
    assert {"excluded", "clustered"} <= codes


@pytest.mark.slow
def test_the_stamp_stays_through_a_file(tmp_path):
    made_up = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=3)
    path = tmp_path / "made.toml"
    path.write_text(cs.as_survey(made_up, questions="awareness").to_toml(), encoding="utf-8")
    for one in cs.estimate(cs.load_survey(path)):
        assert one.caveats[0].code == "synthetic"
        assert str(one).startswith("SYNTHETIC. ")
    assert cs.tabulate(cs.load_survey(path), "awareness").synthetic


@pytest.mark.slow
def test_answers_are_compared_with_a_printed_survey():
    printed = cs.load_survey("bosnia-herzegovina-2021")
    found = cs.compare_surveys(printed, cs.as_survey(cs.synthesise(printed, seed=3)), "awareness")
    assert "synthetic" in {doubt.code for doubt in found.where(target=cs.Superpopulation)[-1].caveats}


def test_nobody_is_an_error():
    with pytest.raises(InputError, match="no row counts"):
        cs.as_survey(small(eligible={"age": (100, None)}))


def test_a_questions_own_source_and_targets_are_told():
    data = small(source={"title": "Staff of two teams", "recruitment": "All who work there."})
    survey = cs.as_survey(data)
    assert (survey.title, survey.source.recruitment, survey.source.year) == (
        "Staff of two teams",
        "All who work there.",
        "not told",
    )
