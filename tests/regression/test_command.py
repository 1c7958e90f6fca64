"""The commands models and fit."""

from click.testing import CliRunner

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
