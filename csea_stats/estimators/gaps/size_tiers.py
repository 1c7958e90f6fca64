"""What a difference of two shares shows for a population whose groups have known sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.errors import InputError, UnsupportedTarget
from csea_stats.estimators.gaps.sizes import (
    MOST_PEOPLE,
    certain_gap,
    selected_sized_gap,
    sized_above,
    sized_gap,
    sized_values,
)
from csea_stats.estimators.gaps.spans import observed_gap
from csea_stats.estimators.gaps.tiers import CHANCE_ALONE, CORRELATIONS, LOGISTIC
from csea_stats.estimators.marks import Shown
from csea_stats.results.numbers import ratio
from csea_stats.results.verdicts import Direction, certain_verdict, population_verdict, sampled_verdict
from csea_stats.targets.populations import TAUS, FinitePopulation, Population, Selection

if TYPE_CHECKING:
    from csea_stats.estimators.gaps.sizes import Selected, Sizes
    from csea_stats.estimators.gaps.spans import Sides
    from csea_stats.estimators.gaps.tiers import GapSetting
    from csea_stats.results.values import Interval

STRIP = ("jeffreys", "uniform", LOGISTIC)
NONE: Selected = (0.0, 0.0, 0.0)


def check_sizes(sides: Sides, target: FinitePopulation | Population, setting: GapSetting) -> Sizes:
    """Return the sizes of both groups, or raise if they do not go with the target and the counts."""
    if setting.sizes is None or target.size is None:
        message = (
            f"difference: {type(target).__name__} has a size, which says nothing of each group's: give sizes=(first, "
            "second), the people of each group in that population, or use Superpopulation() or Population(selection)"
        )
        raise UnsupportedTarget(message)
    if setting.method not in ("jeffreys", "newcombe"):
        message = f"method {setting.method!r} has no form for groups of known size: use 'jeffreys' or 'newcombe'"
        raise UnsupportedTarget(message)
    for size, side in zip(setting.sizes, sides, strict=True):
        base = max(n for _, n in side)
        if size < base:
            message = f"sizes: found {size}, but {base} people of that group answered; allowed is at least {base}"
            raise InputError(message)
    if sum(setting.sizes) > target.size:
        message = f"sizes: found {setting.sizes}, together more than the target's {target.size}"
        raise InputError(message)
    if max(setting.sizes) > MOST_PEOPLE:
        message = (
            f"sizes: found {setting.sizes}; allowed is at most {MOST_PEOPLE} in a group. The size of a larger one "
            "hardly matters: use Superpopulation() or Population(selection)"
        )
        raise UnsupportedTarget(message)
    return setting.sizes


def sized_shown(
    sides: Sides, target: FinitePopulation | Population, setting: GapSetting, direction: Direction
) -> Shown:
    """Return what is shown for a target with a size."""
    sizes = check_sizes(sides, target, setting)
    asking = _Asked(sides=sides, sizes=sizes, setting=setting, effect=target.design_effect)
    if isinstance(target, FinitePopulation):
        return _drawn(asking, direction)
    if isinstance(target.selection, Selection):
        return _selected(asking, target.selection, direction)
    reach = target.selection.ratio
    if reach == math.inf:
        ends, asked = certain_gap(sides, sizes), setting.threshold
        verdict = None
        if asked is not None:
            verdict = certain_verdict(ends, threshold=asked, direction=direction, scale="difference")
        return Shown(values=ends, verdict=verdict)
    return _bounded(asking, reach, direction)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """Counts, sizes and settings that every interval here is made of."""

    sides: Sides
    sizes: Sizes
    setting: GapSetting
    effect: float

    def interval(self, method: str, ratios: tuple[float, float] = (1.0, 1.0), words: str = "") -> Interval:
        """Return the interval where the participation ratios lie between two."""
        span = sized_gap(self.sides, self.sizes, method, self.setting.level, ratios, self.effect)
        return self.setting.interval((span.lower, span.upper), method, words)


def _drawn(asking: _Asked, direction: Direction) -> Shown:
    sides, setting = asking.sides, asking.setting
    main, other = asking.interval(setting.method), asking.interval(setting.other)
    strip = tuple((prior, asking.interval(prior)) for prior in STRIP)
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = sampled_verdict(everything, threshold=setting.threshold, direction=direction, scale="difference")
        above = sized_above(asking.sides, asking.sizes, setting.threshold, NONE, 0.0, asking.effect)
    return Shown(
        values=observed_gap(sides), interval=main, companion=other, strip=strip, probability=above, verdict=verdict
    )


def _bounded(asking: _Asked, reach: float, direction: Direction) -> Shown:
    setting = asking.setting
    words = f", participation ratio within {ratio(reach)} in each group"

    def interval(method: str) -> Interval:
        return asking.interval(method, (1 / reach, reach), words)

    main, other = interval(setting.method), interval(setting.other)
    strip = tuple((prior, interval(prior)) for prior in STRIP)
    verdict, above = None, None
    if setting.threshold is not None:
        everything = [main, other, *(member for _, member in strip)]
        verdict = population_verdict(
            {reach: everything}, threshold=setting.threshold, direction=direction, scale="difference"
        )
        above = sized_above(asking.sides, asking.sizes, setting.threshold, NONE, math.log(reach), asking.effect)
    return Shown(
        values=sized_values(asking.sides, asking.sizes, (1 / reach, reach)),
        interval=main,
        companion=other,
        strip=strip,
        probability=above,
        verdict=verdict,
    )


def _selected(asking: _Asked, selection: Selection, direction: Direction) -> Shown:
    sides, sizes, setting, effect = asking.sides, asking.sizes, asking.setting, asking.effect
    if setting.method != "jeffreys":
        message = (
            f"method {setting.method!r} gives confidence intervals, which take no prior on who took part: use "
            f"method='jeffreys', or 'newcombe' with SelectionBounds(ratio={ratio(selection.ratio)})"
        )
        raise UnsupportedTarget(message)
    strengths = tuple(sorted({*TAUS, selection.tau}))
    centre, own = math.exp(selection.mean), selection.correlation

    def interval(tau: float, correlation: float) -> Interval:
        span = selected_sized_gap(sides, sizes, (tau, selection.mean, correlation), setting.level, effect)
        return setting.interval((span.lower, span.upper), "jeffreys")

    def bound(tau: float) -> Interval:
        reach = Selection(tau=tau).ratio
        words = f", participation ratio within {ratio(reach)} in each group"
        if selection.mean:
            words = f", participation ratio from {ratio(centre / reach)} to {ratio(centre * reach)} in each group"
        return asking.interval("newcombe", (centre / reach, centre * reach), words)

    chance = {name: asking.interval(name, (centre, centre), ", chance alone") for name in (*STRIP, "newcombe")}
    strip = [(f"tau {tau:g}", interval(tau, own)) for tau in strengths]
    strip += [(f"correlation {value:g}", interval(selection.tau, value)) for value in CORRELATIONS if value != own]
    strip += [(words, chance[name]) for words, name in CHANCE_ALONE.items()]
    chosen: Selected = (selection.tau, selection.mean, own)
    verdict, above = None, None
    if setting.threshold is not None:
        by_strength = {tau: [interval(tau, own), bound(tau), *chance.values()] for tau in strengths}
        verdict = population_verdict(by_strength, threshold=setting.threshold, direction=direction, scale="difference")
        above = sized_above(sides, sizes, setting.threshold, chosen, 0.0, effect)
    return Shown(
        values=selected_sized_gap(sides, sizes, chosen, setting.level, effect).medians,
        interval=interval(selection.tau, own),
        companion=bound(selection.tau),
        strip=tuple(strip),
        probability=above,
        verdict=verdict,
    )
