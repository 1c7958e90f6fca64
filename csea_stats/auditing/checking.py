"""Every check, in print order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csea_stats.auditing.checks.bases import check_bases, check_subgroups, groups_within, printed_bases
from csea_stats.auditing.checks.batteries import check_battery
from csea_stats.auditing.checks.dates import check_dates
from csea_stats.auditing.checks.lists import check_length, check_lists
from csea_stats.auditing.checks.numbers import check_numbers
from csea_stats.auditing.checks.statements import check_statements
from csea_stats.auditing.checks.summaries import summarise, summarise_battery
from csea_stats.auditing.checks.tables import check_table
from csea_stats.auditing.facts import unlabelled_of

if TYPE_CHECKING:
    from csea_stats.auditing.book import Book
    from csea_stats.auditing.findings import Finding
    from csea_stats.survey.format import Question


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
    lists = check_lists(book)
    findings: list[Finding] = []
    for question in book.survey.question:
        findings += _question(book, question, bases, [one for one in lists if one.question == question.id])
    for battery in book.survey.battery:
        findings += check_battery(book, battery, bases)
        findings += summarise_battery(battery)
    findings += check_numbers(book.survey)
    findings += check_dates(book.survey)
    return tuple(replace(finding, id=f"A{number}") for number, finding in enumerate(findings, 1))


def _question(book: Book, question: Question, bases: tuple[int, ...], lists: list[Finding]) -> list[Finding]:
    found = check_bases(book, question)
    tables = []
    for group in (None, *groups_within(question)):
        table = book.tables(question.id, group)[0]
        tables.append(table)
        cells = [cell for cell in question.cells if cell.among == group]
        unlabelled = unlabelled_of(question, cells, table.base)
        found += check_statements(question, table.facts, unlabelled, table.base, bases)
        found += check_table(question, table, unlabelled=bool(unlabelled))
    found += check_subgroups(book, question)
    found += [*lists, *check_length(question)]
    return [*found, *summarise(question, tables, found)]
