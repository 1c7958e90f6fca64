"""Lists of which respondents choose several: how many each chose, and how many answers there were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.auditing.findings import Finding
from csea_stats.results.numbers import number_of
from csea_stats.survey.survey import cell_name

if TYPE_CHECKING:
    from csea_stats.auditing.printed_tables import Book
    from csea_stats.survey.survey import Question

SIBLINGS = 2
"""How many lists of a survey must keep a number of choices exactly before it is taken for the rule."""

FEWEST_ANSWERS = 4
"""A list of fewer answers is too short to recognise a rule by its total."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list whose every shown answer has one count, and what those sum to."""

    question: Question
    base: int
    total: int


def check_lists(book: Book) -> list[Finding]:
    """Recognise lists in which every respondent chose equally many, and report a list that misses it by one.

    A total that is a multiple of the base happens by chance in one of as many lists as the base has members, so one
    such list is a hint; two or more that agree are taken for a rule.
    """
    found = [one for question in book.survey.question if (one := _listed(book, question)) is not None]
    exact = Counter(one.total // one.base for one in found if one.total % one.base == 0 and one.total)
    findings = []
    for one in found:
        k, over = divmod(one.total, one.base)
        near = k if over <= one.base // 2 else k + 1
        others = exact[near] - (over == 0)
        if over == 0 and k and others >= SIBLINGS - 1:
            findings.append(_rule(one, k, others, kept=True))
        elif abs(one.total - near * one.base) == 1 and exact[near] >= SIBLINGS:
            findings.append(_rule(one, near, exact[near], kept=False))
    return findings


def _listed(book: Book, question: Question) -> Listed | None:
    """Return a list that can be totalled; None for other questions, and where counts are open."""
    if question.kind not in ("multiple", "pick") or question.chosen is not None or question.one_answer:
        return None
    tables = book.tables(question.id)
    if len(tables) != 1 or len(question.categories) < FEWEST_ANSWERS:
        return None
    table = tables[0]
    if not all(part.told for part in table.parts):
        return None
    total = table.counts_of(tuple(range(table.size)))
    return Listed(question, table.base, total[0]) if len(total) == 1 and table.base else None


def _cells(question: Question) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cell_name(question, cell) for cell in question.cells if cell.among is None))


def _rule(one: Listed, k: int, others: int, *, kept: bool) -> Finding:
    """Report a list that keeps, or misses by one, the number of choices that other lists keep."""
    due, as_in = k * one.base, f"as in {number_of(others, 'other lists')}"
    return Finding(
        code="pick-total",
        question=one.question.id,
        cells=_cells(one.question),
        printed=f"the counts sum to {one.total}; base {one.base}",
        expected=f"{k} x {one.base}: each respondent seems to have named exactly {k}, {as_in}"
        if kept
        else f"{k} x {one.base} = {due}, if each respondent named {k}, {as_in}",
        verdict="consistent" if kept else "inconsistent",
        explanations=("the rule is not printed; it is recognised from the totals",)
        if kept
        else (
            "the rule is not printed: this list may have allowed another number of answers",
            f"one count is off by {abs(one.total - due)}",
            "one respondent named one more or one fewer",
        ),
        consequence=f"naming one answer leaves less room for another: a low share means not among the {k} named"
        if kept
        else "the printed counts are kept",
        power="a change of any one count would have been caught; "
        f"a total meets the rule by chance in one of {one.base} lists",
        items=one.question.categories,
    )


def check_length(question: Question) -> list[Finding]:
    """Compare the number of answers that print shows with the number that it says were offered."""
    if question.list_length is None:
        return []
    shown = len(question.categories)
    rest = question.list_length - shown
    offered, in_full = number_of(question.list_length, "answers"), rest > 0 and not question.partial
    return [
        Finding(
            code="list-length",
            question=question.id,
            cells=_cells(question)[:1] or (f"{question.id}/list_length",),
            printed=f"{number_of(shown, 'answers')} shown; {question.list_length} offered",
            expected=f"{offered}, as the list is shown in full" if in_full else f"at most {offered}",
            verdict="inconsistent" if rest < 0 or in_full else "consistent",
            explanations=(f"answers that nobody gave may be left out: {rest}",)
            if rest > 0
            else ("one answer may be shown as several, or the number offered is a slip of the pen",) * (rest < 0),
            consequence=f"nothing is said about answers that are not shown: {rest}" if rest > 0 else "",
            power=f"more than {offered} would have been caught",
        )
    ]
