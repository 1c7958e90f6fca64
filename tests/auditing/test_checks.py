"""Each check on print made for it: what it finds, what rescues it, and that its neighbour is silent."""

from dataclasses import replace
from itertools import product

import pytest

from csea_stats.auditing.audit import COLUMNS, audit
from csea_stats.auditing.checks.date_checks import period
from csea_stats.auditing.explanations import pair_power, percent_power, total_range
from csea_stats.auditing.rounding import feasible_counts
from csea_stats.survey.survey import (
    Battery,
    BatteryCell,
    Cell,
    Event,
    Fact,
    Group,
    Question,
    Source,
    Survey,
    TargetWords,
)


def survey(*questions, respondents=49, started=None, disqualified=None, **more):
    return Survey(
        format="csea-survey/1",
        id="small",
        title="Small",
        respondents=respondents,
        source=Source(
            title="t",
            publisher=("p",),
            country="c",
            year=2021,
            mode="m",
            recruitment="r",
            started=started,
            disqualified=disqualified,
        ),
        targets=TargetWords(respondents="a", superpopulation="b", population="c"),
        question=questions or (question([]),),
        **more,
    )


def question(cells, categories=("a", "b", "c"), kind="single", name="q", **more):
    return Question(id=name, label=name, kind=kind, categories=tuple(categories), cells=tuple(cells), **more)


def cell(item, where="Figure 1", **more):
    return Cell(item=item, where=where, **more)


def wrong(found):
    return [finding for finding in found.findings if finding.verdict == "inconsistent"]


def codes(found, verdict="inconsistent"):
    return [finding.code for finding in found.findings if finding.verdict == verdict]


def only(*questions, **more):
    found = wrong(audit(survey(*questions, **more)))
    assert len(found) == 1, [(one.code, one.printed) for one in found]
    return found[0]


def test_a_percentage_impossible_for_its_base():
    finding = only(question([cell("a", percent="41")], kind="multiple"), respondents=24)
    assert (finding.code, finding.question, finding.items) == ("percent-and-base", "q", ("a",))
    assert finding.cells == ("q/a @ Figure 1",)
    assert finding.expected == "no count gives 41% of 24: 9 of 24 is 38% and 10 of 24 is 42%"
    assert "41% is 10 of 24 rounded down" in finding.explanations
    assert any("base of 22" in one and "weak evidence" in one for one in finding.explanations)
    assert finding.power.startswith("of the 101 whole percentages 72 are impossible for a base of 24")


def test_sums_and_differences_of_rounded_figures_are_named():
    names = ("0-5", "6-10", "11-15", "16-17")
    cells = [cell(name, percent=value) for name, value in zip(names, ("11", "22", "44", "22"), strict=True)]
    told = [cell(names[:2], "Text", percent="34", count=12), *cells]
    told[2] = cell("6-10", percent="23")
    found = wrong(audit(survey(question(told, names, "ordinal"), respondents=36)))
    assert [one.code for one in found] == ["percent-and-base", "percent-and-base"]
    assert "34% = 11% + 23%, a sum of rounded figures" in found[0].explanations
    assert "23% = 34% - 11%, a difference of rounded figures" in found[1].explanations
    assert "the other answers leave 8 of 36" in found[1].explanations


def test_percentages_made_to_sum_to_a_hundred_are_recognised():
    names = ("yes", "no", "uncertain")
    cells = [cell(n, percent=p, count=c) for n, p, c in zip(names, ("53", "22", "25"), (26, 11, 12), strict=True)]
    finding = only(question(cells, names))
    assert "the percentages of Figure 1 may have been made to sum to 100" in finding.explanations


def test_percent_and_count_in_one_place():
    finding = only(question([cell("a", "Text", percent="24", count=11)], kind="multiple"))
    assert finding.code == "percent-and-count"
    assert finding.expected == "24% of 49 is 12; 11 of 49 is 22%"
    assert {"one count off: 12 of 49 is 24%", "11 is 24% of 45 or 46", "one digit changed: 22%"} <= set(
        finding.explanations
    )
    assert finding.power == "of the 101 whole percentages 100 contradict the other print"


def test_text_against_figure():
    finding = only(question([cell("a", percent="29"), cell("a", "Text", count=15)], kind="multiple"))
    assert finding.code == "text-and-figure"
    assert finding.cells == ("q/a @ Figure 1", "q/a @ Text")


def test_the_same_statement_twice():
    assert (
        only(question([cell("a", "One", count=15), cell("a", "Two", count=14)], kind="multiple")).code == "count-twice"
    )
    assert (
        only(question([cell("a", "One", percent="29"), cell("a", "Two", percent="31")], kind="multiple")).code
        == "percent-twice"
    )


def test_a_number_in_words_against_a_count():
    finding = only(question([cell("a", "Text", words="more than half", count=24)], kind="multiple"))
    assert finding.code == "number-in-words"
    assert not wrong(audit(survey(question([cell("a", "Text", words="more than half", count=25)], kind="multiple"))))


def test_vague_words_are_no_check():
    found = audit(survey(question([cell("a", "Text", words="nearly a third", count=15)], kind="multiple")))
    assert codes(found, "cannot be checked") == ["nothing-to-compare", "words-vague"]


def test_a_printed_sum_against_its_parts():
    cells = [cell("a", count=6), cell("b", count=14), cell(("a", "b"), "Text", count=21)]
    finding = only(question(cells, kind="single", partial=True))
    assert finding.code == "sum-of-answers"
    assert "2 answers make 20; the sum is printed as 21" in finding.expected
    assert finding.items == ("a", "b")


def test_all_answers_against_the_base():
    cells = [cell("a", count=20), cell("b", count=20), cell("c", count=8)]
    finding = only(question(cells))
    assert finding.code == "total-of-answers"
    assert finding.expected == "3 answers make 48; everybody gives one answer and the base is 49"
    assert "1 gave none of the answers" in finding.explanations
    assert not wrong(audit(survey(question(cells, partial=True))))
    over = only(question([cell("a", count=30), cell("b", count=20)], partial=True))
    assert over.expected == "2 answers make 50; nobody gives more than one answer and the base is 49"


def test_the_sum_of_percentages_is_told_with_what_rounding_allows():
    cells = [cell("a", percent="41"), cell("b", percent="41"), cell("c", percent="24")]
    finding = only(question(cells))
    assert "the percentages sum to 106; rounding 3 answers of 49 can make 99 to 101" in finding.explanations


@pytest.mark.parametrize(("answers", "base"), [(2, 7), (3, 7), (3, 24), (4, 12), (3, 49), (5, 10), (4, 8)])
def test_no_percentages_of_a_base_sum_outside_the_range(answers, base):
    low, high = total_range(answers, base)
    sums = set()
    rounded = [[p for p in range(101) if c in feasible_counts(str(p), base)] for c in range(base + 1)]
    for counts in product(range(base + 1), repeat=answers - 1):
        rest = base - sum(counts)
        if rest >= 0:
            sums.update(map(sum, product(*(rounded[c] for c in (*counts, rest)))))
    assert low <= min(sums)
    assert max(sums) <= high


def test_a_nested_base():
    whole = question([cell("yes", count=24)], ("yes", "no"), "yes-no", "boys")
    group = Group(question="boys", item="yes")
    nested = [question([cell("a", percent="50")], kind="multiple", name=f"q{i}", base=25, among=group) for i in (1, 2)]
    finding = [one for one in wrong(audit(survey(whole, *nested))) if one.code == "nested-base"]
    assert len(finding) == 1  # once for the group, though two questions print the base
    assert finding[0].expected == "a base of 24"
    assert {"q1/base", "q2/base", "boys/yes @ Figure 1"} <= set(finding[0].cells)
    good = [replace(one, base=24) for one in nested]
    assert "nested-base" in codes(audit(survey(whole, *good)), "consistent")
    assert not wrong(audit(survey(whole, *good)))


def test_a_base_above_all_respondents():
    assert only(question([cell("a", count=3)], base=50)).code == "base-above-respondents"
    assert only(question([cell("a", count=3, base=50)], kind="multiple")).code == "base-above-respondents"


def test_a_subgroup_within_its_total():
    age = question([cell("under 30", count=7)], ("under 30", "30 and over"), "ordinal", "age")
    group = Group(question="age", item="under 30")
    inside = cell("a", "Text", words="all seven", among=group)
    found = audit(survey(age, question([cell("a", count=35), inside])))
    assert not wrong(found)
    told = [one for one in found.findings if one.code == "subgroup-within-total"]
    assert told[0].expected == "28 of 42 among the rest"
    assert only(age, question([cell("a", count=6), inside])).code == "subgroup-within-total"
    few = cell("a", "Text", count=1, among=group)
    assert only(age, question([cell("a", count=44), few])).code == "subgroup-within-total"


def test_words_that_name_another_base():
    age = question([cell("under 30", count=7)], ("under 30", "30 and over"), "ordinal", "age")
    group = Group(question="age", item="under 30")
    finding = only(age, question([cell("a", "Text", words="all six", count=6, among=group)]))
    assert finding.code == "number-in-words"
    assert finding.expected == "a base of 6"


def lists(last):
    names = ("a", "b", "c", "d", "e")
    counts = [(30, 30, 20, 10, 10), (40, 20, 20, 15, 5), (35, 25, 15, 15, last)]
    return [
        question([cell(n, count=c) for n, c in zip(names, some, strict=True)], names, "multiple", f"list-{i}")
        for i, some in enumerate(counts)
    ]


def test_a_number_of_choices_is_recognised_from_the_totals():
    found = audit(survey(*lists(10), respondents=50))
    assert codes(found) == []
    assert [one.question for one in found.findings if one.code == "pick-total"] == ["list-0", "list-1", "list-2"]
    off = only(*lists(11), respondents=50)
    assert (off.code, off.question) == ("pick-total", "list-2")
    assert off.printed == "the counts sum to 101; base 50"
    assert any("the rule is not printed" in one for one in off.explanations)
    far = audit(survey(*lists(13), respondents=50))
    assert not wrong(far)  # three off: another rule, or none
    alone = audit(survey(*lists(11)[1:], respondents=50))
    assert not [one for one in alone.findings if one.code == "pick-total"]  # one list is no rule


def test_a_printed_number_of_choices():
    names = ("a", "b", "c")
    cells = [cell("a", count=20), cell("b", count=30), cell("c", count=11)]
    finding = only(question(cells, names, "pick", chosen=2), respondents=30)
    assert finding.code == "pick-total"


def test_the_length_of_a_list():
    cells = [cell(name, count=1) for name in "abc"]
    assert only(question(cells, kind="multiple", list_length=2)).code == "list-length"
    assert only(question(cells, kind="multiple", list_length=4)).code == "list-length"
    assert not wrong(audit(survey(question(cells, kind="multiple", list_length=4, partial=True))))


def test_values_without_labels():
    names = ("a", "b", "c")
    finding = only(question([cell(names, unlabelled=("50", "30", "30"))], names), respondents=10)
    assert finding.code == "values-without-labels"
    assert finding.expected == "the values make 11; everybody gives one answer and the base is 10"
    impossible = only(question([cell(names, unlabelled=("50", "30", "25"))], names, "multiple"), respondents=10)
    assert impossible.code == "percent-and-base"
    assert impossible.items == names
    clash = question([cell(names, unlabelled=("50", "30", "20")), cell("a", "Text", count=4)], names, "multiple")
    assert only(clash, respondents=10).code == "values-without-labels"


def battery(values, ends=("20", "30")):
    ids = ("q1", "q2")
    asked = [question([], ("low", "mid", "high"), "ordinal", name) for name in ids]
    cells = (
        BatteryCell(item=("low", "mid", "high"), where="Figure 2", unlabelled=values),
        BatteryCell(item="low", where="Text", range=ends),
    )
    return survey(*asked, respondents=10, battery=(Battery(id="both", label="both", questions=ids, cells=cells),))


def test_batteries():
    good = audit(battery(("10", "30", "60", "20", "20", "60")))
    assert not wrong(good)
    assert "battery-total" in codes(good, "consistent")
    assert codes(good, "cannot be checked").count("battery-open") == 2
    assert codes(audit(battery(("10", "30", "60", "20", "20", "70")))) == ["battery-total"]
    assert codes(audit(battery(("10", "30", "60", "20", "20", "60"), ("20", "35")))) == ["percent-and-base"]


def fact(name, count, where="Text", **more):
    return Fact(name=name, label=name, count=count, where=where, **more)


def test_numbers_that_are_no_answers():
    assert codes(audit(survey(fact=(fact("tools", 109), fact("tools", 108, "Annex"))))) == ["fact-twice"]
    assert codes(audit(survey(fact=(fact("all", 6, sum_of=("here", "there")), fact("here", 1), fact("there", 4))))) == [
        "fact-sum"
    ]
    assert codes(audit(survey(fact=(fact("respondents", 48),)))) == ["fact-twice"]
    assert codes(audit(survey(started=100, disqualified=56))) == ["funnel"]
    good = survey(
        fact=(fact("all", 6, sum_of=("here", "there")), fact("here", 1), fact("there", 5)), started=110, disqualified=56
    )
    assert not wrong(audit(good))
    assert codes(audit(good), "consistent") == ["fact-sum", "funnel"]


@pytest.mark.parametrize(
    ("printed", "first", "last"),
    [
        ("June - August 2021", "2021-06-01", "2021-08-31"),
        ("June-August 2021", "2021-06-01", "2021-08-31"),
        ("between June and August 2021", "2021-06-01", "2021-08-31"),
        ("from November 2020 to February 2021", "2020-11-01", "2021-02-28"),
        ("first half of 2021", "2021-01-01", "2021-06-30"),
        ("the last quarter of 2020", "2020-10-01", "2020-12-31"),
        ("Q2 2021", "2021-04-01", "2021-06-30"),
        ("26th July 2021", "2021-07-26", "2021-07-26"),
        ("July 26, 2021", "2021-07-26", "2021-07-26"),
        ("3 - 14 May 2021", "2021-05-03", "2021-05-14"),
        ("3 May - 14 June 2021", "2021-05-03", "2021-06-14"),
        ("2021-07-26", "2021-07-26", "2021-07-26"),
        ("Feb. 2020", "2020-02-01", "2020-02-29"),
        ("2021", "2021-01-01", "2021-12-31"),
        ("2019-2021", "2019-01-01", "2021-12-31"),
    ],
)
def test_dates_that_are_understood(printed, first, last):
    assert tuple(day.isoformat() for day in period(printed)) == (first, last)


@pytest.mark.parametrize(
    "printed",
    ["last summer", "31st June 2021", "August - June 2021", "Ju 2021", "12/07/2021", "", "fifth quarter of 2021"],
)
def test_dates_that_are_not(printed):
    assert period(printed) is None


def event(printed, name="fieldwork", where="Text", **more):
    return Event(name=name, label=name, printed=printed, where=where, **more)


def test_dates_against_each_other():
    assert codes(audit(survey(event=(event("June - August 2021"), event("first half of 2021", where="Annex"))))) == [
        "date-twice"
    ]
    assert not wrong(audit(survey(event=(event("June - August 2021"), event("2021", where="Annex")))))
    late = (event("June - August 2021"), event("26th July 2021", "talk", after="fieldwork"))
    assert codes(audit(survey(event=late))) == ["date-order"]
    fine = (event("March - May 2021"), event("26th July 2021", "talk", after="fieldwork"))
    assert codes(audit(survey(event=fine)), "consistent") == ["date-order"]
    coarse = (event("2021"), event("26th July 2021", "talk", after="fieldwork"))
    assert codes(audit(survey(event=coarse)), "cannot be checked") == ["date-order"]
    assert codes(audit(survey(event=(event("last summer"),))), "cannot be checked") == ["date"]


def test_power_is_counted():
    for base in (7, 24, 49, 101):
        impossible = sum(not feasible_counts(str(p), base) for p in range(101))
        assert percent_power("41", base).startswith(f"of the 101 whole percentages {impossible} are impossible")
    tenths = sum(not feasible_counts(f"{p // 10}.{p % 10}", 49) for p in range(1001))
    assert percent_power("8.0", 49).startswith(f"of the 1,001 percentages with one decimal {tenths} are impossible")
    assert percent_power("8.00", 49) == ""
    agree = sum(9 in feasible_counts(str(p), 24) for p in range(101))  # a tie: 37 and 38
    assert agree == 2
    assert pair_power("38", 24, ((9, 9),)) == "of the 101 whole percentages 99 contradict the other print"


def test_the_table_of_findings():
    found = audit(survey(question([cell("a", "Text", percent="24", count=11)], kind="multiple")))
    frame = found.to_frame()
    assert list(frame.columns) == list(COLUMNS)
    assert list(frame["id"]) == [f"A{i}" for i in range(1, len(found.findings) + 1)]
    assert list(frame["verdict"]) == [finding.verdict for finding in found.findings]
    assert found.rows()[0]["printed"] == "24% (Text), n=11 (Text); base 49"


def test_a_thousand_cells_within_a_second(within):
    cells = [
        *[cell(name, percent=p) for name, p in zip("abc", ("51", "29", "20"), strict=True)],
        *[cell(name, "Text", count=c) for name, c in zip("abc", (25, 14, 9), strict=True)],
        *[
            cell("a", "Box", words="more than half"),
            cell(("a", "b"), "Text", percent="80"),
            cell(("b", "c"), "Box", percent="49"),
        ],
        cell("c", "Box", words="a fifth"),
    ]
    many = survey(*(question(cells, name=f"q{i}") for i in range(100)))
    with within(1):
        found = audit(many)
    assert codes(found) == ["text-and-figure"] * 100  # 20% is 10 of 49, not 9
    assert [one.counts for one in found.feasible("q0")] == [(25, 14, 10)]  # which the sums bear out


def test_a_percentage_in_words_is_held_against_the_count_even_if_it_is_no_percentage_of_the_base():
    finding = only(question([cell("a", count=20, words="more than 50%")], kind="multiple"))
    assert finding.code == "number-in-words"
    assert finding.expected == '20 of 49 is 41%; "more than 50%" of 49 is 25 to 49'
    alone = audit(survey(question([cell("a", words="more than 50%")], kind="multiple")))
    assert alone.counts_of("q", "a") == tuple(range(25, 50))


def test_words_that_no_count_of_the_base_meets():
    finding = only(question([cell("a", words="exactly half")], kind="multiple"))
    assert (finding.code, finding.expected) == ("number-in-words", 'no count of 49 is "exactly half"')
    assert audit(survey(question([cell("a", words="exactly half")], kind="multiple"))).counts_of("q", "a") == (24, 25)
    assert not wrong(audit(survey(question([cell("a", words="exactly half")], kind="multiple"), respondents=36)))


@pytest.mark.parametrize(
    ("printed", "counts"),
    [
        ({"count": 25, "words": "most"}, (25,)),
        ({"count": 25, "words": "more than half"}, (25,)),
        ({"percent": "42", "words": "more than half"}, (25,)),
        ({"count": 25, "words": "at most 24"}, (25,)),
        ({"percent": "42", "count": 25, "words": "most"}, (25,)),
        ({"count": 40, "words": "most"}, (40,)),
        ({"count": 25, "words": "half"}, (25, 30)),  # exact words are as good as a number
        ({"count": 25, "words": "all sixty"}, (25, 60)),
        ({"percent": "42", "count": 26, "words": "most"}, (25, 26)),  # the words decide nothing between the two
    ],
)
def test_a_printed_number_stands_beside_loose_words(printed, counts):
    found = audit(survey(question([cell("a", "Text", **printed)], kind="ordinal", partial=True), respondents=60))
    assert found.counts_of("q", "a") == counts
    assert len(wrong(found)) == (counts != (40,))


def test_loose_words_in_another_place_do_not_bind_either():
    cells = [cell("a", count=25), cell("a", "Text", words="most"), cell("b", words="more than a quarter")]
    found = audit(survey(question(cells, kind="ordinal"), respondents=60))
    assert found.counts_of("q", "a") == (25,)
    assert found.counts_of("q", "b") == tuple(range(16, 36))
    assert codes(found) == ["text-and-figure"]
    assert wrong(found)[0].consequence == "the printed number stands; the words beside it are not used"
    assert {one.cells_set_aside for one in found.feasible("q")} == {("q/a @ Text",)}


def agreeing(*questions, **more):
    return [one for one in audit(survey(*questions, **more)).findings if one.code == "statements-agree"]


def test_what_could_not_have_failed_does_not_agree():
    (told,) = audit(survey(question([cell("a", percent="41")], kind="multiple"), respondents=400)).findings
    assert (told.code, told.verdict) == ("nothing-to-compare", "cannot be checked")
    (told,) = agreeing(question([cell("a", percent="41.3")], kind="multiple"), respondents=400)
    assert told.expected == "agree: each percentage against its base"
    (told,) = agreeing(question([cell("a", percent="41.25")], kind="multiple"), respondents=400)
    assert told.expected == "agree: each percentage against its base"


def test_statements_on_the_same_answer_in_different_groups_are_not_on_the_same():
    sex = question([cell("f", count=200), cell("m", count=200)], ("f", "m"), name="sex")
    apart = [cell("a", percent=p, among=Group(question="sex", item=s)) for p, s in (("40", "f"), ("60", "m"))]
    told = [one for one in agreeing(sex, question(apart, kind="multiple"), respondents=400) if one.question == "q"]
    assert not told
    (told,) = (
        one
        for one in agreeing(sex, question([*apart, cell("a", count=200)], kind="multiple"), respondents=400)
        if one.question == "sex"
    )
    assert told.expected == "agree: all answers against the base"
    same = [cell("a", percent="50"), cell("a", "Text", count=200)]
    (told,) = agreeing(question(same, kind="multiple"), respondents=400)
    assert told.expected == "agree: statements on the same answer"


def test_questions_of_which_nothing_could_fail_are_told_once():
    asked = [question([cell("a", count=i)], kind="multiple", name=f"q{i}") for i in range(1, 22)]
    (told,) = audit(survey(*asked)).findings
    assert (told.code, told.question, len(told.cells)) == ("nothing-to-compare", None, 21)
    assert told.printed.startswith("21 questions, nothing of which could fail: q1, q2")


def test_a_group_of_nobody_agrees_with_nothing():
    sex = question([], ("f", "m"), name="sex", partial=True)
    some = [cell("a", percent="50", among=Group(question="sex", item="f")), cell("a", percent="50")]
    for one in audit(survey(sex, question(some, kind="multiple"), respondents=40)).findings:
        assert "0 respondents" not in one.printed
        assert "and 0" not in one.printed
        assert one.code != "nested-base"
