"""Effects of one predictor at each level of another, and how much they differ: an interaction as shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import ndtri

from csea_stats.base.shared_numbers import shared_quartiles
from csea_stats.errors import InputError, in_short
from csea_stats.estimators.estimand import Limits, Method, Participation
from csea_stats.estimators.estimand import Setting as Asked
from csea_stats.regression.effects import AverageEffect, beyond_everybody, of_few
from csea_stats.regression.engines.nets import net
from csea_stats.regression.quantities import Moved, OfFit, Quantity, drawn
from csea_stats.regression.settings import (
    Contrast,
    Level,
    OutcomeEvent,
    PredictorContrast,
    PredictorSetting,
    comparisons,
    level_value,
    number_in,
    part_of_contrast,
    people_with,
    variable_place,
)
from csea_stats.results.caveats import caveat
from csea_stats.results.estimates import Estimates
from csea_stats.results.values import Caveat, Comparison

if TYPE_CHECKING:
    from csea_stats.regression.fitted import FittedModel, FittedTable
    from csea_stats.regression.problem import Array
    from csea_stats.results.estimate import Estimate
    from csea_stats.targets.populations import Target

Within = str | Mapping[str, Sequence["Level"]]
"""Another predictor; or its name with the levels, or numbers, that everybody's is set to."""

FULL = math.sqrt(2.0)
"""How many whole contrasts a move may be before participation ratios as far apart as that could not be."""


def effects_within(
    fit: FittedModel,
    variable: str | None,
    contrast: Contrast | None,
    outcome: str | None,
    target: Target | Sequence[Target],
    within: Within,
) -> Estimates:
    """Return the effects with everybody at each level of another predictor, then how much each differs from the first.

    Raises
    ------
    InputError
        No effect is named, or the other predictor has no two levels.
    UnknownName
        There is no such predictor or level.
    """
    if variable is None:
        message = (
            f"within: found {in_short(within)} without a variable; say whose effect, as in effects('age', within='sex')"
        )
        raise InputError(message)
    other, values = _levels(fit, within)
    if other == variable_place(fit.design, variable):
        message = f"within: found {in_short(variable)} for both; allowed is another predictor"
        raise InputError(message)
    found: list[Estimate] = []
    for comparison in comparisons(fit.design, variable, contrast):
        at = [_at(fit, comparison, other, value) for value in values]
        for event in fit.events(outcome):
            effects = [_effect(fit, one, other, value, event) for one, value in zip(at, values, strict=True)]
            more = [
                _difference(fit, comparison, other, (values[0], value), (effects[0], one))
                for one, value in zip(effects[1:], values[1:], strict=True)
            ]
            asked = Asked(method=fit.engine, level=fit.level, threshold=0.0)
            found.extend(estimate for one in (*effects, *more) for estimate in one.estimates(target, asked))
    return Estimates(found)


def _levels(fit: FittedModel, within: Within) -> tuple[int, tuple[float, ...]]:
    """Return which predictor, and its values: every level, or a number's outer quartiles, no single person's."""
    asked: Any = None
    if isinstance(within, Mapping):
        if len(within) != 1:
            message = f"within: found {len(within)} predictors; allowed is one, such as {{'years': (2, 20)}}"
            raise InputError(message)
        name, asked = next(iter(within.items()))
    else:
        name = within
    place = variable_place(fit.design, name)
    one = fit.design.variables[place]
    if asked is not None:
        single = isinstance(asked, str) or number_in(asked) is not None or not hasattr(asked, "__iter__")
        asked = (asked,) if single else tuple(asked)
        values = tuple(dict.fromkeys(level_value(one, level) for level in asked))
    elif one.labels:
        values = tuple(float(value) for value in one.levels)
    else:
        quartiles = shared_quartiles(fit.design.patterns[:, place], fit.design.totals)
        values = tuple(dict.fromkeys((quartiles[0], quartiles[-1]))) if len(quartiles) else ()
    if len(values) < 2 and asked is None:
        message = f"within: {one.name!r} has no two quartiles; say at which numbers: {{{one.name!r}: (2, 20)}}"
        raise InputError(message)
    if not values:
        message = f"within: found no level of {one.name!r}; allowed are one or more"
        raise InputError(message)
    return place, values


def _at(fit: FittedModel, comparison: PredictorContrast, other: int, value: float) -> PredictorContrast:
    """Return a comparison with everybody at one value of another predictor."""
    start, end = (replace(side, among=((other, value),)) for side in (comparison.start, comparison.end))
    smallest = 0
    if comparison.smallest and fit.design.variables[other].labels:
        smallest = min(people_with(fit.design, side) for side in (start, end))
    return replace(comparison, start=start, end=end, smallest=smallest)


def _effect(fit: FittedModel, at: PredictorContrast, other: int, value: float, event: OutcomeEvent) -> EffectWithin:
    one = fit.design.variables[other]
    told = one.told(value)
    return EffectWithin(
        fit=fit,
        item=f"{at.item}, {one.name}[{told}]",
        words=f"difference in the {fit.measure(event)}, {at.words}, if all had {one.name} {told}",
        says=fit.says(event),
        comparison=Comparison(
            by=fit.design.variables[at.end.place].name,
            level=f"{at.end.words}, {one.name} {told}",
            reference=f"{at.start.words}, {one.name} {told}",
            change=f"if all had {one.name} {told}, {at.change}",
        ),
        noted=(caveat("association"), *of_few(at), *_unseen(fit, at, other, value)),
        quantity=Quantity(start=at.start, end=at.end, event=event),
    )


def _unseen(fit: FittedModel, at: PredictorContrast, other: int, value: float) -> Iterator[Caveat]:
    """Yield where the model alone speaks: beyond the numbers, or of levels that nobody has together."""
    yield from beyond_everybody(fit, at.start, at.end)
    yield from beyond_everybody(fit, PredictorSetting(place=other, values=(value,), weights=(1.0,)))
    labelled = fit.design.variables[other].labels and fit.design.variables[at.end.place].labels
    if labelled and any(people_with(fit.design, side) == 0 for side in (at.start, at.end)):
        names = (fit.design.variables[at.end.place].name, fit.design.variables[other].name)
        yield caveat("combination-unseen", names=", ".join(name.replace("_", " ") for name in names))


def _difference(
    fit: FittedModel,
    comparison: PredictorContrast,
    other: int,
    values: tuple[float, float],
    pair: tuple[EffectWithin, EffectWithin],
) -> EffectDifference:
    one = fit.design.variables[other]
    first, last = map(one.told, values)
    noted = dict.fromkeys((*pair[0].noted, *pair[1].noted, caveat("differences-differ")))
    place = comparison.end.place
    if frozenset((place, other)) not in map(frozenset, fit.design.joints):
        names = (fit.design.variables[place].predictor.written, one.predictor.written)
        noted[caveat("no-interaction", terms=" * ".join(names))] = None
    return EffectDifference(
        fit=fit,
        item=f"{comparison.item}, {one.name}[{last}] against [{first}]",
        words=f"change of the {pair[1].words} instead of {first}",
        noted=tuple(noted),
        quantity=pair[1].quantity,
        base_quantity=pair[0].quantity,
        across=part_of_contrast(fit.design, *(_alone(other, value) for value in values)),
    )


def _alone(place: int, value: float) -> PredictorSetting:
    return PredictorSetting(place=place, values=(value,), weights=(1.0,))


class EffectWithin(AverageEffect):
    """The change of a probability averaged over the respondents, with another predictor at one value for everybody."""

    methods: ClassVar[Mapping[str, Method]] = OfFit.methods

    def limits(self, method: str, level: float, who: Participation) -> Limits:
        """Return them: no groups of respondents are compared whose counts could stand beside."""
        return OfFit.limits(self, method, level, who)

    def beside(self, method: str) -> str:
        """Return the default method of the other kind."""
        return OfFit.beside(self, method)


@dataclass(frozen=True, kw_only=True)
class EffectDifference(EffectWithin):
    """How much more that change is at one value of the other predictor than at another.

    Parameters
    ----------
    quantity, base_quantity : Quantity
        The effect at the one value, and at the other.
    across : float
        How many whole contrasts of the other predictor these values are apart.

    Notes
    -----
    Four sides are compared, each with a log participation ratio of its own. A `Selection` has any two of them
    correlated as it has the two of an effect: over parts p and q of the whole contrasts the correlations are
    1 - (1 - rho) p^2, 1 - (1 - rho) q^2 and, where both differ, 1 - (1 - rho) (p^2 + q^2 - p^2 q^2), so that what the
    two effects' ratios differ by has the standard deviation 2 p q tau sqrt(1 - rho), whatever the units. Within bounds
    the ratios of one effect are as far apart as they may be one way, those of the other the other way.
    """

    base_quantity: Quantity
    across: float = 1.0

    @property
    def averaged(self) -> tuple[Quantity, ...]:
        """Both effects."""
        return self.quantity, self.base_quantity

    def drawn(self, reading: FittedTable, moved: Moved | None) -> Array:
        """Return its draws; each of both ratios has a row for each effect, the base first."""
        base, own = (None, None) if moved is None else ((moved[0][0], moved[1][0]), (moved[0][1], moved[1][1]))  # type: ignore[index]
        return drawn(reading, self.quantity, own) - drawn(reading, self.base_quantity, base)

    def selected(self, who: Participation, draws: int) -> Moved:
        """Return log participation ratios for each draw: (2, S) at the start and at the end of each effect."""
        p, q = min(self.part, FULL) ** 2, min(self.across, FULL) ** 2
        apart = 1 - who.correlation
        alike = np.array([1.0, 1 - apart * p, 1 - apart * q, 1 - apart * (p + q - p * q)])
        signs = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])  # of their group's characters
        size = np.sqrt(np.maximum(signs @ alike, 0.0) / 4)
        rng = np.random.default_rng([self.fit.seed, draws, 9])
        scores = ndtri(rng.permutation(net(draws, 4, rng), axis=1))
        ratios = who.mean + who.tau * (signs.T @ (size[:, None] * scores))
        return ratios[[0, 2]], ratios[[1, 3]]

    def moved(self, who: Participation, sign: float, common: float = 0.0) -> Moved | None:
        """Return the log ratios within bounds at which it is smallest (sign -1) or largest (1); None: no selection."""
        own = OfFit.moved(self, who, sign, common)
        base = OfFit.moved(self, who, -sign, common)
        if own is None or base is None:
            return None
        return np.array([base[0], own[0]]), np.array([base[1], own[1]])

    def row(self, reading: FittedTable) -> Array:
        """Return by what level and coefficients are multiplied: the one effect's less the other's."""
        return np.asarray(self._one(self.quantity).row(reading) - self._one(self.base_quantity).row(reading))

    def function(self, reading: FittedTable, who: Participation, sign: float) -> Callable[..., Array]:
        """Return it as a function of thresholds, coefficients, and what all sides' log ratios have in common."""
        own, base = self._one(self.quantity), self._one(self.base_quantity)
        above, below = own.function(reading, who, sign), base.function(reading, who, -sign)

        def difference(thresholds: Array, linear: Array, common: Array | float = 0.0) -> Array:
            return above(thresholds, linear, common) - below(thresholds, linear, common)

        return difference

    def _one(self, quantity: Quantity) -> AverageEffect:
        known = self.known.setdefault(quantity, {})
        return EffectWithin(fit=self.fit, item=self.item, words=self.words, quantity=quantity, known=known)

    def contrast(self, reading: FittedTable) -> Array | None:
        """Return by how much the columns of everybody differ, on average, more in the one than in the other."""
        own, base = (self._one(one).contrast(reading) for one in (self.quantity, self.base_quantity))
        return None if own is None or base is None else np.asarray(own - base)

    def by_itself(self) -> str:
        """Return nothing: the cuts' own fits are told of effects."""
        return ""
