"""Exact coverage of intervals over grids of true values, by enumeration of every outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.binomial import interval_limits
from csea_stats.base.exact_tests import binomial
from csea_stats.base.paired import bonett_price_limits, score_upper
from csea_stats.base.two_binomials import gap_limits
from csea_stats.estimators.estimand import Participation
from csea_stats.estimators.paired_difference import PairedDifference
from csea_stats.results.certificates import CertificateRow

if TYPE_CHECKING:
    from csea_stats.base.error_rates import Which
    from csea_stats.base.roots import Array

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
    x1, x2 = (part.ravel() for part in np.mgrid[0 : n1 + 1, 0 : n2 + 1])
    groups = x1, np.full(x1.shape, n1), x2, np.full(x1.shape, n2)
    lower, upper = gap_limits(groups, method=method, level=level)
    first, second = (part.ravel() for part in np.meshgrid(GRID_OF_TWO, GRID_OF_TWO, indexing="ij"))
    chance = np.einsum("ap,bp->abp", binomial(n1, first), binomial(n2, second)).reshape(len(x1), -1)
    inner = (np.minimum(first, second) >= 0.1) & (np.maximum(first, second) <= 0.9)
    truths = np.stack([first, second], axis=1)
    return _row((n1, n2), (lower, upper), (truths, first - second), chance, inner, first == second)


def pair_row(n: int, method: str, level: float) -> CertificateRow:
    """Return the coverage of an interval of the difference of two shares of the same people, every answer known."""
    b, c = np.array([(b, c) for b in range(n + 1) for c in range(n + 1 - b)]).T
    lower, upper = pair_limits(b, c, n, method, level)
    differ, part = (x.ravel() for x in np.meshgrid(GRID_OF_PAIRS, GRID_OF_PAIRS, indexing="ij"))
    first, second = differ * part, differ * (1 - part)
    ways = special.gammaln(n + 1) - special.gammaln(b + 1) - special.gammaln(c + 1) - special.gammaln(n - b - c + 1)
    logs = ways[:, None] + b[:, None] * np.log(first) + c[:, None] * np.log(second)
    chance = np.exp(logs + (n - b - c)[:, None] * np.log(1 - differ))
    inner = (np.minimum(first, second) >= 0.05) & (differ <= 0.95)
    truths = np.stack([first, second], axis=1)
    return _row((n,), (lower, upper), (truths, first - second), chance, inner, np.isclose(first, second))


def pair_limits(b: Array, c: Array, n: int, method: str, level: float) -> tuple[Array, Array]:
    """Return the limits of every table of pairs."""
    if method == "tango":
        return -score_upper(c, b, n, level=level), score_upper(b, c, n, level=level)
    if method == "bonett-price":
        return bonett_price_limits(b, c, n, level=level)
    who, ends = Participation(), {}
    for one, other in zip(b.tolist(), c.tolist(), strict=True):
        if one >= other:
            low, high = PairedDifference(tables=((one, other, n),), full=()).limits(method, level, who)
            ends[one, other], ends[other, one] = (low, high), (-high, -low)
    lower, upper = np.array([ends[pair] for pair in zip(b.tolist(), c.tolist(), strict=True)]).T
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
        minimum=_told(covered[worst]),
        at=tuple(_told(part) for part in where[worst]),
        mean=_told(covered.mean()),
        fifth=_told(np.quantile(covered, 0.05)),
        left=_told(left.mean()),
        right=_told(right.mean()),
        inner=(_told(covered[inner].min()), _told(covered[inner].mean())),
        alike=None if alike is None else _told(covered[alike].min()),
        width=_told(float(((upper - lower) @ chance).mean())),
    )


def _told(number: float) -> float:
    """Return a number as it is told: six decimals."""
    return round(float(number), 6)
