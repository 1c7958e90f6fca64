"""What the audit finds in the shipped survey, each worked out by hand from print."""

import pytest

from csea_stats.auditing.audit import find
from csea_stats.auditing.printed_tables import Book
from csea_stats.survey.survey import Group


@pytest.fixture(scope="module")
def found(shipped_audit):
    return shipped_audit


def test_every_inconsistency_and_no_other(found):
    told = {(one.code, one.question, one.printed) for one in found.findings if one.verdict == "inconsistent"}
    uncle = "Scenario of the uncle"
    collection = "Data collection: June - August 2021 (The survey) and first half of 2021 (Challenges and limitations)"
    assert told == {
        ("percent-and-count", "gender-trends", "24% (Gender and Figure 1), n=11 (Gender); base 49"),
        ("percent-and-base", "gender-trends", "n=1 (Gender), 1% (Figure 1); base 49"),
        ("text-and-figure", "gender-trends", "n=15 (Gender), 29% (Figure 1); base 49"),
        ("percent-and-base", "boys-age", "41% (Age and Figure 2); base 24"),
        ("percent-and-base", "boys-age", "30% (Figure 2); base 24"),
        ("percent-and-base", "girls-age", "34% (Age), n=12 (Age); base 36"),
        ("percent-and-base", "girls-age", "65% (Age); base 36"),
        ("percent-and-base", "girls-age", "23% (Figure 3); base 36"),
        ("percent-and-base", "girls-age", "43% (Figure 3, without a label); base 36"),
        ("pick-total", "social-factors", "the counts sum to 148; base 49"),
        ("text-and-figure", "police-knowledge", "n=1 (Awareness), 4% (Figure 7); base 49"),
        (
            "percent-and-base",
            "scenario-uncle",
            f'25% ({uncle} and {uncle}, figure), n=12 ({uncle}), "a quarter" ({uncle}); base 49',
        ),
        (
            "date-twice",
            None,
            collection,
        ),
        (
            "date-order",
            None,
            f"Roundtable where the survey's data were presented: 26th July 2021; {collection}",
        ),
    }


@pytest.mark.parametrize(
    ("question", "readings"),
    [
        ("police-knowledge", {((3, 20, 17, 7, 2), 0), ((3, 20, 17, 7, 1), 1)}),
        ("awareness", {((1, 35, 10, 3, 0), 0), ((0, 35, 10, 3, 1), 0), ((0, 35, 10, 3, 0), 1)}),
        ("gender-trends", {((1, 15, 9, 13, 11), 0), ((1, 14, 9, 13, 12), 0), ((1, 14, 9, 13, 11), 1)}),
        ("boys-age", {((2, 7, 10, 5), 0)}),
        ("girls-age", {((4, 8, 16, 8), 0), ((4, 8, 8, 16), 0)}),
        ("collaboration", {((3, 24, 15, 7, 0), 0)}),
        ("girls-offender-gender", {((18, 9, 2, 5, 2), 0)}),
        ("scenario-uncle", {((26, 11, 12), 0)}),
        ("beliefs", {((46, 43, 18, 14, 10, 9, 7), 0)}),
    ],
)
def test_readings(found, question, readings):
    assert {(one.counts, one.missing) for one in found.feasible(question)} == readings


def test_the_social_factors_take_every_value(found):
    assert found.counts_of("social-factors", "access to technology") == (22,)
    assert found.counts_of("social-factors", "family violence") == (1, 2, 3, 4, 6, 7, 9, 14)
    assert not found.listed("social-factors")


def test_the_activities_of_government_keep_within_the_printed_range(found):
    assert found.counts_of("government-funding", ("none", "poor"))[0] >= 23
    assert found.counts_of("government-funding", ("none", "poor"))[-1] <= 28
    assert all(sum(one.counts) == 49 for one in found.feasible("government-funding"))


def test_those_under_thirty_and_the_rest(found):
    group = Group(question="age", item="under 30")
    assert found.complement("awareness", "poor", group) == (((7, 7), (28, 42)),)


def test_every_question_has_a_reading(found):
    for question in found.survey.question:
        readings = found.feasible(question.id)
        assert readings
        assert all(len(one.counts) == len(question.categories) for one in readings)


def test_every_finding_says_what_it_must(found):
    assert [finding.id for finding in found.findings] == [f"A{i}" for i in range(1, len(found.findings) + 1)]
    for finding in found.findings:
        assert finding.code
        assert finding.cells
        assert finding.printed
        assert finding.expected
        if finding.verdict == "inconsistent":
            assert finding.explanations
            assert finding.power
            assert finding.consequence
        parts = (finding.printed, finding.expected, *finding.explanations, finding.consequence, finding.power)
        text = " ".join(filter(None, parts))
        for word in ("fraud", "error", "wrong", "significant", "  ", "None", "0 statements"):
            assert word not in text


def test_it_is_quick_and_finds_the_same(found, within):
    with within(1):
        again = find(Book(found.survey))
    assert tuple(again) == found.findings
