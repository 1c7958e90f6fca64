"""Two questions of a battery whose numbers have no labels: worked by hand, and against the public function."""

import dataclasses

import pytest

import csea_stats as cs
from csea_stats.auditing.audit import audit
from csea_stats.survey.loading import load_survey
from csea_stats.survey.survey import Cell
from csea_stats.tabulation.relations import battery_differences


@pytest.fixture(scope="module")
def survey():
    return load_survey("bosnia-herzegovina-2021")


@pytest.fixture(scope="module")
def found(survey):
    return list(battery_differences(survey, audit(survey)))


def test_any_two_activities_of_government(found):
    """47 to 57% of 49 are 23 to 28, so any two differ by at most 5 of 49."""
    counted, sampled = (one for one in found if one.question == "government-activities")
    assert counted.bounds == sampled.bounds == (pytest.approx(-5 / 49), pytest.approx(5 / 49))
    assert {(23, 28), (28, 23), (25, 25)} <= set(counted.counts)
    assert len(counted.counts) == 36
    assert counted.interval is None
    least, most = cs.paired_difference(23, 28, 49), cs.paired_difference(28, 23, 49)
    assert sampled.interval.lower == pytest.approx(least.interval.lower)
    assert sampled.interval.upper == pytest.approx(most.interval.upper)
    assert sampled.companion.lower == pytest.approx(least.companion.lower)
    assert {"not-identified", "label-unknown", "overlap-open"} <= {doubt.code for doubt in sampled.caveats}
    assert sampled.verdict.word == "cannot be checked"
    assert "it can be −10 to +10 points" in str(sampled)


def test_every_printed_range_has_one(found):
    assert [one.question for one in found[::2]] == ["government-activities", "support-services", "legal-services"]
    assert [round(one.bounds[1] * 49) for one in found[::2]] == [5, 9, 1]


def test_questions_that_print_tells_apart_are_left_to_themselves(survey):
    known = Cell(item="poor", where="Text", count=13)
    questions = tuple(
        dataclasses.replace(one, cells=(known,)) if one.id == "medical-quality" else one for one in survey.question
    )
    other = dataclasses.replace(survey, question=questions)
    assert "support-services" not in {one.question for one in battery_differences(other, audit(other))}
