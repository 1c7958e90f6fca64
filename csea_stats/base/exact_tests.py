"""P-values for two independent shares, by enumeration: given the margins, or the largest over the common share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy import special
from scipy.special import gammaln

from csea_stats.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from csea_stats.base.roots import Array

    Region = NDArray[np.bool_]
    Whole = tuple[int, int, int, int]
    Counts = NDArray[np.int64]

MOST = 400_000
"""Partial tables held at once before sampling takes over."""

CLOSE = 1e-7
"""Relative difference up to which two values of a statistic count as equal; R's fisher.test has the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PValue:
    """A p-value and how it came about.

    Parameters
    ----------
    p : float
    draws : int or None
        None: every table was counted.
    """

    p: float
    draws: int | None = None


@dataclass(frozen=True, slots=True)
class _Partial:
    left: Counts
    value: Array
    weight: Array  # log


def mcnemar_p(first: ArrayLike, second: ArrayLike, *, mid_p: bool = False) -> Array:
    """Return McNemar's exact two-sided p-value: that of those who differ as many go either way.

    Parameters
    ----------
    first, second : array_like of int
        How many gave the first answer alone, and the second alone.
    mid_p : bool, default False
        Count half of what is as likely as the observed.

    References
    ----------
    McNemar, Q. (1947). Psychometrika 12, 153-157, doi:10.1007/BF02295996. Fagerland, M. W., Lydersen, S. and Laake, P.
    (2013). BMC Medical Research Methodology 13, 91, doi:10.1186/1471-2288-13-91, sections "exact conditional" and
    "mid-p".

    Examples
    --------
    >>> [round(float(mcnemar_p(1, 7, mid_p=half)), 3) for half in (False, True)]
    [0.07, 0.039]
    """
    one, other = np.asarray(first), np.asarray(second)
    least, number = np.minimum(one, other), one + other
    p = np.minimum(2 * special.bdtr(least, number, 0.5), 1.0)
    if mid_p:
        here = special.bdtr(least, number, 0.5) - np.where(least > 0, special.bdtr(least - 1, number, 0.5), 0.0)
        p = p - np.where(one == other, here / 2, here) * (number > 0)
    return np.asarray(p)


def independence(table: Counts, *, mid_p: bool, draws: int, rng: np.random.Generator) -> PValue:
    """Fisher, Freeman and Halton: the probability of all tables no more probable than the observed one.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> round(independence(np.array([[3, 1], [1, 3]]), mid_p=False, draws=999, rng=rng).p, 4)
    0.4857
    """
    found = every(_wide(table), lambda cells, _: -gammaln(cells + 1.0))
    observed = float(-gammaln(table + 1.0).sum())
    if found is None:
        values = -gammaln(_sampled(table, draws, rng) + 1.0).sum(axis=(1, 2))
        return _estimated(-values, -observed, mid_p=mid_p)
    return _counted(-found[0], found[1], -observed, mid_p=mid_p)


def linear(table: Counts, rows: Array, columns: Array, *, mid_p: bool, draws: int, rng: np.random.Generator) -> PValue:
    """Sum of row score times column score, as far from its expectation as observed or farther, on either side."""
    if table.shape[0] > table.shape[1]:
        table, rows, columns = _wide(table), columns, rows
    expected = float(rows @ table.sum(axis=1) * (table.sum(axis=0) @ columns) / table.sum())
    observed = abs(float(rows @ table @ columns) - expected)
    # Scores are not centred first: sums of whole and half scores coincide, and tables that share one merge.
    found = every(table, lambda cells, column: rows * cells * columns[column])
    if found is None:
        drawn = _sampled(table, draws, rng)
        return _estimated(np.abs(np.einsum("i,bij,j->b", rows, drawn, columns) - expected), observed, mid_p=mid_p)
    return _counted(np.abs(found[0] - expected), found[1], observed, mid_p=mid_p)


def sampled(
    table: Counts, statistic: Callable[[Array], Array], *, mid_p: bool, draws: int, rng: np.random.Generator
) -> PValue:
    """Any statistic of tables, shape (B, R, C) to (B,), large values against the null."""
    observed = float(statistic(table[None].astype(np.float64))[0])
    return _estimated(statistic(_sampled(table, draws, rng)), observed, mid_p=mid_p)


def _wide(table: Counts) -> Counts:
    """Turn a table so that it has fewer rows than columns: fewer partial tables differ."""
    return table.T if table.shape[0] > table.shape[1] else table


def every(table: Counts, part: Callable[[Counts, int], Array]) -> tuple[Array, Array] | None:
    """Return the values of an additive statistic over all tables with these margins, and their probabilities.

    Parameters
    ----------
    table : (R, C) array of int
    part : callable
        Of the cells of one column, shape (N, R), and its place: what each cell adds.

    Returns
    -------
    values, probabilities : arrays
        None where there are more partial tables than `MOST`.
    """
    state = _Partial(table.sum(axis=1)[None].astype(np.int64), np.zeros(1), np.zeros(1))
    for column, total in enumerate(table.sum(axis=0).tolist()):
        grown = _columns(state, total)
        if grown is None:
            return None
        parent, cells = grown
        merged = _merged(
            state.left[parent] - cells,
            state.value[parent] + part(cells, column).sum(axis=1),
            state.weight[parent] - gammaln(cells + 1.0).sum(axis=1),
        )
        state = merged
    chance = np.exp(state.weight - state.weight.max())
    return state.value, chance / chance.sum()


def _columns(state: _Partial, total: int) -> tuple[NDArray[np.intp], Counts] | None:
    """Every way to spread a column's total over the rows that have room, cell by cell."""
    rows = state.left.shape[1]
    parent = np.arange(len(state.left))
    need = np.full(len(parent), total, dtype=np.int64)
    cells = np.zeros((len(parent), rows), dtype=np.int64)
    later = np.concatenate([np.cumsum(state.left[:, ::-1], axis=1)[:, ::-1][:, 1:], np.zeros((len(parent), 1), int)], 1)
    for row in range(rows):
        low = np.maximum(need - later[parent, row], 0)
        high = np.minimum(state.left[parent, row], need)
        times = np.maximum(high - low + 1, 0)
        size = int(times.sum())
        if size > MOST * 4:
            return None
        source = np.repeat(np.arange(len(parent)), times)
        step = np.arange(size) - np.repeat(np.cumsum(times) - times, times)
        here = low[source] + step
        parent, cells, need = parent[source], cells[source], need[source] - here
        cells[:, row] = here
    return parent, cells


def _merged(left: Counts, value: Array, weight: Array) -> _Partial:
    """Count partial tables together that have the same rows left and the same value to nine decimals."""
    code = np.zeros(len(left), dtype=np.int64)
    for row in range(left.shape[1]):
        code = code * (int(left[:, row].max()) + 1) + left[:, row]
    order = np.lexsort((np.round(value, 9), code))
    code, rounded = code[order], np.round(value, 9)[order]
    new = np.concatenate([[True], (np.diff(code) != 0) | (np.diff(rounded) > 2e-9)])
    first = np.flatnonzero(new)
    return _Partial(left[order][first], value[order][first], np.logaddexp.reduceat(weight[order], first))


def _sampled(table: Counts, draws: int, rng: np.random.Generator) -> Array:
    from scipy.stats import random_table

    drawn = random_table(table.sum(axis=1), table.sum(axis=0)).rvs(size=draws, random_state=rng)
    return np.asarray(drawn, dtype=np.float64).reshape(draws, *table.shape)


def _counted(extreme: Array, chance: Array, observed: float, *, mid_p: bool) -> PValue:
    slack = CLOSE * max(1.0, abs(observed))
    beyond = float(chance[extreme > observed + slack].sum())
    level = float(chance[np.abs(extreme - observed) <= slack].sum())
    return PValue(p=min(beyond + level * (0.5 if mid_p else 1.0), 1.0))


def _estimated(extreme: Array, observed: float, *, mid_p: bool) -> PValue:
    """Count the observed table as one of the draws, so that p is never 0 (Phipson and Smyth 2010)."""
    slack = CLOSE * max(1.0, abs(observed))
    beyond = int((extreme > observed + slack).sum())
    level = int((np.abs(extreme - observed) <= slack).sum()) + 1
    return PValue(p=(beyond + level * (0.5 if mid_p else 1.0)) / (len(extreme) + 1), draws=len(extreme))


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
            ordering = upper_tails(base, other_base)
            tails.append(largest(ordering <= ordering[own, other] * (1 + CLOSE)))
        return min(1.0, 2 * min(tails))
    if method == "boschloo-minlike":
        ordering = _minlike(n1, n2)
        return min(1.0, largest(ordering <= ordering[x1, x2] * (1 + CLOSE)))
    score = _scores(n1, n2, pooled=method == "barnard-pooled")
    region = score >= score[x1, x2] - 1e-9 if math.isfinite(score[x1, x2]) else np.isinf(score)
    return min(1.0, largest(region))


def _given_margins(table: Whole, method: str) -> float:
    """Fisher: what is at least as far out among the tables with the same margins."""
    x1, n1, x2, n2 = table
    counts = np.arange(max(0, x1 + x2 - n2), min(n1, x1 + x2) + 1)
    chance = np.exp(log_choose(n1, counts) + log_choose(n2, x1 + x2 - counts) - log_choose(n1 + n2, np.array(x1 + x2)))
    own = chance[counts == x1].sum()
    if method == "fisher":
        return min(1.0, float(chance[chance <= own * (1 + CLOSE)].sum()))
    half = 0.5 if method == "mid-p" else 1.0
    tails = [float(chance[side * (counts - x1) > 0].sum() + half * own) for side in (1, -1)]
    return min(1.0, 2 * min(tails))


def log_choose(of: int, taken: Array | NDArray[np.int64]) -> Array:
    """Return the log of how many ways there are to take some of so many."""
    return np.asarray(special.gammaln(of + 1) - special.gammaln(taken + 1) - special.gammaln(of - taken + 1))


@lru_cache(maxsize=16)
def _by_total(n1: int, n2: int) -> Array:
    """Return P(x1 | total) for every x1 (rows) and total (columns)."""
    x1, total = np.arange(n1 + 1)[:, None], np.arange(n1 + n2 + 1)[None, :]
    x2 = total - x1
    inside = (x2 >= 0) & (x2 <= n2)
    log = log_choose(n1, x1) + log_choose(n2, np.where(inside, x2, 0)) - log_choose(n1 + n2, total)
    return np.where(inside, np.exp(log), 0.0)


def _per_pair(by_total: Array, n1: int, n2: int) -> Array:
    """Return the values of (x1, total) for every (x1, x2)."""
    x1, x2 = np.arange(n1 + 1)[:, None], np.arange(n2 + 1)[None, :]
    return np.asarray(by_total[x1, x1 + x2])


@lru_cache(maxsize=16)
def upper_tails(n1: int, n2: int) -> Array:
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


Path = Callable[["Array"], "tuple[Array, Array]"]
"""From numbers between 0 and 1 to the shares of both groups."""


def alike(share: Array) -> tuple[Array, Array]:
    """Return a share that both groups have."""
    return share, share


def largest(region: Region, path: Path = alike, enough: float = 1.0) -> float:
    """Return the largest chance of a region of tables along a path of shares; of a chance above `enough`, any such."""
    n1, n2 = region.shape[0] - 1, region.shape[1] - 1
    inside = region.astype(float)

    def chance(angles: Array) -> Array:
        p1, p2 = path(np.sin(angles) ** 2)
        return np.asarray(np.einsum("ap,ap->p", binomial(n1, p1), inside @ binomial(n2, p2)))

    angles = np.linspace(0.0, math.pi / 2, SHARES + 1)
    found = chance(angles)
    best, width = float(found.max()), float(angles[1])
    if best > enough:
        return min(1.0, best)
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


def binomial(n: int, p: Array) -> Array:
    """Return P(x) for every x (rows) at every p."""
    x = np.arange(n + 1)[:, None]
    log = log_choose(n, x) + special.xlogy(x, p) + special.xlog1py(n - x, -p)
    return np.asarray(np.exp(log))


def fisher_upper(table: Whole) -> float:
    """Return Fisher's one-sided p-value for a larger first share.

    Examples
    --------
    >>> round(fisher_upper((7, 7, 28, 42)), 4)
    0.0783
    """
    x1, n1, x2, n2 = table
    counts = np.arange(x1, min(n1, x1 + x2) + 1)
    log = log_choose(n1, counts) + log_choose(n2, x1 + x2 - counts) - log_choose(n1 + n2, np.array(x1 + x2))
    return float(np.exp(log).sum())
