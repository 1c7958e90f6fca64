"""All answers of an ordered scale as cells that part at the estimand's split, not at a "neutral" middle."""

from __future__ import annotations

from dataclasses import dataclass

from csea_stats.report.drawing import LABEL, Drawing, Line, Mark, Rect, Text
from csea_stats.report.lettering import text_width
from csea_stats.report.strips import MOST_CELLS

NARROWEST = 272.0
"""Pixels of the narrowest page that a figure is laid out for; a label that would not fit there is left to the table."""

WIDE = 640.0
"""Pixels of a figure of its own."""

SHADES = 5
"""Looks of the ramp, dark to light."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One question's answers on its scale.

    Parameters
    ----------
    names : tuple of str
        From low to high.
    counts : tuple of int
        Respondents who gave each answer in every reading of print.
    unclear : int
        Respondents whose answer print does not settle.
    split : int
        How many of the lowest answers stand left of the line.
    left, right : str
        What the two sides are.
    """

    names: tuple[str, ...]
    counts: tuple[int, ...]
    unclear: int
    split: int
    left: str
    right: str


def shade(index: int, total: int) -> int:
    """Return the look of an answer: the ramp spread over the scale, the lowest darkest.

    Examples
    --------
    >>> [shade(k, 5) for k in range(5)], [shade(k, 3) for k in range(3)], [shade(k, 7) for k in range(7)]
    ([0, 1, 2, 3, 4], [0, 2, 4], [0, 0, 1, 2, 2, 3, 4])
    """
    return 0 if total < 2 else int(index * (SHADES - 1) / (total - 1) + (0.5 if total <= SHADES else 0.0001))


def diverging(scale: Scale, *, title: str, description: str, names: bool = False) -> Drawing:
    """Return the cells of a scale, low answers left of the split and high ones right of it.

    Every respondent has the same width. Those whose answer print does not settle stand apart, dashed.

    Parameters
    ----------
    scale : Scale
    title, description : str
    names : bool, default False
        Whether a figure of its own needs the answers' names in it: there is room for them, and no legend beside it.
    """
    room = WIDE if names else NARROWEST
    lower, upper = scale.counts[: scale.split], scale.counts[scale.split :]
    apart = scale.unclear + (1.5 if scale.unclear else 0.0)
    width = max(sum(lower) + sum(upper) + apart, 1.0)
    zero = sum(lower) / width
    marks: list[Mark] = _sides(scale, 1.0 - apart / width, room)
    many = sum(scale.counts) + scale.unclear > MOST_CELLS
    x, labels = 0.0, []
    for index, count in enumerate(scale.counts):
        tone = shade(index, len(scale.counts))
        if count:
            marks.append(Rect(look=f"o{tone}", x=x, width=count / width, y=1.8, height=1.0))
            marks += _cuts(f"so{tone}", x, 1 / width, 0 if many else count)
            if x:
                marks.append(Line(look="gap", x1=x, x2=x, y1=1.8, y2=2.8))
            labels.append((x + count / width / 2, count, scale.names[index]))
        x += count / width
    if scale.unclear:
        at = 1.0 - scale.unclear / width
        marks.append(Rect(look="cmiss", x=at, width=scale.unclear / width, y=1.8, height=1.0))
        marks += _cuts("so3", at, 1 / width, 0 if many else scale.unclear)
        labels.append((at + scale.unclear / width / 2, scale.unclear, "not settled"))
    marks.append(Line(look="half", x1=zero, x2=zero, y1=1.2, y2=3.1))
    marks += _counts(labels, room, names=names)
    return Drawing(marks=tuple(marks), height=4.4, title=title, description=description)


def _cuts(look: str, start: float, pitch: float, count: int) -> list[Mark]:
    """Return the lines between the cells of a segment."""
    places = [start + cell * pitch for cell in range(1, count)]
    return [Line(look=look, x1=x, x2=x, y1=1.8, y2=2.8) for x in places]


def _sides(scale: Scale, end: float, room: float) -> list[Mark]:
    """Return the words above the two ends: both sides, else the first answer and the last, else none."""
    for left, right in ((scale.left, scale.right), (scale.names[0], scale.names[-1])):
        if text_width(left) + text_width(right) + 16 <= end * room:
            told = ((left, 0.0, "start"), (right, end, "end"))
            return [Text(look="ax", x=x, y=0.85, text=text, anchor=anchor) for text, x, anchor in told if text]
    return []


def _counts(labels: list[tuple[float, int, str]], room: float, *, names: bool) -> list[Mark]:
    """Return the labels under the segments: the count, with its name if asked for, or none where they would collide.

    Counts find their places first, those of the largest segments before the others; then names, where there is room.
    """
    placed: dict[int, tuple[float, float, Text]] = {}
    order = sorted(range(len(labels)), key=lambda k: -labels[k][1])
    for with_name in (False, True)[: 1 + names]:
        for k in order:
            x, count, name = labels[k]
            text = f"{name} {count}" if with_name else str(count)
            half = text_width(text, LABEL * 16) / 2 / room
            centre = min(max(x, half), 1 - half)
            ends = (centre - half - 0.01, centre + half + 0.01)
            others = [value for index, value in placed.items() if index != k]
            known = k in placed or not with_name
            if known and abs(centre - x) <= 0.03 and all(ends[1] <= o[0] or ends[0] >= o[1] for o in others):
                placed[k] = (*ends, _label(x, centre, text))
    return [label for _, _, label in placed.values()]


def _label(x: float, centre: float, text: str) -> Text:
    """Return a label, held inside the figure at its ends."""
    if centre > x:
        return Text(look="tv", x=0.0, y=3.75, text=text)
    if centre < x:
        return Text(look="tv", x=1.0, y=3.75, text=text, anchor="end")
    return Text(look="tv", x=x, y=3.75, text=text, anchor="middle")
