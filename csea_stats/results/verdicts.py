"""The sign rule: when an interval backs a sentence with "more than" in it, and when it does not.

A verdict is "supported" only if the credible **and** the confidence interval leave out the threshold on the claimed
side, under every member of the prior strip and every feasible count, and a test of guaranteed size, at the level of
the intervals, puts the estimand there too; for a population also at every selection strength shown. `Evidence.side` is
where the rule stands. It is a convention of this package, stricter than any of these alone: were the truth at the
threshold, it would decide, for or against, in at most one survey of twenty (docs: methods).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from csea_stats.publication.lettered_notes import joined
from csea_stats.results.goals import Goal, against
from csea_stats.results.numbers import NOISE, integer, ratio
from csea_stats.results.values import Interval, Scale, Verdict, Word
from csea_stats.targets.populations import ratio_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csea_stats.results.goals import Direction, SizedTest

    Side = Direction | None


def side(intervals: Sequence[Interval], threshold: float) -> Side:
    """Return the side of the threshold on which every interval lies, or None: the rule of every verdict on intervals.

    Parameters
    ----------
    intervals : sequence of Interval
        The interval, its companion of the other kind and the prior strip, each a hull over the feasible counts; or a
        set that is guaranteed to hold at the level.

    Examples
    --------
    >>> wilson = Interval(lower=0.576, upper=0.822, level=0.95, kind="confidence", method="wilson")
    >>> jeffreys = Interval(lower=0.578, upper=0.826, level=0.95, kind="credible", method="jeffreys")
    >>> side([jeffreys, wilson], 0.5), side([jeffreys, wilson], 0.577)
    ('above', None)
    """
    return _beyond([(interval.lower, interval.upper) for interval in intervals], threshold)


def _beyond(spans: Sequence[tuple[float, float]], threshold: float) -> Side:
    if spans and all(lower > threshold for lower, _ in spans):
        return "above"
    if spans and all(upper < threshold for _, upper in spans):
        return "below"
    return None


def disagree(intervals: Sequence[Interval], threshold: float) -> Literal["side", "size"] | None:
    """Return in what intervals of one number disagree: on which side of the threshold it is, or how large it is.

    In its size, if the middle of one lies outside another: so in every unit alike.

    Examples
    --------
    >>> near, far = (Interval(lower=-low, upper=-high, level=0.95, kind="credible", method="")
    ...              for low, high in ((4.9, 2.4), (11.3, 4.4)))
    >>> disagree([near, far], 0.0), disagree([near, far], -4.3), disagree([near, near], 0.0)
    ('size', 'side', None)
    """
    if len({side([interval], threshold) for interval in intervals}) > 1:
        return "side"
    middles = [(interval.lower + interval.upper) / 2 for interval in intervals]
    apart = any(not one.lower <= middle <= one.upper for middle in middles for one in intervals)
    return "size" if apart else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the verdict on people like these, or at one selection strength, looks at.

    Parameters
    ----------
    intervals : sequence of Interval
        The interval, its companion and the strip, each a hull over the feasible counts.
    test : callable or None
        Of guaranteed size: see `csea_stats.results.goals.SizedTest`. None where the intervals are guaranteed
        themselves, or there is no such test.
    failed : str
        Why nothing is settled where the intervals would settle it and the test does not.
    """

    intervals: Sequence[Interval]
    test: SizedTest | None = None
    failed: str = ""

    def side(self, goal: Goal) -> Side:
        """Return where every interval lies, the test agreeing: where the claim is true, where it is not, or neither."""
        found = self.shown(goal)
        return found if found is None or self.test is None or goal.holds(self.test, inside=found == "above") else None

    def shown(self, goal: Goal) -> Side:
        """Return the same by the intervals alone."""
        if goal.either:
            return "above" if side(self.intervals, goal.threshold) else None
        return _beyond(self.margins(goal), 0.0)

    def margins(self, goal: Goal) -> list[tuple[float, float]]:
        """Return how far inside a claim each interval lies at least and at most."""
        return [goal.margins(interval.lower, interval.upper) for interval in self.intervals]


COUNTED: dict[Word, str] = {
    "true of them": "counted.",
    "not true of them": "counted, and it is not so.",
    "print unclear": "true for some of the counts that print allows, not for others.",
}
"""Why, of what was counted."""

DECIDED: dict[Word, str] = {
    "supported": "every interval lies on that side.",
    "contradicted": "every interval lies on the other side.",
}
"""Why, of people like these."""

UNDECIDED = "; not shown to be so, nor to be otherwise."
BOTH_SIDES = f"the intervals hold values on both sides{UNDECIDED}"
DISAGREE = f"the methods or priors disagree{UNDECIDED}"
NOT_ENOUGH = f"every interval lies on one side, but not by enough for an exact test{UNDECIDED}"
NOT_BY_RATIOS = NOT_ENOUGH.replace("an exact test", "an exact test and the limits of both ratios")
OF_RANGES = (
    ("interval and bound lie on that side", "interval and bound lie inside both ends"),
    ("interval and bound lie on the other side", "interval and bound lie outside"),
    ("every interval lies on that side", "every interval lies inside both ends"),
    ("every interval lies on the other side", "every interval lies outside"),
    ("every interval lies on one side", "every interval lies inside, or every one outside"),
    ("hold values on both sides", "hold values inside and outside"),
    ("another prior holds both sides", "another prior holds values inside and outside"),
)
"""What has sides of one threshold, and what ends of a range have instead."""
OF_ALIKE = ((" on the other side", " away from no difference"), ("on both sides", "on both sides of no difference"))
OF_EITHER = (("lies on that side", "lies on one side"), ("lie on that side", "lie on one side"))
"""The same where two shares are said to be alike, and where it may be on any side of a threshold."""
TAKEN_BACK = f"an interval told here holds both sides{UNDECIDED}"
NO_FIT = "the model's one odds ratio for every cut does not fit here."
"""Why a verdict is not settled after all: by an interval beside it, or at a cut where a model does not fit."""

AT_STRENGTHS: dict[Word, str] = {
    "supported": "interval and bound lie on that side at every assumption shown.",
    "contradicted": "interval and bound lie on the other side at every assumption shown.",
    "not settled": "at every assumption shown, the interval, its bound or another prior holds both sides.",
}
SO_WITHIN, NOT_WITHIN = (
    "so if {held}, not settled at the others shown.",
    "not so if {held}, not settled at the others shown.",
)
"""Why, of a population at the strengths of who took part."""

CERTAIN: dict[Word, str] = {
    "supported": "so whatever those who did not answer would say.",
    "contradicted": "not so whatever those who did not answer would say.",
    "not settled": "it depends on what those who did not answer would say.",
}
"""Why, of what is known but for those who did not answer."""


UNRATED = {
    "design effect": "with a design effect people are not independent, and no test of them is exact.",
    "model": "a model's verdict rests on its intervals and priors; of coefficients simulated_rates tells it.",
    "several": "it is of several statements, each judged by itself.",
    "no test": "no exact test stands behind it.",
}
"""Why it is not told how often the rule decides where there is nothing to decide: the exceptions, each by its name."""


def counted_verdict(values: Sequence[float], goal: Goal, *, scale: Scale = "share") -> Verdict:
    """Judge a claim about these respondents from the values that print allows."""
    held = [goal.margin(value) > NOISE for value in values]
    word: Word = "true of them" if all(held) else "print unclear" if any(held) else "not true of them"
    if goal.either and min(values) < goal.threshold < max(values):
        word = "print unclear"  # neither side was seen because print does not tell which
    return Verdict(word=word, **goal.told, why=f"{goal.claim(scale)}: {COUNTED[word]}")


def reason(why: str, goal: Goal) -> str:
    """Return why, in the words of what is claimed.

    Examples
    --------
    >>> reason(DECIDED["supported"], Goal(low=0.4, high=0.6)), reason(DECIDED["supported"], Goal(low=0.5))
    ('every interval lies inside both ends.', 'every interval lies on that side.')
    """
    pairs = OF_RANGES if goal.ranged else OF_ALIKE if goal.alike else OF_EITHER if goal.either else ()
    return next((why.replace(side, ends) for side, ends in pairs if side in why), why)


def sampled_verdict(found: Evidence, goal: Goal, *, scale: Scale = "share") -> Verdict:
    """Judge a claim about people like these."""
    claim, where = goal.claim(scale), found.side(goal)
    if where is not None:
        word: Word = "supported" if where == "above" else "contradicted"
        return Verdict(word=word, **goal.told, why=f"{claim}: {reason(DECIDED[word], goal)}")
    disagree = len({_beyond([span], 0.0) for span in found.margins(goal)}) > 1
    why = _unproven(found, goal) if found.shown(goal) else DISAGREE if disagree else BOTH_SIDES
    return Verdict(word="not settled", **goal.told, why=f"{claim}: {reason(why, goal)}")


def _unproven(found: Evidence, goal: Goal) -> str:
    """Return why a test does not settle what every interval would; it is its own of equal shares alone."""
    return found.failed if found.failed and goal.thresholds == (0.0,) else NOT_ENOUGH


def within_words(ratios: Iterable[float]) -> str:
    """Return the ratios within which participation is assumed to lie, in words."""
    return f"participation differed by up to about {joined([ratio(one) for one in ratios], 'or')} times"


def population_verdict(by_strength: Mapping[float, Evidence], goal: Goal, *, scale: Scale = "share") -> Verdict:
    """Judge a claim about a population from what there is at every selection strength shown.

    Parameters
    ----------
    by_strength : mapping of tau (or bound) to Evidence
        The interval, its prior-free bound and the strip at each.
    """
    claim = goal.claim(scale)
    sides = {strength: found.side(goal) for strength, found in by_strength.items()}
    found = set(sides.values())
    whole: dict[frozenset[Side], Word] = {frozenset({"above"}): "supported", frozenset({"below"}): "contradicted"}
    word = whole.get(frozenset(found), "depends on who took part" if "above" in found else "not settled")
    why = AT_STRENGTHS.get(word, SO_WITHIN)
    if word == "not settled" and "below" in found:
        why = NOT_WITHIN
    elif word == "not settled":
        why = next((_unproven(one, goal) for one in by_strength.values() if one.shown(goal)), why)
    decided = "above" if "above" in found else "below"
    held = tuple(ratio_of(tau) for tau, value in sides.items() if value == decided)
    why = f"{claim}: {reason(why, goal).format(held=within_words(held))}"
    return Verdict(word=word, **goal.told, why=why, held=held if decided == "above" and len(sides) > 1 else ())


def certain_verdict(ends: tuple[float, float], goal: Goal, *, scale: Scale = "share") -> Verdict:
    """Judge a claim about a population of which only the possible values are known, without any probability."""
    claim, (worst, best) = goal.claim(scale), goal.margins(*ends)
    word: Word = "supported" if worst > 0 else "contradicted" if best <= 0 else "not settled"
    return Verdict(word=word, **goal.told, why=f"{claim}: {CERTAIN[word]}", rate=0.0)


def told_of(verdict: Verdict, threshold: float, scale: Scale, how: str = "") -> Verdict:
    """Return a verdict as one on the same hypothesis about another quantity."""
    claim = against(threshold, verdict.direction, seen=verdict.seen).claim(scale)
    return replace(verdict, threshold=threshold, why=f"{claim}: {how}{verdict.why.partition(': ')[2]}")


OPEN: tuple[Word, ...] = ("not settled", "too few answers")
"""Words for what is shown neither to be so nor to be otherwise."""


def attained(verdict: Verdict, bases: Sequence[int], needed: tuple[int, ...] | None) -> Verdict:
    """Return a verdict on a claim that no count of these bases could have supported.

    Examples
    --------
    >>> found = Verdict(word="not settled", threshold=0.5, direction="above", why="More than half: no.")
    >>> attained(found, [4], (6, 6)).why
    'More than half: 4 answers cannot show this; at least 6 could, with 6 of them.'
    """
    found = replace(verdict, attainable=False, needed=needed)
    if verdict.word != "not settled":
        return found
    people = " and ".join(integer(base) for base in bases)
    why = f"{verdict.why.partition(': ')[0]}: {people} {'answer' if people == '1' else 'answers'} cannot show this"
    if needed is not None:
        what = f", with {integer(needed[1])} of them" if len(needed) > len(bases) else ""
        why += f"; at least {integer(needed[0])}{' in each group' if len(bases) > 1 else ''} could{what}"
    return replace(found, word="too few answers", why=f"{why}.")


def uncheckable(why: str) -> Verdict:
    """Say that nothing printed bears on the claim."""
    return Verdict(word="cannot be checked", threshold=0.0, direction="above", why=why)
