"""P-values for two independent shares, by enumeration: given the margins, or the largest over the common share."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy import special

from csea_stats.errors import InputError
from csea_stats.estimators.associations.exact import CLOSE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Region = NDArray[np.bool_]
    Whole = tuple[int, int, int, int]

TestMethod = Literal[
    "boschloo", "mid-p", "fisher", "fisher-central", "boschloo-minlike", "barnard-pooled", "barnard-unpooled"
]
TEST_METHODS: tuple[TestMethod, ...] = get_args(TestMethod)
"""The tests; the first is the default, chosen beforehand and not by its result."""
CONDITIONAL = ("mid-p", "fisher", "fisher-central")
"""Tests that take both margins as given."""
MOST_OUTCOMES = 1_000_000
"""Pairs of counts that an unconditional test looks at; beyond, a conditional one is as good."""
SHARES = 400
"""Common shares at which the chance of a region is looked at first, evenly spaced on the arcsine scale."""


def p_value(table: Whole, method: TestMethod) -> float:
    """Return the two-sided p-value that two shares are equal.

    Parameters
    ----------
    table : (x1, n1, x2, n2)
    method : str
        One of `TEST_METHODS`.

    Raises
    ------
    InputError
        If an unconditional test has too many outcomes to look at.

    Examples
    --------
    >>> table = (7, 7, 28, 42)
    >>> {method: round(p_value(table, method), 4) for method in TEST_METHODS[:4]}
    {'boschloo': 0.0781, 'mid-p': 0.0783, 'fisher': 0.1697, 'fisher-central': 0.1566}
    >>> {method: round(p_value(table, method), 4) for method in TEST_METHODS[4:]}
    {'boschloo-minlike': 0.1041, 'barnard-pooled': 0.0811, 'barnard-unpooled': 0.0333}
    """
    x1, n1, x2, n2 = table
    if method in CONDITIONAL:
        return _given_margins(table, method)
    if (n1 + 1) * (n2 + 1) > MOST_OUTCOMES:
        message = f"method {method!r}: found groups of {n1} and {n2}, too many outcomes to look at; use 'mid-p'"
        raise InputError(message)
    if method == "boschloo":
        # Central: twice the smaller one-sided p-value, so that either tail has half the level.
        tails = []
        for own, base, other, other_base in ((x1, n1, x2, n2), (x2, n2, x1, n1)):
            ordering = _upper_tails(base, other_base)
            tails.append(_largest(ordering <= ordering[own, other] * (1 + CLOSE)))
        return min(1.0, 2 * min(tails))
    if method == "boschloo-minlike":
        ordering = _minlike(n1, n2)
        return _largest(ordering <= ordering[x1, x2] * (1 + CLOSE))
    score = _scores(n1, n2, pooled=method == "barnard-pooled")
    return _largest(score >= score[x1, x2] - 1e-9 if math.isfinite(score[x1, x2]) else np.isinf(score))


def _given_margins(table: Whole, method: str) -> float:
    """Fisher: what is at least as far out among the tables with the same margins."""
    x1, n1, x2, n2 = table
    counts = np.arange(max(0, x1 + x2 - n2), min(n1, x1 + x2) + 1)
    chance = np.exp(
        _log_choose(n1, counts) + _log_choose(n2, x1 + x2 - counts) - _log_choose(n1 + n2, np.array(x1 + x2))
    )
    own = chance[counts == x1].sum()
    if method == "fisher":
        return min(1.0, float(chance[chance <= own * (1 + CLOSE)].sum()))
    half = 0.5 if method == "mid-p" else 1.0
    tails = [float(chance[side * (counts - x1) > 0].sum() + half * own) for side in (1, -1)]
    return min(1.0, 2 * min(tails))


def _log_choose(of: int, taken: NDArray[np.int64]) -> Array:
    return np.asarray(special.gammaln(of + 1) - special.gammaln(taken + 1) - special.gammaln(of - taken + 1))


@lru_cache(maxsize=16)
def _by_total(n1: int, n2: int) -> Array:
    """Return P(x1 | total) for every x1 (rows) and total (columns)."""
    x1, total = np.arange(n1 + 1)[:, None], np.arange(n1 + n2 + 1)[None, :]
    x2 = total - x1
    inside = (x2 >= 0) & (x2 <= n2)
    log = _log_choose(n1, x1) + _log_choose(n2, np.where(inside, x2, 0)) - _log_choose(n1 + n2, total)
    return np.where(inside, np.exp(log), 0.0)


def _per_pair(by_total: Array, n1: int, n2: int) -> Array:
    """Return the values of (x1, total) for every (x1, x2)."""
    x1, x2 = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)[None, :]
    return np.asarray(by_total[x1, x1 + x2])


@lru_cache(maxsize=16)
def _upper_tails(n1: int, n2: int) -> Array:
    """Return Fisher's one-sided p-value for a larger first share, for every pair of counts."""
    chance = _by_total(n1, n2)
    return _per_pair(np.cumsum(chance[::-1], axis=0)[::-1], n1, n2)


@lru_cache(maxsize=16)
def _minlike(n1: int, n2: int) -> Array:
    """Return Fisher's two-sided p-value for every pair of counts."""
    chance = _by_total(n1, n2)
    found = np.zeros_like(chance)
    for total in range(chance.shape[1]):
        column = chance[:, total]
        order = np.argsort(column)
        rising = column[order]
        upto = np.searchsorted(rising, column * (1 + CLOSE), side="right")
        found[:, total] = np.concatenate([[0.0], np.cumsum(rising)])[upto]
    return _per_pair(found, n1, n2)


@lru_cache(maxsize=16)
def _scores(n1: int, n2: int, *, pooled: bool) -> Array:
    """Return the size of the difference in standard errors, for every pair of counts."""
    p1, p2 = np.arange(n1 + 1)[:, None] / n1, np.arange(n2 + 1)[None, :] / n2
    if pooled:
        both = (n1 * p1 + n2 * p2) / (n1 + n2)
        variance = both * (1 - both) * (1 / n1 + 1 / n2)
    else:
        variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.abs(p1 - p2) / np.sqrt(variance)
    return np.where(p1 == p2, 0.0, found)


def _largest(region: Region) -> float:
    """Return the largest chance of a region over the share that both groups have in common."""
    n1, n2 = region.shape[0] - 1, region.shape[1] - 1

    inside = region.astype(float)

    def chance(angles: Array) -> Array:
        p = np.sin(angles) ** 2
        return np.asarray(np.einsum("ap,ap->p", _binomial(n1, p), inside @ _binomial(n2, p)))

    angles = np.linspace(0.0, math.pi / 2, SHARES + 1)
    width = float(angles[1])
    found = chance(angles)
    best = float(found.max())
    padded = np.concatenate([[-1.0], found, [-1.0]])
    peaks = np.flatnonzero((padded[1:-1] >= padded[:-2]) & (padded[1:-1] >= padded[2:]))
    for peak in sorted(peaks, key=lambda place: -found[place])[:4]:
        centre, reach = float(angles[peak]), width
        for _ in range(4):
            near = np.clip(np.linspace(centre - reach, centre + reach, 21), 0.0, math.pi / 2)
            around = chance(near)
            centre, reach = float(near[int(around.argmax())]), reach / 8
            best = max(best, float(around.max()))
    return min(1.0, best)


def _binomial(n: int, p: Array) -> Array:
    """Return P(x) for every x (rows) at every p."""
    x = np.arange(n + 1)[:, None]
    log = _log_choose(n, x) + special.xlogy(x, p) + special.xlog1py(n - x, -p)
    return np.asarray(np.exp(log))
