"""The verdict on a claim for each target: the sign rule of `csea_stats.results.verdicts`, and nothing beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from csea_stats.estimators.estimand import Participation, Setting
from csea_stats.estimators.inference import attainability, evidence
from csea_stats.results.goals import Goal
from csea_stats.results.values import intervals_of
from csea_stats.results.verdicts import Evidence, counted_verdict, population_verdict, sampled_verdict, uncheckable
from csea_stats.targets.populations import Population, Respondents, Selection, Superpopulation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.estimators.estimand import Estimand
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Interval, Verdict, Word
    from csea_stats.targets.populations import Target


def goal_of(test: Any) -> Goal:
    """Return the goal of a test that has one."""
    if getattr(test, "alike", None):
        return Goal(alike=True)
    if getattr(test, "between", None) is not None:
        return Goal(low=test.between[0], high=test.between[1])
    return Goal(low=test.above, high=test.below)


_OTHER_STRENGTHS = ("tau ", "correlation ")
"""Members of a population's strip that show another assumption on who took part, which has an estimate of its own."""


class Verdicts(NamedTuple):
    """The verdict on one claim for each target; None where the claim says nothing of that target."""

    respondents: Verdict | None
    people: Verdict | None
    workforce: Verdict | None


def judge(
    estimates: Sequence[Estimate], goal: Goal, values: Iterable[float], quantity: Estimand | None = None
) -> Verdicts:
    """Judge a goal by estimates of one quantity for all targets.

    Parameters
    ----------
    estimates : sequence of Estimate
        For these respondents, people like these, and the population at each selection strength.
    goal : Goal
    values : iterable of float
        What the quantity can be among these respondents, a value for each feasible reading.
    quantity : Estimand, optional
        Of the estimates, for its test of guaranteed size and its rate; none of sets that are guaranteed themselves,
        within bounds on who took part as well.

    Returns
    -------
    Verdicts
        For people like these by every interval of their estimate, the prior strip included; for the population by
        these too, and at each strength by its interval, its bound and its other priors.
    """
    sampled = [e for e in estimates if not isinstance(e.target, (Respondents, Population))]
    alone = [interval for estimate in sampled for interval in _every(estimate)]
    by_strength: dict[float, Evidence] = {}
    for estimate in estimates:
        target = estimate.target
        if isinstance(target, Population):
            who = Participation(reach=target.selection.ratio, design_effect=target.design_effect)
            by_strength[_strength(target)] = _found(quantity, [*_every(estimate), *alone], who)
    people = sampled_verdict(_found(quantity, alone), goal) if alone else None
    workforce = population_verdict(by_strength, goal) if by_strength else None
    counted = counted_verdict(list(values), goal)

    if workforce is not None:
        widest, level = Participation(reach=Selection(tau=max(by_strength)).ratio), alone[0].level
        rate = quantity.error_rate(goal, level, (), widest) if quantity else 1 - level
        workforce = replace(workforce, rate=rate)

    def told(verdict: Verdict | None, target: Target) -> Verdict | None:
        if verdict is None or quantity is None:
            return verdict and _said(verdict, goal, estimates)
        setting = Setting(method=next(iter(quantity.methods)), level=alone[0].level)
        return _said(attainability(verdict, quantity, goal, target, setting), goal, estimates)

    return Verdicts(_said(counted, goal, estimates), told(people, Superpopulation()), told(workforce, Population()))


def _found(quantity: Estimand | None, intervals: list[Interval], who: Participation | None = None) -> Evidence:
    if quantity is None:
        return Evidence(intervals=intervals)
    return evidence(quantity, intervals, intervals[0].level, who or Participation())


def _strength(target: Population) -> float:
    """Return the selection strength whose 95 % range a population's target takes, as prior or as bound."""
    selection = target.selection
    return selection.tau if isinstance(selection, Selection) else round(Selection.from_ratio(selection.ratio).tau, 9)


def _every(estimate: Estimate) -> list[Interval]:
    """Return the intervals of an estimate that a verdict looks at."""
    strip = intervals_of(estimate.sensitivity, lambda name: not name.startswith(_OTHER_STRENGTHS))
    return [interval for interval in (estimate.interval, estimate.companion, *strip) if interval is not None]


def _said(verdict: Verdict, goal: Goal, estimates: Sequence[Estimate]) -> Verdict:
    """Return a verdict on a margin as a verdict on the quantity."""
    words = goal.words(estimates[0].scale)
    rest = verdict.why.partition(": ")[2]
    why = f"{words[:1].upper()}{words[1:]}: {rest}"
    return replace(verdict, why=why)


_WORST: tuple[Word, ...] = (
    "not true of them",
    "contradicted",
    "cannot be checked",
    "print unclear",
    "too few answers",
    "not settled",
    "depends on who took part",
)
"""Of several statements that must all be true, the verdict on the whole is the first of these that any has."""


def all_of(parts: Sequence[Verdicts]) -> Verdicts:
    """Return the verdicts on statements that must all be true.

    Each is judged at the level by itself: the probability of supporting all where one is false is not larger than
    that of supporting that one (intersection-union test).
    """

    def one(found: list[Verdict | None]) -> Verdict | None:
        told = [verdict for verdict in found if verdict is not None]
        if not told:
            return None
        return min(told, key=lambda v: _WORST.index(v.word) if v.word in _WORST else len(_WORST))

    return Verdicts(*(one([part[tier] for part in parts]) for tier in range(3)))


def not_checkable(why: str) -> Verdicts:
    """Return that nothing printed bears on a claim, for any target."""
    verdict = uncheckable(why)
    return Verdicts(verdict, verdict, verdict)
