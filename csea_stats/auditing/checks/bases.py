"""Bases: nested in the group they are of, none above all respondents, subgroups within their totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.auditing.explanations import listing
from csea_stats.auditing.facts import positions
from csea_stats.auditing.findings import Finding
from csea_stats.auditing.words import amount_in_words
from csea_stats.survey.cells import cell_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.auditing.book import Book
    from csea_stats.survey.format import Cell, Group, Question

BASE_USED = "the base printed with the numbers is used"
EXACT = "any other number would have been caught"


def groups_within(question: Question) -> tuple[Group, ...]:
    """Return the subgroups that a question's cells speak of, in print order."""
    return tuple(dict.fromkeys(cell.among for cell in question.cells if cell.among is not None))


def printed_bases(book: Book) -> tuple[int, ...]:
    """Return every base that the survey prints, in print order."""
    bases = [book.survey.respondents]
    for question in book.survey.question:
        bases += [question.base] if question.base is not None else []
        bases += [cell.base for cell in question.cells if cell.base is not None]
    return tuple(dict.fromkeys(base for base in bases if base > 0))


def check_bases(book: Book, question: Question) -> list[Finding]:
    """Check every base that one question prints."""
    findings = []
    limit = book.survey.respondents
    if question.base is not None:
        if question.among is not None:
            findings += _nested(book, question, question.base, question.among, question.where or question.label)
        if question.base > limit:
            findings.append(_above(question, question.base, "respondents of the survey", limit, (question.id,)))
    own = max(book.bases(question.id))
    for cell in question.cells:
        name = cell_name(question, cell)
        if cell.base is not None and cell.among is not None:
            findings += _nested(book, question, cell.base, cell.among, name)
        elif cell.base is not None and cell.base > own:
            findings.append(_above(question, cell.base, "asked the question", own, (name,)))
        findings += _named(book, question, cell)
    return findings


def _nested(book: Book, question: Question, base: int, group: Group, where: str) -> list[Finding]:
    """Compare a printed base with how many are printed to have given the answer that defines it."""
    counts = book.counts_of(group.question, (group.item,))
    if base in counts or counts[0] < base < counts[-1]:
        return []
    cells = [
        cell_name(asked, cell)
        for asked in (book.question(group.question),)
        for cell in asked.cells
        if cell.items == (group.item,) and cell.among is None
    ]
    return [
        Finding(
            code="nested-base",
            question=question.id,
            cells=(where, *dict.fromkeys(cells)),
            printed=f"base {base}; {group.question} = {group.item}: {listing(counts)}",
            expected=f"a base of {listing(counts)}",
            verdict="inconsistent",
            explanations=("some of the group did not answer", "one of the numbers is a slip of the pen"),
            consequence=BASE_USED,
            power=EXACT,
        )
    ]


def _above(question: Question, base: int, words: str, limit: int, cells: tuple[str, ...]) -> Finding:
    return Finding(
        code="base-above-respondents",
        question=question.id,
        cells=cells,
        printed=f"base {base}; {limit} {words}",
        expected=f"a base of at most {limit}",
        verdict="inconsistent",
        explanations=("the base counts answers, not respondents", "one of the numbers is a slip of the pen"),
        consequence=BASE_USED,
        power=f"any base above {limit} would have been caught",
    )


def _named(book: Book, question: Question, cell: Cell) -> list[Finding]:
    """Compare a base named in words ("all seven") with the cell's own."""
    of = amount_in_words(cell.words).of if cell.words else None
    if of is None or cell.among is None:
        return []
    bases = book.bases(question.id, cell.among)
    if of in bases:
        return []
    return [
        Finding(
            code="number-in-words",
            question=question.id,
            cells=(cell_name(question, cell),),
            printed=f'"{cell.words}"; base {listing(bases)}',
            expected=f"a base of {of}",
            verdict="inconsistent",
            explanations=("one of the numbers is a slip of the pen",),
            consequence=BASE_USED,
            power=EXACT,
            items=cell.items,
        )
    ]


def check_subgroups(book: Book, question: Question) -> list[Finding]:
    """Check that no subgroup holds more of an answer than everybody does, nor leaves more to the rest than fit."""
    findings = []
    for group in groups_within(question):
        sums = dict.fromkeys(cell.items for cell in question.cells if cell.among == group and cell.unlabelled is None)
        for items in sums:
            inside, total = book.counts_of(question.id, items, group), book.counts_of(question.id, items)
            whole, part = max(book.bases(question.id)), max(book.bases(question.id, group))
            room = whole - part
            if inside[0] <= total[-1] and total[0] - inside[-1] <= room and room >= 0:
                continue
            findings.append(_subgroup(question, group, items, (inside, part), (total, whole)))
    return findings


def _subgroup(
    question: Question,
    group: Group,
    items: tuple[str, ...],
    inside: tuple[Sequence[int], int],
    total: tuple[Sequence[int], int],
) -> Finding:
    places = positions(question, items)
    cells = [cell_name(question, one) for one in question.cells if positions(question, one.items) == places]
    rest = total[1] - inside[1]
    return Finding(
        code="subgroup-within-total",
        question=question.id,
        cells=tuple(dict.fromkeys(cells)),
        printed=(
            f"{listing(inside[0])} of {inside[1]} among {group.question} = {group.item}; "
            f"{listing(total[0])} of {total[1]} in all"
        ),
        expected=f"at least as many in all as in the group, and at most {max(rest, 0)} more",
        verdict="inconsistent",
        explanations=("the subgroup is not part of these respondents", "one of the numbers is a slip of the pen"),
        consequence="no count is given for the rest of the respondents",
        power="any count in all below the group's, or above it by more than the rest are, would have been caught",
        items=items,
    )
