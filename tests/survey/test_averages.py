"""Printed means and medians in a survey file: what is right, what is wrong, and what the table of print holds."""

from importlib import resources
from pathlib import Path

import pytest

import csea_stats as cs
from csea_stats.errors import SurveyFileError
from csea_stats.survey.loading import LATER, fingerprint
from csea_stats.survey.survey import rows

TEXT = (Path(__file__).parent / "data" / "adelaide-students.toml").read_text(encoding="utf-8")

FINGERPRINT = "7f841d4d8895c78ff2c761754a263b52345e55cc9d2eef4ac844b355b0968047"
"""Of the shipped survey before there were averages."""

TRUST = """
[[question]]
id = "trust"
label = "Trust"
kind = "ordinal"
answers = ["low", "mid", "high"]
where = "Table 1"
"""

HOURS = """
[[question]]
id = "hours"
label = "Hours"
kind = "single"
where = "Table 2"
integers = [0, 24]
"""


def load(tmp_path, more):
    path = tmp_path / "own.toml"
    path.write_text(TEXT + more, encoding="utf-8")
    return cs.load_survey(path)


def test_averages_are_read_as_printed(tmp_path):
    told = 'averages = [{ mean = "2,40", sd = "1.1" }, { median = "2", where = "Text", base = 20, note = "n" }]'
    question = load(tmp_path, TRUST + told).question[-1]
    first, second = question.averages
    assert (first.mean, first.sd, first.median, first.where, first.base) == ("2.40", "1.1", None, "Table 1", None)
    assert (second.median, second.where, second.base) == ("2", "Text", 20)
    assert question.values == (1, 2, 3)


def test_a_question_answered_by_a_number_lists_no_answers(tmp_path):
    question = load(tmp_path, HOURS + 'averages = [{ mean = "7.5" }]').question[-1]
    assert (question.categories, question.partial, question.values) == ((), True, (0, 24))


def test_each_number_is_a_row(tmp_path):
    told = 'averages = [{ mean = "2.40", sd = "1.1", among = { question = "sex", item = "female" } }]'
    survey = load(tmp_path, TRUST + told)
    some = [row for row in rows(survey) if row.holder == "average"]
    assert [(row.item, row.value, row.name) for row in some] == [
        ("mean", "2.40", "trust/mean + sd @ Table 1 among sex=female"),
        ("sd", "1.1", "trust/mean + sd @ Table 1 among sex=female"),
    ]
    assert list(survey.to_frame().value.dropna()) == ["2.40", "1.1"]


def test_files_without_averages_keep_their_fingerprint(tmp_path):
    assert {"averages", "scores", "integers"} <= set(LATER)
    shipped = (resources.files("csea_stats") / "survey" / "data" / "bosnia-herzegovina-2021.toml").read_text("utf-8")
    before = tmp_path / "before.toml"  # as it was worded then
    text = shipped.replace("Compensation: whether it is possible", "Compensation: is it possible?")
    text = text.replace('partial = "nobody"', "partial = true")
    text = text.replace("say girls they supported", "say that the girls they supported")
    named = text[text.index("[question.named]") : text.index("[[question]]", text.index("[question.named]"))]
    before.write_text(text.replace(named, "\n"), "utf-8")
    assert fingerprint(cs.load_survey(before)) == FINGERPRINT
    plain = fingerprint(load(tmp_path, TRUST))
    assert plain != fingerprint(load(tmp_path, TRUST + 'averages = [{ mean = "2.4" }]'))
    assert plain != fingerprint(load(tmp_path, TRUST + "scores = [0, 1, 2]"))


@pytest.mark.parametrize(
    ("more", "key", "text"),
    [
        (TRUST + "averages = [{ mean = 2.4 }]", "averages[1].mean", "a number as printed"),
        (TRUST + 'averages = [{ mean = "two" }]', "averages[1].mean", "a number as printed"),
        (TRUST + 'averages = [{ sd = "1.1" }]', "averages[1]", "needed is one of mean, median"),
        (TRUST + 'averages = [{ median = "2", sd = "1.1" }]', "averages[1].sd", "beside a mean"),
        (TRUST + 'averages = [{ mean = "2" }, { mean = "2.0" }]', "averages[2]", "twice"),
        (
            TRUST + 'averages = [{ mean = "2", among = { question = "x", item = "y" } }]',
            "averages[1].among",
            "question",
        ),
        (TRUST + "scores = [1, 2]", "scores", "needed is one for each answer, 3"),
        (HOURS.replace("[0, 24]", "[24, 0]"), "integers", "the smaller number first"),
        (HOURS + 'answers = ["a", "b"]', "integers", "without answers to list"),
        (TRUST.replace("ordinal", "single") + 'averages = [{ mean = "2" }]', "averages", "numbers to average"),
        (TRUST + 'averages = [{ mean = "2", n = 3 }]', "averages[1].n", ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path, more, key, text):
    with pytest.raises(SurveyFileError) as caught:
        load(tmp_path, more)
    (problem,) = caught.value.problems
    assert key in str(problem)
    assert text in str(problem)
