"""Limits of a paired difference for each kind of target, as numbers: the hull over every overlap that print allows.

A table is (b, c, n): how many gave the first answer alone, the second alone, and how many there are. Pure functions of
hashable arguments, cached.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.paired import (
    ALIKE,
    PairPosterior,
    Weights,
    bonett_price_limits,
    sampled_pairs,
    score_upper,
    selected_pairs,
)
from csea_stats.errors import CountError
from csea_stats.estimators.checking import feasible, share_pairs
from csea_stats.estimators.estimands import CACHED, ENDS
from csea_stats.estimators.picks.overlaps import feasible_overlaps

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.estimators.estimands import End, Further, Limits, Participation

Table = tuple[int, int, int]
Tables = tuple[Table, ...]

PAIR_PRIORS = {"dirichlet": 0.5, "uniform": 1.0}
"""Pseudo-counts that each method with a prior adds to each of the four cells: both, either alone, neither."""

BETWEEN = 5
"""Overlaps that are looked at first, the smallest and the largest included."""


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
    return tuple(sorted({(a - o, b - o, n) for a, b, o, n in full})), tuple(sorted(full))


def worst_weights(ratio: float, end: End) -> tuple[Weights, ...]:
    """Return the weights within a ratio of each other that make the difference smallest, or largest.

    The second alone weigh most against the first; the rest as little as may be where the difference is negative, and as
    much as may be where it is positive.
    """
    lows = dict.fromkeys(((1.0, ratio, 1.0), (1.0, ratio, ratio)))
    return tuple((one, other, rest) if end == "low" else (other, one, rest) for one, other, rest in lows)


@lru_cache(maxsize=CACHED)
def extreme_tables(tables: Tables, end: End) -> Tables:
    """Return the tables among which the extreme posterior is, those with most pairs that differ first.

    Of as many who differ the difference rises with those who gave the first answer alone, whatever the weights of the
    three kinds of people are. As more differ it may turn either way, so every number of them is looked at.
    """
    found: dict[tuple[int, int], Table] = {}
    for b, c, n in sorted(tables, key=lambda table: table if end == "low" else (-table[0], *table[1:])):
        found.setdefault((b + c, n), (b, c, n))
    return tuple(sorted(found.values(), key=lambda table: -(table[0] + table[1])))


def by_overlap(tables: Tables, end: End) -> list[Tables]:
    """Return the extreme tables by their difference, each list from most pairs that differ to fewest."""
    found: dict[tuple[int, int], list[Table]] = {}
    for b, c, n in extreme_tables(tables, end):
        found.setdefault((b - c, n), []).append((b, c, n))
    return [tuple(chain) for chain in found.values()]


def climbed(chain: Sequence[Callable[[], PairPosterior]], rule: Further) -> float:
    """Return the furthest value along overlaps of one difference.

    Along them a quantile or a probability turns at most once (a test looks at all of many), so from the furthest of
    evenly spaced ones the next ones lead to the furthest of all.
    """
    best, found = 0, rule(chain[0](), None)

    def further(place: int) -> bool:
        nonlocal best, found
        before, found = found, rule(chain[place](), found)
        best = place if found != before else best
        return found != before

    for place in np.unique(np.linspace(0, len(chain) - 1, BETWEEN).round().astype(int)).tolist()[1:]:
        further(place)
    for step in (-1, 1):
        place = best + step
        while 0 <= place < len(chain) and further(place):
            place += step
    return found


@lru_cache(maxsize=CACHED)
def pair_posterior(table: Table, prior: str, who: Participation, weights: Weights) -> PairPosterior:
    """Return a table's posterior: with a prior on who took part, or with known weights."""
    added = PAIR_PRIORS[prior]
    b, c, n = table
    effect = who.design_effect
    cells = b / effect + added, c / effect + added, (n - b - c) / effect + 2 * added
    return selected_pairs(cells, who.tau) if who.tau > 0 else sampled_pairs(cells, weights)


def pair_confidence(tables: Tables, method: str, level: float, who: Participation) -> Limits:
    """Return the hull of confidence limits, at the worst weights within bounds."""
    b, c, n = np.array(tables, float).T / who.design_effect
    if method == "bonett-price":
        low, high = bonett_price_limits(b, c, n, level=level)
        return float(low.min()), float(high.max())
    weights = worst_weights(who.ratios[1], "high")
    return (
        -max(float(score_upper(c, b, n, level=level, weights=each).max()) for each in weights),
        max(float(score_upper(b, c, n, level=level, weights=each).max()) for each in weights),
    )


def observed_pair(tables: Tables, ratio: float) -> Limits:
    """Return the smallest and largest observed difference, with weights within a ratio of each other."""
    low, high = (
        [_reweighted(table, weights) for table in tables for weights in worst_weights(ratio, end)] for end in ENDS
    )
    return min(low), max(high)


def _reweighted(table: Table, weights: Weights) -> float:
    b, c, n = table
    if weights == ALIKE:
        return (b - c) / n
    u1, u2, u3 = weights
    return (b * u1 - c * u2) / (b * u1 + c * u2 + (n - b - c) * u3)
