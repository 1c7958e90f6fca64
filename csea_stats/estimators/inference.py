"""From an estimand to an `Estimate`: the same steps for every quantity and every target.

Which participation a target supposes, the interval and its companion, the strip, the probability, the verdict, and the
caveats where methods or priors disagree.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from csea_stats.errors import CountError
from csea_stats.estimators.assumptions import provenance
from csea_stats.estimators.estimand import CACHED, Inference, Participation, Setting, hull
from csea_stats.results.caveats import caveat
from csea_stats.results.certificates import certificate_name
from csea_stats.results.estimate import Estimate
from csea_stats.results.goals import Direction, Goal, against
from csea_stats.results.numbers import ratio
from csea_stats.results.values import Interval, Strip, changed_strip, intervals_of
from csea_stats.results.verdicts import (
    OPEN,
    TAKEN_BACK,
    Evidence,
    attained,
    certain_verdict,
    counted_verdict,
    population_verdict,
    sampled_verdict,
    side,
    told_of,
)
from csea_stats.targets.populations import TAUS, Population, Respondents, Selection, Superpopulation, Target, ratio_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from csea_stats.estimators.estimand import Estimand
    from csea_stats.results.values import Caveat, Provenance, Scale, Verdict

CORRELATIONS = (0.0, 0.875)
"""Correlations of two groups' participation shown beside the target's own."""
ALONE = ", chance alone"
OF_INTERVALS = ("one-at-a-time", "all-at-once")
"""Doubts about several intervals together, of which a number that is counted has none."""
_ASSUMED = ("tau ", "correlation ")
"""How members of the strip begin that suppose something else of who took part."""
_UNASKED = math.nan, math.nan
_OPPOSITE: dict[Direction, Direction] = {"above": "below", "below": "above"}


def estimate(
    quantity: Estimand,
    target: Target,
    setting: Setting,
    *,
    call: str | Provenance,
    doubts: Sequence[Caveat] = (),
    **words: str | None,
) -> Estimate:
    """Return the estimate of an estimand for one target; ``words`` are those of the `Estimate`.

    ``call`` makes it again; or it is the whole origin of what was fitted.
    """
    quantity.check(target, setting.method)
    found = infer(quantity, target, setting)
    low, high = found.values
    open_, undefined = quantity.several or low != high, math.isnan(low)
    caveats = (
        *quantity.doubts(target, found),
        *found.doubts,
        *(doubt for doubt in doubts if found.interval or doubt.code not in OF_INTERVALS),
    )
    certified = certificate_name(quantity.certified(target), setting.method, setting.level)
    return Estimate(
        **{"label": setting.label, "estimand": quantity.name, **words},  # type: ignore[arg-type]
        scale=quantity.scale,
        target=target,
        value=None if open_ or undefined else low,
        bounds=(low, high) if open_ and not undefined else None,
        interval=found.interval,
        companion=found.companion,
        threshold=setting.threshold,
        probability=found.probability,
        sensitivity=found.strip,
        verdict=found.verdict,
        counts=quantity.counts,
        base=quantity.base,
        caveats=tuple(dict.fromkeys(caveats)),
        provenance=provenance(call, quantity.data, certified) if isinstance(call, str) else call,
    )


def infer(estimand: Estimand, target: Target, setting: Setting) -> Inference:
    """Return interval, companion, strip, probability and verdict for a target."""
    found = _inferred(estimand, target, setting)
    goal = _goal(estimand, setting)
    if setting.threshold is not None and (judge := estimand.judged_as(setting.threshold)):
        found = _agreed(estimand, replace(found, verdict=_judged_as(*judge, target, setting, estimand.scale)))
    elif goal is not None and found.verdict is not None:
        found = replace(found, verdict=attainability(found.verdict, estimand, goal, target, setting))
    return replace(found, doubts=tuple(_disagreements(estimand, target, setting, found)))


def _judged_as(judge: Estimand, threshold: float, target: Target, setting: Setting, scale: Scale) -> Verdict | None:
    """Return the verdict on another estimand, told of this one."""
    rule = replace(setting, method=next(iter(judge.methods)), threshold=threshold)
    verdict = infer(judge, target, rule).verdict
    if verdict is None or setting.threshold is None:
        return None
    how = "" if isinstance(target, Respondents) else f"judged by the {judge.name} of the two shares: "
    return told_of(verdict, setting.threshold, scale, how)


def _agreed(estimand: Estimand, found: Inference) -> Inference:
    """Return what was found with a verdict that no interval told beside it, but one for information, speaks against."""
    verdict = found.verdict
    if verdict is None or verdict.direction == "either":
        return found
    decided = {"supported": verdict.direction, "contradicted": _OPPOSITE[verdict.direction]}
    if verdict.word not in decided:
        return found
    strip = intervals_of(found.strip, lambda name: not name.startswith(_ASSUMED) and not _informs(estimand, name))
    spans = [span for span in (found.interval, found.companion, *strip) if span]
    if not spans or side(spans, verdict.threshold) == decided[verdict.word]:
        return found
    claim = verdict.why.partition(": ")[0]
    return replace(found, verdict=replace(verdict, word="not settled", why=f"{claim}: {TAKEN_BACK}"))


def _informs(estimand: Estimand, name: str) -> bool:
    """Whether a member of the strip is one that no verdict looks at."""
    return name.removesuffix(ALONE) in estimand.informing


def _inferred(estimand: Estimand, target: Target, setting: Setting) -> Inference:
    """Return the same, the estimand being its own judge."""
    if isinstance(target, Respondents) or estimand.counts_everybody(target):
        observed = estimand.observed()
        judged = _judged(estimand, setting, counted_verdict, observed) if estimand.counted else None
        return Inference(values=hull(observed), verdict=judged)
    if isinstance(target, Population):
        if isinstance(target.selection, Selection):
            return _with_prior(estimand, target, target.selection, setting)
        if target.selection.ratio == math.inf and (ends := estimand.certain(target.size)):
            return Inference(values=ends, verdict=_judged(estimand, setting, certain_verdict, ends))
    return _without_prior(estimand, target, setting)


def _judged[T](estimand: Estimand, setting: Setting, rule: Callable[..., Verdict], found: T) -> Verdict | None:
    """Judge the direction that was observed, by a rule of `csea_stats.results.verdicts`."""
    goal = _goal(estimand, setting)
    return None if goal is None else rule(found, goal, scale=estimand.scale)


def _goal(estimand: Estimand, setting: Setting) -> Goal | None:
    """Return what is claimed; None where no threshold is asked."""
    asked = setting.threshold
    if setting.within is not None:
        return Goal(low=setting.within[0], high=setting.within[1])
    if asked is None:
        return None
    return against(asked, setting.direction or estimand.direction(asked), seen=setting.direction is None)


def evidence(estimand: Estimand, intervals: Sequence[Interval], level: float, who: Participation) -> Evidence:
    """Return intervals with the estimand's test of guaranteed size, for a participation."""
    return Evidence(
        intervals=intervals,
        test=lambda at, direction: estimand.beyond(at, direction, level, who),
        failed=estimand.failed,
    )


def _rated(
    verdict: Verdict | None, estimand: Estimand, setting: Setting, rule: tuple[str, ...], who: Participation
) -> Verdict | None:
    """Return a verdict that tells how often its rule decides where there is nothing to decide."""
    goal = _goal(estimand, setting)
    if verdict is None or goal is None:
        return verdict
    rate = estimand.error_rate(goal, setting.level, rule, who)
    return replace(verdict, rate=rate, unrated=estimand.unrated(who) if rate is None else "")


def _whole(estimand: Estimand, intervals: Iterable[Interval | None]) -> bool:
    """Return whether every interval that the sign rule asks for is at hand."""
    return bool(estimand.priors) and None not in intervals


FEW = 16
"""People up to whom the counts that speak most for a claim are looked at first: what so many show, more show too."""


ROUND = 3
"""How many fewer people are looked at, too, than those from whom on limits lie inside a range."""

MOST_EACH = 200
"""People up to whom the least base is looked for one by one."""


def attainability(verdict: Verdict, estimand: Estimand, goal: Goal, target: Target, setting: Setting) -> Verdict:
    """Return a verdict that tells whether any count of the same bases could have been supported.

    Asked where it matters, of what was not settled; a range only of one share, and people like these.
    """
    if verdict.word in ("supported", "depends on who took part"):
        return replace(verdict, attainable=True)
    unbounded = math.inf == getattr(getattr(target, "selection", None), "ratio", None)
    if verdict.word != "not settled" or isinstance(target, Respondents) or unbounded:
        return verdict
    bases = [one if isinstance(one, int) else max(one) for one in estimand.base][: 1 + estimand.groups]
    whom = _usual(target)
    could, needed = (_range if len(goal.thresholds) != 1 else _beyond)(estimand, goal, bases, whom, setting)
    if could is not False:
        return replace(verdict, attainable=could)
    return attained(verdict, bases, needed if whom == Superpopulation() else None)


Attainable = tuple[bool | None, tuple[int, ...] | None]
"""Whether some count could be supported, and if not the least base of which one could."""


def _range(estimand: Estimand, goal: Goal, bases: Sequence[int], whom: Target, setting: Setting) -> Attainable:
    """Look for a count of one share; what people like these cannot show, no population of unknown size can.

    Of two shares at the tables whose confidence limits are farthest inside: none of the others can be supported.
    """
    confidence = next(
        name for name in (setting.method, estimand.companion) if estimand.methods[name].kind != "credible"
    )
    inside = estimand.inside(goal, setting.level, confidence) if whom == Superpopulation() else None
    if inside is not None:
        asked = Setting(method=setting.method, level=setting.level, within=goal.told["within"], verdict_alone=True)
        if inside:
            return any(supports(table, whom, asked) for table in inside) or None, None
        least = _least_inside(estimand, asked, confidence)
        return False, None if least is None else (least,) * len(bases)
    rule = _rule(estimand, setting.method, estimand.beside(setting.method))
    could, needed = estimand.attains(goal, setting.level, rule), estimand.least(goal, setting.level, rule)
    if could is None and needed is not None:
        could = needed[0] <= bases[0]
    if whom != Superpopulation() and could is not None and (could or getattr(whom, "size", None) is not None):
        could = _some_count(estimand, goal, bases[0], whom, setting)
    return could, needed


@lru_cache(maxsize=CACHED)
def _least_inside(estimand: Estimand, asked: Setting, confidence: str) -> int | None:
    """Return the least number of people, in each group, of whom some table shows a range; None: not found.

    It is looked for upwards from a few less than those of whom some confidence limits lie inside.
    """
    goal = Goal(low=asked.within[0], high=asked.within[1]) if asked.within else Goal()

    def tables(people: int) -> list[Estimand]:
        return estimand.inside(goal, asked.level, confidence, people) or []

    low, high = 0, 1
    while high < MOST_EACH and not tables(high):
        low, high = high, min(2 * high, MOST_EACH)
    first = low + 1 + bisect_left(range(low + 1, high), 1, key=lambda people: len(tables(people)) > 0)
    looked_at = range(max(1, first - ROUND), MOST_EACH + 1)
    shown = (n for n in looked_at if any(supports(one, Superpopulation(), asked) for one in tables(n)))
    return next(shown, None)


def _some_count(estimand: Estimand, goal: Goal, base: int, whom: Target, setting: Setting) -> bool:
    """Look at the first count of which it is supported to be above the lower end: of larger ones both limits are."""
    rule = Setting(method=setting.method, level=setting.level, verdict_alone=True)

    def shown(count: int, asked: Setting) -> bool:
        return supports(estimand.counted_as(count, base), whom, asked)

    low, high = goal.thresholds
    above = replace(rule, threshold=low, direction="above")
    first = bisect_left(range(base + 1), 1, key=lambda count: shown(count, above))
    return first <= base and shown(first, replace(rule, within=(low, high)))


def _rule(estimand: Estimand, method: str, beside: str) -> tuple[str, ...]:
    """Return the methods whose intervals a verdict looks at by chance alone."""
    looked_at = (prior for prior in estimand.priors if prior not in estimand.informing)
    return tuple(dict.fromkeys((method, beside, *looked_at)))


def _beyond(estimand: Estimand, goal: Goal, bases: Sequence[int], whom: Target, setting: Setting) -> Attainable:
    """Look at the counts that speak most for a side; where either will do, for more."""
    side: Direction = "below" if goal.direction == "below" else "above"
    rule = Setting(
        method=setting.method,
        level=setting.level,
        threshold=goal.threshold,
        direction=side,
        verdict_alone=True,
    )

    def shown_by(sized: Callable[[int], int]) -> bool | None:
        utmost = estimand.utmost(side, sized)
        try:
            return None if utmost is None else supports(utmost, whom, rule)
        except CountError:  # a method may have no form for counts so far apart
            return None

    found = shown_by(partial(min, FEW))
    if found is False:
        found = shown_by(lambda base: base)
    if found is not False or whom != Superpopulation():
        return found, None
    several = (people for people in range(1, MOST_EACH) if shown_by(partial(_so_many, people)))
    rule_of = _rule(estimand, setting.method, estimand.beside(setting.method))
    needed = estimand.least(goal, setting.level, rule_of)
    return False, needed or next(((people,) * len(bases) for people in several), None)


def _so_many(people: int, _: int) -> int:
    return people


def _usual(target: Target) -> Target:
    """Return a target on which the verdict is the same, so that it is worked out once: without its words."""
    if isinstance(target, Superpopulation):
        return Superpopulation(design_effect=target.design_effect)
    if not isinstance(target, Population):
        return target
    selection = target.selection
    if isinstance(selection, Selection) and selection.tau in TAUS and not selection.reason:
        # What is not shown at the weakest customary strength is shown at none: it alone is judged, as if chosen.
        selection = replace(selection, tau=TAUS[0], reason="the weakest shown")
    return Population(selection=selection, size=target.size, design_effect=target.design_effect)


@lru_cache(maxsize=CACHED)
def supports(estimand: Estimand, target: Target, setting: Setting) -> bool:
    """Whether the verdict on an estimand is that it is beyond the threshold."""
    verdict = _inferred(estimand, target, setting).verdict
    return verdict is not None and verdict.word in ("supported", "depends on who took part")


def _strip(members: Iterable[tuple[str, Interval | None]]) -> tuple[tuple[str, Interval], ...]:
    return tuple((name, span) for name, span in members if span is not None)


def interval_of(estimand: Estimand, method: str, level: float, who: Participation, words: str = "") -> Interval | None:
    """Return a method's limits as an interval that says what it is; None where the method is not at hand."""
    lower, upper = estimand.limits(method, level, who)
    if math.isnan(lower):
        return None
    kind = estimand.methods[method].kind
    method = estimand.named(method) + words
    return Interval(lower=lower, upper=upper, level=level, kind=kind, method=method, simultaneous=estimand.number)


def _without_prior(estimand: Estimand, target: Target, setting: Setting) -> Inference:
    """People like these, a random draw from a finite population, or a population within bounds."""
    reach = target.selection.ratio if isinstance(target, Population) else None
    who = Participation(
        reach=1.0 if reach is None else reach,
        design_effect=target.design_effect,  # type: ignore[union-attr]
        size=getattr(target, "size", None),
    )
    words = "" if reach is None else _within(estimand, 1.0, reach)

    def interval(method: str) -> Interval | None:
        return interval_of(estimand, method, setting.level, who, words)

    beside = estimand.beside(setting.method)
    bounded = reach is None or estimand.methods[beside].bounds
    if not bounded or not estimand.at_hand(beside, who.design_effect):
        beside = estimand.bounding
    main, other = interval(setting.method), interval(beside)
    strip = tuple((prior, interval(prior)) for prior in estimand.priors)
    everything = [main, other, *(one for prior, one in strip if prior not in estimand.informing), *setting.also]
    prior = setting.method if estimand.methods[setting.method].kind == "credible" else next(iter(estimand.methods))
    verdict = None
    if _whole(estimand, everything):
        found = evidence(estimand, everything, setting.level, who)  # type: ignore[arg-type]
        verdict = (
            _judged(estimand, setting, sampled_verdict, found)
            if reach is None
            else _judged(estimand, setting, population_verdict, {reach: found})
        )
        verdict = _rated(verdict, estimand, setting, _rule(estimand, setting.method, beside), who)
    above = None
    if setting.threshold is not None and not setting.verdict_alone:
        above = estimand.above(setting.threshold, prior, who)
    return Inference(
        values=hull(estimand.observed()) if reach is None else estimand.shifted(who),
        interval=main,
        companion=other,
        strip=_strip(strip),
        probability=None if above is None or math.isnan(above[0]) else above,  # nothing could be drawn
        verdict=verdict,
    )


def _within(estimand: Estimand, centre: float, reach: float) -> str:
    """Return in words between which ratios participation may lie."""
    each = " in each group" if estimand.groups else ""
    if centre == 1:
        return f", participation ratio within {ratio(reach)}{each}"
    return f", participation ratio from {ratio(centre / reach)} to {ratio(centre * reach)}{each}"


def _with_prior(estimand: Estimand, target: Population, selection: Selection, setting: Setting) -> Inference:
    """Return it for a population with a prior on who took part, at the customary strengths and the target's own."""
    level, own, centre = setting.level, selection.correlation, math.exp(selection.mean)
    strengths = tuple(sorted({*TAUS, selection.tau}))
    effect, size = target.design_effect, target.size

    def supposed(tau: float, correlation: float = own) -> Participation:
        return Participation(tau=tau, mean=selection.mean, correlation=correlation, design_effect=effect, size=size)

    def interval(tau: float, correlation: float = own, prior: str = setting.method) -> Interval | None:
        return interval_of(estimand, prior, level, supposed(tau, correlation))

    def within(reach: float, method: str, words: str) -> Interval | None:
        who = Participation(centre=centre, reach=reach, design_effect=effect, size=size)
        return interval_of(estimand, method, level, who, words)

    def bound(tau: float) -> Interval | None:
        reach = ratio_of(tau)
        return within(reach, estimand.bounding, _within(estimand, centre, reach))

    companion, alone = bound(selection.tau), dict[str, Interval | None]()
    if estimand.chance and companion:
        usual = (estimand.companion,) if centre == 1 and estimand.at_hand(estimand.companion, effect) else ()
        names = (setting.method, *estimand.priors, estimand.bounding, *usual)
        alone = {name: within(1.0, name, ALONE) for name in dict.fromkeys(names)}
    selected = [prior for prior in estimand.priors if estimand.methods[prior].prior]
    at_hand = interval(selection.tau)
    others = [other for other in CORRELATIONS if other != own and estimand.groups and at_hand]
    # Not every verdict looks at these: they are made where somebody asks for them.
    at_strengths = [(f"tau {tau:g}", partial(interval, tau)) for tau in strengths if at_hand]
    correlated = [(f"correlation {other:g}", partial(interval, selection.tau, other)) for other in others]
    strip = [(one, interval(selection.tau, own, one)) for one in selected if one != setting.method]
    strip += [(one + ALONE, alone[one]) for one in alone if one in estimand.priors and one not in selected]
    verdict, above = None, None
    if setting.threshold is not None and not setting.verdict_alone:
        above = estimand.above(setting.threshold, setting.method, supposed(selection.tau))
    if _goal(estimand, setting) is not None and companion:
        # What chance alone leaves open is left open at every strength, so a population is never the surer one.
        looked_at = [one for one in dict.fromkeys((setting.method, *selected)) if one not in estimand.informing]
        beside = [*(one for name, one in alone.items() if name not in estimand.informing), *setting.also]
        # A strength with a reason is judged by itself; the customary ones stand in the strip.
        judged = (selection.tau,) if selection.reason else strengths
        by_strength = {
            tau: [*(interval(tau, own, prior) for prior in looked_at), bound(tau), *beside] for tau in judged
        }
        if all(_whole(estimand, intervals) for intervals in by_strength.values()):
            bounds = {tau: replace(supposed(0.0), centre=centre, reach=ratio_of(tau)) for tau in by_strength}
            shown = {tau: evidence(estimand, by_strength[tau], level, bounds[tau]) for tau in by_strength}  # type: ignore[arg-type]
            verdict = _judged(estimand, setting, population_verdict, shown)
            verdict = _rated(verdict, estimand, setting, (), bounds[max(bounds)])
    return Inference(
        values=_UNASKED if setting.verdict_alone else estimand.medians(setting.method, level, supposed(selection.tau)),
        interval=at_hand,
        companion=companion,
        strip=Strip([*at_strengths, *correlated, *_strip(strip)]),
        probability=above,
        verdict=verdict,
    )


def _disagreements(estimand: Estimand, target: Target, setting: Setting, found: Inference) -> list[Caveat]:
    """Say where the two methods, or the priors, fall on different sides of the threshold."""
    asked, main, other, verdict = setting.threshold, found.interval, found.companion, found.verdict
    if asked is None or main is None:
        return []
    if verdict is not None and verdict.word not in OPEN:
        return []
    told = []
    # The companion of a population is a bound, not another method, and its verdict says what it leaves open.
    if other and not isinstance(target, Population) and side([main], asked) != side([other], asked):
        told.append(caveat("methods-disagree"))
    # With a prior on who took part the interval is the wider one: only if it is settled does another prior decide.
    alone = bool(intervals_of(found.strip, lambda name: name.endswith(ALONE)))
    looked_at = [one for one in estimand.priors if one not in (*estimand.informing, *estimand.otherwise)]
    priors = intervals_of(found.strip, lambda name: name.removesuffix(ALONE) in looked_at)
    if (not alone or side([main], asked)) and len({side([span], asked) for span in (main, *priors)}) > 1:
        told.append(caveat("prior-decides"))
    return [*told, *_shown_otherwise(estimand, found)]


def _shown_otherwise(estimand: Estimand, found: Inference) -> list[Caveat]:
    """Say where the verdict rests on another estimand's intervals and those shown would decide."""
    verdict, spans = found.verdict, [span for span in (found.interval, found.companion) if span]
    judge = None if verdict is None else estimand.judged_as(verdict.threshold)
    if verdict is None or judge is None or verdict.word not in OPEN or side(spans, verdict.threshold) is None:
        return []
    return [caveat("judged-as", judge=judge[0].name, named=estimand.name, threshold=f"{verdict.threshold:g}")]


def jointly(one: Estimate, *, number: int, level: float, words: str = "") -> Estimate:
    """Return an estimate whose intervals, made at a raised level, hold for so many of them jointly at the level."""

    def joint(span: Interval) -> Interval:
        return replace(span, level=level, method=span.method + words, simultaneous=number)

    return replace(
        one,
        interval=one.interval and joint(one.interval),
        companion=one.companion and joint(one.companion),
        sensitivity=changed_strip(one.sensitivity, joint),
    )
