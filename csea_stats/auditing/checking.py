"""Every check, in print order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.auditing.checks.bases import check_bases, check_groups, check_subgroups, groups_within, printed_bases
from csea_stats.auditing.checks.batteries import check_battery
from csea_stats.auditing.checks.dates import check_dates
from csea_stats.auditing.checks.lists import check_length, check_lists
from csea_stats.auditing.checks.numbers import check_numbers
from csea_stats.auditing.checks.statements import check_statements
from csea_stats.auditing.checks.summaries import summarise, summarise_battery
from csea_stats.auditing.checks.tables import check_table, left_over
from csea_stats.auditing.explanations import listing
from csea_stats.auditing.facts import positions, unlabelled_of

if TYPE_CHECKING:
    from csea_stats.auditing.book import Book
    from csea_stats.auditing.findings import Finding
    from csea_stats.auditing.readings import Readings
    from csea_stats.survey.survey import Question

NARROW = 2
"""What other answers leave is told where it spans no more counts than these."""


def find(book: Book) -> tuple[Finding, ...]:
    """Run every check over the tables of a survey.

    Parameters
    ----------
    book : Book

    Returns
    -------
    tuple of Finding
        A question's findings together, in print order; then those on several questions, on batteries, on numbers that
        are no answers and on dates.
    """
    bases = printed_bases(book)
    survey = book.survey
    own = {question.id: _tables(book, question, bases) for question in survey.question}
    disputed = {
        name: frozenset(item for finding in found if finding.verdict == "inconsistent" for item in finding.items)
        for name, found in own.items()
    }
    lists, groups = check_lists(book), check_groups(book, disputed)
    findings: list[Finding] = []
    for question in survey.question:
        found = [*check_bases(book, question), *own[question.id]]
        found += check_subgroups(book, question, disputed)
        found += [one for one in (*groups, *lists) if one.question == question.id]
        found += check_length(question)
        tables = [book.tables(question.id, group)[0] for group in (None, *groups_within(question))]
        findings += [*found, *summarise(question, tables, found)]
    for battery in survey.battery:
        findings += check_battery(book, battery, bases)
        findings += summarise_battery(battery)
    findings += check_numbers(survey)
    findings += check_dates(survey)
    return tuple(replace(finding, id=f"A{number}") for number, finding in enumerate(findings, 1))


def _tables(book: Book, question: Question, bases: tuple[int, ...]) -> list[Finding]:
    """Check a question's own table, and those of its subgroups, each by itself."""
    found = []
    for group in (None, *groups_within(question)):
        table = book.tables(question.id, group)[0]
        cells = [cell for cell in question.cells if cell.among == group]
        unlabelled = unlabelled_of(question, cells, table.base)
        statements = check_statements(question, table.facts, unlabelled, table.base, bases)
        found += [finding if unlabelled else _with_rest(question, table, finding) for finding in statements]
        found += check_table(question, table, unlabelled)
    return found


def _with_rest(question: Question, table: Readings, finding: Finding) -> Finding:
    """Add to a contradiction what the other answers leave for the answer it is about, where that is narrow."""
    if finding.verdict != "inconsistent" or not (table.one_answer and table.complete):
        return finding
    ends = left_over(table, positions(question, finding.items))
    if ends is None or ends[1] - ends[0] > NARROW:
        return finding
    left = f"the other answers leave {listing(dict.fromkeys(ends), 'to')} of {table.base}"
    return replace(finding, explanations=(left, *finding.explanations))
