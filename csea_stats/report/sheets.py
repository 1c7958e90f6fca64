"""A figure of each question as a file of its own, with title, base, level, targets and origin in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from csea_stats.report.answer_rows import diverging, half_axis, scale_figure, scale_of
from csea_stats.report.comparisons import difference_parts
from csea_stats.report.context import LISTS, headline_of, ranked, ratio_of
from csea_stats.report.drawing import EM, Drawing, Line, Mark, Placed, Sheet, Text
from csea_stats.report.questions import item_title
from csea_stats.report.strips import MOST_CELLS, full_strip, row_strip
from csea_stats.report.target_tables import bare_count, description, lane_labels, share_text, span
from csea_stats.report.text import capital, sample_words, shown_name, stamp, workforce_name, wrapped
from csea_stats.results.numbers import base_words, number_of, ratio
from csea_stats.results.sentences import what_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.report.context import PageContext, Tiers
    from csea_stats.survey.survey import Question

WIDTH = 720
MARGIN = 24
LABELS_END, AXIS_START, AXIS_END, COUNT_END = 252, 268, 480, 586
LINE = 17.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Pieces placed one below the other, and where the next begins."""

    pieces: tuple[Placed, ...] = ()
    y: float = float(MARGIN)

    def text(self, text: str, look: str, size: float = 13.0, after: float = 0.0) -> Stack:
        """Add lines of text, as many as the width needs."""
        lines = wrapped(text, WIDTH - 2 * MARGIN, size * (1.1 if look in ("head", "tl") else 1.0))
        step = LINE * size / 13
        marks = tuple(
            Text(look=look, x=0.0, y=((index + 1) * step - 4) / EM, text=line) for index, line in enumerate(lines)
        )
        return self.piece(marks, len(lines) * step / EM, after)

    def piece(self, marks: tuple[Mark, ...], height: float, after: float = 0.0) -> Stack:
        """Add marks over the whole width; heights in em."""
        placed = Placed(marks=marks, left=float(MARGIN), right=float(WIDTH - MARGIN), top=self.y)
        return Stack(pieces=(*self.pieces, placed), y=self.y + height * EM + after)

    def add(self, pieces: Sequence[Placed], height: float) -> Stack:
        """Add pieces that are placed already; height in pixels."""
        return Stack(pieces=(*self.pieces, *pieces), y=self.y + height)


def question_sheets(context: PageContext) -> tuple[tuple[str, Sheet], ...]:
    """Return (name, sheet) of every question that has a number, and of every comparison."""
    found = []
    for question in context.survey.question:
        headline = headline_of(context, question)
        if headline is not None:
            found.append((question.id, _sheet(question, headline, context)))
    for index, one in enumerate(context.contrasts, 1):
        found.append((f"{one.gap.question}-difference-{index}", _difference(index, one.gap, context)))
    return tuple(found)


def _sheet(question: Question, headline: Tiers, context: PageContext) -> Sheet:
    title = item_title(headline, question)
    words = description(headline, context)
    strip = full_strip(headline, lane_labels(headline, context), title=title, description=words)
    stack = _opened(context).text(title, "head", 16.0, 10.0).piece(strip.marks, strip.height, 10.0)
    stack = stack.text(strip_caption(headline, context), "foot", after=14.0)
    items = context.items[question.id]
    scale = scale_of(question, items)
    if scale:
        figure = scale_figure(question, scale)
        cells = diverging(scale, title="", description="", names=True)
        stack = stack.text(figure.title, "tl", after=4.0).piece(cells.marks, cells.height, 4.0)
        stack = stack.text(figure.caption, "foot", after=14.0)
    elif len(items) > 1:
        stack = _list(stack, question, items, context)
    return _closed(stack, context, title, words)


def _list(stack: Stack, question: Question, items: Sequence[Tiers], context: PageContext) -> Stack:
    single = [tiers for tiers in items if tiers.item in question.categories] or list(items)
    if question.kind in LISTS:
        single = ranked(question, single) or single
    stack = stack.text(f"Answers, of {number_of(single[0].base, 'respondents')}", "tl", after=4.0)
    heads = ((COUNT_END, "counted"), (WIDTH - MARGIN, f"{context.level_text} interval"))
    stack = axis_piece(stack, half_axis(0.8), heads)
    for tiers in single:
        told = (COUNT_END, f"{bare_count(tiers)} ({share_text(tiers)})"), (WIDTH - MARGIN, _people(tiers))
        stack = listed(stack, shown_name(question, tiers.item), row_strip(tiers), told)
    joint = next((t.joint.interval for t in single if t.joint and t.joint.interval), None)
    key = f"Tick: counted. Bar: {context.level_text} interval for one answer, people like these, chance alone."
    if joint:
        key += f" Thin line: for all {joint.simultaneous} answers at once."
    return stack.add((), 8.0).text(key, "foot", after=14.0)


def _at(look: str, right: float, text: str, top: float) -> Placed:
    marks = (Text(look=look, x=1.0, y=0.8, text=text, anchor="end"),)
    return Placed(marks=marks, left=0.0, right=right, top=top)


def axis_piece(stack: Stack, marks: Sequence[Mark], heads: Sequence[tuple[float, str]] = ()) -> Stack:
    """Add the axis of a list, and heads that end at so many pixels."""
    texts = [_at("ax", right, text, stack.y) for right, text in heads]
    axis = Placed(marks=tuple(marks), left=AXIS_START, right=AXIS_END, top=stack.y)
    return stack.add((*texts, axis), 20.0)


def listed(stack: Stack, name: str, drawing: Drawing, told: Sequence[tuple[float, str]]) -> Stack:
    """Add a row of a list: its name, a drawing on the axis, and texts that end at so many pixels."""
    lines = wrapped(capital(name), LABELS_END - MARGIN)
    height = max(24.0, len(lines) * LINE + 7, drawing.height * EM)
    labels = tuple(Text(look="tv", x=0.0, y=(index * LINE + 16) / EM, text=line) for index, line in enumerate(lines))
    rule = (Line(look="rule", x1=0.0, x2=1.0, y1=height / EM, y2=height / EM),)
    middle = (height / EM - drawing.height) / 2
    marks = (
        replace(one, y2=height / EM) if isinstance(one, Line) else replace(one, y=one.y + middle)
        for one in drawing.marks
    )
    pieces = (
        Placed(marks=rule, left=MARGIN, right=WIDTH - MARGIN, top=stack.y),
        Placed(marks=labels, left=MARGIN, right=LABELS_END, top=stack.y),
        Placed(marks=tuple(marks), left=AXIS_START, right=AXIS_END, top=stack.y),
        *(_at("tv", right, text, stack.y + 3.2) for right, text in told),
    )
    return stack.add(pieces, height)


def _people(tiers: Tiers) -> str:
    return span(tiers.people) or "not estimated"


def _difference(index: int, gap: Tiers, context: PageContext) -> Sheet:
    drawing, title, caption = difference_parts(gap, context)
    question = context.question(gap.question)
    stack = (
        _opened(context)
        .text(f"{question.label}: {title}", "head", 16.0, 10.0)
        .piece(drawing.marks, drawing.height, 10.0)
    )
    stack = stack.text(caption, "foot", after=14.0)
    return _closed(stack, context, f"{title} ({index})", drawing.description)


def _opened(context: PageContext) -> Stack:
    """Return an empty figure, or one with the stamp of synthetic answers."""
    made = stamp(context.survey)
    return Stack().text(made, "tl", after=8.0) if made else Stack()


def _closed(stack: Stack, context: PageContext, title: str, words: str) -> Sheet:
    survey = context.survey
    foot = f"Survey “{survey.id}”, {sample_words(survey)}. csea-stats."
    stack = stack.text(foot, "foot")
    return Sheet(width=WIDTH, height=round(stack.y + MARGIN), pieces=stack.pieces, title=title, description=words)


def strip_caption(tiers: Tiers, context: PageContext) -> str:
    """Return what the strip shows: unit, base, intervals, assumption."""
    parts = []
    if isinstance(tiers.base, int):
        whole = number_of(tiers.base, "respondents")
        parts.append(
            f"One cell is one of {whole}."
            if 1 < tiers.base <= MOST_CELLS
            else "The cell is the one respondent."
            if tiers.base == 1
            else f"Dark bar: the share of {whole}, too many to draw one by one."
        )
        if tiers.counts and tiers.counts[0] != tiers.counts[1]:
            parts.append("Hatched: counts that print leaves open; intervals cover all of them.")
    else:
        parts.append(f"Print leaves several bases possible, {base_words(tiers.base)}; intervals cover all of them.")
    if tiers.people and tiers.people.interval:
        parts.append(f"Bar: {what_interval(tiers.people.interval)}, chance alone.")
    told = [ratio(ratio_of(e)) for e in tiers.population if e.interval]
    if told:
        listed = ", ".join(told[:-1]) + (" and " if len(told) > 1 else "") + told[-1]
        within = f"participation ratio within about {listed} times, assumed"
        parts.append(f"{workforce_name(context.survey)}: nested bars, {within}.")
    return " ".join(parts)
