"""What holds of every draft: the order of rows does not matter, columns stand for themselves, nothing is given away."""

import csv
import io
import random
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from csea_stats import draft_codebook, read_respondents
from csea_stats.drafting.file_layouts import opened
from csea_stats.errors import AnswersError, InputError
from csea_stats.respondents.codebook import AT_END
from csea_stats.respondents.kinds import sources_of
from csea_stats.respondents.texts import text_of

FOLDER = Path(__file__).parents[1] / "respondents" / "exports"
SAMPLES = sorted(path.stem for path in (FOLDER / "drafts").glob("*.toml"))
TEXTS = [name for name in SAMPLES if name.endswith(".csv")]


def records(name):
    """Give the header rows and the other rows of a sample, as texts."""
    content = (FOLDER / name).read_bytes()
    file = opened(FOLDER / name, None)
    mark = content[:2] == b"\xff\xfe"
    text = content.decode("utf-16" if mark else file.layout.encoding or "utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=file.layout.separator))
    return rows[: file.layout.rows], rows[file.layout.rows :], file.layout.separator


def written(folder, name, rows, separator):
    path = folder / name
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


@pytest.mark.few(2)
@pytest.mark.parametrize("name", TEXTS)
def test_the_order_of_rows_does_not_matter(name, tmp_path):
    header, rows, separator = records(name)
    plain = draft_codebook(written(tmp_path, name, [*header, *rows], separator)).to_toml()
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        assert draft_codebook(written(tmp_path, name, [*header, *rows], separator)).to_toml() == plain


@pytest.mark.few(3)
@pytest.mark.parametrize("name", SAMPLES)
def test_no_cell_of_a_column_that_is_not_read_stands_in_a_draft(name):
    book, table = draft_codebook(FOLDER / name), opened(FOLDER / name, None).table
    read = {source for variable, kind in book.variables for source in sources_of(variable, kind)}
    read -= {kind.other.column for _, kind in book.variables if getattr(kind, "other", None) is not None}
    texts = {text_of(cell) for column in read for cell in table.columns[column] if cell is not None}
    draft = book.to_toml()
    header = " ".join([*table.columns, *table.wording.values()])
    told = {"[not completed]", "rejected"}  # what a tool writes itself, and the remark on reviews
    for column in set(table.columns) - read - {book.respondent}:
        for cell in {text_of(cell) for cell in table.columns[column] if cell is not None} - texts - told:
            if len(cell) > 3 and cell not in header:
                assert cell not in draft, column


def test_a_column_changes_its_own_part_only(tmp_path):
    rows = [["id", "Bus?", "How often?", "Age"], *([number, *row] for number, row in enumerate(SMALL))]
    plain = dict(draft_codebook(written(tmp_path, "a.csv", rows, ",")).variables)
    renamed = [["id", "Tram?", "How often?", "Age"], *rows[1:]]
    other = dict(draft_codebook(written(tmp_path, "a.csv", renamed, ",")).variables)
    assert other.keys() ^ plain.keys() == {"bus", "tram"}
    assert {name: plain[name] for name in ("how_often", "Age")} == {name: other[name] for name in ("how_often", "Age")}
    retyped = [rows[0], *([*row[:3], f"{row[3]} years or more"] for row in rows[1:])]
    bands = dict(draft_codebook(written(tmp_path, "a.csv", retyped, ",")).variables)
    assert {name for name in plain if plain[name] != bands[name]} == {"Age"}


SMALL = [("yes", "never", 31), ("no", "often", 45), ("yes", "often", 62), ("no", "always", 31), ("yes", "never", 45)]


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_a_frame_is_drafted(make):
    frame = make(
        {"Bus": [row[0] for row in SMALL], "often": [row[1] for row in SMALL], "age": [row[2] for row in SMALL]}
    )
    book = draft_codebook(frame)
    assert [type(kind).__name__ for _, kind in book.variables] == ["Categories", "Ordered", "Number"]
    assert book.file.given() == {}
    assert read_respondents(frame, book).column("often").counts == (2, 2, 1)


def test_a_sheet_is_of_a_workbook(tmp_path):
    with pytest.raises(InputError, match="only an Excel workbook has sheets"):
        draft_codebook(FOLDER / "messy.csv", sheet="a")
    with pytest.raises(AnswersError, match="there is no sheet 'a'; there is: 'Answers', 'old'"):
        draft_codebook(FOLDER / "excel_merged.xlsx", sheet="a")
    with pytest.raises(AnswersError, match=r"found the ending '\.pdf'"):
        draft_codebook(tmp_path / "a.pdf")


def test_nothing_to_read_is_told_with_why(tmp_path):
    path = written(tmp_path, "a.csv", [["when", "mail"], ["2024-03-01", "a@b.org"], ["2024-03-02", "c@d.org"]], ",")
    with pytest.raises(AnswersError) as caught:
        draft_codebook(path)
    assert caught.value.problems[0] == "no column can be read"
    assert '"when": dates or times' in caught.value.problems[1]
    assert "a@b.org" not in str(caught.value)


@pytest.mark.few(2)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_column_is_read_or_told(name):
    book, table = draft_codebook(FOLDER / name), opened(FOLDER / name, None).table
    read = {source for variable, kind in book.variables for source in sources_of(variable, kind)}
    remarks = dict(book.remarks)
    told = "\n".join([*remarks[""], *remarks.get(AT_END, ())]).replace("\\n", "\n")
    assert [column for column in table.columns if column not in read | {book.respondent} and column not in told] == []
