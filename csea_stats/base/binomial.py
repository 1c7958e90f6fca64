"""Intervals for a binomial share, as arrays: the core that every share stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from csea_stats.base.roots import increasing_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from csea_stats.base.roots import Array


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


ShareMethod = Literal["jeffreys", "wilson", "clopper-pearson", "blaker", "mid-p", "agresti-coull", "uniform"]

SHARE_METHODS: tuple[ShareMethod, ...] = (
    "jeffreys",
    "wilson",
    "clopper-pearson",
    "blaker",
    "mid-p",
    "agresti-coull",
    "uniform",
)
"""The methods for one share; the first is the default."""

PRIORS = {"jeffreys": 0.5, "uniform": 1.0}
"""Pseudo-counts that each method with a prior adds to those who say so and to the others."""


def interval_limits(x: ArrayLike, n: ArrayLike, *, method: str, level: float) -> tuple[Array, Array]:
    """Return limits without checks; counts may be fractions of people (a design effect divides them).

    Every method is symmetric: the upper limit of x is 1 minus the lower limit of n - x, exactly.
    """
    count, base = np.broadcast_arrays(np.asarray(x, float), np.asarray(n, float))
    rule = _LOWER[method]
    lower, upper = rule(count, base, (1 - level) / 2), 1 - rule(base - count, base, (1 - level) / 2)
    return np.clip(lower, 0.0, 1.0), np.clip(upper, 0.0, 1.0)


def limits_of_every_count(n: int, *, method: str, level: float) -> tuple[Array, Array]:
    """Return limits for each count of a base; the upper ones are the lower ones of the others, turned over."""
    x = np.arange(n + 1.0)
    lower = np.clip(_LOWER[method](x, np.full(x.shape, float(n)), (1 - level) / 2), 0.0, 1.0)
    return lower, 1 - lower[::-1]


def _jeffreys(x: Array, n: Array, tail: float) -> Array:
    return np.asarray(np.where(x == 0, 0.0, special.betaincinv(x + 0.5, n - x + 0.5, tail)))


def _uniform(x: Array, n: Array, tail: float) -> Array:
    return np.asarray(special.betaincinv(x + 1, n - x + 1, tail))


def _wilson(x: Array, n: Array, tail: float) -> Array:
    # Wilson (1927). The roots of (p - x/n)^2 = z^2 p (1 - p) / n; the smaller as their product over the larger,
    # which loses no digits near 0.
    z2 = special.ndtri(tail) ** 2
    larger = (x + z2 / 2 + np.sqrt(z2 * (x * (n - x) / n + z2 / 4))) / (n + z2)
    return np.asarray(x**2 / (n * (n + z2) * larger))


def _clopper_pearson(x: Array, n: Array, tail: float) -> Array:
    inner = special.betaincinv(np.where(x == 0, 1.0, x), n - x + 1, tail)
    return np.asarray(np.where(x == 0, 0.0, inner))


def _mid_p(x: Array, n: Array, tail: float) -> Array:
    # P(X > x) + P(X = x) / 2 = tail: the mean of two beta distribution functions, so its root lies between theirs.
    some, most = np.maximum(x, 1.0), x >= n
    rest = np.where(most, 1.0, n - x)

    def excess(p: Array) -> Array:
        above = np.where(most, 0.0, special.betainc(x + 1, rest, p))
        return np.asarray((special.betainc(some, n - some + 1, p) + above) / 2 - tail)

    outer = special.betaincinv(some, n - some + 1, tail)
    inner = np.where(most, 1.0, special.betaincinv(x + 1, rest, tail))
    return np.where(x == 0, 0.0, increasing_root(excess, outer, inner))


def _agresti_coull(x: Array, n: Array, tail: float) -> Array:
    z = -special.ndtri(tail)
    middle = (x + z**2 / 2) / (n + z**2)
    return np.asarray(middle - z * np.sqrt(middle * (1 - middle) / (n + z**2)))


_LOWER: dict[str, Callable[[Array, Array, float], Array]] = {
    "jeffreys": _jeffreys,
    "wilson": _wilson,
    "clopper-pearson": _clopper_pearson,
    "blaker": blaker_lower,
    "mid-p": _mid_p,
    "agresti-coull": _agresti_coull,
    "uniform": _uniform,
}
