"""How often chance alone makes the sign rule decide where there is nothing to decide: by enumeration."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.binomial import PRIORS, interval_limits
from csea_stats.base.odds_ratios import LogisticGap
from csea_stats.base.two_binomials import gap_limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from csea_stats.claims.claim_verdicts import Goal

    Array = NDArray[np.float64]

SHARE_RULE = ("jeffreys", "wilson", "uniform")
"""The intervals that a verdict on a share needs: the default, its companion, the other prior."""

NODES = 200
"""Of the quadrature; with twice as many no table of two groups of 49 changes by 1e-12."""


def binomial(n: int, p: Array) -> Array:
    """Return the binomial probabilities of 0..n, a row for each p between 0 and 1."""
    x = np.arange(n + 1)
    log = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
    return np.asarray(np.exp(log + special.xlogy(x, p[:, None]) + special.xlog1py(n - x, -p[:, None])))


def share_rate(n: int, goal: Goal, level: float) -> float:
    """Return the probability of deciding a claim about a share, either way, where the truth is at its threshold.

    Of a range: the larger of the two at its ends; the rule decides only where every interval lies within both ends, or
    outside one of them.

    Examples
    --------
    >>> from csea_stats.claims.claim_verdicts import Goal
    >>> round(share_rate(49, Goal(low=0.5), 0.95), 4), round(share_rate(49, Goal(low=0.4, high=0.5), 0.95), 4)
    (0.0444, 0.0224)
    """
    low, high = -1.0 if goal.low is None else goal.low, 2.0 if goal.high is None else goal.high
    return max((_share_rate(n, (low, high), t, level) for t in goal.thresholds if 0 < t < 1), default=0.0)


@lru_cache(maxsize=512)
def _share_rate(n: int, ends: tuple[float, float], truth: float, level: float) -> float:
    x = np.arange(n + 1)
    lower, upper = np.swapaxes(
        [interval_limits(x, np.full(n + 1, n), method=method, level=level) for method in SHARE_RULE], 0, 1
    )
    inside = (lower > ends[0]).all(axis=0) & (upper < ends[1]).all(axis=0)
    outside = (upper < ends[0]).all(axis=0) | (lower > ends[1]).all(axis=0)
    return float(binomial(n, np.array([truth]))[0][inside | outside].sum())


@lru_cache(maxsize=64)
def gap_rate(n1: int, n2: int, level: float) -> float:
    """Return the largest probability of deciding that two equal shares differ, over their common value.

    Examples
    --------
    >>> round(gap_rate(3, 5, 0.95), 3) < 0.06
    True
    """
    p = np.linspace(0.005, 0.995, 199)
    decided = _decided(n1, n2, level)
    rates = np.einsum("pi,ij,pj->p", binomial(n1, p), decided, binomial(n2, p))
    return float(rates.max())


def _decided(n1: int, n2: int, level: float) -> Array:
    """Return 1 for every table of which all the rule's intervals lie on one side of zero.

    A table seen from the other answer, (n1 - x1, n2 - x2), has the opposite difference, so one side suffices. An
    interval is above zero where the posterior probability of zero or less is below its tail.
    """
    x1, x2 = (a.ravel().astype(float) for a in np.mgrid[0 : n1 + 1, 0 : n2 + 1])
    tables = (x1, np.full(x1.shape, float(n1)), x2, np.full(x1.shape, float(n2)))
    above = gap_limits(tables, method="newcombe", level=level)[0] > 0
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
    return (table_above | table_above[::-1, ::-1]).astype(float)


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
    (b - c)^2 / (b + c) is beyond its quantile, a Dirichlet one where P(V > 1/2) is, V ~ Beta(b + a, c + a). If shares
    are equal, b given b + c is Binomial(b + c, 1/2); the largest value is over the share of b + c, all included.
    Where the overlap is not printed the rule decides for fewer tables: this is then an upper bound.

    Examples
    --------
    >>> round(pair_rate(49, 0.95), 4), round(pair_rate(24, 0.95), 4)
    (0.0499, 0.0639)
    """
    tail = (1 - level) / 2
    given = np.zeros(n + 1)
    for m in range(1, n + 1):
        b = np.arange(m + 1)
        above = (2 * b - m) / np.sqrt(m) > -special.ndtri(tail)
        for prior in PRIORS.values():
            above &= special.betainc(b + prior, m - b + prior, 0.5) < tail
        given[m] = 2 * binomial(m, np.array([0.5]))[0][above].sum()
    return max(float((binomial(n, np.linspace(0.005, 0.995, 199)) @ given).max()), float(given[n]))
