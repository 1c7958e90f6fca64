"""Coefficients as odds ratios, and cutpoints where the predictors are 0, as R has them."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import csea_stats as cs
from csea_stats.errors import InputError


def ends(one):
    return [one.interval.lower, one.interval.upper, one.companion.lower, one.companion.upper]


def test_odds_ratios_are_exponentials(fitted, profiled):
    for fit in (fitted, profiled):
        for log, ratio in zip(fit.coefficients(), fit.coefficients(scale="odds ratio"), strict=True):
            assert ratio.item == log.item
            assert (ratio.scale, ratio.threshold) == ("ratio", 1)
            assert ratio.value == pytest.approx(math.exp(log.value), rel=1e-12)
            assert ends(ratio) == pytest.approx(np.exp(ends(log)), rel=1e-12)
            assert ratio.verdict.word == log.verdict.word
            assert ratio.probability == log.probability
            assert [name for name, _ in ratio.sensitivity] == [name for name, _ in log.sensitivity]
    reading = fitted.readings[0]
    draws = reading.weigh(np.exp(reading.named["experience"]))
    told = fitted.coefficients(scale="odds ratio").where(item="experience")[0]
    assert told.interval.lower == pytest.approx(draws.quantile(0.025), rel=1e-3)
    assert told.estimand == "odds ratio of a later answer, per 5 years of experience"
    text = str(told)
    assert "the odds ratio of a later answer" in text
    assert "it is above 1" in text
    assert "does not say how many times as many" in text


def test_an_odds_ratio_of_two_groups_is_that_of_the_table():
    """Maximum likelihood: the cross product, with profile limits as the deviance of two binomials has them."""
    counts = {("a", "no"): 9, ("a", "yes"): 12, ("b", "no"): 6, ("b", "yes"): 21}
    rows = [one for one, number in counts.items() for _ in range(number)]
    frame = pd.DataFrame(rows, columns=["kind", "used"])
    book = cs.Codebook({"kind": cs.Categories("a", "b"), "used": cs.Categories("no", "yes")}, respondent=None)
    data = cs.read_respondents(frame, book)
    fit = cs.fit("used ~ kind", data, method="frequentist", engine="ml")
    (one,) = fit.coefficients(scale="odds ratio")
    assert one.value == pytest.approx(21 * 9 / (6 * 12), rel=1e-6)
    assert one.estimand == "odds ratio of 'yes', b against a"

    def height(ratio):
        """Largest log likelihood at an odds ratio: over the odds of the first group."""
        base = np.linspace(-3, 3, 60_001)
        found = stats.binom.logpmf(12, 21, special.expit(base))
        return (found + stats.binom.logpmf(21, 27, special.expit(base + math.log(ratio)))).max()

    drop = stats.chi2.ppf(0.95, 1) / 2
    for limit in (one.interval.lower, one.interval.upper):
        assert height(one.value) - height(limit) == pytest.approx(drop, abs=1e-3)


@pytest.mark.slow
def test_targets_and_spreads():
    rng = np.random.default_rng(2)
    frame = pd.DataFrame({"years": rng.integers(0, 20, 60).astype(float), "place": pd.Categorical(list("abcdef") * 10)})
    frame["used"] = pd.Categorical(rng.choice(["no", "yes"], 60), ["no", "yes"])
    fit = cs.fit("used ~ years + (1 | place)", frame)
    told = fit.coefficients(scale="odds ratio")
    assert [(one.item, one.scale) for one in told] == [("years", "ratio"), ("sd(place)", "log-odds")]
    plain = cs.fit("used ~ years", frame)
    for one, two in zip(plain.coefficients(cs.TIERS, scale="odds ratio"), plain.coefficients(cs.TIERS), strict=True):
        assert one.target == two.target
        if two.interval:
            assert ends(one) == pytest.approx(np.exp(ends(two)), rel=1e-12)
    for wrong in ("odds", None):
        with pytest.raises(InputError, match="'log odds' or 'odds ratio'"):
            fit.coefficients(scale=wrong)


@pytest.mark.slow
def test_cutpoints_at_zero_are_the_shares_of_those_people(data):
    """Where numbers are 0 and categories at their first level a cutpoint is the log odds of the share predicted.

    A quantile lies between two draws, which the two scales divide a little differently.
    """
    formula = "awareness ~ mo(age_band) + per(experience, 5) + organisation"
    where = {"age_band": "under 30", "experience": 0, "organisation": "government"}
    for method, close in (("bayes", 1e-5), ("frequentist", 1e-3)):
        fit = cs.fit(formula, data, method=method)
        found = fit.thresholds(at="zero")
        assert [one.item for one in found] == list(fit.design.cuts)
        for cut, answer in zip(found, fit.design.answers, strict=False):
            (share,) = fit.predict(where, f"{answer} or lower" if answer != fit.design.answers[0] else answer)
            assert cut.interval.lower == pytest.approx(special.logit(share.interval.lower), abs=close)
            assert cut.interval.upper == pytest.approx(special.logit(share.interval.upper), abs=close)
            assert cut.value == pytest.approx(special.logit(share.value), abs=1e-3)
    with pytest.raises(InputError, match="'averages' or 'zero'"):
        fit.thresholds(at="mean")


def test_cutpoints_of_centred_numbers_are_those_at_the_averages():
    rng = np.random.default_rng(9)
    frame = pd.DataFrame({"years": rng.normal(8, 4, 60)})
    rating = np.clip(np.rint(rng.normal(1 + frame["years"] / 12, 0.8)), 0, 2).astype(int)
    frame["rating"] = pd.Categorical(np.array(["a", "b", "c"])[rating], ["a", "b", "c"], ordered=True)
    centred = frame.assign(years=frame["years"] - frame["years"].mean())
    for method in ("bayes", "frequentist"):
        fit = cs.fit("rating ~ per(years, 5)", frame, method=method)
        zero = cs.fit("rating ~ per(years, 5)", centred, method=method).thresholds(at="zero")
        for one, two in zip(fit.thresholds(), zero, strict=True):
            assert one.interval.lower == pytest.approx(two.interval.lower, abs=1e-5)
            assert one.value == pytest.approx(two.value, abs=1e-6)
        assert fit.thresholds(at="zero")[0].value != pytest.approx(fit.thresholds()[0].value, abs=0.1)
