"""The verdict on a claim for each target: the sign rule of `csea_stats.results.verdicts`, and nothing beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from csea_stats.results.values import Verdict  # noqa: TC001 - the tuple's fields
from csea_stats.results.verdicts import counted_verdict, population_verdict, sampled_verdict, uncheckable
from csea_stats.targets.populations import Population, Respondents, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.claims.goals import Goal
    from csea_stats.results.values import Estimate, Interval, Word

_OTHER_STRENGTHS = ("tau ", "correlation ")
"""Members of a population's strip that show another assumption on who took part, which has an estimate of its own."""


class Verdicts(NamedTuple):
    """The verdict on one claim for each target; None where the claim says nothing of that target."""

    respondents: Verdict | None
    people: Verdict | None
    workforce: Verdict | None


def judge(estimates: Sequence[Estimate], goal: Goal, values: Iterable[float]) -> Verdicts:
    """Judge a goal by estimates of one quantity for all targets.

    Parameters
    ----------
    estimates : sequence of Estimate
        For these respondents, people like these, and the population at each selection strength.
    goal : Goal
    values : iterable of float
        What the quantity can be among these respondents, a value for each feasible reading.

    Returns
    -------
    Verdicts
        For people like these by every interval of their estimate, the prior strip included; for the population by
        these too, and at each strength by its interval, its bound and its other priors.
    """
    people = [e for e in estimates if not isinstance(e.target, (Respondents, Population))]
    alone = [goal.image(interval) for estimate in people for interval in _every(estimate)]
    by_strength: dict[float, Sequence[Interval]] = {}
    for estimate in estimates:
        target = estimate.target
        if isinstance(target, Population):
            by_strength[_strength(target)] = [*map(goal.image, _every(estimate)), *alone]
    return Verdicts(
        respondents=_said(counted_verdict([goal.margin(v) for v in values], threshold=0.0), goal, estimates),
        people=_said(sampled_verdict(alone, threshold=0.0), goal, estimates) if alone else None,
        workforce=_said(population_verdict(by_strength, threshold=0.0), goal, estimates) if by_strength else None,
    )


def _strength(target: Population) -> float:
    """Return the selection strength whose 95 % range a population's target takes, as prior or as bound."""
    selection = target.selection
    return selection.tau if isinstance(selection, Selection) else round(Selection.from_ratio(selection.ratio).tau, 9)


def _every(estimate: Estimate) -> list[Interval]:
    """Return the intervals of an estimate that a verdict looks at."""
    strip = [member for name, member in estimate.sensitivity if not name.startswith(_OTHER_STRENGTHS)]
    return [interval for interval in (estimate.interval, estimate.companion, *strip) if interval is not None]


def _said(verdict: Verdict, goal: Goal, estimates: Sequence[Estimate]) -> Verdict:
    """Return a verdict on a margin as a verdict on the quantity."""
    words = goal.words(estimates[0].scale)
    rest = verdict.why.partition(": ")[2]
    why = f"{words[:1].upper()}{words[1:]}: {rest}"
    return replace(verdict, threshold=goal.threshold, direction=goal.direction, why=why)


_WORST: tuple[Word, ...] = (
    "not true of them",
    "contradicted",
    "cannot be checked",
    "print unclear",
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
