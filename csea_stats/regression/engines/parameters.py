"""How a problem's unknowns are laid out as one unbounded vector, and back: softmax for every simplex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array, Problem


def contrasts(size: int) -> Array:
    """Orthonormal contrasts V of a simplex: p = softmax(V t) for any t.

    Parameters
    ----------
    size : int
        Number of cells of the simplex, at least 1.

    Returns
    -------
    (size, size - 1) array
        Columns of length 1, orthogonal to each other and to (1, ..., 1) (Helmert).

    Examples
    --------
    >>> contrasts(2).round(3).ravel().tolist()
    [-0.707, 0.707]
    """
    basis = np.zeros((size, size - 1))
    for column in range(size - 1):
        length = np.sqrt((column + 1) * (column + 2))
        basis[: column + 1, column] = -1 / length
        basis[column + 1, column] = (column + 1) / length
    return basis


def log_softmax(scores: Array) -> Array:
    """Logarithm of the softmax over the first axis, computed so that nothing overflows."""
    shifted = scores - scores.max(axis=0)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=0)))


def cutpoints(log_shares: Array) -> Array:
    """Cutpoints c_k = log P(Y <= k) - log P(Y > k) of the categories' log probabilities, along the first axis.

    Examples
    --------
    >>> cutpoints(np.log([[0.5], [0.25], [0.25]])).round(4).ravel().tolist()
    [0.0, 1.0986]
    """
    below = np.logaddexp.accumulate(log_shares, axis=0)[:-1]
    above = np.logaddexp.accumulate(log_shares[::-1], axis=0)[::-1][1:]
    return np.asarray(below - above)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each unknown stands in the vector.

    Parameters
    ----------
    thresholds, linear, effects : slice
        Contrasts of the answers' log probabilities at the covariate means, coefficients, monotonic totals.
    simplexes : tuple of slice
        Contrasts of each monotonic term's log steps.
    size : int
        Length of the vector.
    """

    thresholds: slice
    linear: slice
    effects: slice
    simplexes: tuple[slice, ...]
    size: int

    @property
    def coefficients(self) -> slice:
        """Linear coefficients and monotonic totals together."""
        return slice(self.linear.start, self.effects.stop)


def layout(problem: Problem) -> Layout:
    """Lay out the unknowns of a problem."""
    start = problem.answers - 1
    linear = slice(start, start + problem.linear.shape[1])
    effects = slice(linear.stop, linear.stop + len(problem.steps))
    simplexes = []
    place = effects.stop
    for step in problem.steps:
        simplexes.append(slice(place, place + step.shape[1] - 1))
        place += step.shape[1] - 1
    return Layout(thresholds=slice(0, start), linear=linear, effects=effects, simplexes=tuple(simplexes), size=place)
