"""Engine `slice`: a thousand short Markov chains from approximate draws, by elliptical slice sampling.

Where importance weights have too heavy a tail, the draws that they choose are in nearly the right places but too few in
some. Chains that start at them, each step along an ellipse through a t distribution fitted to the other half of the
chains, need no gradient, no tuning and no compiler, and have mostly forgotten their starts within some tens of steps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special, stats

from csea_stats.errors import check_whole
from csea_stats.regression.engines.conditional import ConditionalDensity
from csea_stats.regression.engines.families import posterior_of
from csea_stats.regression.engines.laplace import FIRST, TAIL, unseen
from csea_stats.regression.engines.likelihood import contrasts
from csea_stats.regression.engines.nested import ENOUGH, LEAST, axes_of, given_by, log_prior, nested
from csea_stats.regression.engines.nets import net
from csea_stats.regression.engines.proposal import initial, modes
from csea_stats.regression.engines.weights import Draws, resample, smooth
from csea_stats.regression.problem import Diagnostic
from csea_stats.results.numbers import rounded

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array, EngineProblem, Sample, SpreadPrior

CHAINS = 1_000

CHECKED = (8, 16, 32, 64, 128, 256)
"""Steps after which it is asked whether the chains have forgotten their starts; thrice as many more are taken then."""

FORGOTTEN = 4 / np.sqrt(CHAINS)
"""Correlation of places with starts, over the chains, up to which it is chance: four of its standard deviations."""

FREEDOM = 8.0
"""Degrees of freedom of the t that ellipses go through."""

SHRINKS = 200
"""Times that an arc is cut down; each halves it about, so that no more are ever needed."""

SIZES = (0.1, 2.0)
"""Least and largest standard deviation of a move of a spread's score."""

SAFE = 50.0
"""Farthest from 0 that a chain starts: in any score the tail of what is drawn is far nearer."""


class _Space(Protocol):
    """A density on an unconstrained vector whose columns are chains."""

    def log_density(self, points: Array) -> Array: ...
    def start(self, number: int, rng: np.random.Generator) -> Array: ...
    def sample(self, points: Array) -> Sample: ...
    def moved(self, points: Array, heights: Array, rng: np.random.Generator) -> tuple[Array, Array]: ...


class _Flat:
    """The posterior without group effects; chains start at draws of the importance proposal, by their weights."""

    def __init__(self, problem: EngineProblem) -> None:
        self.posterior = posterior_of(problem)
        self.log_density = self.posterior.log_density
        self.sample = self.posterior.unpack

    def start(self, number: int, rng: np.random.Generator) -> Array:
        """Return a column for each chain."""
        mixture = initial(self.posterior, modes(self.posterior))
        axes = self.posterior.layout.size + 1
        counts = zip(mixture.components, mixture.apportion(FIRST), strict=True)
        points = np.concatenate([one.through(net(count, axes, rng)) for one, count in counts if count], axis=1)
        proposed = np.logaddexp.reduce(
            [np.log(s) + one.log_density(points) for one, s in zip(mixture.components, mixture.shares, strict=True)],
            axis=0,
        )
        weights, _ = smooth(self.log_density(points) - proposed)
        return np.asarray(points[:, resample(weights, number, rng)])

    @staticmethod
    def moved(points: Array, heights: Array, rng: np.random.Generator) -> tuple[Array, Array]:  # noqa: ARG004
        """Nothing else is moved."""
        return points, heights


class _Grouped:
    """The joint posterior with group effects: scores of spreads and steps first, then all else."""

    def __init__(self, problem: EngineProblem) -> None:
        self.problem, self.density, self.axes = problem, ConditionalDensity(problem), axes_of(problem)

    def log_density(self, points: Array) -> Array:
        """Of scores and the rest together."""
        scores = points[: self.axes]
        given = given_by(self.problem, scores)
        return np.asarray(self.density.log_density(given, points[self.axes :]) + log_prior(scores))

    def start(self, number: int, rng: np.random.Generator) -> Array:
        """Return a column for each chain: the draws of `nested`, as scores again."""
        found = nested(self.problem, draws=number, seed=int(rng.integers(2**31)))
        assert found.sds is not None  # noqa: S101
        spreads = zip(self.problem.spreads, found.sds.T, strict=True)
        scores = [score_of_spread(one.prior, value)[None] for one, value in spreads]
        scores += [scores_of_steps(zeta.T, self.problem.simplexes) for zeta in found.zetas]
        rest, where = np.zeros((self.density.size, number)), self.density
        if self.problem.item is None:
            below = np.concatenate([np.zeros((number, 1)), special.expit(found.thresholds), np.ones((number, 1))], 1)
            shares = np.diff(below, axis=1).clip(min=1e-12)
            rest[: where.top] = contrasts(self.problem.answers).T @ np.log(shares).T
        else:
            rest[where.levels] = -found.thresholds.T
        rest[where.linear], rest[where.monotonic] = found.linear.T, found.monotonic.T
        for place, at in where.effects.items():
            rest[at] = (found.effects[place] / found.sds[:, [place]]).T
        return np.asarray(np.clip(np.concatenate([*scores, rest]), -SAFE, SAFE))

    def sample(self, points: Array) -> Sample:
        """Return the problem's own parameters."""
        return self.density.draws(given_by(self.problem, points[: self.axes]), points[self.axes :])

    def moved(self, points: Array, heights: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Move each spread with its effects where they are, by a Metropolis step.

        Ellipses move a spread with the effects' scores where they are; where the answers tell the effects well that is
        slow, and this is fast (Yu and Meng 2011, Journal of Computational and Graphical Statistics 20, 531-570,
        doi:10.1198/jcgs.2011.203main).
        """
        for place, at in self.density.effects.items():
            tried = points.copy()
            size = SIZES[0] * (SIZES[1] / SIZES[0]) ** rng.random(points.shape[1])
            tried[place] += size * rng.standard_normal(points.shape[1])
            old, new = (given_by(self.problem, some[: self.axes])[place] for some in (points, tried))
            tried[self.axes + at.start : self.axes + at.stop] *= np.exp(old - new)
            reached = self.log_density(tried)
            taken = np.log(rng.random(points.shape[1])) < reached - heights + (old - new) * (at.stop - at.start)
            points, heights = np.where(taken, tried, points), np.where(taken, reached, heights)
        return points, heights


def score_of_spread(prior: SpreadPrior, values: Array) -> Array:
    """Return the normal score of a standard deviation under its prior: the inverse of `log_spreads`.

    Examples
    --------
    >>> from csea_stats.regression.problem import SpreadPrior
    >>> score_of_spread(SpreadPrior(), np.array([0.6745])).round(3).tolist()  # the median of a half-normal
    [0.0]
    """
    x = values / prior.scale
    if prior.family == "exponential":
        below, above = -np.expm1(-x), np.exp(-x)
    elif prior.family == "half-normal":
        below, above = special.erf(x / np.sqrt(2)), special.erfc(x / np.sqrt(2))
    else:
        square, half = x**2, prior.freedom / 2
        below = special.betainc(0.5, half, square / (prior.freedom + square))
        above = special.betainc(half, 0.5, prior.freedom / (prior.freedom + square))
    tiny = np.finfo(float).tiny
    return np.asarray(
        np.where(below < above, special.ndtri(below.clip(min=tiny)), -special.ndtri(above.clip(min=tiny)))
    )


def scores_of_steps(steps: Array, concentration: float) -> Array:
    """Return the normal scores of a monotonic term's steps, (D - 1, S) from (D, S): the inverse of `simplex`.

    Examples
    --------
    >>> scores_of_steps(np.array([[0.2929], [0.3536], [0.3535]]), 1.0).round(3).ravel().tolist()
    [0.0, 0.0]
    """
    later = np.arange(len(steps) - 1, 0, -1.0)[:, None]
    left = np.cumsum(steps[::-1], axis=0)[::-1][:-1]
    share = (steps[:-1] / left.clip(min=1e-300)).clip(1e-12, 1 - 1e-12)
    return np.asarray(special.ndtri(special.betainc(concentration, concentration * later, share)))


class _Bell:
    """A t distribution with the mean and the covariance of some chains."""

    def __init__(self, chains: Array) -> None:
        size, number = chains.shape
        covariance = np.atleast_2d(np.cov(chains))
        diagonal = np.diag(np.diag(covariance).clip(min=1e-12))
        trust = number / (number + 2 * size)
        scale = (trust * covariance + (1 - trust) * diagonal) * (FREEDOM - 2) / FREEDOM
        self.centre, self.root = chains.mean(axis=1)[:, None], np.linalg.cholesky(scale)
        self.inverse = np.linalg.inv(self.root)

    def log_density(self, axes: Array) -> Array:
        """Without its constant, of standardised points."""
        square = np.einsum("ij,ij->j", axes, axes)
        return np.asarray(-(FREEDOM + len(axes)) / 2 * np.log1p(square / FREEDOM))


def slices(problem: EngineProblem, *, draws: int = 8_000, seed: int = 1) -> Sample:
    """Draw from the posterior of a regression by many short chains of elliptical slice sampling.

    Parameters
    ----------
    problem : EngineProblem
    draws : int, default 8000
        At least; each of 1000 chains gives equally many, or each of so many of them.
    seed : int, default 1
        The same seed gives the same draws.

    Returns
    -------
    Sample
        With the diagnostics "memory of the start", the largest correlation over the chains of where one is with where
        it started, of any unknown's rank or of its distance from the middle; and "effective sample size", that of the
        95% limits of the worst parameter, from how far the chains differ. Each chain is one of its `replicates`.

    Raises
    ------
    InputError
        If `draws` is not a positive whole number.

    Notes
    -----
    A chain steps along an ellipse through where it is and a draw of a normal distribution, whose scale is drawn so that
    the mixture is a t; the arc is cut down until a point on it is as likely, relative to the t, as a random share of
    where it was (Nishihara, Murray and Adams 2014, Journal of Machine Learning Research 15, 2087-2112, algorithm 2).
    The t of either half of the chains is fitted to the other half at each step, which leaves the posterior as it is.
    After 8, 16, ... 256 steps it is asked whether any correlation with the starts is beyond chance. Where none is, as
    many steps again are taken, which leave of what is forgotten by less than chance shows the square, and then twice as
    many more: each chain's places at equal distances in the last are the draws. A part of the posterior that no start
    is near is not found.

    Examples
    --------
    >>> from csea_stats.regression.problem import EngineProblem
    >>> sample = slices(EngineProblem(counts=np.array([[14.0, 35.0]]), linear=np.zeros((1, 0))))
    >>> share = 1 / (1 + np.exp(-sample.thresholds[:, 0]))  # of the lower answer: Beta(14.5, 35.5)
    >>> bool(abs(share.mean() - 14.5 / 50) < 0.005), [diagnostic.state for diagnostic in sample.diagnostics]
    (True, ['pass', 'pass'])
    """
    number = check_whole("draws", draws, 1)
    rng = np.random.default_rng(seed)
    space: _Space = _Grouped(problem) if problem.spreads else _Flat(problem)
    points = space.start(CHAINS, rng)
    heights, first, steps, memory = space.log_density(points), _ranks(points), 0, 1.0
    for checked in CHECKED:
        points, heights = _steps(space, points, heights, rng, checked - steps)
        steps, memory = checked, _memory(first, _ranks(points))
        if memory < FORGOTTEN:
            break
    points, heights = _steps(space, points, heights, rng, steps)
    places, each = [], -(-number // CHAINS)
    for place in range(each):
        further = 2 * steps * (place + 1) // each - 2 * steps * place // each
        points, heights = _steps(space, points, heights, rng, further)
        places.append(points)
    chains = -(-number // each)
    told = np.stack(places, axis=2)[:, :chains].reshape(len(points), -1)  # chain after chain
    found = replace(space.sample(told), engine="slice", replicates=chains if each > 1 else 1)
    return replace(found, diagnostics=(*_diagnostics(found, memory, steps), *unseen(problem)))


def _steps(space: _Space, points: Array, heights: Array, rng: np.random.Generator, number: int) -> tuple[Array, Array]:
    """Return all chains so many steps further."""
    for _ in range(number):
        points, heights = _step(space, points, heights, rng)
    return points, heights


def _step(space: _Space, points: Array, heights: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return all chains a step further, one half after the other."""
    half = points.shape[1] // 2
    for ours, others in ((slice(half), slice(half, None)), (slice(half, None), slice(half))):
        bell = _Bell(points[:, others])
        found = _around(space, bell, points[:, ours], heights[ours], rng)
        points, heights = points.copy(), heights.copy()
        points[:, ours], heights[ours] = space.moved(*found, rng)
    return points, heights


def _around(space: _Space, bell: _Bell, points: Array, heights: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return each chain's next point on an ellipse through it and a draw of the bell, and its log density."""
    size, number = points.shape
    here = bell.inverse @ (points - bell.centre)
    square = np.einsum("ij,ij->j", here, here)
    scale = (FREEDOM + square) / (2 * rng.gamma((FREEDOM + size) / 2, size=number))
    other = rng.standard_normal((size, number)) * np.sqrt(scale)
    least = heights - bell.log_density(here) + np.log(rng.random(number))
    angle = 2 * np.pi * rng.random((number,))
    low, high = angle - 2 * np.pi, angle.copy()
    found: Array = points.copy()
    reached: Array = heights.copy()
    left = np.arange(number)
    for _ in range(SHRINKS):
        axes = here[:, left] * np.cos(angle[left]) + other[:, left] * np.sin(angle[left])
        tried = bell.centre + bell.root @ axes
        value = space.log_density(tried)
        taken = value - bell.log_density(axes) > least[left]
        found[:, left[taken]], reached[left[taken]] = tried[:, taken], value[taken]
        left = left[~taken]
        if not left.size:
            break
        at = angle[left]
        low[left], high[left] = np.where(at < 0, at, low[left]), np.where(at < 0, high[left], at)
        angle[left] = rng.uniform(low[left], high[left])
    return found, reached


def _ranks(points: Array) -> Array:
    """Return ranks over the chains, and how far each is from the middle one; standardised, (2 d, chains)."""
    ranks = stats.rankdata(points, axis=1) - (points.shape[1] + 1) / 2
    both = np.concatenate([ranks, np.abs(ranks)])
    both -= both.mean(axis=1, keepdims=True)
    return np.asarray(both / np.sqrt(np.square(both).sum(axis=1, keepdims=True)).clip(min=1e-300))


def _memory(first: Array, now: Array) -> float:
    return float(np.abs(np.einsum("ij,ij->i", first, now)).max())


def _diagnostics(sample: Sample, memory: float, steps: int) -> tuple[Diagnostic, Diagnostic]:
    square = []
    for values in (sample.thresholds, sample.linear, sample.monotonic, *(() if sample.sds is None else (sample.sds,))):
        for column in values.T:
            draws = Draws(column, None, sample.replicates)
            square += [draws.spread(draws.quantile(at), at) ** 2 for at in (TAIL, 1 - TAIL)]
    size = TAIL * (1 - TAIL) / max(*square, 1e-300)
    return (
        Diagnostic(
            name="memory of the start",
            value=memory,
            state="pass" if memory < FORGOTTEN else "fail",
            text=(
                f"After {steps} steps the {CHAINS:,} chains' places go with their starts by a correlation of at most "
                f"{rounded((memory,), 2, (float(FORGOTTEN),))[0]}; below {FORGOTTEN:.2f} is chance."
            ),
        ),
        Diagnostic(
            name="effective sample size",
            value=size,
            state="pass" if size >= ENOUGH else "warn" if size >= LEAST else "fail",
            text=(
                f"The {len(sample.thresholds):,} draws tell the limits of 95% intervals as well as at least "
                f"{int(size):,} independent ones would; {ENOUGH:,} are asked for."
            ),
        ),
    )
