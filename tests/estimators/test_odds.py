"""Odds ratios of two groups, and when their difference vanishes: against other routes, by identities and simulation."""

import math

import numpy as np
import pytest
from scipy import special, stats

import csea_stats
from csea_stats.base.odds_ratios import PRIORS, LogisticGap, log_odds, odds_limits, profile_limits, profile_value
from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.estimators.difference import difference, difference_interval
from csea_stats.estimators.tipping import tipping_difference
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
)


def logs(interval, digits=3):
    return round(math.log(interval.lower), digits), round(math.log(interval.upper), digits)


def odds(*table, **keys):
    return difference(table[:2], table[2:], measure="odds-ratio", **keys)


def columns(*table):
    return tuple(np.array([float(part)]) for part in table)


def test_the_worked_example():
    found = odds(7, 7, 28, 42)
    assert found.value == math.inf
    assert logs(found.interval, 2) == (-0.12, 5.08)
    assert logs(found.companion) == (-0.105, 6.979)
    assert [name for name, _ in found.sensitivity] == ["normal(0, 1)", "logistic", "normal(0, 2.5)"]
    assert logs(odds(7, 7, 28, 42, method="firth").interval) == (-0.191, 6.924)
    assert profile_value(columns(7, 7, 28, 42), method="firth").round(4).tolist() == [2.0323]
    assert profile_value(columns(7, 7, 28, 42), method="log-f").round(3).tolist() == [2.094]
    exact = odds(7, 7, 28, 42, method="exact-conditional")
    assert (round(exact.interval.lower, 2), exact.interval.upper) == (0.61, math.inf)
    assert (found.verdict.word, found.verdict.direction) == ("not settled", "above")
    assert {"zero-cell", "odds-not-shares", "few"} <= {doubt.code for doubt in found.caveats}
    assert "an odds ratio without limit (a cell is 0)" in str(found)
    assert "0.61 to unlimited" in str(exact)


def test_its_sign_is_that_of_the_difference_under_the_same_prior():
    like = odds(7, 7, 28, 42)
    assert like.probability == pytest.approx((1 - LogisticGap((7, 7, 28, 42)).cdf(0.0),) * 2, abs=1e-6)


@pytest.mark.few(1)
@pytest.mark.parametrize("prior", list(PRIORS))
@pytest.mark.parametrize(
    "table", [(2, 5, 9, 11), *(pytest.param(t, marks=pytest.mark.slow) for t in ((7, 7, 28, 42), (0, 4, 3, 6)))]
)
def test_the_posterior_against_a_double_integral(table, prior):
    x1, n1, x2, n2 = table
    density = {
        "logistic": stats.logistic(0, 1),
        "normal(0, 1)": stats.norm(0, 1),
        "normal(0, 2.5)": stats.norm(0, 2.5),
    }[prior]

    # Beta(1/2, 1/2) over the share behind alpha: the mean over Chebyshev's nodes
    alpha = 2 * np.log(np.tan(np.pi * (np.arange(20_000) + 0.5) / 40_000))

    def inner(b):
        l1, l2 = alpha + b * n2 / (n1 + n2), alpha - b * n1 / (n1 + n2)
        likely = special.expit(l1) ** x1 * special.expit(-l1) ** (n1 - x1)
        return (likely * special.expit(l2) ** x2 * special.expit(-l2) ** (n2 - x2)).mean() * density.pdf(b)

    nodes, weights = special.roots_legendre(60)
    middle = log_odds(table).quantiles([0.025, 0.5, 0.975], prior)

    def mass(low, high):
        half = (high - low) / 2
        return half * float(weights @ [inner(half * node + low + half) for node in nodes])

    parts = [mass(low, high) for low, high in zip((-20, *middle), (*middle, 25), strict=True)]
    below = np.cumsum(parts)[:3] / sum(parts)
    np.testing.assert_allclose(below, [0.025, 0.5, 0.975], atol=2e-6)


@pytest.mark.slow
def test_a_population_against_simulation():
    rng = np.random.default_rng(5)
    size, tau, rho = 1_000_000, 1.0, 0.5
    alpha, b = special.logit(rng.beta(0.5, 0.5, size)), rng.logistic(0, 1, size)
    l1, l2 = alpha + b * 25 / 49, alpha - b * 24 / 49
    weight = np.exp(
        20 * special.log_expit(l1)
        + 4 * special.log_expit(-l1)
        + 12 * special.log_expit(l2)
        + 13 * special.log_expit(-l2)
    )
    lost = tau * math.sqrt(1 - rho) * (rng.standard_normal(size) - rng.standard_normal(size))
    order = np.argsort(b - lost)
    below = np.cumsum(weight[order]) / weight.sum()
    expected = (b - lost)[order][np.searchsorted(below, [0.025, 0.5, 0.975])]
    found = odds(20, 24, 12, 25, target=Population(Selection(tau=tau, correlation=rho)))
    ours = math.log(found.interval.lower), math.log(found.value), math.log(found.interval.upper)
    np.testing.assert_allclose(ours, expected, atol=0.04)


@pytest.mark.slow
def test_what_groups_have_in_common_cancels():
    like = odds(20, 24, 12, 25)
    for selection in (
        Selection(tau=0.7, correlation=1.0),
        Selection(tau=0.7, correlation=1.0, mean=0.4, reason="asked of two field workers"),
    ):
        same = odds(20, 24, 12, 25, target=Population(selection))
        assert (same.interval.lower, same.interval.upper) == pytest.approx((like.interval.lower, like.interval.upper))
        assert same.probability == pytest.approx(like.probability)
    apart = odds(20, 24, 12, 25, target=Population(Selection(tau=0.5, correlation=0.5)))
    closer = odds(20, 24, 12, 25, target=Population(Selection(tau=0.5, correlation=0.875)))
    assert apart.interval.lower < closer.interval.lower < like.interval.lower
    shown = dict(apart.sensitivity)
    assert shown["correlation 0.875"] == closer.interval
    assert {"correlation 0", "tau 0.25", "tau 1", "normal(0, 1)"} <= set(shown)


@pytest.mark.parametrize("method", ["logistic", "log-f", "firth", "exact-conditional"])
def test_bounds_multiply_the_limits(method):
    plain = odds(20, 24, 12, 25, method=method)
    bound = odds(20, 24, 12, 25, method=method, target=Population(SelectionBounds(ratio=1.5)))
    assert bound.interval.lower == pytest.approx(plain.interval.lower / 1.5**2)
    assert bound.interval.upper == pytest.approx(plain.interval.upper * 1.5**2)
    assert bound.bounds == pytest.approx((plain.value / 1.5**2, plain.value * 1.5**2))


@pytest.mark.parametrize("table", [(3, 10, 8, 12), (12, 24, 5, 25), (7, 7, 28, 42), (5, 9, 0, 9)])
def test_exact_limits_have_the_tails_they_claim(table):
    x1, n1, x2, n2 = table
    lower, upper = (float(end) for end in difference_interval(*table, measure="odds-ratio", method="exact-conditional"))

    def law(ratio):
        return stats.nchypergeom_fisher(n1 + n2, n1, x1 + x2, ratio)

    assert law(lower).sf(x1 - 1) == pytest.approx(0.025, abs=1e-9)
    if math.isfinite(upper):
        assert law(upper).cdf(x1) == pytest.approx(0.025, abs=1e-9)
    only = difference_interval(1, 1, 0, 1, measure="odds-ratio", method="exact-conditional")
    assert only[0] == pytest.approx(1 / 39)
    assert only[1] == math.inf


def test_firth_is_half_a_person_more_in_every_cell():
    plain = profile_value(columns(20, 24, 12, 25), method="firth")
    assert plain == pytest.approx([math.log(20.5 * 13.5 / (4.5 * 12.5))])


@pytest.mark.slow
def test_a_profile_limit_is_where_the_deviance_is_the_quantile():
    # by brute force over the other parameter
    lower, upper = (float(end[0]) for end in profile_limits(columns(20, 24, 12, 25), method="log-f", level=0.9))
    base = np.linspace(-3, 3, 6001)

    def height(b):
        likely = 20 * special.log_expit(base + b) + 4 * special.log_expit(-base - b)
        likely = likely + 12 * special.log_expit(base) + 13 * special.log_expit(-base)
        return likely.max() + (b / 2 - np.logaddexp(0, b))

    top = max(height(b) for b in np.linspace(1.3, 1.8, 501))
    for end in (lower, upper):
        assert 2 * (top - height(end)) == pytest.approx(stats.chi2.ppf(0.9, 1), abs=1e-5)


def test_large_groups_agree_whatever_the_method():
    table = columns(900, 2000, 700, 2000)
    wald = math.log(900 * 1300 / (1100 * 700)), math.sqrt(1 / 900 + 1 / 1100 + 1 / 700 + 1 / 1300)
    expected = wald[0] - 1.959964 * wald[1], wald[0] + 1.959964 * wald[1]
    for method in ("logistic", "log-f", "firth", "exact-conditional"):
        found = [float(np.log(end[0])) for end in odds_limits(table, method=method, level=0.95)]
        np.testing.assert_allclose(found, expected, atol=0.006)


def test_a_design_effect_widens():
    plain, wide = odds(20, 24, 12, 25), odds(20, 24, 12, 25, target=Superpopulation(design_effect=1.5))
    assert wide.interval.lower < plain.interval.lower
    assert wide.companion.upper > plain.companion.upper
    with pytest.raises(UnsupportedTarget, match="log-f"):
        odds(20, 24, 12, 25, method="exact-conditional", target=Superpopulation(design_effect=1.5))


def test_confidence_takes_no_prior_on_who_took_part():
    for method in ("log-f", "firth", "exact-conditional"):
        with pytest.raises(UnsupportedTarget, match="logistic"):
            odds(20, 24, 12, 25, method=method, target=Population())
    with pytest.raises(InputError, match="method"):
        profile_limits(columns(1, 2, 1, 2), method="ml", level=0.95)


@pytest.mark.few(1)
@pytest.mark.parametrize("method", ["logistic", "log-f", "firth", "exact-conditional"])
def test_limits_rise_with_the_first_count_and_fall_with_the_second(method):
    x1, x2 = np.meshgrid(np.arange(8), np.arange(13), indexing="ij")
    for end in difference_interval(x1, 7, x2, 12, measure="odds-ratio", method=method):
        assert (end[1:] >= end[:-1] * (1 - 1e-9)).all()
        assert (end[:, 1:] <= end[:, :-1] * (1 + 1e-9)).all()


def test_when_a_difference_vanishes():
    found = tipping_difference((20, 24), (12, 25))
    assert found.value == pytest.approx(20 * 13 / (4 * 12))
    like = odds(20, 24, 12, 25)
    assert (found.interval, found.companion) == (like.interval, like.companion)
    # a bound of that much between the groups, all of it in one or half of it in each, just reaches no difference
    each = math.sqrt(found.value)
    reach = difference((20, 24), (12, 25), target=Population(SelectionBounds(ratio=each)))
    assert reach.bounds[0] == pytest.approx(0.0, abs=1e-12)
    opposite = dict(found.sensitivity)["opposite in the two groups"]
    assert opposite.lower**2 == pytest.approx(found.interval.lower)
    assert "opposite ratios in the two need the square root each (at the observed shares: 2.3)" in str(found)
    assert eval(found.provenance.call, {"csea_stats": csea_stats}) == found


def test_a_tipping_point_is_never_clamped():
    found = tipping_difference((7, 7), (28, 42))
    assert found.value == math.inf
    assert found.interval.lower < 1  # no difference to lose
    assert "is unlimited" in str(found)
    assert tipping_difference((7, 7), (28, 42), method="exact-conditional").interval.upper == math.inf
    back = tipping_difference((28, 42), (7, 7))
    assert (back.value, back.interval.lower) == (0.0, pytest.approx(1 / found.interval.upper))
    several = tipping_difference((20, 24), ({12, 13}, 25), label="say so", level=0.9)
    assert several.value is None
    assert several.bounds == pytest.approx((20 * 12 / (4 * 13), 20 * 13 / (4 * 12)))
    nothing = tipping_difference((0, 24), (0, 25))
    assert (nothing.value, nothing.bounds) == (None, None)
    assert nothing.interval.lower < 1 < nothing.interval.upper
    for target in (Respondents(), FinitePopulation(200), Population()):
        with pytest.raises(UnsupportedTarget, match="people like these"):
            tipping_difference((20, 24), (12, 25), target=target)
