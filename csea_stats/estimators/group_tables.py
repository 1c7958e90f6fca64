"""The tables of two groups that print allows, and the limits of the difference of their shares over all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.base.binomial import PRIORS, interval_limits
from csea_stats.base.differences import LogitGroup, difference_cdf, difference_quantiles, sampled_group, selected_pair
from csea_stats.base.selection import shift_odds
from csea_stats.base.two_binomials import gap_limits, square_and_add
from csea_stats.estimators.estimand import CACHED, ENDS, Participation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.estimators.estimand import End, Limits

Pairs = tuple[tuple[int, int], ...]

Sides = tuple[Pairs, Pairs]
"""Feasible (count, base) of either group."""

Table = tuple[int, int, int, int]
"""x1, n1, x2, n2."""

Groups = tuple[LogitGroup, LogitGroup, float]
"""Both shares, and the standard deviation of what their logits lose together."""

LOGISTIC = "logistic(0, 1) on the log odds ratio"
"""The prior of the regressions, of two independent shares."""


@dataclass(frozen=True, slots=True)
class GapPosterior:
    """The posterior of the first share less the second."""

    groups: Groups

    def cdf(self, value: float) -> float:
        """Return the probability of at most the value."""
        return difference_cdf(*self.groups)(value)

    def quantile(self, probability: float) -> float:
        """Return a quantile."""
        if probability == 0.5:
            return _tails(self.groups, probability)[0]
        return _tails(self.groups, min(probability, 1 - probability))[probability > 0.5]


@lru_cache(maxsize=CACHED)
def _tails(groups: Groups, tail: float) -> tuple[float, ...]:
    """Return both ends of an interval, of which the second takes little longer than one alone; of 1/2 the median."""
    return difference_quantiles((tail,) if tail == 0.5 else (tail, 1 - tail), *groups)


def every(sides: Sides) -> list[Table]:
    """Return all feasible tables."""
    return [(*one, *other) for one, other in product(*sides)]


def outer(sides: Sides, end: End) -> list[Table]:
    """Return the tables with the fewest answers in one group and the most in the other, for each base."""
    first, second = (_ends(side, most=(end == "high") == (place == 0)) for place, side in enumerate(sides))
    return every((first, second))


def along(sides: Sides, end: End) -> list[Table]:
    """Return the tables among which the extremes are where a prior ties the two shares.

    More answers in one group then pull the other's share along, by more than the group's own where that has few
    people: neither difference nor ratio is monotone in a count. But from any table one of the two ways, fewer in the
    first group or more in the second, leads to no higher a value (every pair of steps from every table of 8 pairs of
    sizes between 1 and 42, probabilities .0005 to .5, with and without bounds; a test does so for small ones). So the
    lowest is where the first count is the least or the second the most, and the other is any.
    """
    first, second = (_ends(side, most=(end == "high") == (place == 0)) for place, side in enumerate(sides))
    return list(dict.fromkeys([*every((first, sides[1])), *every((sides[0], second))]))


def frontier(tables: Sequence[Table], end: End) -> list[Table]:
    """Return the tables of which no other, of the same bases, lies further towards an end in both of its counts."""
    kept: list[Table] = []
    sign = 1 if end == "low" else -1
    for one in sorted(set(tables), key=lambda table: (table[1], table[3], sign * table[0], -sign * table[2])):
        last = kept[-1] if kept else None
        if last is None or (last[1], last[3]) != (one[1], one[3]) or sign * one[2] > sign * last[2]:
            kept.append(one)
    return kept


def _ends(side: Pairs, *, most: bool) -> Pairs:
    rule = max if most else min
    return tuple(rule(pair for pair in side if pair[1] == n) for n in dict.fromkeys(n for _, n in side))


@lru_cache(maxsize=CACHED)
def two_groups(table: Table, prior: str, who: Participation, end: End) -> Groups:
    """Return both shares: with a prior on who took part, or shifted as far as its bounds allow towards an end."""
    x1, n1, x2, n2 = (part / who.design_effect for part in table)
    added = PRIORS[prior]
    first, second = (x1 + added, n1 - x1 + added), (x2 + added, n2 - x2 + added)
    if who.tau > 0:
        return selected_pair(first, second, tau=who.tau, mean=who.mean, correlation=who.correlation)
    shifts = who.apart(end)
    return sampled_group(first, shifts[0]), sampled_group(second, shifts[1]), 0.0


def gap_confidence(sides: Sides, method: str, level: float, who: Participation) -> Limits:
    """Return the hull of confidence limits of the difference.

    Within bounds on who took part either group's odds are shifted as far as they allow, in opposite directions.
    Newcombe's limits are made anew from shifted values and Wilson limits: each is a mean, with weights between 0 and 1,
    of a move of a value and of its limit, so it moves with both.
    """
    if who.ratios == (1.0, 1.0):
        tables = every(sides) if method == "agresti-caffo" else [*outer(sides, "low"), *outer(sides, "high")]
        lower, upper = gap_limits(_columns(tables, who), method=method, level=level)
        return float(lower.min()), float(upper.max())
    ends: list[float] = []
    for end in ENDS:
        parts = shifted_limits(sides, method, level, who, end)
        if method == "newcombe":
            found = square_and_add(*parts)[end == "high"]
        else:
            (_, *first), (_, *second) = parts
            found = first[end == "high"] - second[end == "low"]
        ends.append(float(found.min() if end == "low" else found.max()))
    return max(ends[0], -1.0), min(ends[1], 1.0)


Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

Part = tuple[Array, Array, Array]
"""A share and its limits."""


def _columns(tables: Sequence[Table], who: Participation) -> tuple[Array, Array, Array, Array]:
    x1, n1, x2, n2 = np.array(tables, float).T / who.design_effect
    return x1, n1, x2, n2


def shifted_limits(sides: Sides, method: str, level: float, who: Participation, end: End) -> tuple[Part, Part]:
    """Return both shares and their limits, shifted apart, for the tables at an end."""
    x1, n1, x2, n2 = _columns(outer(sides, end), who)
    rule, each = ("wilson", level) if method != "clopper-pearson" else (method, (1 + level) / 2)
    found = []
    for x, n, shift in zip((x1, x2), (n1, n2), who.apart(end), strict=True):
        limits = interval_limits(x, n, method=rule, level=each)
        value, lower, upper = (shift_odds(share, math.exp(-shift)) for share in (x / n, *limits))
        found.append((value, lower, upper))
    return found[0], found[1]


def observed_gap(sides: Sides, who: Participation) -> Limits:
    """Return the smallest and largest observed difference, the odds of either group shifted within bounds."""
    first, second = (
        [float(shift_odds(x / n, 1 / ratio)) for x, n in side for ratio in set(who.ratios)] for side in sides
    )
    return min(first) - max(second), max(first) - min(second)
