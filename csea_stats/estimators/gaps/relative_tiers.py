"""What a ratio of shares, or an odds ratio, shows for each kind of target: intervals, strip, probability, verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import UnsupportedTarget
from csea_stats.estimators.gaps.log_odds import PRIORS
from csea_stats.estimators.gaps.relative_spans import (
    LOGISTIC,
    Selected,
    bounded_relative,
    observed_relative,
    relative_above,
    sampled_relative,
    selected_relative,
)
from csea_stats.estimators.gaps.tiers import CORRELATIONS
from csea_stats.estimators.marks import Shown
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

if TYPE_CHECKING:
    from csea_stats.estimators.gaps.spans import Sides

RelativeMeasure = Literal["ratio", "odds-ratio"]
RatioMethod = Literal["jeffreys", "miettinen-nurminen", "mover-wilson"]
OddsMethod = Literal["logistic", "log-f", "firth", "exact-conditional"]

METHODS: dict[str, tuple[str, ...]] = {
    "ratio": ("jeffreys", "miettinen-nurminen", "mover-wilson"),
    "odds-ratio": ("logistic", "log-f", "firth", "exact-conditional"),
}
"""The methods of each measure; the first is the default."""
ESTIMANDS = {"ratio": "ratio of the shares", "odds-ratio": "odds ratio"}
STRIPS: dict[str, tuple[str, ...]] = {
    "ratio": ("jeffreys", "uniform", LOGISTIC),
    "odds-ratio": ("normal(0, 1)", "logistic", "normal(0, 2.5)"),
}
"""The customary priors; those of an odds ratio from the tightest to the widest."""
COMPANIONS = {"ratio": "miettinen-nurminen", "odds-ratio": "log-f"}
"""The default confidence method of each measure."""
BOUNDED = {"ratio": "mover-wilson", "odds-ratio": "log-f"}
"""The confidence method that participation ratios can shift."""
CREDIBLE = ("jeffreys", "uniform", LOGISTIC, *PRIORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeSetting:
    """How a ratio is estimated: the settings common to every target."""

    measure: RelativeMeasure
    method: str
    level: float
    threshold: float | None
    label: str | None

    @property
    def default(self) -> str:
        """The credible method."""
        return METHODS[self.measure][0]

    @property
    def other(self) -> str:
        """The default method of the other kind."""
        return COMPANIONS[self.measure] if self.method == self.default else self.default

    def interval(self, limits: tuple[float, float], method: str, words: str = "") -> Interval:
        """Return limits as an interval that says what it is."""
        kind: Literal["credible", "confidence"] = "credible" if method in CREDIBLE else "confidence"
        return Interval(lower=limits[0], upper=limits[1], level=self.level, kind=kind, method=method + words)

    def bounded(
        self, sides: Sides, method: str, ratios: tuple[float, float], effect: float, words: str = ""
    ) -> Interval:
        """Return the interval of a population whose participation ratios lie between two."""
        span = bounded_relative(sides, self.measure, method, self.level, ratios, effect)
        return self.interval((span.lower, span.upper), method, words)


def check_relative_rule(target: Target, setting: RelativeSetting) -> None:
    """Raise if there is no such method for such a target."""
    method, default = setting.method, setting.default
    if isinstance(target, FinitePopulation) or getattr(target, "size", None) is not None:
        message = (
            f"difference(measure={setting.measure!r}) has no form for {type(target).__name__} with a size: use "
            "Superpopulation() or Population(selection), or measure='difference' with sizes=(first, second)"
        )
        raise UnsupportedTarget(message)
    if getattr(target, "design_effect", 1.0) > 1 and method == "exact-conditional":
        message = f"method {method!r} counts whole people and has no form with a design effect: use 'log-f' or 'firth'"
        raise UnsupportedTarget(message)
    if not isinstance(target, Population):
        return
    bounded = BOUNDED[setting.measure]
    if isinstance(target.selection, Selection) and method != default:
        factor = ratio(target.selection.ratio)
        message = (
            f"method {method!r} gives confidence intervals, which take no prior on who took part: use "
            f"method={default!r}, or {bounded!r} with SelectionBounds(ratio={factor})"
        )
        raise UnsupportedTarget(message)
    if isinstance(target.selection, SelectionBounds) and method == "miettinen-nurminen":
        message = f"method {method!r} has no form with SelectionBounds: use {default!r} or {bounded!r}"
        raise UnsupportedTarget(message)


def relative_shown(sides: Sides, target: Target, setting: RelativeSetting, direction: Direction) -> Shown:
    """Return what is shown for a target."""
    if isinstance(target, Respondents):
        return _counted(sides, setting, direction)
    if isinstance(target, Population):
        if isinstance(target.selection, Selection):
            return _selected(sides, target, target.selection, setting, direction)
        return _bounded(sides, target, target.selection, setting, direction)
    return _sampled(sides, target.design_effect, setting, direction)


def _counted(sides: Sides, setting: RelativeSetting, direction: Direction) -> Shown:
    each = [observed_relative(((one,), (other,)), setting.measure)[0] for one, other in product(*sides)]
    verdict = None
    if setting.threshold is not None:
        # A ratio that is not defined is not beyond any threshold.
        verdict = counted_verdict(each, threshold=setting.threshold, direction=direction, scale="ratio")
    return Shown(values=observed_relative(sides, setting.measure), verdict=verdict)


def _sampled(sides: Sides, effect: float, setting: RelativeSetting, direction: Direction) -> Shown:
    def interval(method: str) -> Interval:
        span = sampled_relative(sides, setting.measure, method, setting.level, effect)
        return setting.interval((span.lower, span.upper), method)

    main, other = interval(setting.method), interval(setting.other)
    strip = tuple((prior, interval(prior)) for prior in STRIPS[setting.measure])
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = sampled_verdict(everything, threshold=setting.threshold, direction=direction, scale="ratio")
        above = relative_above(sides, setting.measure, setting.threshold, (0.0, 0.0, 0.0), 0.0, effect)
    return Shown(
        values=observed_relative(sides, setting.measure),
        interval=main,
        companion=other,
        strip=strip,
        probability=above,
        verdict=verdict,
    )


def _bounded(
    sides: Sides, target: Population, selection: SelectionBounds, setting: RelativeSetting, direction: Direction
) -> Shown:
    ratios, effect = (1 / selection.ratio, selection.ratio), target.design_effect
    words = f", participation ratio within {ratio(selection.ratio)} in each group"
    companion = BOUNDED[setting.measure] if setting.method == setting.default else setting.default
    main, other = (setting.bounded(sides, name, ratios, effect, words) for name in (setting.method, companion))
    strip = tuple((prior, setting.bounded(sides, prior, ratios, effect, words)) for prior in STRIPS[setting.measure])
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = population_verdict(
            {selection.ratio: everything}, threshold=setting.threshold, direction=direction, scale="ratio"
        )
        bound = math.log(selection.ratio)
        above = relative_above(sides, setting.measure, setting.threshold, (0.0, 0.0, 0.0), bound, effect)
    return Shown(
        values=observed_relative(sides, setting.measure, ratios),
        interval=main,
        companion=other,
        strip=strip,
        probability=above,
        verdict=verdict,
    )


def _selected(
    sides: Sides, target: Population, selection: Selection, setting: RelativeSetting, direction: Direction
) -> Shown:
    measure, level, effect, own = setting.measure, setting.level, target.design_effect, selection.correlation
    strengths = tuple(sorted({*TAUS, selection.tau}))
    centre = math.exp(selection.mean)

    def interval(tau: float, correlation: float, prior: str = setting.default) -> Interval:
        chosen: Selected = (tau, selection.mean, correlation)
        span = selected_relative(sides, measure, prior, level, chosen, effect)
        return setting.interval((span.lower, span.upper), prior)

    def bound(tau: float) -> Interval:
        reach = Selection(tau=tau).ratio
        words = f", participation ratio within {ratio(reach)} in each group"
        if selection.mean:
            words = f", participation ratio from {ratio(centre / reach)} to {ratio(centre * reach)} in each group"
        return setting.bounded(sides, BOUNDED[measure], (centre / reach, centre * reach), effect, words)

    strip = [(f"tau {tau:g}", interval(tau, own)) for tau in strengths]
    strip += [(f"correlation {value:g}", interval(selection.tau, value)) for value in CORRELATIONS if value != own]
    chance = _chance_alone(sides, setting, effect, centre)
    if measure == "odds-ratio":
        priors = {tau: {prior: interval(tau, own, prior) for prior in PRIORS} for tau in strengths}
        strip += [(prior, member) for prior, member in priors[selection.tau].items() if prior != setting.default]
        by_strength = {tau: [*priors[tau].values(), bound(tau), *chance.values()] for tau in strengths}
    else:
        strip += [(f"{prior}, chance alone", chance[prior]) for prior in ("uniform", LOGISTIC)]
        by_strength = {tau: [interval(tau, own), bound(tau), *chance.values()] for tau in strengths}
    verdict, above = None, None
    if setting.threshold is not None:
        # What chance alone leaves open is left open at every strength, so a population is never the surer one.
        verdict = population_verdict(by_strength, threshold=setting.threshold, direction=direction, scale="ratio")
        chosen = (selection.tau, selection.mean, own)
        above = relative_above(sides, measure, setting.threshold, chosen, 0.0, effect)
    return Shown(
        values=selected_relative(
            sides, measure, setting.default, level, (selection.tau, selection.mean, own), effect
        ).medians,
        interval=interval(selection.tau, own),
        companion=bound(selection.tau),
        strip=tuple(strip),
        probability=above,
        verdict=verdict,
    )


def _chance_alone(sides: Sides, setting: RelativeSetting, effect: float, centre: float) -> dict[str, Interval]:
    """Return what is shown for people like these, their odds over the centre of the participation ratio."""
    names = [*STRIPS[setting.measure], BOUNDED[setting.measure]]
    if centre == 1:
        names.append(COMPANIONS[setting.measure])
    return {
        name: setting.bounded(sides, name, (centre, centre), effect, ", chance alone") for name in dict.fromkeys(names)
    }
