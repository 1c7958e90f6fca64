"""How often chance alone makes the rule of verdicts decide where there is nothing to decide: by enumeration.

The rule is every interval of a list, and a test of guaranteed size (`csea_stats.base.sized_tests`).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.binomial import PRIORS, interval_limits, limits_of_every_count
from csea_stats.base.exact_tests import binomial, largest
from csea_stats.base.odds_ratios import LogisticGap
from csea_stats.base.sized_tests import boschloo_region
from csea_stats.base.two_binomials import gap_limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Which = NDArray[np.bool_]

SHARE_RULE = ("jeffreys", "wilson", "uniform", "blaker")
"""The intervals that a verdict on a share needs: the default, its companion, the other prior, the guaranteed one."""

NODES = 200
"""Of the quadrature; with twice as many no table of two groups of 49 changes by 1e-12."""

Ends = tuple[float | None, float | None]
"""Above which and below which a share must be for a claim to be true; None: no such limit."""


MOST_COUNTED = 500
"""People up to whom every count is gone through; beyond, what a test guarantees is told instead."""


@lru_cache(maxsize=4096)
def rule_limits(n: int, level: float, rule: tuple[str, ...] = SHARE_RULE) -> tuple[Array, Array]:
    """Return the lowest lower and the highest upper limit of all intervals of a rule, for every count of a base."""
    lower, upper = zip(*(_limits(n, level, method) for method in rule), strict=True)
    return np.min(lower, axis=0), np.max(upper, axis=0)


@lru_cache(maxsize=4096)
def _limits(n: int, level: float, method: str) -> tuple[Array, Array]:
    return limits_of_every_count(n, method=method, level=level)


def share_decisions(n: int, ends: Ends, level: float, rule: tuple[str, ...] = SHARE_RULE) -> tuple[Which, Which]:
    """Return for every count of a base whether the rule supports, and whether it contradicts, a claim about a share."""
    lower, upper = rule_limits(n, level, rule)
    low, high = -1.0 if ends[0] is None else ends[0], 2.0 if ends[1] is None else ends[1]
    return (lower > low) & (upper < high), (upper < low) | (lower > high)


@lru_cache(maxsize=4096)
def share_rate(n: int, ends: Ends, level: float, rule: tuple[str, ...] = SHARE_RULE) -> float:
    """Return the probability of deciding a claim about a share, either way, where the truth is at its threshold.

    Of a range: the larger of the two at its ends; the rule decides only where every interval lies within both ends, or
    outside one of them.

    Examples
    --------
    >>> round(share_rate(49, (0.5, None), 0.95), 4), round(share_rate(49, (0.4, 0.5), 0.95), 4)
    (0.0444, 0.0224)
    """
    inside, outside = share_decisions(n, ends, level, rule)
    truths = np.array([end for end in ends if end is not None and 0 < end < 1])
    return float(((inside | outside).astype(float) @ binomial(n, truths)).max()) if truths.size else 0.0


@lru_cache(maxsize=64)
def gap_rate(n1: int, n2: int, level: float) -> float:
    """Return the largest probability of deciding that two equal shares differ, over their common value.

    Examples
    --------
    >>> round(gap_rate(3, 5, 0.95), 3) < 0.06
    True
    """
    above = gap_decisions(n1, n2, level)
    return largest(above | above[::-1, ::-1])


@lru_cache(maxsize=64)
def gap_decisions(n1: int, n2: int, level: float) -> Which:
    """Return of which tables the rule says that the first share is larger.

    A table seen from the other answer, (n1 - x1, n2 - x2), has the opposite difference: so of the other side. An
    interval is above zero where the posterior probability of zero or less is below its tail.
    """
    x1, x2 = (a.ravel().astype(float) for a in np.mgrid[0 : n1 + 1, 0 : n2 + 1])
    tables = (x1, np.full(x1.shape, float(n1)), x2, np.full(x1.shape, float(n2)))
    above = gap_limits(tables, method="newcombe", level=level)[0] > 0
    above &= boschloo_region(n1, n2, (1 - level) / 2).ravel()
    for prior in PRIORS.values():
        left = np.flatnonzero(above)
        above[left] &= _not_above(tuple(part[left] for part in tables), prior) < (1 - level) / 2
    table_above = above.reshape(n1 + 1, n2 + 1)
    for row in range(n1 + 1):
        # The difference falls as x2 rises, so a row is above zero up to some x2: walk down from where the others end.
        last = int(table_above[row].sum()) - 1
        while last >= 0 and LogisticGap((row, n1, last, n2)).cdf(0.0) >= (1 - level) / 2:
            table_above[row, last] = False
            last -= 1
    return table_above


def _not_above(tables: tuple[Array, ...], prior: float) -> Array:
    """Return P(p1 <= p2) of independent Beta posteriors, by Gauss-Legendre quadrature.

    With p2 the squared sine of an angle both factors of the integrand are smooth, also for Beta(1/2, 1/2).
    """
    x1, n1, x2, n2 = (part[:, None] for part in tables)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    angle = (nodes + 1) * np.pi / 4
    share = np.sin(angle) ** 2
    a, b = x2 + prior, n2 - x2 + prior
    log = (2 * a - 1) * np.log(np.sin(angle)) + (2 * b - 1) * np.log(np.cos(angle)) - special.betaln(a, b)
    inside = special.betainc(x1 + prior, n1 - x1 + prior, share)
    return np.asarray((2 * np.exp(log) * inside) @ (weights * np.pi / 4))


@lru_cache(maxsize=64)
def pair_rate(n: int, level: float) -> float:
    """Return the largest probability of deciding that two equal shares of the same people differ.

    Whether the rule decides rests on b and c, those who gave one answer alone: Tango's interval leaves zero out where
    (b - c)^2 / (b + c) is beyond its quantile, a Dirichlet one where P(V > 1/2) is, V ~ Beta(b + a, c + a), and
    McNemar's test rests on them alone. If shares are equal, b given b + c is Binomial(b + c, 1/2); the largest value
    is over the share of b + c, all included. Where the overlap is not printed the rule decides for fewer tables: this
    is then an upper bound.

    Examples
    --------
    >>> round(pair_rate(49, 0.95), 4), round(pair_rate(24, 0.95), 4)
    (0.0444, 0.0309)
    """
    given = np.zeros(n + 1)
    for m in range(1, n + 1):
        given[m] = 2 * binomial(m, np.array([0.5]))[pair_decisions(m, level)].sum()
    return largest(given[:, None])  # type: ignore[arg-type]  # a chance for each, in place of all or none


def pair_decisions(m: int, level: float) -> Which:
    """Return of how many who gave the first answer alone, of m who gave one alone, the rule says that it is larger."""
    b, tail = np.arange(m + 1), (1 - level) / 2
    above: Which = (2 * b - m) / np.sqrt(m) > -special.ndtri(tail)
    above &= special.bdtrc(b - 1.0, m, 0.5) <= tail
    for prior in PRIORS.values():
        above &= special.betainc(b + prior, m - b + prior, 0.5) < tail
    return above


def _first_inside(
    x: NDArray[np.int64], n: NDArray[np.int64], within: tuple[float, float], level: float, rule: tuple[str, ...]
) -> tuple[int, int] | None:
    """Return the first base, with its first count, of which every interval of a rule lies within two ends.

    The last method, which costs most, looks at a few bases at a time.
    """

    def inside(rows: tuple[NDArray[np.intp], ...], method: str) -> Which:
        lower, upper = interval_limits(x[rows], n[rows[1]], method=method, level=level)
        return np.asarray((lower > within[0]) & (upper < within[1]))

    left = np.ones(x.shape, bool)
    for method in rule[:-1]:
        rows = np.nonzero(left)
        if not rows[0].size:
            return None
        left[rows] = inside(rows, method)
    columns = np.flatnonzero(left.any(axis=0))
    for start in range(0, len(columns), TOGETHER):
        few = columns[start : start + TOGETHER]
        place, which = np.nonzero(left[:, few])
        held = inside((place, few[which]), rule[-1])
        if held.any():
            first = which[held].min()
            return int(n[few[first]]), int(x[place[held & (which == first)].min(), few[first]])
    return None


TOGETHER = 4
"""Bases that the last method looks at together."""

MOST_ASKED = 20_000
"""People up to whom the least base that could support a claim is looked for."""


@lru_cache(maxsize=1024)
def least_base(ends: Ends, level: float, rule: tuple[str, ...] = SHARE_RULE) -> tuple[int, int] | None:
    """Return the least base of which the rule would support some count, and that count; None: none up to 20,000.

    Notes
    -----
    Of one threshold the count that speaks most for the claim is all, or none; of a range one next to where both ends
    are as many standard errors away. A few larger bases may again support no count of a range.

    Examples
    --------
    >>> least_base((0.5, None), 0.95), least_base((0.4, 0.6), 0.95)
    ((6, 6), (96, 48))
    """
    low, high = ends
    start, length, spread = 1, 64, 0.0
    if low is not None and high is not None:  # the ends are so many standard errors apart, or nearly
        spread = math.sqrt(low * (1 - low)) + math.sqrt(high * (1 - high))
        start = max(1, int(0.8 * (special.ndtri((1 + level) / 2) * spread / (high - low)) ** 2))
    while start <= MOST_ASKED:
        n = np.arange(start, min(start + length, MOST_ASKED + 1))
        if low is None or high is None:
            x = (n if high is None else 0 * n)[None, :]
        else:
            best = low + (high - low) * math.sqrt(low * (1 - low)) / (spread or 1.0)
            x = np.clip(np.floor(n * best)[None, :] + np.arange(-1, 3)[:, None], 0, n[None, :])
        within = (-1.0 if low is None else low, 2.0 if high is None else high)
        found = _first_inside(x, n, within, level, rule)
        if found is not None:
            return found
        start, length = start + length, length * 2
    return None
