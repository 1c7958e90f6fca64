"""Limits of a difference of two shares for each kind of target, as numbers: the hull over feasible tables.

The difference rises with the first count and falls with the second, so the corners of what print allows suffice for
posteriors; closed forms are cheap enough for every table. Pure functions of hashable arguments, cached.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product

import numpy as np

from csea_stats.estimators.gaps.gaps import gap_limits, square_and_add
from csea_stats.estimators.gaps.logistic_gaps import logistic_gap
from csea_stats.estimators.shares.intervals import PRIORS, interval_limits
from csea_stats.estimators.shares.spans import CACHED, Span, corners
from csea_stats.targets.contrasts import (
    Group,
    difference_cdf,
    difference_quantiles,
    sampled_group,
    selected_pair,
)
from csea_stats.targets.selection import shift_odds

Pairs = tuple[tuple[int, int], ...]
Sides = tuple[Pairs, Pairs]
"""Feasible (count, base) of either group."""

MOST_TABLES = 4000
"""Feasible tables of which each is looked at; of more, the corners."""
LOGISTIC = "logistic(0, 1) on the log odds ratio"
"""The prior of the regressions, of two independent shares."""
RATIOS = 9
"""Participation ratios tried across a bound, in either group, ends included."""


def outer(sides: Sides) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return the tables among which the smallest and the largest difference are."""
    first, second = (corners(side) for side in sides)
    lowest = [min(p for p in first if p[1] == n) for n in {n for _, n in first}]
    highest = [max(p for p in first if p[1] == n) for n in {n for _, n in first}]
    low_other = [min(p for p in second if p[1] == n) for n in {n for _, n in second}]
    high_other = [max(p for p in second if p[1] == n) for n in {n for _, n in second}]
    return (
        [(*a, *b) for a, b in product(lowest, high_other)],
        [(*a, *b) for a, b in product(highest, low_other)],
    )


def _posterior(x: float, n: float, prior: str, design_effect: float) -> tuple[float, float]:
    return x / design_effect + PRIORS[prior], (n - x) / design_effect + PRIORS[prior]


@lru_cache(maxsize=CACHED)
def sampled_gap(sides: Sides, method: str, level: float, design_effect: float = 1.0) -> Span:
    """Return limits of the difference among people like these."""
    tables: list[tuple[int, ...]] = [(*a, *b) for a, b in product(*sides)]
    if method in PRIORS or len(tables) > MOST_TABLES:
        lows, highs = outer(sides)
        tables = list(dict.fromkeys([*lows, *highs]))
    x1, n1, x2, n2 = np.array(tables, float).T / design_effect
    lower, upper = gap_limits((x1, n1, x2, n2), method=method, level=level)
    return Span(lower=float(lower.min()), upper=float(upper.max()))


@lru_cache(maxsize=CACHED)
def selected_groups(
    table: tuple[int, ...], tau: float, mean: float, correlation: float, design_effect: float
) -> tuple[Group, Group, float]:
    """Return both shares of a population, with a prior on who took part, and what they lose together."""
    x1, n1, x2, n2 = table
    first, second = (_posterior(x, n, "jeffreys", design_effect) for x, n in ((x1, n1), (x2, n2)))
    return selected_pair(first, second, tau=tau, mean=mean, correlation=correlation)


@lru_cache(maxsize=CACHED)
def selected_gap(
    sides: Sides, tau: float, mean: float, correlation: float, level: float, design_effect: float = 1.0
) -> Span:
    """Return limits and medians of the difference in a population, with a prior on who took part."""
    lows, highs = outer(sides)
    tails = (1 - level) / 2, 0.5, (1 + level) / 2
    settings = (tau, mean, correlation, design_effect)
    low = [difference_quantiles(tails[:2], *selected_groups(table, *settings)) for table in lows]
    high = [difference_quantiles(tails[1:], *selected_groups(table, *settings)) for table in highs]
    medians = (min(found[1] for found in low), max(found[0] for found in high))
    return Span(lower=min(found[0] for found in low), upper=max(found[1] for found in high), medians=medians)


@lru_cache(maxsize=CACHED)
def bounded_gap(
    sides: Sides, method: str, level: float, ratios: tuple[float, float], design_effect: float = 1.0
) -> Span:
    """Return limits of the difference in a population whose participation ratios lie within two ratios.

    The ratio of each group may lie anywhere between the two, whatever the other's is. A posterior is shifted to the
    corners, as are both shares' Clopper-Pearson limits; Newcombe's are made anew from shifted Wilson limits over a
    grid of both ratios.
    """
    lows, highs = outer(sides)
    if method in PRIORS:
        small, large = (math.log(ratio) for ratio in ratios)
        tails = (1 - level) / 2, (1 + level) / 2
        lower = min(
            difference_quantiles(tails[:1], *known_pair(table, (large, small), method, design_effect))[0]
            for table in lows
        )
        upper = max(
            difference_quantiles(tails[1:], *known_pair(table, (small, large), method, design_effect))[0]
            for table in highs
        )
        return Span(lower=lower, upper=upper)
    factors = 1 / np.geomspace(*ratios, RATIOS)
    x1, n1, x2, n2 = np.array([*lows, *highs], float).T / design_effect
    if method == "clopper-pearson":
        (l1, u1), (l2, u2) = (
            interval_limits(x, n, method=method, level=(1 + level) / 2) for x, n in ((x1, n1), (x2, n2))
        )
        far, near = factors[-1], factors[0]
        lowest, highest = shift_odds(l1, far) - shift_odds(u2, near), shift_odds(u1, near) - shift_odds(l2, far)
        return Span(lower=float(lowest.min()), upper=float(highest.max()))
    parts = []
    for x, n, factor in ((x1, n1, factors[:, None, None]), (x2, n2, factors[None, :, None])):
        limits = interval_limits(x, n, method="wilson", level=level)
        parts.append(tuple(shift_odds(share, factor) for share in (x / n, *limits)))
    lows_found, highs_found = square_and_add(
        (parts[0][0], parts[0][1], parts[0][2]), (parts[1][0], parts[1][1], parts[1][2])
    )
    return Span(lower=max(float(lows_found.min()), -1.0), upper=min(float(highs_found.max()), 1.0))


def logistic_span(sides: Sides, level: float, ratios: tuple[float, float], design_effect: float = 1.0) -> Span:
    """Return limits under the regressions' prior, either group's participation ratio anywhere between two."""
    small, large = (math.log(factor) for factor in ratios)
    tables = [
        (x1 / design_effect, n1 / design_effect, x2 / design_effect, n2 / design_effect)
        for x1, n1 in corners(sides[0])
        for x2, n2 in corners(sides[1])
    ]
    return Span(
        lower=min(logistic_gap(table, level, (large, small))[0] for table in tables),
        upper=max(logistic_gap(table, level, (small, large))[1] for table in tables),
    )


def known_pair(
    table: tuple[int, ...], shifts: tuple[float, float], prior: str, design_effect: float
) -> tuple[Group, Group]:
    """Return both shares at known log participation ratios."""
    x1, n1, x2, n2 = table
    return (
        sampled_group(_posterior(x1, n1, prior, design_effect), shifts[0]),
        sampled_group(_posterior(x2, n2, prior, design_effect), shifts[1]),
    )


@lru_cache(maxsize=CACHED)
def gap_above(
    sides: Sides, threshold: float, selection: tuple[float, float, float, float], design_effect: float = 1.0
) -> tuple[float, float]:
    """Return the smallest and largest Jeffreys probability that the difference exceeds the threshold.

    Parameters
    ----------
    selection : (tau, mean, correlation, bound)
        tau 0: none; bound: largest log participation ratio of either group, without a prior.
    """
    tau, mean, correlation, bound = selection
    lows, highs = outer(sides)
    found = []
    for tables, shifts in ((lows, (bound, -bound)), (highs, (-bound, bound))):
        for table in tables:
            groups = (
                selected_groups(table, tau, mean, correlation, design_effect)
                if tau > 0
                else known_pair(table, shifts, "jeffreys", design_effect)
            )
            found.append(1 - difference_cdf(*groups)(threshold))
    return min(found), max(found)


def observed_gap(sides: Sides, factors: tuple[float, ...] = (1.0,)) -> tuple[float, float]:
    """Return the smallest and largest observed difference, the odds of either group times any of the factors."""
    first, second = ([float(shift_odds(x / n, f)) for x, n in side for f in factors] for side in sides)
    return min(first) - max(second), max(first) - min(second)
