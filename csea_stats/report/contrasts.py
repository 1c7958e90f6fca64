"""Two groups: each group's strip, and their difference on an axis of percentage points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from csea_stats.report.drawing import Block, Drawing, Line, Mark, Rect, Text
from csea_stats.report.strips import DROP, NESTED, axis, bar, grid, notch, respondents_lane
from csea_stats.report.tiers import limits
from csea_stats.results.numbers import points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.report.tiers import Tiers

PITCH = 3.9
"""Height of one group's lanes, in em."""


def groups_strip(
    groups: Sequence[Tiers], labels: Sequence[tuple[str, str]], *, title: str, description: str
) -> Drawing:
    """Return a lane of cells and a bar for each group, under its label."""
    bottom = 1.2 + PITCH * len(groups) - 0.7
    marks: list[Mark] = grid(1.2, bottom)
    for index, (tiers, (name, value)) in enumerate(zip(groups, labels, strict=True)):
        top = PITCH * index
        marks += respondents_lane(tiers, top + 1.3, 0.625)
        marks += bar(limits(tiers.people.interval) if tiers.people else None, "work", top + 2.8, 0.5)
        marks += notch(tiers, top + 1.925, top + 2.8, 0.5)
        marks.append(Text(look="tl", x=0.0, y=top + 0.85, text=name))
        marks.append(Text(look="tv", x=1.0, y=top + 0.85, text=value, anchor="end"))
    return Drawing(marks=(*marks, *axis(bottom + 1.2)), height=bottom + 1.5, title=title, description=description)


def span_of(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the ends of an axis of differences and its step, so that at most five steps hold all values and zero.

    Examples
    --------
    >>> span_of([-0.042, 0.484]), span_of([0.01, 0.03])
    ((-0.2, 0.6, 0.2), (0.0, 0.04, 0.01))
    """
    low, high = min(0.0, *values), max(0.0, *values)
    for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5):
        first, last = math.floor(low / step - 1e-9), math.ceil(high / step + 1e-9)
        first = 0 if low == 0 else first
        last = max(0 if high == 0 else last, first + 1)
        if last - first <= 5:
            wider = last + 2 if last - first == 1 and step == 0.01 else last
            return max(first * step, -1.0), min(round(wider * step, 10), 1.0), step
    return -1.0, 1.0, 0.5


def difference_strip(tiers: Tiers, labels: Sequence[tuple[str, str]], *, title: str, description: str) -> Drawing:
    """Return the difference's strip: a block for the counted gap, two bars by two methods, then the nested bars."""
    intervals = [e.interval for e in tiers.members if e.interval] + (
        [tiers.people.companion] if tiers.people and tiers.people.companion else []
    )
    values = [v for interval in intervals for v in (interval.lower, interval.upper)]
    low, high, step = span_of([*values, *(tiers.observed or (0.0, 0.0))])

    def at(value: float) -> float:
        return (value - low) / (high - low)

    bottom = 8.3
    marks: list[Mark] = []
    steps = range(round((high - low) / step) + 1)
    ticks = [low + step * k for k in steps]
    for tick in ticks:
        zero = abs(tick) < 1e-9
        marks.append(Line(look="half" if zero else "g", x1=at(tick), x2=at(tick), y1=1.2, y2=bottom))
        text = "0" if zero else points(tick)
        anchor = "start" if at(tick) < 0.02 else "end" if at(tick) > 0.98 else "middle"
        marks.append(Text(look="ax", x=at(tick), y=bottom + 1.2, text=text, anchor=anchor))
    marks += _lanes(tiers, at)
    for y, (name, value) in zip((0.85, 3.55, 6.25), labels, strict=True):
        marks.append(Text(look="tl", x=0.0, y=y, text=name))
        marks.append(Text(look="tv", x=1.0, y=y, text=value, anchor="end"))
    return Drawing(marks=tuple(marks), height=bottom + 1.5, title=title, description=description)


def _lanes(tiers: Tiers, at: Callable[[float], float]) -> list[Mark]:
    marks: list[Mark] = []

    def placed(ends: tuple[float, float], look: str, centre: float, height: float) -> Rect:
        return Rect(look=look, x=at(ends[0]), width=at(ends[1]) - at(ends[0]), y=centre - height / 2, height=height)

    people = tiers.people
    solid = people and (people.companion or people.interval)
    if tiers.observed is not None:
        first, last = tiers.observed
        if first == last:
            marks.append(Block(look="c1", x=at(first), y=1.3, width=0.625, height=0.625))
            if solid and solid.lower <= first <= solid.upper:
                for y1, y2 in ((1.925, 1.925 + DROP[0]), (4.0 - DROP[1], 4.0)):
                    marks.append(Line(look="drop", x1=at(first), x2=at(first), y1=y1, y2=y2))
        else:
            marks.append(placed((first, last), "cm", 1.6125, 0.625))
    if people and solid:
        marks.append(placed((solid.lower, solid.upper), "work", 4.2, 0.4375))
        if people.companion and people.interval:
            marks.append(placed((people.interval.lower, people.interval.upper), "workb", 4.75, 0.3125))
    for index, estimate in reversed(tuple(enumerate(tiers.population))):
        ends = limits(estimate.interval)
        if ends:
            marks.append(placed(ends, "nat", 7.3, 0.8125 * NESTED[min(index, len(NESTED) - 1)]))
    return marks
