"""The normal approximation of all unknowns at many settings of the standard deviations at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from csea_stats.regression.engines.conditional import Conditional, Curvature
    from csea_stats.regression.problem import Array

ROUNDS, HALVINGS = 40, 12
LONGEST = 4.0
"""Longest Newton step in any coordinate."""
FLOOR = 1e-3
"""Smallest eigenvalue of a curvature that is taken as it is, where one is not positive definite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bells:
    """Normal approximations at T settings: information [[S + B' D^-1 B, B'], [B, D]], D the long group's diagonal.

    Parameters
    ----------
    centre : (d, T) array
    height : (T,) array
        Log density there.
    root : (T, s, s) array
        Lower triangular Cholesky root of S.
    cross : (T, n, s) array
        B.
    long : (T, n) array
        D.
    """

    centre: Array
    height: Array
    root: Array
    cross: Array
    long: Array

    @property
    def log_determinant(self) -> Array:
        """Of the information."""
        diagonal = np.diagonal(self.root, axis1=1, axis2=2)
        return np.asarray(2 * np.log(diagonal).sum(axis=1) + np.log(self.long).sum(axis=1))


def reduced(bend: Curvature) -> Array:
    """Schur complement of the long group, with its eigenvalues floored where it is not positive definite."""
    found = bend.short - (bend.cross / bend.long[:, :, None]).transpose(0, 2, 1) @ bend.cross
    found = (found + found.transpose(0, 2, 1)) / 2
    try:
        np.linalg.cholesky(found)
    except np.linalg.LinAlgError:
        for one in found:
            _repair(one)
    return found


def _repair(matrix: Array) -> None:
    """Floor the eigenvalues of a matrix that is not positive definite, in place."""
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(matrix)
        matrix[:] = (vectors * np.maximum(np.abs(values), FLOOR)) @ vectors.T


def climb(density: Conditional, log_sds: Array, points: Array, *, close: float) -> Array:
    """Newton steps, capped and halved, from each column of `points` until the decrement is below `close`."""
    points = points.copy()
    open_ = np.arange(points.shape[1])
    heights = density.log_density(log_sds, points)
    for _ in range(ROUNDS):
        here, settings = points[:, open_], log_sds[:, open_]
        bend = density.curvature(settings, here)
        short = density.short
        ready = bend.slope[short:].T / bend.long
        push = bend.slope[:short].T - np.einsum("tns,tn->ts", bend.cross, ready)
        step_short = np.linalg.solve(reduced(bend), push[:, :, None])[:, :, 0]
        step_long = ready - np.einsum("tns,ts->tn", bend.cross, step_short) / bend.long
        step = np.concatenate([step_short, step_long], axis=1).T
        decrement = (step * bend.slope).sum(axis=0)
        step *= np.minimum(1.0, LONGEST / np.abs(step).max(axis=0).clip(min=1e-300))
        waiting = np.ones(open_.size, dtype=bool)
        for _ in range(HALVINGS):
            trial = here[:, waiting] + step[:, waiting]
            reached = density.log_density(settings[:, waiting], trial)
            better = reached >= heights[open_[waiting]] - 1e-10 * np.abs(heights[open_[waiting]])
            at = open_[waiting][better]
            points[:, at], heights[at] = trial[:, better], reached[better]
            waiting[np.flatnonzero(waiting)[better]] = False
            if not waiting.any():
                break
            step /= 2
        open_ = open_[(decrement > close) & ~waiting]
        if open_.size == 0:
            break
    return points


def bells(density: Conditional, log_sds: Array, points: Array) -> Bells:
    """Make normal approximations at points as they are: as proposals they need not stand at a mode."""
    bend = density.curvature(log_sds, points)
    return Bells(
        centre=points,
        height=density.log_density(log_sds, points),
        root=np.linalg.cholesky(reduced(bend)),
        cross=bend.cross,
        long=bend.long,
    )
