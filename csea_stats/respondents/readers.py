"""Raw tables from files and frames; every value stays what the source says, nothing is guessed."""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from csea_stats.errors import AnswersError, InputError, MissingPackage
from csea_stats.respondents.kinds import is_nothing, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from csea_stats.respondents.coding import Raw

IN_SHEET = "rows as a spreadsheet counts them, the header being row 1"

IN_FRAME = "rows counted from 0"

MOST = 200
"""How many problems of one source are told one by one."""

EXTENSIONS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".sav", ".zsav", ".dta")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A table as its source holds it.

    Parameters
    ----------
    source : str
        For messages.
    columns : dict
        Name to values, all of one kind; None where the source holds nothing.
    numbers : sequence of int
        What each row is called in messages.
    rows : str
        How rows are counted, in words.
    labels : dict
        Per column the value labels that a statistics file holds: code as text -> label.
    blank : dict
        Per column the codes that a statistics file declares missing.
    """

    source: str
    columns: Mapping[str, Sequence[Raw]]
    numbers: Sequence[int]
    rows: str
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    blank: dict[str, frozenset[str]] = field(default_factory=dict)


def read_table(source: object, *, sheet: str | None = None) -> RawTable:
    """Read a path or a frame.

    Parameters
    ----------
    source : path, or pandas or polars frame
    sheet : str, optional
        Of a workbook with several.

    Raises
    ------
    AnswersError
        If it is no table; everything at once.
    MissingPackage
        If an Excel, SPSS or Stata file needs a package that is not installed.
    """
    if not isinstance(source, (str, os.PathLike)):
        return _frame(source)
    name = os.fspath(source)
    path = Path(name)
    suffix = path.suffix.lower()
    if suffix not in EXTENSIONS:
        raise AnswersError(name, [f"found the ending {suffix!r}; allowed is {', '.join(EXTENSIONS)}, or a frame"])
    _there(name, path)
    if suffix in (".xlsx", ".xlsm"):
        return read_workbook(name, path, sheet)
    if sheet is not None:
        message = f"sheet: found {sheet!r} for {name!r}; only an Excel workbook has sheets"
        raise InputError(message)
    if suffix in (".sav", ".zsav", ".dta"):
        return read_statistics(name, path)
    return _csv(name, path)


def _there(name: str, path: Path) -> None:
    try:
        if path.is_dir():
            raise AnswersError(name, ["this is a folder; allowed is a file"])
        with path.open("rb") as file:
            empty = not file.read(1)
    except FileNotFoundError:
        raise AnswersError(name, ["there is no such file"]) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise AnswersError(name, [f"the file cannot be read: {reason}"]) from None
    if empty:
        raise AnswersError(name, ["the file is empty; needed is a header and a row per respondent"])


def _csv(name: str, path: Path) -> RawTable:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found = " ".join(f"{byte:02x}" for byte in error.object[error.start : error.start + 4])
        problem = f"line {line}: found the bytes {found}, which are no UTF-8; save the file as CSV UTF-8"
        raise AnswersError(name, [problem]) from None
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=_delimiter(lines[0] if lines else ""), strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        raise AnswersError(name, [f"line {reader.line_num}: this is no CSV: {error}"]) from None
    if not records or not any(records[0]):
        raise AnswersError(name, ["row 1: found no header; needed is a name for each column"])
    header = [cell.strip() for cell in records[0]]
    numbers: Sequence[int] = range(2, len(records) + 1)
    rows = records[1:]
    if not all(rows):  # blank lines hold nobody
        numbers = [number for number, row in zip(numbers, rows, strict=True) if row]
        rows = [row for row in rows if row]
    problems = list(header_problems(header))
    problems += [
        f"row {number}: found {len(row)} values; allowed is {len(header)}, one for each column of the header"
        for number, row in zip(numbers, rows, strict=True)
        if len(row) != len(header)
    ]
    if problems:
        raise AnswersError(name, cut(problems), IN_SHEET)
    columns = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(header, ())
    return RawTable(source=name, columns=columns, numbers=numbers, rows=IN_SHEET)


def _delimiter(line: str) -> str:
    """Return what parts the columns: the most frequent of comma, semicolon and tab in the header, outside quotes."""
    outside = "".join(line.split('"')[::2])
    return max(",;\t", key=outside.count)


def header_problems(header: Sequence[str], where: str = "row 1: ") -> Iterator[str]:
    """Yield what is wrong with the names of the columns."""
    for place, name in enumerate(header, 1):
        if not name:
            yield f"{where}column {place} has no name; each column needs one"
    for name, times in Counter(header).items():
        if name and times > 1:
            yield f"{where}found the column {name!r} {times} times; each name may stand once"


def cut(problems: Iterable[str]) -> list[str]:
    """Return the first problems, and how many more there are."""
    listed = list(problems)
    return listed if len(listed) <= MOST else [*listed[:MOST], f"... and {len(listed) - MOST:,} more"]


def _frame(source: object) -> RawTable:
    import narwhals as nw

    name = f"{type(source).__module__.split('.')[0]} {type(source).__name__}"
    try:
        frame: Any = nw.from_native(source, eager_only=True)
    except TypeError:
        message = (
            f"read_respondents: found {type(source).__name__}; allowed is a path, a pandas frame or a polars frame"
        )
        raise InputError(message) from None
    header = list(frame.columns)
    problems = [
        f"found the column name {column!r}; allowed is a text" for column in header if not isinstance(column, str)
    ]
    problems = problems or list(header_problems(header, where=""))
    if problems:
        raise AnswersError(name, cut(problems), IN_FRAME)
    columns = {column: _values(frame[column]) for column in header}
    return RawTable(source=name, columns=columns, numbers=range(len(frame)), rows=IN_FRAME)


def _values(series: Any) -> Sequence[Raw]:
    """Return a column's values as texts or as numbers, never both, so that equal values are the same value."""
    if series.dtype.is_float():
        return [None if is_nothing(value) else value for value in series.to_list()]
    values: list[Any] = series.to_list()
    kinds = set(map(type, values))
    if kinds <= {str, int, type(None)} and not kinds >= {str, int}:
        return values
    return [plain_value(value) for value in values]


def plain_value(value: object) -> str | None:
    """Return a value as a text; None for whatever a library means by "nothing here"."""
    if type(value) is str:
        return value
    return None if is_nothing(value) else text_of(value)


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


def read_statistics(name: str, path: Path) -> RawTable:
    """Read a .sav, .zsav or .dta file.

    Parameters
    ----------
    name : str
        For messages.
    path : Path

    Raises
    ------
    MissingPackage
        If pyreadstat is not installed.
    AnswersError
        If it is no such file.
    """
    try:
        import pyreadstat
    except ImportError:
        raise MissingPackage("pyreadstat", "Reading an SPSS or Stata file") from None
    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    try:
        columns, meta = read(str(path), user_missing=True, output_format="dict")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, UnicodeDecodeError) as error:
        raise AnswersError(name, [f"this is no {path.suffix[1:]} file that can be read: {error}"]) from None
    problems = list(header_problems(list(columns), where=""))
    if problems:
        raise AnswersError(name, cut(problems), IN_FRAME)
    values = {column: _statistics_values(found) for column, found in columns.items()}
    labels = {
        column: {text_of(code): str(label) for code, label in found.items()}
        for column, found in meta.variable_value_labels.items()
    }
    blank = {column: _blank(meta, column, found) for column, found in values.items()}
    count = int(meta.number_rows or 0)
    return RawTable(source=name, columns=values, numbers=range(count), rows=IN_FRAME, labels=labels, blank=blank)


def _statistics_values(found: Sequence[Any]) -> list[Raw]:
    """Return a column as texts or numbers; a column with both (Stata's .a to .z) as texts."""
    values = found.tolist() if hasattr(found, "tolist") else list(found)
    if {type(value) for value in values} <= {float, int, type(None)}:
        return [None if is_nothing(value) else value for value in values]
    return [plain_value(value) for value in values]


def _blank(meta: Any, column: str, values: Sequence[Raw]) -> frozenset[str]:
    """Return the codes of a column that its file declares missing."""
    ranges = meta.missing_ranges.get(column, ())
    found = {text_of(code) for code in meta.missing_user_values.get(column, ())}
    for value in set(values) if ranges else ():
        for one in ranges:
            low, high = one["lo"], one["hi"]
            same_kind = isinstance(value, str) == isinstance(low, str)
            if value is not None and same_kind and low <= value <= high:
                found.add(text_of(value))
    return frozenset(found)
