"""Tables for spreadsheets: the tidy numbers as CSV, and Excel with a sheet as shown and a sheet of numbers."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
from typing import TYPE_CHECKING

from csea_stats.errors import MissingPackage
from csea_stats.publication.lettered_notes import marks
from csea_stats.publication.markup import printable
from csea_stats.publication.table_parts import RAW, FlatTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from csea_stats.publication.table_parts import Entry, TableFields

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters that a spreadsheet takes for a formula or drops."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member of a file that is an archive: the same table gives the same bytes."""


def neutral(entry: Entry) -> Entry:
    """Return an entry that no spreadsheet reads as a formula.

    Examples
    --------
    >>> neutral("=1+1"), neutral("poor"), neutral(-0.5), neutral("-")
    ("'=1+1", 'poor', -0.5, "'-")
    """
    return f"'{entry}" if isinstance(entry, str) and entry.startswith(FORMULA) else entry


def shown_data(table: TableFields) -> FlatTable:
    """Return the tidy numbers of a table, or its cells where it has none."""
    if table.data.columns:
        return table.data
    heads = tuple(column.head for column in table.columns)
    return FlatTable(
        columns=heads,
        rows=tuple(tuple(cell.text if cell.value is None else cell.value for cell in row) for row in table.rows),
    )


def to_csv(table: FlatTable) -> str:
    """Return rows as CSV: lines end with a line feed, nothing is an empty entry, no text is a formula."""
    rows = [["" if entry is None else neutral(entry) for entry in row] for row in table.rows]
    return csv_text([[neutral(name) for name in table.columns], *rows])


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    r"""Return rows as CSV whose lines end with a line feed.

    Before Python 3.13 a lone carriage return in an entry is quoted only where lines end with one.

    Examples
    --------
    >>> csv_text([["a", "b\rc"]])
    'a,"b\rc"\n'
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    lines = []
    for row in rows:
        writer.writerow(row)
        lines.append(stream.getvalue().removesuffix("\r\n"))
        stream.seek(0)
        stream.truncate()
    return "".join(f"{line}\n" for line in lines)


def to_json(table: FlatTable) -> str:
    """Return rows as a JSON list of objects; infinity is the text "inf"."""
    rows = [dict(zip(table.columns, map(_finite, row), strict=True)) for row in table.rows]
    return json.dumps(rows, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _finite(entry: Entry) -> Entry:
    return str(entry) if isinstance(entry, float) and not math.isfinite(entry) else entry


def tables_xlsx(tables: Sequence[TableFields]) -> bytes:
    """Return an Excel workbook: a sheet for each table as it is shown, then a sheet with its numbers as numbers.

    Raises
    ------
    MissingPackage
        Without openpyxl.
    """
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingPackage("openpyxl", "an Excel workbook") from error
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, table in enumerate(tables, 1):
        sheet = book.create_sheet(f"Table {number}")
        heads = [column.head + marks(column.notes) for column in table.columns]
        _append(sheet, [table.caption])
        _append(sheet, heads)
        groups = dict(table.row_groups)
        for index, row in enumerate(table.rows):
            if index in groups:
                _append(sheet, [groups[index]])
            _append(sheet, [cell.text + marks(cell.notes) for cell in row])
        for text in table.footnotes:
            _append(sheet, [text])
        data = shown_data(table)
        numbers = book.create_sheet(f"data {number}")
        _append(numbers, data.columns)
        for entries in data.rows:
            _append(numbers, entries)
    stream = io.BytesIO()
    book.properties.creator = "csea_stats"
    if any(table.raw for table in tables):
        book.properties.keywords = RAW
    book.save(stream)
    return without_times(stream.getvalue())


def _append(sheet: object, entries: Sequence[Entry]) -> None:
    """Add a row of texts and numbers; a text is never a formula."""
    sheet.append([])  # type: ignore[attr-defined]
    row = sheet._current_row  # type: ignore[attr-defined]  # noqa: SLF001 - where openpyxl appends
    for place, entry in enumerate(entries, 1):
        if entry is None or (isinstance(entry, float) and math.isnan(entry)):
            continue
        cell = sheet.cell(row=row, column=place)  # type: ignore[attr-defined]
        if isinstance(entry, str) or (isinstance(entry, float) and math.isinf(entry)):
            cell.value = printable(str(entry))
            cell.data_type = "s"
        else:
            cell.value = entry


def without_times(content: bytes) -> bytes:
    """Return an archive with the time of each member, and the times told in its properties, fixed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            body = old.read(name)
            if name == "docProps/core.xml":
                body = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", body)
            new.writestr(zipfile.ZipInfo(name, EPOCH), body, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
