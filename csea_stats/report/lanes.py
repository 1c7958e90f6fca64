"""Intervals one below the other on one axis, each under its label: differences in points, or shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.report.contrasts import span_of
from csea_stats.report.drawing import Block, Drawing, Line, Mark, Rect, Text
from csea_stats.report.strips import LEAST
from csea_stats.results.numbers import points

if TYPE_CHECKING:
    from collections.abc import Sequence

PITCH = 2.7
"""Height of a lane with its label, in em."""

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A lane: its label, what it says in numbers, and one bar or several thin ones.

    Parameters
    ----------
    label, value : str
    ends : tuple of (low, high)
    look : str
        "work", or "workb" for an outline.
    """

    label: str
    value: str
    ends: tuple[Ends, ...]
    look: str = "work"


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis of differences: its ends and its step."""

    low: float
    high: float
    step: float

    def at(self, value: float) -> float:
        """Return the place of a value, held inside the axis."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def bar(self, ends: Ends, look: str, centre: float, height: float) -> Rect:
        """Return a bar from limit to limit."""
        x, width = self.at(ends[0]), max(self.at(ends[1]) - self.at(ends[0]), LEAST)
        return Rect(look=look, x=min(x, 1.0 - width), width=width, y=centre - height / 2, height=height)

    def lines(self, top: float, bottom: float) -> list[Mark]:
        """Return a line at each step, zero in ink."""
        found: list[Mark] = []
        for value in self._ticks():
            zero = abs(value) < 1e-9
            x = self.at(value)
            found.append(Line(look="half" if zero else "g", x1=x, x2=x, y1=top, y2=bottom))
        return sorted(found, key=lambda mark: mark.look == "half")

    def labels(self, y: float, *, sparse: bool = False) -> list[Mark]:
        """Return the numbers under it; sparse: the ends and zero alone, where they have room."""
        found: list[Mark] = []
        ticks = self._ticks()
        for value in ticks:
            zero, x = abs(value) < 1e-9, self.at(value)
            if sparse and not zero and (value not in (ticks[0], ticks[-1]) or 0 < abs(x - self.at(0.0)) < 0.22):
                continue
            anchor = "start" if x < 0.02 else "end" if x > 0.98 else "middle"
            found.append(Text(look="ax", x=x, y=y, text="0" if zero else points(value), anchor=anchor))
        return found

    def _ticks(self) -> list[float]:
        return [self.low + self.step * k for k in range(round((self.high - self.low) / self.step) + 1)]


def axis_of(values: Sequence[float]) -> Axis:
    """Return an axis that holds values and zero.

    Examples
    --------
    >>> axis_of([-0.1, 0.44])
    Axis(low=-0.2, high=0.6, step=0.2)
    """
    low, high, step = span_of(values)
    return Axis(low=low, high=high, step=step)


def lanes_strip(lanes: Sequence[Bars], *, title: str, description: str) -> Drawing:
    """Return lanes of differences in points, each under its label."""
    found = axis_of([value for lane in lanes for ends in lane.ends for value in ends])
    bottom = PITCH * len(lanes) + 0.1
    marks: list[Mark] = found.lines(1.2, bottom)
    for place, lane in enumerate(lanes):
        top = PITCH * place
        if len(lane.ends) == 1:
            marks.append(found.bar(lane.ends[0], lane.look, top + 1.65, 0.5 if lane.look == "work" else 0.4375))
        for index, ends in enumerate(lane.ends if len(lane.ends) > 1 else ()):
            height = 1.1 / len(lane.ends)
            marks.append(found.bar(ends, lane.look, top + 1.2 + height * (index + 0.5), min(0.22, height * 0.6)))
        marks.append(Text(look="tl", x=0.0, y=top + 0.85, text=lane.label))
        marks.append(Text(look="tv", x=1.0, y=top + 0.85, text=lane.value, anchor="end"))
    marks += found.labels(bottom + 1.2)
    return Drawing(marks=tuple(marks), height=bottom + 1.5, title=title, description=description)


def row_lanes(found: Axis, bars: Sequence[tuple[Ends | None, str, float]], value: float | None = None) -> Drawing:
    """Return the strip of a row: bars of one effect below one another, a tick at its value."""
    step = 0.55
    height = max(1.5, step * len(bars) + 0.4)
    first = (height - step * (len(bars) - 1)) / 2
    marks: list[Mark] = found.lines(0.0, height)
    for place, (ends, look, thick) in enumerate(bars):
        if ends is not None:
            marks.append(found.bar(ends, look, first + step * place, thick))
    if value is not None:
        marks.append(Block(look="c1", x=found.at(value), y=first - 0.375, width=0.1, height=0.75))
    return Drawing(marks=tuple(marks), height=height)


def row_labels(found: Axis) -> Drawing:
    """Return the axis over the strips of rows."""
    return Drawing(marks=tuple(found.labels(0.9, sparse=True)), height=1.2)
