"""Densities of priors are those of SciPy, their constants included, and draws follow them."""

import numpy as np
import pytest
from scipy import special, stats

from csea_stats.regression.engines.prior_densities import drawn, drawn_spread, log_density, spread_log_density
from csea_stats.regression.problem import Prior, SpreadPrior

AT = np.array([-9.0, -1.3, 0.0, 0.4, 5.0])
PRIORS = {
    "logistic": (Prior(scale=0.8, centre=0.3), stats.logistic(0.3, 0.8)),
    "normal": (Prior(family="normal", scale=2.5), stats.norm(0, 2.5)),
    "student-t": (Prior(family="student-t", scale=2.5, freedom=3.0), stats.t(3, 0, 2.5)),
}
SPREADS = {
    "half-normal": (SpreadPrior(scale=0.5), stats.halfnorm(0, 0.5)),
    "half-t": (SpreadPrior(family="half-t", scale=0.5, freedom=4.0), None),
    "exponential": (SpreadPrior(family="exponential", scale=0.5), stats.expon(0, 0.5)),
}


@pytest.mark.parametrize("name", PRIORS)
def test_coefficients(name):
    prior, known = PRIORS[name]
    assert log_density(prior, AT) == pytest.approx(known.logpdf(AT))
    draws = drawn(prior, (2_000,), np.random.default_rng(1))
    assert stats.kstest(draws, known.cdf).pvalue > 1e-4


def test_log_odds_of_a_beta():
    prior = Prior(family="beta", shapes=(0.5, 2.0))
    share = special.expit(AT)
    assert log_density(prior, AT) == pytest.approx(stats.beta(0.5, 2).logpdf(share) + np.log(share * (1 - share)))
    draws = special.expit(drawn(prior, (2_000,), np.random.default_rng(1)))
    assert stats.kstest(draws, stats.beta(0.5, 2).cdf).pvalue > 1e-4


@pytest.mark.parametrize("name", SPREADS)
def test_spreads(name):
    prior, known = SPREADS[name]
    at = np.array([0.01, 0.4, 3.0])
    expected = np.log(2) + stats.t(4, 0, 0.5).logpdf(at) if known is None else known.logpdf(at)
    assert spread_log_density(prior, at) == pytest.approx(expected)
    draws = drawn_spread(prior, 2_000, np.random.default_rng(1))
    cdf = (lambda x: 2 * stats.t(4, 0, 0.5).cdf(x) - 1) if known is None else known.cdf
    assert stats.kstest(draws, cdf).pvalue > 1e-4
