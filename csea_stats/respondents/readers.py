"""Raw tables from files and frames; every value stays what the source says, nothing is guessed."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings
from zipfile import ZipFile

from csea_stats.errors import AnswersError, InputError, MissingPackage
from csea_stats.respondents.frames import IN_FRAME, frame_column, frame_name, opened
from csea_stats.respondents.layouts import CellGrid, FileLayout, cut, grid_of, header_problems, named_separator, parted
from csea_stats.respondents.raw_columns import ColumnsOnDemand, Raw, plain_value
from csea_stats.respondents.statistics_files import StatisticsContent, statistics_content
from csea_stats.respondents.texts import is_nothing, text_of
from csea_stats.results.numbers import number_of
from csea_stats.survey.named_files import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

IN_SHEET = "rows as a spreadsheet counts them, the header being row 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSet:
    """A question with several answers, as a statistics file declares it.

    Parameters
    ----------
    name, label : str
    columns : tuple of str
    counted : str or None
        What marks a chosen answer in a column per answer; None where the columns are a first, second, ... answer.
    """

    name: str
    label: str
    columns: tuple[str, ...]
    counted: str | None


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
    wording : dict
        Per column the wording that a header row tells.
    repeated : dict
        A name that stands more than once, to the names that its columns have got.
    notes : tuple of str
        What was not read as it stands.
    faults : dict
        Per column what is wrong with single cells.
    titles : dict
        Per column the label that a statistics file gives it.
    sets : tuple of ResponseSet
        The multiple response sets of a statistics file.
    """

    source: str
    columns: Mapping[str, Sequence[Raw]]
    numbers: Sequence[int]
    rows: str
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    blank: dict[str, frozenset[str]] = field(default_factory=dict)
    wording: dict[str, str] = field(default_factory=dict)
    repeated: dict[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    faults: dict[str, tuple[str, ...]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    sets: tuple[ResponseSet, ...] = ()


def read_table(source: object, layout: FileLayout | None = None, *, sheet: str | None = None) -> RawTable:
    """Read a path or a frame.

    Parameters
    ----------
    source : path, or pandas or polars frame
    layout : FileLayout, optional
    sheet : str, optional
        Of a workbook with several; goes before the layout's.

    Raises
    ------
    AnswersError
        If it is no table; everything at once.
    MissingPackage
        If an Excel, SPSS or Stata file needs a package that is not installed.
    """
    layout = layout or FileLayout()
    if not isinstance(source, (str, os.PathLike)):
        if layout.given():
            message = f"[file]: found {', '.join(layout.given())} for a frame; only a file is laid out"
            raise InputError(message)
        return _frame(source)
    name, path = located(source)
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        return workbook_table(
            opened_workbook(name, path), replace(layout, sheet=sheet) if sheet is not None else layout
        )
    if sheet is not None:
        message = f"sheet: found {sheet!r} for {name!r}; only an Excel workbook has sheets"
        raise InputError(message)
    if suffix in (".sav", ".zsav", ".dta"):
        return read_statistics(name, path)
    return csv_table(name, csv_records(name, csv_text(name, path.read_bytes(), layout.encoding), layout), layout)


def located(source: str | os.PathLike[str]) -> tuple[str, Path]:
    """Return the name and the path of a file of answers that is there and holds something.

    Raises
    ------
    AnswersError
        If it is not, or has an ending that no reader knows.
    """
    name = os.fspath(source)
    path = Path(name)
    suffix = path.suffix.lower()
    if suffix not in ANSWERS:
        raise AnswersError(name, [f"found the ending {suffix!r}; allowed is {', '.join(ANSWERS)}, or a frame"])
    _there(name, path)
    return name, path


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


def csv_text(name: str, content: bytes, asked: str | None = None) -> str:
    """Return the text of a CSV file; a byte-order mark decides over everything.

    Raises
    ------
    AnswersError
        If the bytes are no text in that encoding, UTF-8 without one.
    """
    mark = next((mark for mark in _MARKS if content.startswith(mark)), b"")
    encoding = _MARKS.get(mark) or asked or "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found = " ".join(f"{byte:02x}" for byte in error.object[error.start : error.start + 2])
        hint = ': say encoding = "cp1252" (or "cp1250") under [file], or save as CSV UTF-8'
        called = "UTF-8" if encoding.startswith("utf-8") else encoding
        problem = f"line {line}: found the bytes {found}, which are no {called}{hint if called == 'UTF-8' else ''}"
        raise AnswersError(name, [problem]) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records of a CSV file.

    Parameters
    ----------
    rows : list of rows
        All of one length where nothing is wrong.
    start : int
        Rows above those that a layout skips: a first line ``sep=;``.
    separator : str or None
        What parts the cells; None where there is one column.
    problems : tuple of str
    """

    rows: list[Sequence[str | None]]
    start: int
    separator: str | None
    problems: tuple[str, ...]


def csv_records(name: str, text: str, layout: FileLayout) -> Records:
    """Return the records of a CSV text, padded to one length.

    Raises
    ------
    AnswersError
        If the text is no CSV.
    """
    try:
        records, problems, separator = parted(text, layout)
    except csv.Error as error:
        raise AnswersError(name, [str(error)]) from None
    told = int(named_separator(text) is not None)
    width = max(map(len, records[told + layout.skip :]), default=0) if not problems else 0
    blank: list[str | None] = [None if width > 1 else ""] * width  # in one column an answer left out is a blank line
    rows: list[Sequence[str | None]] = [
        row if len(row) == width else (row + [""] * width)[:width] if row else blank for row in records
    ]
    while width == 1 and rows and not rows[-1][0]:
        rows.pop()
    return Records(rows=rows if width else [], start=told, separator=separator, problems=tuple(problems))


def csv_table(name: str, records: Records, layout: FileLayout) -> RawTable:
    """Return the table of a CSV file's records.

    Raises
    ------
    AnswersError
        If they are no table; everything at once.
    """
    problems = records.problems
    grid = grid_of(records.rows, layout, start=records.start, leftwards=True) if records.rows or not problems else None
    if problems or grid is None or grid.problems:
        raise AnswersError(name, cut([*problems, *(grid.problems if grid else ())]), IN_SHEET)
    return _raw(name, grid)


_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""Byte-order marks, which decide over everything."""


def _raw(name: str, grid: CellGrid, faults: Mapping[str, tuple[str, ...]] | None = None) -> RawTable:
    return RawTable(
        source=name,
        columns=grid.columns,
        numbers=grid.numbers,
        rows=IN_SHEET,
        wording=grid.wording,
        repeated=grid.repeated,
        notes=grid.notes,
        faults=dict(faults or {}),
    )


def _frame(source: object) -> RawTable:
    frame = opened(source)
    columns = ColumnsOnDemand(frame.columns, lambda name: frame_column(frame[name]))
    return RawTable(source=frame_name(source), columns=columns, numbers=range(len(frame)), rows=IN_FRAME)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A workbook: as it was saved, and with its formulas.

    Parameters
    ----------
    name : str
        For messages.
    values, formulas : openpyxl workbooks
    """

    name: str
    values: Any
    formulas: Any


def opened_workbook(name: str, path: Path) -> Workbook:
    """Open a workbook.

    Raises
    ------
    MissingPackage
        If openpyxl is not installed.
    AnswersError
        If it is no workbook.
    """
    try:
        import openpyxl  # noqa: F401 - whether it is there
    except ImportError:
        raise MissingPackage("openpyxl", "Reading an Excel file") from None
    try:
        _check_unpacked(name, path)
        with catch_warnings(action="ignore"):  # of styles and the like, which are not read
            values, formulas = (_loaded(path, stored=stored) for stored in (True, False))
    except AnswersError:
        raise
    except Exception as error:  # noqa: BLE001 - damaged bytes end in whatever the libraries below raise
        raise AnswersError(name, [f"this is no Excel workbook that can be read: {error}"]) from None
    return Workbook(name=name, values=values, formulas=formulas)


LARGEST_WORKBOOK = 1_000_000_000
"""Bytes that a workbook may unpack to."""

MOST_CELLS = 20_000_000
"""Cells of a sheet's table, from the first to the last that hold something, and of a merged one."""

_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')


def _check_unpacked(name: str, path: Path) -> None:
    """Refuse a workbook that takes more memory than its answers can need, before it is unpacked."""
    from openpyxl.utils import column_index_from_string as place

    with ZipFile(path) as packed:
        size = sum(member.file_size for member in packed.infolist())
        if size > LARGEST_WORKBOOK:
            raise AnswersError(name, [f"the workbook unpacks to {size:,} bytes; allowed is {LARGEST_WORKBOOK:,}"])
        for sheet in packed.namelist():
            if sheet.startswith("xl/worksheets/sheet"):
                for left, top, right, bottom in _MERGED.findall(packed.read(sheet)):
                    width = place(right.decode()) - place(left.decode()) + 1
                    if width * (int(bottom) - int(top) + 1) > MOST_CELLS:
                        ends = b"".join((left, top, b":", right, bottom)).decode()
                        raise AnswersError(name, [f"{sheet}: found the merged cell {ends}; take the merging back"])


def _loaded(path: Path, *, stored: bool) -> Any:
    """Return a workbook without its charts, which hold no answers."""
    from openpyxl.reader.excel import ExcelReader

    class Cells(ExcelReader):
        def read_chartsheet(self, *_: object) -> None:
            """Leave it."""

    with path.open("rb") as file:  # which a damaged workbook would leave open
        reader = Cells(file, data_only=stored, keep_links=False)
        reader.read()
    return reader.wb


def workbook_table(book: Workbook, layout: FileLayout) -> RawTable:
    """Read a sheet; formulas give the values that were saved with them.

    Parameters
    ----------
    book : Workbook
    layout : FileLayout
        Its sheet is None: the only one shown that holds something.

    Raises
    ------
    AnswersError
        If the sheet is no table.
    """
    sheet, notes = _sheet(book.name, book.values, layout.sheet)
    cells, faults = sheet_cells(book, sheet, layout)
    grid = grid_of(cells, layout, leftwards=False)
    if grid.problems:
        raise AnswersError(book.name, cut(grid.problems), IN_SHEET)
    merged, hidden = _below_header(book.values[sheet], layout.skip + layout.rows, len(cells))
    by_column = {column: (*faults.get(place, ()), *merged.get(place, ())) for column, place in grid.places.items()}
    return replace(_raw(book.name, grid, by_column), notes=(*notes, *grid.notes, *hidden))


def _below_header(sheet: Any, first: int, last: int) -> tuple[dict[int, list[str]], list[str]]:
    """Return per column the merged cells that several rows share, and a note on hidden rows."""
    merged: dict[int, list[str]] = {}
    for one in sheet.merged_cells.ranges:
        if first < one.min_row < min(one.max_row, last):
            found = f"{one.coord}: one cell for {one.max_row - one.min_row + 1} rows"
            for place in range(one.min_col, one.max_col + 1):
                merged.setdefault(place - 1, []).append(f"{found}; take the merging back and fill a cell in each row")
    hidden = sum(row.hidden and first < number <= last for number, row in sheet.row_dimensions.items())
    told = f"{number_of(hidden, 'rows')} of the sheet {'is' if hidden == 1 else 'are'} hidden, and read as all others"
    return merged, [told] if hidden else []


def filled_cells(sheet: Any) -> int:
    """Return how many cells of a sheet hold something."""
    return len(_filled(sheet))


def _filled(sheet: Any) -> list[Any]:
    """Return the cells that hold something; going through all up to a stray blank one may take millions of rows."""
    kept = sheet._cells.values()  # noqa: SLF001 - the only way to those cells alone
    return [
        cell for cell in kept if not (cell.value is None or (isinstance(cell.value, str) and not cell.value.strip()))
    ]


def _extent(book: Workbook, name: str) -> tuple[int, int]:
    """Return of how many rows and columns the table of a sheet is.

    Raises
    ------
    AnswersError
        If a cell far away makes it too large.
    """
    filled = [*_filled(book.values[name]), *_filled(book.formulas[name])]
    rows, columns = (max((getattr(cell, key) for cell in filled), default=0) for key in ("row", "column"))
    if rows * columns > MOST_CELLS:
        last = max(filled, key=lambda cell: (cell.row == rows) + (cell.column == columns))
        told = f"so that the sheet has {number_of(rows, 'rows')} of {number_of(columns, 'columns')}"
        hint = f"allowed are {MOST_CELLS:,} cells: delete it if it is a stray one"
        raise AnswersError(book.name, [f"{last.coordinate}: found {last.value!r}, {told}; {hint}"])
    return rows, columns


def _sheet(name: str, book: Any, asked: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the name of the one sheet that is meant, and a note that names the hidden ones."""
    names = [sheet.title for sheet in book.worksheets]
    if asked is not None and asked not in names:
        raise AnswersError(name, [f"there is no sheet {asked!r}; there is: {', '.join(map(repr, names))}"])
    filled = [sheet for sheet in book.worksheets if filled_cells(sheet)]
    shown = [sheet.title for sheet in filled if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in filled if sheet.sheet_state != "visible" and sheet.title != asked]
    notes = (f"not read: the hidden sheet{'s' * (len(hidden) > 1)} {', '.join(map(repr, hidden))}",) if hidden else ()
    if asked is None and len(shown) > 1:
        listed = ", ".join(map(repr, shown))
        raise AnswersError(name, [f"the sheets {listed} all hold something; say which is meant: sheet={shown[0]!r}"])
    if asked is None and not shown:
        also = f"; hidden: {', '.join(map(repr, hidden))}" if hidden else ""
        raise AnswersError(name, [f"no sheet holds anything; needed is a header and a row per respondent{also}"])
    return asked if asked is not None else shown[0], notes


def sheet_cells(
    book: Workbook, name: str, layout: FileLayout
) -> tuple[list[list[str | None]], dict[int, tuple[str, ...]]]:
    """Return the cells of a sheet as texts, and per column what is wrong with single ones."""
    sheet, formulas = book.values[name], book.formulas[name]
    faults: dict[int, list[str]] = {}
    rows: list[list[str | None]] = []
    height, width = _extent(book, name)
    grids = (one.iter_rows(1, height, 1, width) if height else () for one in (sheet, formulas))
    for row, written in zip(*grids, strict=True):
        for place, (cell, formula) in enumerate(zip(row, written, strict=True)):
            if cell.data_type == "e":
                text = f"{cell.coordinate}: found the error {cell.value!r} that Excel put there; allowed is a value"
                faults.setdefault(place, []).append(text)
            elif cell.value is None and formula.data_type == "f":
                text = "a formula without a stored value: open the file in a spreadsheet program and save it"
                faults.setdefault(place, []).append(f"{cell.coordinate}: {text}")
        rows.append([_cell(cell.value, layout.decimal) for cell in row])
    last = layout.skip + layout.rows
    for merged in sheet.merged_cells.ranges:
        for number in range(merged.min_row, min(merged.max_row, last - 1, height) + 1):
            for place in range(merged.min_col, min(merged.max_col, width) + 1) if number > layout.skip else ():
                rows[number - 1][place - 1] = rows[merged.min_row - 1][merged.min_col - 1]
    while rows and not any(rows[-1]):
        rows.pop()
    return rows, {place: tuple(told) for place, told in faults.items()}


def _cell(value: object, decimal: str) -> str | None:
    text = plain_value(value)
    if isinstance(value, bool):
        return str(text).upper()
    return text.replace(".", decimal) if isinstance(value, float) and text else text


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
    meta = statistics_content(name, path)
    columns = meta.columns
    problems = list(header_problems(list(columns), where=""))
    if problems:
        raise AnswersError(name, cut(problems), IN_FRAME)
    values = {column: _statistics_values(found) for column, found in columns.items()}
    labels = {
        column: {text_of(code): str(label) for code, label in found.items()}
        for column, found in meta.variable_value_labels.items()
    }
    blank = {column: _blank(meta, column, found) for column, found in values.items()}
    return RawTable(
        source=name,
        columns=values,
        numbers=range(meta.number_rows),
        rows=IN_FRAME,
        labels=labels,
        blank=blank,
        titles={column: text_of(title) for column, title in meta.column_names_to_labels.items() if title},
        sets=tuple(_sets(meta.mr_sets, columns)),
    )


def _sets(found: Mapping[str, Any], columns: Mapping[str, object]) -> Iterator[ResponseSet]:
    for name, one in found.items():
        members = tuple(one["variable_list"])
        counted = one["counted_value"] if one["is_dichotomy"] else None
        if members and set(members) <= set(columns) and one["is_dichotomy"] == (counted is not None):
            counted = None if counted is None else text_of(counted)
            yield ResponseSet(name=name, label=text_of(one["label"] or ""), columns=members, counted=counted)


def _statistics_values(found: Sequence[Any]) -> list[Raw]:
    """Return a column as texts or numbers; a column with both (Stata's .a to .z) as texts."""
    values = found.tolist() if hasattr(found, "tolist") else list(found)
    if {type(value) for value in values} <= {float, int, type(None)}:
        return [None if is_nothing(value) else value for value in values]
    return [plain_value(value) for value in values]


def _blank(meta: StatisticsContent, column: str, values: Sequence[Raw]) -> frozenset[str]:
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
