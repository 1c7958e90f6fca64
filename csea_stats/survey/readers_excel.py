"""Excel workbooks, through openpyxl, an optional package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from csea_stats.errors import AnswersError, MissingPackage
from csea_stats.survey.readers import IN_SHEET, RawTable, cut, header_problems, plain_value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def read_workbook(name: str, path: Path, sheet: str | None) -> RawTable:
    """Read a sheet; formulas give the values that were saved with them.

    Parameters
    ----------
    name : str
        For messages.
    path : Path
    sheet : str or None
        None: the only sheet that holds something.

    Raises
    ------
    MissingPackage
        If openpyxl is not installed.
    AnswersError
        If the sheet is no table, or a cell holds an error such as #N/A.
    """
    try:
        from openpyxl import load_workbook
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError:
        raise MissingPackage("openpyxl", "Reading an Excel file") from None
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError) as error:
        raise AnswersError(name, [f"this is no Excel workbook: {error}"]) from None
    try:
        return _table(name, *_rows(name, book, sheet))
    finally:
        book.close()


def _rows(name: str, book: Any, sheet: str | None) -> tuple[list[list[object]], list[str]]:
    """Return the cells of the one sheet that is meant, and what is wrong with single cells."""
    names = list(book.sheetnames)
    if sheet is not None and sheet not in names:
        raise AnswersError(name, [f"there is no sheet {sheet!r}; there is: {', '.join(map(repr, names))}"])
    read = {
        one: _cells(book[one]) for one in ([sheet] if sheet is not None else names) if hasattr(book[one], "iter_rows")
    }
    filled = [one for one, (rows, _) in read.items() if rows]
    if len(filled) > 1:
        listed = ", ".join(map(repr, filled))
        raise AnswersError(name, [f"the sheets {listed} all hold something; say which is meant: sheet={filled[0]!r}"])
    if not filled:
        raise AnswersError(name, ["no sheet holds anything; needed is a header and a row per respondent"])
    return read[filled[0]]


def _cells(sheet: Any) -> tuple[list[list[object]], list[str]]:
    rows: list[list[object]] = []
    problems: list[str] = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        values = [cell.value for cell in row]
        problems += [
            f"row {number}, column {place}: found the error {cell.value!r} that Excel put there; allowed is a value"
            for place, cell in enumerate(row, 1)
            if getattr(cell, "data_type", "") == "e"
        ]
        rows.append(values)
    while rows and all(value is None for value in rows[-1]):
        rows.pop()
    return rows, problems


def _table(name: str, rows: Sequence[list[object]], problems: list[str]) -> RawTable:
    texts = [(plain_value(value) or "").strip() for value in rows[0]]
    width = len(texts) - next((place for place, text in enumerate(reversed(texts)) if text), len(texts))
    header = texts[:width]
    if not header:
        raise AnswersError(name, ["row 1: found no header; needed is a name for each column"])
    problems = [*header_problems(header), *problems]
    kept = [(number, row) for number, row in enumerate(rows[1:], 2) if any(value is not None for value in row)]
    problems += [
        f"row {number}: found {value!r} in a column without a name; each column needs one"
        for number, row in kept
        for value in row[width:]
        if value is not None
    ]
    if problems:
        raise AnswersError(name, cut(problems), IN_SHEET)
    columns = {
        column: [plain_value(row[place] if place < len(row) else None) for _, row in kept]
        for place, column in enumerate(header)
    }
    return RawTable(source=name, columns=columns, numbers=[number for number, _ in kept], rows=IN_SHEET)
