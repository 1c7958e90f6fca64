"""What the steps of a monotonic effect decide, and what the prior does."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.regression.fitted import FREE

AGES = list("abcd")


def frame(rows):
    """Answers low, middle, high by age: a row of counts each."""
    pairs = [
        (age, answer)
        for age, row in zip(AGES, rows, strict=True)
        for answer, k in zip("lmh", row, strict=True)
        for _ in range(k)
    ]
    ages, answers = zip(*pairs, strict=True)
    return pd.DataFrame(
        {
            "y": pd.Categorical(answers, list("lmh"), ordered=True),
            "age": pd.Categorical(ages, AGES, ordered=True),
        }
    )


BENT = frame([(8, 1, 1), (1, 3, 8), (9, 2, 1), (9, 1, 2)])


def ends(interval):
    return interval.lower, interval.upper


def codes(one):
    return {doubt.code: doubt for doubt in one.caveats}


@pytest.mark.slow
def test_free_steps_are_a_coefficient_for_each_step():
    """The same columns as three predictors of two levels each, "b or older", "c or older", "d"."""
    fit = cs.fit("y ~ mo(age)", BENT)
    steps = {f"from_{age}": pd.Categorical(np.where(BENT["age"] >= age, "yes", "no")) for age in "bcd"}
    other = cs.fit("y ~ from_b + from_c + from_d", BENT.assign(**steps))
    free = dict(fit.strip)[FREE][0]
    assert free.drawn.linear == pytest.approx(other.readings[0].drawn.linear, abs=1e-9)
    reading = other.readings[0]
    total = reading.weigh(reading.whole.linear.sum(axis=1))
    told = dict(fit.coefficients()[0].sensitivity)[FREE]
    assert ends(told) == pytest.approx([total.quantile(at) for at in (0.025, 0.975)], abs=1e-9)
    last = dict(fit.effects("age", ("c", "d"), "l")[0].sensitivity)[FREE]
    alone = other.effects("from_d", ("no", "yes"), "l")[0].interval
    assert np.sign(ends(last)).tolist() == np.sign(ends(alone)).tolist()
    assert FREE not in dict(other.effects()[0].sensitivity)


@pytest.mark.slow
@pytest.mark.few(1)
@pytest.mark.parametrize("method", ["bayes", "frequentist"])
def test_steps_that_decide_are_told_and_leave_it_open(method):
    one = cs.fit("y ~ mo(age)", BENT, method=method).effects("age", ("a", "b"), "l")[0]
    assert one.verdict.word == "not settled"
    assert "steps-decide" in codes(one)
    smooth = cs.fit("y ~ mo(age)", frame([(9, 2, 1), (7, 3, 2), (4, 4, 5), (2, 3, 7)]), method=method)
    assert "steps-decide" not in codes(smooth.effects("age", ("a", "d"), "l")[0])


@pytest.mark.slow
def test_a_saved_fit_keeps_its_free_steps(tmp_path):
    fit = cs.fit("y ~ mo(age)", BENT)
    again = cs.load_fit(fit.save(tmp_path / "fit"))
    assert [one.sensitivity for one in again.effects()] == [one.sensitivity for one in fit.effects()]
    assert "free steps" in fit.prior_sensitivity().sentence or "does not decide" in fit.prior_sensitivity().sentence


# ------------------------------------------------------------------ what the prior decides


@pytest.mark.slow
def test_a_prior_that_decides_the_size_is_told_in_every_unit():
    table = pd.DataFrame({"x": np.arange(49.0), "y": pd.Categorical(np.where(np.arange(49) < 24, "no", "yes"))})
    for unit in (1, 100):
        found = cs.fit(f"y ~ per(x, {unit})", table).prior_sensitivity()
        assert "does not decide" not in found.sentence
    apart = pd.DataFrame({"g": pd.Categorical(["u"] * 24 + ["v"] * 25), "y": table["y"]})
    fit = cs.fit("y ~ g", apart)
    assert "The prior decides much of the size" in fit.prior_sensitivity().sentence
    assert fit.effects()[0].verdict.word == "supported"  # of its side there is no doubt


def test_a_prior_that_does_not_decide_is_told_so():
    counts = pd.DataFrame({"g": ["u"] * 60 + ["v"] * 60, "y": ["no"] * 20 + ["yes"] * 40 + ["no"] * 32 + ["yes"] * 28})
    table = counts.astype({"g": "category", "y": "category"})
    assert cs.fit("y ~ g", table).prior_sensitivity().sentence.startswith("The prior does not decide")
