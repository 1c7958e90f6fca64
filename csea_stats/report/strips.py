"""The strip: one item for three targets. Counted cells, an estimated bar, nested bars under an assumption.

Positions are those of the axis from 0 to 100 %. Where print leaves several counts open, the cells in doubt are
hatched and no notch is drawn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.report.drawing import Block, Drawing, Line, Mark, Rect, Text
from csea_stats.report.tiers import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.report.tiers import Tiers

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


def bar(ends: tuple[float, float] | None, look: str, centre: float, height: float) -> list[Mark]:
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
    marks += nested(_population(tiers), 3.75, 0.625)
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
        marks.append(Text(look="tl", x=0.0, y=y, text=name))
        marks.append(Text(look="tv", x=1.0, y=y, text=value, anchor="end"))
    return Drawing(marks=tuple(marks), height=bottom + 1.5, title=title, description=description)


def row_strip(tiers: Tiers, height: float = 1.5) -> Drawing:
    """Return the strip of a row in a list: thin line for all items at once, bar for this one, tick for the count."""
    middle = height / 2
    marks: list[Mark] = grid(0.0, height)
    marks += bar(limits(tiers.joint.interval) if tiers.joint else None, "joint", middle, 0.125)
    marks += bar(limits(tiers.people.interval) if tiers.people else None, "work", middle, 0.375)
    if tiers.observed is not None:
        low, high = tiers.observed
        if low == high:
            marks.append(Block(look="c1", x=low, y=middle - 0.375, width=TICK, height=0.75))
        else:
            marks.extend(
                Rect(look=look, x=low, width=high - low, y=middle - 0.3125, height=0.625) for look in ("under", "cm")
            )
    return Drawing(marks=tuple(marks), height=height)
