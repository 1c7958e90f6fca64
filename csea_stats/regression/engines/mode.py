"""Modes of a log density by Newton steps from several starts at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from csea_stats.regression.engines.likelihood import Posterior
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


def starts(posterior: Posterior) -> Array:
    """Choose starting points, (d, B): the answers' shares, monotonic effects +-1.5 in every sign pattern."""
    where = posterior.layout
    counts = posterior.problem.counts.sum(axis=0) + posterior.problem.thresholds
    signed = min(len(where.simplexes), SIGNED)
    patterns = list(product((START, -START), repeat=signed))
    points = np.zeros((where.size, len(patterns)))
    points[where.thresholds] = posterior.contrasts.T @ np.log(counts)[:, None]
    for column, signs in enumerate(patterns):
        points[where.effects.start : where.effects.start + signed, column] = signs
    return points


def curvature(posterior: Posterior, points: Array) -> tuple[Array, Array]:
    """Gradient (d, B) and negative Hessian (B, d, d) at each point, by central differences of the gradient."""
    size, number = points.shape
    shift = SPAN * np.eye(size)
    cloud = points[:, :, None] + np.concatenate([np.zeros((size, 1)), shift, -shift], axis=1)[:, None, :]
    slopes = posterior.gradient(cloud.reshape(size, -1)).reshape(size, number, 2 * size + 1)
    hessian = (slopes[:, :, 1 + size :] - slopes[:, :, 1 : 1 + size]).transpose(1, 0, 2) / (2 * SPAN)
    return slopes[:, :, 0], (hessian + hessian.transpose(0, 2, 1)) / 2


def _climb(posterior: Posterior, points: Array) -> tuple[Array, Array, Array, Array]:
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


def modes(posterior: Posterior) -> list[Mode]:
    """Distinct modes within 6 log units of evidence of the best, the best first.

    Parameters
    ----------
    posterior : Posterior

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
