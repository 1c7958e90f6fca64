"""How files are laid out, as survey tools and people write them."""

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats import Categories, Codebook, Number, Ordered, read_respondents
from csea_stats.errors import AnswersError, InputError

AB = Categories("x", "y")


def saved(folder, content, name="a.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def told(path, book):
    with pytest.raises(AnswersError) as caught:
        read_respondents(path, book)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "book", "needles"),
    [
        (
            "id,Which?,,\n,Bus,Tram,Other one\n1,x,,\n",
            Codebook({"Which?": AB}),
            ["row 1: columns 3, 4 have no name and row 2 names them: say header = 2 under [file]"],
        ),
        (
            'Q1,Q2\nwording,more\n"{""ImportId"":""a""}","{""ImportId"":""b""}"\nx,y\n',
            Codebook({"Q1": AB}),
            ['row 3 holds {"ImportId": ...}, a third header row: say header = 3 and names = 1 under [file]'],
        ),
        (
            b"id,q\n1,x\n2,y\n3,H\xe4user\n",
            Codebook({"q": AB}),
            ["line 4: found the bytes e4 75, which are no UTF-8", 'encoding = "cp1252" (or "cp1250") under [file]'],
        ),
        (
            "a,b;c\n1,x,2\n1;2,3,4;5\n",
            Codebook({"a": AB}),
            ["comma gives rows of 2 and 3 fields, semicolon", "say separator under [file], or mend the rows"],
        ),
        ("id,q\n1,x\n", Codebook({"q": AB}, file={"skip": 9}), ["row 10: found no header"]),
        ("id,q\n1,x\n", Codebook({"q": AB}, file={"skip": 9, "separator": ","}), ["row 10: found no header"]),
        ("a\nx,y\n", Codebook({"a": AB}), ["row 2", "'x,y'"]),
        ("id,a,a\n1,x,y\n", Codebook({"a": AB}), ["the column 'a' stands 2 times; say 'a [1]' or 'a [2]'"]),
        ("id,a\n1,x\n1,y\n", Codebook({"a": AB}), ["the respondent id '1' 2 times", 'duplicates = "first" or "last"']),
        ("id,a\n1,x\n", Codebook({"a": AB}, exclude={"7": "a test"}), ["exclude: there is no id in 'id' '7'"]),
    ],
)
def test_what_is_told(tmp_path, content, book, needles):
    text = told(saved(tmp_path, content), book)
    assert [needle for needle in needles if needle not in text] == []


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_records_end_at_line_ends_only(tmp_path, line_end, encoding):
    label = "one\x0btwo" + ("" if encoding == "cp1252" else "\x85three\u2028") + "\x1cfour"
    content = line_end.join(["id,q", f"1,{label}", "2,é", ""]).encode(encoding)
    file = {"encoding": "cp1252"} if encoding == "cp1252" else {}
    data = read_respondents(saved(tmp_path, content), Codebook({"q": Categories(label, "é")}, file=file))
    assert data.column("q").codes.tolist() == [0, 1]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_that_fits_every_row(tmp_path, sign):
    path = saved(tmp_path, f'id{sign}"q, or; so"\n1{sign}x\n2{sign}y\n')
    assert read_respondents(path, Codebook({"q": Categories("x", "y", column="q, or; so")})).column("q").counts == (
        1,
        1,
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_first_line_that_names_the_separator(tmp_path, line_end):
    path = saved(tmp_path, line_end.join(["sep=;", "id;q,r", "1;x", "2;z", ""]))
    assert "row 4" in told(path, Codebook({"q": Categories("x", "y", column="q,r")}))
    path = saved(tmp_path, line_end.join(["sep=;a,q", "1,x", ""]))  # a name
    assert read_respondents(path, Codebook({"q": AB})).column("q").counts == (1, 0)


def test_header_rows_are_joined_or_one_of_them_names(tmp_path):
    path = saved(tmp_path, "title\n\nid,How?,\n,Staff,Stock\n1,x,y\n")
    book = Codebook({"q": Categories("x", "y", column="How? | Stock")}, file={"skip": 2, "header": 2, "separator": ","})
    assert read_respondents(path, book).column("q").counts == (0, 1)
    book = Codebook({"Stock": AB}, file={"skip": 2, "header": 2, "names": 2, "separator": ","})
    assert read_respondents(path, book).column("Stock").counts == (0, 1)


def test_rows_of_blanks_are_nobody_and_told_and_unnamed_columns_do_no_harm(tmp_path):
    path = saved(tmp_path, "id,q,,\n1,x,stray,\n ,  ,,\n\n2,y,,\n")
    data = read_respondents(path, Codebook({"q": AB}))
    assert data.ids == ("1", "2")
    assert data.notes == ("1 row holds nothing",)
    assert data.unused == ("column 3",)


def test_cells_names_and_labels_are_compared_in_one_form(tmp_path):
    path = saved(tmp_path, "id,Caf\u0065\u0301\u00a0?\n1,don\u2019t\u00a0know\u200b\n2,don't know\n")
    data = read_respondents(path, Codebook({"q": Categories("x", "don\u2019t know", column="Café ?")}))
    assert data.column("q").counts == (0, 2)


def test_decimal_commas(tmp_path):
    path = saved(tmp_path, "id;km\n1;1,5\n2;-0,25\n3;4\n")
    book = Codebook({"km": Number()}, file={"decimal": ","})
    assert read_respondents(path, book).column("km").values.tolist() == [1.5, -0.25, 4]
    assert "a number with a point for decimals" in told(path, Codebook({"km": Number()}))
    assert "a number with a comma for decimals" in told(saved(tmp_path, "id;km\n3;1.5\n"), book)
    assert "'1.000,5'" in told(saved(tmp_path, "id;km\n3;1.000,5\n"), book)


def test_who_counts_in_order(tmp_path):
    path = saved(tmp_path, "id,q,sent\n1,x,\n2,x,d\n3,y,d\n4,y,d\n5,y,d\n5,x,d\n")
    book = Codebook({"q": AB}, filled=["sent"], eligible={"q": ["x", "y"]}, exclude={"4": "a test"}, duplicates="last")
    data = read_respondents(path, book)
    assert data.ids == ("2", "3", "5")
    assert data.column("q").counts == (2, 1)
    assert [(step.variable, step.reached, step.passed) for step in data.funnel.steps] == [
        ("sent", 6, 5),
        ("q", 5, 5),
        ("exclude", 5, 4),
        ("id", 4, 3),
    ]
    assert "1 by 'sent', which has to be filled (blank); 1 (a test); 1 by 'id'" in str(data.funnel)
    assert read_respondents(data.to_frame(), data.codebook).data_hash == data.data_hash


@pytest.mark.parametrize(
    "file", [{"header": 0}, {"names": 2}, {"separator": "x"}, {"decimal": ";"}, {"encoding": "rot13"}, {"sheets": "a"}]
)
def test_a_layout_that_cannot_be(file):
    with pytest.raises(InputError, match="file"):
        Codebook({"q": AB}, file=file)


def test_a_frame_has_no_layout():
    import pandas as pd

    with pytest.raises(InputError, match=r"\[file\].*header"):
        read_respondents(pd.DataFrame({"q": ["x"]}), Codebook({"q": AB}, file={"header": 1}))


def test_workbooks(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["A title"], ["No", "How?", None, "Sum"], [None, "Staff", "Stock", None], [1, True, "5", "=1+1"]):
        sheet.append(row)
    sheet.merge_cells("B2:C2")
    book.create_sheet("old").append(["id"])
    book["old"].sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    file = {"skip": 1, "header": 2}
    kinds = {"staff": Categories("FALSE", "TRUE", column="How? | Staff"), "stock": Number(column="How? | Stock")}
    data = read_respondents(tmp_path / "a.xlsx", Codebook(kinds, respondent="No", file=file))
    assert (data.column("staff").counts, list(data.column("stock").values)) == ((0, 1), [5])
    assert data.notes == ("not read: the hidden sheet 'old'",)
    text = told(tmp_path / "a.xlsx", Codebook({"Sum": Number()}, file=file))
    assert "D4: a formula without a stored value: open the file in a spreadsheet program and save it" in text


def test_a_date_among_bands(tmp_path):
    path = saved(tmp_path, "id,n\n1,1-2\n2,2024-03-05 00:00:00\n")
    text = told(path, Codebook({"n": Ordered("1-2", "3-5")}))
    assert "row 3" in text
    assert "'2024-03-05 00:00:00', a date; a spreadsheet makes one of '3-5': mend the cell, or say values = {" in text


def test_rows_with_the_same_answers_are_told_and_kept(tmp_path):
    rows = [(1, "x", 3), (2, "y", 4), (3, "x", 3), (4, "y", 5)]
    path = saved(tmp_path, "id,q,n\n" + "".join(f"{number},{q},{n}\n" for number, q, n in rows))
    data = read_respondents(path, Codebook({"q": AB, "n": Number()}))
    chance = 6 * 0.5 * (0.25 + 2 / 16)
    assert data.notes == (
        f"rows 2 and 4 hold the same answers to all 2 questions; about {chance:.2g} such pairs come by chance",
    )
    assert len(data) == 4


@given(st.text("ab,;|\t\"'\n\r \u2028", max_size=40))
def test_any_text_is_read_or_told(tmp_path_factory, text):
    path = saved(tmp_path_factory.mktemp("any"), text)
    try:
        data = read_respondents(path, Codebook({"a": Categories("a", "b")}))
    except AnswersError:
        return
    column = data.column("a")
    assert sum(column.counts) + sum(column.why.values()) == len(data)
