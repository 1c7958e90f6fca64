"""Short forms say the same as long ones, and what is wrong with them is told where it was typed."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.errors import SurveyFileError
from csea_stats.survey.loading import SHAPE, fingerprint
from csea_stats.survey.printed_numbers import number_keys, percent_keys, plain_percent
from csea_stats.survey.short_forms import identifier, plain

HEAD = """\
format = "csea-survey/1"
id = "made-up"
title = "Made up"
respondents = 100
{top}
[source]
title = "Made up"
publisher = ["nobody"]
country = "nowhere"
year = 2024
mode = "Form."
recruitment = "Volunteers."
[targets]
respondents = "the 100 people who answered"
superpopulation = "people like those who answered"
population = "everybody"
"""

FIRST = HEAD.format(top="").count("\n") + 1
"""The line on which what follows the head begins."""


@pytest.fixture
def load(tmp_path):
    def read(rest, top=""):
        path = tmp_path / "own.toml"
        path.write_text(HEAD.format(top=top) + rest, encoding="utf-8")
        return cs.load_survey(path)

    return read


@pytest.fixture
def wrong(load):
    def problems(rest, top=""):
        with pytest.raises(SurveyFileError) as caught:
            load(rest, top)
        return [re.sub(r"^line (\d+)", lambda m: f"+{int(m[1]) - FIRST}", one) for one in caught.value.problems]

    return problems


LONG = """\
[[question]]
id = "knows"
label = "Knows the law"
kind = "yes-no"
headline = "yes"
where = "Table 1"
base = 90
cells = [
  { item = "yes", percent = "41.5", where = "Table 1" },
  { item = "no", range = ["58", "59"], where = "Text" },
]

[[question]]
id = "trust-police"
label = "Police"
kind = "ordinal"
categories = ["no", "partly", "yes"]
base = 90
where = "Table 2"
cells = [
  { item = "no", percent = "12", where = "Table 2" },
  { item = "partly", words = "<1%", where = "Table 2" },
  { item = "yes", percent = "87.5", where = "Table 2" },
]

[[question]]
id = "law-courts"
label = "Courts of law"
kind = "ordinal"
categories = ["no", "partly", "yes"]
base = 80
where = "Table 2"
note = "Asked last."
cells = [
  { item = "no", percent = "20", count = 16, where = "Table 2" },
  { item = "yes", percent = "64", where = "Table 2" },
  { item = ["partly", "yes"], percent = "80", where = "Text" },
]

[[question]]
id = "channels"
label = "Channels"
kind = "multiple"
categories = ["radio", "by phone", "post"]
base = 70
where = "Table 3"
cells = [
  { item = "radio", count = 12, percent = "17", where = "Table 3" },
  { item = "by phone", count = 9, where = "Table 3" },
  { item = ["radio", "by phone"], count = 15, where = "Table 3" },
  { item = "post", percent = "3", where = "Table 3" },
]

[[question]]
id = "nested"
label = "Nested"
kind = "single"
categories = ["no", "partly", "yes"]
where = "Table 1"
among = { question = "knows", item = "yes" }

[[battery]]
id = "trust"
label = "Trust"
questions = ["trust-police", "law-courts"]
cells = [{ item = "yes", range = ["64", "87.5"], where = "Table 2" }]
"""

SHORT = """\
[defaults]
where = "Table 1"
base = 90
answers = "trust3"

[answers]
trust3 = ["no", "partly", "yes"]

[[question]]
id = "knows"
label = "Knows the law"
kind = "yes-no"
cells = [{ item = "yes", percent = "41,5 %" }, { item = "no", percent = "58-59", where = "Text" }]

[[matrix]]
id = "trust"
label = "Trust"
kind = "ordinal"
unit = "percent"
where = "Table 2"
cells = [{ item = "yes", range = ["64%", "87,5"] }]
[matrix.rows]
"Police" = [12, "<1", "87,5"]
[matrix.rows."Courts of law"]
id = "law-courts"
values = ["20% (n=16)", "", 64]
base = 80
note = "Asked last."
cells = [{ item = ["partly", "yes"], percent = "80", where = "Text" }]

[[question]]
id = "channels"
label = "Channels"
kind = "multiple"
base = 70
where = "Table 3"
counts = { radio = 12, "by phone" = 9, "radio + by phone" = 15 }
percents = { post = 3, radio = "17" }

[[question]]
id = "nested"
label = "Nested"
kind = "single"
among = { question = "knows", item = "yes" }
"""


def test_short_and_long_forms_are_one_survey(load):
    short, long = load(SHORT), load(LONG)
    assert short == long
    assert fingerprint(short) == fingerprint(long)


def test_what_a_matrix_saves(load):
    items = ["Police", "Courts", "Schools", "Clinics", "Mayors", "Press", "Church", "Army"]
    answers = ["none", "poor", "fair", "good", "excellent"]
    rows = {item: [10 + place, 20, 30, 25, 15 - place] for place, item in enumerate(items)}
    short = '[[matrix]]\nid = "trust"\nlabel = "Trust"\nkind = "ordinal"\nwhere = "Table 4"\nunit = "percent"\n'
    short += f"answers = {json.dumps(answers)}\n[matrix.rows]\n"
    short += "".join(f"{item} = {values}\n" for item, values in rows.items())
    long = ""
    for item, values in rows.items():
        long += f'[[question]]\nid = "trust-{item.lower()}"\nlabel = "{item}"\nkind = "ordinal"\nwhere = "Table 4"\n'
        long += f"categories = {json.dumps(answers)}\ncells = [\n"
        for answer, value in zip(answers, values, strict=True):
            long += f'  {{ item = "{answer}", percent = "{value}", where = "Table 4" }},\n'
        long += "]\n"
    ids = [f"trust-{item.lower()}" for item in items]
    long += f'[[battery]]\nid = "trust"\nlabel = "Trust"\nquestions = {json.dumps(ids)}\n'
    assert fingerprint(load(short)) == fingerprint(load(long))
    assert len(short) < len(long) / 8


def test_columns_of_a_matrix_are_sums_or_some_answers(load):
    survey = load(
        """\
[[matrix]]
id = "trust"
label = "Trust"
kind = "ordinal"
answers = ["no", "partly", "yes"]
columns = [["partly", "yes"], "no"]
unit = "count"
where = "Table 2"
rows = { "Police" = [12, 88], "Courts" = ["1,0", "<5"], "Полиция" = [" 50 ", ""] }
""".replace('"1,0"', '"12 (12,0)"')
    )
    assert [question.id for question in survey.question] == ["trust-police", "trust-courts", "trust-3"]
    told = [[(cell.item, cell.count, cell.percent, cell.words) for cell in q.cells] for q in survey.question]
    both = ("partly", "yes")
    assert told[0] == [(both, 12, None, None), ("no", 88, None, None)]
    assert told[1] == [(both, 12, "12.0", None), ("no", None, None, "<5")]
    assert told[2] == [(both, 50, None, None)]


def test_a_yes_no_battery_needs_no_answers(load):
    survey = load("""\
[[matrix]]
id = "has"
label = "Has"
kind = "yes-no"
columns = ["yes"]
unit = "percent"
where = "Table 2"
rows = { "A phone" = [60], "A radio" = [70], "a radio" = [71] }
""")
    assert [(q.id, q.headline) for q in survey.question] == [
        ("has-a-phone", "yes"),
        ("has-a-radio", "yes"),
        ("has-a-radio-3", "yes"),
    ]


def test_order_is_the_files_not_the_kinds(load):
    question = '[[question]]\nid = "{0}"\nlabel = "{0}"\nkind = "yes-no"\n'
    matrix = '[[matrix]]\nid = "{0}"\nlabel = "{0}"\nkind = "yes-no"\nunit = "count"\nwhere = "T"\n'
    matrix += "rows = {{ x = [1, 2], y = [3, 4] }}\n"
    text = question.format("a") + matrix.format("m") + question.format("b") + matrix.format("n")
    assert [q.id for q in load(text).question] == ["a", "m-x", "m-y", "b", "n-x", "n-y"]


def test_headline_of_a_yes_no_question(load):
    base = '[[question]]\nid = "a"\nlabel = "A"\nkind = "{kind}"\n{more}\n'
    for kind, more, headline in (
        ("yes-no", "", "yes"),
        ("yes-no", 'headline = "no"', "no"),
        ("yes-no", 'categories = ["no", "yes"]', "yes"),
        ("yes-no", 'categories = ["da", "ne"]', "da"),
        ("single", 'categories = ["yes", "no"]', None),
    ):
        assert load(base.format(kind=kind, more=more)).question[0].headline == headline


# ---------------------------------------------------------------- long and short, any survey

TEXTS = st.text("abcdefgh ij", min_size=1, max_size=8).filter(str.strip)
PERCENTS = st.one_of(
    st.integers(0, 100).map(str),
    st.integers(0, 999).map(lambda n: f"{n // 10}.{n % 10}"),
)


@st.composite
def tables(draw):
    """A matrix as rows of percentages or counts, some of them missing."""
    answers = draw(st.lists(TEXTS, min_size=2, max_size=5, unique=True))
    labels = draw(st.lists(TEXTS, min_size=2, max_size=4, unique_by=identifier))
    unit = draw(st.sampled_from(["percent", "count"]))
    value = PERCENTS if unit == "percent" else st.integers(0, 100)
    rows = {label: draw(st.lists(st.none() | value, min_size=len(answers), max_size=len(answers))) for label in labels}
    return answers, unit, rows


@given(tables(), st.booleans(), st.booleans(), st.booleans())
def test_any_matrix_is_its_long_form(table, named, comma, inherited):
    answers, unit, rows = table
    head = {
        "format": "csea-survey/1",
        "id": "x",
        "title": "x",
        "respondents": 100,
        "source": {"title": "x", "publisher": ["x"], "country": "x", "year": 2000, "mode": "x", "recruitment": "x"},
        "targets": {"respondents": "x", "superpopulation": "x", "population": "x"},
    }

    def typed(value):
        return "" if value is None else value.replace(".", ",") + " %" if comma and unit == "percent" else value

    shared = {"where": "Table", "answers": "all" if named else answers}
    matrix = {"id": "m", "label": "M", "kind": "single", "unit": unit}
    matrix |= {"rows": {label: [typed(value) for value in values] for label, values in rows.items()}}
    short = head | {"matrix": [matrix if inherited else matrix | shared]}
    short |= {"answers": {"all": answers}} if named else {}
    short |= {"defaults": shared} if inherited else {}
    long = head | {
        "question": [
            {
                "id": f"m-{identifier(label)}",
                "label": label,
                "kind": "single",
                "categories": answers,
                "where": "Table",
                "cells": [
                    {"item": answer, unit: value, "where": "Table"}
                    for answer, value in zip(answers, values, strict=True)
                    if value is not None
                ],
            }
            for label, values in rows.items()
        ],
        "battery": [{"id": "m", "label": "M", "questions": [f"m-{identifier(label)}" for label in rows]}],
    }
    before = json.dumps(short)
    done = plain(short, "")
    assert done.problems == ()
    assert json.dumps(short) == before  # what was typed is left as it is
    assert fingerprint(SHAPE.made(done.document)) == fingerprint(SHAPE.made(long))
    assert plain(long, "").document == long


# ---------------------------------------------------------------- what is wrong

QUESTION = '[[question]]\nid = "a"\nlabel = "A"\nkind = "multiple"\nwhere = "T"\n'
MATRIX = '[[matrix]]\nid = "m"\nlabel = "M"\nkind = "ordinal"\nunit = "percent"\nwhere = "T"\nanswers = ["x", "y"]\n'

MISTAKES = [
    (MATRIX + "rows = { A = [1, 2], B = [1, 2, 3] }", "+7: matrix[1].rows.B: found 3 numbers; allowed is 2, one for"),
    (MATRIX + '[matrix.rows]\nA = [1, 2]\n"B c" = [\n1,\n101]', "+11: matrix[1].rows.'B c'[2]: found '101'; allowed"),
    (MATRIX + "rows = { A = [1, 2], B = { values = [8.5, 2] } }", "+7: matrix[1].rows.B.values[1]: found 8.5; allowed"),
    (MATRIX + "rows = { A = [1, 2], B = 3 }", "+7: matrix[1].rows.B: found 3; allowed is a list of numbers"),
    (MATRIX + "rows = { A = [1, 2], B = {} }", "+7: matrix[1].rows.B: found {}; allowed is a list of numbers"),
    (MATRIX + "rows = { A = [1, 2] }", "+7: matrix[1].rows: found ['m-a']; allowed is a list of at least 2"),
    (MATRIX + "rows = 3", '+7: matrix[1].rows: found 3; allowed is { "label" = [12, 30], ... }'),
    (MATRIX, "+0: matrix[1].rows: the key 'rows' is missing"),
    (
        MATRIX.replace('unit = "percent"', "unit = 3"),
        "+4: matrix[1].unit: found 3; allowed is one of 'percent', 'count'",
    ),
    (MATRIX.replace("ordinal", "ordnal") + "rows = { A = [1, 2], B = [3, 4] }", "+3: matrix[1].kind: found 'ordnal'"),
    (MATRIX.replace("where", "were") + "rows = { A = [1, 2], B = [3, 4] }", "+0: matrix[1].where: the key 'where' is"),
    (
        MATRIX.replace("where", "were") + "rows = { A = [1, 2], B = [3, 4] }",
        "+5: matrix[1].were: there is no key 'were'",
    ),
    (
        MATRIX.replace("answers", "base = 200 #") + "rows = { A = [1, 2], B = [3] }",
        "+0: matrix[1].answers: the key 'ans",
    ),
    (
        MATRIX.replace('["x", "y"]', '["x", "x"]') + "rows = { A = [1, 2], B = [3, 4] }",
        "+6: matrix[1].answers[2]: found",
    ),
    (
        MATRIX + 'columns = ["x", "z"]\nrows = { A = [1, 2], B = [3, 4] }',
        "+7: matrix[1].columns[2]: there is no answer",
    ),
    (
        QUESTION + 'counts = { radio = 12, phone = "1x" }',
        "+5: question[1].counts.phone: found '1x'; allowed is a whole",
    ),
    (QUESTION + "percents = { radio = 8.5 }", "+5: question[1].percents.radio: found 8.5; allowed is a percentage"),
    (QUESTION + "percents = [8]", "+5: question[1].percents: found [8]; allowed is { answer = number, ... }"),
    (
        QUESTION.replace("where", "note") + "counts = { r = 1, s = 2 }",
        "+0: question[1].where: the key 'where' is missing",
    ),
    (QUESTION + 'answers = ["x"]\ncategories = ["x"]', "+5: question[1].answers: found beside 'categories'; keep one"),
    (
        QUESTION + 'answers = "agree5"\n[answers]\nagree = ["x"]',
        "+5: question[1].answers: there is no list in [answers] 'ag",
    ),
    (QUESTION + "answers = 5", "+5: question[1].answers: found 5; allowed is a list in brackets"),
    (QUESTION + '[answers]\nagree = ["x", 3]', "+6: answers.agree: found ['x', 3]; allowed is a list of answers"),
    (QUESTION + "count = { x = 3 }", "+5: question[1].count: there is no key 'count'; there is: 'id', 'label'"),
    (
        QUESTION + '[defaults]\nwhre = "x"',
        "+6: defaults.whre: there is no key 'whre'; there is: 'where', 'base', 'answers'",
    ),
    (QUESTION + '[defaults]\nbase = "x"', "+6: defaults.base: found 'x'; allowed is a whole number"),
    (
        QUESTION + 'answers = ["x"]\ncells = [{ item = "x", percent = "<1", words = "few" }]',
        "+6: question[1].cells[1].percent",
    ),
]


@pytest.mark.parametrize(("rest", "says"), MISTAKES, ids=[says[:60] for _, says in MISTAKES])
def test_a_mistake_is_told_where_it_was_typed(wrong, rest, says):
    problems = wrong(rest)
    assert any(problem.startswith(says) for problem in problems), problems


def test_what_is_shared_is_told_once(wrong):
    text = MATRIX + "base = -2\nrows = { A = [1, 2], B = [3, 4], C = [5, 6] }\n"
    assert wrong(text) == [
        '+7: matrix[1].base: found -2; allowed is a whole number from 0 to 1,000,000,000, or "not printed"'
    ]
    assert wrong(QUESTION, "matrix = 3") == ["+-12: matrix: found 3; allowed is tables, each headed [[matrix]]"]


def test_one_mistake_does_not_make_others(wrong):
    other = QUESTION.replace('"a"', '"b"') + 'among = { question = "m-a", item = "x" }\n'
    top = 'headlines = ["m-b"]'
    unread = MATRIX.replace("unit", "unti") + 'headline = "x"\nrows = { A = [1, 2], B = [3, 4] }\n' + other
    assert [problem.split(": ")[1] for problem in wrong(unread, top)] == ["matrix[1].unit", "matrix[1].unti"]
    short = MATRIX + 'headline = "x"\nrows = { A = [1, 2], B = [3] }\n' + other
    assert [problem.split(": ")[1] for problem in wrong(short, top)] == ["matrix[1].rows.B"]
    unnamed = MATRIX.replace('["x", "y"]', '"xy"') + 'headline = "x"\nrows = { A = [1, 2], B = [3, 4] }\n' + other
    assert [problem.split(": ")[1] for problem in wrong(unnamed, top)] == ["matrix[1].answers"]


def test_all_mistakes_are_told_at_once(wrong):
    text = QUESTION + "counts = { radio = -112, post = -1 }\n" + MATRIX + 'rows = { A = [1, "no"], B = [3] }\n'
    assert {problem.split(": ")[1] for problem in wrong(text)} == {
        "question[1].counts.radio",
        "question[1].counts.post",
        "matrix[1].rows.B",
        "matrix[1].rows.A[2]",
    }


# ---------------------------------------------------------------- numbers as printed


@pytest.mark.parametrize(
    ("printed", "keys"),
    [
        ("41", {"percent": "41"}),
        (" 12,50 % ", {"percent": "12.50"}),
        ("100,0%", {"percent": "100.0"}),
        ("7\N{NO-BREAK SPACE}percent", {"percent": "7"}),
        ("29-31", {"range": ["29", "31"]}),
        ("29,5 \N{EN DASH} 31 %", {"range": ["29.5", "31"]}),
        ("29% to 31%", {"range": ["29", "31"]}),
        ("<1", {"words": "<1%"}),
        ("< 0,5 %", {"words": "< 0,5 %"}),
        ("less than 1%", {"words": "less than 1%"}),
        ("\N{GREATER-THAN OR EQUAL TO}99", {"words": "\N{GREATER-THAN OR EQUAL TO}99%"}),
        *((printed, None) for printed in ("", "-8", "101", "1.2.3", "about 5", "1-2-3", "<", "100.1", "٣")),
    ],
)
def test_a_percentage_as_printed(printed, keys):
    assert percent_keys(printed) == keys


@pytest.mark.parametrize(
    ("printed", "unit", "keys"),
    [
        (12, "count", {"count": 12}),
        (12, "percent", {"percent": "12"}),
        ("12", "count", {"count": 12}),
        ("1,204", "count", {"count": 1204}),
        ("1 204", "count", {"count": 1204}),
        ("12 (58,3%)", "count", {"count": 12, "percent": "58.3"}),
        ("58% (n = 12)", "percent", {"percent": "58", "count": 12}),
        ("58 (12)", "percent", {"percent": "58", "count": 12}),
        ("<5", "count", {"words": "<5"}),
        ("", "count", {}),
        ("12 (x)", "count", {"count": "12 (x)"}),
        (True, "count", {"count": True}),
        (8.5, "percent", {"percent": 8.5}),
        (-3, "percent", {"percent": -3}),
        ("1,2", "count", {"count": "1,2"}),
        ("9" * 5000, "count", {"count": "9" * 5000}),
    ],
)
def test_an_entry_of_a_table(printed, unit, keys):
    assert number_keys(printed, unit) == keys


@given(st.text(max_size=30))
def test_no_text_is_too_odd_to_read(text):
    value = plain_percent(text)
    assert value is None or re.fullmatch(r"100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?", value)
    number_keys(text, "count")
    number_keys(text, "percent")


# ---------------------------------------------------------------- nothing is too odd

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 120),
    st.floats(),
    st.sampled_from(["", "<1", "12 (5%)", "yes", "all", "a + b"]),
)
KEYS = st.sampled_from(
    (
        *("id", "label", "kind", "answers", "columns", "unit", "rows", "values", "where", "base", "cells", "counts"),
        *("percents", "item", "percent", "range", "unlabelled", "among", "headline", "categories", "A", "yes", "all"),
    )
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
PARTS = st.dictionaries(st.sampled_from(["defaults", "answers", "matrix", "question", "battery"]), VALUES)


@st.composite
def odd_documents(draw):
    """A document whose tables are right in part."""
    document = draw(PARTS)
    for key, right in (
        ("question", {"id": "q", "label": "Q", "kind": "multiple", "where": "T"}),
        (
            "matrix",
            {"id": "m", "label": "M", "kind": "ordinal", "unit": "count", "where": "T", "rows": {"A": [1], "B": [2]}},
        ),
    ):
        if draw(st.booleans()):
            document[key] = [right | draw(st.dictionaries(KEYS, VALUES, max_size=3)) for _ in range(2)]
    return document


@given(odd_documents())
def test_any_document_is_written_out_or_told(document):
    before = repr(document)
    done = plain(document, "")
    assert repr(document) == before
    assert not {"defaults", "answers", "matrix"} & set(done.document)
    assert all(isinstance(problem.text, str) for problem in done.typed(done.problems))
    if done.problems == () and isinstance(document.get("question", []), list):
        matrices = document.get("matrix", [])
        rows = sum(len(entry["rows"]) for entry in matrices)
        assert len(done.document.get("question", [])) == len(document.get("question", [])) + rows


@given(
    st.lists(st.integers(0, SHORT.count("\n") - 1), max_size=3),
    st.integers(0, len(SHORT) - 1),
    st.sampled_from('"[]{}=,.5x\n'),
)
def test_any_slip_of_the_pen_is_told_with_its_line(tmp_path_factory, dropped, place, sign):
    lines = (SHORT[:place] + sign + SHORT[place + 1 :]).split("\n")
    text = "\n".join(line for number, line in enumerate(lines) if number not in dropped)
    path = tmp_path_factory.getbasetemp() / "slip.toml"
    path.write_text(HEAD.format(top="") + text, encoding="utf-8")
    try:
        assert cs.load_survey(path).question
    except SurveyFileError as error:
        assert all(re.match(r"line \d+", problem) for problem in error.problems)  # noqa: PT017
