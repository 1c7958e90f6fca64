"""How a problem's unknowns are laid out as one unbounded vector, and back.

The answers' probabilities at the covariate means are a softmax; the steps of a monotonic term are broken off a stick
in normal scores, so that their Dirichlet prior is standard normal, in the tails too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, betaln, ndtr

if TYPE_CHECKING:
    from csea_stats.regression.problem import Array, Problem


UNTHREADED = 2**18
"""Multiplications up to which OpenBLAS keeps a product on one thread; its threads cost more than they gain here, and
many times more on a busy machine."""


def times(matrix: Array, columns: Array) -> Array:
    """Matrix product in blocks of columns small enough for one thread."""
    width = max(1, UNTHREADED // max(matrix.size, 1))
    number = columns.shape[1]
    if number <= width:
        return np.asarray(matrix @ columns)
    result = np.empty((matrix.shape[0], number))
    for start in range(0, number, width):
        np.matmul(matrix, columns[:, start : start + width], out=result[:, start : start + width])
    return result


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


FARTHEST = 30.0
"""Normal scores beyond this are taken as this; the normal density there is 1e-196."""


def _pieces(scores: Array, concentration: float) -> Array:
    """Share left of the stick after each break, (D - 1, S): one minus a Beta(a, a m), m pieces to come."""
    later = np.arange(scores.shape[0], 0, -1.0)[:, None]
    if concentration == 1:
        return np.asarray(ndtr(-scores) ** (1 / later))
    return np.asarray(betaincinv(concentration * later, concentration, ndtr(-scores)))


def simplex(scores: Array, concentration: float) -> Array:
    """Turn normal scores into the steps of a monotonic term: standard normal scores give a symmetric Dirichlet.

    Parameters
    ----------
    scores : (D - 1, S) array
    concentration : float
        Of the Dirichlet.

    Returns
    -------
    (D, S) array
        Summing to 1 along the first axis.

    Notes
    -----
    The j-th of D pieces is the share v_j of what is left, v_j = F^-1(Phi(score_j)) with F the distribution function
    of Beta(a, a (D - j)), which is how a Dirichlet breaks (Ishwaran and James 2001, JASA 96, 161-173, section 2.2,
    doi:10.1198/016214501750332758).

    Examples
    --------
    >>> simplex(np.zeros((2, 1)), 1.0).round(4).ravel().tolist()  # medians of Beta(1, 2), then of Beta(1, 1)
    [0.2929, 0.3536, 0.3536]
    """
    kept = _pieces(np.clip(scores, -FARTHEST, FARTHEST), concentration)
    left = np.concatenate([np.ones((1, scores.shape[1])), np.cumprod(kept, axis=0)])
    steps = left.copy()
    steps[:-1] *= 1 - kept
    return steps


def simplex_slope(scores: Array, concentration: float, pull: Array) -> Array:
    """Gradient along the scores of a function with gradient `pull`, (D, S), along the steps."""
    scores = np.clip(scores, -FARTHEST, FARTHEST)
    size = scores.shape[0]
    kept = _pieces(scores, concentration)
    later = np.arange(size, 0, -1.0)[:, None]
    normal = -0.5 * scores**2 - 0.5 * np.log(2 * np.pi)
    with np.errstate(divide="ignore", invalid="ignore"):
        if concentration == 1:
            speed = np.exp(normal - np.log(ndtr(-scores))) * kept / later
        else:
            beta = (concentration * later - 1) * np.log(kept) + (concentration - 1) * np.log1p(-kept)
            speed = np.nan_to_num(np.exp(normal - beta + betaln(concentration * later, concentration)), posinf=0.0)
    left = np.concatenate([np.ones((1, scores.shape[1])), np.cumprod(kept[:-1], axis=0)])
    slope = np.empty_like(scores)
    rest = pull[-1]
    for place in range(size - 1, -1, -1):
        slope[place] = left[place] * (pull[place] - rest) * speed[place]
        rest = (1 - kept[place]) * pull[place] + kept[place] * rest
    return slope


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where each unknown stands in the vector.

    Parameters
    ----------
    thresholds, linear, effects : slice
        Contrasts of the answers' log probabilities at the covariate means, coefficients, monotonic totals.
    simplexes : tuple of slice
        Normal scores of each monotonic term's steps.
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
