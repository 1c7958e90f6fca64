"""Exactly k of a list: against enumeration of all sets, two R packages, and the equations that define the fit."""

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.base.conditional_bernoulli import (
    SPREAD,
    inclusion,
    joint_inclusion,
    log_sums,
    posterior_draws,
    posterior_mode,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "conditional_bernoulli.csv"
COUNTS = (35, 30, 24, 18, 14, 12, 9, 5)


def by_enumeration(scores, chosen):
    """Return e_k and the probabilities of pairs by listing every set."""
    sets = list(combinations(range(len(scores)), chosen))
    weights = np.exp([sum(scores[i] for i in one) for one in sets])
    pairs = np.zeros((len(scores), len(scores)))
    for one, weight in zip(sets, weights, strict=True):
        for i in one:
            pairs[i, list(one)] += weight
    return weights.sum(), pairs / weights.sum()


def rows():
    with REFERENCE.open(encoding="utf-8") as file:
        assert file.readline().startswith("# R version")
        return list(csv.DictReader(file))


@given(st.lists(st.floats(-4, 4), min_size=2, max_size=7), st.data())
def test_enumeration_of_all_sets(scores, data):
    chosen = data.draw(st.integers(1, len(scores)))
    total, pairs = by_enumeration(scores, chosen)
    assert log_sums(scores, chosen)[chosen] == pytest.approx(np.log(total), abs=1e-10)
    np.testing.assert_allclose(joint_inclusion(scores, chosen), pairs, atol=1e-11)
    np.testing.assert_allclose(inclusion(scores, chosen), np.diag(pairs), atol=1e-11)
    assert inclusion(scores, chosen).sum() == pytest.approx(chosen)


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=6), st.integers(1, 3))
def test_differences_vary_more_than_independence_says_on_average(scores, chosen):
    """The number named does not vary: over pairs, Var(i - j) is 2 / (m - 1) times the sum of p (1 - p)."""
    both = joint_inclusion(scores, chosen)
    p, size = np.diag(both), len(scores)
    covariance = both - np.outer(p, p)
    variances = [covariance[i, i] + covariance[j, j] - 2 * covariance[i, j] for i, j in combinations(range(size), 2)]
    assert np.mean(variances) == pytest.approx(2 / (size - 1) * (p * (1 - p)).sum(), abs=1e-11)


@given(st.lists(st.floats(-6, 6), min_size=3, max_size=8), st.data())
def test_leaving_out_is_naming_with_weights_turned_over(scores, data):
    chosen = data.draw(st.integers(1, len(scores) - 1))
    left_out = inclusion([-score for score in scores], len(scores) - chosen)
    np.testing.assert_allclose(inclusion(scores, chosen), 1 - left_out, atol=1e-11)


def test_scores_far_apart_neither_overflow_nor_vanish():
    scores = np.array([900.0, 400.0, 0.0, 0.0, -700.0])
    np.testing.assert_allclose(inclusion(scores, 3), [1, 1, 0.5, 0.5, 0], atol=1e-12)
    assert log_sums(scores, 3)[3] == pytest.approx(1300 + np.log(2))
    np.testing.assert_allclose(inclusion(scores + 5000, 3), inclusion(scores, 3), atol=1e-12)


def test_an_answer_that_nobody_can_name():
    assert inclusion([0.0, -np.inf, 0.0], 1).tolist() == [0.5, 0.0, 0.5]


def test_many_points_at_once_are_the_points_one_by_one():
    points = np.random.default_rng(0).normal(0, 2, (6, 5))
    together = inclusion(points, 3)
    for column in range(5):
        np.testing.assert_allclose(together[:, column], inclusion(points[:, column], 3), rtol=1e-12)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['route']} {row['counts']}")
def test_maximum_likelihood_agrees_with_r(row):
    counts, base, chosen = np.array(row["counts"].split(), float), int(row["base"]), int(row["chosen"])
    left = chosen - int((counts == base).sum())
    scores = posterior_mode(counts[(counts > 0) & (counts < base)], base, left, spread=3e4)  # as good as no prior
    scores -= scores.mean()
    np.testing.assert_allclose(scores, np.array(row["scores"].split(), float), atol=2e-8)
    if row["pairs"]:
        found = joint_inclusion(scores, left)
        np.testing.assert_allclose(
            found[np.triu_indices(len(found), 1)], np.array(row["pairs"].split(), float), atol=2e-9
        )


def test_the_mode_solves_its_equations():
    for counts, base, chosen in ((COUNTS, 49, 3), ((0, 0, 7, 7, 7), 7, 3), ((1, *[0] * 19), 1, 1)):
        mode = posterior_mode(counts, base, chosen)
        slope = np.array(counts) - base * inclusion(mode, chosen) - mode / SPREAD**2
        np.testing.assert_allclose(slope, 0, atol=1e-6)


def test_draws_against_a_grid():
    counts, base, chosen = (11, 8, 5), 12, 2
    line = np.linspace(-7, 7, 71)
    grid = np.stack(np.meshgrid(line, line, line, indexing="ij")).reshape(3, -1)
    sums = np.exp(grid[0] + grid[1]) + np.exp(grid[0] + grid[2]) + np.exp(grid[1] + grid[2])
    logs = np.array(counts) @ grid - base * np.log(sums) - (grid**2).sum(axis=0) / (2 * SPREAD**2)
    density = np.exp(logs - logs.max())
    density /= density.sum()
    scores, weights, effective = posterior_draws(counts, base, chosen)
    error = 4 * np.sqrt(0.25 / effective)
    # Grid points with equal scores count half on either side.
    exact = density @ ((grid[0] > grid[1]) + 0.5 * (grid[0] == grid[1]))
    assert weights[scores[0] > scores[1]].sum() == pytest.approx(exact, abs=error)
    shares = inclusion(scores, chosen)
    expected = density @ ((grid[0][None, :] * 0 + 1 - np.exp(grid[1] + grid[2]) / sums)[0])
    assert weights @ shares[0] == pytest.approx(expected, abs=error)


@pytest.mark.slow
def test_draws_are_worth_enough_and_repeat():
    found = posterior_draws(COUNTS, 49, 3)
    again = posterior_draws(COUNTS, 49, 3)
    np.testing.assert_array_equal(found[0], again[0])
    assert found[2] > 50_000
    assert posterior_draws((49, 40, 30, 20, 8, *[0] * 20), 49, 3)[2] > 10_000
    other = posterior_draws(COUNTS, 49, 3, seed=2)
    first, second = (weights[scores[0] > scores[1]].sum() for scores, weights, _ in (found, other))
    assert first == pytest.approx(second, abs=0.006)
