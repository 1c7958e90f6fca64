"""Every printed number of a survey is in its table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.survey.printed_rows import COLUMNS
from csea_stats.survey.survey import rows

OWN = Path(__file__).parent / "data" / "adelaide-students.toml"
SURVEYS = ["bosnia-herzegovina-2021", OWN]


@pytest.mark.parametrize("survey", SURVEYS, ids=str)
def test_the_frame_has_the_rows_and_the_columns(survey):
    survey = cs.load_survey(survey)
    frame = survey.to_frame()
    table = rows(survey)
    assert list(frame.columns[:8]) == ["question", "item", "base", "percent", "count", "where", "status", "note"]
    assert tuple(frame.columns[:8]) == COLUMNS
    assert len(frame) == len(table)
    assert frame["count"].dtype == pd.Int64Dtype()
    assert frame["base"].dtype == pd.Int64Dtype()
    for name in frame.columns:
        values = [None if missing else value for value, missing in zip(frame[name], frame[name].isna(), strict=True)]
        assert values == [getattr(row, name) for row in table]


@pytest.mark.parametrize("survey", SURVEYS, ids=str)
def test_every_number_of_the_file_is_in_the_table(survey):
    survey = cs.load_survey(survey)
    table = rows(survey)
    percents, counts = Counter(row.percent for row in table), Counter(row.count for row in table)
    expected_percents, expected_counts = Counter(), Counter()
    for cell in [cell for holder in (*survey.question, *survey.battery) for cell in holder.cells]:
        expected_percents.update(cell.unlabelled or ())
        if cell.range:
            expected_percents["-".join(cell.range)] += 1
        if getattr(cell, "percent", None) is not None:
            expected_percents[cell.percent] += 1
        if getattr(cell, "count", None) is not None:
            expected_counts[cell.count] += 1
    expected_counts.update(fact.count for fact in survey.fact)
    expected_counts.update(question.list_length for question in survey.question if question.list_length)
    del percents[None], counts[None]
    assert percents == expected_percents
    assert counts == expected_counts


def test_rows_of_each_kind():
    survey = cs.load_survey("bosnia-herzegovina-2021")
    table = {
        kind: [row for row in rows(survey) if row.holder == kind]
        for kind in ("cell", "battery", "list", "fact", "event")
    }
    assert {(row.question, row.count) for row in table["list"]} == {("social-factors", 25), ("barriers", 18)}
    figure_9 = [row for row in table["battery"] if row.status == "unlabelled"]
    assert len(figure_9) == 20
    assert {row.base for row in table["battery"]} == {49}
    assert {row.candidates for row in figure_9} == {("none", "poor", "fair", "good", "excellent")}
    assert "26th July 2021" in [row.item for row in table["event"]]
    assert ("disqualified", 56) in [(row.question, row.count) for row in table["fact"]]
    under_30 = next(row for row in table["cell"] if row.among)
    assert (under_30.among, under_30.base, under_30.count, under_30.words) == ("age=under 30", 7, 7, "all seven")


def test_a_number_in_words_is_in_the_note():
    survey = cs.load_survey("bosnia-herzegovina-2021")
    notes = {row.name: row.note for row in rows(survey)}
    assert notes["gender-trends/more girls @ Gender"] == 'In words: "nearly a third".'
    assert notes["organisation/health or education @ Sample"].startswith('In words: "the remaining eight". Hospital')
    told = [cell.words for holder in (*survey.question, *survey.battery) for cell in holder.cells if cell.words]
    assert len(told) > 20
    assert sum((note or "").startswith("In words: ") for note in notes.values()) == len(told)


def test_the_names_of_numbers_are_unique():
    table = rows(cs.load_survey("bosnia-herzegovina-2021"))
    assert all(row.status == "unlabelled" for row in table if [other.name for other in table].count(row.name) > 1)
