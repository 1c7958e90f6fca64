"""Numbers of whatever unit: an answer, or an error that says what to do."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError


def frame(numbers):
    rng = np.random.default_rng(1)
    answers = pd.Categorical(rng.choice(["a", "b", "c"], 60), ["a", "b", "c"], ordered=True)
    return pd.DataFrame({"rating": answers, "pay": numbers(rng)})


@pytest.mark.few(1)
@pytest.mark.parametrize("unit", [1, 100, 1e5])
def test_a_slope_is_that_of_another_unit(unit):
    def slope(by):
        table = frame(lambda rng: rng.uniform(1.8, 4.3, 60) * by)
        (one,) = cs.fit(f"rating ~ per(pay, {by:.0f})", table, method="frequentist", engine="ml").coefficients()
        return one.value, one.interval.lower, one.interval.upper

    assert slope(unit) == pytest.approx(slope(1), rel=1e-5)


@pytest.mark.slow
def test_a_small_step_of_large_numbers_is_answered():
    table = frame(lambda rng: rng.uniform(180e3, 430e3, 60))
    (whole,) = cs.fit("rating ~ per(pay, 100000)", table, method="frequentist", engine="ml").coefficients()
    (step,) = cs.fit("rating ~ per(pay, 1)", table, method="frequentist", engine="ml").coefficients()
    assert step.value * 1e5 == pytest.approx(whole.value, rel=1e-4)


@pytest.mark.parametrize("number", [1e308, 1e-200])
def test_numbers_that_cannot_be_squared_are_told(number):
    with pytest.raises(InputError, match="give them in another unit"):
        cs.fit("rating ~ per(pay, 1)", frame(lambda rng: rng.choice([number, -number, number / 9], 60)))


def test_a_companion_without_a_maximum_is_a_caveat():
    """Of a coefficient per 10 of numbers of some 10**10 the likelihood is too flat to be climbed: the draws are not."""
    x = np.random.default_rng(1).normal(50, 10, 40).round(2)
    answers = pd.DataFrame({"x": x * 1e9, "y": np.where(x + 10 * np.sin(np.arange(40)) > 50, "yes", "no")})
    book = cs.Codebook({"x": cs.Number(), "y": cs.Categories("no", "yes")})
    (effect,) = cs.fit("y ~ per(x, 10)", cs.read_respondents(answers, book)).effects()
    assert effect.interval.lower <= effect.value <= effect.interval.upper
    (why,) = (one.text for one in effect.caveats if one.code == "no-companion")
    assert "no maximum" in why


@pytest.mark.parametrize("step", ["1", "0.000001"])
@pytest.mark.parametrize("method", ["bayes", "frequentist"])
def test_a_step_that_is_nothing_beside_the_numbers_is_told(step, method):
    with pytest.raises(InputError, match="allowed is a step nearer to their spread"):
        cs.fit(f"rating ~ per(pay, {step})", frame(lambda rng: rng.uniform(0, 1, 60) * 1e20), method=method)
