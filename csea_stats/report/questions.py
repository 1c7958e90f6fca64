"""A block for each question: what was asked of whom, the figure, the tables, sentences to cite, and the notes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.report.answer_rows import answer_table, scale_figure, scale_of
from csea_stats.report.batteries import battery_block, shared_of
from csea_stats.report.context import headline_of, is_open, ratio_of
from csea_stats.report.drawing import fluid_svg
from csea_stats.report.notes import check_note, check_reference, ended, noted, tipping_note
from csea_stats.report.opening import headline_items
from csea_stats.report.strips import MOST_CELLS, full_strip
from csea_stats.report.target_tables import claim_of, count_text, description, lane_labels, span, target_table
from csea_stats.report.text import (
    assumed_words,
    capital,
    group_label,
    kind_words,
    shown_name,
    the_workforce,
    workforce_name,
)
from csea_stats.report.views import AnswerTable, Block, BlockPart, Figure, Note
from csea_stats.results.numbers import base_words, number_of, ratio
from csea_stats.results.sentences import citation, counted, what_interval

if TYPE_CHECKING:
    from csea_stats.report.context import PageContext, Tiers
    from csea_stats.results.values import Base
    from csea_stats.survey.survey import Question

ELSEWHERE = "Their intervals and probabilities are in estimates.csv."


def question_blocks(context: PageContext) -> tuple[Block, ...]:
    """Return a block per question, in print's order; a battery's values stand before its first question.

    A battery whose questions have the same numbers is one block.
    """
    leading = frozenset(question.id for question, _ in headline_items(context))
    shared = {name: found for found in shared_of(context, leading) for name in found.questions}
    blocks: list[Block] = []
    told: set[str] = set()
    for question in context.survey.question:
        found = shared.get(question.id)
        if found:
            if found.batteries[0].id not in told:
                told.update(battery.id for battery in found.batteries)
                blocks.append(battery_block(found.batteries, context, found))
            continue
        for battery in context.survey.battery:
            if battery.cells and question.id in battery.questions and battery.id not in told:
                told.add(battery.id)
                blocks.append(battery_block((battery,), context))
        blocks.append(_block(question, context, leads=question.id in leading))
    return tuple(blocks)


def _block(question: Question, context: PageContext, *, leads: bool) -> Block:
    headline = headline_of(context, question)
    items = context.items[question.id]
    if headline is None:
        lede, parts = "Print gives no number for this question.", _untold(question, context)
    else:
        lede, parts = lede_of(headline, context), _parts(question, headline, context, leads=leads)
    return Block(
        anchor=f"q-{question.id}",
        kicker=kicker(question, context, items),
        label=question.label,
        asked=question.asked or "",
        references=tuple(check_reference(n) for n in context.findings(question.id)),
        lede=lede,
        parts=parts,
    )


def _remark(question: Question) -> tuple[Note, ...]:
    if not question.note:
        return ()
    return (Note(kind="remark", heading="On this question", paragraphs=(ended(question.note),)),)


def _untold(question: Question, context: PageContext) -> tuple[BlockPart, ...]:
    checks = tuple(check_note(n) for n in context.findings(question.id))
    notes = (*checks, *_remark(question))
    return (BlockPart(notes=notes),) if notes else ()


def _parts(question: Question, headline: Tiers, context: PageContext, *, leads: bool) -> tuple[BlockPart, ...]:
    """Return the leading item's strip, then all answers; the answers alone where print leaves the item wide open.

    A finding that opens the page has a table for every target too; others have what it would tell in their figure.
    """
    items = context.items[question.id]
    notes = noted(items, context, question)
    checks = tuple(note for _, note in notes.checks)
    answers = answer_table(question, items, context, notes.marks) if len(items) > 1 or not leads else None
    told = (citation(headline.members),)
    if is_open(headline) and answers:
        return (BlockPart(notes=(*checks, *_remark(question), *notes.caveats), answers=_under(answers, notes.foot)),)
    tipping = tipping_note(headline, context)
    before = (tipping,) if tipping else ()
    scale = scale_of(question, items)
    strip = strip_figure(headline, question, context)
    figures = (scale_figure(question, scale),) if scale else ()
    if answers and not leads:
        return (
            BlockPart(
                notes=(*before, *checks, *_remark(question), *notes.caveats),
                figures=(replace(strip, caption=f"{strip.caption} {ELSEWHERE}"), *figures),
                answers=_under(answers, notes.foot),
                sentences=told,
            ),
        )
    near = tuple(
        note for n, note in notes.checks if not answers or not n.finding.items or headline.item in n.finding.items
    )
    far = tuple(note for note in checks if note not in near)
    first = BlockPart(
        notes=(*before, *near, *_remark(question), *(() if answers else notes.caveats)),
        figures=(strip,),
        targets=target_table(headline, context, caption=f"{item_title(headline, question)}, {count_text(headline)}"),
        sentences=() if answers else told,
        foot="" if answers else notes.foot,
    )
    if not answers:
        return (first,)
    rest = (*far, *notes.caveats)
    return first, BlockPart(notes=rest, figures=figures, answers=_under(answers, notes.foot), sentences=told)


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
    return f"{question.label}: “{shown_name(question, tiers.item)}”"


def lede_of(tiers: Tiers, context: PageContext) -> str:
    """Return the block's first lines: the count, then what follows for the others, and what does not."""
    text = f"{capital(counted(tiers.first))}. "
    claim = claim_of(tiers)
    shown = tiers.shown_population
    workforce = the_workforce(context.survey)
    if not claim:
        if tiers.people and tiers.people.interval:
            text += f"Among people like these {span(tiers.people)}, allowing for chance alone"
            if shown and shown.interval:
                text += f"; in {workforce} {span(shown)}, {assumed_words(shown)}"
            text += "."
        return text
    if tiers.people and tiers.people.verdict:
        text += f"{claim} of people like these: {tiers.people.verdict.word}. "
    if shown and shown.verdict:
        text += f"{claim} of {workforce}: {shown.verdict.word}. "
    return text.strip()


def strip_figure(tiers: Tiers, question: Question, context: PageContext) -> Figure:
    """Return the full strip of an item, with a caption that carries base, level and targets."""
    title = item_title(tiers, question)
    drawing = full_strip(
        tiers, lane_labels(tiers, context), title=f"{title}, for each target", description=description(tiers, context)
    )
    return Figure(
        title=title,
        svg=fluid_svg(drawing, name=f"strip-{tiers.question}", look="strip full"),
        caption=strip_caption(tiers, context),
    )


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
