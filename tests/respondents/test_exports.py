"""Answers as survey tools export them, read by a codebook: counts that an independent reader has, too.

The samples are invented. ``drafts`` holds codebooks as the structure shows them, ``corrected`` what a person makes of
them.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from csea_stats import Codebook, Number, read_respondents
from csea_stats.errors import AnswersError
from csea_stats.respondents.codebook_files import load_codebook
from csea_stats.respondents.columns import MultipleColumn, NumberColumn
from csea_stats.respondents.readers import read_table

FOLDER = Path(__file__).parent / "exports"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
CASES = [
    (kind, name)
    for kind in ("draft", "corrected")
    for name, found in EXPECTED.items()
    if kind in found and "error" not in found[kind] and "error_on_read" not in found[kind]
]


def codebook(kind, name):
    folder = FOLDER / ("drafts" if kind == "draft" else "corrected")
    return folder / f"{name}.toml"


def summary(column):
    found = {"why": column.why}
    if isinstance(column, NumberColumn):
        return found | {"n": int(column.answered.sum()), "sum": round(float(np.nansum(column.values)), 9)}
    names = column.items if isinstance(column, MultipleColumn) else column.labels
    found["counts"] = dict(zip(names, column.counts, strict=True))
    if isinstance(column, MultipleColumn):
        none = (column.marks == 0).all(axis=1)
        found |= {"answered": int(column.answered.sum()), "chose_none": int(none.sum())}
    return found


@pytest.mark.few(8)
@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_sample_reads_as_expected(kind, name):
    expected = EXPECTED[name][kind]
    data = read_respondents(FOLDER / name, codebook(kind, name))
    assert len(data) == expected["respondents"]
    for variable, wanted in expected["variables"].items():
        found = summary(data.column(variable))
        for key, value in wanted.items():
            if key == "counts":
                assert {label: times for label, times in found["counts"].items() if times} == {
                    label: times for label, times in value.items() if times
                }
            elif key != "kind":
                assert found[key] == value, (variable, key)
    assert "not_filled" not in EXPECTED[name] or kind == "draft" or data.funnel.excluded == EXPECTED[name]["not_filled"]
    assert "excluded" not in EXPECTED[name] or data.funnel.excluded >= EXPECTED[name]["excluded"]
    told = EXPECTED[name].get("told", []) if kind == "corrected" else []
    assert not told or any(all(word in note for word in told) for note in data.notes)
    assert "blank_rows" not in EXPECTED[name] or f"{EXPECTED[name]['blank_rows']} rows hold nothing" in data.notes
    again = read_respondents(data.to_frame(), data.codebook)
    assert again.data_hash == data.data_hash


@pytest.mark.parametrize(
    ("kind", "name", "key"),
    [("draft", "excel_merged.xlsx", "error_on_read"), ("corrected", "ambiguous.csv", "error")],
)
def test_a_sample_that_has_to_be_mended(kind, name, key):
    with pytest.raises(AnswersError) as caught:
        read_respondents(FOLDER / name, codebook(kind, name))
    assert [word for word in EXPECTED[name][kind][key] if word not in str(caught.value)] == []


def test_a_sample_with_a_formula():
    book = Codebook({"score": Number(column=list(read_table(FOLDER / "excel_formula.xlsx").columns)[2])})
    with pytest.raises(AnswersError) as caught:
        read_respondents(FOLDER / "excel_formula.xlsx", book)
    assert all(word in str(caught.value) for word in EXPECTED["excel_formula.xlsx"]["draft"]["error"])


@pytest.mark.parametrize(
    "path", sorted([*FOLDER.glob("drafts/*"), *FOLDER.glob("corrected/*")]), ids=lambda path: path.stem
)
def test_a_codebook_written_is_read_as_an_equal_one(tmp_path, path):
    book = load_codebook(path)
    (tmp_path / "book.toml").write_text(book.to_toml(), encoding="utf-8")
    assert load_codebook(tmp_path / "book.toml") == book


def test_rows_with_the_same_answers_are_told():
    data = read_respondents(FOLDER / "duplicates.csv", codebook("draft", "duplicates.csv"))
    assert data.notes == (
        "rows 2 and 4 hold the same answers to all 5 questions; about 0.11 such pairs come by chance",
    )


def test_a_rejected_answer_is_left_out_by_its_id_or_its_row():
    plain = load_codebook(codebook("draft", "duplicates.csv"))
    book = Codebook(dict(plain.variables), exclude={4: "sent twice"}, file=plain.file)
    data = read_respondents(FOLDER / "duplicates.csv", book)
    assert (len(data), data.notes) == (5, ())
    assert str(data.funnel) == "6 rows, of which 5 count as respondents; excluded: 1 (sent twice)."
