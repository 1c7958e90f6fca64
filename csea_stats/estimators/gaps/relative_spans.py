"""Limits of a ratio of shares, or of an odds ratio, for each kind of target: the hull over feasible tables.

Both rise with the first count and fall with the second, so the corners of what print allows suffice for posteriors; but
for a ratio under a prior that ties the two shares.
Pure functions of hashable arguments, cached.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.estimators.gaps.log_odds import log_odds
from csea_stats.estimators.gaps.logistic_gaps import logistic_ratio
from csea_stats.estimators.gaps.odds import PROFILED, observed_odds, odds_limits
from csea_stats.estimators.gaps.ratios import observed_ratio, ratio_cdf, ratio_limits, ratio_quantiles, recovered
from csea_stats.estimators.gaps.spans import LOGISTIC, MOST_TABLES, RATIOS, known_pair, outer, selected_groups
from csea_stats.estimators.shares.intervals import interval_limits
from csea_stats.estimators.shares.spans import CACHED, Span
from csea_stats.targets.selection import shift_odds

if TYPE_CHECKING:
    from csea_stats.estimators.gaps.spans import Sides

CLOSED_FORM = (*PROFILED, "miettinen-nurminen", "mover-wilson")
"""Methods cheap enough for every table that print allows."""
Selected = tuple[float, float, float]
"""tau, mean and correlation of the groups' log participation ratios."""


def _tables(sides: Sides, method: str) -> list[tuple[int, ...]]:
    every: list[tuple[int, ...]] = [(*a, *b) for a, b in product(*sides)]
    if method in CLOSED_FORM and len(every) <= MOST_TABLES:
        return every
    lows, highs = outer(sides)
    return list(dict.fromkeys([*lows, *highs]))


@lru_cache(maxsize=CACHED)
def sampled_relative(sides: Sides, measure: str, method: str, level: float, design_effect: float = 1.0) -> Span:
    """Return limits among people like these."""
    return bounded_relative(sides, measure, method, level, (1.0, 1.0), design_effect)


@lru_cache(maxsize=CACHED)
def bounded_relative(
    sides: Sides, measure: str, method: str, level: float, ratios: tuple[float, float], design_effect: float = 1.0
) -> Span:
    """Return limits in a population in which each group's participation ratio lies anywhere between the two.

    Every method for an odds ratio is only multiplied; of a ratio of shares a posterior is shifted to the corners, and
    recovered limits are made anew from shifted Wilson limits over a grid of both ratios.
    """
    tables = _tables(sides, method)
    columns = np.array(tables, float).T / design_effect
    groups = (columns[0], columns[1], columns[2], columns[3])
    small, large = ratios
    if measure == "odds-ratio":
        lower, upper = odds_limits(groups, method=method, level=level)
        return Span(lower=float(lower.min()) * small / large, upper=float(upper.max()) * large / small)
    if small == large == 1 and method != LOGISTIC:
        lower, upper = ratio_limits(groups, method=method, level=level)
        return Span(lower=float(lower.min()), upper=float(upper.max()))
    if method == "mover-wilson":
        return _recovered(sides, level, ratios, design_effect)
    lows, highs = _along(sides) if method == LOGISTIC else outer(sides)
    near, far = math.log(small), math.log(large)
    if method == LOGISTIC:
        lowest = [logistic_ratio(_fractions(table, design_effect), level, (far, near))[0] for table in lows]
        highest = [logistic_ratio(_fractions(table, design_effect), level, (near, far))[1] for table in highs]
        return Span(lower=min(lowest), upper=max(highest))
    tails = (1 - level) / 2, (1 + level) / 2
    lowest = [ratio_quantiles(tails[:1], *known_pair(table, (far, near), method, design_effect))[0] for table in lows]
    highest = [ratio_quantiles(tails[1:], *known_pair(table, (near, far), method, design_effect))[0] for table in highs]
    return _closed(Span(lower=min(lowest), upper=max(highest)), sides, method)


def _along(sides: Sides) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return the tables among which the smallest and the largest ratio are where the prior ties the two shares.

    Near a second share of 1 more of its answers lift the first share by as much as the ratio falls, so every second
    count is tried for the lower limit, and by the same token every first count for the upper.
    """
    fewest = [[min(p for p in side if p[1] == n) for n in {n for _, n in side}] for side in sides]
    return [(*a, *b) for a, b in product(fewest[0], sides[1])], [(*a, *b) for a, b in product(sides[0], fewest[1])]


def _fractions(table: tuple[int, ...], design_effect: float) -> tuple[float, float, float, float]:
    x1, n1, x2, n2 = (part / design_effect for part in table)
    return x1, n1, x2, n2


def _closed(span: Span, sides: Sides, prior: str) -> Span:
    """Close a Jeffreys ratio where a count is 0, as the Jeffreys interval of that share is."""
    if prior != "jeffreys":
        return span
    return Span(
        lower=0.0 if any(x == 0 for x, _ in sides[0]) else span.lower,
        upper=math.inf if any(x == 0 for x, _ in sides[1]) else span.upper,
        medians=span.medians,
    )


def _recovered(sides: Sides, level: float, ratios: tuple[float, float], design_effect: float) -> Span:
    factors = 1 / np.geomspace(*ratios, RATIOS)
    x1, n1, x2, n2 = np.array(_tables(sides, "mover-wilson"), float).T / design_effect
    parts = []
    for x, n, factor in ((x1, n1, factors[:, None, None]), (x2, n2, factors[None, :, None])):
        limits = interval_limits(x, n, method="wilson", level=level)
        parts.append(tuple(shift_odds(share, factor) for share in (x / n, *limits)))
    lower, upper = recovered((parts[0][0], parts[0][1], parts[0][2]), (parts[1][0], parts[1][1], parts[1][2]))
    return Span(lower=float(lower.min()), upper=float(upper.max()))


@lru_cache(maxsize=CACHED)
def selected_relative(
    sides: Sides, measure: str, method: str, level: float, selection: Selected, design_effect: float = 1.0
) -> Span:
    """Return limits and medians in a population, with a prior on who took part.

    Notes
    -----
    Of the log odds ratio only the difference of the two groups' log participation ratios is taken,
    Normal(0, 2 tau^2 (1 - correlation)): what they have in common cancels. A ratio of shares needs both.
    """
    lows, highs = outer(sides)
    tails = (1 - level) / 2, 0.5, (1 + level) / 2
    if measure == "odds-ratio":
        spread = _spread(selection)
        low, high = (
            [log_odds(_fractions(table, design_effect)).quantiles(wanted, method, spread) for table in tables]
            for tables, wanted in ((lows, tails[:2]), (highs, tails[1:]))
        )
        low, high = ([tuple(math.exp(end) for end in found) for found in part] for part in (low, high))
    else:
        low = [ratio_quantiles(tails[:2], *selected_groups(table, *selection, design_effect)) for table in lows]
        high = [ratio_quantiles(tails[1:], *selected_groups(table, *selection, design_effect)) for table in highs]
    medians = (min(found[1] for found in low), max(found[0] for found in high))
    span = Span(lower=min(found[0] for found in low), upper=max(found[1] for found in high), medians=medians)
    return span if measure == "odds-ratio" else _closed(span, sides, "jeffreys")


def _spread(selection: Selected) -> float:
    tau, _, correlation = selection
    return tau * math.sqrt(2 * (1 - correlation))


@lru_cache(maxsize=CACHED)
def relative_above(
    sides: Sides, measure: str, threshold: float, selection: Selected, bound: float = 0.0, design_effect: float = 1.0
) -> tuple[float, float]:
    """Return the smallest and largest posterior probability of being above the threshold.

    Parameters
    ----------
    selection : (tau, mean, correlation)
        tau 0: none.
    bound : float
        Largest log participation ratio of either group, without a prior.
    """
    asked = np.array([math.log(threshold)])
    found = []
    lows, highs = outer(sides)
    for tables, sign in ((lows, 1.0), (highs, -1.0)):
        for table in tables:
            if measure == "odds-ratio":
                posterior = log_odds(_fractions(table, design_effect))
                below = posterior.cdf(asked + sign * 2 * bound, "logistic", _spread(selection))
            elif selection[0] > 0:
                below = ratio_cdf(*selected_groups(table, *selection, design_effect))(asked)
            else:
                below = ratio_cdf(*known_pair(table, (sign * bound, -sign * bound), "jeffreys", design_effect))(asked)
            found.append(1 - float(below[0]))
    return min(found), max(found)


def observed_relative(sides: Sides, measure: str, ratios: tuple[float, float] = (1.0, 1.0)) -> tuple[float, float]:
    """Return the smallest and largest observed value; NaN for both where one table defines none.

    Parameters
    ----------
    ratios : (float, float)
        Between which either group's participation ratio may lie.
    """
    rule = observed_odds if measure == "odds-ratio" else observed_ratio
    found: list[float] = []
    for (x1, n1), (x2, n2) in product(*sides):
        for factor1, factor2 in product({1 / ratio for ratio in ratios}, repeat=2):
            one, other = (float(shift_odds(x / n, f)) for x, n, f in ((x1, n1, factor1), (x2, n2, factor2)))
            value = rule((x1, n1, x2, n2)) if factor1 == factor2 == 1 else rule((one, 1.0, other, 1.0))
            if value is None:
                return math.nan, math.nan
            found.append(value)
    return min(found), max(found)
