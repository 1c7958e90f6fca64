"""The questions: joint charts of findings, of a battery's questions, of a list's answers; the rest is folded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.report.answer_rows import answer_table, row_axis, scale_figure, scale_of
from csea_stats.report.batteries import battery_block, shared_of
from csea_stats.report.context import LISTS, headline_of, is_open, key_of, widest_split
from csea_stats.report.drawing import fluid_svg
from csea_stats.report.notes import check_note, check_reference, ended, noted, tipping_note
from csea_stats.report.opening import list_words, split_words
from csea_stats.report.strips import chart_strip
from csea_stats.report.target_tables import asked, chance_words, claim_of, count_text, span, target_table
from csea_stats.report.text import (
    PEOPLE,
    THESE,
    assumed_words,
    capital,
    group_label,
    kind_words,
    quoted_name,
    shown_name,
    workforce_name,
)
from csea_stats.report.views import AnswerTable, Block, BlockPart, Chart, ChartRow, NoteView
from csea_stats.results.numbers import base_words, number_of
from csea_stats.results.sentences import citation
from csea_stats.tabulation.naming import group_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from csea_stats.report.batteries import Shared
    from csea_stats.report.context import PageContext, Tiers
    from csea_stats.results.values import Base, Verdict
    from csea_stats.survey.survey import Battery, Question, Survey


def question_charts(context: PageContext) -> tuple[Chart, ...]:
    """Return the charts: questions of one answer each in print's order, then batteries, then lists.

    Batteries of which several questions have the same numbers are told as one.
    """
    shared = shared_of(context)
    told = {battery.id for found in shared for battery in found.batteries}
    taken = {name for found in shared for name in found.questions}
    batteries = []
    for battery in context.survey.battery:
        if battery.id not in told:
            split = () if taken & set(battery.questions) else widest_split(battery, context)
            taken.update(battery.questions if split else ())
            batteries.append(_battery_chart(battery, split, context))
    left = [question for question in context.survey.question if question.id not in taken]
    rows = tuple(_row(q, headline_of(context, q), context) for q in left if not _is_list(q, context))
    first = Chart(
        anchor="one-answer",
        title="One finding of each question",
        rows=rows,
        heads=_heads(context),
        axis=row_axis(),
        note=_note(context) + chance_words(_judged(left, context)),
    )
    return (
        *([first] if rows else []),
        *batteries,
        *(_shared_chart(found, context) for found in shared),
        *(_list_chart(question, context) for question in left if _is_list(question, context)),
    )


def _judged(questions: Iterable[Question], context: PageContext) -> Iterator[Verdict | None]:
    """Yield the verdicts of a chart's rows on people like these."""
    for question in questions:
        tiers = None if _is_list(question, context) else headline_of(context, question)
        if tiers is not None and tiers.people is not None and claim_of(tiers):
            yield tiers.people.verdict


def _is_list(question: Question, context: PageContext) -> bool:
    return question.kind in LISTS and len(context.items[question.id]) > 1


def _battery_chart(battery: Battery, rows: tuple[Tiers, ...], context: PageContext) -> Chart:
    """Return a row for each question of a battery, all with the same answer, the largest share first.

    Of one whose questions have no answer in common that print settles only what is printed of them together is told.
    """
    named = {tiers.question: tiers for tiers in rows}
    order = [*named, *(name for name in battery.questions if name not in named)] if rows else []
    questions = [context.question(name) for name in order]
    block = battery_block((battery,), context)
    return Chart(
        anchor=block.anchor,
        title=battery.label,
        lede=split_words(rows, context) if rows else block.lede,
        references=block.references,
        lines=block.lines,
        rows=tuple(_row(q, named.get(q.id) or headline_of(context, q), context) for q in questions),
        heads=_heads(context),
        axis=row_axis(),
        block=_bare(block) if block.parts else None,
        folded="What print tells of them together, notes",
    )


def _bare(block: Block) -> Block:
    """Return a block without what its chart says in the open."""
    return replace(block, lede="", lines=(), references=())


def _shared_chart(found: Shared, context: PageContext) -> Chart:
    """Return what print allows of each answer, alike for all questions of a battery or of several."""
    block = battery_block(found.batteries, context, found)
    (part,) = block.parts
    return Chart(
        anchor=block.anchor,
        title=block.label,
        lede=block.lede,
        references=block.references,
        answers=part.answers,
        block=replace(block, lede="", references=(), parts=(replace(part, answers=None),)),
        folded="What is printed, notes, a sentence to cite",
        others=block.others,
    )


def _list_chart(question: Question, context: PageContext) -> Chart:
    """Return the answers of a list in one table of strips, the one named most often first."""
    items = context.items[question.id]
    notes = noted(items, context, question)
    table = answer_table(question, items, context, notes.marks)
    block = _block(question, context)
    return Chart(
        anchor=f"q-{question.id}",
        title=question.label,
        lede=list_words(question, context),
        references=block.references,
        answers=_under(table, notes.foot) if table else None,
        block=_bare(block),
        folded="How it was asked, notes, a sentence to cite",
    )


def _heads(context: PageContext) -> tuple[str, ...]:
    shown = next((t.shown_population for items in context.items.values() for t in items if t.shown_population), None)
    last = (workforce_name(context.survey), assumed_words(shown)) if shown else ()
    return (THESE, f"{PEOPLE}, {context.level_text}", *last)


def _note(context: PageContext) -> str:
    open_counts = " Hatched: counts that print leaves open." if context.survey.sample is None else ""
    return (
        f"Tick: counted. Upper bar: {context.level_text} interval, people like these, chance alone. Lower bar: "
        f"{workforce_name(context.survey).lower()}, as assumed.{open_counts} A verdict is "
        "given where the share is above half: more than half of them? Open a row for all that is known of it."
    )


def _row(question: Question, tiers: Tiers | None, context: PageContext) -> ChartRow:
    marks = ", ".join(n.mark for n in context.findings(question.id))
    block = _block(question, context)
    if tiers is None:
        told, printed = averages_words(question), context.survey.sample is None
        bare = f"{'As printed' if printed else 'Counted'}, without an interval" if told else _no_number(context)
        return ChartRow(
            anchor=block.anchor, label=question.label, item=told, marks=marks, block=block, bare=bare.rstrip(".")
        )
    shown = tiers.shown_population
    return ChartRow(
        anchor=block.anchor,
        label=question.label,
        item=capital(shown_name(question, tiers.item)),
        marks=marks,
        svg=fluid_svg(chart_strip(tiers), look="strip row"),
        counted=count_text(tiers),
        people=span(tiers.people) or "not estimated",
        judged=asked(tiers, tiers.people),
        population=span(shown),
        population_judged=asked(tiers, shown),
        key=key_of(tiers),
        block=block,
    )


def averages_words(question: Question, survey: Survey | None = None) -> str:
    """Return the means and medians of a question as they are told: "Mean 3.42, sd 2.10 (Table 6).".

    Of everybody; with the survey also those of groups, each with its group's name.
    """
    told = []
    for one in question.averages:
        if one.among is not None and survey is None:
            continue
        parts = [f"{name} {value}" for name in ("mean", "sd", "median") if (value := getattr(one, name)) is not None]
        parts += [f"quartiles {' and '.join(one.quartiles)}"] if one.quartiles else []
        who = f"{group_in_words(one.among, survey)}: " if one.among is not None and survey is not None else ""
        base = f", {number_of(one.base, 'respondents')}" if who and isinstance(one.base, int) else ""
        about = "about " if survey is not None and survey.sample is not None and one.note else ""
        told.append(f"{capital(who + about + ', '.join(parts))}{base} ({one.where}).")
    return " ".join(told)


def _block(question: Question, context: PageContext) -> Block:
    """Return what is folded of a question: how it was asked, each target, all answers, notes, a sentence to cite."""
    headline = headline_of(context, question)
    items = context.items[question.id]
    return Block(
        anchor=f"q-{question.id}",
        kicker=kicker(question, context, items),
        label=question.label,
        asked=question.asked or "",
        references=tuple(check_reference(n) for n in context.findings(question.id)),
        lede=averages_words(question, context.survey) or (_no_number(context) if headline is None else ""),
        parts=_untold(question, context) if headline is None else (_part(question, headline, context),),
    )


def _no_number(context: PageContext) -> str:
    return "Print gives no number for this question." if context.survey.sample is None else "Nobody answered it."


def _remark(question: Question) -> tuple[NoteView, ...]:
    if not question.note:
        return ()
    return (NoteView(kind="remark", heading="On this question", paragraphs=(ended(question.note),)),)


def _untold(question: Question, context: PageContext) -> tuple[BlockPart, ...]:
    checks = tuple(check_note(n) for n in context.findings(question.id))
    notes = (*checks, *_remark(question))
    return (BlockPart(notes=notes),) if notes else ()


def _part(question: Question, headline: Tiers, context: PageContext) -> BlockPart:
    items = context.items[question.id]
    notes = noted(items, context, question)
    checks = tuple(note for _, note in notes.checks)
    tipping = tipping_note(headline, context)
    scale = scale_of(question, items)
    listed = _is_list(question, context)
    answers = answer_table(question, items, context, notes.marks) if len(items) > 1 and not listed else None
    caption = f"{item_title(headline, question)}, {count_text(headline)}"
    return BlockPart(
        notes=(*((tipping,) if tipping else ()), *checks, *_remark(question), *notes.caveats),
        figures=(scale_figure(question, scale),) if scale else (),
        targets=None if is_open(headline) and answers else target_table(headline, context, caption=caption),
        answers=_under(answers, notes.foot) if answers else None,
        sentences=(citation(headline.members),),
        foot="" if answers or listed else notes.foot,
    )


def _under(table: AnswerTable, foot: str) -> AnswerTable:
    """Return a table with what is said of its intervals in the line under it."""
    return replace(table, key=f"{table.key} {foot}".strip())


def kicker(question: Question, context: PageContext, items: tuple[Tiers, ...]) -> str:
    """Return kind, base and place of a question in one line."""
    survey = context.survey
    base: Base = items[0].base if items else context.audit.base(question.id)
    if question.among is not None:
        who = f"{number_of(base, 'respondents')}: {group_label(question.among, survey)}"
    elif survey.people is None:
        who = number_of(base, "respondents")
    elif base == survey.people:
        who = f"all {number_of(base, 'respondents')}" if base != 1 else number_of(base, "respondents")
    else:
        who = f"{base_words(base)} of {number_of(survey.people, 'respondents')}"
    cells = tuple(dict.fromkeys(cell.where for cell in question.cells))
    where = ", ".join(cells[:4]) or question.where or ""
    return " · ".join(part for part in (kind_words(question), who, where) if part)


def item_title(tiers: Tiers, question: Question) -> str:
    """Return an item with its question: "Public awareness: “poor”"."""
    return f"{question.label}: {quoted_name(question, tiers.item)}"
