"""What is claimed of an estimand: where it must lie for a sentence to be true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.results.numbers import exactly, points_threshold, threshold_words

if TYPE_CHECKING:
    from csea_stats.results.values import Scale

Direction = Literal["above", "below"]

Side = Literal["above", "below", "either"]
"""Of a verdict; "either": no side was claimed and none was seen, as what was observed is at the threshold."""

SizedTest = Callable[[float, Direction], bool]
"""From a threshold and a side to whether a test of guaranteed size puts the estimand beyond it on that side."""

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
    seen : bool
        Whether the side is the one that was observed, rather than one that was claimed.
    either : bool
        Whether it may be on any side of ``low``, but not there.
    """

    low: float | None = None
    high: float | None = None
    alike: bool = False
    seen: bool = False
    either: bool = False

    @property
    def thresholds(self) -> tuple[float, ...]:
        """The thresholds, lowest first."""
        return tuple(t for t in (self.low, self.high) if t is not None)

    @property
    def threshold(self) -> float:
        """The threshold, of a range the lower one."""
        return self.thresholds[0] if self.thresholds else 0.0

    @property
    def ranged(self) -> bool:
        """Whether it is a range, with two ends."""
        return len(self.thresholds) > 1

    @property
    def direction(self) -> Side:
        """On which side of `threshold` the claim is."""
        if self.either:
            return "either"
        return "below" if self.low is None and self.high is not None else "above"

    @property
    def told(self) -> dict[str, Any]:
        """What a verdict tells of it."""
        both = self.low is not None and self.high is not None
        within = (self.low, self.high) if both else None
        return {"threshold": self.threshold, "direction": self.direction, "within": within, "seen": self.seen}

    def margin(self, value: float) -> float:
        """Return how far inside the claim a value lies; negative outside."""
        if self.alike:
            return EQUAL - abs(value)
        found = (
            abs(value - self.threshold)
            if self.either
            else min(
                value - self.low if self.low is not None else float("inf"),
                self.high - value if self.high is not None else float("inf"),
            )
        )
        return 0.0 if abs(found) < EQUAL else found  # 0.6 - 0.5 is no less than 0.1

    def margins(self, low: float, high: float) -> tuple[float, float]:
        """Return the smallest and the largest margin of the values between two."""
        ends = self.margin(low), self.margin(high)
        best = max(ends)
        if self.either and low <= self.threshold <= high:
            return 0.0, best
        if self.alike:
            best = EQUAL if low <= 0 <= high else best
        elif self.low is not None and self.high is not None:
            best = self.margin(min(max((self.low + self.high) / 2, low), high))
        return min(ends), best

    def holds(self, beyond: SizedTest, *, inside: bool) -> bool:
        """Whether a test puts the estimand where the claim is true, or where it is not."""
        if self.alike:
            return not inside and (beyond(0.0, "above") or beyond(0.0, "below"))
        if self.either:
            return beyond(self.threshold, "above") or beyond(self.threshold, "below")
        sides: list[tuple[float | None, Direction]] = [(self.low, "above"), (self.high, "below")]
        if inside:
            return all(beyond(at, way) for at, way in sides if at is not None)
        return any(beyond(at, "below" if way == "above" else "above") for at, way in sides if at is not None)

    def claim(self, scale: Scale) -> str:
        """Return the claim as the start of a sentence."""
        if len(self.thresholds) == 1:
            words = threshold_words(self.threshold, self.direction, scale)
            return f"{words}{self.seen_words}"
        words = self.words(scale)
        return words[:1].upper() + words[1:]

    @property
    def seen_words(self) -> str:
        """What a claim ends with where no side was claimed."""
        return "" if not self.seen else ", neither side seen" if self.either else ", the side seen"

    def words(self, scale: Scale) -> str:
        """Return the claim with its thresholds.

        Examples
        --------
        >>> Goal(low=0.28, high=0.34).words("share"), Goal(low=0.8, high=1.25).words("ratio")
        ('between 28 and 34%', 'between 0.8 and 1.25')
        >>> Goal(low=-0.1, high=0.1).words("difference"), against(0.5).words("share")
        ('a difference within −10 to +10 points', 'more than half')
        """
        if self.alike:
            return "exactly alike"
        if self.low is not None and self.high is not None:
            if scale == "difference":
                low = points_threshold(self.low).partition(" ")[0]
                return f"a difference within {low} to {points_threshold(self.high)}"
            if scale == "share":
                return f"between {exactly(100 * self.low)} and {exactly(100 * self.high)}%"
            return f"between {exactly(self.low)} and {exactly(self.high)}"
        text = threshold_words(self.threshold, self.direction, scale)
        text = text[:1].lower() + text[1:]
        return f"a difference {text}" if scale == "difference" else text


def against(threshold: float, direction: Side = "above", *, seen: bool = False) -> Goal:
    """Return the claim that an estimand is beyond a threshold on one side.

    Examples
    --------
    >>> against(0.5, "below").claim("share"), against(0.5, "below", seen=True).claim("share")
    ('Less than half', 'Less than half, the side seen')
    """
    if direction == "either":
        return Goal(low=threshold, seen=seen, either=True)
    return Goal(low=threshold, seen=seen) if direction == "above" else Goal(high=threshold, seen=seen)
