"""Tables as values, and three ways to write them: plain text, CSV for a spreadsheet, JSON.

A text cell that a spreadsheet would read as a formula is written to CSV with an apostrophe before it; numbers stay
numbers.
"""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING

from csea_stats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed import DataclassInstance

    from csea_stats.auditing.audit import Audit
    from csea_stats.results.estimates import Estimates
    from csea_stats.survey.survey import Survey

Entry = str | int | float | bool | None

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that a spreadsheet takes for a formula or drops."""

WIDEST = 48
"""Characters of a column in plain text; a longer entry is broken into lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under named columns.

    Parameters
    ----------
    columns : tuple of str
    rows : tuple of tuple
        Each as long as ``columns``; text, numbers or None.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Entry, ...], ...]

    def __post_init__(self) -> None:
        for index, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                message = f"row {index}: found {len(row)} entries; allowed is {len(self.columns)}, one per column"
                raise InputError(message)


def neutral(entry: Entry) -> Entry:
    """Return an entry that no spreadsheet reads as a formula.

    Examples
    --------
    >>> neutral("=1+1"), neutral("poor"), neutral(-0.5), neutral("-")
    ("'=1+1", 'poor', -0.5, "'-")
    """
    return f"'{entry}" if isinstance(entry, str) and entry.startswith(FORMULA) else entry


def to_csv(table: Table) -> str:
    """Return a table as CSV: lines end with a line feed, nothing is an empty entry."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([["" if entry is None else neutral(entry) for entry in row] for row in table.rows])
    return stream.getvalue()


def to_json(table: Table) -> str:
    """Return a table as a JSON list of objects; infinity is the text "inf"."""
    rows = [dict(zip(table.columns, map(_finite, row), strict=True)) for row in table.rows]
    return json.dumps(rows, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _finite(entry: Entry) -> Entry:
    return str(entry) if isinstance(entry, float) and not math.isfinite(entry) else entry


def to_text(table: Table) -> str:
    """Return a table as plain text in columns; entries are broken at words, control characters are spaces.

    Examples
    --------
    >>> print(to_text(Table(columns=("item", "count"), rows=(("poor", 35), ("fair", 10)))))
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


def write_table(table: Table, form: str) -> str:
    """Return a table as "table" (plain text), "csv" or "json".

    Raises
    ------
    InputError
        For another form.
    """
    if form not in WRITERS:
        message = f"format: found {form!r}; allowed is one of {', '.join(WRITERS)}"
        raise InputError(message)
    return WRITERS[form](table)


def rows_table(kind: type[DataclassInstance], rows: Iterable[DataclassInstance]) -> Table:
    """Return flat rows as a table, a column per field of their kind."""
    return Table(columns=tuple(field.name for field in fields(kind)), rows=tuple(map(astuple, rows)))


def estimates_table(estimates: Estimates) -> Table:
    """Return a row per estimate, as `Estimates.to_frame`."""
    from csea_stats.results.estimate_frames import COLUMNS, part_rows

    return Table(columns=COLUMNS["estimates"], rows=tuple(part_rows(estimates)))


TERMINAL = ("id", "verdict", "question", "code", "printed", "expected")
"""Columns of the audit that a terminal has room for."""


def audit_lines(audit: Audit) -> Table:
    """Return a row per finding with the columns that a terminal has room for."""
    whole = audit_table(audit)
    places = [whole.columns.index(name) for name in TERMINAL]
    return Table(columns=TERMINAL, rows=tuple(tuple(row[place] for place in places) for row in whole.rows))


def audit_table(audit: Audit) -> Table:
    """Return a row per finding, in the audit's order; the ids are the marks on the page."""
    from csea_stats.auditing.audit import COLUMNS

    return Table(columns=COLUMNS, rows=tuple(tuple(row[name] for name in COLUMNS) for row in audit.rows()))


def survey_table(survey: Survey) -> Table:
    """Return a row per printed cell: question, item, base, percent, count, where, status, note."""
    from csea_stats.survey.printed_rows import COLUMNS as NAMES
    from csea_stats.survey.survey import rows

    return Table(columns=NAMES, rows=tuple(tuple(getattr(row, name) for name in NAMES) for row in rows(survey)))
