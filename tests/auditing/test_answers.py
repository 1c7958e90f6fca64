"""Answers against print: agreement, contradiction, and what cannot be compared."""

import pandas as pd
import pytest

from csea_stats import Categories, Codebook, load_survey, read_respondents, synthesise
from csea_stats.auditing.answers import compare_answers

SURVEY = load_survey("bosnia-herzegovina-2021")
CELLS = [cell for question in SURVEY.question for cell in question.cells]


def verdicts(data):
    return {finding.cells[0]: finding for finding in compare_answers(SURVEY, data)}


@pytest.mark.slow
def test_one_finding_for_each_printed_cell():
    found = compare_answers(SURVEY, synthesise(SURVEY, seed=1))
    assert len(found) == len(CELLS)
    assert [finding.id for finding in found[:2]] == ["R1", "R2"]
    assert sum(finding.verdict == "consistent" for finding in found) > 120


def test_one_changed_answer_is_found_and_nothing_else():
    frame = synthesise(SURVEY, seed=1).to_frame()
    before = verdicts(read_respondents(frame, SURVEY.id))
    row = frame.index[frame["organisation"] == "NGO"][0]
    frame.loc[row, "organisation"] = "government"
    after = verdicts(read_respondents(frame, SURVEY.id))
    changed = {name for name in after if after[name].verdict != before[name].verdict}
    assert changed == {"organisation/government @ Sample", "organisation/NGO @ Sample"}
    finding = after["organisation/government @ Sample"]
    assert finding.printed == "55%, n=27"
    assert "28 of 49" in finding.expected
    assert "SYNTHETIC" in finding.expected
    assert finding.explanations


@pytest.mark.slow
def test_a_subgroup_is_compared_within_the_group():
    frame = synthesise(SURVEY, seed=1).to_frame()
    name = "awareness/poor @ Awareness among age=under 30"
    young = frame["age"] == "under 30"
    assert verdicts(read_respondents(frame, SURVEY.id))[name].verdict == "consistent"
    frame.loc[frame.index[young][0], "awareness"] = "fair"
    finding = verdicts(read_respondents(frame, SURVEY.id))[name]
    assert (finding.verdict, finding.expected) == (
        "inconsistent",
        "SYNTHETIC answers: 6 of 7 those who were asked, 6 of 7 those who answered",
    )


def test_what_the_data_do_not_hold_cannot_be_checked():
    data = read_respondents(
        pd.DataFrame({"organisation": ["state"] * 3, "age": ["under 30"] * 3}),
        Codebook({"organisation": Categories("state", "NGO"), "age": Categories("under 30", "30 and over")}),
    )
    found = verdicts(data)
    assert found["organisation/government @ Sample"].verdict == "cannot be checked"
    assert found["awareness/poor @ Awareness"].verdict == "cannot be checked"
    assert found["organisation/NGO @ Sample"].verdict == "inconsistent"
    assert found["age/under 30 @ Awareness"].verdict == "inconsistent"
