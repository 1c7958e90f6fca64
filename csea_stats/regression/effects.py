"""Estimates of a fit on the scale of probabilities: average effects and predictions."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from csea_stats.base.shared_numbers import shared_quartiles
from csea_stats.errors import InputError
from csea_stats.estimators.assumptions import FEW
from csea_stats.estimators.estimand import Method, Participation, hull
from csea_stats.estimators.estimand import Setting as Asked
from csea_stats.estimators.inference import interval_of
from csea_stats.regression.cuts import at_cut
from csea_stats.regression.engines.linear import LeastSquares
from csea_stats.regression.fitted import PEOPLE, FittedModel, FittedTable, once
from csea_stats.regression.problem import Array, Limits
from csea_stats.regression.quantities import ALONE, UNPOOLED, Moved, OfFit, Quantity, drawn, farthest, unpooled
from csea_stats.regression.settings import (
    Contrast,
    OutcomeEvent,
    PredictorContrast,
    PredictorSetting,
    beyond,
    comparisons,
    part_of_contrast,
    partners,
    stepped,
    variable_place,
    whole_words,
)
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import interval_words, number_of, percent, points_range
from csea_stats.results.values import Caveat, Comparison, Scale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from csea_stats.estimators.estimand import Limits as Ends
    from csea_stats.regression.variables import Variable
    from csea_stats.results.estimate import Estimate
    from csea_stats.targets.populations import Target

OVERSTATED = 30
"""Respondents in the smaller group below which a difference carries the caveat that it may be overstated."""


def effects(
    fit: FittedModel,
    variable: str | None = None,
    contrast: Contrast | None = None,
    outcome: str | None = None,
    target: Target | Sequence[Target] = PEOPLE,
) -> Estimates:
    """Differences of probabilities averaged over the respondents."""
    wanted: list[tuple[PredictorContrast, OutcomeEvent, str | None]] = []
    if variable is None and contrast is None and outcome is None and fit.model.estimand:
        for one in fit.model.estimand:
            chosen: Contrast | None = one.shift if one.shift is not None else one.compare
            for comparison in comparisons(fit.design, one.variable, chosen):
                wanted.extend((comparison, event, one.words) for event in fit.events(one.outcome))
    else:
        for comparison in comparisons(fit.design, variable, contrast):
            wanted.extend((comparison, event, None) for event in fit.events(outcome))
    found: list[Estimate] = []
    for comparison, event, words in wanted:
        effect = AverageEffect(
            fit=fit,
            item=comparison.item,
            words=f"difference in the {fit.measure(event)}, {words or comparison.words}",
            says=fit.says(event),
            comparison=Comparison(
                by=fit.design.variables[comparison.end.place].name,
                level=comparison.end.words,
                reference=comparison.start.words,
                change=comparison.change,
            ),
            noted=(
                caveat("association"),
                *_averaged(fit, comparison),
                *of_few(comparison),
                *beyond_everybody(fit, comparison.start, comparison.end),
            ),
            quantity=Quantity(start=comparison.start, end=comparison.end, event=event),
        )
        found.extend(effect.estimates(target, Asked(method=fit.engine, level=fit.level, threshold=0.0)))
    return Estimates(found)


def of_few(comparison: PredictorContrast) -> list[Caveat]:
    """Say that the smaller of two groups has few people."""
    found = []
    if 0 < comparison.smallest < FEW:
        found.append(
            caveat("few", base=number_of(comparison.smallest, "people"), points=percent(1 / comparison.smallest))
        )
    if 0 < comparison.smallest < OVERSTATED:
        found.append(caveat("exaggerates", smallest=number_of(comparison.smallest, "respondents")))
    return found


def _averaged(fit: FittedModel, comparison: PredictorContrast) -> list[Caveat]:
    """Say that the effect of a predictor with an interaction is an average of several."""
    place = comparison.end.place
    others = " and ".join(name.replace("_", " ") for name in partners(fit.design, place))
    name = fit.design.variables[place].name.replace("_", " ")
    return [caveat("effect-averaged", name=name, others=others)] if others else []


def beyond_everybody(fit: FittedModel, *settings: PredictorSetting) -> list[Caveat]:
    """Say that a setting lies where nobody is, without telling where anybody is."""
    if not any(beyond(fit.design, one) for one in settings):
        return []
    return [caveat("beyond-everybody", name=fit.design.variables[settings[-1].place].name.replace("_", " "))]


def predictions(
    fit: FittedModel,
    by: str | None,
    outcome: str | None,
    target: Target | Sequence[Target],
    at: Sequence[float] | None = None,
) -> Estimates:
    """Averaged probabilities, with everybody set to each level of a predictor, or to some values of a number."""
    settings = [("all", PredictorSetting(place=-1))]
    if by is not None:
        place = variable_place(fit.design, by)
        one = fit.design.variables[place]
        values = one.levels if one.labels or len(one.levels) <= 7 else np.quantile(one.levels, [0, 0.25, 0.5, 0.75, 1])
        if at is not None:
            values = _numbers(one, at)
        settings = [
            (one.told(value), PredictorSetting(place=place, values=(float(value),), weights=(1.0,))) for value in values
        ]
    chosen = fit.events(outcome) if outcome is not None else fit.single_answers()
    found: list[Estimate] = []
    for name, setting in settings:
        for event in chosen:
            whom = "averaged over the respondents" if by is None else f"if all had {by} {name}"
            prediction = Prediction(
                fit=fit,
                item=event.words if by is None else f"{by}[{name}]: {event.words}",
                words=f"{fit.measure(event)}, {whom}",
                says=fit.says(event),
                noted=tuple(beyond_everybody(fit, setting)),
                quantity=Quantity(start=None, end=setting, event=event),
            )
            found.extend(prediction.estimates(target, Asked(method=fit.engine, level=fit.level)))
    return Estimates(found)


@once
def shared_predictions(fit: FittedModel, by: str) -> Estimates:
    """Averaged probabilities by a predictor for those who do not have the answers: a number at shared quartiles.

    Of a number whose quartiles would be single people's, with everybody as they are.
    """
    place = variable_place(fit.design, by)
    one = fit.design.variables[place]
    if one.labels:
        return predictions(fit, by, None, PEOPLE)
    at = tuple(dict.fromkeys(shared_quartiles(fit.design.patterns[:, place], fit.design.totals)))
    return predictions(fit, by if at else None, None, PEOPLE, at or None)


def _numbers(one: Variable, at: Sequence[float]) -> Array:
    """Return the values that everybody's number is set to."""
    found = np.asarray(at, dtype=float)
    if one.labels or found.ndim != 1 or not np.isfinite(found).all():
        what = f"{one.name!r} has answers" if one.labels else f"{at!r}"
        message = f"at: found {what}; allowed are finite numbers, for a predictor that is a number"
        raise InputError(message)
    return found


@dataclass(frozen=True, kw_only=True)
class Average(OfFit):
    """What probabilities averaged over the respondents have in common.

    Parameters
    ----------
    quantity : Quantity
    """

    quantity: Quantity

    @property
    def averaged(self) -> tuple[Quantity, ...]:
        """What is averaged over the respondents."""
        return (self.quantity,)

    def drawn(self, reading: FittedTable, moved: Moved | None) -> Array:
        """Return its draws."""
        return drawn(reading, self.quantity, moved)

    def profiled(self, reading: FittedTable, level: float, who: Participation) -> Ends | None:
        """Return the extremes over the likelihood region and over the ratios; of an average those of Student's t."""
        if self.fit.number:
            found = self._averaged(reading, level)
            return found.lower, found.upper
        key = "ends", self.averaged, level, who
        if key not in reading.known:
            low, high = (self.function(reading, who, sign) for sign in (-1.0, 1.0))
            reading.known[key] = reading.region(level).ends(low, high, self.slack(who))
        return reading.known[key]  # type: ignore[no-any-return]

    def point(self, reading: FittedTable, who: Participation, sign: float) -> float:
        """Return the extreme over the ratios at the estimate."""
        if self.fit.number:
            return self._averaged(reading, self.fit.level).value
        function = self.function(reading, who, sign)
        region = reading.region(self.fit.level)
        at = region.likelihood.wholes(region.best[None])
        return farthest(lambda common: float(function(*at, common)[0]), sign, self.slack(who))

    def row(self, reading: FittedTable) -> Array:
        """Return by what the level and the coefficients of a linear model are multiplied."""
        sides = []
        for setting in (self.quantity.end, self.quantity.start):
            if setting is not None:
                patterns, weights = setting.patterns(reading.design)
                columns = reading.design.straightened.columns(patterns)[0]
                sides.append(np.concatenate([[1.0], weights @ columns / weights.sum()]))
        return np.asarray(sides[0] if len(sides) == 1 else sides[0] - sides[1])

    def _averaged(self, reading: FittedTable, level: float) -> Limits:
        """Return an average, or a difference of two, by least squares, in the outcome's unit."""
        centre, unit = reading.design.moments
        found = LeastSquares(problem=reading.straight_problem).limits(self.row(reading), level)
        start = centre if self.quantity.start is None else 0.0
        return Limits(**{name: start + unit * getattr(found, name) for name in ("value", "lower", "upper")})

    def function(self, reading: FittedTable, who: Participation, sign: float) -> Callable[..., Array]:
        """Return it as a function of thresholds, coefficients, and what both sides' log ratios have in common."""
        first, second = self.moved(who, sign) or (0.0, 0.0)
        key = "function", id(reading), first, second
        if key not in self.known:
            self.known[key] = self._function(reading, float(first), float(second))
        return self.known[key]  # type: ignore[no-any-return]

    def _function(self, reading: FittedTable, first: float, second: float) -> Callable[..., Array]:
        end = reading.point_share(self.quantity.end, self.quantity.event, second)
        if self.quantity.start is None:
            return end
        start = reading.point_share(self.quantity.start, self.quantity.event, first)

        def difference(thresholds: Array, linear: Array, common: Array | float = 0.0) -> Array:
            return end(thresholds, linear, common) - start(thresholds, linear, common)

        return difference


class Prediction(Average):
    """A probability averaged over the respondents."""

    name: ClassVar[str] = "share"
    chance: ClassVar[bool] = False
    """There is nothing to judge."""

    @property
    def scale(self) -> Scale:  # type: ignore[override]
        """Shares, or averages."""
        return "average" if self.fit.number else "share"

    @property
    def priors(self) -> tuple[str, ...]:
        """None are shown: nothing is judged by them."""
        return ()

    def limits(self, method: str, level: float, who: Participation) -> Ends:
        """Return them; beside a fit with group effects none: draws are of these groups, a likelihood of any."""
        other = (self.methods[method].kind == "credible") != self.fit.bayes
        if other and self.fit.design.grouped:
            return math.nan, math.nan
        return OfFit.limits(self, method, level, who)


class AverageEffect(Average):
    """The change of a probability averaged over the respondents."""

    name: ClassVar[str] = "difference"
    groups: ClassVar[bool] = True
    methods: ClassVar[Mapping[str, Method]] = {**OfFit.methods, UNPOOLED: Method(bounds=False)}

    @property
    def scale(self) -> Scale:  # type: ignore[override]
        """Differences of shares, or of averages."""
        return "average" if self.fit.number else "difference"

    @property
    def part(self) -> float:
        """How much of the predictor's whole contrast lies between the two settings."""
        start = self.quantity.start or self.quantity.end
        return part_of_contrast(self.fit.design, start, self.quantity.end)

    @property
    def whole(self) -> str:
        """The predictor's whole contrast in words."""
        return whole_words(self.fit.design, self.quantity.end.place)

    def contrast(self, reading: FittedTable) -> Array | None:
        """Return by how much the columns of everybody differ, on average."""
        sides = [one for one in (self.quantity.end, self.quantity.start) if one is not None]
        whole = [setting.patterns(reading.design) for setting in sides]
        end, start = (weights @ reading.slopes(patterns) for patterns, weights in whole)
        return np.asarray(end - start)

    @property
    def stepped(self) -> bool:
        """Whether its predictor is a monotonic term, or has an interaction with one."""
        return stepped(self.fit.design, self.quantity.end.place)

    @property
    def at_cuts(self) -> tuple[int, ...]:
        """The cuts below and above its answers."""
        return self.quantity.event.low - 1, self.quantity.event.high

    def by_itself(self) -> str:
        """Return the effect where the answers at its one cut are fitted by themselves."""
        low, high = self.quantity.event.low, self.quantity.event.high
        last = len(self.fit.design.answers) - 1
        if not self.affected or (low > 0) == (high < last) or self.fit.design.several:
            return ""
        cut = high if low == 0 else low - 1
        alone = replace(self.fit, readings=tuple(at_cut(self.fit, one, cut) for one in self.fit.readings))
        event = replace(self.quantity.event, low=int(low > 0), high=int(low > 0))
        effect = replace(self, fit=alone, quantity=replace(self.quantity, event=event), known={})
        first = alone.readings[0]
        method = first.engine if first.profiled is None else first.profiled.method
        interval, ends = interval_of(effect, method, self.fit.level, ALONE), hull(effect.observed())
        if interval is None:
            return ""
        value, span = points_range(*ends), interval_words(interval, self.scale)
        return f" Fitted at this cut by itself the difference is {value}, {span}."

    def limits(self, method: str, level: float, who: Participation) -> Ends:
        """Return them; beside a fit with group effects those of two groups' answers to one item."""
        if method != UNPOOLED:
            return OfFit.limits(self, method, level, who)
        found = unpooled(self.fit.design, self.quantity, level) if who == ALONE else None
        return found or (math.nan, math.nan)

    def beside(self, method: str) -> str:
        """Return the default method of the other kind."""
        return UNPOOLED if self.fit.design.several else OfFit.beside(self, method)

    def named(self, method: str) -> str:
        """Return the engine, or how two groups' own answers are compared."""
        if method != UNPOOLED:
            return OfFit.named(self, method)
        return UNPOOLED if self.fit.design.by_item else f"{UNPOOLED}, each respondent's share once"
