"""Batteries whose questions print tells the same of: one block for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from csea_stats.report.answer_rows import answer_table
from csea_stats.report.context import headline_of
from csea_stats.report.notes import check_note, check_reference, ended, merged_notes, noted
from csea_stats.report.text import capital, in_words, listed, shown_name
from csea_stats.report.views import Block, BlockPart, NoteView
from csea_stats.results.numbers import base_words, interval_words, number_of, points_range, small
from csea_stats.results.sentences import citation, what_interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csea_stats.report.context import PageContext, Tiers
    from csea_stats.results.estimate import Estimate
    from csea_stats.results.estimates import Estimates
    from csea_stats.survey.survey import Battery


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Questions told together, and each distinct set of numbers with the questions that it holds for.

    Parameters
    ----------
    batteries : tuple of Battery
        Those that have a question in common.
    questions : tuple of str
    items : tuple of pairs
        The estimates of one question, and every question of which they are the same.
    """

    batteries: tuple[Battery, ...]
    questions: tuple[str, ...]
    items: tuple[tuple[Tiers, tuple[str, ...]], ...]


def shared_of(context: PageContext) -> tuple[Shared, ...]:
    """Return the batteries of which several questions have the same numbers."""
    found = []
    for batteries in _joined(context):
        questions = tuple(dict.fromkeys(name for battery in batteries for name in battery.questions))
        told = [tuple(_numbers(tiers) for tiers in context.items[name]) for name in questions]
        if all(told) and len(set(told)) < len(told):
            found.append(Shared(batteries=batteries, questions=questions, items=_items(questions, context)))
    return tuple(found)


def _joined(context: PageContext) -> tuple[tuple[Battery, ...], ...]:
    """Return batteries in groups that have questions in common."""
    groups: list[tuple[Battery, ...]] = []
    for battery in [battery for battery in context.survey.battery if battery.cells]:
        near = [group for group in groups if any(set(b.questions) & set(battery.questions) for b in group)]
        groups = [group for group in groups if group not in near]
        groups.append((*(b for group in near for b in group), battery))
    return tuple(groups)


def _numbers(tiers: Tiers) -> tuple[object, ...]:
    """Return everything that the page tells of an item, so that equal tuples are equal rows."""
    told = tuple((e.counts, e.base, e.bounds, e.value, e.interval, e.companion, e.caveats) for e in tiers.every)
    return tiers.item, tiers.estimand, told


def _items(questions: tuple[str, ...], context: PageContext) -> tuple[tuple[Tiers, tuple[str, ...]], ...]:
    groups: dict[tuple[object, ...], list[Tiers]] = {}
    for name in questions:
        for tiers in context.items[name]:
            groups.setdefault(_numbers(tiers), []).append(tiers)
    return tuple((found[0], tuple(tiers.question for tiers in found)) for found in groups.values())


def _labels(shared: Shared, names: tuple[str, ...], context: PageContext) -> str:
    """Return the questions that numbers hold for: their labels, or "each of the eight questions"."""
    if names == shared.questions:
        return f"each of the {in_words(len(names))} questions"
    labels = [context.question(name).label for name in names]
    return "; ".join((labels[0], *map(small, labels[1:])))


def shared_sentences(shared: Shared, context: PageContext) -> tuple[str, ...]:
    """Return a sentence to cite for each distinct set of numbers, naming the questions that it holds for."""
    return tuple(text for pair in shared.items for text in _sentences(*pair, context))


def _sentences(tiers: Tiers, names: tuple[str, ...], context: PageContext) -> tuple[str, ...]:
    label = context.question(tiers.question).label
    if all(e.label and label in e.label for e in tiers.members):
        every = "; ".join(context.question(name).label for name in names)
        members = tuple(replace(e, label=(e.label or "").replace(label, every)) for e in tiers.members)
        return (citation(members),)
    same = [t for name in names for t in context.items[name] if t.item == tiers.item]
    return tuple(citation(t.members) for t in same)


def lines_of(battery: Battery) -> tuple[str, ...]:
    """Return what is printed of a battery, and that print does not say whose it is."""
    lines = []
    for cell in battery.cells:
        answers = " or ".join(f"“{item}”" for item in cell.items)
        if cell.unlabelled:
            values, every = ", ".join(cell.unlabelled), listed([f"“{item}”" for item in cell.items])
            lines.append(
                f"{cell.where} prints {number_of(len(cell.unlabelled), 'percentages')}, labels not published: "
                f"{values}. "
                f"They belong to the answers {every}."
            )
        if cell.range:
            low, high = cell.range
            lines.append(f"{cell.where}: {low} to {high}% answered {answers}, from the lowest question to the highest.")
        if cell.note:
            lines.append(ended(cell.note))
    return tuple(lines)


def _differences(battery: Battery, estimates: Estimates) -> Iterator[str]:
    """Yield a line for each difference between any two of a battery's questions."""
    found: dict[str | None, list[Estimate]] = {}
    for estimate in estimates:
        if estimate.question == battery.id:
            found.setdefault(estimate.item, []).append(estimate)
    for item, members in found.items():
        answers = " or ".join(f"“{answer}”" for answer in (item or "").partition(":")[0].split(" + "))
        bounds, number = members[0].bounds, len(battery.questions)
        which = "the two" if number == 2 else f"any two of the {in_words(number)}"
        sampled = next((e.interval for e in members if e.interval), None)
        if bounds and sampled:
            yield (
                f"{battery.label}: {which} questions differ in {answers} by "
                f"{points_range(*bounds)} among these respondents; {interval_words(sampled, 'difference')} among "
                f"people like these ({what_interval(sampled)}, whatever the overlap)."
            )


def battery_block(batteries: tuple[Battery, ...], context: PageContext, shared: Shared | None = None) -> Block:
    """Return the block of a battery: the printed values, and the shared numbers where its questions have the same."""
    names = {question.id: question.label for question in context.survey.question}
    questions = tuple(dict.fromkeys(name for battery in batteries for name in battery.questions))
    count = in_words(len(questions))
    ids = {battery.id for battery in batteries} | (set(questions) if shared else set())
    findings = tuple(n for name in sorted(ids) for n in context.findings(name))
    checks = merged_notes(tuple(check_note(n) for n in findings))
    where = ", ".join(dict.fromkeys(c.where for battery in batteries for c in battery.cells))
    lede = f"{capital(count)} questions: {'; '.join(small(names.get(name, name)) for name in questions)}."
    parts: tuple[BlockPart, ...] = (BlockPart(notes=checks),) if checks else ()
    if shared:
        lede += " Print tells the same of them, or does not say which number belongs to which."
        told = _part(shared, context)
        parts = (replace(told, notes=(*checks, *told.notes)),)
    return Block(
        anchor=f"b-{batteries[0].id}",
        others=(
            *(f"b-{battery.id}" for battery in batteries[1:]),
            *((f"q-{name}" for name in questions) if shared else ()),
        ),
        kicker=f"{capital(count)} questions told together{f' · {where}' if where else ''}",
        label=batteries[0].label,
        lede=lede,
        references=tuple(check_reference(n) for n in findings) if len(findings) == 1 else (),
        lines=tuple(
            line for battery in batteries for line in (*lines_of(battery), *_differences(battery, context.estimates))
        ),
        parts=parts,
    )


def _part(shared: Shared, context: PageContext) -> BlockPart:
    """Return the one table of the questions, its notes and a sentence for each of their leading answers."""
    question = context.question(shared.items[0][0].question)
    leading = [t for name in shared.questions if (t := headline_of(context, context.question(name)))]
    items = tuple(tiers for tiers, _ in shared.items)
    notes = noted(items, context, question, checks=False)
    names = {
        tiers.item: f"{shown_name(question, tiers.item)} ({_labels(shared, held, context)})"
        if held != shared.questions
        else shown_name(question, tiers.item)
        for tiers, held in shared.items
    }
    table = answer_table(question, items, context, notes.marks, names=names)
    if table:
        label = shared.batteries[0].label
        caption = f"{label}: {_labels(shared, shared.questions, context)}, of {base_words(items[0].base)}"
        table = replace(table, caption=caption, key=f"{table.key} {notes.foot}".strip())
    first = next(pair for pair in shared.items if any(pair[0].item == t.item for t in leading))
    remarks = tuple(dict.fromkeys(q.note for q in map(context.question, shared.questions) if q.note))
    remark = (
        (NoteView(kind="remark", heading="On these questions", paragraphs=tuple(map(ended, remarks))),)
        if remarks
        else ()
    )
    return BlockPart(
        notes=(*remark, *notes.caveats),
        answers=table,
        sentences=_sentences(*first, context)[:1],
        foot="" if table else notes.foot,
    )
