"""What a command prints as rows, and three ways to write them: plain text, CSV for a spreadsheet, JSON."""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import TYPE_CHECKING

from csea_stats.errors import InputError, in_short
from csea_stats.publication.spreadsheets import to_csv, to_json
from csea_stats.publication.table_parts import FlatTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import DataclassInstance

    from csea_stats.auditing.audit import Audit
    from csea_stats.survey.survey import Survey

WIDEST = 48
"""Characters of a column in plain text; a longer entry is broken into lines."""


def to_text(table: FlatTable) -> str:
    """Return a table as plain text in columns; entries are broken at words, control characters are spaces.

    Examples
    --------
    >>> print(to_text(FlatTable(columns=("item", "count"), rows=(("poor", 35), ("fair", 10)))))
    item  count
    ----  -----
    poor     35
    fair     10
    <BLANKLINE>
    """
    from csea_stats.report.text import text_columns

    numeric = [
        all(isinstance(row[k], (int, float, type(None))) for row in table.rows) for k in range(len(table.columns))
    ]
    grid = [table.columns, *[tuple("" if entry is None else str(entry) for entry in row) for row in table.rows]]
    return text_columns(grid, numeric, WIDEST)


WRITERS = {"table": to_text, "csv": to_csv, "json": to_json}


def write_table(table: FlatTable, form: str) -> str:
    """Return a table as "table" (plain text), "csv" or "json".

    Raises
    ------
    InputError
        For another form.
    """
    if form not in WRITERS:
        message = f"format: found {in_short(form)}; allowed is one of {', '.join(WRITERS)}"
        raise InputError(message)
    return WRITERS[form](table)


def rows_table(kind: type[DataclassInstance], rows: Iterable[DataclassInstance]) -> FlatTable:
    """Return flat rows as a table, a column per field of their kind."""
    return FlatTable(columns=tuple(field.name for field in fields(kind)), rows=tuple(map(astuple, rows)))


TERMINAL = ("id", "verdict", "question", "code", "printed", "expected")
"""Columns of the audit that a terminal has room for."""


def audit_lines(audit: Audit) -> FlatTable:
    """Return a row per finding with the columns that a terminal has room for."""
    whole = audit_table(audit)
    places = [whole.columns.index(name) for name in TERMINAL]
    return FlatTable(columns=TERMINAL, rows=tuple(tuple(row[place] for place in places) for row in whole.rows))


def audit_table(audit: Audit) -> FlatTable:
    """Return a row per finding, in the audit's order; the ids are the marks on the page."""
    from csea_stats.auditing.audit import COLUMNS

    return FlatTable(columns=COLUMNS, rows=tuple(tuple(row[name] for name in COLUMNS) for row in audit.rows()))


def survey_table(survey: Survey) -> FlatTable:
    """Return a row per printed cell: question, item, base, percent, count, where, status, note."""
    from csea_stats.survey.printed_rows import COLUMNS as NAMES
    from csea_stats.survey.survey import rows

    return FlatTable(columns=NAMES, rows=tuple(tuple(getattr(row, name) for name in NAMES) for row in rows(survey)))
