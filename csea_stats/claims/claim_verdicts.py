"""The verdict on a claim for each target: the sign rule of `csea_stats.results.verdicts`, and nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from csea_stats.results.numbers import exactly, points_threshold, threshold_words
from csea_stats.results.values import intervals_of
from csea_stats.results.verdicts import counted_verdict, population_verdict, sampled_verdict, uncheckable
from csea_stats.targets.populations import Population, Respondents, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.results.estimate import Estimate
    from csea_stats.results.values import Interval, Scale, Verdict, Word

EQUAL = 1e-12
"""Below so small a difference two shares are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Where an estimand must lie for a claim to be true; a value at a threshold (within 1e-12) is not beyond it.

    Parameters
    ----------
    low, high : float or None
        The estimand must be above ``low`` and below ``high``; None: no such limit.
    alike : bool
        Said to be the same without a margin: no interval can show it, one away from zero contradicts it.
    """

    low: float | None = None
    high: float | None = None
    alike: bool = False

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The thresholds, lowest first."""
        return tuple(t for t in (self.low, self.high) if t is not None)

    @property
    def threshold(self) -> float:
        """The threshold, of a range the lower one."""
        return self.thresholds[0] if self.thresholds else 0.0

    @property
    def direction(self) -> Literal["above", "below"]:
        """On which side of `threshold` the claim is."""
        return "below" if self.low is None and self.high is not None else "above"

    def margin(self, value: float) -> float:
        """Return how far inside the claim a value lies; negative outside."""
        if self.alike:
            return EQUAL - abs(value)
        found = min(
            value - self.low if self.low is not None else float("inf"),
            self.high - value if self.high is not None else float("inf"),
        )
        return 0.0 if abs(found) < EQUAL else found  # 0.6 - 0.5 is no less than 0.1

    def image(self, interval: Interval) -> Interval:
        """Return the margins of all values of an interval, as an interval."""
        ends = self.margin(interval.lower), self.margin(interval.upper)
        best = max(ends)
        if self.alike:
            best = EQUAL if interval.lower <= 0 <= interval.upper else best
        elif self.low is not None and self.high is not None:
            middle = (self.low + self.high) / 2
            best = self.margin(min(max(middle, interval.lower), interval.upper))
        return replace(interval, lower=min(ends), upper=best)

    def words(self, scale: Scale) -> str:
        """Return the claim with its thresholds: "more than half", "28 to 34%"."""
        if self.alike:
            return "exactly alike"
        if self.low is not None and self.high is not None:
            if scale == "difference":
                low = points_threshold(self.low).partition(" ")[0]
                return f"a difference within {low} to {points_threshold(self.high)}"
            return f"between {exactly(100 * self.low)} and {exactly(100 * self.high)}%"
        text = threshold_words(self.threshold, self.direction, scale)
        text = text[:1].lower() + text[1:]
        return f"a difference {text}" if scale == "difference" else text


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
    strip = intervals_of(estimate.sensitivity, lambda name: not name.startswith(_OTHER_STRENGTHS))
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
