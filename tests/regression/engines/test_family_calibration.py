"""Simulation-based calibration of the families beside the cumulative one; see `test_calibration`."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2

from csea_stats.regression.densities import prior_sample
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.links import link_of
from csea_stats.regression.problem import EngineProblem, Prior

DRAWS, BINS, PEOPLE, ANSWERS = 99, 20, 40, 4
OTHER = ("multinomial", "adjacent", "continuation")


def design(family):
    """A group of two in seven and a number with four values, which people of each group share."""
    rng = np.random.default_rng(20)
    linear = np.column_stack([np.arange(PEOPLE) < PEOPLE * 2 // 7, rng.integers(0, 4, PEOPLE) / 4]).astype(float)
    return EngineProblem(
        counts=np.zeros((PEOPLE, ANSWERS)),
        linear=linear - linear.mean(axis=0),
        linear_priors=(Prior(), Prior(family="normal", scale=1.5)),
        family=family,
    )


def predictors(problem, sample):
    if problem.width == 1:
        return sample.linear @ problem.linear.T
    return np.einsum("spw,gp->sgw", sample.linear.reshape(len(sample.linear), -1, problem.width), problem.linear)


def quantities(problem, sample, eta):
    """Parameters, a share at the averages, and the joint log likelihood, one row per draw."""
    logs = link_of(problem).log_answers(sample.thresholds, eta)
    whole = (logs * problem.counts).sum(axis=(1, 2))
    return np.column_stack([sample.thresholds, sample.linear, np.exp(logs[:, 0, 1]), whole])


def ranks(problem, number, *, fitted=lambda problem: problem):
    truth = prior_sample(problem, draws=number, seed=11)
    rng = np.random.default_rng(12)
    found, failed = [], 0
    for place in range(number):
        one = replace(truth, thresholds=truth.thresholds[[place]], linear=truth.linear[[place]])
        eta = predictors(problem, one)
        shares = np.exp(link_of(problem).log_answers(one.thresholds, eta)[0])
        below = np.cumsum(shares, axis=1)
        chosen = (rng.random((PEOPLE, 1)) * below[:, -1:] > below).sum(axis=1)
        answered = replace(problem, counts=np.eye(ANSWERS)[chosen])
        sample = laplace(fitted(answered), draws=DRAWS, seed=place)
        failed += any(check.state == "fail" for check in sample.diagnostics)
        drawn = quantities(answered, sample, predictors(problem, sample))
        true = quantities(answered, one, eta)
        ties = (drawn == true).sum(axis=0)
        found.append((drawn < true).sum(axis=0) + rng.integers(0, ties + 1))
    return np.array(found), failed


def evenness(found):
    counts = np.array([np.bincount(column * BINS // (DRAWS + 1), minlength=BINS) for column in found.T])
    expected = len(found) / BINS
    return ((counts - expected) ** 2 / expected).sum(axis=1)


@pytest.mark.sizes("fits", slow=100, long=500)
@pytest.mark.parametrize("family", OTHER)
def test_ranks_are_even(family, fits):
    found, failed = ranks(design(family), fits)
    limit = chi2.ppf(1 - 0.01 / found.shape[1], BINS - 1)
    sys.stdout.write(
        f"{family}: {fits} fits, largest chi2 {evenness(found).max():.1f} of {found.shape[1]} (limit {limit:.1f}), "
        f"{failed} refused\n"
    )
    assert evenness(found).max() < limit
    assert failed <= 0.05 * fits


@pytest.mark.sizes("fits", slow=60, long=200)
@pytest.mark.parametrize("family", OTHER)
def test_a_wrong_prior_shows(family, fits):
    narrow = (Prior(family="normal", scale=0.3),) * 2
    found, _ = ranks(design(family), fits, fitted=lambda problem: replace(problem, linear_priors=narrow))
    assert evenness(found).max() > chi2.ppf(1 - 0.01 / found.shape[1], BINS - 1)
