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
