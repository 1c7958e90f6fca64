"""Where the standard deviations are tried: a mixture of their prior and a split t at their mode, on a lattice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erfinv, gammaincinv, ndtr, ndtri

from csea_stats.regression.engines.proposal import BODY, HEAVY, TAIL, WIDER, Component, component

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.regression.problem import Array

    Marginal = Callable[[Array], Array]
    """From scores of the standard deviations, (m, T), to their log density given the answers, (T,), unnormalised."""

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
DISTANCES = (1.0, 2.0, 3.0, 4.0)
NARROWEST, WIDEST = 0.5, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Proposed scores of standard deviations, (m, T), and the log density they were proposed with."""

    scores: Array
    log_density: Array


def log_prior(scores: Array) -> Array:
    """Log density of scores whose standard deviations are half-normal: standard normal."""
    return np.asarray(-0.5 * (np.square(scores) + np.log(2 * np.pi)).sum(axis=0))


def log_deviations(scores: Array, scales: Array) -> Array:
    """Turn normal scores into log standard deviations: the half-normal quantile of the score's probability.

    Notes
    -----
    On this scale the prior is standard normal, and so is the posterior's tail towards a spread of 0, which on the log
    scale falls too slowly for any t.

    Examples
    --------
    >>> np.exp(log_deviations(np.zeros((1, 1)), np.ones(1))).round(4).tolist()  # the median of a half-normal
    [[0.6745]]
    """
    scores = np.clip(scores, -FARTHEST, FARTHEST)
    small = np.sqrt(2) * erfinv(ndtr(np.minimum(scores, 0.0)))
    large = -ndtri(ndtr(-np.maximum(scores, 0.0)) / 2)
    return np.asarray(np.log(scales[:, None] * np.where(scores < 0, small, large)))


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
