"""The linear model with Student-t errors, and least squares: identities, brute force, simulation, statsmodels."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, special, stats

from csea_stats.errors import InputError
from csea_stats.regression.densities import log_priors, prior_sample
from csea_stats.regression.engines.families import posterior_of
from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.linear import TAILS, LeastSquares, freedom_of, least_squares
from csea_stats.regression.problem import EngineProblem, Prior

LEVEL = Prior(family="student-t", scale=2.5)


def problem(people=30, columns=2, *, steps=False, seed=0, tail=4.0):
    rng = np.random.default_rng(seed)
    linear = rng.integers(0, 4, (people, columns)) / 2.0
    numbers = linear @ np.linspace(1, 0.2, columns) + rng.standard_t(tail, people)
    numbers = np.round((numbers - numbers.mean()) / numbers.std(ddof=1), 1)
    values, codes = np.unique(numbers, return_inverse=True)
    dummies = (np.arange(people)[:, None] % 4 >= np.arange(1, 4)).astype(float)
    return EngineProblem(
        counts=np.eye(len(values))[codes],
        linear=linear - linear.mean(axis=0),
        linear_priors=(Prior(),) * columns,
        steps=(dummies - dummies.mean(axis=0),) if steps else (),
        monotonic_priors=(Prior(),) if steps else (),
        family="linear",
        values=values,
        intercept=LEVEL,
    )


def test_the_gradient_is_that_of_the_density():
    posterior = posterior_of(problem(steps=True))
    points, h = np.random.default_rng(1).normal(size=(posterior.layout.size, 3)), 1e-6
    moves = (h * np.eye(posterior.layout.size)[:, :, None]).transpose(1, 0, 2)
    slopes = [(posterior.log_density(points + m) - posterior.log_density(points - m)) / (2 * h) for m in moves]
    assert posterior.gradient(points) == pytest.approx(np.array(slopes), abs=2e-6)


def test_the_density_is_the_naive_one():
    given = problem(12, 1)
    posterior = posterior_of(given)
    points = np.random.default_rng(2).normal(size=(4, 5))
    sample = posterior.unpack(points)
    expected = []
    for place in range(5):
        level, scale, freedom = sample.thresholds[place]
        mean = level + given.linear[:, 0] * sample.linear[place, 0]
        each = stats.t.logpdf(given.values[None, :], freedom, mean[:, None], scale)
        prior = (
            stats.t.logpdf(level, 3, 0, 2.5)
            + stats.halfnorm.logpdf(scale)
            + stats.logistic.logpdf(sample.linear)[place, 0]
        )
        # log scale moves as the first unknown does; the score's prior is normal
        expected.append((given.counts * each).sum() + prior + np.log(scale) - 0.5 * points[2, place] ** 2)
    assert np.diff(posterior.log_density(points)) == pytest.approx(np.diff(expected), abs=1e-9)


def test_scores_of_the_degrees_of_freedom_are_those_of_a_gamma():
    scores = np.array([-6.0, -1.0, 0.0, 2.0, 6.0])
    freedom, slope = freedom_of(scores)
    law = stats.gamma(TAILS[0], scale=1 / TAILS[1])
    assert special.ndtri(law.cdf(freedom[:4] - 1)) == pytest.approx(scores[:4])
    assert -special.ndtri(law.sf(freedom[3:] - 1)) == pytest.approx(scores[3:])
    near = (freedom_of(scores + 1e-5)[0] - freedom_of(scores - 1e-5)[0]) / 2e-5
    assert slope == pytest.approx(near, rel=1e-6)


@pytest.mark.slow
def test_the_posterior_of_a_mean_by_quadrature():
    given = problem(9, 0, seed=3)
    numbers = given.values @ given.counts.T
    sample = laplace(given)

    levels, scales = np.linspace(-2, 2, 81), np.linspace(-2.5, 1.5, 61)
    tails = 1 + np.geomspace(0.2, 150, 40)
    level, scale, freedom = np.meshgrid(levels, np.exp(scales), tails, indexing="ij")
    height = stats.t.logpdf(level, 3, 0, 2.5) + stats.halfnorm.logpdf(scale) + np.log(scale)
    height += stats.gamma.logpdf(freedom - 1, TAILS[0], scale=1 / TAILS[1])
    for number in numbers:
        height += stats.t.logpdf(number, freedom, level, scale)
    grid = np.exp(height - height.max())
    marginal = integrate.trapezoid(integrate.trapezoid(grid, tails, axis=2), scales, axis=1)
    marginal /= integrate.trapezoid(marginal, levels)
    mean = integrate.trapezoid(marginal * levels, levels)
    sd = np.sqrt(integrate.trapezoid(marginal * (levels - mean) ** 2, levels))
    assert sample.thresholds[:, 0].mean() == pytest.approx(mean, abs=0.05 * sd)
    assert sample.thresholds[:, 0].std() == pytest.approx(sd, rel=0.05)


def test_the_log_prior_of_a_sample_is_that_of_the_engine():
    given = problem(steps=True)
    none = replace(given, counts=np.zeros_like(given.counts))
    posterior = posterior_of(none)
    points = np.random.default_rng(8).normal(size=(posterior.layout.size, 6)) / 2
    sample = posterior.unpack(points)
    parts = {name: value for name, value in log_priors(given, sample).items() if "simplex" not in name}
    steps = -0.5 * np.square(points[posterior.layout.simplexes[0]]).sum(axis=0)
    total = sum(parts.values()) + steps + np.log(sample.thresholds[:, 1])
    slope = np.log(freedom_of(points[2])[1])
    assert np.diff(posterior.log_density(points)) == pytest.approx(np.diff(total + slope), abs=1e-8)


def test_least_squares_is_that_of_the_textbook():
    given = problem()
    numbers = given.counts @ given.values
    columns = np.column_stack([np.ones(30), given.linear])
    point, left, *_ = np.linalg.lstsq(columns, numbers, rcond=None)
    found = least_squares(given, level=0.9, names=("a", "b"))
    assert found.linear == pytest.approx(point[1:])
    spread = np.sqrt(left[0] / 27 * np.linalg.inv(columns.T @ columns).diagonal())
    half = stats.t.ppf(0.95, 27) * spread
    assert [limits.upper for limits in found.limits] == pytest.approx(point[1:] + half[1:])
    assert found.log_likelihood == pytest.approx(
        stats.norm.logpdf(numbers, columns @ point, np.sqrt(left[0] / 30)).sum()
    )
    with pytest.raises(InputError, match="more respondents than unknowns"):
        least_squares(problem(3), level=0.95, names=("a", "b"))


def test_two_groups_are_the_t_test():
    rng = np.random.default_rng(4)
    numbers, group = np.round(rng.normal(size=20), 2), np.arange(20) < 8
    values, codes = np.unique(numbers, return_inverse=True)
    table = np.stack([np.bincount(codes[group == side], minlength=len(values)) for side in (False, True)]).astype(float)
    given = EngineProblem(
        counts=table,
        linear=np.array([[-0.4], [0.6]]),
        linear_priors=(Prior(),),
        family="linear",
        values=values,
        intercept=LEVEL,
    )
    ends = stats.ttest_ind(numbers[group], numbers[~group]).confidence_interval(0.95)
    limits = LeastSquares(problem=given).limits(np.array([0.0, 1.0]), 0.95)
    assert (limits.lower, limits.upper) == pytest.approx((ends.low, ends.high))


@pytest.mark.slow
def test_least_squares_is_that_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    given = problem()
    other = sm.OLS(given.counts @ given.values, sm.add_constant(given.linear)).fit()
    found = least_squares(given, level=0.95, names=("a", "b"))
    assert np.array([(one.lower, one.upper) for one in found.limits]) == pytest.approx(other.conf_int()[1:])
    assert found.log_likelihood == pytest.approx(other.llf)


@pytest.mark.sizes("fits", slow=100, long=500)
def test_ranks_are_even(fits):
    """Calibration: the prior's own draws, a number for each of 30 people."""
    draws, bins = 99, 20
    given = problem()
    truth = prior_sample(given, draws=fits, seed=5)
    rng = np.random.default_rng(6)
    found, failed = [], 0
    for place in range(fits):
        (level, scale, freedom), slopes = truth.thresholds[place], truth.linear[place]
        numbers = level + given.linear @ slopes + scale * rng.standard_t(freedom, 30)
        values, codes = np.unique(numbers, return_inverse=True)
        sample = laplace(replace(given, counts=np.eye(len(values))[codes], values=values), draws=draws, seed=place)
        failed += any(check.state == "fail" for check in sample.diagnostics)
        each = [
            stats.t.logpdf(numbers[None, :], f[:, 2:], f[:, :1] + b @ given.linear.T, f[:, 1:2]).sum(axis=1)
            for f, b in ((sample.thresholds, sample.linear), (truth.thresholds[[place]], truth.linear[[place]]))
        ]
        drawn = np.column_stack([sample.thresholds, sample.linear, each[0]])
        true = np.concatenate([truth.thresholds[place], slopes, each[1]])
        ties = (drawn == true).sum(axis=0)
        found.append((drawn < true).sum(axis=0) + rng.integers(0, ties + 1))
    counts = np.array([np.bincount(column * bins // (draws + 1), minlength=bins) for column in np.array(found).T])
    evenness = ((counts - fits / bins) ** 2 / (fits / bins)).sum(axis=1)
    limit = stats.chi2.ppf(1 - 0.01 / len(evenness), bins - 1)
    told = f"largest chi2 {evenness.max():.1f} of {len(evenness)} (limit {limit:.1f}), {failed} refused"
    sys.stdout.write(f"linear: {fits} fits, {told}\n")
    assert evenness.max() < limit
    assert failed <= 0.05 * fits
