"""Limits of a paired difference for each kind of target, as numbers: the hull over every overlap that print allows.

A table is (b, c, n): how many gave the first answer alone, the second alone, and how many there are. Pure functions of
hashable arguments, cached.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.errors import CountError
from csea_stats.estimators.checking import feasible, share_pairs
from csea_stats.estimators.pairs.posterior import (
    PairPosterior,
    pair_cdf,
    pair_quantile,
    sampled_pairs,
    selected_pairs,
)
from csea_stats.estimators.pairs.score import ALIKE, Weights, bonett_price_limits, score_upper
from csea_stats.estimators.picks.overlaps import feasible_overlaps
from csea_stats.estimators.shares.spans import CACHED, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Table = tuple[int, int, int]
Tables = tuple[Table, ...]

PAIR_PRIORS = {"dirichlet": 0.5, "uniform": 1.0}
"""Pseudo-counts that each method with a prior adds to each of the four cells: both, either alone, neither."""
MOST_TABLES = 40
"""Feasible tables of which each is looked at; of more, those at the edge."""

BETWEEN = 5
"""Overlaps at which the median in a population is looked at, the smallest and the largest included."""


def pair_tables(
    x1: object, x2: object, base: object, both: object = None
) -> tuple[Tables, tuple[tuple[int, ...], ...]]:
    """Return every table that the counts allow, and every (first, second, both, base).

    Raises
    ------
    CountError
        If a count is none, or no table has these margins.
    """
    first, second = share_pairs(x1, base, name="x1"), share_pairs(x2, base, name="x2")
    if isinstance(both, range):
        both = set(both)
    overlaps = None if both is None else set(feasible(both, "both"))
    full = [
        (a, b, overlap, n)
        for (a, n), (b, m) in product(first, second)
        if n == m
        for overlap in feasible_overlaps(a, b, (), n, None)
        if overlaps is None or overlap in overlaps
    ]
    if not full:
        message = f"both: found {both!r} with {x1!r} and {x2!r} of {base!r}"
        ranges = [feasible_overlaps(a, b, (), n, None) for (a, n), (b, m) in product(first, second) if n == m]
        if ranges:
            low, high = min(found[0] for found in ranges), max(found[-1] for found in ranges)
            message += f"; allowed is {low}" + (f" to {high}: both counts must fit" if low < high else "")
        raise CountError(message)
    return tuple(sorted({(a - o, b - o, n) for a, b, o, n in full}, key=_widest)), tuple(sorted(full))


def _widest(table: Table) -> tuple[int, ...]:
    b, c, n = table
    return -(b + c), b, n


@lru_cache(maxsize=CACHED)
def edge(tables: Tables) -> Tables:
    """Return the tables among which the extreme limits are: no other has fewer of one kind and as many of the other.

    Of those with one difference, the one with most pairs that differ and the one with fewest (the intervals are
    nested).
    """
    found: dict[tuple[int, int], list[Table]] = {}
    for b, c, n in dict.fromkeys((*_unrivalled(tables), *(_turned(one) for one in _unrivalled(map(_turned, tables))))):
        found.setdefault((b - c, n), []).append((b, c, n))
    ends = [end for same in found.values() for end in (min(same, key=_widest), max(same, key=_widest))]
    return tuple(sorted(dict.fromkeys(ends), key=_widest))


def _turned(table: Table) -> Table:
    b, c, n = table
    return c, b, n


def _unrivalled(tables: Iterable[Table]) -> list[Table]:
    """Return the tables of which no other of the same base has as few of the first kind and as many of the second."""
    found: list[Table] = []
    most: dict[int, int] = {}
    for b, c, n in sorted(set(tables), key=lambda table: (table[0], -table[1])):
        if c > most.get(n, -1):
            most[n] = c
            found.append((b, c, n))
    return found


def _few(tables: Tables) -> Tables:
    return tables if len(tables) <= MOST_TABLES else edge(tables)


def _cells(table: Table, prior: str, design_effect: float) -> tuple[float, float, float]:
    b, c, n = table
    added = PAIR_PRIORS[prior]
    return b / design_effect + added, c / design_effect + added, (n - b - c) / design_effect + 2 * added


def _lowest(posteriors: Iterable[PairPosterior], probability: float) -> float:
    """Return the lowest of the quantiles: another's is lower where more than the probability lies below."""
    found: float | None = None
    for posterior in posteriors:
        if found is None or pair_cdf(posterior, found) > probability:
            found = pair_quantile(posterior, probability)
    return 0.0 if found is None else found


def _ends(lows: Sequence[PairPosterior], highs: Sequence[PairPosterior], level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    return _lowest(lows, tail), -_lowest((one.swapped for one in highs), tail)


def lower_weights(ratio: float) -> tuple[Weights, ...]:
    """Return the weights within a ratio of each other that make the difference smallest.

    The second alone weigh most against the first; the rest as little as may be where the difference is negative, and as
    much as may be where it is positive.
    """
    return tuple(dict.fromkeys(((1.0, ratio, 1.0), (1.0, ratio, ratio))))


def _upper(weights: Weights) -> Weights:
    return weights[1], weights[0], weights[2]


@lru_cache(maxsize=CACHED)
def sampled_pair_span(
    tables: Tables, method: str, level: float, design_effect: float = 1.0, ratio: float = 1.0
) -> Span:
    """Return limits of the difference among people like these, or with participation ratios within a bound.

    Parameters
    ----------
    ratio : float
        By which any two of the three kinds of people may differ in taking part; 1: not at all.
    """
    few = _few(tables)
    lows = lower_weights(ratio)
    if method in PAIR_PRIORS:
        cells = [_cells(table, method, design_effect) for table in few]
        lower, upper = _ends(
            [sampled_pairs(each, weights) for each in cells for weights in lows],
            [sampled_pairs(each, _upper(weights)) for each in cells for weights in lows],
            level,
        )
        return Span(lower=lower, upper=upper)
    b, c, n = np.array(few, float).T / design_effect
    if method == "bonett-price":
        low, high = bonett_price_limits(b, c, n, level=level)
        return Span(lower=float(low.min()), upper=float(high.max()))
    swapped = [_upper(weights) for weights in lows]
    return Span(
        lower=-max(float(score_upper(c, b, n, level=level, weights=weights).max()) for weights in swapped),
        upper=max(float(score_upper(b, c, n, level=level, weights=weights).max()) for weights in swapped),
    )


@lru_cache(maxsize=CACHED)
def _selected(table: Table, tau: float, design_effect: float) -> PairPosterior:
    return selected_pairs(_cells(table, "dirichlet", design_effect), tau)


@lru_cache(maxsize=CACHED)
def selected_pair_span(tables: Tables, tau: float, level: float, design_effect: float = 1.0) -> Span:
    """Return limits of the difference in a population, with a prior on who took part."""
    posteriors = [_selected(table, tau, design_effect) for table in edge(tables)]
    lower, upper = _ends(posteriors, posteriors, level)
    return Span(lower=lower, upper=upper)


@lru_cache(maxsize=CACHED)
def selected_pair_medians(tables: Tables, tau: float, design_effect: float = 1.0) -> tuple[float, float]:
    """Return the smallest and the largest median of the difference in a population.

    Unlike limits, a median can be extreme between the smallest and the largest overlap: several in between are tried.
    """
    posteriors = [_selected(table, tau, design_effect) for table in _spread(tables)]
    return _lowest(posteriors, 0.5), -_lowest((one.swapped for one in posteriors), 0.5)


def _spread(tables: Tables) -> Tables:
    """Return the tables at the edge, and evenly spaced ones between those with the same difference."""
    found: dict[Table, None] = {}
    differences = dict.fromkeys((b - c, n) for b, c, n in edge(tables))
    for difference, base in differences:
        same = sorted(t for t in tables if (t[0] - t[1], t[2]) == (difference, base))
        for place in np.linspace(0, len(same) - 1, BETWEEN).round().astype(int).tolist():
            found[same[place]] = None
    return tuple(sorted(found, key=_widest))


@lru_cache(maxsize=CACHED)
def pair_above(
    tables: Tables, threshold: float, design_effect: float = 1.0, *, tau: float = 0.0, ratio: float = 1.0
) -> tuple[float, float]:
    """Return the smallest and largest posterior probability that the difference exceeds the threshold.

    Examples
    --------
    >>> [round(p, 3) for p in pair_above(pair_tables(39, 35, 49)[0], 0.0)]
    [0.793, 0.985]
    """
    if tau > 0:
        posteriors = [_selected(table, tau, design_effect) for table in edge(tables)]
    else:
        corners = dict.fromkeys((*lower_weights(ratio), *map(_upper, lower_weights(ratio))))
        posteriors = [
            sampled_pairs(_cells(table, "dirichlet", design_effect), weights)
            for table in _few(tables)
            for weights in corners
        ]
    found = [1 - pair_cdf(posterior, threshold) for posterior in posteriors]
    return min(found), max(found)


def observed_pair(tables: Tables, ratio: float = 1.0) -> tuple[float, float]:
    """Return the smallest and largest observed difference, with weights within a ratio of each other."""
    low = [_reweighted(table, weights) for table in tables for weights in lower_weights(ratio)]
    high = [_reweighted(table, _upper(weights)) for table in tables for weights in lower_weights(ratio)]
    return min(low), max(high)


def _reweighted(table: Table, weights: Weights) -> float:
    b, c, n = table
    if weights == ALIKE:
        return (b - c) / n
    u1, u2, u3 = weights
    return (b * u1 - c * u2) / (b * u1 + c * u2 + (n - b - c) * u3)
