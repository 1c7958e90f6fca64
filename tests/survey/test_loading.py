"""Reading survey files: what is right, and everything that can be wrong."""

from __future__ import annotations

import json
import os
import re
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.errors import InputError, SurveyFileError, UnknownName
from csea_stats.respondents.codebook_files import load_codebook
from csea_stats.survey import draft_marks
from csea_stats.survey.draft_marks import remembered
from csea_stats.survey.loading import LARGEST, base_of, cell_name, fingerprint
from tests.survey_files import survey_text

NAME = "bosnia-herzegovina-2021"
OWN = Path(__file__).parent / "data" / "adelaide-students.toml"
TEXT = OWN.read_text(encoding="utf-8")


@pytest.fixture
def wrong(tmp_path):
    """Load a changed copy of the second survey and give its problems."""

    def load(*changes, text=TEXT):
        for old, new in changes:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        path = tmp_path / "own.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(SurveyFileError) as caught:
            cs.load_survey(path)
        assert str(caught.value).startswith(f"{path}: {len(caught.value.problems)} problem")
        return list(caught.value.problems)

    return load


def line_in(text, start):
    return next(number for number, line in enumerate(text.split("\n"), 1) if start in line)


def test_the_shipped_surveys_and_a_file_of_ones_own():
    engineers = ["research-engineers-netherlands-2017", "research-engineers-south-africa-2017"]
    assert cs.survey_names() == [NAME, "dask-users-2019", *engineers]
    assert cs.load_survey(NAME).respondents == 49
    for way in (OWN, str(OWN), os.fspath(OWN)):
        assert cs.load_survey(way).id == "adelaide-students"


def test_a_key_that_a_group_within_a_group_does_not_have(wrong):
    within = 'among = { question = "x", item = "y", also = [{ question = "x", item = "y", percent = "42" }] }'
    problems = wrong(("[[question]]", f"[[question]]\n{within}"))
    assert any("there is no key 'percent'; there is: 'question', 'item', 'also'" in one for one in problems), problems


def test_a_survey_cannot_be_changed():
    survey = cs.load_survey(OWN)
    with pytest.raises(FrozenInstanceError):
        survey.respondents = 3


def test_the_second_survey_agrees_with_r():
    survey = cs.load_survey(OWN)
    theirs = (Path(__file__).parents[1] / "reference" / "adelaide-students.csv").read_text().splitlines()[2:]
    words = {"Sex": "sex", "Smoke": "smoking", "Exer": "exercise", "W.Hnd": "writing-hand"}
    words |= {"Heavy": "heavily", "Occas": "occasionally", "Regul": "regularly", "Freq": "frequent"}
    expected = {}
    for variable, group, answer, count, percent in (line.split(",") for line in theirs):
        expected[words[variable], group.lower(), words.get(answer, answer.lower())] = (int(count), percent or None)
    ours = {
        (question.id, cell.among.item if cell.among else "", cell.item): (cell.count, cell.percent)
        for question in survey.question
        for cell in question.cells
    }
    assert len(ours) == 12
    assert ours.items() <= expected.items()


def test_loading_is_quick_and_loads_the_same(within):
    before = cs.load_survey(NAME)
    with within(0.25):  # about 0.01 on an idle machine
        again = cs.load_survey(NAME)
    assert again == before


# ---------------------------------------------------------------- names and files


@pytest.mark.parametrize("name", ["no-such-survey", "", " ", "bosnia", "a\0b"])
def test_an_unknown_name_lists_those_that_exist(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnknownName) as caught:
        cs.load_survey(name)
    assert repr(name) in str(caught.value)
    assert NAME in str(caught.value)


def test_a_misspelt_name_is_told_the_right_one():
    with pytest.raises(UnknownName, match=f"Did you mean '{NAME}'"):
        cs.load_survey("bosnia-herzegovina-2012")


@pytest.mark.parametrize(("value", "found"), [(3, "3"), (None, "None"), (b"x", "b'x'"), (["x"], "list"), (1.5, "1.5")])
def test_what_is_no_name_and_no_path(value, found):
    with pytest.raises(InputError, match=f"found {found}; allowed is"):
        cs.load_survey(value)


def test_files_that_cannot_be_read(tmp_path):
    for path, says in [
        (tmp_path / "none.toml", "no such file"),
        (tmp_path, "folder"),
        (str(tmp_path / "a\0.toml"), "cannot be read"),
        (str(tmp_path / ("x" * 5000 + ".toml")), "cannot be read"),
    ]:
        with pytest.raises(SurveyFileError, match=says):
            cs.load_survey(path)


def test_a_folder_of_the_same_name_does_not_hide_a_shipped_survey(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / NAME).mkdir()
    assert cs.load_survey(NAME).respondents == 49


def test_no_utf8(wrong):
    text = TEXT.replace("Questionnaire", "Qu\xe9stionnaire").encode("latin-1")
    (problem,) = wrong(text=text)
    assert problem.startswith(f"line {line_in(TEXT, 'mode =')}: found the bytes e9 ")
    assert "UTF-8" in problem
    (problem,) = wrong(text=TEXT.encode("utf-16"))
    assert problem.startswith("line 1: found the bytes ff fe")


def test_what_windows_editors_write(tmp_path):
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert cs.load_survey(path) == cs.load_survey(OWN)


def test_no_toml(wrong):
    (problem,) = wrong(('kind = "ordinal"', "kind = ordinal"))
    assert problem == f"line {line_in(TEXT, 'ordinal')}, column 8: this is no TOML: invalid value"
    (problem,) = wrong(text='a = "')
    assert "(the end)" in problem or "line 1" in problem


def test_fifty_megabytes_of_noise(tmp_path, within):
    path = tmp_path / "noise.toml"
    path.write_bytes(os.urandom(1000) * 50_000)
    with within(1), pytest.raises(SurveyFileError, match=f"{LARGEST:,} bytes"):
        cs.load_survey(path)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 5_000 + "]" * 5_000,
        "a = " + "{b = " * 300 + "1" + "}" * 300,
        ".".join("a" * 100_000) + " = 1",
        ".".join(['"a b"'] * 100_000) + " = 1",
        "[" + ".".join("a" * 50_000) + "]",
        "a = 1\n" + "[[" + "a.b" * 3 + "]]",
        "respondents = " + "9" * 5_000,
        "respondents = 0x" + "f" * 9_000,
    ],
    ids=["list", "closed", "tables", "dotted", "quoted", "header", "entry", "digits", "hex"],
)
def test_depth_and_length_are_refused_and_not_fatal(wrong, text):
    assert wrong(text=text)


@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_any_bytes_are_an_error_of_ours(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_bytes(content)
    with pytest.raises(SurveyFileError):
        cs.load_survey(path)


LINES = [line for line in TEXT.split("\n") if line and not line.startswith("#")]


@given(st.data())
def test_any_damage_is_an_error_of_ours_or_none(tmp_path_factory, data):
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        cut = data.draw(st.integers(0, len(line)))
        put = data.draw(
            st.sampled_from(["", '"', "[", "]", "{", "}", "=", "7", "-", ".", "true", "nan", "''", "[[question]]"])
        )
        lines[place] = line[:cut] + put + line[cut + data.draw(st.integers(0, 5)) :]
    path = tmp_path_factory.getbasetemp() / "damaged.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        assert cs.load_survey(path).question
    except SurveyFileError as error:
        assert all(re.match(r"line \d+|the file", problem) for problem in error.problems)  # noqa: PT017


# ---------------------------------------------------------------- wrong values

PERCENT = 'allowed is a percentage as printed, in quotes and without its sign, "0" to "100"'

VALUES = [
    ('percent = "80"', 'percent = "abc"', "question[2].cells[1].percent: found 'abc'; " + PERCENT),
    ('percent = "80"', 'percent = "120"', "question[2].cells[1].percent: found '120'; " + PERCENT),
    ('percent = "80"', 'percent = "80pc"', "found '80pc'; " + PERCENT),
    ('percent = "80"', 'percent = "-8"', "found '-8'; " + PERCENT),
    ('percent = "80"', "percent = 80", "found 80; " + PERCENT),
    ('percent = "80"', "unlabelled = [80]", "unlabelled[1]: found 80; " + PERCENT),
    ('percent = "10", count = 24', 'range = ["10"]', "found ['10']; allowed is two percentages"),
    ('percent = "10", count = 24', 'range = ["10", "11", "12"]', "allowed is two percentages"),
    ("count = 189", 'count = "189"', "question[2].cells[1].count: found '189'; allowed is a whole number"),
    ("count = 189", "count = 189.0", "found 189.0; allowed is a whole number"),
    ("count = 189", "count = true", "found True; allowed is a whole number"),
    ("count = 189", "count = -1", "found -1; allowed is a whole number of at least 0"),
    (
        "respondents = 237",
        "respondents = 0",
        'respondents: found 0; allowed is a whole number from 1 to 1,000,000,000, or "not printed"',
    ),
    ("respondents = 237", "respondents = nan", "respondents: found nan; allowed is a whole number"),
    ("respondents = 237", "respondents = 10_000_000_000", "allowed is a whole number from 1 to 1,000,000,000"),
    ("year = 1999", "year = inf", "source.year: found inf; allowed is a whole number from 1800 to 2200"),
    ("year = 1999", "year = 1999-01-01", "source.year: found 1999-01-01; allowed"),
    ('kind = "single"', 'kind = "singel"', "question[1].kind: found 'singel'; allowed is one of 'single', 'ordinal'"),
    ('id = "sex"', 'id = "Sex"', "question[1].id: found 'Sex'; allowed is lower-case letters"),
    ("base = 236", "bases = 236", "question[1].bases: there is no key 'bases'; there is: 'id'"),
    ("base = 236", "bases = 236", "Did you mean 'base'?"),
    ('where = "table of Smoke"', 'were = "x"', "question[2].cells[1].where: the key 'where' is missing"),
    (
        'item = "never", percent',
        "item = 3, percent",
        "cells[1].item: found 3; allowed is an answer in quotes, or a list",
    ),
    ('item = "never", percent', 'item = ["never", 3], percent', "cells[1].item[2]: found 3; allowed is an answer"),
    ('item = "never", percent', "item = [], percent", "cells[1].item: found []; allowed is an answer"),
    (
        'among = { question = "sex", item = "female" }',
        'among = "female"',
        "among: found 'female'; allowed is { question",
    ),
    ('one = "student"', 'one = ""', "targets.one: found ''; allowed is a text that is not empty"),
    ('one = "student"', f'one = "{"x" * 3000}"', "allowed is a text of at most 2,000 characters"),
    ("csea-survey/1", "csea-survey/2", "format: found 'csea-survey/2'; allowed is \"csea-survey/1\""),
    ('headlines = ["smoking", "exercise"]', 'headlines = "smoking"', "headlines: found 'smoking'; allowed is a list"),
    ("says = { never", 'says = { ""', "question[2].says.'': found 'never smoke'; allowed is a key that is not empty"),
    ("base = 236", "partial = 1", 'question[1].partial: found 1; allowed is true, false or "nobody"'),
]


@pytest.mark.parametrize(("old", "new", "says"), VALUES, ids=[f"{new[:40]}" for _, new, _ in VALUES])
def test_a_wrong_value(wrong, old, new, says):
    problems = wrong((old, new))
    assert any(says in problem for problem in problems), problems
    line = line_in(TEXT, old)
    start = line_in(TEXT, "[[question]]")
    assert any(problem.startswith((f"line {line}: ", f"line {start}: ")) for problem in problems)


MEANING = [
    ('id = "writing-hand"', 'id = "sex"', "question[4].id: found 'sex' again"),
    ('"never", "occasionally"', '"never", "never"', "question[2].categories[2]: found 'never' again"),
    ('item = "never", percent', 'item = "nevr", percent', "there is no answer 'nevr'"),
    ('item = "never", percent', 'item = "nevr", percent', "Did you mean 'never'?"),
    ('question = "sex", item = "female"', 'question = "sexes", item = "female"', "there is no question 'sexes'"),
    ('question = "sex", item = "female"', 'question = "sex", item = "femal"', "there is no answer of 'sex' 'femal'"),
    ('question = "sex", item = "female"', 'question = "smoking", item = "never"', "the question itself"),
    ("base = 236", "chosen = 2", "question[1].chosen: found 2 with kind = 'single'; allowed only with kind = \"pick\""),
    ('kind = "single"', 'kind = "pick"', "question[1]: the key 'chosen' is missing"),
    ('kind = "single"', 'kind = "pick"\nchosen = 3', "found 3; allowed is at most the number of answers, 2"),
    ("base = 236", "list_length = 1", "question[1].list_length: found 1; allowed is at least the number of answers, 2"),
    ("base = 236", "exclusive = false", "question[1].exclusive: found false"),
    ('kind = "single"', 'kind = "multiple"\nexclusive = true', "question[1].exclusive: found true"),
    ('percent = "10", count = 24, ', "", "question[3].cells[1]: found no number"),
    (
        'percent = "10", count = 24',
        'range = ["10", "9.5"]',
        "range: found ['10', '9.5']; allowed is the smaller percentage first",
    ),
    ('percent = "10", count = 24', 'unlabelled = ["10", "41"]', "unlabelled: found 2 values; allowed is at most one"),
    ('percent = "10", count', 'unlabelled = ["10"], count', "unlabelled: found it together with count"),
    ('percent = "10"', 'status = "unlabelled", percent = "10"', "status: found 'unlabelled'; allowed only"),
    ('item = "none", percent', 'item = ["none", "none"], percent', "item[2]: found 'none' again"),
    ('headline = "left"', 'headline = "lef"', "question[4].headline: there is no answer 'lef'"),
    ('headline = "left"', 'headline = ["left", "left"]', "question[4].headline: found 'left' twice"),
    ('"smoking", "exercise"]', '"smoking", "exercice"]', "headlines[2]: there is no question 'exercice'"),
    ('"smoking", "exercise"]', '"smoking", "smoking"]', "headlines[2]: found 'smoking' again"),
    ('"smoking", "exercise"]', '"sex"]', "headlines[1]: found 'sex', a question without the key 'headline'"),
    ("says = { never", "says = { nevver", "question[2].says.nevver: there is no answer 'nevver'"),
    ('{ item = "some", percent = "41"', '{ item = "none", percent = "41"', "twice; say the place (where)"),
    ('"left", "right"]', '"left", "right + x"]', "an answer may not hold ' + '"),
    ('"left", "right"]', "]", "question[4].categories: found no answers"),
]


@pytest.mark.parametrize(("old", "new", "says"), MEANING, ids=[says[:50] for _, _, says in MEANING])
def test_a_value_that_does_not_fit_the_others(wrong, old, new, says):
    problems = wrong((old, new))
    assert any(says in problem for problem in problems), problems
    assert all(re.match(r"line \d+: ", problem) for problem in problems)


def battery(name="b", questions="sex", cell='item = "male", words = "half"'):
    cells = f'cells = [{{ {cell}, where = "x" }}]'
    return f'[[battery]]\nid = "{name}"\nlabel = "B"\nquestions = ["sex", "{questions}"]\n{cells}\n'


FACT = '[[fact]]\nname = "a"\nlabel = "A"\ncount = 1\nwhere = "x"\n'
EVENT = '[[event]]\nname = "a"\nlabel = "A"\nprinted = "2021"\nwhere = "x"\n'
CROSSTAB = '[[crosstab]]\nby = "sex"\nwhere = "x"\n'

ADDED = [
    (battery(questions="nobody"), "battery[1].questions[2]: there is no question 'nobody'"),
    (battery(questions="smoking"), "found 'smoking', whose answers differ from those of 'sex'"),
    (battery(), "battery[1].questions[2]: found 'sex' again"),
    (battery(name="sex"), "battery[1].id: found 'sex' again"),
    (battery(cell='item = "mal"'), "battery[1].cells[1].item: there is no answer 'mal'"),
    (battery(cell='item = "male"'), "battery[1].cells[1]: found no number"),
    (battery(cell='item = "male", range = ["9", "1"]'), "battery[1].cells[1].range: found ['9', '1']"),
    (battery(cell='item = "male", unlabelled = ["9", "1", "3"]'), "found 3 values; allowed is at most one"),
    (battery(cell='item = "male", unlabelled = ["9"], words = "half"'), "found it together with words"),
    (FACT + 'sum_of = ["c"]', "fact[1].sum_of[1]: there is no fact 'c'"),
    (FACT + 'sum_of = ["a"]', "the fact itself"),
    (FACT * 2, "fact[2].where: found 'a' twice at 'x'"),
    (EVENT + 'after = "b"', "event[1].after: there is no event 'b'"),
    (EVENT + 'after = "a"', "the event itself"),
    (CROSSTAB + 'outcome = "smokin"', "crosstab[1].outcome: there is no question 'smokin'"),
    (CROSSTAB + 'outcome = "sex"', "crosstab[1].by: found 'sex', the outcome itself"),
]


@pytest.mark.parametrize(("more", "says"), ADDED, ids=[says[:50] for _, says in ADDED])
def test_what_does_not_fit_outside_the_questions(wrong, more, says):
    problems = wrong(text=TEXT + more)
    assert any(says in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("count = 218", "count = 237", "count-above-base"),
        ("count = 115", "count = 238", "count-above-base"),
        ("base = 236", "base = 238", "base-above-respondents"),
        ("count = 99,", "count = 99, base = 300,", "nested-base"),
    ],
)
def test_print_that_cannot_be_true_is_a_survey_still(tmp_path, before, after, code):
    path = tmp_path / "contradicts.toml"
    assert before in TEXT
    path.write_text(TEXT.replace(before, after), encoding="utf-8")
    found = cs.audit(cs.load_survey(path)).findings
    assert code in {finding.code for finding in found if finding.verdict == "inconsistent"}


def test_questions_that_rest_on_each_other_in_a_circle(wrong):
    problems = wrong(
        ('label = "Smoking"', 'label = "Smoking"\namong = { question = "exercise", item = "some" }'),
        ('label = "Exercise"', 'label = "Exercise"\namong = { question = "smoking", item = "never" }'),
    )
    assert len([problem for problem in problems if "found a circle" in problem]) == 2


def test_all_errors_of_a_file_at_once_in_its_order(wrong):
    problems = wrong(
        ("respondents = 237", "respondents = 237.5"),
        ('label = "Sex"', 'lable = "Sex"'),
        ('percent = "80"', 'percent = "abc"'),
        ('item = "heavily", percent', 'item = "heavy", percent'),
        ("count = 99", "count = -99"),
        ('item = "right"', 'item = "rigth"'),
        ('"smoking", "exercise"]', '"smoking", "exercice"]'),
    )
    assert [problem.split(": ")[1] for problem in problems] == [
        "respondents",
        "headlines[2]",
        "question[1].label",
        "question[1].lable",
        "question[2].cells[1].percent",
        "question[2].cells[4].item",
        "question[2].cells[5].count",
        "question[4].cells[2].item",
    ]
    lines = [int(problem.split(":")[0].removeprefix("line ")) for problem in problems]
    assert lines == sorted(lines)


def test_a_wrong_question_raises_no_complaint_about_those_that_name_it(wrong):
    (problem,) = wrong(('id = "sex"', 'id = "sex!"'))
    assert "question[1].id: found 'sex!'" in problem


def test_a_file_of_errors_is_told_in_part(wrong):
    head = TEXT.split("[[question]]")[0]
    problems = wrong(text=head + '[[question]]\nid = "x"\n' * 2_000)
    assert len(problems) == 201
    assert re.fullmatch(r"\.\.\. and [\d,]+ more", problems[-1])


def test_long_values_are_cut(wrong):
    (problem,) = wrong(('percent = "80"', f'percent = "{"9" * 1000}"'))
    assert len(problem) < 300


def test_nothing_in_a_file_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for planted in (
        "__import__('os').mkdir('made')",
        "{{ 7 * 7 }}",
        "!!python/object/apply:os.mkdir [made]",
        "$(mkdir made)",
    ):
        path = tmp_path / "own.toml"
        path.write_text(TEXT.replace("What 237 students said", planted), encoding="utf-8")
        assert cs.load_survey(path).title == planted
    assert not (tmp_path / "made").exists()


# ---------------------------------------------------------------- names, bases, fingerprint


def question(survey, name):
    return next(question for question in survey.question if question.id == name)


def test_names_of_cells():
    survey = cs.load_survey(NAME)
    names = [cell_name(entry, cell) for entry in survey.question for cell in entry.cells]
    assert len(names) == len(set(names))
    assert "police-knowledge/none + poor @ Awareness" in names
    assert "girls-age/unlabelled @ Figure 3" in names
    assert "awareness/poor @ Awareness among age=under 30" in names


def test_bases():
    survey = cs.load_survey(NAME)
    for name, base in [
        ("awareness", 49),
        ("girls-online", 39),
        ("boys-online", 35),
        ("girls-age", 36),
        ("boys-age", 24),
    ]:
        assert base_of(survey, question(survey, name)) == base
    awareness = question(survey, "awareness")
    assert [base_of(survey, awareness, cell) for cell in awareness.cells] == [49, 49, 49, 7]
    own = cs.load_survey(OWN)
    assert base_of(own, question(own, "smoking"), question(own, "smoking").cells[-1]) == 118
    assert base_of(own, question(own, "exercise")) == 237


def test_a_base_that_print_leaves_open(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(TEXT.replace('percent = "50", count = 118, where', 'percent = "50", where'), encoding="utf-8")
    own = cs.load_survey(path)
    assert base_of(own, question(own, "smoking"), question(own, "smoking").cells[-1]) is None


def test_the_fingerprint_is_of_what_the_file_says(tmp_path):
    path = tmp_path / "own.toml"
    says = 'says = { never = "never smoke", "occasionally + regularly + heavily" = "smoke" }'
    turned = 'says = { "occasionally + regularly + heavily" = "smoke", never = "never smoke" } # turned'
    path.write_text("# a remark\n" + TEXT.replace(says, turned), encoding="utf-8")
    assert fingerprint(cs.load_survey(path)) == fingerprint(cs.load_survey(OWN))
    path.write_text(TEXT.replace('percent = "80"', 'percent = "80.0"'), encoding="utf-8")
    assert fingerprint(cs.load_survey(path)) != fingerprint(cs.load_survey(OWN))
    assert re.fullmatch("[0-9a-f]{64}", fingerprint(cs.load_survey(NAME)))


def test_a_survey_is_json_all_through():
    from csea_stats.survey.loading import SHAPE

    survey = cs.load_survey(NAME)
    values = json.loads(SHAPE.adapter.dump_json(survey))
    assert SHAPE.adapter.validate_json(json.dumps(values), strict=True) == survey


@pytest.mark.parametrize(("sign", "name"), [("\\u0000", "U+0000"), ("\\u001b", "U+001B"), ("\\u007f", "U+007F")])
def test_control_signs_are_refused_with_their_line(tmp_path, sign, name):
    path = tmp_path / "small.toml"
    question = f'[[question]]\nid = "q"\nlabel = "A {sign} b"\nkind = "yes-no"\n'
    cells = 'cells = [ { item = "yes", count = 5, where = "T" } ]\n'
    path.write_text(survey_text(question + cells), encoding="utf-8")
    line = path.read_text(encoding="utf-8").splitlines().index(f'label = "A {sign} b"') + 1
    with pytest.raises(SurveyFileError, match=rf"line {line}: question\[1\].label: .*{name[:1]}\+{name[2:]}"):
        cs.load_survey(path)
    path.write_text(survey_text(question.replace(sign, "\\t") + cells), encoding="utf-8")
    assert cs.load_survey(path).question[0].label == "A \t b"


def test_what_was_read_from_a_drafted_file_remembers_its_marks(tmp_path):
    """Comments are no part of a survey; a page tells them whoever makes it."""
    text = TEXT
    path = tmp_path / "a.toml"
    path.write_text(text, encoding="utf-8")
    assert remembered(cs.load_survey(path)) is None
    path.write_text(f"{text}\n# guess: in this order\n# ? or not\n", encoding="utf-8")
    survey = cs.load_survey(path)
    assert [mark.kind for mark in remembered(survey)] == ["guess", "guess"]
    assert [mark.kind for mark in remembered(load_codebook(path))] == ["guess", "guess"]
    assert remembered(replace(survey, title="Another")) is None
    key = id(survey)
    del survey
    assert key not in draft_marks._LEFT
