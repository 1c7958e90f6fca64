"""Raw tables from files and frames; every value stays what the source says, nothing is guessed."""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csea_stats.errors import AnswersError, InputError
from csea_stats.survey.kinds import is_nothing, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from csea_stats.survey.coding import Raw

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
        from csea_stats.survey.readers_excel import read_workbook

        return read_workbook(name, path, sheet)
    if sheet is not None:
        message = f"sheet: found {sheet!r} for {name!r}; only an Excel workbook has sheets"
        raise InputError(message)
    if suffix in (".sav", ".zsav", ".dta"):
        from csea_stats.survey.readers_statistics import read_statistics

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


# ---------------------------------------------------------------- CSV


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


def header_problems(header: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with the names of the columns."""
    for place, name in enumerate(header, 1):
        if not name:
            yield f"row 1: column {place} has no name; each column needs one"
    for name, times in Counter(header).items():
        if name and times > 1:
            yield f"row 1: found the column {name!r} {times} times; each name may stand once"


def cut(problems: Iterable[str]) -> list[str]:
    """Return the first problems, and how many more there are."""
    listed = list(problems)
    return listed if len(listed) <= MOST else [*listed[:MOST], f"... and {len(listed) - MOST:,} more"]


# ---------------------------------------------------------------- frames


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
    problems = problems or [problem.removeprefix("row 1: ") for problem in header_problems(header)]
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
