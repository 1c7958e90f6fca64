"""Blaker's exact interval, for many counts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.targets.roots import increasing_root

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SLACK = 1e-12
"""A limit this close to 1/2 is 1/2: for some counts it is exactly, and a verdict must not hang on a rounding error."""


def blaker_lower(x: Array, n: Array, tail: float) -> Array:
    """Return the lower limits of Blaker's interval at level 1 - 2 tail (the hull where it is not connected).

    Parameters
    ----------
    x, n : numpy.ndarray
        Whole numbers.
    tail : float

    Returns
    -------
    numpy.ndarray

    Notes
    -----
    A share p is accepted where ``P(X >= x) + P(X <= k) > alpha`` (for p below the middle), with k the largest count
    whose lower tail is at most P(X >= x). With p0 the Clopper-Pearson limit (P(X >= x) = alpha / 2), nothing below
    p0 is accepted. From p0 on k is constant up to the p1 where P(X <= k + 1) = P(X >= x); there the sum jumps to
    2 P(X >= x) > alpha. Between p0 and p1 the sum falls, then rises (its derivative changes sign once), and it
    starts at no more than alpha: so the limit is its one crossing of alpha if there is one, else p1. Both are found
    by bracketed root finding, without a search over p.

    References
    ----------
    Blaker (2000), Canadian Journal of Statistics 28, 783-798, https://doi.org/10.2307/3315916
    """
    shape = x.shape
    x, n = x.ravel(), n.ravel()
    alpha = 2 * tail
    answer = np.zeros(x.shape)
    some = x > 0
    if not some.any():
        return answer.reshape(shape)
    # The answer depends on (x, n) alone: many simulated counts are few different ones.
    pairs, back = np.unique(np.stack([x[some], n[some]]), axis=1, return_inverse=True)
    count, base = pairs

    def upper_tail(p: Array) -> Array:
        return np.asarray(special.betainc(count, base - count + 1, p))

    def lower_tail(k: Array, p: Array) -> Array:
        below = special.betaincc(np.maximum(k, 0.0) + 1, base - np.maximum(k, 0.0), p)
        return np.where(k < 0, 0.0, below)

    start = special.betaincinv(count, base - count + 1, tail)
    k = _largest_below(count, base, start, tail)
    jump = increasing_root(lambda p: upper_tail(p) - lower_tail(k + 1, p), start, np.ones_like(start), tolerance=1e-14)
    reaches = upper_tail(jump) + lower_tail(k, jump) > alpha
    crossing = increasing_root(
        lambda p: upper_tail(p) + lower_tail(k, p) - alpha, start, np.where(reaches, jump, start), tolerance=1e-14
    )
    lower = np.where(reaches, crossing, jump)
    answer[some] = np.where(np.abs(lower - 0.5) < SLACK, 0.5, lower)[back.ravel()]
    return answer.reshape(shape)


def _largest_below(x: Array, n: Array, p: Array, tail: float) -> Array:
    """Return the largest k with P(X <= k) <= tail, or -1, by bisection over whole numbers."""
    low, high = np.full(x.shape, -1.0), x - 1  # P(X <= x - 1) = 1 - tail at p, so k is below x - 1
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        safe = np.maximum(middle, 0.0)
        under = np.where(middle < 0, 0.0, special.betaincc(safe + 1, n - safe, p)) <= tail
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return low
