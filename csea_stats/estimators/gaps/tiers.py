"""What a difference of two shares shows for each kind of target: intervals, strip, probability, verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from csea_stats.errors import UnsupportedTarget
from csea_stats.estimators.gaps.logistic_gaps import logistic_gap
from csea_stats.estimators.gaps.spans import (
    Sides,
    bounded_gap,
    gap_above,
    observed_gap,
    sampled_gap,
    selected_gap,
)
from csea_stats.estimators.marks import Shown
from csea_stats.estimators.shares.spans import corners
from csea_stats.results.numbers import ratio
from csea_stats.results.values import Interval
from csea_stats.results.verdicts import Direction, counted_verdict, population_verdict, sampled_verdict
from csea_stats.targets.populations import (
    TAUS,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Target,
)

LOGISTIC = "logistic(0, 1) on the log odds ratio"
"""The strip's third member: the prior of the regressions."""
CORRELATIONS = (0.0, 0.875)
"""Correlations of the two groups' participation shown beside the target's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapSetting:
    """How a difference is estimated: the settings common to every target."""

    method: str
    level: float
    threshold: float | None
    label: str | None
    sizes: tuple[int, int] | None = None

    @property
    def other(self) -> str:
        """The default method of the other kind."""
        return "newcombe" if self.method == "jeffreys" else "jeffreys"

    def interval(self, limits: tuple[float, float], method: str, words: str = "") -> Interval:
        """Return limits as an interval that says what it is."""
        kind: Literal["credible", "confidence"] = "credible" if method in CREDIBLE else "confidence"
        return Interval(lower=limits[0], upper=limits[1], level=self.level, kind=kind, method=method + words)


CREDIBLE = ("jeffreys", "uniform", LOGISTIC)
CHANCE_ALONE = {f"{name}, chance alone": name for name in ("uniform", LOGISTIC)}
"""Strip members of a population that have another prior and nothing on who took part."""


def check_gap_rule(target: Target, setting: GapSetting) -> None:
    """Raise if there is no such method for such a target."""
    method = setting.method
    if not isinstance(target, Population):
        return
    if isinstance(target.selection, Selection) and method != "jeffreys":
        factor = ratio(target.selection.ratio)
        message = (
            f"method {method!r} gives confidence intervals, which take no prior on who took part: use "
            f"method='jeffreys', or 'newcombe' with SelectionBounds(ratio={factor})"
        )
        raise UnsupportedTarget(message)
    if isinstance(target.selection, SelectionBounds) and method not in (
        "jeffreys",
        "newcombe",
        "clopper-pearson",
    ):
        message = f"method {method!r} has no form with SelectionBounds: use 'jeffreys', 'newcombe' or 'clopper-pearson'"
        raise UnsupportedTarget(message)


def gap_shown(sides: Sides, target: Target, setting: GapSetting, direction: Direction) -> Shown:
    """Return what is shown for a target."""
    if isinstance(target, Respondents):
        asked = setting.threshold
        gaps = [x1 / n1 - x2 / n2 for x1, n1 in sides[0] for x2, n2 in sides[1]]
        verdict = None
        if asked is not None:
            verdict = counted_verdict(gaps, threshold=asked, direction=direction, scale="difference")
        return Shown(values=observed_gap(sides), verdict=verdict)
    if isinstance(target, Population):
        if isinstance(target.selection, Selection):
            return _selected(sides, target, target.selection, setting, direction)
        return _bounded(sides, target, target.selection, setting, direction)
    return _sampled(sides, target.design_effect, setting, direction)


def _sampled(sides: Sides, effect: float, setting: GapSetting, direction: Direction) -> Shown:
    def interval(method: str) -> Interval:
        span = sampled_gap(sides, method, setting.level, effect)
        return setting.interval((span.lower, span.upper), method)

    main, other = interval(setting.method), interval(setting.other)
    logistic = setting.interval(_logistic(sides, setting.level, effect, (1.0, 1.0)), LOGISTIC)
    strip = (("jeffreys", interval("jeffreys")), ("uniform", interval("uniform")), (LOGISTIC, logistic))
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = sampled_verdict(everything, threshold=setting.threshold, direction=direction, scale="difference")
        above = gap_above(sides, setting.threshold, (0.0, 0.0, 0.0, 0.0), effect)
    return Shown(
        values=observed_gap(sides), interval=main, companion=other, strip=strip, probability=above, verdict=verdict
    )


def _logistic(sides: Sides, level: float, effect: float, ratios: tuple[float, float]) -> tuple[float, float]:
    """Return limits under the regression's prior, either group's participation ratio anywhere between the two."""
    small, large = (math.log(factor) for factor in ratios)
    tables = [
        (x1 / effect, n1 / effect, x2 / effect, n2 / effect)
        for x1, n1 in corners(sides[0])
        for x2, n2 in corners(sides[1])
    ]
    return (
        min(logistic_gap(table, level, (large, small))[0] for table in tables),
        max(logistic_gap(table, level, (small, large))[1] for table in tables),
    )


def _bounded(
    sides: Sides, target: Population, selection: SelectionBounds, setting: GapSetting, direction: Direction
) -> Shown:
    ratios = (1 / selection.ratio, selection.ratio)
    words = f", participation ratio within {ratio(selection.ratio)} in each group"

    def interval(method: str) -> Interval:
        span = bounded_gap(sides, method, setting.level, ratios, target.design_effect)
        return setting.interval((span.lower, span.upper), method, words)

    main, other = interval(setting.method), interval(setting.other)
    logistic = setting.interval(_logistic(sides, setting.level, target.design_effect, ratios), LOGISTIC, words)
    strip = (("jeffreys", interval("jeffreys")), ("uniform", interval("uniform")), (LOGISTIC, logistic))
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = population_verdict(
            {selection.ratio: everything}, threshold=setting.threshold, direction=direction, scale="difference"
        )
        bound = (0.0, 0.0, 0.0, math.log(selection.ratio))
        above = gap_above(sides, setting.threshold, bound, target.design_effect)
    return Shown(
        values=observed_gap(sides, ratios),
        interval=main,
        companion=other,
        strip=strip,
        probability=above,
        verdict=verdict,
    )


def _chance_alone(sides: Sides, setting: GapSetting, effect: float, centre: float) -> dict[str, Interval]:
    """Return what is shown for people like these, their odds over the centre of the participation ratio."""
    level, ratios = setting.level, (centre, centre)
    words = ", chance alone"
    if centre == 1:
        spans = {name: sampled_gap(sides, name, level, effect) for name in ("jeffreys", "newcombe", "uniform")}
    else:
        spans = {name: bounded_gap(sides, name, level, ratios, effect) for name in ("jeffreys", "newcombe", "uniform")}
    found = {name: setting.interval((span.lower, span.upper), name, words) for name, span in spans.items()}
    return {**found, LOGISTIC: setting.interval(_logistic(sides, level, effect, ratios), LOGISTIC, words)}


def _selected(
    sides: Sides, target: Population, selection: Selection, setting: GapSetting, direction: Direction
) -> Shown:
    strengths = tuple(sorted({*TAUS, selection.tau}))
    level, effect = setting.level, target.design_effect
    centre = math.exp(selection.mean)

    def interval(tau: float, correlation: float) -> Interval:
        span = selected_gap(sides, tau, selection.mean, correlation, level, effect)
        return setting.interval((span.lower, span.upper), "jeffreys")

    def bound(tau: float) -> Interval:
        reach = Selection(tau=tau).ratio
        span = bounded_gap(sides, "newcombe", level, (centre / reach, centre * reach), effect)
        words = f", participation ratio within {ratio(reach)} in each group"
        if selection.mean:
            words = f", participation ratio from {ratio(centre / reach)} to {ratio(centre * reach)} in each group"
        return setting.interval((span.lower, span.upper), "newcombe", words)

    own = selection.correlation
    chance = _chance_alone(sides, setting, effect, centre)
    strip = [(f"tau {tau:g}", interval(tau, own)) for tau in strengths]
    strip += [(f"correlation {value:g}", interval(selection.tau, value)) for value in CORRELATIONS if value != own]
    strip += [(words, chance[name]) for words, name in CHANCE_ALONE.items()]
    verdict, above = None, None
    if setting.threshold is not None:
        # What chance alone leaves open is left open at every strength, so a population is never the surer one.
        by_strength = {tau: [interval(tau, own), bound(tau), *chance.values()] for tau in strengths}
        verdict = population_verdict(by_strength, threshold=setting.threshold, direction=direction, scale="difference")
        prior = (selection.tau, selection.mean, own, 0.0)
        above = gap_above(sides, setting.threshold, prior, effect)
    return Shown(
        values=selected_gap(sides, selection.tau, selection.mean, own, level, effect).medians,
        interval=interval(selection.tau, own),
        companion=bound(selection.tau),
        strip=tuple(strip),
        probability=above,
        verdict=verdict,
    )
