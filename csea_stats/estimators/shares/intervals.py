"""Intervals for a binomial share, as arrays: the core that every share stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from csea_stats.errors import CountError
from csea_stats.estimators.checking import check_level, check_method
from csea_stats.estimators.shares.blaker import blaker_lower
from csea_stats.targets.roots import increasing_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

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


def proportion_interval(
    counts: ArrayLike, bases: ArrayLike, *, method: ShareMethod = "jeffreys", level: float = 0.95
) -> tuple[Array, Array]:
    """Return interval limits for shares, one for each count and base.

    Parameters
    ----------
    counts, bases : array-like of int
        Broadcast against each other; 0 <= count <= base, base >= 1.
    method : str, default "jeffreys"
        "jeffreys" and "uniform" (credible, equal-tailed; Jeffreys is closed at 0 of n and n of n), "wilson",
        "clopper-pearson", "blaker", "mid-p", "agresti-coull" (clipped to 0..1).
    level : float, default 0.95

    Returns
    -------
    lower, upper : numpy.ndarray
        0 to 1.

    Raises
    ------
    CountError
        If a count or base is not one that a survey can have.
    InputError
        If the method or level is none.

    Notes
    -----
    Clopper-Pearson and Blaker cover every true share with at least ``level``; the others on average. Wilson dips
    near shares of 1/n, Jeffreys near .05 to .3 (docs: methods). The uniform prior's interval never holds 0 or 1.

    References
    ----------
    Brown, Cai & DasGupta (2001), Statistical Science 16, 101-133, https://doi.org/10.1214/ss/1009213286

    Examples
    --------
    >>> lower, upper = proportion_interval([0, 7, 35], [7, 7, 49], method="wilson")
    >>> lower.round(3).tolist(), upper.round(3).tolist()
    ([0.0, 0.646, 0.576], [0.354, 1.0, 0.822])
    """
    x, n = checked_arrays(counts, bases)
    return interval_limits(x, n, method=check_method(method, SHARE_METHODS), level=check_level(level))


def checked_arrays(counts: ArrayLike, bases: ArrayLike) -> tuple[Array, Array]:
    """Return counts and bases as arrays of one shape, or raise a CountError that names the first wrong one."""
    found = []
    for name, values in (("counts", counts), ("bases", bases)):
        array = np.asarray(values)
        if array.size and not np.issubdtype(array.dtype, np.integer):
            message = f"{name}: found {values!r}; allowed are whole numbers of people"
            raise CountError(message)
        found.append(array.astype(float))
    try:
        x, n = np.broadcast_arrays(*found)
    except ValueError as error:
        message = f"counts and bases: found shapes {found[0].shape} and {found[1].shape}; allowed are equal ones"
        raise CountError(message) from error
    wrong = (x < 0) | (n < 1) | (x > n)
    if wrong.any():
        place = np.argwhere(wrong)[0]
        where = f" at {place.tolist()}" if len(place) else ""
        message = (
            f"counts: found {x[tuple(place)]:.0f} of {n[tuple(place)]:.0f}{where}; "
            "allowed is 0 to the base, and a base of at least 1"
        )
        raise CountError(message)
    return x, n


def interval_limits(x: ArrayLike, n: ArrayLike, *, method: str, level: float) -> tuple[Array, Array]:
    """Return limits without checks; counts may be fractions of people (a design effect divides them).

    Every method is symmetric: the upper limit of x is 1 minus the lower limit of n - x, exactly.
    """
    count, base = np.broadcast_arrays(np.asarray(x, float), np.asarray(n, float))
    rule = _LOWER[method]
    lower, upper = rule(count, base, (1 - level) / 2), 1 - rule(base - count, base, (1 - level) / 2)
    return np.clip(lower, 0.0, 1.0), np.clip(upper, 0.0, 1.0)


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
