"""Bases: nested in the group they are of, none above all respondents, subgroups within their totals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from csea_stats.auditing.checks.table_checks import left_over
from csea_stats.auditing.explanations import counts_in, listing
from csea_stats.auditing.facts import positions, united
from csea_stats.auditing.findings import Finding
from csea_stats.auditing.number_words import amount_in_words
from csea_stats.survey.survey import cell_name, groups_within

if TYPE_CHECKING:
    from csea_stats.auditing.constraints import Ranges
    from csea_stats.auditing.printed_tables import Book
    from csea_stats.survey.survey import Cell, Group, Question

BASE_USED = "the base printed with the numbers is used"

EXACT = "any other number would have been caught"


def printed_bases(book: Book) -> tuple[int, ...]:
    """Return every base that the survey prints, in print order."""
    bases = [book.survey.respondents]
    for question in book.survey.question:
        bases += [question.base] if question.base is not None else []
        bases += [cell.base for cell in question.cells if cell.base is not None]
    return tuple(dict.fromkeys(base for base in bases if base > 0))


Disputed = Mapping[str, frozenset[str]]
"""For each question the answers that findings on its own tables touch."""


def alternatives(book: Book, question_id: str, items: tuple[str, ...], disputed: Disputed) -> Ranges:
    """Return the counts that print allows for answers; where print disputes them, all that it says, or leaves for them.

    A count that contradicts its own table is not held against other tables too.
    """
    counts = book.counts_of(question_id, items)
    listed = len(counts) != 2 or all(table.listed for table in book.tables(question_id))
    windows = [(count, count) for count in counts] if listed else [(counts[0], counts[-1])]
    if disputed.get(question_id, frozenset()).intersection(items):
        members = positions(book.question(question_id), items)
        for table in book.tables(question_id):
            windows += [one for fact in table.facts if fact.members == members for one in fact.ranges]
            rest = left_over(table, members)
            windows += [] if rest is None else [rest]
    return united(windows)


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
    wrong = [base for base in bases if not any(low <= base <= high for low, high in counts)]
    asked = book.question(group.question)
    cells = [cell_name(asked, cell) for cell in asked.cells if cell.items == (group.item,) and cell.among is None]
    return Finding(
        code="nested-base",
        question=group.question,
        cells=(*dict.fromkeys(cells), *dict.fromkeys(name for base in bases for name in bases[base])),
        printed=f"base {listing(bases, 'and')}; {group.item}: {counts_in(counts)}",
        expected=f"a base of {counts_in(counts)}",
        verdict="inconsistent" if wrong else "consistent",
        explanations=("some of the group did not answer", "one of the numbers is a slip of the pen") if wrong else (),
        consequence=BASE_USED,
        power=EXACT
        if counts[0][0] == counts[-1][1]
        else "a base that none of the readings allows would have been caught",
        items=(group.item,),
    )


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
            inside = united((count, count) for count in book.counts_of(question.id, items, group))
            total = alternatives(book, question.id, items, disputed)
            whole, part = max(book.bases(question.id)), max(book.bases(question.id, group))
            findings.append(_subgroup(question, group, items, (inside, part), (total, whole)))
    return findings


def _subgroup(
    question: Question,
    group: Group,
    items: tuple[str, ...],
    inside: tuple[Ranges, int],
    total: tuple[Ranges, int],
) -> Finding:
    places = positions(question, items)
    cells = [cell_name(question, one) for one in question.cells if positions(question, one.items) == places]
    rest = total[1] - inside[1]
    (least_in, most_in), (least, most) = ((one[0][0][0], one[0][-1][1]) for one in (inside, total))
    agree = rest >= 0 and least_in <= most and least - most_in <= rest
    left = sorted({max(least - most_in, 0), min(most - least_in, rest)})
    return Finding(
        code="subgroup-within-total",
        question=question.id,
        cells=tuple(dict.fromkeys(cells)),
        printed=(
            f"{counts_in(inside[0])} of {inside[1]} among {group.question} = {group.item}; "
            f"{counts_in(total[0])} of {total[1]} in all"
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
