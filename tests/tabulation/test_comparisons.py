"""Print of groups as estimates: which comparisons there are, against whom, under what names."""

import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.tabulation.source_estimates import outermost
from tests.survey_files import survey_text


def question(name, kind, cells, **more):
    keys = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f'[[question]]\nid = "{name}"\nlabel = "{name.title()}"\nkind = "{kind}"\n{keys}cells = [{cells}]\n'


def cell(item, among="", **told):
    numbers = "".join(
        f", {key} = {f'{chr(34)}{value}{chr(34)}' if isinstance(value, str) else str(value).lower()}"
        for key, value in told.items()
    )
    return f'{{ item = "{item}", where = "T"{numbers}{f", among = {among}" if among else ""} }},'


def among(name, item):
    return f'{{ question = "{name}", item = "{item}" }}'


@pytest.fixture
def made(tmp_path):
    def run(respondents, *questions):
        path = tmp_path / "made.toml"
        path.write_text(survey_text("".join(questions), respondents=respondents), encoding="utf-8")
        return cs.load_survey(path)

    return run


def counted(survey, name):
    return {
        e.item: (e.counts, e.base)
        for e in cs.estimate(survey).where(question=name, target=cs.Respondents)
        if e.estimand in ("share", "difference")
    }


def test_two_printed_groups_that_are_everybody_are_compared_once_and_by_name(made):
    site = question(
        "site", "single", cell("north", count=30) + cell("south", count=20), categories='["north", "south"]'
    )
    sat = question(
        "sat",
        "yes-no",
        cell("yes", among("site", "north"), percent="70") + cell("yes", among("site", "south"), count=8),
    )
    found = counted(made(50, site, sat), "sat")
    assert found == {
        "yes": (((29,),), (50,)),
        "yes among north": (((21,),), (30,)),
        "yes among south": (((8,),), (20,)),
        "yes: north minus south": (((21, 8),), (30, 20)),
    }
    compared = [e for e in cs.estimate(made(50, site, sat)).where(question="sat") if "among" in e.item]
    assert "implied" not in {d.code for e in compared for d in e.caveats}


def test_groups_of_the_same_answer_to_two_questions_are_two_groups(made):
    town = question("town", "yes-no", cell("yes", count=40))
    old = question("old", "yes-no", cell("yes", count=10))
    tea = question(
        "tea",
        "yes-no",
        cell("yes", count=30) + cell("yes", among("town", "yes"), count=24) + cell("yes", among("old", "yes"), count=9),
    )
    found = counted(made(60, town, old, tea), "tea")
    assert found["yes: Town: yes minus the rest"] == (((24, 6),), (40, 20))
    assert found["yes: Old: yes minus the rest"] == (((9, 21),), (10, 50))


def test_no_comparison_with_a_rest_that_may_be_anything(made):
    site = question("site", "single", cell("north", count=30), categories='["north", "south"]')
    sat = question("sat", "yes-no", cell("yes", among("site", "north"), count=20))
    assert counted(made(50, site, sat), "sat") == {}


def test_groups_that_contradict_the_total_carry_the_doubt(made):
    site = question(
        "site", "single", cell("north", count=20) + cell("south", count=20), categories='["north", "south"]'
    )
    sat = question(
        "sat",
        "yes-no",
        cell("yes", count=20)
        + cell("yes", among("site", "north"), count=12)
        + cell("yes", among("site", "south"), count=13),
    )
    found = cs.estimate(made(40, site, sat)).where(question="sat")
    assert all("print-conflict" in {d.code for d in e.caveats} for e in found)
    assert {e.counts for e in found if e.item == "yes: north minus south"} == {((12, 13),)}


def test_people_whose_group_nobody_knows_are_a_row_of_their_own(made):
    site = question(
        "site", "single", cell("north", count=10) + cell("south", count=8), categories='["north", "south"]', base=18
    )
    sat = question(
        "sat",
        "yes-no",
        cell("yes", count=7)
        + cell("yes", among("site", "north"), count=3)
        + cell("yes", among("site", "south"), count=3),
    )
    table = cs.tabulate(made(20, site, sat), "sat", by="site")
    assert table.groups == ("north", "south", "not told")
    assert {one.bases for one in table.tables} == {(10, 8, 2)}
    assert {tuple(row[0] for row in one.counts) for one in table.tables} == {(3, 3, 1)}
    (gap,) = table.contrasts(target=cs.Respondents())
    assert gap.base == (10, 8)


def test_a_sum_of_answers_is_a_group(made):
    site = question(
        "site",
        "single",
        cell("north", count=12) + cell("middle", count=13) + cell("south", count=15),
        categories='["north", "middle", "south"]',
    )
    group = '{ question = "site", item = ["north", "middle"] }'
    sat = question("sat", "yes-no", cell("yes", count=20) + cell("yes", group, percent="60"))
    found = counted(made(40, site, sat), "sat")
    assert found["yes: north + middle minus the rest"] == (((15, 5),), (25, 15))


def test_a_group_of_several_questions(made):
    site = question(
        "site", "single", cell("north", count=12) + cell("south", count=28), categories='["north", "south"]'
    )
    town = question("town", "yes-no", cell("yes", count=18))
    group = '[{ question = "site", item = "north" }, { question = "town", item = "yes" }]'
    sat = question("sat", "yes-no", cell("yes", count=20) + cell("yes", group, percent="60", base=10))
    found = counted(made(40, site, town, sat), "sat")
    assert found["yes: north and Town: yes minus the rest"] == (((6, 14),), (10, 30))


def test_a_base_that_is_not_printed_is_narrowed_by_the_percentages(made):
    sat = question("sat", "yes-no", cell("yes", percent="39.02") + cell("no", percent="60.98"), base='"not printed"')
    survey = made(100, sat)
    assert cs.audit(survey).base("sat") == (41, 82)
    yes = cs.estimate(survey).where(question="sat", item="yes", target=cs.Superpopulation)[0]
    assert yes.counts == ((16,), (32,))
    assert "base-uncertain" in {d.code for d in yes.caveats}
    for count, base in ((16, 41), (32, 82)):
        one = cs.proportion(count, base)
        assert yes.interval.lower <= one.interval.lower
        assert yes.interval.upper >= one.interval.upper


def test_some_missing_answers(made):
    sat = question("sat", "yes-no", cell("yes", percent="54.5"), missing='"some"')
    survey = made(30, sat)
    by_hand = tuple(n for n in range(1, 30) if any(abs(1000 * x / n - 545) <= 0.5 for x in range(n + 1)))
    assert cs.audit(survey).base("sat") == by_hand


def test_a_weighted_percentage_is_no_count(made):
    cells = cell("yes", count=112, percent="67.5") + '{ item = "yes", percent = "71.9", weighted = true, where = "W" },'
    survey = made(166, question("sat", "yes-no", cells))
    assert not [one for one in cs.audit(survey).findings if one.verdict == "inconsistent"]
    (weighted,) = cs.estimate(survey).where(question="sat", item="yes, weighted")
    assert (weighted.value, weighted.interval, weighted.verdict) == (0.719, None, None)
    assert "weighted" in {d.code for d in weighted.caveats}


def test_a_weighted_percentage_with_an_effective_size(made):
    cells = '{ item = "yes", percent = "50", weighted = true, effective = 100, where = "W" },'
    (weighted,) = cs.estimate(made(166, question("sat", "yes-no", cells))).where(question="sat")
    plain = cs.proportion(50, 100)
    assert weighted.interval.lower == pytest.approx(plain.interval.lower)
    assert weighted.companion.upper == pytest.approx(plain.companion.upper)


def test_a_survey_that_does_not_say_how_many_answered(made):
    known = question("known", "yes-no", cell("yes", percent="40"), base=40)
    other = question("other", "yes-no", cell("yes", count=50, percent="25"))
    survey = made('"not printed"', known, other)
    assert cs.audit(survey).pairs("known", "yes") == ((16, 40),)
    by_hand = tuple(n for n in range(50, 400) if abs(5000 / n - 25) <= 0.5)
    assert cs.audit(survey).base("other") == by_hand
    with pytest.raises(InputError, match="does not say how many answered"):
        cs.synthesise(survey, seed=1)


@pytest.mark.slow
def test_of_many_feasible_tables_the_outermost_stand_for_all():
    pairs = [((round(0.75 * n), n), (63 - round(0.75 * n), 100 - n)) for n in range(10, 80)]
    kept = outermost(pairs)
    assert len(kept) <= 45 < len(pairs)
    one_by_one = [cs.difference(*pair) for pair in pairs]
    of_kept = [cs.difference(*pair) for pair in kept]
    for which in ("interval", "companion"):
        every, few = ([getattr(one, which) for one in some] for some in (one_by_one, of_kept))
        assert min(one.lower for one in few) == pytest.approx(min(one.lower for one in every), abs=2e-3)
        assert max(one.upper for one in few) == pytest.approx(max(one.upper for one in every), abs=2e-3)


@pytest.mark.slow
def test_the_total_is_the_sum_of_groups_that_are_everybody(made):
    site = question(
        "site", "single", cell("north", count=30) + cell("south", count=20), categories='["north", "south"]'
    )
    rows = {"north": (15, 10, 5), "south": (4, 6, 10)}
    answers = ("poor", "fair", "good")
    cells = "".join(
        cell(answer, among("site", name), count=count)
        for name, row in rows.items()
        for answer, count in zip(answers, row, strict=True)
    )
    survey = made(50, site, question("view", "ordinal", cells, categories='["poor", "fair", "good"]'))
    assert [one.counts for one in cs.audit(survey).feasible("view")] == [(19, 16, 15)]
    table = cs.tabulate(survey, "view", by="site")
    assert [one.counts for one in table.tables] == [((15, 10, 5), (4, 6, 10))]
    share = cs.estimate(survey).where(question="view", item="poor", target=cs.Respondents)[0]
    assert share.value == pytest.approx(19 / 50)
    assert "implied" in {d.code for d in share.caveats}
    by_rows = cs.fit("view ~ site", table).effects()[0]
    assert cs.fit("view ~ site", survey).effects()[0].interval == by_rows.interval
    by_table = [one.estimate.value for one in cs.association(table)]
    assert [one.estimate.value for one in cs.association(survey, "view", "site")] == by_table


def test_people_with_answers_that_print_does_not_show_are_all_others(made):
    site = question(
        "site",
        "single",
        cell("north", count=10) + cell("south", count=15),
        categories='["north", "south"]',
        partial="true",
    )
    cells = cell("yes", count=20) + cell("no", count=20) + cell("yes", among("site", "north"), count=2)
    table = cs.tabulate(made(40, site, question("sat", "yes-no", cells)), "sat", by="site")
    assert table.groups == ("north", "all others")
    assert {one.bases for one in table.tables} == {(10, 30)}


def test_a_group_of_a_question_with_several_answers_is_held_against_all_others(made):
    tools = question("tools", "multiple", cell("x", count=30) + cell("y", count=25), categories='["x", "y"]')
    cells = cell("yes", count=20) + cell("no", count=20)
    cells += cell("yes", among("tools", "x"), count=12) + cell("no", among("tools", "x"), count=18)
    table = cs.tabulate(made(40, tools, question("sat", "yes-no", cells)), "sat", by="tools")
    assert table.groups == ("x", "all others")
    assert [one.counts for one in table.tables] == [((12, 18), (8, 2))]


def by_scale(made, headline, extra=""):
    """Two groups of 20, of whom print tells three of four answers; 5 and 4, then 11 and 6, gave the first two."""
    site = question(
        "site", "single", cell("north", count=20) + cell("south", count=20), categories='["north", "south"]'
    )
    rows = {"north": {"none": 5, "poor": 6, "good": 4}, "south": {"none": 4, "poor": 2, "good": 9}}
    cells = "".join(
        cell(answer, among("site", name), count=count) for name, row in rows.items() for answer, count in row.items()
    )
    keys = {"categories": '["none", "poor", "good", "best"]', "headline": headline}
    return made(40, site, question("view", "ordinal", cells + extra, **keys))


def differences(survey):
    found = cs.estimate(survey).where(question="view", target=cs.Respondents)
    return [(e.item, e.counts[0]) for e in found if e.estimand == "difference"]


@pytest.mark.slow
def test_groups_are_compared_by_the_headlines_sum_first(made):
    assert differences(by_scale(made, '["none", "poor"]')) == [
        ("poor or lower: north minus south", (11, 6)),
        ("none: north minus south", (5, 4)),
        ("poor: north minus south", (6, 2)),
        ("good: north minus south", (4, 9)),
    ]


def test_a_single_headline_answer_comes_first_too(made):
    assert [counts for _, counts in differences(by_scale(made, '"good"'))] == [(4, 9), (5, 4), (6, 2)]


@pytest.mark.slow
def test_a_headline_sum_that_print_gives_is_compared_once(made):
    extra = "".join(
        f'{{ item = ["none", "poor"], where = "T", count = {count}, among = {among("site", name)} }},'
        for name, count in (("north", 11), ("south", 6))
    )
    assert [counts for _, counts in differences(by_scale(made, '["poor", "none"]', extra))] == (
        [(11, 6), (5, 4), (6, 2), (4, 9)]
    )
    told = cs.estimate(by_scale(made, '["poor", "none"]', extra)).where(item="poor or lower: north minus south")
    assert "implied" not in {d.code for e in told for d in e.caveats}
    told = cs.estimate(by_scale(made, '["poor", "none"]')).where(item="poor or lower: north minus south")
    assert all("implied" in {d.code for d in e.caveats} for e in told)


def test_a_headline_sum_of_which_print_tells_too_little_is_not_compared(made):
    assert (
        len(differences(by_scale(made, '["good", "best"]'))) == 3
    )  # those of whom nothing is told may not have answered
    site = question(
        "site", "single", cell("north", count=20) + cell("south", count=20), categories='["north", "south"]'
    )
    cells = cell("none", among("site", "north"), count=5) + cell("none", among("site", "south"), count=4)
    keys = {"categories": '["none", "poor", "good", "best"]', "headline": '["none", "poor"]'}
    found = differences(made(40, site, question("view", "ordinal", cells, **keys)))
    assert found == [("none: north minus south", (5, 4))]
