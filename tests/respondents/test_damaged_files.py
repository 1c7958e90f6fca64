"""Files that are damaged, or that no program would write: answers, or an error that says where; never anything else."""

import random
import re
import zipfile

import openpyxl
import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest

import csea_stats as cs
from csea_stats.encoding.drafts import draft
from csea_stats.encoding.grids import grids_of, read_grids
from csea_stats.errors import AnswersError, CseaStatsError
from csea_stats.respondents import readers, statistics_files
from csea_stats.respondents.readers import read_table

BOOK = cs.Codebook({"q": cs.Categories("a", "b"), "t": cs.Categories("x", "y")})
CELLS = {"A1": "q", "B1": "t"} | {
    f"{'AB'[place]}{row}": ("ab", "xy")[place][row % 2] for row in range(2, 8) for place in (0, 1)
}
SIGNS = "\u2028\u2029\v\f\x85\x1c\x1d\x1e"
"""What Python takes for the end of a line, and no CSV file means by it."""


def told(call):
    """Return what a call gives, or the error it is documented to give, as a text."""
    try:
        return str(call())
    except CseaStatsError as error:
        return str(error)


def workbook(path, cells, merged=()):
    book = openpyxl.Workbook()
    for place, value in {**CELLS, **cells}.items():
        book.active[place] = value
    for cell in merged:
        book.active.merge_cells(cell)
    book.save(path)
    return path


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_ends_at_a_line_end(sign, quote, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(f"q,t\na,x\n{quote}b{sign}b{quote},y\n".encode())
    assert list(read_table(path).columns["q"]) == ["a", f"b{sign}b"]
    with pytest.raises(AnswersError, match=r"row 3, column 'q': found 'b\\"):
        cs.read_respondents(path, BOOK)
    (grid,) = grids_of(f"answer,{quote}sh{sign}are{quote}\nyes,40%\nno,60%\n", "a paste")
    assert len(grid.rows) == 3


def test_rows_of_commas_are_no_respondents(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("q,t\na,x\n,\n,,,\n,,\nb,y\n", encoding="utf-8")
    data = cs.read_respondents(path, BOOK)
    assert (len(data), data.notes) == (2, ("3 rows hold nothing",))
    path.write_text(",,\n,,\n", encoding="utf-8")
    with pytest.raises(AnswersError, match="row 1: found no header"):
        cs.read_respondents(path, BOOK)


def test_blank_lines_of_one_column_are_told(tmp_path):
    path = tmp_path / "a.csv"
    book = cs.Codebook({"q": cs.Categories("a", "b")})
    path.write_text("q\na\n\nb\n\n\na\n\n\n", encoding="utf-8")
    data = cs.read_respondents(path, book)
    assert (len(data), data.notes) == (3, ("3 rows hold nothing",))
    path.write_text("\n\nq\na\n", encoding="utf-8")
    with pytest.raises(AnswersError, match=r"row 1: found nothing; needed is the header: say skip = 2"):
        cs.read_respondents(path, book)
    assert len(cs.read_respondents(path, cs.Codebook({"q": cs.Categories("a", "b")}, file={"skip": 2}))) == 1


@pytest.mark.parametrize("place", ["XFD1048576", "A1048576", "XFD2"])
def test_a_stray_blank_cell_costs_nothing(place, tmp_path):
    path = workbook(tmp_path / "a.xlsx", {place: " "})
    assert len(cs.read_respondents(path, BOOK)) == 6
    assert len(cs.draft_codebook(path).variables) == 2


def test_a_stray_word_far_away_is_told(tmp_path):
    with pytest.raises(
        AnswersError, match=r"XFD1048576: found 'x', so that the sheet has 1,048,576 rows of 16,384 col"
    ):
        cs.read_respondents(workbook(tmp_path / "a.xlsx", {"XFD1048576": "x"}), BOOK)


def changed(source, target, member, change):
    """Copy a workbook with one of its parts changed; None leaves it out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for one in old.namelist():
            content = old.read(one)
            if (content := change(content) if one == member else content) is not None:
                new.writestr(one, content)
    return target


def test_a_merged_cell_of_everything_is_told(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {}, ["A1:B1"])
    path = changed(
        path, tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"A1:B1", b"A1:XFD9999")
    )
    with pytest.raises(AnswersError, match="found the merged cell A1:XFD9999"):
        cs.read_respondents(path, BOOK)


HARM = {
    "half": lambda content: content[: len(content) // 2],
    "empty": lambda _: b"",
    "gone": lambda _: None,
    "other": lambda _: b"<x/>",
    "numbers": lambda content: content.replace(b"1", b"99999999999999999999"),
    "no text": lambda _: b"\xff\x00\xfe",
}
PARTS = (
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/worksheets/sheet1.xml",
    "xl/styles.xml",
    "docProps/core.xml",
    "[Content_Types].xml",
)


@pytest.mark.few(1)
@pytest.mark.parametrize("part", PARTS)
def test_a_broken_workbook_is_read_or_told(part, tmp_path):
    source = workbook(tmp_path / "whole.xlsx", {})
    for name, harm in HARM.items():
        path = changed(source, tmp_path / f"{name}.xlsx", part, harm)
        said = told(lambda path=path: len(cs.read_respondents(path, BOOK)))
        assert said == "6" or re.search(r"found|no ", said), (name, said)
        told(lambda path=path: cs.draft_codebook(path))
        told(lambda path=path: list(read_grids(path)))


def test_a_workbook_that_unpacks_to_very_much_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "LARGEST_WORKBOOK", 5_000)
    with pytest.raises(AnswersError, match="the workbook unpacks to"):
        cs.read_respondents(workbook(tmp_path / "a.xlsx", {}), BOOK)


def test_a_chart_sheet_holds_no_answers(tmp_path):
    book = openpyxl.Workbook()
    book.create_chartsheet("Chart")
    for place, value in CELLS.items():
        book["Sheet"][place] = value
    book.save(tmp_path / "a.xlsx")
    assert len(cs.read_respondents(tmp_path / "a.xlsx", BOOK)) == 6
    assert len(cs.draft_codebook(tmp_path / "a.xlsx").variables) == 2
    with pytest.raises(AnswersError, match="there is no sheet 'Chart'; there is: 'Sheet'"):
        cs.read_respondents(tmp_path / "a.xlsx", BOOK, sheet="Chart")


TWICE = {
    "pandas": pd.DataFrame([["a", "x", "y"], ["b", "y", "x"]], columns=["q", "t", "t"]),
    "levels": pd.DataFrame([["a", "x"]], columns=pd.MultiIndex.from_tuples([("q", "1"), ("t", "2")])),
    "arrow": pa.table([["a", "b"], ["x", "y"], ["x", "y"]], names=["q", "t", "t"]),
}


@pytest.mark.parametrize("name", TWICE)
@pytest.mark.parametrize(
    "call",
    [
        lambda frame: cs.read_respondents(frame, BOOK),
        cs.draft_codebook,
        cs.Codebook.from_frame,
        lambda frame: cs.fit("q ~ t", frame),
    ],
    ids=["read_respondents", "draft_codebook", "from_frame", "fit"],
)
def test_columns_of_one_name_are_told(call, name):
    with pytest.raises(CseaStatsError, match=r"2 times|allowed is a text|there is no column|of one name: 't' 2 times"):
        call(TWICE[name])


def statistics(folder, suffix):
    path = folder / f"whole{suffix}"
    frame = pd.DataFrame({"q": [1.0, 2, 2, None] * 5, "t": ["x", "yy", "", "z"] * 5})
    write = pyreadstat.write_dta if suffix == ".dta" else pyreadstat.write_sav
    write(frame, str(path), variable_value_labels={"q": {1: "a", 2: "b"}})
    return path


@pytest.mark.few(1)
@pytest.mark.parametrize("suffix", [".sav", ".dta"])
@pytest.mark.parametrize("harms", [2, pytest.param(150, marks=pytest.mark.slow)])
def test_a_damaged_statistics_file_is_read_or_told(suffix, harms, tmp_path):
    whole = statistics(tmp_path, suffix).read_bytes()
    rng = random.Random(suffix)
    path = tmp_path / f"harmed{suffix}"
    for _ in range(harms):
        content = bytearray(whole)
        for _ in range(rng.choice([1, 3, 30])):
            content[rng.randrange(len(content))] = rng.randrange(256)
        path.write_bytes(bytes(content[: rng.choice([len(whole), rng.randrange(1, len(whole))])]))
        said = told(lambda: read_table(path).source)
        assert str(path) in said


ENDS = {
    "import os; os.kill(os.getpid(), 11)": "the file is damaged",
    "import time; time.sleep(60)": "took more than",
    "raise SystemExit(3)": "the file is damaged",
}


@pytest.mark.parametrize("code", ENDS)
def test_a_reader_that_ends_its_process_is_told(code, tmp_path, monkeypatch):
    path = statistics(tmp_path, ".sav")
    run = statistics_files.subprocess.run
    monkeypatch.setattr(statistics_files, "LONGEST", 0.5)
    monkeypatch.setattr(
        statistics_files.subprocess, "run", lambda command, **more: run([command[0], "-S", "-c", code], **more)
    )
    with pytest.raises(AnswersError, match=f"no sav file that can be read: .*{ENDS[code]}"):
        read_table(path)


def test_a_paste_with_form_feeds_is_drafted():
    assert "40" in draft(grids_of("answer,share\nyes\f,40%\nno,60%\n", "a paste"))
