"""Answers of a cumulative model whose probabilities are tilted: predictors without one odds ratio for every cut.

P(k) is in proportion to the cumulative model's P(k) times exp(t_k), so that whatever the tilt is, probabilities are
probabilities; t is a sum of patterns over the answers, each with a coefficient that the predictor multiplies. Patterns
are orthogonal to a shift and to a straight line, which are the thresholds' and the common odds ratio's.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.problem import Array


@cache
def tilts(answers: int) -> Array:
    """Return the patterns, (K, K - 2): orthogonal polynomials of degree 2 to K - 1, each from its lowest to 1 higher.

    Examples
    --------
    >>> tilts(3).round(3).ravel().tolist()  # the middle answer against both ends
    [0.333, -0.667, 0.333]
    """
    places = np.arange(answers, dtype=float) - (answers - 1) / 2
    patterns = np.linalg.qr(np.vander(places, answers, increasing=True))[0][:, 2:]
    patterns = patterns * np.sign(patterns[-1])
    return np.asarray(patterns / np.ptp(patterns, axis=0))


def spread(columns: Array, slots: Sequence[int]) -> Array:
    """Return a row for each pattern and slot, in which the columns of other slots are 0.

    Parameters
    ----------
    columns : (G, P) array
    slots : sequence of int
        Of each column: 0 for the common odds ratio, from 1 for the pattern whose coefficient it is multiplied by.

    Returns
    -------
    (G W, P) array
    """
    own = np.asarray(slots) == np.arange(max(slots) + 1)[:, None]
    return np.asarray((columns[:, None, :] * own).reshape(-1, columns.shape[1]))


def log_tilted(log_shares: Array, eta: Array, patterns: Array) -> Array:
    """Log probabilities of the answers.

    Parameters
    ----------
    log_shares : (K, S) array
        At the averages of the predictors.
    eta : (G, W, S) array
        The linear predictor of the common odds ratio, then that of each pattern.
    patterns : (K, W - 1) array

    Returns
    -------
    (K, G, S) array
    """
    below, above, odds = _sides(log_shares, eta)
    denominators = np.log(below + above * odds)
    whole = log_shares[:, None, :] + _by_answer(patterns, eta)
    whole[1:] += eta[:, 0] - denominators
    whole[:-1] -= denominators
    return brought_to_one(whole, 0)


def brought_to_one(logs: Array, axis: int) -> Array:
    """Return logarithms less that of their sum, in place: several times faster than what SciPy has."""
    logs -= logs.max(axis=axis, keepdims=True)
    logs -= np.log(np.exp(logs).sum(axis=axis, keepdims=True))
    return logs


def pulled(log_shares: Array, eta: Array, patterns: Array, left: Array) -> tuple[Array, Array]:
    """Gradient of the log likelihood along the logarithms, as if they were free, and along the linear predictors.

    Parameters
    ----------
    left : (K, G, S) array
        Counts less those expected.

    Returns
    -------
    (K, S) array
    (G, W, S) array
    """
    below, above, odds = _sides(log_shares, eta)
    by_cut = (left[:-1] + left[1:]) / (below + above * odds)
    to_below, to_above = -by_cut.sum(axis=1), -(by_cut * odds).sum(axis=1)
    to_share = np.zeros_like(log_shares)
    to_share[:-1] += np.cumsum(to_below[::-1], axis=0)[::-1]
    to_share[1:] += np.cumsum(to_above, axis=0)
    to_logs = left.sum(axis=1) + np.exp(log_shares) * to_share
    to_eta = np.empty_like(eta)
    to_eta[:, 0] = left[1:].sum(axis=0) - (by_cut * above * odds).sum(axis=0)
    to_tilts = patterns.T @ left.reshape(len(left), -1)
    to_eta[:, 1:] = to_tilts.reshape(-1, len(eta), eta.shape[2]).transpose(1, 0, 2)
    return to_logs, to_eta


def _by_answer(patterns: Array, eta: Array) -> Array:
    """Return what each answer is raised by, (K, G, S)."""
    groups, width, number = eta.shape
    raised = patterns @ eta[:, 1:].transpose(1, 0, 2).reshape(width - 1, -1)
    return np.asarray(raised.reshape(-1, groups, number))


def _sides(log_shares: Array, eta: Array) -> tuple[Array, Array, Array]:
    """Cumulative probabilities from below and from above, (K - 1, 1, S), and exp of the first predictor, (G, S)."""
    shares = np.exp(log_shares)
    below = np.cumsum(shares[:-1], axis=0)[:, None, :]
    above = np.cumsum(shares[:0:-1], axis=0)[::-1][:, None, :]
    return below, above, np.exp(eta[:, 0])
