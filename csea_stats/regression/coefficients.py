"""Estimates of a fit on the log-odds scale: coefficients and thresholds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from csea_stats.estimators.marks import target_caveats
from csea_stats.regression.quantities import check_target, limits_of
from csea_stats.regression.reading import Reading
from csea_stats.results.caveats import caveat
from csea_stats.results.collection import Estimates
from csea_stats.results.numbers import with_unit
from csea_stats.results.values import Caveat, Estimate, Interval
from csea_stats.results.verdicts import sampled_verdict
from csea_stats.targets.populations import Population, Respondents, Selection, SelectionBounds, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.regression.design import Design
    from csea_stats.regression.fits import Fit
    from csea_stats.regression.problem import Array, Limits
    from csea_stats.regression.stacking import StackedReading


def coefficients(fit: Fit, target: Target | Sequence[Target]) -> Estimates:
    """Log odds ratios, towards the later answers."""
    targets = list(target) if isinstance(target, (list, tuple)) else [target]
    found: list[Estimate] = []
    for item in (*fit.design.linear_items, *fit.design.monotonic_items):
        found.extend(_coefficient(fit, item, fit.named(one)) for one in targets)  # type: ignore[arg-type]
    return Estimates(found)


def item_words(design: Design, item: str) -> str:
    """Return what one coefficient compares."""
    if item.startswith("sd("):
        return f"{item[3:-1]}: standard deviation of the effects"
    for variable in design.variables:
        if item in variable.items:
            if variable.shape == "contrasts":
                return f"{item.removeprefix(variable.name)[1:-1]} against {variable.labels[0]}"
            if variable.shape == "monotonic":
                return f"from {variable.labels[0]} to {variable.labels[-1]}"
            if variable.shape == "score":
                return f"per step of {variable.name}"
            units = with_unit(f"{variable.scale:.3g}", variable.unit)
            if variable.predictor.term == "plain":
                units = f"2 standard deviations ({units})"
            return f"per {units}" + ("" if variable.unit == variable.name else f" of {variable.name}")
    return item


def item_draws(reading: Reading | StackedReading, item: str) -> Array:
    """Return the draws of one coefficient."""
    if not isinstance(reading, Reading):
        values = reading.sample.values
        return values[item] if item in values else values["b"][:, reading.design.columns_items.index(item)]
    design, sample = reading.design, reading.drawn
    if item in design.linear_items:
        return np.asarray(sample.linear[:, design.linear_items.index(item)])
    return np.asarray(sample.monotonic[:, design.monotonic_items.index(item)])


def _limit(reading: Reading, item: str) -> Limits | None:
    """Return the profile limits of one coefficient; a monotonic term's are those of equal steps."""
    straight = reading.design.straightened
    if reading.profiled is None or item not in straight.linear_items:
        return None
    return reading.profiled.limits[straight.linear_items.index(item)]


def _spread(target: Target) -> float:
    """Return standard deviation of what selection takes from a coefficient."""
    if isinstance(target, Population) and isinstance(target.selection, Selection):
        return target.selection.tau * math.sqrt(2 * (1 - target.selection.correlation))
    return 0.0


def _credible(
    readings: Sequence[Reading], item: str, target: Target, *, level: float, seed: int
) -> tuple[Interval, Array]:
    tail = (1 - level) / 2
    draws = []
    for reading in readings:
        values = item_draws(reading, item)
        if sd := _spread(target):
            values = values - sd * np.random.default_rng([seed, len(values), 8]).standard_normal(len(values))
        draws.append(values)
    reach = 2 * math.log(target.selection.ratio) if _bounds(target) else 0.0  # type: ignore[union-attr]
    low = min(float(np.quantile(values, tail)) for values in draws) - reach
    high = max(float(np.quantile(values, 1 - tail)) for values in draws) + reach
    return Interval(lower=low, upper=high, level=level, kind="credible", method=readings[0].engine), np.stack(draws)


def _bounds(target: Target) -> bool:
    return isinstance(target, Population) and isinstance(target.selection, SelectionBounds)


def _confident(
    readings: Sequence[Reading], item: str, target: Target, level: float
) -> tuple[Interval | None, list[float]]:
    found = [_limit(reading, item) for reading in readings]
    limits = [limit for limit in found if limit is not None]
    if not limits or len(limits) != len(found):
        return None, []
    reach = 2 * math.log(target.selection.ratio) if isinstance(target, Population) else 0.0
    method = readings[0].profiled.method if readings[0].profiled else ""
    interval = Interval(
        lower=min(limit.lower for limit in limits) - reach,
        upper=max(limit.upper for limit in limits) + reach,
        level=level,
        kind="confidence",
        method=method,
    )
    return interval, [limit.value for limit in limits]


def _coefficient(fit: Fit, item: str, target: Target) -> Estimate:
    check_target(target, bayes=fit.bayes)
    draws: Array | None = None
    companion: Interval | None = None
    if fit.bayes:
        interval, draws = _credible(fit.readings, item, target, level=fit.level, seed=fit.seed)
        values = [float(np.median(row)) for row in draws]
        companion, _ = _confident(fit.counterpart, item, target, fit.level)
    else:
        found, values = _confident(fit.readings, item, target, fit.level)
        interval = found  # type: ignore[assignment]
        if fit.counterpart:
            companion, draws = _credible(fit.counterpart, item, target, level=fit.level, seed=fit.seed)
    described = isinstance(target, Respondents)
    strip = (
        ()
        if described
        else tuple(
            (setting, _credible(readings, item, target, level=fit.level, seed=fit.seed)[0])
            for setting, readings in fit.strip
        )
    )
    verdict = None
    if isinstance(target, Superpopulation) and interval and companion and strip:
        direction = "above" if sum(values) > 0 else "below"
        whole = [interval, companion, *(one for _, one in strip)]
        verdict = sampled_verdict(whole, threshold=0.0, direction=direction, scale="log-odds")  # type: ignore[arg-type]
    above = None
    if draws is not None and not described:
        shares = (draws > 0).mean(axis=1)
        above = (float(shares.min()), float(shares.max()))
    return Estimate(
        question=fit.design.outcome,
        item=item,
        estimand=f"log odds ratio towards {fit.towards}, {item_words(fit.design, item)}",
        scale="log-odds",
        target=target,
        value=values[0] if len(values) == 1 else None,
        bounds=(min(values), max(values)) if len(values) > 1 else None,
        interval=None if described else interval,
        companion=None if described else companion,
        threshold=None if item.startswith("sd(") else 0.0,
        probability=None if item.startswith("sd(") else above,
        sensitivity=strip,
        verdict=verdict,
        base=(fit.design.base,),
        caveats=(*_doubts(target), caveat("association"), *fit.caveats),
        provenance=fit.provenance,
    )


def _doubts(target: Target) -> list[Caveat]:
    if isinstance(target, Respondents):
        return [caveat("described")]
    return target_caveats(target, groups=True)


def thresholds(fit: Fit) -> Estimates:
    """Return the cutpoints of a respondent at the averages of the predictors."""
    found = []
    for place, item in enumerate(fit.design.cuts):
        interval, values = _threshold(fit, place)
        doubts = [] if interval else [caveat("fit-check", text="nobody gave one of the answers that it parts.")]
        found.append(
            Estimate(
                question=fit.design.outcome,
                item=item,
                estimand=f"threshold {item}: log odds of the lower answers at the averages of the predictors",
                scale="log-odds",
                target=fit.named(Superpopulation()),
                value=values[0] if len(values) == 1 else None,
                bounds=(min(values), max(values)) if len(values) > 1 else None,
                interval=interval,
                base=(fit.design.base,),
                caveats=(*target_caveats(Superpopulation()), *fit.caveats, *doubts),
                provenance=fit.provenance,
            )
        )
    return Estimates(found)


def threshold_draws(reading: Reading | StackedReading, place: int) -> Array:
    """Return the draws of one threshold."""
    if isinstance(reading, Reading):
        return np.asarray(reading.drawn.thresholds[:, place])
    return reading.thresholds[:, place]


def _threshold(fit: Fit, place: int) -> tuple[Interval | None, list[float]]:
    tail = (1 - fit.level) / 2
    if fit.bayes:
        draws = [threshold_draws(reading, place) for reading in fit.readings]
        low = min(float(np.quantile(values, tail)) for values in draws)
        high = max(float(np.quantile(values, 1 - tail)) for values in draws)
        interval = Interval(lower=low, upper=high, level=fit.level, kind="credible", method=fit.readings[0].engine)
        return interval, [float(np.median(values)) for values in draws]
    lows, highs, values = [], [], []
    for reading in fit.readings:
        fitted = reading.profiled
        if fitted is None or not np.isfinite(fitted.thresholds[place]):
            return None, []
        limits = limits_of(reading, fitted, lambda c, _: float(c[place]), fit.level)
        values.append(float(fitted.thresholds[place]))
        lows.append(limits.lower if limits else -math.inf)
        highs.append(limits.upper if limits else math.inf)
    method = fit.readings[0].profiled.method if fit.readings[0].profiled else ""
    return Interval(lower=min(lows), upper=max(highs), level=fit.level, kind="confidence", method=method), values
