"""The commands models and fit."""

import json

import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats import load_fit, model_names
from csea_stats.cli import main
from csea_stats.regression.library import read_model


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_models_are_listed_and_shown():
    told = run("models")
    assert told.exit_code == 0
    assert [line.split(":")[0] for line in told.output.splitlines()] == model_names()
    shown = run("models", "show", "awareness-by-age-and-experience")
    assert "mo(age_band) + per(experience, 5)" in shown.output
    toml = run("models", "show", "awareness ~ mo(age)", "--toml").output
    assert read_model(toml.encode(), "x").formula == "awareness ~ mo(age)"


def test_a_mistake_is_one_line_and_status_two():
    told = run("models", "show", "nothing")
    assert told.exit_code == 2
    assert "there is no model 'nothing'" in told.stderr


def test_answers_to_another_survey_need_a_codebook(frame, tmp_path):
    """They were read with the shipped survey's codebook, and each of its 43 columns was told as a problem."""
    data = tmp_path / "answers.csv"
    frame.to_csv(data, index=False)
    for command in (("fit", "aware ~ organisation", data), ("audit", "--answers", data)):
        told = run(*command)
        assert told.exit_code == 2
        (line,) = told.stderr.splitlines()
        assert line.startswith(f"csea-stats: {data}: there is no column 'age', nor ")
        assert "give --codebook" in line
    missing = run("fit", "aware ~ organisation", tmp_path / "none.csv")
    assert missing.exit_code == 2
    assert "there is no such file" in missing.stderr


def test_fit_writes_tables_figures_and_the_fit(frame, tmp_path):
    book = tmp_path / "book.toml"
    data = tmp_path / "answers.csv"
    frame.to_csv(data, index=False)
    book.write_text(BOOK, encoding="utf-8")
    told = run(
        "fit",
        "aware ~ organisation",
        data,
        "--codebook",
        book,
        "--out",
        tmp_path / "out",
        "--save",
        tmp_path / "fit",
        "--seed",
        2,
    )
    assert told.exit_code == 0, told.stderr
    assert "95% credible interval, Laplace" in told.output
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"effects.csv", "coefficients.csv", "sentences.txt", "model-card.md", "effects.svg", "fit.sha256"} <= names
    assert "fit" not in names  # it holds the answers
    page = (tmp_path / "out" / "fit.html").read_text(encoding="utf-8")
    effects = load_fit(tmp_path / "fit").effects()
    assert all(str(one) in page for one in effects)
    assert load_fit(tmp_path / "fit").seed == 2


BOOK = """format = "csea-codebook/1"

[variable.aware]
kind = "categories"
labels = ["no", "yes"]

[variable.organisation]
kind = "categories"
labels = ["government", "NGO", "other"]
"""


@pytest.mark.slow
def test_family_missing_and_frequency_are_those_of_fit(tmp_path):
    answers, book = tmp_path / "counts.csv", tmp_path / "book.toml"
    answers.write_text("rating,org,n\npoor,a,6\nfair,a,4\ngood,a,2\npoor,b,2\nfair,b,4\ngood,b,7\ngood,,3\n")
    variables = {"rating": cs.Ordered("poor", "fair", "good"), "org": cs.Categories("a", "b")}
    codebook = cs.Codebook(variables | {"n": cs.Number(unit="people", minimum=0, maximum=100)})
    book.write_text(codebook.to_toml())
    more = ("--codebook", book, "--method", "frequentist", "--json", "--frequency", "n")
    told = run("fit", "rating ~ org", answers, *more, "--family", "adjacent", "--missing", "level")
    assert told.exit_code == 0, told.output
    fitted = json.loads(told.output)
    model = cs.Model.from_formula("rating ~ org", "adjacent")
    people = cs.read_respondents(answers, codebook)
    own = cs.fit(model, people, method="frequentist", frequency="n", missing="level")
    assert fitted == json.loads(own.to_json())
    assert fitted["fit"]["people"] == own.design.people == 28
    wrong = run("fit", "awareness-by-age-and-experience", answers, "--codebook", book, "--family", "adjacent")
    assert "has a family of its own" in wrong.output + wrong.stderr
