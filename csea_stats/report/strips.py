"""The strip: one item for three targets. Counted cells, an estimated bar, nested bars under an assumption.

Positions are those of the axis from 0 to 100 %. Where print leaves several counts open, the cells in doubt are
hatched and no notch is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from csea_stats.report.context import key_of, limits
from csea_stats.report.drawing import BlockMark, Drawing, Line, Mark, Rect, Text
from csea_stats.results.numbers import points, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.report.context import PageContext, Tiers

Ends = tuple[float, float]

MOST_CELLS = 100
"""With more respondents a cell would be thinner than its gap on a phone: one bar is drawn instead, and says so."""

FEW_CELLS = 15
"""With fewer respondents the gaps between the wide cells are drawn wider."""

NESTED = (1.0, 0.5, 0.2)
"""Thickness of the bars for the population, from the smallest ratio assumed to the largest."""


def grid(top: float, bottom: float) -> list[Mark]:
    """Return the lines at 0, 25, half, 75 and 100 %."""
    return [Line(look="half" if x == 0.5 else "g", x1=x, x2=x, y1=top, y2=bottom) for x in (0.0, 0.25, 0.75, 1.0, 0.5)]


def axis(y: float) -> list[Mark]:
    """Return the axis labels, their baseline at y."""
    told = ((0.0, "0", "start"), (0.25, "25", "middle"), (0.5, "half", "middle"), (0.75, "75", "middle"))
    labels: list[Mark] = [Text(look="ax", x=x, y=y, text=text, anchor=anchor) for x, text, anchor in told]
    return [*labels, Text(look="ax", x=1.0, y=y, text="100%", anchor="end")]


def label(y: float, name: str, value: str) -> list[Mark]:
    """Return a lane's label: its name at the left end, its value at the right one."""
    return [Text(look="tl", x=0.0, y=y, text=name), Text(look="tv", x=1.0, y=y, text=value, anchor="end")]


def cells(base: int, low: int, high: int, y: float, height: float) -> list[Mark]:
    """Return n equal cells: ``low`` filled, hatched up to ``high``, the rest hollow; one bar above `MOST_CELLS`.

    Examples
    --------
    >>> [mark.look for mark in cells(4, 1, 2, 0, 1)]
    ['c0', 'cm', 'c1', 's1 w', 's0', 's0']
    """
    marks: list[Mark] = []
    if base <= 0:
        return marks
    if high < base:
        marks.append(Rect(look="c0", x=high / base, width=(base - high) / base, y=y, height=height))
    if high > low:
        marks.append(Rect(look="cm", x=low / base, width=(high - low) / base, y=y, height=height))
    if low:
        marks.append(Rect(look="c1", x=0.0, width=low / base, y=y, height=height))
    if base > MOST_CELLS:
        return marks
    gap = "s1 w" if base < FEW_CELLS else "s1"
    for cell in range(1, base):
        x = cell / base
        marks.append(Line(look=gap if cell <= low else "s0", x1=x, x2=x, y1=y, y2=y + height))
    return marks


def bar(ends: Ends | None, look: str, centre: float, height: float) -> list[Mark]:
    """Return a bar from limit to limit."""
    if ends is None:
        return []
    low, high = ends
    width = max(high - low, LEAST)
    x = min(max((low + high - width) / 2, 0.0), 1.0 - width) if width > high - low else low
    return [Rect(look=look, x=x, width=width, y=centre - height / 2, height=height)]


def nested(ends: Sequence[tuple[float, float]], centre: float, height: float) -> list[Mark]:
    """Return nested bars of one hue, the widest and thinnest first."""
    marks: list[Mark] = []
    for index, pair in reversed(tuple(enumerate(ends))):
        marks.extend(bar(pair, "nat", centre, height * NESTED[min(index, len(NESTED) - 1)]))
    return marks


def respondents_lane(tiers: Tiers, y: float, height: float) -> list[Mark]:
    """Return the counted lane: cells, or a bar with a hatched end where print leaves several bases."""
    if isinstance(tiers.base, int) and tiers.counts is not None:
        return cells(tiers.base, *tiers.counts, y, height)
    if tiers.observed is None:
        return []
    low, high = tiers.observed
    marks: list[Mark] = [Rect(look="c0", x=high, width=1 - high, y=y, height=height)] if high < 1 else []
    if low:
        marks.append(Rect(look="c1", x=0.0, width=low, y=y, height=height))
    return [*marks, Rect(look="cm", x=low, width=high - low, y=y, height=height)] if high > low else marks


MOST_NOTCHED = 0.2
"""Share of a bar that the notch may take, at the width below."""

NOTCH = 0.008
"""Width of the notch as a share of the narrowest axis, 320 pixels."""

TICK = 0.1
"""Width of the tick for a count in a row, in em: it stands over the bar and does not hide it."""

LEAST = 0.006
"""Width of the shortest bar drawn, as a share of the axis."""

DROP = (0.35, 0.35)
"""Height of the drop line above and below a label that stands between, in em."""


def notch(tiers: Tiers, top: float, centre: float, height: float, *, labelled: bool = False) -> list[Mark]:
    """Return the drop line from the last filled cell and the notch in the bar below; none where print is unclear.

    Where a label stands between, the line breaks there; where the bar is too short for a notch, there is none.
    """
    if tiers.observed is None or tiers.people is None or tiers.people.interval is None:
        return []
    low, high = tiers.observed
    if low != high or not 0 < low < 1:
        return []
    edge = centre - height / 2
    parts = ((top, top + DROP[0]), (edge - DROP[1], edge)) if labelled else ((top, edge),)
    marks: list[Mark] = [Line(look="drop", x1=low, x2=low, y1=y1, y2=y2) for y1, y2 in parts]
    interval = tiers.people.interval
    if (interval.upper - interval.lower) * MOST_NOTCHED >= NOTCH:
        marks.append(Line(look="gap", x1=low, x2=low, y1=edge, y2=centre + height / 2))
    return marks


def _population(tiers: Tiers) -> list[tuple[float, float]]:
    return [ends for e in tiers.population if (ends := limits(e.interval)) is not None]


def compact_strip(tiers: Tiers, *, title: str, description: str, with_axis: bool = False) -> Drawing:
    """Return the strip of a headline: three lanes of 1.5 em without labels, which stand in the table beside it."""
    bottom = 4.5
    marks: list[Mark] = grid(0.0, bottom)
    marks += respondents_lane(tiers, 0.4375, 0.625)
    marks += bar(limits(tiers.people.interval) if tiers.people else None, "work", 2.25, 0.5)
    marks += notch(tiers, 1.0625, 2.25, 0.5)
    shown, key = tiers.shown_population, key_of(tiers)
    marks += [
        replace(mark, look="nat still") for mark in nested(_population(tiers), 3.75, 0.625) if isinstance(mark, Rect)
    ]
    for what, ends, height in (
        ("w", limits(shown.companion if shown else None), 0.125),
        ("m", limits(shown.interval if shown else None), 0.625),
    ):
        marks += [_moved(mark, what, key) for mark in bar(ends, "nat moved", 3.75, height) if key]
    if with_axis:
        marks += axis(bottom + 0.95)
    return Drawing(
        marks=tuple(marks), height=bottom + 1.2 if with_axis else bottom, title=title, description=description
    )


def full_strip(tiers: Tiers, labels: Sequence[tuple[str, str]], *, title: str, description: str) -> Drawing:
    """Return the strip of a question: each lane under its label.

    Parameters
    ----------
    tiers : Tiers
    labels : three pairs of str
        Name and value of each lane.
    title, description : str
    """
    lanes = [(0.85, 1.0), (3.65, 1.0), (6.45, 1.0)][: len(labels)]
    bottom = (8.5, 5.6, 2.8)[3 - len(labels)]
    marks: list[Mark] = grid(1.2, bottom)
    marks += respondents_lane(tiers, 1.35, 0.8125)
    if len(labels) > 1:
        marks += bar(limits(tiers.people.interval) if tiers.people else None, "work", 4.5, 0.625)
        marks += notch(tiers, 2.1625, 4.5, 0.625, labelled=True)
    if len(labels) > 2:
        marks += nested(_population(tiers), 7.3, 0.8125)
    marks += axis(bottom + 1.2)
    for (y, _), (name, value) in zip(lanes, labels, strict=True):
        marks += label(y, name, value)
    return Drawing(marks=tuple(marks), height=bottom + 1.5, title=title, description=description)


def row_strip(tiers: Tiers, height: float = 1.5) -> Drawing:
    """Return the strip of a row in a list: thin line for all items at once, bar for this one, tick for the count."""
    thin, thick = (limits(one.interval if one else None) for one in (tiers.joint, tiers.people))
    return share_strip(thin, thick, tiers.observed, height)


def share_strip(thin: Ends | None, thick: Ends | None, seen: Ends | None, height: float = 1.5) -> Drawing:
    """Return the strip of a share: a thin line, a bar, and a tick for what was seen, hatched where print leaves it."""
    middle = height / 2
    marks: list[Mark] = grid(0.0, height)
    marks += bar(thin, "joint", middle, 0.125)
    marks += bar(thick, "work", middle, 0.375)
    if seen is not None:
        low, high = seen
        if low == high:
            marks.append(BlockMark(look="c1", x=low, y=middle - 0.375, width=TICK, height=0.75))
        else:
            marks.extend(
                Rect(look=look, x=low, width=high - low, y=middle - 0.3125, height=0.625) for look in ("under", "cm")
            )
    return Drawing(marks=tuple(marks), height=height)


def chart_strip(tiers: Tiers) -> Drawing:
    """Return the strip of a row on the page: that of a list, and below it the bar for the population."""
    drawing = row_strip(tiers, 1.1)
    shown, key = tiers.shown_population, key_of(tiers)
    below = bar(limits(shown.interval if shown else None), "nat", 1.3, 0.25)
    lines = tuple(replace(mark, y2=1.5) if isinstance(mark, Line) and mark.y1 == 0 else mark for mark in drawing.marks)
    return Drawing(marks=(*lines, *(_moved(mark, "m", key) for mark in below)), height=1.5)


def _moved(mark: Mark, what: str, key: str) -> Mark:
    """Return a mark that the page's script moves, where there is a key."""
    return replace(mark, moves=(what, key)) if key and isinstance(mark, (Rect, BlockMark)) else mark


FURTHEST = 20.0
"""The largest participation ratio on a track."""


def tipping_track(lower: float, observed: tuple[float, float], shown: float) -> Drawing:
    """Return a track of participation ratios from 1 to 20, on a log scale: where a claim turns, and what is assumed.

    Filled: allowing for chance; hollow: at the observed share. Left of the filled mark the claim stands.
    """

    def at(value: float) -> float:
        return min(max(math.log(value) / math.log(FURTHEST), 0.0), 1.0) if value > 0 else 0.0

    marks: list[Mark] = [Line(look="s0", x1=0.0, x2=1.0, y1=0.5, y2=0.5)]
    turns = [("c0", value) for value in dict.fromkeys(observed)] + [("c1", lower)]
    marks += [
        BlockMark(look=look, x=at(value), y=0.2, width=0.4, height=0.6)
        for look, value in turns
        if 1 <= value <= FURTHEST
    ]
    marks.append(BlockMark(look="now", x=at(shown), y=0.0, width=0.16, height=1.0, moves=("n", "")))
    told = ((0.0, "1", "start"), (at(5.0), "5", "middle"), (1.0, "20 times", "end"))
    marks += [Text(look="ax", x=x, y=2.0, text=text, anchor=anchor) for x, text, anchor in told]
    return Drawing(marks=tuple(marks), height=2.2)


def contrast_axis(context: PageContext, by: str) -> Axis:
    """Return the axis of all comparisons of the groups of one question."""
    gaps = [one.gap for one in context.contrasts if one.by == by]
    spans = [one for gap in gaps for e in gap.members for one in (e.interval,) if one]
    spans += [gap.people.companion for gap in gaps if gap.people and gap.people.companion]
    ends = [v for one in spans for v in (one.lower, one.upper)]
    return axis_of([*ends, *(v for gap in gaps for v in gap.observed or ())])


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
        marks += label(y, name, value)
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
            marks.append(BlockMark(look="c1", x=at(first), y=1.3, width=0.625, height=0.625))
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


PITCH = 2.7
"""Height of a lane with its label, in em."""


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
    """An axis of differences: its ends and its step.

    Parameters
    ----------
    low, high, step : float
    unit : float
        Of numbers: what 1 on the axis stands for; 0: of shares, told in points.
    """

    low: float
    high: float
    step: float
    unit: float = 0.0

    def at(self, value: float) -> float:
        """Return the place of a value, held inside the axis."""
        value = value / self.unit if self.unit else value
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
            x = self.at(value * (self.unit or 1))
            found.append(Line(look="half" if zero else "g", x1=x, x2=x, y1=top, y2=bottom))
        return sorted(found, key=lambda mark: mark.look == "half")

    def labels(self, y: float, *, sparse: bool = False) -> list[Mark]:
        """Return the numbers under it; sparse: the ends and zero alone, where they have room."""
        found: list[Mark] = []
        ticks = self._ticks()
        for value in ticks:
            zero, x = abs(value) < 1e-9, self.at(value * (self.unit or 1))
            if sparse and not zero and (value not in (ticks[0], ticks[-1]) or 0 < abs(x - self.at(0.0)) < 0.22):
                continue
            anchor = "start" if x < 0.02 else "end" if x > 0.98 else "middle"
            told = signed(f"{value * self.unit:.6g}") if self.unit else points(value)
            found.append(Text(look="ax", x=x, y=y, text="0" if zero else told, anchor=anchor))
        return found

    def _ticks(self) -> list[float]:
        return [self.low + self.step * k for k in range(round((self.high - self.low) / self.step) + 1)]


def axis_of(values: Sequence[float], *, numbers: bool = False) -> Axis:
    """Return an axis that holds values and zero; of shares, or of any numbers.

    Examples
    --------
    >>> axis_of([-0.1, 0.44])
    Axis(low=-0.2, high=0.6, step=0.2, unit=0.0)
    """
    most = max(map(abs, values), default=0.0)
    unit = 10.0 ** math.ceil(math.log10(most)) if numbers and most > 0 else 0.0
    low, high, step = span_of([value / unit for value in values] if unit else values)
    return Axis(low=low, high=high, step=step, unit=unit)


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
        marks += label(top + 0.85, lane.label, lane.value)
    marks += found.labels(bottom + 1.2)
    return Drawing(marks=tuple(marks), height=bottom + 1.5, title=title, description=description)


def row_lanes(
    found: Axis, bars: Sequence[tuple[Ends | None, str, float]], value: float | None = None, key: str = ""
) -> Drawing:
    """Return the strip of a row: bars of one effect below one another, a tick at its value.

    With a key, the page's script moves the bars for the population.
    """
    step = 0.55
    height = max(1.5, step * len(bars) + 0.4)
    first = (height - step * (len(bars) - 1)) / 2
    marks: list[Mark] = found.lines(0.0, height)
    for place, (ends, look, thick) in enumerate(bars):
        if ends is not None:
            marks.append(_moved(found.bar(ends, look, first + step * place, thick), "m", key if look == "nat" else ""))
    if value is not None:
        marks.append(BlockMark(look="c1", x=found.at(value), y=first - 0.375, width=0.1, height=0.75))
    return Drawing(marks=tuple(marks), height=height)


def row_labels(found: Axis) -> Drawing:
    """Return the axis over the strips of rows."""
    return Drawing(marks=tuple(found.labels(0.9, sparse=True)), height=1.2)
