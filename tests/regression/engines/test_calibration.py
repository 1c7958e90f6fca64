"""Simulation-based calibration of the importance sampler: ranks of the truth among draws are even, and mutations show.

Talts et al. 2018, arXiv:1804.06788; with the joint log-likelihood among the quantities, as Modrak et al. 2025,
Bayesian Analysis 20, 461-488, doi:10.1214/23-BA1404, show to be needed.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import chi2

from csea_stats.regression.densities import prior_sample
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.likelihood import CumulativePosterior
from csea_stats.regression.problem import EngineProblem, Prior

DRAWS, BINS = 99, 20


def design(people=49, thresholds=0.5, *, monotonic=True):
    """A small survey: a group of two in seven, a score, an ordered predictor with four levels."""
    rng = np.random.default_rng(20)
    linear = np.column_stack([np.arange(people) < people * 2 // 7, rng.normal(size=people) / 2]).astype(float)
    step = (rng.integers(0, 4, people)[:, None] >= np.arange(1, 4)).astype(float)
    return EngineProblem(
        counts=np.zeros((people, 5)),
        linear=linear - linear.mean(axis=0),
        steps=(step - step.mean(axis=0),) if monotonic else (),
        linear_priors=(Prior(), Prior(family="student-t", scale=1.5, freedom=5)),
        monotonic_priors=(Prior(),) if monotonic else (),
        thresholds=thresholds,
    )


def predictors(problem, sample):
    eta = sample.linear @ problem.linear.T
    for place, step in enumerate(problem.steps):
        eta += sample.monotonic[:, [place]] * (sample.zetas[place] @ step.T)
    return eta


def quantities(problem, sample):
    """Parameters, a reported share difference, and the joint log-likelihood, one row per draw."""
    eta = predictors(problem, sample)
    below = expit(sample.thresholds[:, None, :] - eta[:, :, None])
    ends = np.zeros((*eta.shape, 1))
    cells = np.diff(np.concatenate([ends, below, ends + 1], axis=2), axis=2)
    chosen = (cells * problem.counts).sum(axis=2)
    gap = expit(sample.thresholds[:, 1] - 0.7 * sample.linear[:, 0]) - expit(sample.thresholds[:, 1])
    columns = [sample.linear, expit(sample.thresholds), gap[:, None]]
    columns += [np.log(chosen.clip(min=1e-300)).sum(axis=1)[:, None], sample.monotonic]
    columns += [zeta[:, :1] for zeta in sample.zetas]
    return np.concatenate(columns, axis=1)


def ranks(number, *, problem=None, fitted=lambda problem: problem, seed=0):
    """Ranks of the truth (ties at random) and the share of fits that failed their diagnostics."""
    problem = problem or design()
    truth = prior_sample(problem, draws=number, seed=seed)
    rng = np.random.default_rng(seed)
    noise = rng.logistic(size=(number, problem.counts.shape[0]))
    result, failed = [], 0
    for place in range(number):
        one = replace(
            truth,
            thresholds=truth.thresholds[[place]],
            linear=truth.linear[[place]],
            monotonic=truth.monotonic[[place]],
            zetas=tuple(zeta[[place]] for zeta in truth.zetas),
        )
        latent = predictors(problem, one)[0] + noise[place]
        chosen = (latent[:, None] > one.thresholds).sum(axis=1)
        answered = replace(problem, counts=np.eye(5)[chosen])
        sample = laplace(fitted(answered), draws=DRAWS, seed=place)
        failed += any(diagnostic.state == "fail" for diagnostic in sample.diagnostics)
        drawn, true = quantities(answered, sample), quantities(answered, one)
        ties = (drawn == true).sum(axis=0)
        result.append((drawn < true).sum(axis=0) + rng.integers(0, ties + 1))
    return np.array(result), failed / number


def evenness(found):
    """Chi-square of each quantity's ranks on 20 bins."""
    counts = np.array([np.bincount(column * BINS // (DRAWS + 1), minlength=BINS) for column in found.T])
    expected = found.shape[0] / BINS
    return ((counts - expected) ** 2 / expected).sum(axis=1)


def limit(found):
    return chi2.ppf(1 - 0.01 / found.shape[1], BINS - 1)


@pytest.mark.slow
def test_ranks_of_a_few_fits_are_even():
    problem = design(monotonic=False)
    found, failed = ranks(100, problem=problem)
    assert evenness(found).max() < limit(found)
    assert failed <= 0.05
    # A sign that is turned shows in even fewer.
    turned, _ = ranks(60, problem=problem, fitted=lambda problem: replace(problem, linear=-problem.linear))
    assert evenness(turned).max() > 1.5 * limit(turned)


@pytest.mark.sizes("fits", slow=100, long=1_000)
@pytest.mark.parametrize("monotonic", [pytest.param(False, marks=pytest.mark.long), True])
def test_ranks_are_even(fits, monotonic):
    found, failed = ranks(fits, problem=design(monotonic=monotonic), seed=1)
    assert evenness(found).max() < limit(found)
    assert failed <= 0.05


@pytest.mark.sizes("fits", slow=100, long=1_000)
def test_a_wrong_prior_shows(fits):
    narrow = (Prior(family="normal", scale=0.5),) * 2
    found, _ = ranks(fits, fitted=lambda problem: replace(problem, linear_priors=narrow), seed=2)
    assert evenness(found).max() > limit(found)


@pytest.mark.long  # of a few hundred fits it does not show yet
def test_a_dropped_jacobian_shows(monkeypatch):
    # Ten people, so that the prior counts; a smaller concentration would be no distribution without its Jacobian.
    problem = design(people=10, thresholds=2.0)
    right, _ = ranks(1_000, problem=problem, seed=3)
    assert evenness(right).max() < limit(right)
    whole = CumulativePosterior.__init__

    def dropped(self, problem):
        whole(self, problem)
        self.power = self.power - 1  # p^alpha becomes p^(alpha - 1)

    monkeypatch.setattr(CumulativePosterior, "__init__", dropped)
    wrong, _ = ranks(1_000, problem=problem, seed=3)
    assert evenness(wrong).max() > limit(wrong)
