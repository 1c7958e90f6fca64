"""Estimates of a fit on the log-odds scale: coefficients and thresholds."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import numpy as np
from scipy.special import ndtri

from csea_stats.errors import InputError, in_short
from csea_stats.estimators.assumptions import target_caveats
from csea_stats.estimators.estimand import Limits, Participation, Setting, hull
from csea_stats.estimators.inference import interval_of
from csea_stats.regression import problem
from csea_stats.regression.averages import predictor, rows_of
from csea_stats.regression.cuts import at_cut, divides
from csea_stats.regression.engines.nets import net
from csea_stats.regression.fitted import FittedModel, once
from csea_stats.regression.quantities import ALONE, Moved, OfFit
from csea_stats.regression.settings import partners, whole_contrast, whole_words
from csea_stats.results.caveats import caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimates import Estimates
from csea_stats.results.numbers import with_unit
from csea_stats.results.verdicts import told_of
from csea_stats.targets.populations import Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from csea_stats.regression.design import Design
    from csea_stats.regression.fitted import FittedModel, FittedTable
    from csea_stats.regression.problem import Array
    from csea_stats.results.values import Interval, Scale


TILT, LATER = ": tilt ", ": later than "
"""Between a column and the pattern by which it tilts answers, and between it and a cut."""

TINY = 1e-300

Told = Literal["log odds", "odds ratio"]
"""The scales on which coefficients are told."""


@once
def coefficients(fit: FittedModel, target: Target | Sequence[Target], scale: Told = "log odds") -> Estimates:
    """Log odds ratios, towards the later answers; or their exponentials."""
    if scale not in get_args(Told):
        message = f"scale: found {in_short(scale)}; allowed is {' or '.join(map(repr, get_args(Told)))}"
        raise InputError(message)
    if fit.number and scale == "odds ratio":
        message = "scale: found 'odds ratio' of a number, whose coefficients are differences of averages; leave it out"
        raise InputError(message)
    found: list[Estimate] = []
    for slope in _slopes(fit):
        threshold = None if slope.item.startswith("sd(") else 0.0
        told = slope.estimates(target, Setting(method=fit.engine, level=fit.level, threshold=threshold))
        ratios = scale == "odds ratio" and threshold is not None  # a spread is no ratio
        found.extend(_odds_ratio(fit, one) for one in told) if ratios else found.extend(told)
    return Estimates(found)


def _slopes(fit: FittedModel) -> Iterator[Coefficient]:
    """Yield what is told of a fit on the log-odds scale: of a term without one odds ratio for every cut each."""
    design, noted = fit.design, (caveat("association"),)
    tilts = [item for item in design.linear_items if TILT in item] if design.free_terms else []
    for item in (*design.linear_items, *design.monotonic_items):
        if item in tilts or not _told_of(fit, item):
            continue
        what = item_words(design, item)
        if item not in design.free_terms:
            ratio = "difference of the average" if fit.number else f"log odds ratio {ratio_words(fit, item)}"
            yield Coefficient(fit=fit, item=item, words=f"{ratio}, {what}", noted=noted)
            continue
        for cut, answer in enumerate(design.answers[:-1]):
            if divides(fit, cut):
                words = f"log odds ratio of an answer later than {answer!r}, {what}"
                yield CutRatio(fit=fit, item=f"{item}{LATER}{answer}", words=words, noted=noted, cut=cut)


def _odds_ratio(fit: FittedModel, slope: Estimate) -> Estimate:
    """Return a coefficient as the ratio of the odds of a later answer: quantiles and limits carry over."""
    item, answers, verdict, of = str(slope.item), fit.design.answers, slope.verdict, ""
    if LATER in item:
        of = f"of an answer later than {item.partition(LATER)[2]!r}"
    elif fit.design.family in {"cumulative", "bernoulli", "binomial"}:
        of = f"of {answers[-1]!r}" if len(answers) == 2 else "of a later answer"
    if verdict is not None:
        verdict = told_of(verdict, 1.0, "ratio")
    return replace(
        slope,
        estimand=f"odds ratio {of or ratio_words(fit, item)}, {item_words(fit.design, item)}",
        scale="ratio",
        threshold=1.0,
        verdict=verdict,
        caveats=(*slope.caveats, caveat("odds-not-shares")),
        **_exponential(slope, 1.0),
    )


@dataclass(frozen=True, kw_only=True)
class Coefficient(OfFit):
    """A log odds ratio, or the standard deviation of the effects of groups."""

    name: ClassVar[str] = "log odds ratio"
    groups: ClassVar[bool] = True

    @property
    def scale(self) -> Scale:  # type: ignore[override]
        """Log odds, or of a number its own unit."""
        return "average" if self.fit.number else "log-odds"

    @property
    def part(self) -> float:
        """How much of the predictor's whole contrast one unit of the coefficient is; a spread is no contrast."""
        return part_of_item(self.fit.design, self.item)

    @property
    def whole(self) -> str:
        """The predictor's whole contrast in words."""
        return " × ".join(whole_words(self.fit.design, place) for place, _ in parts_of(self.fit.design, self.item))

    @property
    def sides(self) -> int:
        """How many sides with a participation ratio of their own it compares: of an interaction four."""
        return 1 << len(parts_of(self.fit.design, self.item))

    @property
    def stepped(self) -> bool:
        """Whether it is of a monotonic term."""
        return self.item in self.fit.design.monotonic_items

    def contrast(self, reading: FittedTable) -> Array | None:
        """Return one unit of it; None of a spread, which no cut has."""
        items = (*reading.design.linear_items, *reading.design.monotonic_items)
        if not reading.sample:
            items = reading.design.straightened.linear_items
        slopes = [item for item in items if item not in reading.design.spreads]
        return np.eye(len(slopes))[slopes.index(self.item)] if self.item in slopes else None

    def slack(self, who: Participation) -> float:  # noqa: ARG002
        """Return 0: what the ratios of both sides have in common leaves a log odds ratio as it is."""
        return 0.0

    def selected(self, who: Participation, draws: int) -> Moved:
        """Return the difference of the log ratios alone, which is all that matters."""
        sd = self.part * who.tau * math.sqrt(self.sides * (1 - who.correlation))
        rng = np.random.default_rng([self.fit.seed, draws, 8])
        return 0.0, np.asarray(sd * ndtri(rng.permutation(net(draws, 1, rng)[0])))

    def moved(self, who: Participation, sign: float, common: float = 0.0) -> Moved | None:
        """Return log ratios whose difference is the most that its sides allow: twice as much of an interaction."""
        found = OfFit.moved(self, who, sign, common)
        if found is None or self.sides == 2:
            return found
        first, second = found
        return (3 * first - second) / 2, (3 * second - first) / 2

    def drawn(self, reading: FittedTable, moved: Moved | None) -> Array:
        """Return its draws: the population's coefficient is that of people like these less the difference."""
        named = reading.named
        if self.item not in named:  # free steps, which add up to it
            end = self.item.removeprefix(term_of(self.fit.design, self.item))
            parts = [
                (item,) if item in own.items else own.items
                for place, item in parts_of(self.fit.design, self.item)
                for own in [reading.design.variables[place]]
            ]
            values = np.sum([named[f"{':'.join(steps)}{end}"] for steps in product(*parts)], axis=0)
        else:
            values = named[self.item]
        return values if moved is None else values - (moved[1] - moved[0])

    def profiled(self, reading: FittedTable, level: float, who: Participation) -> Limits | None:
        """Return the profile limits; a monotonic term's are those of equal steps."""
        found = self._found(reading)
        if found is not None and reading.design.grouped:
            found = reading.averaged_limits(reading.region(level), self.item)
        return None if found is None else (found.lower + self._lost(who, -1.0), found.upper + self._lost(who, 1.0))

    def point(self, reading: FittedTable, who: Participation, sign: float) -> float:
        """Return the estimate, moved."""
        found = self._found(reading)
        return math.nan if found is None else found.value + self._lost(who, sign)

    def _found(self, reading: FittedTable) -> problem.Limits | None:
        items = reading.design.straightened.linear_items
        if not reading.profiled or self.item not in items:
            return None
        at = items.index(self.item)
        if reading.design.grouped:  # limits are found where they are asked for
            return problem.Limits(value=float(reading.profiled.linear[at]), lower=-math.inf, upper=math.inf)
        found = reading.profiled.limits[at]
        if math.isnan(found.value):  # nobody gave the answer it is of
            return None
        unit = reading.design.moments[1]
        return replace(found, value=unit * found.value, lower=unit * found.lower, upper=unit * found.upper)

    def _lost(self, who: Participation, sign: float) -> float:
        first, second = self.moved(who, sign) or (0.0, 0.0)
        return float(first - second)


@dataclass(frozen=True, kw_only=True)
class CutRatio(Coefficient):
    """The log odds ratio at one cut of a term that has no one for all.

    Parameters
    ----------
    cut : int

    Notes
    -----
    Of two levels, or of half a unit below and above a number's average, at the averages of all other columns. Whom
    participation moves at every cut alike moves this log odds ratio by the same as any other.
    """

    cut: int

    @property
    def stepped(self) -> bool:
        """It is of no monotonic term."""
        return False

    def contrast(self, reading: FittedTable) -> Array | None:  # noqa: ARG002
        """Return None: its cut has nothing in common with others to be held against."""
        return None

    def drawn(self, reading: FittedTable, moved: Moved | None) -> Array:
        """Return its draws, less what participation adds."""
        whole = reading.whole
        values = self._ratio(reading.design)(whole.thresholds, whole.linear)
        return values if moved is None else values - (moved[1] - moved[0])

    def profiled(self, reading: FittedTable, level: float, who: Participation) -> Limits | None:
        """Return the smallest and the largest value over the likelihood region, moved."""
        ratio = self._ratio(reading.design.straightened)
        found = reading.region(level).ends(ratio, ratio)
        return None if found is None else (found[0] + self._lost(who, -1.0), found[1] + self._lost(who, 1.0))

    def point(self, reading: FittedTable, who: Participation, sign: float) -> float:
        """Return the estimate, moved."""
        fitted = reading.profiled
        values = self._ratio(reading.design.straightened)(fitted.thresholds[None], fitted.linear[None])  # type: ignore[union-attr]
        return float(values[0]) + self._lost(who, sign)

    def _ratio(self, design: Design) -> Callable[[Array, Array], Array]:
        """Return it as a function of thresholds and coefficients, a row each."""
        item = self.item.partition(LATER)[0]
        one = design.variables[_place(design, item)]
        step = np.array([-0.5, 0.5])
        if one.labels:
            step = one.columns(np.array([0.0, one.items.index(item) + 1.0]))[:, one.items.index(item)]
            step = step - one.means[one.items.index(item)]
        terms = design.linear_terms
        columns = np.zeros((2, len(terms)))
        own = [place for place, name in enumerate(terms) if name.partition(TILT)[0] == item]
        columns[:, own] = step[:, None]
        if one.labels:  # other levels' columns are at the first level on both sides
            for place, name in enumerate(terms):
                other = name.partition(TILT)[0]
                if other in one.items and other != item:
                    columns[:, place] = -one.means[one.items.index(other)]

        rows, link, last = rows_of(design, columns), design.link, len(design.answers) - 1

        def ratio(thresholds: Array, linear: Array) -> Array:
            eta = predictor(rows, 2, np.ascontiguousarray(linear[:, : len(terms)].T))
            later = link.event(thresholds, eta, self.cut + 1, last)
            up_to = link.event(thresholds, eta, 0, self.cut)
            log_odds = np.log(np.maximum(later, TINY)) - np.log(np.maximum(up_to, TINY))
            return np.asarray(log_odds[:, 1] - log_odds[:, 0])

        return ratio


def part_of_item(design: Design, item: str) -> float:
    """Return how much of its predictor's whole contrast one unit of a coefficient is; 0 for a spread."""
    if item.startswith("sd("):
        return 0.0
    part = 1.0
    for place, _ in parts_of(design, item):
        one = design.variables[place]
        units = {"number": one.scale, "score": 1.0}
        part *= units[one.shape] / whole_contrast(design, place) if one.shape in units else 1.0
    return part


def whole_item_words(design: Design, item: str) -> str:
    """Return what a coefficient compares, over its predictor's whole contrast."""
    parts = parts_of(design, item)
    if len(parts) > 1:
        return f"{' × '.join(whole_item_words(design, name) for _, name in parts)}, as an interaction"
    place, _ = parts[0]
    one = design.variables[place]
    if one.shape == "number":
        return f"per {whole_words(design, place)}"
    return whole_words(design, place) if one.shape == "score" else item_words(design, item)


def _place(design: Design, item: str) -> int:
    return next(place for place, one in enumerate(design.variables) if term_of(design, item) in one.items)


def parts_of(design: Design, item: str) -> tuple[tuple[int, str], ...]:
    """Return the predictors of a coefficient, each with its own one: two of an interaction, none of a spread."""
    term = term_of(design, item)
    for first, second in design.joints:
        for one in design.variables[first].items:
            for other in design.variables[second].items:
                if term == f"{one}:{other}":
                    return (first, one), (second, other)
    return () if term.startswith("sd(") else ((_place(design, item), term),)


def term_of(design: Design, item: str) -> str:
    """Return the term of a coefficient: itself, but where a term has one for each answer."""
    if design.ordered:
        return item.partition(LATER)[0] if design.free_terms else item
    terms = (*design.linear_terms, *design.monotonic_terms)
    return next((term for term in terms if item in design.items_of((term,))), item)


def ratio_words(fit: FittedModel, item: str) -> str:
    """Return which odds a coefficient is about, to stand after "odds ratio"."""
    design = fit.design
    family = design.family
    if family == "multinomial":
        return f"of {item.removeprefix(term_of(design, item) + ': ')!r} against {design.answers[0]!r}"
    if family == "adjacent":
        return "of each answer against the one before"
    if family == "continuation":
        return "of going on to a later answer"
    return f"towards {fit.towards}"


def _told_of(fit: FittedModel, item: str) -> bool:
    """Whether somebody gave the answer that a coefficient is about; without it a frequentist fit has none."""
    design = fit.design
    if fit.bayes or design.family != "multinomial":
        return True
    given = np.max([table.sum(axis=0) for table in design.tables], axis=0) > 0
    place = design.items_of((term_of(design, item),)).index(item) + 1
    return bool(given[place])


def item_words(design: Design, item: str) -> str:
    """Return what one coefficient compares."""
    item = term_of(design, item)
    if item.startswith("sd("):
        return f"{item[3:-1]}: standard deviation of the effects"
    parts = parts_of(design, item)
    if len(parts) > 1:
        return " × ".join(_alone_words(design, term, place) for place, term in parts) + ", as an interaction"
    return _alone_words(design, item, parts[0][0]) + _at_averages(design, parts[0][0])


def _alone_words(design: Design, item: str, place: int) -> str:
    variable = design.variables[place]
    if variable.shape == "contrasts":
        return f"{item.removeprefix(variable.name)[1:-1]} against {variable.labels[0]}"
    if variable.shape == "monotonic":
        return f"from {variable.labels[0]} to {variable.labels[-1]}"
    if variable.shape == "score":
        return f"per step of {variable.name}"
    units = with_unit(f"{variable.scale:.3g}", variable.unit)
    if variable.predictor.term in ("plain", "free"):
        units = f"2 standard deviations ({units})"
    return f"per {units}" + ("" if variable.unit == variable.name else f" of {variable.name}")


def _at_averages(design: Design, place: int) -> str:
    """Say at which value of what it has interactions with a coefficient is."""
    others = partners(design, place)
    return f", at the average of {' and '.join(others)}" if others else ""


COMMON = "common"


@once
def proportional_odds(fit: FittedModel) -> Estimates:
    """Return each coefficient, then what it is at each cut of the scale; see `Fit.proportional_odds`."""
    if fit.design.family != "cumulative":
        message = f"proportional odds: found the family {fit.design.family}; allowed are three or more answers in order"
        raise InputError(message)
    if fit.design.free_terms:
        message = "proportional odds: found terms that have none; fit.coefficients() tells their odds ratio at each cut"
        raise InputError(message)
    common = [one for one in coefficients(fit, Superpopulation()) if one.item not in fit.design.spreads]
    cuts = [cut for cut in range(len(fit.design.answers) - 1) if divides(fit, cut)]
    parts = {cut: tuple(at_cut(fit, reading, cut) for reading in fit.readings) for cut in cuts}
    told: list[Estimate] = []
    for one in common:
        told.append(replace(one, item=f"{one.item}: {COMMON}", caveats=(*one.caveats, caveat("looked-at"))))
        told.extend(_estimate(fit, str(one.item), cut, readings) for cut, readings in parts.items())
    return Estimates(told)


def _estimate(fit: FittedModel, item: str, cut: int, readings: tuple[FittedTable, ...]) -> Estimate:
    answer, first = fit.design.answers[cut], readings[0]
    words = f"log odds ratio of an answer later than {answer!r}, {item_words(fit.design, item)}"
    slope = Coefficient(fit=replace(fit, readings=readings), item=item, words=words)
    method = first.engine if first.profiled is None else first.profiled.method
    low, high = hull(slope.observed())
    target = fit.named(Superpopulation())
    return Estimate(
        question=fit.design.outcome,
        item=f"{item}: later than {answer}",
        estimand=words,
        scale=slope.scale,
        target=target,
        value=None if slope.several else low,
        bounds=(low, high) if slope.several else None,
        interval=interval_of(slope, method, fit.level, ALONE),
        threshold=0.0,
        base=slope.base,
        caveats=(
            *target_caveats(target, groups=True),
            caveat("association"),
            *fit.caveats,
            *((caveat("cut-levels"),) if fit.design.several else ()),
            caveat("looked-at"),
        ),
        provenance=fit.provenance,
    )


def tipping_points(fit: FittedModel) -> Estimates:
    """Return the participation ratio that would explain each coefficient away: exp of it, over the whole contrast."""
    if fit.number:
        message = "tipping points: found a number as outcome; allowed are answers: a participation ratio is one of odds"
        raise InputError(message)
    found = []
    for slope in coefficients(fit, Superpopulation()):
        item = slope.item or ""
        part = part_of_item(fit.design, item)
        if part == 0:
            continue
        found.append(
            replace(
                slope,
                estimand=f"tipping participation ratio, {whole_item_words(fit.design, item)}",
                scale="ratio",
                threshold=None,
                probability=None,
                verdict=None,
                caveats=(*slope.caveats, caveat("tipping-slope")),
                **_exponential(slope, part),
            )
        )
    return Estimates(found)


def _exponential(slope: Estimate, part: float) -> dict[str, Any]:
    """Return value and intervals of a log ratio over so much of a contrast as ratios over the whole of it."""
    return {
        "value": None if slope.value is None else _exp(slope.value / part),
        "bounds": None if slope.bounds is None else (_exp(slope.bounds[0] / part), _exp(slope.bounds[1] / part)),
        "interval": _raised(slope.interval, part),
        "companion": _raised(slope.companion, part),
        "sensitivity": tuple((name, _up(one, part)) for name, one in slope.sensitivity),
    }


def _raised(interval: Interval | None, part: float) -> Interval | None:
    return None if interval is None else _up(interval, part)


def _up(interval: Interval, part: float) -> Interval:
    return replace(interval, lower=_exp(interval.lower / part), upper=_exp(interval.upper / part))


def _exp(value: float) -> float:
    return math.exp(value) if value < 709 else math.inf
