"""All answers of a question: a table whose rows are strips, and the cells of an ordered scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from csea_stats.report.context import LISTS, key_of, ranked
from csea_stats.report.drawing import LABEL, Drawing, Line, Mark, Rect, Text, fluid_svg
from csea_stats.report.strips import MOST_CELLS, chart_strip
from csea_stats.report.target_tables import bare_count, bound, share_text, span
from csea_stats.report.text import assumed_words, capital, joined, shown_name, text_width, workforce_name
from csea_stats.report.views import AnswerRow, AnswerTable, Figure, Shade
from csea_stats.results.numbers import base_words, integer, number_of
from csea_stats.results.sentences import method_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from csea_stats.report.context import PageContext, Tiers
    from csea_stats.report.views import Reference
    from csea_stats.survey.survey import Question

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


MOST_UNSETTLED = 0.3
"""Share of respondents without a settled answer above which the cells of a scale are not drawn."""


def half_axis(y: float) -> tuple[Text, ...]:
    """Return the labels of a short axis of shares, their baseline at y."""
    told = ((0.0, "0", "start"), (0.5, "half", "middle"), (1.0, "100%", "end"))
    return tuple(Text(look="ax", x=x, y=y, text=text, anchor=anchor) for x, text, anchor in told)


def row_axis() -> Markup:
    """Return the axis in the head of a table of strips."""
    return fluid_svg(Drawing(marks=half_axis(1.05), height=1.4), look="strip row")


def answer_table(
    question: Question,
    items: Sequence[Tiers],
    context: PageContext,
    marks: dict[str, tuple[Reference, ...]],
    *,
    names: dict[str, str] | None = None,
) -> AnswerTable | None:
    """Return the table of all answers, under their own names or those given; None where there is none to tell."""
    if not items:
        return None
    single = [tiers for tiers in items if tiers.item in question.categories]
    sums = [tiers for tiers in items if tiers.item not in question.categories]
    if question.kind in LISTS:
        single = ranked(question, single)
    shown = next((t.shown_population for t in items if t.shown_population), None)
    names = names or {tiers.item: shown_name(question, tiers.item) for tiers in items}
    companion = next((t.people.companion for t in items if t.people and t.people.companion), None)
    several = any(t.observed and t.observed[0] != t.observed[1] for t in items)
    key = "Tick: counted." + (" Hatched: counts that print leaves open." if several else "")
    key += f" Bar: {context.level_text} interval for one answer, people like these."
    number = next((t.joint.interval.simultaneous for t in items if t.joint and t.joint.interval), 0)
    if number:
        silent = (
            ", those without a line included"
            if question.kind not in LISTS and number > len(question.categories)
            else ""
        )
        key += (
            f" Thin line: {context.level_text} for all {len(question.categories) if silent else number} answers at once"
        )
        key += f"{silent}; only this backs a comparison."
    ranking = next((t.ranks.interval.simultaneous for t in items if t.ranks and t.ranks.interval), 0)
    if ranking:
        key += f" Rank: {context.level_text} confidence for all {ranking} answers at once, people like these; "
        key += "1 named most."
    return AnswerTable(
        caption=f"{question.label}: {_shown_words(question, items)}, of {base_words(items[0].base)}",
        rows=_collapsed([_row(tiers, names[tiers.item], marks) for tiers in single]),
        sums=_collapsed([_row(tiers, names[tiers.item], marks) for tiers in sums]),
        axis=row_axis(),
        population=workforce_name(context.survey) if shown else "",
        assumed=assumed_words(shown) if shown else "",
        key=key,
        companion=method_words(companion.method) if companion else "",
        narrow=workforce_name(context.survey) if shown else "",
    )


def _shown_words(question: Question, items: Sequence[Tiers]) -> str:
    """Return which answers a table holds: all, or those that print shows."""
    if len(items) == 1 and len(question.categories) > 1:
        return "the one answer that print shows"
    return "the answers that print shows" if question.partial else "all answers"


def _row(tiers: Tiers, name: str, marks: dict[str, tuple[Reference, ...]]) -> AnswerRow:
    shown = tiers.shown_population
    return AnswerRow(
        names=(name,),
        references=marks.get(tiers.item, ()),
        svg=fluid_svg(chart_strip(tiers), look="strip row"),
        count=bare_count(tiers),
        share=f"({share_text(tiers)})" if tiers.counts else "",
        people=span(tiers.people) or "not estimated",
        companion=bound(tiers.people),
        population=span(shown),
        bound=bound(shown),
        ranks=_ranks(tiers),
        key=key_of(tiers),
    )


def _ranks(tiers: Tiers) -> str:
    """Return the ranks that an answer can have, all answers at once."""
    found = tiers.ranks.interval if tiers.ranks else None
    if found is None:
        return ""
    return f"{found.lower:.0f}" if found.lower == found.upper else f"{found.lower:.0f} to {found.upper:.0f}"


def _collapsed(rows: Sequence[AnswerRow]) -> tuple[AnswerRow, ...]:
    """Join neighbours of which print tells the same, such as answers whose values have no labels."""
    found: list[AnswerRow] = []
    for row in rows:
        last = found[-1] if found else None
        if last and replace(last, names=()) == replace(row, names=()) and _open(row):
            found[-1] = replace(last, names=(*last.names, *row.names))
        else:
            found.append(row)
    return tuple(found)


def _open(row: AnswerRow) -> bool:
    """Whether a row's counts are a wide set, as where labels are not published."""
    return " to " in row.count


def split_of(question: Question) -> int:
    """Return how many of the lowest answers stand left of the line: the headline's cut, else the lower half."""
    total = len(question.categories)
    places = [question.categories.index(name) for name in question.leading if name in question.categories]
    if not places:
        return total // 2
    low, high = min(places), max(places)
    return high + 1 if low + high < total else low


def scale_of(question: Question, items: Sequence[Tiers]) -> Scale | None:
    """Return the cells of an ordered question; None where print settles too few of its answers."""
    single = {tiers.item: tiers for tiers in items}
    if question.kind != "ordinal" or len(question.categories) < 3:
        return None
    if any(name not in single for name in question.categories):
        return None
    base = single[question.categories[0]].base
    counts = tuple((single[name].counts or (0, 0))[0] for name in question.categories)
    if not isinstance(base, int) or not base or sum(counts) > base:
        return None
    unclear = base - sum(counts)
    if unclear > MOST_UNSETTLED * base:
        return None
    split = split_of(question)
    lower, upper = question.categories[:split], question.categories[split:]
    return Scale(
        names=question.categories,
        counts=counts,
        unclear=unclear,
        split=split,
        left=joined(lower) if lower else "",
        right=joined(upper) if upper else "",
    )


def scale_words(scale: Scale) -> str:
    """Return a scale's counts in words."""
    told = ", ".join(f"{name} {integer(count)}" for name, count in zip(scale.names, scale.counts, strict=True))
    return f"{capital(told)}" + (f"; not settled by print {integer(scale.unclear)}" if scale.unclear else "") + "."


def scale_figure(question: Question, scale: Scale) -> Figure:
    """Return the figure of an ordered scale, with its legend."""
    base = sum(scale.counts) + scale.unclear
    unit = "One cell is one respondent" if base <= MOST_CELLS else "Bars as long as the number of respondents"
    split = ""
    if 0 < scale.split < len(scale.names):
        split = f" The line parts “{scale.names[scale.split - 1]}” from “{scale.names[scale.split]}”."
    legend = [Shade(look=f"o{shade(index, len(scale.names))}", text=name) for index, name in enumerate(scale.names)]
    if scale.unclear:
        legend.append(Shade(look="cmiss", text="not settled by print"))
    title = f"{question.label}: all answers"
    drawing = diverging(scale, title=f"{title}, of {number_of(base, 'respondents')}", description=scale_words(scale))
    return Figure(
        title=title,
        svg=fluid_svg(drawing, name=f"scale-{question.id}", look="strip ord"),
        caption=f"{capital(number_of(base, 'respondents'))} only: counts, no interval. {unit}; the stronger the shade, "
        f"the lower the answer.{split}",
        legend=tuple(legend),
    )
