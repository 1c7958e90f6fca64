"""Model files: all errors at once, with their lines; round trips; the shipped ones."""

import pytest

import csea_stats as cs
from csea_stats.errors import InputError, ModelFileError, UnknownName
from csea_stats.regression.library import read_model
from csea_stats.report.model_card import model_card

NAMES = cs.model_names()


def test_the_names_that_scripts_call():
    assert {"awareness-by-age-and-experience", "services-by-organisation"} <= set(NAMES)
    assert len(NAMES) == 20


@pytest.mark.parametrize("name", NAMES)
def test_shipped_models_round_trip_and_are_explained(name):
    model = cs.load_model(name)
    assert model.id == name
    assert read_model(model.to_toml().encode(), name) == model
    assert all(predictor.reason for predictor in model.predictor)
    assert model.limits
    assert model.references
    assert model.estimand
    card = model_card(model)
    assert model.question in card
    assert model.formula in card


def test_a_formula_round_trips():
    model = cs.Model.from_formula("y ~ mo(a) + per(b, 2.5) + (1 | c)").with_priors(coefficients="student-t(3, 0, 2.5)")
    assert read_model(model.to_toml().encode(), "x") == model


WRONG = """format = "csea-model/1"
id = "A"
colour = 1
[outcome]
name = "x`y"
[[predictor]]
name = "a"
term = "per"
[[predictor]]
name = "b"
term = "spline"
[priors.coefficients]
prior = "normal(0, -1)"
reason = "r"
"""


def test_every_error_at_once_with_its_line():
    with pytest.raises(ModelFileError) as caught:
        read_model(WRONG.encode(), "mine.toml")
    told = {int(problem.split(":")[0].removeprefix("line ")): problem for problem in caught.value.problems}
    assert "question" in told[1]
    assert "'A'" in told[2]
    assert "colour" in told[3]
    assert "x`y" in told[5]
    assert "per" in told[6]
    assert "spline" in told[11]
    assert "normal(0, -1)" in told[12]


@pytest.mark.parametrize(
    ("text", "needle"),
    [
        ("", "missing"),
        ("format = ", "no TOML"),
        ('format = "csea-model/2"\n', "csea-model/1"),
        ("a = " + "[" * 5000, "deep"),
    ],
)
def test_other_files_are_refused(text, needle):
    with pytest.raises(ModelFileError, match=needle):
        read_model(text.encode(), "mine.toml")


def test_no_such_model():
    with pytest.raises(UnknownName, match="awareness-by-age-and-experience"):
        cs.load_model("awareness-by-age")
    with pytest.raises(ModelFileError, match="cannot be read"):
        cs.load_model("nowhere/mine.toml")


@pytest.mark.parametrize(
    ("slot", "prior"),
    [
        ("coefficients", "normal(0, -1)"),
        ("coefficients", "normal(1, 1)"),
        ("coefficients", "normal(0, 0)"),
        ("coefficients", "cauchy(0, 1)"),
        ("coefficients", "normal(0, __import__('os'))"),
        ("coefficients", "logistic(0, 1, 2)"),
        ("thresholds", "dirichlet(0)"),
        ("intercept", "beta(0, 1)"),
        ("simplexes", "normal(0, 1)"),
        ("scales", "half-normal(-2)"),
        ("scales", 3),
    ],
)
def test_priors_that_are_none(slot, prior):
    with pytest.raises(InputError, match="allowed is"):
        cs.Model.from_formula("y ~ x").with_priors(**{slot: prior})
