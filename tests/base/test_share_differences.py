"""The difference of two shares by quadrature, against sums over grids and against simulation."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from csea_stats.base.differences import (
    difference_cdf,
    difference_quantiles,
    sampled_differences,
    sampled_group,
    selected_group,
    selected_pair,
)
from csea_stats.base.selection import selected_cdf

TAILS = (0.025, 0.5, 0.975)
BETAS = [(7.5, 0.5), (28.5, 14.5), (0.5, 7.5), (0.5, 42.5), (3.5, 4.5), (5000.5, 5000.5)]


@pytest.mark.few(2)
@pytest.mark.parametrize(
    ("first", "second"),
    [
        *zip(BETAS, BETAS[::-1], strict=True),
        *(pytest.param(*pair, marks=pytest.mark.slow) for pair in zip(BETAS, BETAS[1:] + BETAS[:1], strict=True)),
    ],
)
def test_independent_groups_against_a_brute_sum(first, second):
    cdf = difference_cdf(sampled_group(first), sampled_group(second))
    # Midpoints of the first share's own distribution: no density, no map. The integrand is monotone from 0 to 1 at
    # most, so the midpoint rule errs by no more than half a step.
    number = 20_000
    share = special.betaincinv(*first, (np.arange(number) + 0.5) / number)
    for difference in (-0.6, -0.01, 0.0, 0.3):
        brute = special.betaincc(*second, np.clip(share - difference, 0, 1)).mean()
        assert cdf(difference) == pytest.approx(brute, abs=0.5 / number)


def test_the_ends():
    cdf = difference_cdf(sampled_group((7.5, 0.5)), sampled_group((28.5, 14.5)))
    assert (cdf(-1.0), cdf(1.0)) == (0.0, 1.0)


@given(
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.integers(0, 30), st.integers(0, 30)),
    st.sampled_from([0.0, 0.3, 1.0]),
    st.sampled_from([0.0, 0.5, 1.0]),
)
@settings(max_examples=max(2, settings.default.max_examples // 4))  # a tenth of a second each
def test_swapping_groups_mirrors(one, other, tau, correlation):
    first, second = ((yes + 0.5, no + 0.5) for yes, no in (one, other))
    there = difference_quantiles(TAILS, *selected_pair(first, second, tau=tau, correlation=correlation))
    back = difference_quantiles(TAILS, *selected_pair(second, first, tau=tau, correlation=correlation))
    np.testing.assert_allclose(there, [-value for value in reversed(back)], atol=1e-7)


@pytest.mark.parametrize("beta", BETAS[:5])
@pytest.mark.parametrize("tau", [0.02, 0.5, 3.0])
def test_a_selected_group_is_the_selected_share(beta, tau):
    group = selected_group(beta, tau=tau, mean=0.3)
    share = np.array([1e-4, 0.01, 0.2, 0.5, 0.9, 0.999])
    logits = special.logit(share)
    np.testing.assert_allclose(group.cdf(logits), selected_cdf(share, *beta, tau=tau, mean=0.3), atol=1e-8)
    slope = (group.cdf(logits + 1e-4) - group.cdf(logits - 1e-4)) / 2e-4
    np.testing.assert_allclose(group.density(logits), slope, atol=1e-6)


def test_the_worked_population():
    first, second = (7.5, 0.5), (28.5, 14.5)
    found = difference_quantiles(TAILS[::2], *selected_pair(first, second, tau=0.5))
    assert [round(value, 2) for value in found] == [-0.02, 0.57]
    # (.008, .561) by simulation in the description of the method, good to two digits.
    found = difference_quantiles(TAILS[::2], *selected_pair(first, second, tau=0.5, correlation=0.875))
    np.testing.assert_allclose(found, (0.008, 0.561), atol=2e-3)


@pytest.mark.few(1)
@pytest.mark.parametrize(("tau", "correlation"), [(0.5, 0.5), (0.5, 0.875), (0.25, 1.0), (1.0, 0.0)])
def test_correlated_shifts_by_simulation(tau, correlation):
    rng = np.random.default_rng(49)
    draws = 400_000
    u, v, w = rng.standard_normal((3, draws))
    shares = []
    for (a, b), own in (((7.5, 0.5), v), ((28.5, 14.5), w)):
        beta = rng.beta(a, b, draws)
        logit = special.logit(np.clip(beta, 1e-16, 1 - 1e-16))
        shares.append(special.expit(logit - 0.1 - tau * (correlation**0.5 * u + (1 - correlation) ** 0.5 * own)))
    gap = shares[0] - shares[1]
    cdf = difference_cdf(*selected_pair((7.5, 0.5), (28.5, 14.5), tau=tau, mean=0.1, correlation=correlation))
    for difference in (-0.1, 0.0, 0.2, 0.5):
        error = np.sqrt(0.25 / draws)
        assert cdf(difference) == pytest.approx((gap <= difference).mean(), abs=4 * error)


@pytest.mark.slow
def test_no_selection_is_the_limit():
    plain = difference_quantiles(TAILS, sampled_group((7.5, 0.5)), sampled_group((28.5, 14.5)))
    near = difference_quantiles(TAILS, *selected_pair((7.5, 0.5), (28.5, 14.5), tau=1e-3))
    np.testing.assert_allclose(plain, near, atol=2e-5)
    known = difference_quantiles(TAILS, sampled_group((7.5, 0.5), 0.4), sampled_group((28.5, 14.5), -0.2))
    draws = stats.qmc.Sobol(2, seed=1).random(2**17)
    share = [special.betaincinv(*beta, draws[:, k]) for k, beta in enumerate(((7.5, 0.5), (28.5, 14.5)))]
    moved = [special.expit(special.logit(s) - shift) for s, shift in zip(share, (0.4, -0.2), strict=True)]
    np.testing.assert_allclose(known, np.quantile(moved[0] - moved[1], TAILS), atol=3e-4)


def test_limits_of_many_tables_are_those_of_adaptive_quadrature():
    """Made together, whatever the sizes: 1e-9 on either side, the exact probability is on either side of the tail."""
    tables = np.array(
        [(7, 7, 28, 42), (0, 2, 0, 2), (1, 1, 800, 1900), (0, 5, 1400, 2400), (11, 20, 3, 29), (5, 5, 5, 5)]
    )
    x1, n1, x2, n2 = tables.T + np.array([[0.5], [1], [0.5], [1]])
    found = sampled_differences(TAILS, (x1, n1 - x1), (x2, n2 - x2))
    for limits, (a, n, b, m) in zip(found, np.stack([x1, n1, x2, n2], axis=1), strict=True):
        for limit, tail in zip(limits, TAILS, strict=True):
            low, high = (exact(limit + aside, (a, n - a), (b, m - b)) for aside in (-1e-9, 1e-9))
            assert low < tail < high


def exact(difference, first, second):
    """P(first - second <= difference), the first as the squared sine of an angle: no end of it is singular."""
    ends = [0.0, math.pi / 2]
    place = [math.asin(math.sqrt(edge)) for edge in (difference, 1 + difference) if 0 < edge < 1]
    narrow = [math.asin(math.sqrt(special.betaincinv(*first, p))) for p in (1e-12, 0.1, 0.5, 0.9, 1 - 1e-12)]
    cuts = sorted({*ends, *place, *narrow})

    def density(angle):
        share, rest = math.sin(angle) ** 2, math.cos(angle) ** 2
        mass = 2 * math.exp((first[0] - 0.5) * math.log(share) + (first[1] - 0.5) * math.log(rest))
        return mass * special.betaincc(*second, min(max(share - difference, 0.0), 1.0))

    parts = [integrate.quad(density, *cut, epsabs=1e-14, epsrel=1e-11, limit=200)[0] for cut in pairwise(cuts)]
    return sum(parts) / special.beta(*first)
