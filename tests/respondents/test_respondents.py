"""Answers in: what is read, what is refused, and that nothing is dropped silently."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats import Categories, Codebook, Multiple, Number, Ordered, estimate, read_respondents
from csea_stats.errors import AnswersError, InputError, UnknownName

BOOK = Codebook(
    {
        "awareness": Ordered(
            "None", "poor", "fair", values={1: "None", 2: "poor", 3: "fair"}, off_scale=("don't know", "refused")
        ),
        "experience": Number("years", 0, 60, off_scale=("refused",)),
        "organisation": Categories("government", "NGO", "other"),
        "services": Multiple(columns=("counselling", "legal"), yes="yes", no="no"),
        "barriers": Multiple(
            items=("fear", "shame", "distance"),
            separator=";",
            chosen=2,
            off_scale=("don't know",),
            nothing="none of these",
        ),
    }
)
HEADER = "id,awareness,experience,organisation,counselling,legal,barriers"


def written(folder, *rows, header=HEADER):
    path = folder / "answers.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def problems(folder, *rows, header=HEADER, book=BOOK):
    with pytest.raises(AnswersError) as caught:
        read_respondents(written(folder, *rows, header=header), book)
    return caught.value.problems


# ---------------------------------------------------------------- what is read


def test_labels_codes_missing_and_off_scale_are_told_apart(tmp_path):
    data = read_respondents(
        written(
            tmp_path,
            "1,None,3,NGO,yes,no,fear;shame",
            "2,2,,government,no,no,fear;distance",
            "3,don't know,refused,,NA,yes,don't know",
            "4,refused,4.5,NGO,no,yes,",
            "5,,60,NGO,no,yes,shame; distance",
        ),
        BOOK,
    )
    assert len(data) == 5
    awareness = data.column("awareness")
    assert awareness.codes.tolist() == [0, 1, -3, -4, -1]
    assert awareness.ordered
    assert awareness.counts == (1, 1, 0)  # nobody said fair, and it is kept
    assert awareness.why == {"missing": 1, "don't know": 1, "refused": 1}
    experience = data.column("experience")
    assert experience.reasons.tolist() == [0, -1, -3, 0, 0]
    assert np.array_equal(experience.values, [3, np.nan, np.nan, 4.5, 60], equal_nan=True)
    assert data.column("organisation").why == {"missing": 1}
    assert data.column("services").marks.tolist() == [[1, 0], [0, 0], [-1, 1], [0, 1], [0, 1]]
    assert data.column("services").answered.tolist() == [True, True, False, True, True]
    barriers = data.column("barriers")
    assert barriers.marks.tolist() == [[1, 1, 0], [1, 0, 1], [-3] * 3, [-1] * 3, [0, 1, 1]]
    assert barriers.why == {"missing": 1, "don't know": 1}
    assert data.ids == ("1", "2", "3", "4", "5")
    assert str(data.funnel) == "5 rows; all of them count as respondents."


@pytest.mark.parametrize("label", ["None", "NA", "nan", "null", "NaN", "N/A", "-", "0", "True"])
def test_a_label_stays_a_label(tmp_path, label):
    book = Codebook({"smokes": Categories(label, "some")})
    path = tmp_path / "a.csv"
    path.write_text(f'id,smokes\n1,{label}\n2,some\n3,""\n', encoding="utf-8")
    data = read_respondents(path, book)
    assert data.column("smokes").codes.tolist() == [0, 1, -1]
    frame = pd.DataFrame({"smokes": [label, "some", None]})
    assert read_respondents(frame, book).column("smokes").codes.tolist() == [0, 1, -1]
    again = read_respondents(data.to_frame(), book)
    assert again.data_hash == data.data_hash


def test_none_is_missing_where_the_codebook_says_so(tmp_path):
    path = written(tmp_path, "None", "poor", header="a")
    book = Codebook({"a": Ordered("poor", "fair")}, missing=("", "None"))
    assert read_respondents(path, book).column("a").codes.tolist() == [-1, 0]
    with pytest.raises(AnswersError, match="'None'"):
        read_respondents(path, Codebook({"a": Ordered("poor", "fair")}))


def test_pandas_loses_none_and_we_do_not(tmp_path):
    """What the trap is: pandas turns the level "None" into a missing value."""
    path = written(tmp_path, "None", "poor", header="a")
    assert pd.read_csv(path)["a"].isna().tolist() == [True, False]
    assert read_respondents(path, Codebook({"a": Ordered("None", "poor")})).column("a").counts == (1, 1)


def test_blank_boxes_and_codes_in_many_columns():
    book = Codebook({"s": Multiple(columns={"s1": "a", "s2": "b", "s3": "c"}, yes=1, no="")})
    frame = pd.DataFrame({"s1": [1.0, None, None], "s2": [1.0, None, 1.0], "s3": [None, None, None]})
    assert read_respondents(frame, book).column("s").marks.tolist() == [[1, 1, 0], [0, 0, 0], [0, 1, 0]]


def test_nothing_ticked_where_two_must_be_is_no_answer():
    book = Codebook({"s": Multiple(columns=("a", "b", "c"), yes="x", no="", chosen=2)})
    frame = pd.DataFrame({"a": ["x", ""], "b": ["x", None], "c": ["", ""]})
    column = read_respondents(frame, book).column("s")
    assert column.marks.tolist() == [[1, 1, 0], [-1, -1, -1]]


def test_polars_and_pandas_read_alike():
    import polars as pl

    columns = {"awareness": ["None", None, "3"], "x": [1, 2, None], "y": [0.5, None, 2.0], "z": [True, False, None]}
    book = Codebook(
        {
            "awareness": BOOK["awareness"],
            "x": Number(),
            "y": Number(),
            "z": Categories("no", "yes", values={True: "yes", False: "no"}),
        }
    )
    found = [read_respondents(frame(columns), book) for frame in (pd.DataFrame, pl.DataFrame)]
    assert found[0].data_hash == found[1].data_hash
    assert found[0].column("z").codes.tolist() == [1, 0, -1]
    nullable = pd.DataFrame(columns).convert_dtypes()
    assert read_respondents(nullable, book).data_hash == found[0].data_hash


def test_categoricals_of_a_frame():
    import polars as pl

    frame = pd.DataFrame({"a": pd.Categorical(["x", None, "y"], categories=["y", "x"])})
    assert read_respondents(frame, Codebook({"a": Ordered("x", "y")})).column("a").codes.tolist() == [0, -1, 1]
    other = pl.DataFrame({"a": pl.Series(["x", None, "y"], dtype=pl.Categorical)})
    assert read_respondents(other, Codebook({"a": Ordered("x", "y")})).column("a").codes.tolist() == [0, -1, 1]


@pytest.mark.parametrize("sign", [";", "\t", ","])
def test_the_separator_of_columns_is_found(tmp_path, sign):
    path = tmp_path / "a.csv"
    path.write_bytes(f'\ufeffid{sign}a\r\n1{sign}"x{sign}y"\r\n2{sign}z\r\n'.encode())
    book = Codebook({"a": Categories(f"x{sign}y", "z")})
    assert read_respondents(path, book).column("a").codes.tolist() == [0, 1]


def test_columns_are_found_with_hyphens_or_underscores_and_others_are_named(tmp_path):
    path = written(tmp_path, "poor,3", header="police_knowledge,extra")
    data = read_respondents(path, Codebook({"police-knowledge": Ordered("none", "poor")}))
    assert data.column("police_knowledge").counts == (0, 1)
    assert data.unused == ("extra",)


def test_an_undeclared_column_of_weights_is_only_named(tmp_path):
    path = written(tmp_path, "poor,3", header="a,weight")
    assert read_respondents(path, Codebook({"a": Ordered("none", "poor")})).unused == ("weight",)
    with pytest.raises(InputError, match="not supported"):
        Codebook({"a": Ordered("none", "poor")}, weights="weight")


def test_clusters():
    book = Codebook({"a": Ordered("x", "y")}, cluster="office")
    frame = pd.DataFrame({"a": ["x"] * 4, "office": ["A", "B", "A", None]})
    clusters = read_respondents(frame, book).clusters
    assert clusters[0] == clusters[2]
    assert len(set(clusters.tolist())) == 3


# ---------------------------------------------------------------- a blank that means something


def by_every_way(folder, columns):
    """Yield the same cells as a CSV file, as what pandas and polars make of that file, and as frames."""
    import polars as pl

    table = {"id": [str(row) for row in range(len(next(iter(columns.values()))))]} | columns
    path = folder / "blank.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([list(table), *zip(*table.values(), strict=True)])
    yield path
    yield pd.read_csv(path, keep_default_na=False, na_values=[""])
    yield pl.read_csv(path)
    yield pd.DataFrame(table)
    yield pl.DataFrame(table)
    yield pd.DataFrame({name: [text or None for text in texts] for name, texts in table.items()})


BOXES = {"A": ["yes", "", "no"], "B": ["", "", "yes"]}
BLANKS = [  # the kind; two rows that it allows and one that it does not; what the two mean; the value told
    (Multiple(columns=("A", "B"), no=""), BOXES, [[1, 0], [0, 0]], "'no'"),
    (Multiple(columns=("A", "B"), yes=1, no=""), {"A": ["1", "", "2"], "B": ["", "", "1"]}, [[1, 0], [0, 0]], "2"),
    (Multiple(columns=("A", "B"), yes=True, no=""), {"A": ["True", "", "False"], "B": [""] * 3}, [[1, 0], [0, 0]], "F"),
    (Multiple(columns=("A", "B"), yes="", no="n"), {"A": ["", "n", "x"], "B": ["n", "n", ""]}, [[1, 0], [0, 0]], "'x'"),
    (Multiple(items=("a", "b"), separator=";", nothing=""), {"A": ["b;a", "", "c"]}, [[1, 1], [0, 0]], "'c'"),
    (Categories("a", "b", values={"": "b"}), {"A": ["a", "", "zzz"]}, [0, 1], "'zzz'"),
    (Ordered("low", "high", values={1: "low", "": "high"}), {"A": ["1", "", "2"]}, [0, 1], "2"),
    (Ordered("low", "high", values={0.5: "low", "": "high"}), {"A": ["0.5", "", "2.5"]}, [0, 1], "2.5"),
    (Categories("a", "b", values={"": "no"}, off_scale=("no",)), {"A": ["a", "", "zzz"]}, [0, -3], "'zzz'"),
]


@pytest.mark.few(5)
@pytest.mark.parametrize(("kind", "columns", "meant", "wrong"), BLANKS)
def test_a_blank_that_means_something_swallows_nothing_else(tmp_path, kind, columns, meant, wrong):
    import polars as pl

    book = Codebook({"A": kind})
    for source in by_every_way(tmp_path, columns):
        with pytest.raises(AnswersError, match="1 problem") as caught:
            read_respondents(source, book)
        (told,) = caught.value.problems
        assert told.startswith(f"row {2 if isinstance(source, pd.DataFrame | pl.DataFrame) else 4}, column 'A': found ")
        assert wrong in told
        assert "''" in told or "(blank)" in told
    for source in by_every_way(tmp_path, {name: texts[:2] for name, texts in columns.items()}):
        column = read_respondents(source, book).column("A")
        assert (column.marks if isinstance(kind, Multiple) else column.codes).tolist() == meant


def test_what_a_blank_swallowed():
    """Each of these counted nobody, or counted "zzz" as none."""
    boxes = Codebook({"q": Multiple(columns=("A", "B"), no="")})
    with pytest.raises(AnswersError, match=r"row 0, column 'A': found 'x'; allowed is 'yes' or ''"):
        read_respondents(pd.DataFrame({"A": ["x", "Yes"], "B": ["", "x"]}), boxes)
    parted = Codebook({"q": Multiple(items=("a", "b"), separator=";", nothing="")})
    column = read_respondents(pd.DataFrame({"q": ["a;b", "a", "b", ""]}), parted).column("q")
    assert (column.counts, column.why) == ((2, 2), {})


def test_who_was_not_asked_leaves_a_blank_whatever_a_blank_means(tmp_path):
    asked = {"asked": {"girls": "yes"}}
    book = Codebook(
        {
            "girls": Categories("no", "yes"),
            "how": Categories("a", "b", values={"": "b"}, **asked),
            "parted": Multiple(items=("a", "b"), separator=";", nothing="", **asked),
            "boxes": Multiple(columns=("A", "B"), no="", **asked),
            "turned": Multiple(columns=("C",), yes="", no="n", **asked),
        }
    )
    columns = {name: ["", ""] for name in ("how", "parted", "A", "B", "C")}
    for source in by_every_way(tmp_path, {"girls": ["yes", "no"]} | columns):
        data = read_respondents(source, book)
        assert data.column("how").codes.tolist() == [1, -2]
        for name, first in {"parted": [0, 0], "boxes": [0, 0], "turned": [1]}.items():
            assert data.column(name).marks.tolist() == [first, [-2] * len(first)]
        assert read_respondents(data.to_frame(), book).data_hash == data.data_hash


def test_no_answer_is_written_so_that_it_is_not_read_as_what_a_blank_means(tmp_path):
    import polars as pl

    book = Codebook(
        {
            "how": Ordered("a", "b", values={"": "b"}),
            "parted": Multiple(items=("a", "b"), separator=";", nothing=""),
            "boxes": Multiple(columns=("A", "B"), yes="x", no=""),
            "two": Multiple(columns=("C", "D"), yes="x", no="", chosen=1),
        },
        missing=("", "-9"),
    )
    frame = pd.DataFrame(
        {
            "how": ["a", "", "-9"],
            "parted": ["a", "", "-9"],
            "A": ["x", "", "-9"],
            "B": ["", "", "x"],
            "C": ["x", "", "-9"],
            "D": ["", "", "x"],
        }
    )
    data = read_respondents(frame, book)
    assert data.column("boxes").marks.tolist() == [[1, 0], [0, 0], [-1, 1]]
    assert data.column("two").marks.tolist() == [[1, 0], [-1, -1], [-1, 1]]
    path = tmp_path / "a.csv"
    path.write_text(data.to_csv(private=True), encoding="utf-8")
    for again in (path, data.to_frame(), pl.from_pandas(data.to_frame())):
        assert read_respondents(again, book).data_hash == data.data_hash


@pytest.mark.parametrize("nothing", ["none of these", ""])
@pytest.mark.parametrize("sign", [";", ",", ", ", "|"])
def test_separators_only_are_nobody_who_chose_and_the_funnel_tells_them(sign, nothing):
    kind = Multiple(items=("a", "b"), separator=sign, nothing=nothing)
    book = Codebook({"q": kind, "counts": Categories("no", "yes")}, eligible={"counts": "yes"})
    values = [f"a{sign}b", f"a{sign}{sign}b", f"{sign}b", nothing, sign, f" {sign}{sign} ", sign]
    data = read_respondents(pd.DataFrame({"q": values, "counts": ["yes"] * 6 + ["no"]}), book)
    column = data.column("q")
    assert column.marks.tolist() == [[1, 1], [1, 1], [0, 1], [0, 0], [-1, -1], [-1, -1]]
    assert column.why == {"missing": 2}
    assert data.funnel.hollow == (("q", 2),)
    assert "'q': 2 that hold separators only" in str(data.funnel)
    assert read_respondents(data.to_frame(), Codebook({"q": kind})).column("q").marks.tolist() == column.marks.tolist()


@pytest.mark.parametrize("value", ["a;;zzz", "zzz;", "a;b;a", "none of these;a", "a,b"])
def test_what_several_answers_in_one_column_may_not_hold(value):
    book = Codebook({"q": Multiple(items=("a", "b"), separator=";")})
    with pytest.raises(AnswersError, match=r"row 0, column 'q': found"):
        read_respondents(pd.DataFrame({"q": [value]}), book)


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA, pd.NaT, np.float32("nan")])
def test_nothing_is_declared_as_an_empty_text(nothing):
    """None would be read as the text "None", which no cell holds."""
    for make in (
        lambda: Multiple(columns=("A", "B"), no=nothing),
        lambda: Multiple(columns=("A", "B"), yes=nothing),
        lambda: Multiple(columns=("A", "B"), no=("", nothing)),
        lambda: Categories("a", "b", values={nothing: "a"}),
        lambda: Codebook({"a": Categories("a", "b")}, missing=("NA", nothing)),
    ):
        with pytest.raises(InputError, match="for a blank say ''"):
            make()


# ---------------------------------------------------------------- who counts


def test_the_funnel_says_who_was_excluded_and_why(tmp_path):
    book = Codebook(
        {
            "children": Categories("no", "yes", off_scale=("refused",)),
            "age": Number("years", 0, 120),
            "a": Ordered("x", "y"),
            "picks": Multiple(items=("p", "q"), separator=";", chosen=1),
        },
        eligible={"children": "yes", "age": (18, None)},
    )
    rows = ["1,yes,30,x,p", "2,no,40,,", "3,refused,20,,p;q", "4,,50,y,", "5,yes,17,y,q", "6,yes,,y,q", "7,yes,18,,q"]
    data = read_respondents(written(tmp_path, *rows, header="id,children,age,a,picks"), book)
    assert data.ids == ("1", "7")
    first, second = data.funnel.steps
    assert (first.reached, first.passed, dict(first.why)) == (7, 4, {"'no'": 1, "missing": 1, "refused": 1})
    assert (second.reached, second.passed, dict(second.why)) == (4, 2, {"a number outside": 1, "missing": 1})
    assert data.funnel.excluded == 5
    assert "excluded: 3 by 'children'" in str(data.funnel)
    assert data.column("a").why == {"missing": 1}


def test_what_an_excluded_row_holds_is_of_no_matter(tmp_path):
    rows = ["1,poor,1,NGO,no,no,fear;shame", "Total,57,x,,,,"]
    assert len(problems(tmp_path, *rows)) == 2
    book = Codebook(dict(BOOK.variables), missing=BOOK.missing, exclude={"Total": "sums up"})
    data = read_respondents(written(tmp_path, *rows), book)
    assert (len(data), data.funnel.excluded) == (1, 1)


def test_everybody_excluded_is_no_error_of_reading():
    book = Codebook({"a": Categories("no", "yes")}, eligible={"a": "yes"})
    data = read_respondents(pd.DataFrame({"a": ["no", "no"]}), book)
    assert len(data) == 0
    assert data.column("a").counts == (0, 0)


def test_who_was_not_asked_is_not_missing():
    book = Codebook(
        {
            "girls": Categories("no", "yes"),
            "online": Categories("no", "yes", asked={"girls": "yes"}),
            "age": Number(asked={"online": "yes"}),
            "what": Multiple(columns=("p", "q"), yes="x", no="", asked={"online": "yes"}),
        }
    )
    frame = pd.DataFrame(
        {
            "girls": ["yes", "no", None, "yes"],
            "online": ["yes", None, None, None],
            "age": [3, None, None, None],
            "p": ["x", "", "", ""],
            "q": ["", "", "", ""],
        }
    )
    data = read_respondents(frame, book)
    assert data.column("online").codes.tolist() == [1, -2, -1, -1]
    assert data.column("age").why == {"missing": 2, "not asked": 1}
    assert data.column("what").marks.tolist() == [[1, 0], [-2, -2], [0, 0], [0, 0]]
    frame.loc[1, "online"] = "yes"
    with pytest.raises(AnswersError, match=r"row 1, column 'online'.*not asked.*'girls' is 'yes'"):
        read_respondents(frame, book)


# ---------------------------------------------------------------- what is refused


def test_everything_wrong_is_told_at_once_with_its_place(tmp_path):
    found = problems(
        tmp_path,
        "1,none,3,NGO,yes,nope,fear;shame;distance",
        "1,4,x,NGO,no,no,fear;fright",
        "3,poor,61,NGOs,no,no,fear;fear",
        ",poor,-1,NGO,no,no,fear",
    )
    assert len(found) == 13
    expected = [
        ("row 2", "'awareness'", "'none'", "did you mean 'None'"),
        ("row 2", "'legal'", "'nope'", "'yes' or 'no'"),
        ("row 2", "'barriers'", "3 answers chosen", "exactly 2"),
        ("rows 2, 3", "'id'", "'1' 2 times", "one row per respondent"),
        ("row 3", "'awareness'", "'4'", "'None' (1)"),
        ("row 3", "'experience'", "'x'", "at least 0 and at most 60"),
        ("row 3", "'barriers'", "'fright' is no answer", "'none of these'"),
        ("row 4", "'experience'", "'61'", "years"),
        ("row 4", "'organisation'", "'NGOs'", "did you mean 'NGO'"),
        ("row 4", "'barriers'", "'fear' twice", "';'"),
        ("row 5", "'experience'", "'-1'", "'refused'"),
        ("row 5", "'id'", "no id", "an id"),
        ("row 5", "'barriers'", "1 answer chosen", "exactly 2"),
    ]
    for needles in expected:
        matching = [line for line in found if all(needle in line for needle in needles)]
        assert len(matching) == 1, needles


def test_the_head_names_the_file_and_how_rows_are_counted(tmp_path):
    path = written(tmp_path, "1,pooor,3,NGO,yes,no,fear;shame")
    with pytest.raises(AnswersError) as caught:
        read_respondents(path, BOOK)
    head, line = str(caught.value).splitlines()
    assert head == f"{path}: 1 problem (rows as a spreadsheet counts them, the header being row 1)"
    assert "row 2" in line
    with pytest.raises(AnswersError, match=r"pandas DataFrame: .*counted from 0"):
        read_respondents(pd.DataFrame({"a": ["q"]}), Codebook({"a": Ordered("x", "y")}))


def test_one_value_in_many_rows_is_one_problem(tmp_path):
    rows = [f"{i},bad,1,NGO,no,no,fear;shame" for i in range(1_000)]
    (found,) = problems(tmp_path, *rows)
    assert found.startswith("rows 2, 3, 4, 5, 6 and 995 more, column 'awareness': found 'bad'")


def test_very_many_problems_are_cut(tmp_path):
    found = problems(tmp_path, *(f"{i},bad{i},1,NGO,no,no,fear;shame" for i in range(1_000)))
    assert len(found) == 201
    assert found[-1] == "... and 800 more"


@pytest.mark.parametrize("value", ["12,5", "1_000", "nan", "inf", "1e999", "0x10", "twelve", "5 years", "٣x"])
def test_what_is_no_number(tmp_path, value):
    (found,) = problems(tmp_path, f'1,poor,"{value}",NGO,no,no,fear;shame')
    assert repr(value) in found
    assert "a number of at least 0" in found


@pytest.mark.parametrize(
    ("content", "needles"),
    [
        (b"", ["empty"]),
        (b"\n\n", ["header"]),
        (b"a,a\n1,2\n", ["'a' stands 2 times", "'a [1]' or 'a [2]'"]),
        (b"b,\n1,2\n", ["no column 'a'", "'column 2'"]),
        (b"a,b\n1\n1,2,3\n1,2\n", ["row 2: found 1 values", "row 3: found 3 values", "allowed is 2"]),
        (b'a,b\n"x,2\n', ["line 2", "no CSV"]),
        (b"a\nM\xfcnchen\n", ["line 2", "fc", "UTF-8"]),
        (b"b\nx\n", ["no column 'a'", "'b'"]),
    ],
)
def test_what_is_no_table(tmp_path, content, needles):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(AnswersError) as caught:
        read_respondents(path, Codebook({"a": Ordered("x", "y")}))
    assert [needle for needle in needles if needle not in str(caught.value)] == []


@pytest.mark.parametrize(
    ("source", "needles"),
    [("nowhere.csv", ["no such file"]), ("a.ods", [".ods", ".csv", ".sav"]), ("a\0b.csv", ["cannot be read"])],
)
def test_no_such_file(source, needles):
    with pytest.raises(AnswersError) as caught:
        read_respondents(source, BOOK)
    assert [needle for needle in needles if needle not in str(caught.value)] == []


def test_a_folder(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(AnswersError, match="folder"):
        read_respondents(tmp_path / "a.csv", BOOK)


@pytest.mark.parametrize("source", [3, None, {"a": [1]}, [1, 2], np.zeros(3), pd.Series([1])])
def test_no_table_at_all(source):
    with pytest.raises(InputError, match=r"pandas frame|Series"):
        read_respondents(source, BOOK)


def test_frames_with_bad_headers():
    book = Codebook({"a": Ordered("x", "y")})
    with pytest.raises(AnswersError, match="0"):
        read_respondents(pd.DataFrame([["x"]]), book)


@pytest.mark.parametrize("codebook", [3, None, {"a": 1}])
def test_no_codebook(tmp_path, codebook):
    with pytest.raises(InputError, match="Codebook"):
        read_respondents(written(tmp_path), codebook)


def test_an_unknown_codebook(tmp_path):
    with pytest.raises(UnknownName, match="bosnia-herzegovina-2021"):
        read_respondents(written(tmp_path), "bosnia-herzegovina-2012")


def test_a_named_column_of_ids_must_be_there():
    book = Codebook({"a": Ordered("x", "y")}, respondent="person")
    with pytest.raises(AnswersError, match="'person'"):
        read_respondents(pd.DataFrame({"a": ["x"]}), book)


def test_an_unknown_variable(tmp_path):
    data = read_respondents(written(tmp_path), BOOK)
    assert len(data) == 0
    with pytest.raises(UnknownName, match="awareness"):
        data.column("awarenes")


# ---------------------------------------------------------------- there and back


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=8).filter(
    lambda text: text.strip() == text and ";" not in text and text not in ("NA", "none of these", "missing")
)


@st.composite
def answers(draw):
    labels = draw(st.lists(TEXT, min_size=4, max_size=7, unique=True))
    book = Codebook(
        {
            "one": Ordered(*labels[:3], off_scale=labels[3:]),
            "number": Number(off_scale=("refused",)),
            "many": Multiple(items=labels[:3], separator=";", nothing="none of these"),
            "boxes": Multiple(columns={"b1": "x", "b2": "y"}, yes="yes", no="no", off_scale=("don't know",)),
        }
    )
    size = draw(st.integers(0, 8))
    number = st.one_of(st.none(), st.just("refused"), st.floats(-1e6, 1e6).map(str))
    many = st.one_of(
        st.none(), st.lists(st.sampled_from(labels[:3]), unique=True).map(lambda x: ";".join(x) or "none of these")
    )
    box = st.sampled_from(["yes", "no", None, "don't know"])
    columns = {"one": st.sampled_from([*labels, None]), "number": number, "many": many, "b1": box, "b2": box}
    return book, {name: draw(st.lists(values, min_size=size, max_size=size)) for name, values in columns.items()}


@given(answers())
def test_frames_and_csv_read_again_as_the_same_answers(tmp_path_factory, given_):
    import polars as pl

    book, columns = given_
    data = read_respondents(pd.DataFrame({n: pd.Series(v, dtype=object) for n, v in columns.items()}), book)
    assert read_respondents(data.to_frame(), book).data_hash == data.data_hash
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_text(data.to_csv(private=True), encoding="utf-8")
    assert read_respondents(path, book).data_hash == data.data_hash
    polars = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    assert read_respondents(polars, book).data_hash == data.data_hash
    counted = data.column("one")
    assert sum(counted.counts) + sum(counted.why.values()) == len(data)


def test_minus_zero_is_zero():
    book = Codebook({"years": Number(unit="years", minimum=-1, maximum=1)})
    one, other = (read_respondents(pd.DataFrame({"years": [text]}), book) for text in ("0", "-0.0"))
    assert one.data_hash == other.data_hash
    assert read_respondents(other.to_frame(), book).data_hash == one.data_hash


def test_a_part_of_the_respondents(tmp_path):
    rows = [f"{i},poor,{i},NGO,no,no,fear;shame" for i in range(4)]
    data = read_respondents(written(tmp_path, *rows), BOOK)
    part = data.taken(np.array([True, False, True, False]))
    assert part.ids == ("0", "2")
    assert list(part.column("experience").values) == [0, 2]
    assert len(part) == 2


def test_a_part_of_the_respondents_still_tells_who_was_excluded():
    """Within the answers to a third question the caveat of who counts was lost."""
    book = Codebook({"a": Categories("x", "y"), "b": Categories("p", "q")}, eligible={"b": "p"})
    data = read_respondents(pd.DataFrame({"a": ["x", "y", "x"], "b": ["p", "p", "q"]}), book)
    part = data.taken(np.array([True, False]))
    assert [caveat.code for caveat in estimate(part)[0].caveats].count("excluded") == 1
    assert part.funnel == data.funnel


@pytest.mark.slow
def test_a_million_rows_take_seconds(tmp_path, within):
    rng = np.random.default_rng(5)
    size = 1_000_000
    labels = np.array(["None", "poor", "fair", "don't know", ""])
    columns = [
        labels[rng.integers(0, 5, size)].tolist(),
        rng.integers(0, 60, size).astype(str).tolist(),
        np.array(["government", "NGO", "other"])[rng.integers(0, 3, size)].tolist(),
        ["yes"] * size,
        ["no"] * size,
        ["fear;shame"] * size,
    ]
    written_ = io.StringIO()
    writer = csv.writer(written_, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    writer.writerows(zip(range(size), *columns, strict=True))
    path = tmp_path / "big.csv"
    path.write_text(written_.getvalue(), encoding="utf-8")
    with within(60):  # measured about 6
        data = read_respondents(path, BOOK)
    assert sum(data.column("awareness").counts) + sum(data.column("awareness").why.values()) == size
