"""Engine `laplace` for models with group effects: nested normal approximations, corrected by importance weights.

The standard deviations of the group effects, and the steps of monotonic terms, are tried on a lattice of their normal
scores; at each setting all other unknowns have a normal approximation, whose integral is the approximate marginal
density of the setting. Settings are drawn by that density, the other unknowns from a t around their approximation, and
weights correct the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import gammaincinv, gammaln, ndtri

from csea_stats.errors import InputError
from csea_stats.regression.engines.conditional import Bells, ConditionalDensity, bells, climb
from csea_stats.regression.engines.likelihood import simplex
from csea_stats.regression.engines.prior_densities import log_spreads
from csea_stats.regression.engines.proposal import (
    BODY,
    DISTANCES,
    HEAVY,
    NARROWEST,
    TAIL,
    WIDER,
    WIDEST,
    Component,
    component,
)
from csea_stats.regression.engines.weights import effective_size, limit_of_k, resample, smooth
from csea_stats.regression.problem import Array, Diagnostic, EngineProblem, Places, Sample
from csea_stats.results.numbers import rounded

if TYPE_CHECKING:
    from collections.abc import Callable

    Marginal = Callable[[Array], Array]
    """From scores of standard deviations and steps, (m, T), to their log density given the answers, (T,)."""
    State = Literal["pass", "warn", "fail"]

FROM_PRIOR = 0.4
"""Share of the settings drawn from the prior: a guard where the answers hardly tell a spread."""

SPAN = 0.1
"""Half-width of the central differences."""

ROUNDS, CLOSE = 20, 1e-3

LONGEST = 1.0

FLOOR = 0.1
"""Smallest curvature taken as it is."""

FARTHEST = 12.0
"""Scores beyond this are taken as this: a standard deviation of 1e-33 of its scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Proposed scores of standard deviations and steps, (m, T), and the log density they were proposed with."""

    scores: Array
    log_density: Array


def log_prior(scores: Array) -> Array:
    """Log density of scores: standard normal, whatever the priors of standard deviations and of steps are."""
    return np.asarray(-0.5 * (np.square(scores) + np.log(2 * np.pi)).sum(axis=0))


def given_by(problem: EngineProblem, scores: Array) -> Array:
    """Turn normal scores into what `ConditionalDensity` is given: log standard deviations, and steps.

    On this scale the prior of a standard deviation is standard normal, and so is the posterior's tail towards a spread
    of 0, which on the log scale falls too slowly for any t.

    Parameters
    ----------
    problem : EngineProblem
    scores : (m, T) array
        Of each standard deviation, then of the steps of each monotonic term.
    """
    start = len(problem.spreads)
    near = np.clip(scores[:start], -FARTHEST, FARTHEST)
    parts = [np.array([log_spreads(one.prior, score) for one, score in zip(problem.spreads, near, strict=True)])]
    for step in problem.steps:
        stop = start + step.shape[1] - 1
        parts.append(simplex(scores[start:stop], problem.simplexes))
        start = stop
    return np.concatenate(parts)


def axes_of(problem: EngineProblem) -> int:
    """Return how many scores there are."""
    return len(problem.spreads) + sum(int(step.shape[1]) - 1 for step in problem.steps)


def lattice(number: int, axes: int, rng: np.random.Generator) -> Array:
    """Evenly spread points in the unit cube, (axes, number): multiples of one vector, shifted at random, modulo 1.

    Notes
    -----
    The vector is (g^-1, g^-2, ...) with g the root of x^(axes + 1) = x + 1, the golden ratio's analogue, whose
    multiples are badly approximable by fractions, so that they keep apart.

    Examples
    --------
    >>> points = lattice(100, 1, np.random.default_rng(1))
    >>> bool(np.diff(np.sort(points[0])).max() < 0.02)  # independent uniforms leave gaps of about .05
    True
    """
    ratio = 2.0
    for _ in range(60):
        ratio = (1 + ratio) ** (1 / (axes + 1))
    vector = ratio ** -np.arange(1.0, axes + 1)
    return np.asarray((rng.random(axes)[:, None] + vector[:, None] * np.arange(1, number + 1)) % 1.0)


def highest(marginal: Marginal, start: Array) -> tuple[Array, Array]:
    """Mode of the scores and the inverse of minus the Hessian there, by Newton on differences."""
    axes = start.size
    point = start.copy()
    shift = SPAN * np.eye(axes)
    pairs = [(i, j) for i in range(axes) for j in range(i)]
    both = [shift[i] + shift[j] for i, j in pairs]
    cloud = np.array([np.zeros(axes), *shift, *-shift, *both, *(-one for one in both)]).T
    covariance = np.eye(axes)
    for _ in range(ROUNDS):
        heights = marginal(point[:, None] + cloud)
        here, up, down = heights[0], heights[1 : axes + 1], heights[axes + 1 : 2 * axes + 1]
        slope = (up - down) / (2 * SPAN)
        hessian = np.diag((2 * here - up - down) / SPAN**2)
        for place, (i, j) in enumerate(pairs):
            together = heights[2 * axes + 1 + place] + heights[2 * axes + 1 + len(pairs) + place]
            mixed = together - up[i] - down[i] - up[j] - down[j] + 2 * here
            hessian[i, j] = hessian[j, i] = -mixed / (2 * SPAN**2)
        values, vectors = np.linalg.eigh(hessian)
        values = np.maximum(np.abs(values), FLOOR)
        covariance = (vectors / values) @ vectors.T
        step = covariance @ slope
        if step @ slope < CLOSE:
            break
        step *= min(1.0, LONGEST / np.abs(step).max())
        parts = np.array([1.0, 0.5, 0.25, 0.1])
        reached = marginal(point[:, None] + step[:, None] * parts)
        best = int(np.argmax(reached))
        if reached[best] <= here:
            break
        point = point + parts[best] * step
    return point, covariance


def split(marginal: Marginal, centre: Array, covariance: Array) -> Component:
    """Make a t at the mode whose sides are as wide as the density there asks for; as `proposal.sided`."""
    even = component(centre, covariance)
    axes = centre.size
    steps = np.array([sign * distance for sign in (1.0, -1.0) for distance in DISTANCES])
    cloud = centre[:, None, None] + even.root[:, :, None] * steps
    heights = marginal(np.concatenate([centre[:, None], cloud.reshape(axes, -1)], axis=1))
    drop = np.maximum(heights[0] - heights[1:].reshape(axes, steps.size), 1e-12)
    with np.errstate(over="ignore"):
        scale = np.sqrt(steps**2 / BODY / np.expm1(np.minimum(2 * drop / (BODY + axes), 600.0)))
    wide = np.clip(scale.reshape(axes, 2, -1).max(axis=2), NARROWEST, WIDEST)
    return Component(centre=centre, root=even.root, inverse=even.inverse, up=wide[:, 0], down=wide[:, 1])


def settings(bell: Component, number: int, rng: np.random.Generator) -> Settings:
    """Lattice points through the mixture of a split t and the prior, with its density."""
    axes = bell.centre.size
    ours = round((1 - FROM_PRIOR) * number)
    far = ndtri(lattice(number - ours, axes, rng).clip(1e-12, 1 - 1e-12))
    values = np.concatenate([_through(bell, lattice(ours, axes + 2, rng)), far], axis=1)
    ours_density = np.log1p(-FROM_PRIOR) + bell.log_density(values)
    density = np.logaddexp(ours_density, np.log(FROM_PRIOR) + log_prior(values))
    return Settings(scores=values, log_density=density)


def _through(bell: Component, uniform: Array) -> Array:
    """Points of a split t from uniform numbers: one for each axis, one for the radius, one for which radius law."""
    axes = bell.centre.size
    share = (bell.down / (bell.up + bell.down))[:, None]
    below = uniform[:axes] < share
    inner = np.where(below, uniform[:axes] / share, (1 - uniform[:axes]) / (1 - share))  # 1 at the centre
    size = -ndtri(inner.clip(1e-12, 1) / 2)
    found = np.where(below, -bell.down[:, None], bell.up[:, None]) * size
    heavy = uniform[axes + 1] < HEAVY
    freedom = np.where(heavy, TAIL, BODY)
    chi = 2 * gammaincinv(freedom / 2, uniform[axes].clip(1e-12, 1 - 1e-12))
    found *= np.sqrt(freedom / chi) * np.where(heavy, WIDER, 1.0)
    return np.asarray(bell.root @ found + bell.centre[:, None])


SETTINGS, EACH = 800, 400
"""Settings tried: so many, and so many more for each standard deviation and each free step."""

TRIED = 20_000
"""Draws that are weighted."""

LIGHT, SPREAD_HEAVY, HEAVY_SHARE = (10.0, 25.0), (4.0, 8.0), 0.25
"""Degrees of freedom of the t along each axis, short and long ones, in most draws and in a share of them."""

GOOD = 0.5

ENOUGH, LEAST = 1_000, 400
"""Effective sample sizes of the draws to pass, and below which a fit fails."""

ENOUGH_SETTINGS, LEAST_SETTINGS = 800, 200
"""The same of the settings, which bound all that depends on standard deviations and steps."""

EVEN = 10.0
"""A largest weight of a setting, in means, up to which the shape of the tail does not matter: the weights are bounded,
since the prior is part of the proposal, and the lattice is dense enough to come near the bound."""

SPREAD_DISTANCES = (1.0, 2.0, 3.0, 4.0, 6.0)

SPREAD_NARROWEST, SPREAD_WIDEST = 0.7, 4.0

SAFER = 0.3
"""By how much the sides are wider than the density along the axes asks for, over the root of the number of axes: all
together that costs a quarter of the effective size, whatever their number, and the weights have no heavy tail."""

EXACT, ROUGH = 1e-8, 0.03
"""Newton decrements at the mode of the settings, and elsewhere: there a point near the mode serves as well."""

MORE, HOPELESS = 4, 0.8
"""How many times as much is drawn once more where a check fails, and the k from which that is not tried."""


@dataclass(slots=True)
class _Marginal:
    """The approximate log density of settings, and the modes of the rest; climbs start from the nearest one known."""

    density: ConditionalDensity
    known: Array
    modes: Array

    def solve(self, scores: Array, close: float) -> tuple[Array, Array]:
        """Log density of each setting (T,) and the point its approximation stands at (d, T)."""
        number, block = scores.shape[1], self.density.block
        heights, points = np.empty(number), np.empty((self.density.size, number))
        order = np.argsort(np.square(scores - self.known[:, :1]).sum(axis=0), kind="stable")
        given = given_by(self.density.problem, scores)
        known, modes = self.known, self.modes
        for start in range(0, number, block):
            part = order[start : start + block]
            here = given[:, part]
            apart = np.square(scores[:, part][:, :, None] - known[:, None, :]).sum(axis=0)
            points[:, part] = climb(self.density, here, modes[:, apart.argmin(axis=1)], close=close)
            bell = bells(self.density, here, points[:, part])
            heights[part] = bell.height - 0.5 * bell.log_determinant
            known = np.concatenate([self.known, scores[:, part]], axis=1)
            modes = np.concatenate([self.modes, points[:, part]], axis=1)
        return heights + log_prior(scores), points

    def __call__(self, scores: Array) -> Array:
        """Log density of settings, the climbs run to the end."""
        heights, points = self.solve(scores, EXACT)
        best = int(np.argmax(heights))
        self.known, self.modes = scores[:, [best]], points[:, [best]]
        return heights


def nested(problem: EngineProblem, *, draws: int = 4_000, seed: int = 1) -> Sample:
    """Draw from the posterior of a regression with group effects.

    Parameters
    ----------
    problem : EngineProblem
    draws : int, default 4000
        Equally weighted draws to return.
    seed : int, default 1
        The same seed gives the same draws.

    Returns
    -------
    Sample
        With the diagnostics "pareto k" and "effective sample size" of the draws and of the settings.

    Raises
    ------
    InputError
        If `draws` is not a positive whole number.

    Notes
    -----
    With theta the normal scores of the standard deviations and of monotonic steps and x all else,
    p~(theta) = p(x^, theta, y) (2 pi)^(d/2) |H|^(-1/2) at a point x^ near the mode, H the negative Hessian there
    (Tierney and Kadane 1986, JASA 81, 82-86, doi:10.1080/01621459.1986.10478240; Rue, Martino and Chopin 2009, JRSS B
    71, 319-392,
    doi:10.1111/j.1467-9868.2008.00700.x). Settings from a lattice through q are resampled by p~/q, x is drawn from
    split t variables along the axes of H around x^, and the pair has the weight p(x, theta, y) / (p~(theta) q(x)).
    Any x^ and H give right weights; good ones give even weights. A fit that fails a check by little is drawn once more,
    with four times as many settings and draws.
    """
    if draws < 1:
        message = f"draws: found {draws!r}; allowed is a whole number of at least 1"
        raise InputError(message)
    rng = np.random.default_rng(seed)
    density = ConditionalDensity(problem)
    start = np.zeros(axes_of(problem))
    first = climb(density, given_by(problem, start[:, None]), density.start()[:, None], close=EXACT)
    marginal = _Marginal(density, start[:, None], first)
    mode, covariance = highest(marginal, start)
    marginal(mode[:, None])
    bell = split(marginal, mode, covariance)
    marginal(mode[:, None])
    sides = _sides(density, given_by(problem, mode[:, None]), marginal.modes)
    found = None
    for times in (1, MORE):
        proposed = settings(bell, times * (SETTINGS + EACH * start.size), rng)
        heights, points = marginal.solve(proposed.scores, ROUGH)
        ratios = heights - proposed.log_density
        given = given_by(problem, proposed.scores)
        found = _weighted(density, given, points, ratios, sides, (times * TRIED, draws), rng)
        if all(one.state != "fail" for one in found.diagnostics) or _hopeless(found):
            break
    assert found is not None  # noqa: S101
    return found


def _hopeless(sample: Sample) -> bool:
    """Whether four times as many draws would not do either."""
    values = {one.name: one.value for one in sample.diagnostics}
    return values["pareto k"] >= HOPELESS or values["effective sample size"] < LEAST / MORE


def _weighted(  # noqa: PLR0913, PLR0917
    density: ConditionalDensity,
    given: Array,
    points: Array,
    log_ratios: Array,
    sides: tuple[Array, Array],
    numbers: tuple[int, int],
    rng: np.random.Generator,
) -> Sample:
    """Resample settings, draw the rest, weight, and resample."""
    tried, draws = numbers
    raw = np.exp(log_ratios - log_ratios.max())
    shares, (_, k_settings) = raw / raw.sum(), smooth(log_ratios)
    chosen = np.sort(resample(shares, tried, rng))
    drawn = np.empty((density.size, tried))
    log_weights = np.empty(tried)
    unique, first, counts = np.unique(chosen, return_index=True, return_counts=True)
    for start in range(0, unique.size, density.block):
        part = slice(start, start + density.block)
        bell = bells(density, given[:, unique[part]], points[:, unique[part]])
        at = slice(first[start], first[start] + int(counts[part].sum()))
        drawn[:, at], log_weights[at] = _around(bell, counts[part], sides, rng)
    log_weights += density.log_density(given[:, chosen], drawn)
    weights, k = smooth(log_weights)
    kept = resample(weights, draws, rng)
    made = density.draws(given[:, chosen[kept]], drawn[:, kept])
    checks = (*_check_draws(k, effective_size(weights), tried), *_check_settings(k_settings, shares))
    return replace(made, diagnostics=checks)


def _moved(bell: Bells, place: int, inverse: Array, noise: Array) -> Array:
    """Columns of standardised noise as points of one approximation."""
    short = inverse.shape[0]
    away = inverse.T @ noise[:short]
    long = bell.long[place][:, None]
    rest = noise[short:] / np.sqrt(long) - bell.cross[place] @ away / long
    return np.concatenate([away, rest]) + bell.centre[:, [place]]


def _sides(density: ConditionalDensity, given: Array, points: Array) -> tuple[Array, Array]:
    """How far each axis reaches up and down, in its standard deviations, as `proposal.sided` judges it."""
    bell = bells(density, given, points)
    size = density.size
    steps = np.array([sign * distance for sign in (1.0, -1.0) for distance in SPREAD_DISTANCES])
    cloud = (np.eye(size)[:, :, None] * steps).reshape(size, -1)
    moved = _moved(bell, 0, np.linalg.inv(bell.root[0]), cloud)
    heights = density.log_density(np.repeat(given, moved.shape[1], axis=1), moved).reshape(size, 2, -1)
    drop = np.maximum(bell.height[0] - heights, 1e-12)
    scale = (np.asarray(SPREAD_DISTANCES) / np.sqrt(2 * drop)).max(axis=2).clip(SPREAD_NARROWEST, SPREAD_WIDEST)
    scale *= 1 + SAFER / np.sqrt(size)
    return scale[:, 0], scale[:, 1]


def _around(bell: Bells, counts: Places, sides: tuple[Array, Array], rng: np.random.Generator) -> tuple[Array, Array]:
    """Draws of a split t around each approximation, and minus the log density they have relative to its height."""
    size = bell.centre.shape[0]
    total = int(counts.sum())
    up, down = sides
    short = np.arange(size) < bell.root.shape[1]
    light, heavy = (np.where(short, *pair)[:, None] for pair in (LIGHT, SPREAD_HEAVY))
    freedom = np.where(rng.random(total) < HEAVY_SHARE, heavy, light)
    noise = rng.standard_normal((size, total)) * np.sqrt(freedom / rng.chisquare(freedom))
    log_t = (
        np.logaddexp(np.log1p(-HEAVY_SHARE) + _log_t(noise, light), np.log(HEAVY_SHARE) + _log_t(noise, heavy))
        + np.log(2 / (up + down)).sum()
    )
    above = rng.random((size, total), dtype=np.float32) < (up / (up + down))[:, None]
    noise = np.abs(noise) * np.where(above, up[:, None], -down[:, None])
    points = np.empty((size, total))
    inverse = np.linalg.inv(bell.root)
    start = 0
    for place, count in enumerate(counts):
        here = slice(start, start + int(count))
        points[:, here] = _moved(bell, place, inverse[place], noise[:, here])
        start = here.stop
    return points, -np.repeat(bell.height, counts) - log_t


def _log_t(noise: Array, freedom: Array) -> Array:
    """Log density of independent t variables relative to that of normal ones at 0, summed down the columns."""
    constant = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - 0.5 * np.log(freedom / 2)
    return np.asarray((constant - (freedom + 1) / 2 * np.log1p(np.square(noise) / freedom)).sum(axis=0))


def _check_draws(k: float, size: float, number: int) -> tuple[Diagnostic, Diagnostic]:
    state: State = "pass" if k < GOOD else "warn" if k < limit_of_k(number) else "fail"
    told = {
        "pass": "the importance weights have no heavy tail",
        "warn": "the importance weights have a heavy tail; means and intervals hold, extreme tails less so",
        "fail": "the importance weights have too heavy a tail for any number computed from them",
    }
    text = f"{rounded((k,), 2, (GOOD, limit_of_k(number)))[0]}, nested Laplace approximation: {told[state]}."
    tail = Diagnostic(name="pareto k", value=float(k), state=state, text=text)
    worth: State = "pass" if size >= ENOUGH else "warn" if size >= LEAST else "fail"
    text = f"The {number:,} weighted draws are worth {int(size):,} independent ones; {ENOUGH:,} are asked for."
    return tail, Diagnostic(name="effective sample size", value=float(size), state=worth, text=text)


def _check_settings(k: float, shares: Array) -> tuple[Diagnostic, Diagnostic]:
    """Judge the settings: their weights are bounded, so a large k counts only where one of them is large."""
    number, size = shares.size, effective_size(shares)
    largest = float(shares.max() * number)
    state: State = "pass" if k < GOOD or largest <= EVEN else "warn" if k < limit_of_k(number) else "fail"
    text = (
        f"{rounded((k,), 2, (GOOD, limit_of_k(number)))[0]} for the weights of the {number:,} settings of the spreads, "
        f"the largest {rounded((largest,), 1, (EVEN,))[0]} times the mean."
    )
    tail = Diagnostic(name="pareto k of the spreads", value=float(k), state=state, text=text)
    worth: State = "pass" if size >= ENOUGH_SETTINGS else "warn" if size >= LEAST_SETTINGS else "fail"
    text = (
        f"The {number:,} settings of the spreads are worth {int(size):,} equally likely ones; "
        f"{ENOUGH_SETTINGS} are asked for."
    )
    return tail, Diagnostic(name="effective sample size of the spreads", value=size, state=worth, text=text)
