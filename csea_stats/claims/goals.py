"""What a claim says of an estimand, as one function that is positive exactly where the claim is true.

"More than t" is ``value - t``, "less than t" is ``t - value``, "within a to b" the smaller of both. The image of an
interval under it is an interval again, so the sign rule of `csea_stats.results.verdicts` judges every goal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.results.numbers import exactly, points_threshold, threshold_words

if TYPE_CHECKING:
    from csea_stats.results.values import Interval, Scale


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
