"""The importance proposal: a mixture of t distributions with a scale of its own for each side of each axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaincinv, gammaln, ndtri

from csea_stats.regression.engines.likelihood import LogPosterior, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.problem import Array

SPAN = 1e-4
"""Half-width of the central difference: truncation about 1e-8, rounding about 1e-12."""

ROUNDS = 60

LONGEST = 4.0
"""Longest Newton step in any coordinate, log-odds."""

FLOOR = 1e-2
"""Smallest curvature taken as it is; a flatter or an upward axis is treated as this flat (sd 10)."""

CLOSE = 1e-7
"""A Newton decrement (twice the log density still to be gained) that ends the climb."""

WORTH = 6.0
"""Modes further below the best one than this, in log evidence, are dropped."""

START = 1.5

SIGNED = 3
"""Starts for each sign pattern of up to so many monotonic effects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A mode and the normal approximation around it.

    Parameters
    ----------
    centre : (d,) array
    covariance : (d, d) array
        Inverse of the floored negative Hessian.
    evidence : float
        Log of the normal approximation's integral, up to a constant shared by all modes.
    """

    centre: Array
    covariance: Array
    evidence: float


def starts(posterior: LogPosterior) -> Array:
    """Choose starting points, (d, B): the answers' shares, monotonic effects +-1.5 in every sign pattern."""
    where = posterior.layout
    signed = min(where.effects.stop - where.effects.start, SIGNED)
    patterns = list(product((START, -START), repeat=signed))
    points = np.zeros((where.size, len(patterns)))
    points[where.thresholds] = posterior.start()[:, None]
    for column, signs in enumerate(patterns):
        points[where.effects.start : where.effects.start + signed, column] = signs
    return points


def curvature(posterior: LogPosterior, points: Array) -> tuple[Array, Array]:
    """Gradient (d, B) and negative Hessian (B, d, d) at each point, by central differences of the gradient."""
    size, number = points.shape
    shift = SPAN * np.eye(size)
    cloud = points[:, :, None] + np.concatenate([np.zeros((size, 1)), shift, -shift], axis=1)[:, None, :]
    slopes = posterior.gradient(cloud.reshape(size, -1)).reshape(size, number, 2 * size + 1)
    hessian = (slopes[:, :, 1 + size :] - slopes[:, :, 1 : 1 + size]).transpose(1, 0, 2) / (2 * SPAN)
    return slopes[:, :, 0], (hessian + hessian.transpose(0, 2, 1)) / 2


def _climb(posterior: LogPosterior, points: Array) -> tuple[Array, Array, Array, Array]:
    """Newton with floored eigenvalues, capped and halved steps; points, densities, eigenvalues, eigenvectors."""
    points = points.copy()
    heights = posterior.log_density(points)
    values = vectors = np.empty(0)
    for _ in range(ROUNDS):
        slope, hessian = curvature(posterior, points)
        values, vectors = np.linalg.eigh(hessian)
        values = np.maximum(np.abs(values), FLOOR)
        along = np.einsum("bij,ib->bj", vectors, slope)
        decrement = (along**2 / values).sum(axis=1)
        open_ = decrement > CLOSE
        if not open_.any():
            break
        step = np.einsum("bij,bj->ib", vectors, along / values)
        step *= np.where(open_, np.minimum(1.0, LONGEST / np.abs(step).max(axis=0).clip(min=1e-300)), 0.0)
        moved = False
        for _ in range(12):
            trial = points + step
            reached = posterior.log_density(trial)
            better = reached >= heights - 1e-12 * np.abs(heights)
            points = np.where(better & open_, trial, points)
            heights = np.where(better & open_, reached, heights)
            moved |= bool((better & open_).any())
            open_ &= ~better
            if not open_.any():
                break
            step /= 2
        if not moved:
            break
    return points, heights, values, vectors


def modes(posterior: LogPosterior) -> list[Mode]:
    """Distinct modes within 6 log units of evidence of the best, the best first.

    Parameters
    ----------
    posterior : LogPosterior

    Returns
    -------
    list of Mode
        Only those that a start leads to: a mode that none finds is not known of.
    """
    points, heights, values, vectors = _climb(posterior, starts(posterior))
    evidence = heights - 0.5 * np.log(values).sum(axis=1)
    found: list[Mode] = []
    for place in np.argsort(-evidence):
        if not np.isfinite(evidence[place]):
            continue
        if found and evidence[place] < found[0].evidence - WORTH:
            continue
        centre = points[:, place]
        scaled = vectors[place] * np.sqrt(values[place])
        apart = [np.linalg.norm((centre - other.centre) @ scaled) for other in found]
        if apart and min(apart) < 0.1:
            continue
        covariance = (vectors[place] / values[place]) @ vectors[place].T
        found.append(Mode(centre=centre, covariance=covariance, evidence=float(evidence[place])))
    return found


BODY, TAIL = 20.0, 4.0
"""Degrees of freedom of the two radius laws."""

HEAVY, WIDER = 0.3, 1.15
"""Share and widening of the heavy-tailed one."""

DISTANCES = (1.0, 2.0, 3.0, 4.0)
"""Where the side scales look at the density, in standard deviations (Geweke's split-t)."""

NARROWEST, WIDEST = 0.5, 5.0

GUARD = 0.2
"""Share of the proposal that has every simplex at its prior, wherever there are monotonic effects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A split t: axes L = a square root of a covariance; along axis j the scale is up_j above 0, down_j below.

    Parameters
    ----------
    centre : (d,) array
    root, inverse : (d, d) array
        L, lower triangular once its rows are put in order, and its inverse.
    up, down : (d,) array
        Above 0.
    guard : bool
        Whether its place is fixed: not moved when the proposal is refitted.
    leading : slice
        Coordinates that come first in the order of the rows of L: they depend on the first axes alone, so that what is
        told of them is quietest.
    """

    centre: Array
    root: Array
    inverse: Array
    up: Array
    down: Array
    guard: bool = False
    leading: slice = slice(0)

    def standardised(self, points: Array) -> Array:
        """L^-1 (x - centre), column by column."""
        return times(self.inverse, points - self.centre[:, None])

    def log_density(self, points: Array) -> Array:
        """Log density at each column of `points`."""
        size = self.centre.size
        axes = self.standardised(points)
        axes *= np.where(axes > 0, (1 / self.up)[:, None], (1 / self.down)[:, None])
        square = np.einsum("ij,ij->j", axes, axes)
        constant = np.log(2 / (self.up + self.down)).sum() + np.linalg.slogdet(self.inverse)[1]
        body = _radial(square, BODY, size) + np.log1p(-HEAVY)
        tail = _radial(square / WIDER**2, TAIL, size) - size * np.log(WIDER) + np.log(HEAVY)
        return np.asarray(np.logaddexp(body, tail) + constant)

    def through(self, uniform: Array) -> Array:
        """Columns of draws from uniform numbers, (d + 1, number): one for the radius, then one for each axis."""
        below = uniform[1:] < (share := (self.down / (self.up + self.down))[:, None])
        inner = np.where(below, uniform[1:] / share, (1 - uniform[1:]) / (1 - share))  # 1 at the centre
        axes = -ndtri(inner.clip(1e-300, 1) / 2)
        axes *= np.where(below, -self.down[:, None], self.up[:, None])
        axes *= _stretch(uniform[0])
        return times(self.root, axes) + self.centre[:, None]


CELLS = 4_096
"""Intervals of probability in which the radius is tabulated."""

EDGE = 1 / 64
"""Probability at either end where it is not, since it is far from a straight line there."""


@cache
def _table(freedom: float) -> tuple[Array, Array]:
    """Probabilities, and the stretch of a t of such freedom there: sqrt(freedom / chi square)."""
    at = np.linspace(EDGE, 1 - EDGE, CELLS + 1)
    return at, np.sqrt(freedom / (2 * gammaincinv(freedom / 2, at)))


def _stretch(uniform: Array) -> Array:
    """Radius of each draw in units of a normal's, by the mixture of the two laws."""
    heavy = uniform < HEAVY
    found = np.empty(uniform.shape)
    for law, which, widened in ((TAIL, heavy, WIDER), (BODY, ~heavy, 1.0)):
        at = uniform[which] / HEAVY if law == TAIL else (uniform[which] - HEAVY) / (1 - HEAVY)
        ends = (at < EDGE) | (at > 1 - EDGE)
        size = np.interp(at, *_table(law))
        size[ends] = np.sqrt(law / (2 * gammaincinv(law / 2, at[ends].clip(1e-300, 1 - 1e-16))))
        found[which] = widened * size
    return found


def _radial(square: Array, freedom: float, size: int) -> Array:
    """Log density of the standard multivariate t at squared radius `square`."""
    constant = gammaln((freedom + size) / 2) - gammaln(freedom / 2) - size / 2 * np.log(freedom * np.pi)
    return np.asarray(constant - (freedom + size) / 2 * np.log1p(square / freedom))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Components with their shares, which sum to 1."""

    components: tuple[Component, ...]
    shares: tuple[float, ...]

    def apportion(self, number: int) -> list[int]:
        """Split `number` draws by the shares, by largest remainder; at least one draw in all."""
        exact = np.asarray(self.shares) * max(number, 1)
        whole = np.floor(exact).astype(int)
        rest = max(number, 1) - int(whole.sum())
        whole[np.argsort(whole - exact, kind="stable")[:rest]] += 1
        return [int(count) for count in whole]


def component(centre: Array, covariance: Array, *, guard: bool = False, leading: slice = slice(0)) -> Component:
    """Make a component with equal sides from a centre and a positive definite covariance."""
    places = np.arange(centre.size)
    order = np.concatenate([places[leading], np.delete(places, leading)])
    root = np.linalg.cholesky(covariance[np.ix_(order, order)])[np.argsort(order)]
    even = np.ones(centre.size)
    inverse = np.linalg.inv(root)
    return Component(centre=centre, root=root, inverse=inverse, up=even, down=even, guard=guard, leading=leading)


def sided(posterior: LogPosterior, mode: Mode) -> Component:
    """Make a component at a mode, each side as wide as the density there asks for.

    Notes
    -----
    A t with scale q falls by (nu + d)/2 log(1 + (delta/q)^2/nu) over a distance delta; solving for q at the drop seen
    gives q^2 = (delta^2/nu) / expm1(2 drop / (nu + d)). The widest over four distances is taken (Geweke 1989,
    Econometrica 57, 1317-1339, section 5, doi:10.2307/1913710).
    """
    even = component(mode.centre, mode.covariance, leading=posterior.layout.coefficients)
    size = mode.centre.size
    steps = np.array([sign * distance for sign in (1.0, -1.0) for distance in DISTANCES])
    cloud = mode.centre[:, None, None] + even.root[:, :, None] * steps  # (coordinate, axis, step)
    heights = posterior.log_density(np.concatenate([mode.centre[:, None], cloud.reshape(size, -1)], axis=1))
    drop = np.maximum(heights[0] - heights[1:].reshape(size, steps.size), 1e-12)
    with np.errstate(over="ignore"):
        scale = np.sqrt(steps**2 / BODY / np.expm1(np.minimum(2 * drop / (BODY + size), 600.0)))
    wide = np.clip(scale.reshape(size, 2, -1).max(axis=2), NARROWEST, WIDEST)
    return replace(even, up=wide[:, 0], down=wide[:, 1])


def guard(posterior: LogPosterior, mode: Mode) -> Component:
    """Make a component with every simplex at its prior and the rest as around the mode.

    Where an effect is near 0 the data do not see its simplex, whose normal scores are then standard normal.
    """
    centre, covariance = mode.centre.copy(), mode.covariance.copy()
    for place in posterior.layout.simplexes:
        centre[place] = 0
        covariance[place, :] = covariance[:, place] = 0
        covariance[place, place] = np.eye(place.stop - place.start)
    return component(centre, covariance, guard=True, leading=posterior.layout.coefficients)


def initial(posterior: LogPosterior, found: Sequence[Mode]) -> Mixture:
    """Proposal from the modes: each by its evidence, and the guard where a simplex is there to be guarded."""
    evidence = np.array([mode.evidence for mode in found])
    shares = np.maximum(np.exp(evidence - evidence.max()), 0.05)
    shares /= shares.sum()
    components = [sided(posterior, mode) for mode in found]
    if any(place.stop > place.start for place in posterior.layout.simplexes):
        components.append(guard(posterior, found[0]))
        shares = np.append(shares * (1 - GUARD), GUARD)
    return Mixture(components=tuple(components), shares=tuple(float(share) for share in shares))


def refitted(mixture: Mixture, points: Array, weights: Array, log_densities: Array) -> Mixture:
    """Move a mixture to weighted draws: location, covariance, sides and shares, one step of EM; guards stay.

    Parameters
    ----------
    mixture : Mixture
    points : (d, S) array
    weights : (S,) array
        Summing to 1.
    log_densities : (C, S) array
        Of each of the mixture's components at the draws.
    """
    size = points.shape[0]
    shares = np.log(np.asarray(mixture.shares))[:, None] + log_densities
    belongs = np.exp(shares - np.logaddexp.reduce(shares, axis=0)) * weights
    components, kept = [], []
    for old, part in zip(mixture.components, belongs, strict=True):
        mass = float(part.sum())
        effective = mass**2 / max(float(np.square(part).sum()), 1e-300)
        if old.guard:
            components.append(old)
            kept.append(GUARD)
        elif effective < 2 or mass < 0.01:
            continue
        else:
            trust = effective / (effective + 5 * size)  # few effective draws cannot carry d (d + 1) / 2 numbers
            components.append(_moved(old, points, part / mass, trust))
            kept.append(mass)
    if not any(not member.guard for member in components):
        return mixture
    free = sum(share for member, share in zip(components, kept, strict=True) if not member.guard)
    scale = (1 - GUARD * sum(member.guard for member in components)) / free
    final = tuple(s if c.guard else s * scale for c, s in zip(components, kept, strict=True))
    return Mixture(components=tuple(components), shares=final)


def _moved(old: Component, points: Array, weights: Array, trust: float) -> Component:
    centre = trust * (points @ weights) + (1 - trust) * old.centre
    apart = points - centre[:, None]
    covariance = trust * (apart * weights) @ apart.T + (1 - trust) * old.root @ old.root.T
    even = component(centre, covariance, leading=old.leading)
    axes = even.inverse @ apart
    sides = []
    for sign in (1.0, -1.0):
        here = np.where(sign * axes > 0, weights, 0.0)
        second = (here * axes**2).sum(axis=1) / here.sum(axis=1).clip(min=1e-300)
        sides.append(np.clip(trust * np.sqrt(second) + (1 - trust), NARROWEST, WIDEST))
    return replace(even, up=sides[0], down=sides[1])
