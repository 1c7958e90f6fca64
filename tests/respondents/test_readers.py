"""Excel, SPSS and Stata files, and what is said where their packages are missing."""

import subprocess
import sys

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from csea_stats import Codebook, Number, Ordered, draft_codebook, read_respondents
from csea_stats.errors import AnswersError, InputError

BOOK = Codebook(
    {"a": Ordered("None", "poor", "fair", off_scale=("don't know", "refused")), "years": Number("years", 0, 60)},
    missing=("", "NA", "-99"),
)


def workbook(folder, *rows, title="answers", more=()):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name, others in more:
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    path = folder / "answers.xlsx"
    book.save(path)
    return path


HEADER = ["id", "a", "years"]


# ---------------------------------------------------------------- Excel


def test_a_workbook(tmp_path):
    path = workbook(
        tmp_path, HEADER, [1, "None", 3], [2, None, 4.5], [None, None, None], ["x", " refused ", None], [5, "NA", -99]
    )
    data = read_respondents(path, BOOK)
    assert data.ids == ("1", "2", "x", "5")
    assert data.column("a").codes.tolist() == [0, -1, -4, -1]
    assert data.column("years").reasons.tolist() == [0, 0, -1, -1]


def test_a_cell_of_several_rows_is_an_error_where_its_column_is_read(tmp_path):
    path = workbook(
        tmp_path, ["id", "a", "years", "team"], [1, "None", 3, "x"], [2, None, 4, None], [3, "fair", 5, "y"]
    )
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("D2:D3")
    book.active.row_dimensions[3].hidden = True
    book.save(path)
    data = read_respondents(path, BOOK)
    assert (len(data), data.notes) == (3, ("1 row of the sheet is hidden, and read as all others",))
    book.active.merge_cells("B2:B3")
    book.save(path)
    with pytest.raises(AnswersError) as caught:
        read_respondents(path, BOOK)
    assert list(caught.value.problems) == [
        "B2:B3: one cell for 2 rows; take the merging back and fill a cell in each row"
    ]
    with pytest.raises(AnswersError, match="B2:B3: one cell for 2 rows"):
        draft_codebook(path)


def test_rows_are_named_as_the_sheet_does(tmp_path):
    path = workbook(tmp_path, HEADER, [1, "None", 3], [None, None, None], [2, "bad", 99])
    with pytest.raises(AnswersError) as caught:
        read_respondents(path, BOOK)
    assert [line.split(",")[0] for line in caught.value.problems] == ["row 4", "row 4"]


@pytest.mark.parametrize(
    ("rows", "needles"),
    [
        ([HEADER, [1, "#N/A", 2]], ["B2", "#N/A"]),
        ([["id", None, "a"], [1, 2, 3]], ["no column 'years'", "'column 2'"]),
        ([["a", "a", "years"], [1, 2, 3]], ["'a' stands 2 times", "'a [1]' or 'a [2]'"]),
        ([[None, None], [1, 2]], ["no header"]),
        ([], ["no sheet holds anything"]),
    ],
)
def test_sheets_that_are_no_table(tmp_path, rows, needles):
    with pytest.raises(AnswersError) as caught:
        read_respondents(workbook(tmp_path, *rows), BOOK)
    assert [needle for needle in needles if needle not in str(caught.value)] == []


def test_of_two_filled_sheets_one_is_named(tmp_path):
    path = workbook(tmp_path, HEADER, [1, "poor", 2], more=[("notes", [["hello"]]), ("empty", [])])
    with pytest.raises(AnswersError, match=r"'answers', 'notes'.*sheet='answers'"):
        read_respondents(path, BOOK)
    assert len(read_respondents(path, BOOK, sheet="answers")) == 1
    with pytest.raises(AnswersError, match=r"'nots'.*'notes'"):
        read_respondents(path, BOOK, sheet="nots")


def test_only_a_workbook_has_sheets(tmp_path):
    (tmp_path / "a.csv").write_text("a,years\n", encoding="utf-8")
    with pytest.raises(InputError, match="sheet"):
        read_respondents(tmp_path / "a.csv", BOOK, sheet="x")


# ---------------------------------------------------------------- SPSS and Stata

LABELS = {"a": {1: "None", 2: "poor", 3: "fair", 8: "don't know", 9: "refused"}}


def test_spss_labels_and_declared_missing_values(tmp_path):
    path = tmp_path / "a.sav"
    frame = pd.DataFrame({"a": [1, 2, 8, 9, None, 99], "years": [1.0, 2, 3, 4, 5, None]})
    pyreadstat.write_sav(frame, str(path), variable_value_labels=LABELS, missing_ranges={"a": [8, 9, 99]})
    column = read_respondents(path, BOOK).column("a")
    assert column.codes.tolist() == [0, 1, -3, -4, -1, -1]  # 99: declared missing, and without a label
    assert column.why == {"missing": 2, "don't know": 1, "refused": 1}


@pytest.mark.slow
def test_a_missing_value_of_the_file_that_the_codebook_does_not_name_is_told(tmp_path):
    path = tmp_path / "a.sav"
    frame = pd.DataFrame({"a": [1, 99, 98], "years": [1.0, 2, 3]})
    labels = {"a": LABELS["a"] | {99: "interview broken off"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels, missing_ranges={"a": [98, 99]})
    data = read_respondents(path, BOOK)
    assert data.column("a").codes.tolist() == [0, -1, -1]
    assert data.notes == (
        "column 'a': 98, which the file declares missing, was read as missing (1 answer)",
        "column 'a': 99 ('interview broken off'), which the file declares missing, was read as missing (1 answer)",
    )
    book = Codebook({"a": Ordered("None", "poor", values={98: "poor"}, off_scale=("interview broken off",))})
    data = read_respondents(path, book)
    assert (data.column("a").codes.tolist(), data.notes) == ([0, -3, 1], ())


@pytest.mark.slow
def test_values_of_the_codebook_go_before_those_of_the_file(tmp_path):
    path = tmp_path / "a.sav"
    frame = pd.DataFrame({"a": [1, 2]})
    pyreadstat.write_sav(frame, str(path), variable_value_labels={"a": {1: "EIN", 2: "ZWEI"}})
    book = Codebook({"a": Ordered("one", "two", values={1: "one", 2: "two"})})
    assert read_respondents(path, book).column("a").codes.tolist() == [0, 1]


def test_stata(tmp_path):
    path = tmp_path / "a.dta"
    frame = pd.DataFrame({"a": pd.Series([1, 2, "a", "b", 9], dtype=object), "years": [1.0, 2, 3, 4, None]})
    pyreadstat.write_dta(frame, str(path), variable_value_labels=LABELS, missing_user_values={"a": ["a", "b"]})
    data = read_respondents(path, BOOK)
    assert data.column("a").codes.tolist() == [0, 1, -1, -1, -4]
    assert data.column("years").reasons.tolist() == [0, 0, 0, 0, -1]


@pytest.mark.slow
def test_texts_in_spss(tmp_path):
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pd.DataFrame({"a": ["None", "poor", ""], "years": [1, 2, 3]}), str(path))
    assert read_respondents(path, BOOK).column("a").codes.tolist() == [0, 1, -1]


@pytest.mark.few(1)
@pytest.mark.parametrize("name", ["a.sav", "a.zsav", "a.dta", "a.xlsx"])
def test_files_that_are_something_else(tmp_path, name):
    (tmp_path / name).write_text("this is something else\n", encoding="utf-8")
    with pytest.raises(AnswersError, match=r"this is no"):
        read_respondents(tmp_path / name, BOOK)


@pytest.mark.slow
def test_a_missing_package_is_told_with_the_line_that_installs_it(tmp_path):
    packages = {"xlsx": "openpyxl", "sav": "pyreadstat", "dta": "pyreadstat"}
    for suffix in packages:
        (tmp_path / f"a.{suffix}").write_text("x", encoding="utf-8")
    code = (
        "import sys; sys.modules['openpyxl'] = sys.modules['pyreadstat'] = None\n"
        "import csea_stats as cs\n"
        f"for suffix in {list(packages)!r}:\n"
        "    try:\n"
        "        cs.read_respondents('a.' + suffix, cs.Codebook({'a': cs.Ordered('x', 'y')}))\n"
        "    except ImportError as error:\n"
        "        print(type(error).__module__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    told = done.stdout.splitlines()
    assert len(told) == 3
    for line, (suffix, package) in zip(told, packages.items(), strict=True):
        assert line.startswith("csea_stats.errors ")
        assert f"pip install {package}" in line, suffix


# ---------------------------------------------------------------- public data


def test_a_national_election_study(tmp_path):
    """Party identification 1996: codes to seven ordered labels, counts as pandas has them (public domain)."""
    from statsmodels.datasets import anes96

    frame = anes96.load_pandas().data
    labels = ["strong D", "weak D", "indep. D", "independent", "indep. R", "weak R", "strong R"]
    book = Codebook(
        {
            "PID": Ordered(*labels, values=dict(enumerate(labels))),
            "age": Number("years", 18, 100),
            "vote": Ordered("Clinton", "Dole", values={0: "Clinton", 1: "Dole"}),
        }
    )
    path = tmp_path / "anes.csv"
    frame.to_csv(path, index=False)
    for source in (frame, path):
        data = read_respondents(source, book)
        assert len(data) == 944
        assert data.column("PID").counts == tuple(frame["PID"].value_counts().sort_index())
        years = data.column("age")
        assert np.array_equal(years.values, frame["age"])
        assert data.unused == tuple(column for column in frame.columns if column not in ("PID", "age", "vote"))
    with pytest.raises(AnswersError, match=r"'age': found 19"):
        read_respondents(frame, Codebook({"age": Number("years", 21, 90)}))
