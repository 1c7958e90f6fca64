"""Drafts of the samples: what each should give, that it reads its own file, and the counts of an independent reader."""

import json
from pathlib import Path

import numpy as np
import pytest

from csea_stats import draft_codebook, read_respondents
from csea_stats.errors import AnswersError
from csea_stats.respondents.codebook import AT_END
from csea_stats.respondents.codebook_files import load_codebook
from csea_stats.respondents.columns import MultipleColumn, NumberColumn

FOLDER = Path(__file__).parents[1] / "respondents" / "exports"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
SAMPLES = sorted(path.stem for path in (FOLDER / "drafts").glob("*.toml"))


def kinds(book):
    """Give the kind of each remark, by its place: guessed, to be decided, plain."""
    found = {}
    for name, lines in book.remarks:
        told = [line.split('": ', 1)[-1] if name == AT_END else line for line in lines]
        found[name] = sorted(line.strip()[0] if line.strip()[:1] in ("?", "!") else "" for line in told)
    return found


@pytest.fixture(scope="module")
def drafts():
    return {name: draft_codebook(FOLDER / name) for name in SAMPLES}


@pytest.mark.few(10)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_gives_its_draft(drafts, name):
    wanted = load_codebook(FOLDER / "drafts" / f"{name}.toml")
    assert drafts[name] == wanted
    assert kinds(drafts[name]) == kinds(wanted)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_draft_is_written_and_read_with_its_remarks(drafts, name, tmp_path):
    path = tmp_path / "book.toml"
    path.write_text(drafts[name].to_toml(), encoding="utf-8")
    again = load_codebook(path)
    assert again == drafts[name]
    assert (again.remarks, again.to_toml()) == (drafts[name].remarks, drafts[name].to_toml())


@pytest.mark.few(10)
@pytest.mark.parametrize("name", [name for name in SAMPLES if "error_on_read" not in EXPECTED[name]["draft"]])
def test_a_draft_reads_its_own_file(drafts, name):
    expected = EXPECTED[name]["draft"]
    data = read_respondents(FOLDER / name, drafts[name])
    assert (len(data), data.funnel.excluded) == (expected["respondents"], expected.get("excluded", 0))
    assert set(expected["variables"]) == set(drafts[name])
    for variable, wanted in expected["variables"].items():
        column = data.column(variable)
        assert column.why == wanted["why"]
        if isinstance(column, NumberColumn):
            assert (int(column.answered.sum()), float(np.nansum(column.values))) == pytest.approx(
                (wanted["n"], wanted["sum"])
            )
            continue
        names = column.items if isinstance(column, MultipleColumn) else column.labels
        counts = {label: times for label, times in zip(names, column.counts, strict=True) if times}
        assert counts == {label: times for label, times in wanted["counts"].items() if times}
        if isinstance(column, MultipleColumn):
            none = int((column.marks == 0).all(axis=1).sum())
            assert (int(column.answered.sum()), none) == (wanted["answered"], wanted["chose_none"])


def test_a_date_among_bands_has_to_be_decided(drafts):
    with pytest.raises(AnswersError, match="a date; a spreadsheet makes one of '3-5'"):
        read_respondents(FOLDER / "excel_merged.xlsx", drafts["excel_merged.xlsx"])


def test_formulas_without_values_are_no_draft():
    with pytest.raises(AnswersError, match="C2: a formula without a stored value"):
        draft_codebook(FOLDER / "excel_formula.xlsx")
