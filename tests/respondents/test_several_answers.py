"""Several answers, one answer over several columns, texts of one's own: what is read, and what is refused."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats import Categories, Codebook, Multiple, Number, Ordered, read_respondents
from csea_stats.errors import AnswersError, InputError
from csea_stats.respondents.columns import NumberColumn
from csea_stats.tabulation.tabulation import doubts_of

BOXES = {"bus": "Bus", "tram": "Tram"}


def column_of(kind, **columns):
    data = read_respondents(pd.DataFrame(columns, dtype=object), Codebook({"q": kind}))
    return data.column("q"), data


def told(kind, **columns):
    with pytest.raises(AnswersError) as caught:
        column_of(kind, **columns)
    return str(caught.value)


@pytest.mark.parametrize(
    ("items", "separator", "cells", "counts"),
    [
        (
            ("Word of mouth", "Social media (Facebook, X, etc.)", "Newsletter"),
            ", ",
            ["Word of mouth, Social media (Facebook, X, etc.)", "Newsletter,", ", Newsletter, , Word of mouth"],
            (2, 1, 2),
        ),
        (("radio", "sms", "poster"), " ", ["radio sms", "poster", "sms  radio "], (2, 2, 1)),
        (("Free Wi-Fi", "Free", "Wi-Fi printing"), " ", ["Free Wi-Fi printing", "Free Wi-Fi"], (1, 1, 1)),
        (("a", "b"), "\n", ["a\nb", "a\r\n b", "b\n"], (2, 3)),
        (("Tickets, single or return", "Maps"), ",", ["Maps,Tickets, single or return"], (1, 1)),
    ],
)
def test_answers_may_hold_the_separator(items, separator, cells, counts):
    assert column_of(Multiple(items=items, separator=separator), q=cells)[0].counts == counts


def test_a_cell_that_can_be_read_in_two_ways():
    kind = Multiple(items=("Bus", "Tram", "Bus, Tram"), separator=", ")
    assert (
        "row 0, column 'q': found 'Bus, Tram', which can be read in 2 ways: 'Bus', 'Tram' or 'Bus, Tram'; "
        "drop one of the answers, or write the cell so that it says one" in told(kind, q=["Bus, Tram"])
    )


def test_the_rest_is_named_or_is_another_answer():
    kind = Multiple(items=("South", "North"), separator=", ")
    text = told(kind, q=["South, lake"])
    assert "found 'South, lake', of which 'lake' is no answer; allowed is" in text
    assert text.endswith('; to read such texts as one answer: other = "other"')
    kind = Multiple(items=("South", "North"), separator=", ", other="other", nothing="None", off_scale=("refused",))
    column, data = column_of(kind, q=["South, lake", "a park, b", "None", "refused", "", "North"])
    assert column.items == ("South", "North", "other")
    assert (column.counts, column.why) == ((1, 1, 2), {"missing": 1, "refused": 1})
    assert data.notes == ("column 'q': texts of 2 respondents were read as 'other'; none of them is kept",)
    assert "of which 'None' is no answer" in told(kind, q=["South, None"])


def test_none_of_these_has_to_be_declared():
    assert "'none of these'" in told(Multiple(items=("a", "b"), separator=";"), q=["none of these"])


def test_a_column_per_answer():
    kind = Multiple(
        columns=BOXES,
        yes=[1, "x"],
        no="0",
        empty="missing",
        nothing_column="none",
        off_scale={"dk": "don't know"},
        other={"column": "text", "label": "other"},
        values=None,
    )
    column, data = column_of(
        kind,
        bus=["1", "0", "0", "", "", "0"],
        tram=["x", "0", "0", "", "", "0"],
        none=["0", "1", "0", "", "", "0"],
        dk=["0", "0", "1", "", "", "0"],
        text=["", "", "", "", "by ferry", ""],
    )
    assert column.marks.tolist() == [[1, 1, 0], [0, 0, 0], [-3] * 3, [-1] * 3, [0, 0, 1], [-1] * 3]
    assert read_respondents(data.to_frame(), data.codebook).data_hash == data.data_hash
    wrong = {"bus": ["1"], "tram": ["0"], "none": ["1"], "dk": ["0"], "text": [""]}
    assert "row 0: 'none' is marked together with 'Bus'" in told(kind, **wrong)
    assert "row 0: 'dk' is marked together with 'Bus'" in told(kind, **wrong | {"none": ["0"], "dk": ["1"]})


def test_the_mark_is_the_answers_own_text():
    kind = Multiple(columns=BOXES, own=True, empty="missing")
    column, _ = column_of(kind, bus=["Bus", "", ""], tram=["", "Tram", ""])
    assert column.marks.tolist() == [[1, 0], [0, 1], [-1, -1]]
    assert "allowed is 'Bus' or ''" in told(kind, bus=["bus"], tram=[""])


def test_whatever_is_not_blank_marks_an_answer():
    """Codes as some tools write them: 1 in the first column, 2 in the second."""
    kind = Multiple(columns=BOXES, marked="anything", off_scale=["refused"], nothing_column="none")
    column, data = column_of(
        kind,
        bus=["1", "x", "", "no", "refused", "NA"],
        tram=["2", "", "", "ticked", "", ""],
        none=["", "", "yes", "", "", ""],
    )
    assert column.marks.tolist() == [[1, 1], [1, 0], [0, 0], [0, 1], [-3, 0], [-1, 0]]
    assert read_respondents(data.to_frame(), data.codebook).data_hash == data.data_hash
    assert "'none' is marked together with 'Bus'" in told(kind, bus=["1"], tram=[""], none=["?"])
    one = Categories(columns=BOXES, marked="anything")
    assert column_of(one, bus=["4", "", ""], tram=["", "any text", ""])[0].codes.tolist() == [0, 1, -1]


@pytest.mark.parametrize("own", [True, False])
def test_one_answer_spread_over_columns(own):
    marks = {"own": True} if own else {"yes": 1, "no": ""}
    kind = Ordered(columns={"a": "under 30", "b": "30-49"}, other={"column": "t", "label": "older"}, **marks)
    yes = ("under 30", "30-49") if own else ("1", "1")
    column, data = column_of(kind, a=[yes[0], "", "", ""], b=["", yes[1], "", ""], t=["", "x", "70", ""])
    assert column.labels == ("under 30", "30-49")
    assert column.codes.tolist() == [0, 1, -3, -1]
    assert read_respondents(data.to_frame(), data.codebook).data_hash == data.data_hash
    text = told(kind, a=[yes[0]], b=[yes[1]], t=[""])
    assert "found 'under 30' and '30-49'; allowed is one" in text


def test_a_reason_in_a_column_per_answer_is_read_and_written():
    """It was no answer without a reason, and it was written as a text of one's own."""
    kind = Categories(columns=BOXES, yes=1, no=0, off_scale=["refused"], other={"column": "t", "label": "other"})
    column, data = column_of(kind, bus=["refused", "1", "0"], tram=["0", "0", "refused"], t=["", "", ""])
    assert (column.counts, column.why) == ((1, 0, 0), {"refused": 2})
    assert read_respondents(data.to_frame(), data.codebook).data_hash == data.data_hash
    text = told(kind, bus=["1"], tram=["refused"], t=[""])
    assert "row 0, column 'q': found 'Bus' and 'refused'; allowed is one" in text


def test_an_own_text_beside_as_many_answers_as_there_are_mentions_is_written():
    kind = Multiple(mentions=("q1", "q2"), items=("benches", "trees"), other={"column": "t", "label": "other"})
    column, data = column_of(kind, q1=["trees", ""], q2=["benches", ""], t=["a well", "x"])
    assert column.marks.tolist() == [[1, 1, 1], [0, 0, 1]]
    assert read_respondents(data.to_frame(), data.codebook).data_hash == data.data_hash


def test_mentions():
    kind = Multiple(
        mentions=("q1", "q2"), items=("benches", "trees"), values={1: "benches"}, off_scale=("refused",), nothing="none"
    )
    column, data = column_of(kind, q1=["1", "trees", "", "refused", "none"], q2=["trees", "", "", "", ""])
    assert column.marks.tolist() == [[1, 1], [0, 1], [-1, -1], [-3, -3], [0, 0]]
    assert read_respondents(data.to_frame(), data.codebook).data_hash == data.data_hash
    assert "row 0, column 'q': found 'benches' twice" in told(kind, q1=["1"], q2=["benches"])
    assert "is marked together with" in told(kind, q1=["1"], q2=["none"])
    assert "'bench'" in told(kind, q1=["bench"], q2=[""])


def test_numbers_of_texts_are_told():
    kind = Number(values={"10+": 10}, missing=("-",))
    _, data = column_of(kind, q=["3", "10+", "10+", "-"])
    assert data.to_frame()["q"].tolist()[:3] == [3, 10, 10]
    assert data.notes == ("column 'q': '10+' was read as 10 (2 answers)",)
    public = "column 'q': texts of 2 respondents were read as numbers"  # which texts, the notes alone tell
    assert data.stand_ins == (("q", public),)
    assert ("stand-ins", (("texts", public),)) in doubts_of(data, "q")
    assert doubts_of(data, "another") == ()
    text = told(Number(), q=["10+"])
    assert 'to read it as a number: values = { "10+" = ... }, to count it apart: off_scale' in text


def test_every_text_that_is_not_declared_is_another_answer():
    column, data = column_of(Categories("bus", "bike", other="other"), q=["bus", "by ferry", "", "other"])
    assert (column.labels, column.counts, column.why) == (("bus", "bike", "other"), (1, 0, 2), {"missing": 1})
    assert "ferry" not in " ".join(data.notes)
    assert "'other'; none of them is kept" in data.notes[0]
    kind = Categories("bus", "bike", other={"column": "t", "label": "other"})
    assert column_of(kind, q=["bus", "", ""], t=["x", "y", ""])[0].codes.tolist() == [0, 2, -1]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Multiple(columns=BOXES, mentions=("a",)),
        lambda: Multiple(items=("a", "b"), separator=";", empty="missing"),
        lambda: Multiple(columns=BOXES, other="other"),
        lambda: Multiple(items=("a", "b"), mentions=("x", "y"), nothing=""),
        lambda: Multiple(columns=BOXES, empty="perhaps"),
        lambda: Multiple(columns=BOXES, yes=[]),
        lambda: Multiple(columns=BOXES, marked="something"),
        lambda: Multiple(columns=BOXES, marked="anything", yes=1),
        lambda: Multiple(columns=BOXES, marked="anything", own=True),
        lambda: Multiple(items=("a", "b"), separator=";", marked="anything"),
        lambda: Categories("a", "b", marked="anything"),
        lambda: Categories("a", "b", columns={"x": "c"}),
        lambda: Categories("a", "b", other={"label": "other", "colum": "x"}),
        lambda: Number(values={"10+": "ten"}),
        lambda: Number(values={"10+": 10}, off_scale=("10+",)),
        lambda: Number(missing="NA"),
    ],
)
def test_what_no_codebook_may_say(make):
    with pytest.raises(InputError):
        make()


CELLS = st.sampled_from(
    ["", "a", "b", "a;b", "a;", ";", "1", "0", "x", "none", "dk", "NA", "a b", "9", "own text", None]
)


@st.composite
def kinds(draw):
    other = draw(st.sampled_from([None, {"column": "t", "label": "other"}]))
    shared = {"other": other, "missing": draw(st.sampled_from([(), ("9",)]))}
    shared |= {"asked": {"p": "yes"}} if draw(st.booleans()) else {}
    text = draw(st.sampled_from([None, "other"]))
    free = shared | ({"other": text} if text else {})
    boxes = {"columns": {"x": "a", "y": "b"}, "own": draw(st.booleans()), "yes": ["1", "x"], "no": ["0", ""]}
    return draw(
        st.sampled_from(
            [
                Categories("a", "b", off_scale=("dk",), column="x", **free),
                Ordered("a", "b", **boxes, **shared),
                Number(values={"a": 1}, off_scale=("dk",), column="x", missing=shared["missing"]),
                Multiple(items=("a", "b"), separator=";", column="x", nothing="none", off_scale=("dk",), **free),
                Multiple(items=("a", "b"), mentions=("x", "y"), nothing="none", off_scale=("dk",), **free),
                Multiple(**boxes, empty=draw(st.sampled_from(["none", "missing"])), nothing_column="n", **shared),
                Multiple(**boxes, off_scale={"n": "dk"}, **shared),
            ]
        )
    )


@given(kinds(), st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS, st.sampled_from(["yes", "no"])), min_size=1, max_size=6))
def test_answers_reasons_and_missing_add_up_whatever_the_file(kind, rows):
    book = {"q": kind, "p": Categories("no", "yes")}
    frame = pd.DataFrame(rows, columns=["x", "y", "n", "t", "p"], dtype=object)
    try:
        data = read_respondents(frame, Codebook(book))
    except AnswersError as error:
        assert error.problems  # noqa: PT017 - what is told is no number
        bad = {
            int(word.strip(",:"))
            for line in error.problems
            for word in line.split(", column")[0].split()
            if word.strip(",:").isdigit()
        }
        frame = frame.drop(index=[row for row in bad if row in frame.index]).reset_index(drop=True)
        try:
            data = read_respondents(frame, Codebook(book))
        except AnswersError:
            return
    column = data.column("q")
    assert int(column.answered.sum()) + sum(column.why.values()) == len(data) == len(frame)
    if isinstance(kind, Categories):
        assert sum(column.counts) == int(column.answered.sum())
    elif not isinstance(column, NumberColumn):
        for item in range(len(column.items)):
            assert sum(int((column.marks[:, item] == mark).sum()) for mark in range(-4, 2)) == len(data)
    again = read_respondents(data.to_frame(), data.codebook)
    assert again.data_hash == data.data_hash
