"""Outcomes that are numbers: a linear predictor with Student-t errors, and least squares beside it.

All in standard deviations of the outcome: y enters as (y - mean) / sd. The unknowns beside the coefficients are the
average at the averages of the predictors, the log of the errors' spread, and a score of their degrees of freedom whose
prior is standard normal. Spread and scale differ by a factor of the degrees of freedom, so that the spread hardly
depends on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.errors import InputError
from csea_stats.regression.engines.likelihood import LogPosterior
from csea_stats.regression.engines.penalised import dependent
from csea_stats.regression.engines.prior_densities import drawn, log_density, slopes
from csea_stats.regression.problem import Array, Diagnostic, EngineProblem, Limits, Prior, Profiled, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence


TAILS = (2.0, 0.1)
"""Shape and rate of the gamma prior of the degrees of freedom less 1, so that errors have a mean: 3.4 to 57 with 95%.

That of Juarez and Steel (2010, Journal of Business and Economic Statistics 28, 52-66) for the degrees of freedom."""

FARTHEST = 7.0
"""Normal scores beyond this are taken as this; one in 10^12 is."""

APART = 0.8
"""Log spread less log scale, times the degrees of freedom: importance weights were the most even with it (tried: 0 to
1.6)."""


def freedom_of(score: Array) -> tuple[Array, Array]:
    """Return degrees of freedom of normal scores, and their derivative.

    Examples
    --------
    >>> freedom, slope = freedom_of(np.array([0.0]))
    >>> round(float(freedom[0]), 2), round(float(slope[0]), 1)  # the median of 1 + gamma(2, 0.1)
    (17.78, 12.7)
    """
    shape, rate = TAILS
    near = np.clip(score, -FARTHEST, FARTHEST)
    low, high = special.ndtr(near), special.ndtr(-near)
    tail = np.where(near < 0, special.gammaincinv(shape, low), special.gammainccinv(shape, high))
    density = np.exp((shape - 1) * np.log(tail) - tail - special.gammaln(shape))
    slope = np.exp(-(near**2) / 2) / np.sqrt(2 * np.pi) / density / rate
    return np.asarray(1 + tail / rate), np.asarray(slope)


class NumbersPosterior(LogPosterior):
    """The log posterior of a linear model with Student-t errors.

    Notes
    -----
    Each pattern's numbers are collapsed to distinct ones with their counts; a draw costs one logarithm for each.
    """

    def __init__(self, problem: EngineProblem) -> None:
        super().__init__(problem)
        self._pattern, answer = np.nonzero(self.counts)
        self._number = values_of(problem)[answer][:, None]
        self._times = self.counts[self._pattern, answer]
        self._starts = np.flatnonzero(np.diff(self._pattern, prepend=-1))
        self._level, self._spread = level_of(problem), problem.spread

    @property
    def cells(self) -> int:
        """Numbers that a column needs at a time."""
        return int(self._pattern.size)

    def start(self) -> Array:
        """Return the mean, and errors a little narrower than the outcome."""
        mean = float(self._times @ self._number[:, 0] / self._times.sum())
        return np.array([mean, np.log(0.8), 0.0])

    def _away(self, first: Array, eta: Array, scale: Array) -> Array:
        """Return each number's distance from where it is expected, in scales."""
        return np.asarray((self._number - first[0] - eta[self._pattern]) / scale)

    def height(self, first: Array, eta: Array) -> Array:
        """Log likelihood and log prior of the level, the spread and the score."""
        freedom, _ = freedom_of(first[2])
        log_scale = first[1] - APART / freedom
        scale = np.exp(log_scale)
        away = self._away(first, eta, scale)
        total = self._times.sum() * (_constant(freedom) - log_scale)
        total -= (freedom + 1) / 2 * (self._times @ np.log1p(away**2 / freedom))
        total += log_density(self._level, first[0]) + log_scale - 0.5 * (scale / self._spread) ** 2
        return np.asarray(total - 0.5 * first[2] ** 2)

    def slopes(self, first: Array, eta: Array) -> tuple[Array, Array]:
        """Gradient of `height` along both."""
        freedom, slope = freedom_of(first[2])
        scale = np.exp(first[1] - APART / freedom)
        away = self._away(first, eta, scale)
        people, square = self._times.sum(), away**2
        pull = self._times[:, None] * (freedom + 1) * away / (freedom + square)
        to_eta = np.add.reduceat(pull / scale, self._starts, axis=0)
        to_scale = (pull * away).sum(axis=0) - people + 1 - (scale / self._spread) ** 2
        to_freedom = people / 2 * (special.digamma((freedom + 1) / 2) - special.digamma(freedom / 2) - 1 / freedom)
        to_freedom -= self._times @ np.log1p(square / freedom) / 2
        to_freedom += (freedom + 1) / (2 * freedom) * (self._times @ (square / (freedom + square)))
        push, _ = slopes(self._level, first[0])
        to_score = (to_freedom + to_scale * APART / freedom**2) * slope - first[2]
        return np.stack([to_eta.sum(axis=0) + push, to_scale, to_score]), to_eta

    def unpack(self, points: Array) -> Sample:
        """Turn columns of the vector into a sample: level, scale and degrees of freedom as thresholds."""
        level, spread, score = points[self.layout.thresholds]
        freedom, _ = freedom_of(score)
        firsts = np.stack([level, np.exp(spread - APART / freedom), freedom], axis=1)
        return Sample(thresholds=firsts, **self.coefficients(points), diagnostics=(), engine="laplace")


def _constant(freedom: Array) -> Array:
    """Return the logarithm of a Student-t density's constant."""
    return np.asarray(special.gammaln((freedom + 1) / 2) - special.gammaln(freedom / 2) - 0.5 * np.log(np.pi * freedom))


def values_of(problem: EngineProblem) -> Array:
    """Return the numbers that the answers of a problem stand for, in standard deviations from their mean."""
    if problem.values is None:
        message = "a linear problem needs the number that each answer stands for"
        raise TypeError(message)
    return problem.values


def level_of(problem: EngineProblem) -> Prior:
    """Return the prior of the average at the averages of the predictors."""
    if problem.intercept is None:
        message = "a linear problem needs a prior of its level"
        raise TypeError(message)
    return problem.intercept


def first_log_prior(problem: EngineProblem, firsts: Array) -> Array:
    """Log prior of level, scale and degrees of freedom, (S, 3), each on the scale on which it is told."""
    shape, rate = TAILS
    level, scale, tail = firsts[:, 0], firsts[:, 1], firsts[:, 2] - 1
    found = log_density(level_of(problem), level) + 0.5 * np.log(2 / np.pi) - np.log(problem.spread)
    found += -0.5 * (scale / problem.spread) ** 2 + shape * np.log(rate) - special.gammaln(shape)
    return np.asarray(found + (shape - 1) * np.log(tail) - rate * tail)


def drawn_firsts(problem: EngineProblem, draws: int, rng: np.random.Generator) -> Array:
    """Draw level, scale and degrees of freedom from their priors, (S, 3)."""
    level = drawn(level_of(problem), (draws,), rng)
    scale = problem.spread * np.abs(rng.standard_normal(draws))
    return np.stack([level, scale, 1 + rng.gamma(TAILS[0], 1 / TAILS[1], draws)], axis=1)


# ---------------------------------------------------------------------- least squares


@dataclass(frozen=True, kw_only=True)
class LeastSquares:
    """The linear model with normal errors of one spread, by least squares: limits by Student's t, exact if it holds.

    Parameters
    ----------
    problem : EngineProblem
        Without monotonic terms.
    """

    problem: EngineProblem

    @cached_property
    def fitted(self) -> tuple[Array, Array, float, float]:
        """Coefficients, the level first; the inverse of their cross products; residual variance and freedom."""
        counts = self.problem.counts
        people = counts.sum(axis=1)
        values = values_of(self.problem)
        columns = np.column_stack([np.ones(len(people)), self.problem.linear])
        weighted = columns * people[:, None]
        inverse = np.linalg.inv(columns.T @ weighted)
        point = inverse @ (columns.T @ (counts @ values))
        left = (counts * (values[None, :] - (columns @ point)[:, None]) ** 2).sum()
        freedom = float(people.sum() - columns.shape[1])
        return point, inverse, float(left / freedom), freedom

    def limits(self, row: Array, level: float) -> Limits:
        """Return the limits of a sum of the level and the coefficients, each times its part in `row`."""
        point, inverse, variance, freedom = self.fitted
        value = float(row @ point)
        half = float(special.stdtrit(freedom, 0.5 + level / 2)) * float(np.sqrt(variance * (row @ inverse @ row)))
        return Limits(value=value, lower=value - half, upper=value + half)


METHOD = "least-squares"

TINY = 1e-20
"""Residual variance, in squared standard deviations of the outcome, that is rounding alone."""


def least_squares(problem: EngineProblem, *, level: float, names: Sequence[str]) -> Profiled:
    """Fit by least squares; each coefficient with its limits.

    Raises
    ------
    InputError
        If there are no more respondents than unknowns, columns are collinear, or nothing is left for the errors.

    Notes
    -----
    The log likelihood is the normal one at its maximum.
    """
    people, unknowns = problem.people, 1 + problem.linear.shape[1]
    if people <= unknowns:
        message = (
            f"method {METHOD!r}: found {people:g} respondents for {unknowns} unknowns; allowed are more respondents "
            "than unknowns: leave predictors out"
        )
        raise InputError(message)
    if repeated := dependent(problem.counts, problem.linear):
        message = (
            f"method {METHOD!r}: {', '.join(names[place] for place in repeated)}: the same for everybody, or a "
            "combination of others; leave one out"
        )
        raise InputError(message)
    fit = LeastSquares(problem=problem)
    point, _, variance, freedom = fit.fitted
    if not variance > TINY:
        message = (
            f"method {METHOD!r}: the predictors tell every number exactly, so that nothing tells the errors' spread"
        )
        raise InputError(message)
    rows = np.eye(len(point))
    highest = -people / 2 * (np.log(2 * np.pi * variance * freedom / people) + 1)
    text = f"{freedom:g} respondents are left over to tell the spread of the errors."
    return Profiled(
        thresholds=point[:1],
        linear=point[1:],
        limits=tuple(fit.limits(row, level) for row in rows[1:]),
        log_likelihood=float(highest),
        diagnostics=(Diagnostic(name="degrees of freedom", value=freedom, state="pass", text=text),),
        method=METHOD,
        level=level,
    )
