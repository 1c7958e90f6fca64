"""All answers of a question: a table whose rows are strips, and the cells of an ordered scale."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.report.diverging import Scale, diverging, shade
from csea_stats.report.drawing import Drawing, Text, fluid_svg
from csea_stats.report.strips import MOST_CELLS, row_strip
from csea_stats.report.target_tables import bare_count, bound, share_text, span
from csea_stats.report.tiers import ratio_of
from csea_stats.report.views import AnswerRow, AnswerTable, Figure, Shade
from csea_stats.report.wording import capital, joined, shown_name, workforce_name
from csea_stats.results.numbers import base_words, integer, number_of, ratio
from csea_stats.results.sentences import method_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from csea_stats.report.context import Context
    from csea_stats.report.tiers import Tiers
    from csea_stats.report.views import Reference
    from csea_stats.survey.survey import Question

LISTS = frozenset({"pick", "multiple", "open-coded"})
"""Kinds whose rows are ordered by count; a scale and a single choice keep their own order."""

MOST_UNSETTLED = 0.3
"""Share of respondents without a settled answer above which the cells of a scale are not drawn."""


def row_axis() -> Markup:
    """Return the axis in the head of a table of strips."""
    told = ((0.0, "0", "start"), (0.5, "half", "middle"), (1.0, "100%", "end"))
    marks = tuple(Text(look="ax", x=x, y=1.05, text=text, anchor=anchor) for x, text, anchor in told)
    return fluid_svg(Drawing(marks=marks, height=1.4), look="strip row")


def answer_table(
    question: Question,
    items: Sequence[Tiers],
    context: Context,
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
        single.sort(key=lambda tiers: -(tiers.observed or (0.0, 0.0))[1])
    shown = next((t.shown_population for t in items if t.shown_population), None)
    head = f"{workforce_name(context.survey)}, if about {ratio(ratio_of(shown))} times, assumed" if shown else ""
    names = names or {tiers.item: shown_name(question, tiers.item) for tiers in items}
    companion = next((t.people.companion for t in items if t.people and t.people.companion), None)
    several = any(t.observed and t.observed[0] != t.observed[1] for t in items)
    key = "Tick: counted." + (" Hatched: counts that print leaves open." if several else "")
    key += f" Bar: {context.level_text} interval for one answer, people like these."
    number = next((t.joint.interval.simultaneous for t in items if t.joint and t.joint.interval), 0)
    if number:
        silent = ", those without one too," if question.kind not in LISTS and number > len(question.categories) else ""
        key += f" Thin line: {context.level_text} for all {len(question.categories) if silent else number} answers"
        key += f"{silent} at once; only this backs a comparison."
    ranked = next((t.ranks.interval.simultaneous for t in items if t.ranks and t.ranks.interval), 0)
    if ranked:
        key += (
            f" Rank: {context.level_text} confidence for all {ranked} answers at once, people like these; 1 named most."
        )
    return AnswerTable(
        caption=f"{question.label}: {_shown_words(question, items)}, of {base_words(items[0].base)}",
        rows=_collapsed([_row(tiers, names[tiers.item], marks) for tiers in single]),
        sums=_collapsed([_row(tiers, names[tiers.item], marks) for tiers in sums]),
        axis=row_axis(),
        population=head,
        key=key,
        companion=method_words(companion.method) if companion else "",
        narrow=f"{workforce_name(context.survey)}, {ratio(ratio_of(shown))} times" if shown else "",
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
        svg=fluid_svg(row_strip(tiers), look="strip row"),
        count=bare_count(tiers),
        share=f"({share_text(tiers)})" if tiers.counts else "",
        people=span(tiers.people) or "not estimated",
        companion=bound(tiers.people),
        population=span(shown),
        bound=bound(shown),
        ranks=_ranks(tiers),
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
    if question.headline is None:
        return total // 2
    named = (question.headline,) if isinstance(question.headline, str) else question.headline
    places = [question.categories.index(name) for name in named if name in question.categories]
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
