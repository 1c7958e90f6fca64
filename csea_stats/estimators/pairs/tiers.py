"""What a paired difference shows for each kind of target: intervals, strip, probability, verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from csea_stats.errors import UnsupportedTarget
from csea_stats.estimators.checking import check_bounded
from csea_stats.estimators.marks import Shown
from csea_stats.estimators.pairs.spans import (
    PAIR_PRIORS,
    Tables,
    observed_pair,
    pair_above,
    sampled_pair_span,
    selected_pair_medians,
    selected_pair_span,
)
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

CHANCE_ALONE = "uniform, chance alone"
"""Strip member of a population that has another prior and nothing on who took part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSetting:
    """How a paired difference is estimated: the settings common to every target."""

    method: str
    level: float
    threshold: float | None
    label: str | None

    @property
    def other(self) -> str:
        """The default method of the other kind."""
        return "tango" if self.method == "dirichlet" else "dirichlet"

    def interval(self, limits: tuple[float, float], method: str, words: str = "") -> Interval:
        """Return limits as an interval that says what it is."""
        kind: Literal["credible", "confidence"] = "credible" if method in PAIR_PRIORS else "confidence"
        return Interval(lower=limits[0], upper=limits[1], level=self.level, kind=kind, method=method + words)

    def sampled(self, tables: Tables, method: str, effect: float, words: str = "") -> Interval:
        """Return the interval for people like these."""
        span = sampled_pair_span(tables, method, self.level, effect)
        return self.interval((span.lower, span.upper), method, words)

    def bounded(self, tables: Tables, method: str, effect: float, reach: float) -> Interval:
        """Return the interval for a population whose participation ratios lie within a bound."""
        span = sampled_pair_span(tables, method, self.level, effect, reach)
        return self.interval((span.lower, span.upper), method, f", participation ratio within {ratio(reach)}")


def check_pair_rule(target: Target, setting: PairSetting) -> None:
    """Raise if there is no such method for such a target."""
    method = setting.method
    if isinstance(target, FinitePopulation) or getattr(target, "size", None) is not None:
        message = (
            f"paired_difference has no form for {type(target).__name__} with a size: use Superpopulation() or "
            "Population(selection)"
        )
        raise UnsupportedTarget(message)
    if not isinstance(target, Population):
        return
    if isinstance(target.selection, SelectionBounds):
        check_bounded([target], "paired_difference")
        if method == "bonett-price":
            message = f"method {method!r} has no form with SelectionBounds: use 'dirichlet' or 'tango'"
            raise UnsupportedTarget(message)
        return
    if method != "dirichlet":
        message = (
            f"method {method!r} gives confidence intervals, which take no prior on who took part: use "
            f"method='dirichlet', or 'tango' with SelectionBounds(ratio={ratio(target.selection.ratio)})"
        )
        raise UnsupportedTarget(message)
    if target.selection.mean != 0:
        message = (
            "paired_difference has no form for a Selection with a mean, which does not say how those who gave both "
            "answers took part: use mean=0, or SelectionBounds(ratio=...)"
        )
        raise UnsupportedTarget(message)


def pair_shown(tables: Tables, target: Target, setting: PairSetting, direction: Direction) -> Shown:
    """Return what is shown for a target."""
    if isinstance(target, Respondents):
        asked = setting.threshold
        verdict = None
        if asked is not None:
            gaps = [(b - c) / n for b, c, n in tables]
            verdict = counted_verdict(gaps, threshold=asked, direction=direction, scale="difference")
        return Shown(values=observed_pair(tables), verdict=verdict)
    if isinstance(target, Population):
        if isinstance(target.selection, Selection):
            return _selected(tables, target, target.selection, setting, direction)
        return _bounded(tables, target, target.selection.ratio, setting, direction)
    return _sampled(tables, target.design_effect, setting, direction)


def _sampled(tables: Tables, effect: float, setting: PairSetting, direction: Direction) -> Shown:
    main, other = (setting.sampled(tables, method, effect) for method in (setting.method, setting.other))
    strip = tuple((prior, setting.sampled(tables, prior, effect)) for prior in PAIR_PRIORS)
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = sampled_verdict(everything, threshold=setting.threshold, direction=direction, scale="difference")
        above = pair_above(tables, setting.threshold, effect)
    values = observed_pair(tables)
    return Shown(values=values, interval=main, companion=other, strip=strip, probability=above, verdict=verdict)


def _bounded(tables: Tables, target: Population, reach: float, setting: PairSetting, direction: Direction) -> Shown:
    effect = target.design_effect
    main, other = (setting.bounded(tables, method, effect, reach) for method in (setting.method, setting.other))
    strip = tuple((prior, setting.bounded(tables, prior, effect, reach)) for prior in PAIR_PRIORS)
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = population_verdict(
            {reach: everything}, threshold=setting.threshold, direction=direction, scale="difference"
        )
        above = pair_above(tables, setting.threshold, effect, ratio=reach)
    values = observed_pair(tables, reach)
    return Shown(values=values, interval=main, companion=other, strip=strip, probability=above, verdict=verdict)


def _selected(
    tables: Tables, target: Population, selection: Selection, setting: PairSetting, direction: Direction
) -> Shown:
    strengths = tuple(sorted({*TAUS, selection.tau}))
    effect = target.design_effect
    with_prior, bound = {}, {}
    for tau in strengths:
        span = selected_pair_span(tables, tau, setting.level, effect)
        with_prior[tau] = setting.interval((span.lower, span.upper), "dirichlet")
        bound[tau] = setting.bounded(tables, "tango", effect, Selection(tau=tau).ratio)
    chance = {
        name: setting.sampled(tables, name, effect, ", chance alone") for name in ("dirichlet", "tango", "uniform")
    }
    strip = [(f"tau {tau:g}", with_prior[tau]) for tau in strengths]
    strip.append((CHANCE_ALONE, chance["uniform"]))
    verdict, above = None, None
    if setting.threshold is not None:
        # What chance alone leaves open is left open at every strength, so a population is never the surer one.
        by_strength = {tau: [with_prior[tau], bound[tau], *chance.values()] for tau in strengths}
        verdict = population_verdict(by_strength, threshold=setting.threshold, direction=direction, scale="difference")
        above = pair_above(tables, setting.threshold, effect, tau=selection.tau)
    return Shown(
        values=selected_pair_medians(tables, selection.tau, effect),
        interval=with_prior[selection.tau],
        companion=bound[selection.tau],
        strip=tuple(strip),
        probability=above,
        verdict=verdict,
    )
