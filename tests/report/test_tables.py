from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.errors import InputError
from csea_stats.publication.spreadsheets import FORMULA, to_csv, to_json
from csea_stats.publication.table_parts import FlatTable
from csea_stats.report.tables import survey_table, to_text, write_table
from csea_stats.results.estimate_frames import tidy

ENTRIES = st.one_of(st.text(max_size=20), st.integers(-(10**9), 10**9), st.floats(allow_nan=False), st.none())


@given(st.lists(st.tuples(ENTRIES, ENTRIES), max_size=6))
def test_csv_comes_back_and_no_text_begins_a_formula(rows):
    read = list(csv.reader(io.StringIO(to_csv(FlatTable(columns=("a", "b"), rows=tuple(rows))), newline="")))
    assert read[0] == ["a", "b"]
    assert len(read) == len(rows) + 1
    for row, back in zip(rows, read[1:], strict=True):
        for entry, text in zip(row, back, strict=True):
            if isinstance(entry, str):
                assert text in (entry, f"'{entry}")
                assert not text.startswith(FORMULA)
            elif entry is not None:
                assert float(text) == float(entry)


def test_numbers_stay_numbers_and_hostile_labels_stay_text(samples):
    hostile = samples.hostile
    rows = tuple((label, -0.5) for label in hostile)
    table = FlatTable(columns=("label", "value"), rows=rows)
    read = list(csv.reader(io.StringIO(to_csv(table), newline="")))[1:]
    assert [value for _, value in read] == ["-0.5"] * len(hostile)
    assert [label.removeprefix("'") for label, _ in read] == list(hostile)
    assert [row["label"] for row in json.loads(to_json(table))] == list(hostile)
    lines = to_text(table).splitlines()
    assert len(lines) == 2 + len(hostile)
    assert all(line.isprintable() for line in lines)


def test_infinity_is_text_in_json():
    assert json.loads(to_json(FlatTable(columns=("x",), rows=((float("inf"),),)))) == [{"x": "inf"}]


def test_a_row_of_another_length_or_form_is_an_error():
    with pytest.raises(InputError, match="row 0: found 1"):
        FlatTable(columns=("a", "b"), rows=((1,),))
    with pytest.raises(InputError, match="found 'xlsx'; allowed is one of table, csv, json"):
        write_table(FlatTable(columns=(), rows=()), "xlsx")


def test_the_survey_table_has_the_columns_asked_for(shipped):
    survey, _, _ = shipped
    table = survey_table(survey)
    assert table.columns == ("question", "item", "base", "percent", "count", "where", "status", "note")
    printed = {(row[0], row[1], row[3]) for row in table.rows}
    assert ("police-knowledge", "poor", "41") in printed


def test_the_estimates_table_has_a_row_per_estimate(shipped):
    _, _, estimates = shipped
    table = tidy(estimates)
    assert len(table.rows) == len(estimates)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    (wanted,) = (
        row
        for row in rows
        if (row["question"], row["outcome"], row["estimand"]) == ("awareness", "poor", "share")
        and (row["target"], row["by"]) == ("people", None)
    )
    assert (round(wanted["cri_low"], 3), round(wanted["ci_low"], 3)) == (0.578, 0.576)
