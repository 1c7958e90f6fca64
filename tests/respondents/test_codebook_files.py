"""Codebooks in files: shipped, of a survey, of one's own; and everything wrong with one at once."""

import os
import re
from pathlib import Path

import pytest

from csea_stats import Categories, Codebook, Multiple, Number, Ordered, load_survey, survey_names
from csea_stats.errors import InputError, SurveyFileError, UnknownName
from csea_stats.respondents import codebook_files
from csea_stats.respondents.codebook_files import codebook_of, load_codebook

HEAD = 'format = "csea-codebook/1"\n'
PAGE = (Path(__file__).parents[2] / "docs" / "respondents.md").read_text(encoding="utf-8")


def book_of(folder, text):
    path = folder / "codebook.toml"
    path.write_text(text, encoding="utf-8")
    return load_codebook(path)


def wrong(folder, text):
    with pytest.raises(SurveyFileError) as caught:
        book_of(folder, text)
    return caught.value.problems


def test_every_shipped_survey_has_a_codebook():
    for name in survey_names():
        book, survey = load_codebook(name), load_survey(name)
        assert book.survey == name
        assert book.targets == survey.targets
        for question in survey.question:
            if question.categories:
                kind = book[question.id]
                answers = kind.items if isinstance(kind, Multiple) else kind.labels
                assert set(answers) == set(question.categories)


def test_the_shipped_codebook():
    book = load_codebook("bosnia-herzegovina-2021")
    assert book["age_band"].labels == ("under 30", "30-39", "40-49", "50 and over")
    assert isinstance(book["experience"], Number)
    assert book["barriers"].chosen == 3
    assert book["scenario_student"].labels == ("no", "uncertain", "yes")
    assert isinstance(book["scenario_student"], Ordered)
    assert book["girls-supported"].labels == ("no", "yes")
    assert dict(book["girls-online"].asked) == {"girls-supported": ("yes",)}
    assert dict(book["awareness"].says)["poor"] == "rate public awareness poor"


def test_a_survey_of_ones_own_makes_a_codebook():
    path = Path(__file__).parents[1] / "survey" / "data" / "adelaide-students.toml"
    assert load_codebook(path) == codebook_of(load_survey(path)) == load_codebook(load_survey(path))
    assert load_codebook(os.fspath(path)).survey == load_survey(path).id


def test_a_file_of_ones_own(tmp_path):
    book = book_of(
        tmp_path,
        HEAD
        + """
missing = ["", "-1"]
respondent = "person"
cluster = "office"
[eligible]
works = "yes"
age = [18, 99]
[targets]
respondents = "the 12 nurses who answered"
superpopulation = "nurses like them"
population = "nurses"
[variable.works]
kind = "categories"
labels = ["no", "yes"]
values = { 0 = "no", 1 = "yes" }
[variable.age]
kind = "number"
minimum = 16
[variable.rating]
kind = "ordered"
labels = ["poor", "good"]
off_scale = ["don't know"]
asked = { works = "yes" }
says = { poor = "rate it poor" }
[variable.services]
kind = "multiple"
columns = { s1 = "counselling", s2 = "legal" }
yes = 1
no = 0
""",
    )
    assert book == Codebook(
        {
            "works": Categories("no", "yes", values={0: "no", 1: "yes"}),
            "age": Number(minimum=16),
            "rating": Ordered(
                "poor", "good", off_scale=("don't know",), asked={"works": "yes"}, says={"poor": "rate it poor"}
            ),
            "services": Multiple(columns={"s1": "counselling", "s2": "legal"}, yes=1, no=0),
        },
        missing=("", "-1"),
        respondent="person",
        cluster="office",
        eligible={"works": "yes", "age": (18, 99)},
        targets=book.targets,
    )
    assert book.targets.one == "respondent"


def test_everything_wrong_is_told_with_its_line(tmp_path):
    found = wrong(
        tmp_path,
        """format = "csea-codebook/2"
wieghts = "w"
missing = "NA"
[variable.a]
kind = "orderd"
labels = ["x","y"]
[variable.b]
kind = "ordered"
labels = ["x","x"]
[variable.c]
kind = "number"
minimum = "3"
unit = 5
[variable.d]
label = "z"
[variable.e]
kind = "multiple"
columns = ["a", "b"]
chosen = 3
[variable.f]
kind = "categories"
labels = ["a", 3]
lables = []
""",
    )
    expected = [
        ("line 1: format:", "csea-codebook/1"),
        ("line 2: wieghts:", "'weights'"),
        ("line 3: missing:", "list"),
        ("line 5: variable.a.kind:", "Did you mean 'ordered'"),
        ("line 7: variable.b:", "'x'"),
        ("line 12: variable.c.minimum:", "a number"),
        ("line 13: variable.c.unit:", "a text"),
        ("line 14: variable.d.kind:", "missing"),
        ("line 16: variable.e:", "1 to 2"),
        ("line 22: variable.f.labels[2]:", "a text"),
        ("line 23: variable.f.lables:", "Did you mean 'labels'"),
    ]
    assert len(found) == len(expected)
    for line, needles in zip(found, expected, strict=True):
        assert all(needle in line for needle in needles), line


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        (HEAD, "no variables"),
        ("", "no format"),
        (HEAD + "variable = 3\n", "variable"),
        (HEAD + "[variable]\na = 3\n", "'kind'"),
        (HEAD + '[variable.a]\nkind = ["number"]\n', "variable.a.kind"),
        (HEAD + "[variable.a]\nkind = { a = 1 }\n", "variable.a.kind"),
        (HEAD + 'survey = "bosnia"\n', "bosnia-herzegovina-2021"),
        (HEAD + 'survey = "nowhere.toml"\n', "no such file"),
        (HEAD + 'weights = "w"\n[variable.a]\nkind = "number"\n', "not supported"),
        (HEAD + 'eligible = { b = "x" }\n[variable.a]\nkind = "number"\n', "'b'"),
        (HEAD + 'targets = { one = "x" }\n[variable.a]\nkind = "number"\n', "respondents"),
        (HEAD + '[variable.a]\nkind = "number"\n[invented.b]\nbetween = [1, 2]\n', "'b'"),
        (HEAD + '[variable.a]\nkind = "number"\n[invented.a]\nshares = { x = 1 }\n', "'between'"),
        (HEAD + '[variable.a]\nkind = "number"\n[invented.a]\nbetween = [2, 1]\n', "smaller first"),
        (HEAD + '[variable.a]\nkind = "number"\n[invented.a]\nbetween = ["x", 1]\n', "'x'"),
        (HEAD + '[variable.a]\nkind = "number"\n[invented.a]\ngiven = "q"\nbetween = { x = [1, 2] }\n', "'q'"),
        (HEAD + '[variable.a]\nkind = "ordered"\nlabels = ["x", "y"]\n[invented.a]\nshares = { z = 1 }\n', "'x', 'y'"),
        (HEAD + '[variable.a]\nkind = "ordered"\nlabels = ["x", "y"]\n[invented.a]\nshares = { x = 0 }\n', "weight"),
        (HEAD + '[variable.a]\nkind = "multiple"\ncolumns = [3]\n', "3"),
        ("format = [\n", "no TOML"),
        ("a" * 3_000_000, "bytes"),
        (HEAD + "x = " + "[" * 5_000 + "]" * 5_000, "deeper"),
    ],
)
def test_wrong_files(tmp_path, text, needle):
    assert any(needle in line for line in wrong(tmp_path, text)), wrong(tmp_path, text)


@pytest.mark.parametrize(
    ("table", "key"), [("file", "groups"), ("file", "missing"), ("variable.a", "groups"), ("variable.a", "filled")]
)
def test_a_key_of_the_book_below_a_table(tmp_path, table, key):
    own = 'kind = "number"\n' if table != "file" else ""
    more = '[variable.a]\nkind = "number"\n' if table == "file" else ""
    (line,) = wrong(tmp_path, f'{HEAD}[{table}]\n{own}{key} = ["a"]\n{more}')
    assert f"{table}.{key}: there is no key '{key}'; there is: " in line
    assert line.endswith(f"'{key}' is a key of the codebook and stands above the first table, that is, the first [...]")
    (line,) = wrong(tmp_path, f"{HEAD}[{table}]\n{own}colour = 3\n{more}")
    assert "above" not in line


def test_no_utf8(tmp_path):
    (tmp_path / "c.toml").write_bytes(b'format = "\xff"')
    with pytest.raises(SurveyFileError, match="UTF-8"):
        load_codebook(tmp_path / "c.toml")


@pytest.mark.parametrize("name", ["no-such-codebook", "", "a\0b"])
def test_unknown_names(name):
    with pytest.raises(UnknownName, match="bosnia-herzegovina-2021"):
        load_codebook(name)


def test_something_else():
    with pytest.raises(InputError, match="TOML"):
        load_codebook(3)


def test_the_page_tells_every_key():
    told = set(re.findall(r"`([a-z_]+)`", PAGE))
    keys = {*codebook_files._TOP, *(key for names in codebook_files._KEYS.values() for key in names)}
    assert {*keys, "given", "shares", "between"} <= told


def test_a_codebook_written_is_read_as_an_equal_one(tmp_path):
    words = load_survey("bosnia-herzegovina-2021").targets
    kinds = {
        "a b": Ordered("low", "high", values={1: "low", 1.5: "high"}, says={"low": "are low"}, label='"q"\n'),
        "n": Number(
            "years", 0, 60.5, values={"10+": 10}, missing=("-",), bands=(1, 2.5), asked={"a b": ["low", "high"]}
        ),
        "m": Multiple(items=("x", "y"), separator="\n", nothing="", chosen=1, off_scale=("?",), other="z"),
        "c": Multiple(columns={"p": "x", "q": "y"}, yes=["1", "2"], no="", off_scale={"r": "dk"}, nothing_column="s"),
        "k": Categories(columns={"t": "x", "u": "y"}, marked="anything", no=["0", "-"]),
    }
    book = Codebook(
        kinds,
        missing=("", "-9"),
        respondent=None,
        cluster="office",
        eligible={"n": (18, None), "a b": "low"},
        targets=words,
        file={"header": 2, "separator": "\t"},
        filled=("sent",),
        duplicates="last",
        exclude={"7": "a test"},
        remarks={"": ["? a remark"], "n": ["! two\nlines"]},
    )
    text = book.to_toml()
    assert book_of(tmp_path, text) == book
    assert "# ? a remark" in text
    assert "# ! two lines\n[variable.n]" in text
    for name in survey_names():
        assert book_of(tmp_path, load_codebook(name).to_toml()) == load_codebook(name)
