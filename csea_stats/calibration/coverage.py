"""Exact coverage of intervals over grids of true values, by enumeration of every outcome."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.binomial import interval_limits
from csea_stats.base.exact_tests import binomial
from csea_stats.base.odds_ratios import odds_limits
from csea_stats.base.paired import bonett_price_limits, score_upper
from csea_stats.base.two_binomials import gap_limits, ratio_limits
from csea_stats.estimators.comparison import Ratio
from csea_stats.estimators.estimand import Participation
from csea_stats.estimators.paired_difference import PairedDifference, pair_tables
from csea_stats.results.certificates import CertificateRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from csea_stats.base.error_rates import Which
    from csea_stats.base.roots import Array
    from csea_stats.base.two_binomials import Groups, Limits

SLACK = 1e-7
"""A truth this close outside a limit is inside."""

GRID = np.linspace(0.0005, 0.9995, 1999)
"""True shares of one group."""

GRID_OF_TWO = np.linspace(0.01, 0.99, 50)
"""True shares of each of two groups."""

GRID_OF_PAIRS = np.linspace(0.02, 0.98, 25)
"""Shares of pairs that differ; of these the first's part."""


def share_row(n: int, method: str, level: float) -> CertificateRow:
    """Return the coverage of an interval of one share.

    Examples
    --------
    >>> row = share_row(49, "wilson", 0.95)
    >>> round(row.minimum, 3), round(row.mean, 3), round(row.inner[0], 3), round(row.width, 3)
    (0.842, 0.952, 0.931, 0.215)
    """
    lower, upper = interval_limits(np.arange(n + 1), np.full(n + 1, n), method=method, level=level)
    inner = (GRID >= 0.05) & (GRID <= 0.95)
    return _row((n,), (lower, upper), (GRID[:, None], GRID), binomial(n, GRID), inner, None)


def gap_row(n1: int, n2: int, method: str, level: float) -> CertificateRow:
    """Return the coverage of an interval of the difference of two groups' shares."""
    limits = gap_limits(every_table(n1, n2), method=method, level=level)
    return _two_groups(n1, n2, limits, lambda first, second: first - second)


def odds_row(n1: int, n2: int, method: str, level: float) -> CertificateRow:
    """Return the coverage of an interval of the odds ratio."""
    limits = odds_limits(every_table(n1, n2), method=method, level=level)
    return _two_groups(n1, n2, limits, lambda first, second: first * (1 - second) / (second * (1 - first)), ratio=True)


def ratio_row(n1: int, n2: int, method: str, level: float) -> CertificateRow:
    """Return the coverage of an interval of the ratio of two groups' shares."""
    tables = every_table(n1, n2)
    if Ratio.methods[method].kind == "confidence":
        limits = ratio_limits(tables, method=method, level=level)
    else:
        sides = ((((x1, n1),), ((x2, n2),)) for x1, _, x2, _ in np.array(tables, int).T.tolist())
        ends = [Ratio(sides=side).limits(method, level, Participation()) for side in sides]
        limits = np.array(ends)[:, 0], np.array(ends)[:, 1]
    return _two_groups(n1, n2, limits, lambda first, second: first / second, ratio=True)


def every_table(n1: int, n2: int) -> Groups:
    """Return every table of two groups, as x1, n1, x2, n2."""
    x1, x2 = (part.ravel().astype(float) for part in np.mgrid[0 : n1 + 1, 0 : n2 + 1])
    return x1, np.full(x1.shape, float(n1)), x2, np.full(x1.shape, float(n2))


def _two_groups(
    n1: int, n2: int, limits: Limits, value: Callable[[Array, Array], Array], *, ratio: bool = False
) -> CertificateRow:
    """Return the coverage of limits of every table, of what two shares make."""
    first, second = (part.ravel() for part in np.meshgrid(GRID_OF_TWO, GRID_OF_TWO, indexing="ij"))
    chance = np.einsum("ap,bp->abp", binomial(n1, first), binomial(n2, second)).reshape(len(limits[0]), -1)
    inner = (np.minimum(first, second) >= 0.1) & (np.maximum(first, second) <= 0.9)
    truth = np.stack([first, second], axis=1), value(first, second)
    found = _row((n1, n2), limits, truth, chance, inner, first == second)
    return replace(found, width=None) if ratio else found


def margins_row(n: int, method: str, level: float) -> CertificateRow:
    """Return the coverage where of two answers of the same people the overlap is not printed.

    At the truths that hurt most: nobody gives both answers, so that the people who tell the two apart are as many as
    the margins allow. (Everybody gives one at least is the same with the answers turned round.)
    """
    b, c = np.array([(b, c) for b in range(n + 1) for c in range(n + 1 - b)]).T

    def limits(one: int, other: int) -> tuple[float, float]:
        tables, full = pair_tables(one, other, n, None)
        return PairedDifference(tables=tables, full=full).limits(method, level, Participation())

    return _pairs(n, (b, c), _turned(b, c, limits))


def pair_row(n: int, method: str, level: float) -> CertificateRow:
    """Return the coverage of an interval of the difference of two shares of the same people, every answer known."""
    b, c = np.array([(b, c) for b in range(n + 1) for c in range(n + 1 - b)]).T
    lower, upper = pair_limits(b, c, n, method, level)
    return _pairs(n, (b, c), (lower, upper))


def _pairs(n: int, counts: tuple[Array, Array], limits: Limits) -> CertificateRow:
    """Return the coverage of limits of every count of those who gave one answer alone, or the other."""
    b, c = counts
    differ, part = (x.ravel() for x in np.meshgrid(GRID_OF_PAIRS, GRID_OF_PAIRS, indexing="ij"))
    first, second = differ * part, differ * (1 - part)
    ways = special.gammaln(n + 1) - special.gammaln(b + 1) - special.gammaln(c + 1) - special.gammaln(n - b - c + 1)
    logs = ways[:, None] + b[:, None] * np.log(first) + c[:, None] * np.log(second)
    chance = np.exp(logs + (n - b - c)[:, None] * np.log(1 - differ))
    inner = (np.minimum(first, second) >= 0.05) & (differ <= 0.95)
    truths = np.stack([first, second], axis=1)
    return _row((n,), limits, (truths, first - second), chance, inner, np.isclose(first, second))


def pair_limits(b: Array, c: Array, n: int, method: str, level: float) -> tuple[Array, Array]:
    """Return the limits of every table of pairs."""
    if method == "tango":
        return -score_upper(c, b, n, level=level), score_upper(b, c, n, level=level)
    if method == "bonett-price":
        return bonett_price_limits(b, c, n, level=level)

    def limits(one: int, other: int) -> tuple[float, float]:
        return PairedDifference(tables=((one, other, n),), full=()).limits(method, level, Participation())

    return _turned(b, c, limits)


def _turned(b: Array, c: Array, limits: Callable[[int, int], tuple[float, float]]) -> Limits:
    """Return the limits of every pair of counts; those of (c, b) are those of (b, c) turned round."""
    ends, pairs = {}, list(zip(b.tolist(), c.tolist(), strict=True))
    for one, other in pairs:
        if one >= other:
            low, high = limits(one, other)
            ends[one, other], ends[other, one] = (low, high), (-high, -low)
    lower, upper = np.array([ends[pair] for pair in pairs]).T
    return lower, upper


def _row(
    n: tuple[int, ...],
    limits: tuple[Array, Array],
    truth: tuple[Array, Array],
    chance: Array,
    inner: Which,
    alike: Which | None,
) -> CertificateRow:
    """Return what is told of limits for each outcome (rows of chance) at each truth (its columns)."""
    (lower, upper), (where, value) = limits, truth
    left = np.einsum("op,op->p", chance, (lower[:, None] > value + SLACK).astype(float))
    right = np.einsum("op,op->p", chance, (upper[:, None] < value - SLACK).astype(float))
    covered = 1 - left - right
    worst = int(covered.argmin())
    return CertificateRow(
        n=n,
        minimum=six_decimals(covered[worst]),
        at=tuple(six_decimals(part) for part in where[worst]),
        mean=six_decimals(covered.mean()),
        fifth=six_decimals(np.quantile(covered, 0.05)),
        left=six_decimals(left.mean()),
        right=six_decimals(right.mean()),
        inner=(six_decimals(covered[inner].min()), six_decimals(covered[inner].mean())),
        alike=None if alike is None else six_decimals(covered[alike].min()),
        width=six_decimals(float(((upper - lower) @ chance).mean())),
    )


def six_decimals(number: float) -> float:
    """Return a number as it is told: six decimals."""
    return round(float(number), 6)
