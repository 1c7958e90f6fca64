"""What the superiority of a group shows for each kind of target: intervals, strip, probability, verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, product
from typing import Literal

import numpy as np
from scipy import special

from csea_stats.errors import UnsupportedTarget
from csea_stats.estimators.marks import FEW, Shown
from csea_stats.estimators.scales.limits import (
    Vector,
    brunner_munzel_limits,
    has_placement_variance,
    observed_dominance,
    proportional_odds_limits,
)
from csea_stats.estimators.scales.posterior import dominance_cdf, dominance_points, dominance_quantiles
from csea_stats.estimators.shares.spans import CACHED
from csea_stats.results.numbers import ratio
from csea_stats.results.values import Interval
from csea_stats.results.verdicts import Direction, counted_verdict, population_verdict, sampled_verdict
from csea_stats.targets.populations import (
    TAUS,
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Target,
)

Vectors = tuple[Vector, ...]
Sides = tuple[Vectors, Vectors]
"""Feasible count vectors of either group."""
Limits = tuple[float, float]
Who = tuple[float, float, float]
"""Of the log participation ratio: tau, mean, correlation; all 0 for people like these."""

CREDIBLE = ("dirichlet", "dirichlet(1/2)")
"""With one pseudo-answer in each group, spread over the categories; with half of one in each category."""
NOBODY: Who = (0.0, 0.0, 0.0)
CORRELATIONS = (0.0, 0.875)
"""Correlations of the two groups' participation shown beside the target's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DominanceSetting:
    """How superiority is estimated: the settings common to every target."""

    method: str
    level: float
    threshold: float | None
    label: str | None

    def interval(self, limits: Limits, method: str, words: str = "") -> Interval:
        """Return limits as an interval that says what it is."""
        kind: Literal["credible", "confidence"] = "credible" if method in CREDIBLE else "confidence"
        return Interval(lower=limits[0], upper=limits[1], level=self.level, kind=kind, method=method + words)

    def other(self, sides: Sides) -> str:
        """Return the default method of the other kind: Brunner-Munzel's where it has a variance and enough people."""
        if self.method != "dirichlet":
            return "dirichlet"
        few = any(sum(vector) < FEW for side in sides for vector in side)
        if few or not all(has_placement_variance(a, b) for a, b in product(*sides)):
            return "proportional-odds"
        return "brunner-munzel"


def check_dominance_rule(target: Target, setting: DominanceSetting) -> None:
    """Raise if there is no such method for such a target."""
    method = setting.method
    if isinstance(target, FinitePopulation) or getattr(target, "size", None) is not None:
        message = (
            f"superiority has no form for {type(target).__name__} with a size, which says nothing of each group's: use "
            "Superpopulation() or Population(selection)"
        )
        raise UnsupportedTarget(message)
    if not isinstance(target, Population):
        return
    if isinstance(target.selection, Selection) and method != "dirichlet":
        message = (
            f"method {method!r} gives confidence intervals, which take no prior on who took part: use "
            f"method='dirichlet', or 'proportional-odds' with SelectionBounds(ratio={ratio(target.selection.ratio)})"
        )
        raise UnsupportedTarget(message)
    if isinstance(target.selection, SelectionBounds):
        if target.selection.ratio == math.inf:
            message = "superiority with an unlimited ratio is 0 to 1 whatever was answered: use a finite ratio"
            raise UnsupportedTarget(message)
        if method == "brunner-munzel":
            message = f"method {method!r} has no form with SelectionBounds: use 'dirichlet' or 'proportional-odds'"
            raise UnsupportedTarget(message)


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


def _points(
    table: tuple[Vector, Vector], prior: str, effect: float, who: Who, bound: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    first, second = (_parameters(vector, prior, effect) for vector in table)
    tau, mean, correlation = who
    return dominance_points(first, second, tau=tau, mean=mean, correlation=correlation, apart=bound)


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
    lows, highs = _edges(sides)
    if who == NOBODY and bound == 0:
        low = [dominance_quantiles(*_both(table, prior, effect), tails) for table in lows]
        high = low if highs == lows else [dominance_quantiles(*_both(table, prior, effect), tails) for table in highs]
    else:
        low = [tuple(np.quantile(_points(table, prior, effect, who, -bound), tails)) for table in lows]
        high = [tuple(np.quantile(_points(table, prior, effect, who, bound), tails)) for table in highs]
    return (
        float(min(found[0] for found in low)),
        float(min(found[1] for found in low)),
        float(max(found[1] for found in high)),
        float(max(found[2] for found in high)),
    )


def _both(table: tuple[Vector, Vector], prior: str, effect: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    return _parameters(table[0], prior, effect), _parameters(table[1], prior, effect)


@lru_cache(maxsize=CACHED)
def dominance_above(
    sides: Sides, threshold: float, effect: float, who: Who = NOBODY, bound: float = 0.0
) -> tuple[float, float]:
    """Return the smallest and largest posterior probability that superiority exceeds the threshold."""
    found = []
    for tables, shift in zip(_edges(sides), (-bound, bound), strict=True):
        for table in tables:
            if who == NOBODY and bound == 0:
                place = np.array([special.logit(threshold)])
                found.append(1 - float(dominance_cdf(*_both(table, "dirichlet", effect))(place)[0]))
            else:
                found.append(float((_points(table, "dirichlet", effect, who, shift) > threshold).mean()))
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


def _span(sides: Sides, method: str, level: float, effect: float, bound: float = 0.0) -> Limits:
    if method in CREDIBLE:
        lower, *_, upper = posterior_span(sides, method, level, effect, NOBODY, bound)
        return lower, upper
    return confidence_span(sides, method, level, effect, bound)


def dominance_shown(sides: Sides, target: Target, setting: DominanceSetting, direction: Direction) -> Shown:
    """Return what is shown for a target."""
    observed = [observed_dominance(a, b) for a, b in product(*sides)]
    values = (min(observed), max(observed))
    if isinstance(target, Respondents):
        asked = setting.threshold
        verdict = None if asked is None else counted_verdict(observed, threshold=asked, direction=direction)
        return Shown(values=values, verdict=verdict)
    if isinstance(target, Population) and isinstance(target.selection, Selection):
        return _selected(sides, target, target.selection, setting, direction)
    bound, words = 0.0, ""
    if isinstance(target, Population) and isinstance(target.selection, SelectionBounds):
        bound = math.log(target.selection.ratio)
        words = f", participation ratio within {ratio(target.selection.ratio)} in each group"
    effect = target.design_effect

    def interval(method: str) -> Interval:
        return setting.interval(_span(sides, method, setting.level, effect, bound), method, words)

    other = setting.other(sides)
    main = interval(setting.method)
    companion = interval("proportional-odds" if bound and other == "brunner-munzel" else other)
    strip = tuple((prior, interval(prior)) for prior in CREDIBLE)
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, companion, *(member for _, member in strip)]
        if isinstance(target, Population):
            strength = {math.exp(bound): everything}
            verdict = population_verdict(strength, threshold=setting.threshold, direction=direction)
        else:
            verdict = sampled_verdict(everything, threshold=setting.threshold, direction=direction)
        above = dominance_above(sides, setting.threshold, effect, NOBODY, bound)
    if isinstance(target, Population):
        values = observed_shifted(sides, bound)
    return Shown(values=values, interval=main, companion=companion, strip=strip, probability=above, verdict=verdict)


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


def _selected(
    sides: Sides, target: Population, selection: Selection, setting: DominanceSetting, direction: Direction
) -> Shown:
    strengths = tuple(sorted({*TAUS, selection.tau}))
    level, effect, own = setting.level, target.design_effect, selection.correlation

    def interval(tau: float, correlation: float) -> Interval:
        span = posterior_span(sides, "dirichlet", level, effect, (tau, selection.mean, correlation))
        return setting.interval((span[0], span[3]), "dirichlet")

    def bound(tau: float) -> Interval:
        reach = Selection(tau=tau).ratio
        words = f", participation ratio within {ratio(reach)} in each group"
        limits = confidence_span(sides, "proportional-odds", level, effect, math.log(reach))
        return setting.interval(limits, "proportional-odds", words)

    alone = {
        name: setting.interval(_span(sides, name, level, effect), name, ", chance alone")
        for name in (*CREDIBLE, "proportional-odds")
    }
    strip = [(f"tau {tau:g}", interval(tau, own)) for tau in strengths]
    strip += [(f"correlation {value:g}", interval(selection.tau, value)) for value in CORRELATIONS if value != own]
    strip.append(("dirichlet(1/2), chance alone", alone["dirichlet(1/2)"]))
    verdict, above = None, None
    who = (selection.tau, selection.mean, own)
    if setting.threshold is not None:
        # What chance alone leaves open is left open at every strength, so a population is never the surer one.
        by_strength = {tau: [interval(tau, own), bound(tau), *alone.values()] for tau in strengths}
        verdict = population_verdict(by_strength, threshold=setting.threshold, direction=direction)
        above = dominance_above(sides, setting.threshold, effect, who)
    _, lowest, highest, _ = posterior_span(sides, "dirichlet", level, effect, who)
    return Shown(
        values=(lowest, highest),
        interval=interval(selection.tau, own),
        companion=bound(selection.tau),
        strip=tuple(strip),
        probability=above,
        verdict=verdict,
    )
