"""Bases: nested in the group they are of, none above all respondents, subgroups within their totals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from csea_stats.auditing.checks.tables import left_over
from csea_stats.auditing.explanations import listing
from csea_stats.auditing.facts import positions
from csea_stats.auditing.findings import Finding
from csea_stats.auditing.words import amount_in_words
from csea_stats.survey.cells import cell_name

if TYPE_CHECKING:
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


Disputed = Mapping[str, frozenset[str]]
"""For each question the answers that a finding on its sums or its total touches."""


def alternatives(book: Book, question_id: str, items: tuple[str, ...], disputed: Disputed) -> tuple[int, ...]:
    """Return the counts that print allows for answers, with what the other answers leave where print disputes them.

    A count that contradicts its own table is not held against other tables too.
    """
    counts = book.counts_of(question_id, items)
    if not disputed.get(question_id, frozenset()).intersection(items):
        return counts
    members = positions(book.question(question_id), items)
    ends = [one for table in book.tables(question_id) if (one := left_over(table, members)) is not None]
    return tuple(sorted({*counts, *(end for one in ends for end in one)}))


def check_bases(book: Book, question: Question) -> list[Finding]:
    """Check the bases that one question prints against those who were asked."""
    findings = []
    limit = book.survey.respondents
    if question.base is not None and question.base > limit:
        findings.append(_above(question, question.base, "respondents of the survey", limit, (question.id,)))
    own = max(book.bases(question.id))
    for cell in question.cells:
        name = cell_name(question, cell)
        if cell.base is not None and cell.among is None and cell.base > own:
            findings.append(_above(question, cell.base, "asked the question", own, (name,)))
        findings += _named(book, question, cell)
    return findings


def check_groups(book: Book, disputed: Disputed) -> list[Finding]:
    """Compare the bases printed for a group with how many are printed to have given the answer that defines it.

    One finding for each group, whatever the number of questions that print its base.
    """
    printed: dict[Group, dict[int, list[str]]] = {}
    for question in book.survey.question:
        if question.among is not None and question.base is not None:
            printed.setdefault(question.among, {}).setdefault(question.base, []).append(f"{question.id}/base")
        for cell in question.cells:
            if cell.among is not None and cell.base is not None:
                printed.setdefault(cell.among, {}).setdefault(cell.base, []).append(cell_name(question, cell))
    return [_nested(book, group, bases, disputed) for group, bases in printed.items()]


def _nested(book: Book, group: Group, bases: dict[int, list[str]], disputed: Disputed) -> Finding:
    counts = alternatives(book, group.question, (group.item,), disputed)
    wrong = [base for base in bases if base not in counts and not (len(counts) == 2 and counts[0] < base < counts[1])]
    asked = book.question(group.question)
    cells = [cell_name(asked, cell) for cell in asked.cells if cell.items == (group.item,) and cell.among is None]
    return Finding(
        code="nested-base",
        question=group.question,
        cells=(*dict.fromkeys(cells), *dict.fromkeys(name for base in bases for name in bases[base])),
        printed=f"base {listing(bases, 'and')}; {group.item}: {listing(_short(counts))}",
        expected=f"a base of {listing(_short(counts))}",
        verdict="inconsistent" if wrong else "consistent",
        explanations=("some of the group did not answer", "one of the numbers is a slip of the pen") if wrong else (),
        consequence=BASE_USED,
        power=EXACT if len(counts) == 1 else "a base that none of the readings allows would have been caught",
        items=(group.item,),
    )


def _short(counts: tuple[int, ...]) -> list[str]:
    """Return counts as text, a run of many as its ends."""
    if len(counts) > 4:
        return [f"{counts[0]} to {counts[-1]}"]
    return [str(count) for count in counts]


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


def check_subgroups(book: Book, question: Question, disputed: Disputed) -> list[Finding]:
    """Check that no subgroup holds more of an answer than everybody does, nor leaves more to the rest than fit."""
    findings = []
    for group in groups_within(question):
        sums = dict.fromkeys(cell.items for cell in question.cells if cell.among == group and cell.unlabelled is None)
        for items in sums:
            inside = book.counts_of(question.id, items, group)
            total = alternatives(book, question.id, items, disputed)
            whole, part = max(book.bases(question.id)), max(book.bases(question.id, group))
            findings.append(_subgroup(question, group, items, (inside, part), (total, whole)))
    return findings


def _subgroup(
    question: Question,
    group: Group,
    items: tuple[str, ...],
    inside: tuple[tuple[int, ...], int],
    total: tuple[tuple[int, ...], int],
) -> Finding:
    places = positions(question, items)
    cells = [cell_name(question, one) for one in question.cells if positions(question, one.items) == places]
    rest = total[1] - inside[1]
    agree = rest >= 0 and inside[0][0] <= total[0][-1] and total[0][0] - inside[0][-1] <= rest
    left = sorted({total[0][0] - inside[0][-1], total[0][-1] - inside[0][0]})
    return Finding(
        code="subgroup-within-total",
        question=question.id,
        cells=tuple(dict.fromkeys(cells)),
        printed=(
            f"{listing(_short(inside[0]))} of {inside[1]} among {group.question} = {group.item}; "
            f"{listing(_short(total[0]))} of {total[1]} in all"
        ),
        expected=f"{listing(left, 'to')} of {rest} among the rest"
        if agree
        else f"at least as many in all as in the group, and at most {max(rest, 0)} more",
        verdict="consistent" if agree else "inconsistent",
        explanations=()
        if agree
        else ("the subgroup is not part of these respondents", "one of the numbers is a slip of the pen"),
        consequence="" if agree else "no count is given for the rest of the respondents",
        power="any count in all below the group's, or above it by more than the rest are, would have been caught",
        items=items,
    )
