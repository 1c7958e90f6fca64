"""Estimates of a fit: effects and predictions on the scale of probabilities, with intervals of both kinds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.estimators.marks import FEW, target_caveats
from csea_stats.regression.contrasts import Comparison, Event, Setting, comparisons, variable_place
from csea_stats.regression.quantities import Quantity, check_target, confidence, credible
from csea_stats.regression.stacking import StackedDesign
from csea_stats.regression.unpooled import unpooled
from csea_stats.results.caveats import caveat
from csea_stats.results.collection import Estimates
from csea_stats.results.numbers import number_of, percent
from csea_stats.results.values import Caveat, Estimate, Interval, Verdict
from csea_stats.results.verdicts import population_verdict, sampled_verdict
from csea_stats.targets.populations import (
    NORMAL_975,
    TAUS,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.contrasts import Contrast
    from csea_stats.regression.fits import Fit
    from csea_stats.regression.reading import Reading

OVERSTATED = 30
"""Respondents in the smaller group below which a difference carries the caveat that it may be overstated."""


def effects(
    fit: Fit, variable: str | None, contrast: Contrast | None, outcome: str | None, target: Target | Sequence[Target]
) -> Estimates:
    """Differences of probabilities averaged over the respondents."""
    wanted: list[tuple[Comparison, Event, str | None]] = []
    if variable is None and contrast is None and outcome is None and fit.model.estimand:
        for one in fit.model.estimand:
            chosen: Contrast | None = one.shift if one.shift is not None else one.compare
            for comparison in comparisons(fit.design, one.variable, chosen):
                wanted.extend((comparison, event, one.words) for event in fit.events(one.outcome))
    else:
        for comparison in comparisons(fit.design, variable, contrast):
            wanted.extend((comparison, event, None) for event in fit.events(outcome))
    found = []
    for comparison, event, words in wanted:
        quantity = Quantity(start=comparison.start, end=comparison.end, event=event)
        told = f"difference in the share of {fit.what(event)}, {words or comparison.words}"
        doubts = [caveat("association"), *_small(comparison)]
        found.append((comparison.item, told, quantity, doubts))
    return Estimates(
        estimate
        for item, told, quantity, doubts in found
        for estimate in _for_targets(fit, quantity, target, item=item, told=told, doubts=doubts)
    )


def _small(comparison: Comparison) -> list[Caveat]:
    found = []
    if 0 < comparison.smallest < FEW:
        found.append(
            caveat("few", base=number_of(comparison.smallest, "people"), points=percent(1 / comparison.smallest))
        )
    if 0 < comparison.smallest < OVERSTATED:
        found.append(caveat("exaggerates", smallest=comparison.smallest))
    return found


def predictions(fit: Fit, by: str | None, outcome: str | None, target: Target | Sequence[Target]) -> Estimates:
    """Averaged probabilities, with everybody set to each level of a predictor."""
    settings = [("all", Setting(place=-1))]
    if by is not None:
        place = variable_place(fit.design, by)
        one = fit.design.variables[place]
        values = one.levels if one.labels or len(one.levels) <= 7 else np.quantile(one.levels, [0, 0.25, 0.5, 0.75, 1])
        settings = [(one.told(value), Setting(place=place, values=(float(value),), weights=(1.0,))) for value in values]
    chosen = fit.events(outcome) if outcome is not None else fit.single_answers()
    found: list[Estimate] = []
    for name, setting in settings:
        for event in chosen:
            whom = "averaged over the respondents" if by is None else f"if all had {by} {name}"
            told = f"share of {fit.what(event)}, {whom}"
            quantity = Quantity(start=None, end=setting, event=event)
            item = event.words if by is None else f"{by}[{name}]: {event.words}"
            found.extend(_for_targets(fit, quantity, target, item=item, told=told, doubts=[]))
    return Estimates(found)


def _for_targets(
    fit: Fit, quantity: Quantity, target: Target | Sequence[Target], *, item: str, told: str, doubts: list[Caveat]
) -> list[Estimate]:
    targets = list(target) if isinstance(target, (list, tuple)) else [target]
    return [_estimate(fit, quantity, fit.named(one), item=item, told=told, doubts=doubts) for one in targets]  # type: ignore[arg-type]


def _estimate(fit: Fit, quantity: Quantity, target: Target, *, item: str, told: str, doubts: list[Caveat]) -> Estimate:
    check_target(target, bayes=fit.bayes)
    readings, other = fit.readings, fit.counterpart
    interval, draws = (
        credible(readings, quantity, target, level=fit.level, seed=fit.seed) if fit.bayes else (None, None)
    )
    values: list[float] = []
    if not fit.bayes:
        interval, values = _confident(fit, readings, quantity, target)
    elif draws is not None:
        values = [float(np.median(row)) for row in draws]
    companion: Interval | None = None
    if not isinstance(target, Respondents) and other:
        if fit.bayes:
            companion, _ = _confident(fit, other, quantity, _bounded(target))
        else:
            companion, draws = credible(other, quantity, target, level=fit.level, seed=fit.seed)
    elif fit.bayes and isinstance(fit.design, StackedDesign):
        companion = unpooled(fit.design, quantity, target, fit.level)
    threshold = 0.0 if quantity.start is not None else None
    strip = _strip(fit, quantity, target) if threshold is not None else ()
    verdict = None
    if threshold is not None and interval is not None and not isinstance(target, Respondents):
        verdict = _verdict(fit, quantity, target, (interval, companion, *(one for _, one in strip)), values)
    above = None
    if threshold is not None and draws is not None and not isinstance(target, Respondents):
        shares = (draws > 0).mean(axis=1) + (draws == 0).mean(axis=1) / 2
        above = (float(shares.min()), float(shares.max()))
    return Estimate(
        question=fit.design.outcome,
        item=item,
        estimand=told,
        scale=quantity.scale,
        target=target,
        value=values[0] if len(values) == 1 else None,
        bounds=(min(values), max(values)) if len(values) > 1 else None,
        interval=None if isinstance(target, Respondents) else interval,
        companion=companion,
        threshold=threshold,
        probability=above,
        sensitivity=strip,
        verdict=verdict,
        base=(fit.design.base,),
        caveats=(*_target_doubts(target, quantity), *doubts, *fit.caveats, *_decides(interval, strip)),
        provenance=fit.provenance,
    )


def _target_doubts(target: Target, quantity: Quantity) -> list[Caveat]:
    if isinstance(target, Respondents):
        return [caveat("described")]
    return target_caveats(target, groups=quantity.start is not None)


def _decides(interval: Interval | None, strip: tuple[tuple[str, Interval], ...]) -> list[Caveat]:
    """Say when another customary prior changes on which side of 0 the interval lies."""
    if interval is None or not strip:
        return []
    sides = {(one.lower > 0, one.upper < 0) for one in (*(one for _, one in strip), interval)}
    return [caveat("prior-decides")] if len(sides) > 1 else []


def _bounded(target: Target) -> Target:
    """Return the prior-free neighbour of a population's selection."""
    if isinstance(target, Population) and isinstance(target.selection, Selection):
        return Population(SelectionBounds(ratio=math.exp(NORMAL_975 * target.selection.tau)), words=target.words)
    return target


def _confident(
    fit: Fit, readings: Sequence[Reading], quantity: Quantity, target: Target
) -> tuple[Interval | None, list[float]]:
    """Return the hull of the readings' profile limits, and their estimates."""
    lows, highs, values = [], [], []
    method = ""
    for reading in readings:
        if reading.profiled is None:
            return None, []
        found = confidence(reading, reading.profiled, quantity, target, level=fit.level)
        if found is None:
            return None, []
        lows.append(min(found[1].lower, found[0].lower))
        highs.append(max(found[0].upper, found[1].upper))
        values.append((found[0].value + found[1].value) / 2)
        method = reading.profiled.method
    if not lows:
        return None, []
    interval = Interval(lower=min(lows), upper=max(highs), level=fit.level, kind="confidence", method=method)
    return interval, values


def _strip(fit: Fit, quantity: Quantity, target: Target) -> tuple[tuple[str, Interval], ...]:
    if isinstance(target, Respondents):
        return ()
    return tuple(
        (setting, credible(readings, quantity, target, level=fit.level, seed=fit.seed)[0])
        for setting, readings in fit.strip
    )


def _verdict(
    fit: Fit, quantity: Quantity, target: Target, found: Sequence[Interval | None], values: list[float]
) -> Verdict | None:
    """Judge the sign that was estimated; None where a companion or the prior strip is not at hand."""
    intervals = [interval for interval in found if interval is not None]
    if len(intervals) != len(found) or not fit.strip:
        return None
    direction = "above" if sum(values) > 0 else "below"
    if not isinstance(target, Population) or isinstance(target.selection, SelectionBounds):
        if isinstance(target, Superpopulation):
            return sampled_verdict(intervals, threshold=0.0, direction=direction, scale="difference")  # type: ignore[arg-type]
        strength = target.selection.ratio if isinstance(target, Population) else 0.0
        return population_verdict({strength: intervals}, threshold=0.0, direction=direction, scale="difference")  # type: ignore[arg-type]
    by_strength: dict[float, list[Interval]] = {target.selection.tau: intervals}
    for tau in TAUS:
        if tau in by_strength:
            continue
        one = Population(Selection(tau=tau, correlation=target.selection.correlation))
        parts = [credible(fit.readings, quantity, one, level=fit.level, seed=fit.seed)[0]]
        parts += [interval for _, interval in _strip(fit, quantity, one)]
        bound, _ = _confident(fit, fit.counterpart, quantity, _bounded(one))
        by_strength[tau] = [*parts, *([bound] if bound else [])]
    return population_verdict(by_strength, threshold=0.0, direction=direction, scale="difference")  # type: ignore[arg-type]
