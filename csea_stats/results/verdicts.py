"""The sign rule: when an interval backs a sentence with "more than" in it, and when it does not.

A verdict is "supported" only if the credible **and** the confidence interval leave out the threshold on the claimed
side, under every member of the prior strip and every feasible count; for a population also at every selection
strength shown: `side` is where the rule stands. It is a convention of this package, stricter than either interval
alone; its false-sign rate on equal proportions is at most .039 for groups of 7 and 42 and .045 for 24 and 25, by
enumeration (docs: methods).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from csea_stats.results.numbers import NOISE, threshold_words
from csea_stats.results.values import Interval, Scale, Verdict, Word
from csea_stats.targets.populations import Selection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Direction = Literal["above", "below"]


def side(intervals: Sequence[Interval], threshold: float) -> Direction | None:
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
    if intervals and all(interval.lower > threshold for interval in intervals):
        return "above"
    if intervals and all(interval.upper < threshold for interval in intervals):
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


def counted_verdict(
    values: Sequence[float], *, threshold: float, direction: Direction = "above", scale: Scale = "share"
) -> Verdict:
    """Judge a claim about these respondents from the values that print allows."""
    beyond = [value - threshold if direction == "above" else threshold - value for value in values]
    held = [by > NOISE for by in beyond]
    claim = threshold_words(threshold, direction, scale)
    if all(held):
        word: Word = "true of them"
        why = f"{claim}: counted."
    elif not any(held):
        word, why = "not true of them", f"{claim}: counted, and it is not so."
    else:
        word, why = "print unclear", f"{claim}: true for some of the counts that print allows, not for others."
    return Verdict(word=word, threshold=threshold, direction=direction, why=why)


def sampled_verdict(
    intervals: Sequence[Interval], *, threshold: float, direction: Direction = "above", scale: Scale = "share"
) -> Verdict:
    """Judge a claim about people like these: interval, companion and strip, each a hull over the feasible counts."""
    claim = threshold_words(threshold, direction, scale)
    found = side(intervals, threshold)
    if found == direction:
        word: Word = "supported"
        why = f"{claim}: every interval lies on that side."
    elif found is not None:
        word, why = "contradicted", f"{claim}: every interval lies on the other side."
    else:
        disagree = len({side([interval], threshold) for interval in intervals}) > 1
        because = "the methods or priors disagree" if disagree else "the intervals hold values on both sides"
        word, why = "not settled", f"{claim}: {because}; not shown to be so, nor to be otherwise."
    return Verdict(word=word, threshold=threshold, direction=direction, why=why)


def population_verdict(
    by_strength: Mapping[float, Sequence[Interval]],
    *,
    threshold: float,
    direction: Direction = "above",
    scale: Scale = "share",
) -> Verdict:
    """Judge a claim about a population from the intervals at every selection strength shown.

    Parameters
    ----------
    by_strength : mapping of tau (or bound) to intervals
        The interval, its prior-free bound and the strip at each.
    """
    claim = threshold_words(threshold, direction, scale)
    sides = {strength: side(intervals, threshold) for strength, intervals in by_strength.items()}
    found = set(sides.values())
    if found == {direction}:
        word: Word = "supported"
        why = f"{claim}: interval and bound lie on that side at every assumption shown."
    elif found == {"below" if direction == "above" else "above"}:
        word, why = "contradicted", f"{claim}: interval and bound lie on the other side at every assumption shown."
    elif direction in found:
        word = "depends on who took part"
        held = ", ".join(f"{strength:g}" for strength, value in sides.items() if value == direction)
        why = f"{claim}: so at selection strength {held}, not settled at the others shown."
    elif found == {None}:
        word = "not settled"
        why = f"{claim}: at every assumption shown, the interval, its bound or another prior holds both sides."
    else:
        word = "not settled"
        held = ", ".join(f"{strength:g}" for strength, value in sides.items() if value is not None)
        why = f"{claim}: not so at selection strength {held}, not settled at the others shown."
    reached = tuple(Selection(tau=tau).ratio for tau, value in sides.items() if value == direction and len(sides) > 1)
    return Verdict(word=word, threshold=threshold, direction=direction, why=why, held=reached)


def certain_verdict(
    ends: tuple[float, float], *, threshold: float, direction: Direction = "above", scale: Scale = "share"
) -> Verdict:
    """Judge a claim about a population of which only the possible values are known, without any probability."""
    claim = threshold_words(threshold, direction, scale)
    low, high = ends
    holds, fails = (
        (low > threshold, high <= threshold) if direction == "above" else (high < threshold, low >= threshold)
    )
    word: Word = "supported" if holds else "contradicted" if fails else "not settled"
    why = {
        "supported": f"{claim}: so whatever those who did not answer would say.",
        "contradicted": f"{claim}: not so whatever those who did not answer would say.",
        "not settled": f"{claim}: it depends on what those who did not answer would say.",
    }[word]
    return Verdict(word=word, threshold=threshold, direction=direction, why=why)


def uncheckable(why: str) -> Verdict:
    """Say that nothing printed bears on the claim."""
    return Verdict(word="cannot be checked", threshold=0.0, direction="above", why=why)
