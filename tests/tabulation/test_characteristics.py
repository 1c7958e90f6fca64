"""The table of who answered: counts add up to everybody, percentages are of those who answered."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName


@pytest.fixture
def data():
    frame = pd.DataFrame(
        {
            "team": ["A", "A", "A", "A", "B", "B", "B", "", "refused"],
            "aware": ["low", "low", "high", "", "high", "don't know", "high", "low", "low"],
            "years": [1, 2, 3, 4, 10, None, 20, 5, 6],
            "tools": ["x;y", "x", "none", "y", "", "x", "none", "x", "y"],
        }
    )
    book = cs.Codebook(
        {
            "team": cs.Categories("A", "B", "C", off_scale=("refused",), label="Team"),
            "aware": cs.Ordered("low", "high", off_scale=("don't know",)),
            "years": cs.Number(unit="years", label="Experience"),
            "tools": cs.Multiple(items=("x", "y"), separator=";", nothing="none"),
        },
        respondent=None,
    )
    return cs.read_respondents(frame, book)


def test_by_hand(data):
    found = cs.characteristics(data, by="team")
    heads = ["A (N = 4)", "B (N = 3)", "C (N = 0)", "no answer (N = 1)", "refused (N = 1)", "all (N = 9)"]
    assert list(found.columns) == ["variable", "level", *heads]
    told = {(variable, level): cells for variable, level, *cells in found.itertuples(index=False, name=None)}
    assert told["aware", "low"] == ["2 (67%)", "0 (0%)", "–", "1 (100%)", "1 (100%)", "4 (57%)"]
    assert told["aware", "No answer"] == ["1", "0", "0", "0", "0", "1"]
    assert told["aware", "don't know"] == ["0", "1", "0", "0", "0", "1"]
    assert told["Experience, years", "median (Q1, Q3)"] == [
        "2.5 (1.75, 3.25)",
        "15 (12.5, 17.5)",
        "–",
        "5 (5, 5)",
        "6 (6, 6)",
        "4.5 (2.75, 7)",
    ]
    assert told["tools", "x"] == ["2 (50%)", "1 (50%)", "–", "1 (100%)", "0 (0%)", "4 (50%)"]


def test_all_alone_and_some_variables(data):
    found = cs.characteristics(data, questions="aware")
    assert list(found.columns) == ["variable", "level", "all (N = 9)"]
    assert list(found["level"]) == ["low", "high", "No answer", "don't know"]


def test_errors(data):
    with pytest.raises(InputError, match="one answer each"):
        cs.characteristics(data, by="years")
    with pytest.raises(UnknownName):
        cs.characteristics(data, questions=["nothing"])


@pytest.mark.slow
def test_the_stamp_is_a_column():
    made_up = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=2)
    assert cs.characteristics(made_up, questions="age").synthetic.all()


def test_the_table_for_a_publication_holds_the_frames_cells(data, tmp_path):
    frame = cs.characteristics(data, by="team")
    table = cs.characteristics_table(data, by="team")
    assert [column.head for column in table.columns] == ["", *frame.columns[2:]]
    assert [[cell.text for cell in row] for row in table.rows] == frame.drop(columns="variable").to_numpy().tolist()
    starts = [*(place for place, _ in table.row_groups), len(table.rows)]
    lengths = [after - before for before, after in pairwise(starts)]
    assert [(name, size) for (_, name), size in zip(table.row_groups, lengths, strict=True)] == list(
        frame.groupby("variable", sort=False).size().items()
    )
    assert table.caption == "Who answered, by Team (N = 9)"
    assert "Experience, years" in (table.save(tmp_path / "t.html")).read_text(encoding="utf-8")


def test_the_table_of_made_up_answers_says_so():
    made_up = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=2)
    table = cs.characteristics_table(made_up, questions="age")
    assert table.caption.startswith("SYNTHETIC")
    assert "evidence of nothing" in table.general_note
