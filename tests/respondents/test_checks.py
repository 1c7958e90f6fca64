"""`Codebook.check`: what reading would say, as a value."""

import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import AnswersError, InputError

BOOK = cs.Codebook(
    {
        "mode": cs.Categories("bus", "bike"),
        "age": cs.Number(values={"70+": 70}, maximum=99),
        "use": cs.Multiple(items=("a", "b"), separator=";"),
    },
    eligible={"mode": "bus"},
)


def frame(**columns):
    return pd.DataFrame({"mode": ["bus", "bus", "bike"], "age": ["30", "70+", "9"], "use": ["a", "a;b", ""]} | columns)


def test_a_frame_that_reads():
    found = BOOK.check(frame(town=["x", "y", "z"]))
    data = cs.read_respondents(frame(), BOOK)
    assert found.problems == ()
    assert found.notes == data.notes == ("column 'age': '70+' was read as 70 (1 answer)",)
    assert (found.rows, found.respondents, found.columns, found.unused) == (3, 2, ("mode", "age", "use"), ("town",))
    assert str(found) == (
        "pandas DataFrame can be read; 3 rows, 2 respondents, read 'mode', 'age', 'use', not read 'town'\n"
        "  column 'age': '70+' was read as 70 (1 answer)"
    )


def test_a_frame_that_does_not_read_says_the_same_as_the_error():
    wrong = frame(mode=["bus", "buss", "buss"], age=["100", "x", "9"], use=["a;c", "", "b"])
    found = BOOK.check(wrong)
    with pytest.raises(AnswersError) as caught:
        cs.read_respondents(wrong, BOOK)
    assert tuple(map(str, found.problems)) == caught.value.problems
    parts = [(one.rows, one.column, one.found, one.allowed) for one in found.problems]
    assert ((1, 2), "mode", "'buss'", "'bus', 'bike'; did you mean 'bus'?") in parts
    assert [(rows, column, cell) for rows, column, cell, _ in parts if column == "age"] == [
        ((0,), "age", "'100'"),
        ((1,), "age", "'x'"),
    ]
    assert [cell for _, column, cell, _ in parts if column == "use"] == ["'a;c', of which 'c' is no answer"]
    assert (found.rows, found.unused) == (3, ())


@pytest.mark.parametrize(
    ("content", "needle", "rows"),
    [
        ("mode,age,use\nbus,1\n", "row 2: found 2 values", None),
        ("mode,age\nbus,1\n", "there is no column 'use'", 1),
        (b"mode,age,use\nbus,\xff,a\n", "which are no UTF-8", None),
        ("", "the file is empty", None),
        (None, "there is no such file", None),
        ("mode,age,use\nbus,1,c\n", "row 2, column 'use'", 1),
    ],
)
def test_a_file(tmp_path, content, needle, rows):
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = BOOK.check(path)
    assert any(needle in one.text for one in found.problems)
    assert found.rows == rows
    assert str(found).startswith(f"{path} cannot be read: ")


def test_a_mistake_in_the_call_is_raised():
    with pytest.raises(InputError, match="a path, a pandas frame"):
        BOOK.check(3)


# ------------------------------------------------------------------ texts that stand for a number


def test_a_stand_in_is_a_doubt_of_what_uses_its_variable_alone():
    rows = 24
    answers = pd.DataFrame(
        {
            "rating": ["poor", "fair", "good", "fair"] * 6,
            "mode": ["bus", "bike", "bike"] * 8,
            "age": ["70+", *(str(20 + row) for row in range(1, rows))],
        }
    )
    kinds = {"rating": cs.Ordered("poor", "fair", "good"), "mode": BOOK["mode"], "age": BOOK["age"]}
    data = cs.read_respondents(answers, cs.Codebook(kinds))
    assert data.stand_ins == (("age", "column 'age': texts of 1 respondent were read as numbers"),)

    def doubted(formula):
        return "stand-ins" in [one.code for one in cs.fit(formula, data, method="frequentist").caveats]

    assert doubted("rating ~ age")
    assert doubted("rating ~ mode + age")
    assert not doubted("rating ~ mode")
    table = cs.tabulate(data, "rating", by="mode")
    assert not [one for one in cs.estimate(table) for doubt in one.caveats if doubt.code == "stand-ins"]


def test_a_survey_of_answers_tells_every_stand_in():
    kind = cs.Number(values={"70+": 70, "none": 0}, bands=(30,))
    data = cs.read_respondents(pd.DataFrame({"age": ["70+", "none", "40", "41"] * 5}), cs.Codebook({"age": kind}))
    told = cs.as_survey(data).sample.stand_ins["age"]
    assert told == "column 'age': '70+' was read as 70 (5 answers); column 'age': 'none' was read as 0 (5 answers)"
