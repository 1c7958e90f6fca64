"""Limits of the superiority of a group, as numbers: the hull over the feasible tables."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate, product

from scipy import special

from csea_stats.base.dominance import Vector, dominance_cdf, dominance_quantiles, selected_dominance
from csea_stats.base.dominance_limits import brunner_munzel_limits, proportional_odds_limits
from csea_stats.estimators.estimands import CACHED

Vectors = tuple[Vector, ...]
Sides = tuple[Vectors, Vectors]
"""Feasible count vectors of either group."""
Limits = tuple[float, float]
Who = tuple[float, float, float]
"""Of the log participation ratio: tau, mean, correlation; all 0 for people like these."""

NOBODY: Who = (0.0, 0.0, 0.0)


def _lowest(vectors: Vectors) -> Vectors:
    """Return the vectors that no other lies below at every cut, for each number of people."""
    below = {vector: tuple(accumulate(vector)) for vector in vectors}
    return tuple(
        one
        for one in vectors
        if not any(
            other != one
            and sum(other) == sum(one)
            and all(x >= y for x, y in zip(below[other], below[one], strict=True))
            for other in vectors
        )
    )


def _edges(sides: Sides) -> tuple[list[tuple[Vector, Vector]], list[tuple[Vector, Vector]]]:
    """Return the tables among which the lowest and the highest posterior are.

    A respondent moved to a higher category moves the posterior of that group up at every cut.
    """
    low, high = ([_lowest(side) for side in sides], [_highest(side) for side in sides])
    return list(product(low[0], high[1])), list(product(high[0], low[1]))


def _highest(vectors: Vectors) -> Vectors:
    return tuple(vector[::-1] for vector in _lowest(tuple(vector[::-1] for vector in vectors)))


def _parameters(vector: Vector, prior: str, effect: float) -> tuple[float, ...]:
    added = 1 / len(vector) if prior == "dirichlet" else 0.5
    return tuple(count / effect + added for count in vector)


Law = tuple[Callable[[tuple[float, ...]], tuple[float, ...]], Callable[[float], float]]
"""Quantiles, and the distribution function."""


@lru_cache(maxsize=8)
def _law(table: tuple[Vector, Vector], prior: str, effect: float, who: Who, bound: float) -> Law:
    """Return the posterior of a table, in a population if anything is supposed of it."""
    groups = _parameters(table[0], prior, effect), _parameters(table[1], prior, effect)
    if who == NOBODY and bound == 0:
        below = dominance_cdf(*groups)
        return lambda asked: dominance_quantiles(*groups, asked), lambda value: float(below(special.logit([value]))[0])
    tau, mean, correlation = who
    return selected_dominance(*groups, tau=tau, mean=mean, correlation=correlation, apart=bound)


@lru_cache(maxsize=CACHED)
def posterior_span(
    sides: Sides, prior: str, level: float, effect: float, who: Who = NOBODY, bound: float = 0.0
) -> tuple[float, float, float, float]:
    """Return the lower limit, the lowest and the highest median, and the upper limit, over the feasible tables.

    Parameters
    ----------
    bound : float
        Largest log participation ratio of either group, without a prior.
    """
    tails = ((1 - level) / 2, 0.5, (1 + level) / 2)
    low, high = (
        [_law(table, prior, effect, who, shift)[0](tails) for table in tables]
        for tables, shift in zip(_edges(sides), (-bound, bound), strict=True)
    )
    return (
        min(found[0] for found in low),
        min(found[1] for found in low),
        max(found[1] for found in high),
        max(found[2] for found in high),
    )


@lru_cache(maxsize=CACHED)
def dominance_above(
    sides: Sides, threshold: float, effect: float, who: Who = NOBODY, bound: float = 0.0
) -> tuple[float, float]:
    """Return the smallest and largest posterior probability that superiority exceeds the threshold."""
    found = [
        1 - _law(table, "dirichlet", effect, who, shift)[1](threshold)
        for tables, shift in zip(_edges(sides), (-bound, bound), strict=True)
        for table in tables
    ]
    return max(min(found), 0.0), min(max(found), 1.0)


@lru_cache(maxsize=CACHED)
def confidence_span(sides: Sides, method: str, level: float, effect: float, bound: float = 0.0) -> Limits:
    """Return the hull of confidence limits over the feasible tables."""
    if method == "brunner-munzel":
        found = [brunner_munzel_limits(a, b, level=level, design_effect=effect) for a, b in product(*sides)]
    else:
        found = [
            proportional_odds_limits(a, b, level=level, design_effect=effect, shift=2 * bound)
            for a, b in product(*sides)
        ]
    return min(low for low, _ in found), max(high for _, high in found)


def observed_shifted(sides: Sides, bound: float) -> Limits:
    """Return the lowest and highest observed superiority, the cumulative odds of either group shifted apart."""
    found = []
    for table, shift in product(product(*sides), (-bound, bound)):
        low, high = (_cuts(vector, side * shift) for vector, side in zip(table, (-1, 1), strict=True))
        found.append(_crossed(low, high))
    return min(found), max(found)


def _cuts(vector: Vector, shift: float) -> list[float]:
    total = sum(vector)
    odds = [(below * math.exp(shift), total - below) for below in accumulate(vector)]
    return [0.0, *(below / (below + above) for below, above in odds)]


def _crossed(first: list[float], second: list[float]) -> float:
    pairs = zip(first, first[1:], second, second[1:], strict=False)
    return sum((b - a) * (c + d) / 2 for a, b, c, d in pairs)
