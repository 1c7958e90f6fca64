"""Sobol nets against those of SciPy, their scramble by its moments, and what quasi-random draws are worth."""

import numpy as np
import pytest
from scipy.stats import qmc

from csea_stats.regression.engines import nets
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.nets import AXES, net
from csea_stats.regression.engines.weights import Draws
from csea_stats.regression.problem import EngineProblem, Prior


def test_direction_numbers_are_those_of_scipy():
    """Without the scramble the points are Sobol's, whatever their order."""
    points = np.zeros((AXES, 1024), dtype=np.uint32)
    for digit in range(10):
        half = 1 << digit
        points[:, half : 2 * half] = points[:, :half] ^ nets.DIRECTIONS[:, digit : digit + 1]
    reference = qmc.Sobol(AXES, scramble=False, bits=32).random(1024)
    assert sorted(map(tuple, (points * 2.0**-32).T.tolist())) == sorted(map(tuple, reference.tolist()))


@pytest.mark.parametrize("nets", [400, pytest.param(2_000, marks=pytest.mark.slow)])
def test_every_axis_is_stratified_and_every_point_uniform(nets):
    points = net(256, 5, np.random.default_rng(1), 3)
    assert points.shape == (5, 768)
    for one in points.reshape(5, 3, 256).reshape(15, 256):
        assert (np.bincount((one * 256).astype(int), minlength=256) == 1).all()
    first = np.array([net(8, 2, np.random.default_rng(seed))[:, 3] for seed in range(nets)])
    assert np.abs(first.mean(axis=0) - 0.5).max() < 4 * np.sqrt(1 / 12 / nets)
    assert abs(np.corrcoef(first.T)[0, 1]) < 4 / np.sqrt(nets)


def test_pairs_of_axes_fill_the_square_and_more_axes_than_tabulated_are_made():
    points = net(1024, AXES + 4, np.random.default_rng(2))
    assert points.shape == (AXES + 4, 1024)
    ours, theirs = qmc.discrepancy(points[:8].T), qmc.discrepancy(qmc.Sobol(8, rng=2).random(1024))
    assert ours == pytest.approx(theirs, rel=0.2)
    assert ours < qmc.discrepancy(np.random.default_rng(2).random((1024, 8))) / 5
    assert points.min() > 0
    assert points.max() < 1


@pytest.mark.slow
def test_the_error_told_is_the_one_over_seeds():
    """Over 30 seeds the limits spread as each says, a third of what those of 4,000 independent draws do."""
    rng = np.random.default_rng(5)
    linear = rng.normal(size=(49, 2))
    linear -= linear.mean(axis=0)
    counts = np.eye(4)[rng.integers(0, 4, 49)]
    problem = EngineProblem(counts=counts, linear=linear, linear_priors=(Prior(), Prior()))
    limits, errors = [], []
    for seed in range(30):
        whole = laplace(problem, seed=seed).weighted
        draws = [Draws(one, whole.weights, whole.replicates) for one in whole.linear.T]
        limits.append([one.quantile(at) for one in draws for at in (0.025, 0.975)])
        errors.append([one.error(at) for one in draws for at in (0.025, 0.975)])
    over, told = np.std(limits, axis=0), np.sqrt(np.mean(np.square(errors), axis=0))
    sd = np.repeat(laplace(problem, draws=20_000).linear.std(axis=0), 2)
    assert over / told == pytest.approx(np.ones(4), abs=0.45)  # 30 seeds tell a spread to 13%, twice in three
    assert (over / sd).max() < 0.02
