"""How a file is laid out, by its structure: title rows, header rows, separator, encoding, sheet; and its table.

Last rows that sum up the others, such as "Total" and "Mean", and notes are nobody's answers and no part of it.
"""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from csea_stats.drafting.bands import is_number
from csea_stats.drafting.column_facts import is_date
from csea_stats.drafting.word_lists import is_legend, is_sum
from csea_stats.errors import AnswersError, InputError, in_short
from csea_stats.respondents.layouts import IMPORT_ID, SEPARATORS, FileLayout, cut, named_below, records_of
from csea_stats.respondents.readers import (
    IN_SHEET,
    RawTable,
    Workbook,
    csv_records,
    csv_table,
    filled_cells,
    located,
    opened_workbook,
    read_table,
    sheet_cells,
    workbook_table,
)
from csea_stats.respondents.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from csea_stats.respondents.texts import Value

MOST_TITLES = 30
"""Rows at the top that are looked at for titles."""

LONGEST_TOP = 500_000
"""Signs in which they have to stand."""

LOOKED_AT = 1000
"""Rows below one that may tell the wording that are looked at."""

FEWEST_BELOW = 5
"""Cells of a column from which it can be seen to repeat."""

AGAIN = "\0"
"""Stands for the word of a row that names the columns again."""

MOST_SUMS = 5
"""Rows at the end that are looked at for such as sum up the others."""

_GOES_ON = {"Response", "Open-Ended Response"}
"""What SurveyMonkey writes below a question that has one column."""

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")

_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")

_NOTE = re.compile(r"(?=.{18})\S* ?[^\W\d_]{2}\S*(?: \S+){2}.*", re.DOTALL)
"""Three words or more."""

_SOUTH_SLAVIC = frozenset("čćđšžČĆĐŠŽ")

Row = "Sequence[str | None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file as a draft reads it.

    Parameters
    ----------
    table : RawTable
    layout : FileLayout
        What the draft says of the file.
    remarks : tuple of str
    workbook : Workbook or None
    sums : dict
        What last rows that sum up the others are called, by their numbers; the table is without them.
    """

    table: RawTable
    layout: FileLayout
    remarks: tuple[str, ...] = ()
    workbook: Workbook | None = None
    sums: dict[str, str] = field(default_factory=dict)

    def with_decimal(self, decimal: str) -> Opened:
        """Return the file with another sign of decimals, in which a workbook's numbers are written, too."""
        layout = replace(self.layout, decimal=decimal)
        table = self.table if self.workbook is None else workbook_table(self.workbook, layout)
        return replace(self, layout=layout, table=_without(table, self.sums))


def opened(source: object, sheet: str | None) -> Opened:
    """Read a path or a frame by the layout that its structure shows.

    Raises
    ------
    AnswersError
        If it is no table, whatever the layout.
    """
    file = _opened(source, sheet)
    sums = _header_rows(file.table) | _sum_rows(file.table)
    return replace(file, table=_without(file.table, sums), sums=sums)


def _header_rows(table: RawTable) -> dict[str, str]:
    """Return the numbers of rows that name the columns again, as where two files were put one behind the other."""
    bare = {called: name for name, several in table.repeated.items() for called in several}
    names = [(values, bare.get(name, name)) for name, values in table.columns.items()]
    if len(names) < 2:
        return {}
    again = [row for row, value in enumerate(names[0][0]) if isinstance(value, str) and text_of(value) == names[0][1]]
    found = [row for row in again if all(_text(values, row) == name for values, name in names)]
    return {str(table.numbers[row]): AGAIN for row in found}


def _opened(source: object, sheet: str | None) -> Opened:
    if not isinstance(source, (str, os.PathLike)):
        if sheet is not None:
            message = f"sheet: found {in_short(sheet)} for a frame; only an Excel workbook has sheets"
            raise InputError(message)
        return Opened(table=read_table(source), layout=FileLayout())
    name, path = located(source)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _workbook(name, path, sheet)
    if sheet is not None or path.suffix.lower() in (".sav", ".zsav", ".dta"):
        return Opened(table=read_table(source, sheet=sheet), layout=FileLayout())
    return _csv(name, path)


def _csv(name: str, path: Path) -> Opened:
    from csea_stats.respondents.readers import csv_text

    content = path.read_bytes()
    encoding = _encoding(content)
    text = csv_text(name, content, encoding)
    skip = _skipped(text)
    records = csv_records(name, text, FileLayout(skip=skip))
    header: dict[str, Any] = {}
    remarks = [f"? the file is no UTF-8; read as {encoding}"] if encoding else []
    if not records.problems:
        header, more = _header(records.rows[records.start + skip :], records.start + skip)
        remarks += _skip_remark(skip) + more
    layout = FileLayout(skip=skip, separator=records.separator, encoding=encoding, **header)
    return Opened(table=csv_table(name, records, layout), layout=layout, remarks=tuple(remarks))


def _encoding(content: bytes) -> str | None:
    """Return the encoding of bytes that are no UTF-8, by the letters that it gives; None for UTF-8 and a mark."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return None
    start = content[:4000]
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if zeros.count(0) > len(zeros) / 2:
            return encoding
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        south = [name for name in ("cp1250", "iso8859_2") if set() < _letters(content, name) <= _SOUTH_SLAVIC]
        foreign = content.decode("cp1251", "replace")
        cyrillic = sum("Ѐ" <= sign <= "ӿ" for sign in foreign) > sum(map(str.isalpha, foreign)) / 2
        for encoding in (*south, *(["cp1251"] if cyrillic else []), "cp1252", "cp1250"):
            try:
                content.decode(encoding)
            except UnicodeDecodeError:
                continue
            return encoding
    return None


def _letters(content: bytes, encoding: str) -> set[str]:
    """Return the letters outside ASCII that bytes are by an encoding."""
    return {sign for sign in content.decode(encoding, "replace") if not sign.isascii() and sign.isalpha()}


def _skipped(text: str) -> int:
    """Return how many title rows a CSV text has."""
    best = (0, 0)
    for sign in SEPARATORS:
        try:
            rows = records_of(text[:LONGEST_TOP], sign, MOST_TITLES + 1, strict=False)
        except csv.Error:
            continue
        start = 1 if rows and re.fullmatch(r"sep=[,;\t|]", text[:5]) else 0
        titles, width = _titles(rows[start:])
        best = max(best, (width, titles), key=lambda pair: pair[0])
    return best[1]


def _titles(rows: Sequence[Sequence[str | None]]) -> tuple[int, int]:
    """Return how many rows with at most one filled cell stand above a row of three, and its number of cells.

    A title row may have two filled cells, a name and what it is, where a blank row parts all of them from the header.
    """
    most = above = 0
    for number, row in enumerate(rows[: MOST_TITLES + 1]):
        filled = sum(bool(cell and cell.strip()) for cell in row)
        if filled >= 3:
            return (number, len(row)) if most < 2 or not above else (0, 0)
        most, above = max(most, filled), filled
    return 0, 0


def _skip_remark(skip: int) -> list[str]:
    return [f"? {skip} row{'s' * (skip > 1)} above the header"] if skip else []


def _header(rows: Sequence[Sequence[str | None]], start: int) -> tuple[dict[str, Any], list[str]]:
    """Return what a layout says of the header rows, without merged cells, and remarks."""
    first, second = ([text_of(cell or "") for cell in row] for row in (*rows[:2], (), ())[:2])
    for number in (3, 2):
        if len(rows) >= number and any((cell or "").startswith(IMPORT_ID) for cell in rows[number - 1]):
            return {"header": number, "names": 1} | ({"labels": 2} if number == 3 else {}), []
    if unnamed := named_below(rows[:2]):
        if any(is_date(second[place - 1]) for place in unnamed):
            return {"header": 1}, []
        return {"header": 2}, [f"? row {start + 2} goes on with the header: names are joined"]
    if second and not second[0] and _GOES_ON & set(second):
        return {"header": 2}, [f"? row {start + 2} goes on with the header: names are joined"]
    if first and all(_IDENTIFIER.fullmatch(name) for name in first if name):
        worded = [place for place, cell in enumerate(second) if re.search(r"[^\W\d_]", cell) and " " in cell]
        rows = rows[: 2 + LOOKED_AT]
        below = [{text_of(row[place] or "") for row in rows[2:]} - {""} for place in worded]
        numeric = sum(bool(cells) and all(map(_NUMBER.fullmatch, cells)) for cells in below)
        if numeric >= 2 or _is_wording(second, rows[2:]):
            return {"header": 2, "names": 1, "labels": 2}, [f"? row {start + 2} tells the wording of the questions"]
    return {}, []


def _is_wording(second: Sequence[str], rows: Sequence[Sequence[str | None]]) -> bool:
    """Whether a row has words that stand in no cell below it in all columns whose cells repeat, three or more."""
    repeating = 0
    for cell, below in zip(second, zip(*rows, strict=True), strict=bool(rows)):
        texts = [text for value in below if (text := text_of(value or ""))]
        if len(texts) >= FEWEST_BELOW and 2 * len(set(texts)) <= len(texts):
            if cell in texts or not re.search(r"[^\W\d_]", cell):
                return False
            repeating += 1
    return repeating >= 3 and sum(" " in cell for cell in second) >= 2


def _workbook(name: str, path: Path, asked: str | None) -> Opened:
    book = opened_workbook(name, path)
    filled = {sheet.title: filled_cells(sheet) for sheet in book.values.worksheets}
    filled = {title: count for title, count in filled.items() if count}
    shown = {title: count for title, count in filled.items() if book.values[title].sheet_state == "visible"}
    if asked is not None or not shown:  # the reader tells a sheet that is not there
        workbook_table(book, FileLayout(sheet=asked, header=1))
    sheet = asked if asked is not None else max(shown, key=lambda title: (not is_legend(title), shown[title]))
    remarks: list[str] = []
    if len(filled) > 1:
        told = ", ".join(title if title in shown else f"{title} hidden" for title in filled)
        which = "the one asked for" if asked is not None else f"{sheet}, the fullest that is shown and holds answers"
        remarks.append(f"? {len(filled)} sheets hold something ({told}); read is {which}")
    cells, faults = sheet_cells(book, sheet, FileLayout())
    if faults:
        told_faults = [fault for place in sorted(faults) for fault in faults[place]]
        raise AnswersError(name, cut(told_faults), IN_SHEET)
    skip, _ = _titles(cells)
    remarks += _skip_remark(skip)
    deep = _merged(book.values[sheet], skip)
    if 1 < deep < len(cells) - skip:
        header: dict[str, Any] = {"header": deep}
        remarks.append(f"? {deep} rows of header, by their merged cells: names are joined")
    else:
        header, more = _header(cells[skip:], skip)
        remarks += more
    layout = FileLayout(skip=skip, sheet=sheet if len(filled) > 1 or sheet not in shown else None, **header)
    table = workbook_table(book, layout)
    if shared := [fault for told in table.faults.values() for fault in told]:
        raise AnswersError(name, cut(shared), IN_SHEET)
    remarks += [f"? {note}" for note in table.notes if "hidden, and read" in note]
    return Opened(table=table, layout=layout, remarks=tuple(remarks), workbook=book)


def _merged(sheet: Any, skip: int) -> int:
    """Return how many header rows the merged cells at the top of a sheet make."""
    bottom = skip + 1
    ranges = sorted(
        (one.min_row, one.max_row, one.min_col < one.max_col) for one in sheet.merged_cells.ranges if one.min_row > skip
    )
    for first, last, across in ranges:
        if first <= bottom:
            bottom = max(bottom, last + across)
    return bottom - skip


def _sum_rows(table: RawTable) -> dict[str, str]:
    """Return what the last rows that sum up the others are called, by their numbers, from above; "" for a note.

    A note is words in the first cell alone.
    Their first filled cell says so, nothing but numbers stands behind it, and above it stand ids, numbers or nothing;
    above any other words half of the row has to be blank.

    Parameters
    ----------
    table : RawTable
    """
    found: dict[str, str] = {}
    size = len(table.numbers)
    for row in range(size - 1, max(size - 1 - MOST_SUMS, 1), -1):
        cells = [(name, _text(values, row)) for name, values in table.columns.items()]
        filled = [(name, text) for name, text in cells if text]
        if len(filled) == 1 and len(cells) >= 3 and _is_note(cells[0][1], table.columns[cells[0][0]], row):
            found[str(table.numbers[row])] = ""
            continue
        if not filled or len(cells) < 2 or not is_sum(filled[0][1]):
            break
        (name, word), *others = filled
        above = [text for place in range(row) if (text := _text(table.columns[name], place))]
        bare = len(set(above)) == len(above) or all(map(is_number, above)) or 2 * len(others) <= len(cells) - 1
        if word in above or not bare or not all(is_number(re.sub(r"^n ?= ?| ?%$", "", text)) for _, text in others):
            break
        found[str(table.numbers[row])] = word
    return dict(reversed(found.items()))


def _is_note(text: str, values: Sequence[object], row: int) -> bool:
    """Whether the text of a first cell is a note: words that stand nowhere above, where answers repeat or are ids."""
    if not _NOTE.fullmatch(text):
        return False
    above = [filled for place in range(row) if (filled := _text(values, place))]
    known = set(above)
    return text not in known and (2 * len(known) <= len(above) or not any(map(_NOTE.fullmatch, known)))


def _text(values: Sequence[object], row: int) -> str:
    value = values[row]
    return "" if value is None else text_of(value)


def _without(table: RawTable, left_out: Collection[str]) -> RawTable:
    """Return a table without some rows, by their numbers."""
    if not left_out:
        return table
    kept = [row for row, number in enumerate(table.numbers) if str(number) not in left_out]
    columns = {name: [values[row] for row in kept] for name, values in table.columns.items()}
    return replace(table, columns=columns, numbers=[table.numbers[row] for row in kept])


def left_out(found: dict[str, str], key: str | None) -> tuple[dict[Value, str], list[str]]:
    """Return what a codebook excludes of rows that sum up the others and of notes, and the remarks on them.

    Parameters
    ----------
    found : dict
        What `Opened.sums` holds.
    key : str or None
        What a codebook excludes them by: their "id", their "row", or None for neither.
    """
    excluded: dict[Value, str] = {}
    remarks = []
    for row, word in found.items():
        what = f'("{word}") sums up the others' if word else "holds words in its first cell alone, as a note does"
        what = "names the columns again" if word == AGAIN else what
        name = None if key is None or (key == "id" and word in ("", AGAIN)) else word if key == "id" else row
        if name is None:
            remarks.append(f"! row {row} {what}: if nobody gave it, take it out of the file")
            continue
        excluded[name] = "names the columns" if word == AGAIN else "sums up the others" if word else "a note"
        remarks.append(f"? row {row} {what}: it is left out by [exclude]; better take it out of the file")
    return excluded, remarks
