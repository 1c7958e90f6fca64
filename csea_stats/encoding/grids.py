"""Tables as rows of texts, from CSV, a clipboard, Markdown, HTML or a workbook; nothing in them is run."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings
from zipfile import ZipFile

from csea_stats.encoding.text_tables import text_table
from csea_stats.errors import MissingPackage, SurveyFileError
from csea_stats.survey.documents import SIGNS, decoded
from csea_stats.survey.named_files import LARGEST, content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FORMS = (".csv", ".tsv", ".txt", ".md", ".html", ".htm", ".xlsx")
"""Endings of the files that are read."""

NOTE = re.compile(r"(?:source|notes?|base|\*|\N{DAGGER})", re.IGNORECASE)
"""How a line below a table begins that is none of its rows."""

MOST_ROWS, MOST_COLUMNS, MOST_TABLES = 2000, 200, 200
"""How large a table may be, and how many one source may hold; a published table has some dozen rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastedTable:
    """One table as it was pasted.

    Parameters
    ----------
    source : str
        For messages: the file, and the table within it.
    title : str
        Caption, heading or sheet; "" if there is none.
    rows : tuple of tuple of str
        All of one length; no row and no column is empty.
    """

    source: str
    title: str
    rows: tuple[tuple[str, ...], ...]


def read_grids(source: str) -> list[PastedTable]:
    """Read the tables of a file.

    Parameters
    ----------
    source : str
        A path that ends in .csv, .tsv, .txt, .md, .html or .xlsx.

    Returns
    -------
    list of PastedTable
        At least one.

    Raises
    ------
    SurveyFileError
        If the file cannot be read, holds no table, or is larger than a published table.
    MissingPackage
        If a workbook is given and openpyxl is not installed.
    """
    path = Path(source)
    form = path.suffix.lower()
    if form not in FORMS:
        raise SurveyFileError(source, [f"found the ending {form!r}; allowed is {', '.join(FORMS)}, or - for a paste"])
    content = content_of(source, path)
    if form == ".xlsx":
        return _kept(source, _workbook(source, path))
    return grids_of(decoded(source, content), source, "" if form == ".txt" else form)


def grids_of(text: str, source: str = "the text", form: str = "") -> list[PastedTable]:
    r"""Read the tables of a text.

    Parameters
    ----------
    text : str
    source : str
        For messages.
    form : str
        Ending of a file of that kind; "" where the text itself has to tell.

    Returns
    -------
    list of PastedTable
        At least one.

    Raises
    ------
    SurveyFileError
        If it holds no table, or is larger than a published table.

    Examples
    --------
    >>> grids_of("Sex\tn\nfemale\t118\nmale\t118")[0].rows
    (('Sex', 'n'), ('female', '118'), ('male', '118'))
    """
    if len(text) > LARGEST:
        raise SurveyFileError(source, [f"found {len(text):,} characters; allowed is {LARGEST:,}: give one table"])
    form = form or _form(text)
    if form in (".html", ".htm"):
        return _kept(source, _html(text))
    return _kept(source, _markdown(text) if form == ".md" else _separated(source, text))


def _form(text: str) -> str:
    if re.search(r"<table[\s>]", text, re.IGNORECASE):
        return ".html"
    return ".md" if re.search(r"^\s*\|?\s*:?-+:?\s*\|", text, re.MULTILINE) else ".csv"


def _plain(text: str) -> str:
    """Take out what steers a screen, and all blanks but single spaces."""
    return " ".join(SIGNS.sub(" ", text).split())


def _kept(source: str, found: Iterable[tuple[str, list[list[str]]]]) -> list[PastedTable]:
    """Check sizes; leave out what is empty."""
    grids: list[PastedTable] = []
    for title, rows in found:
        name = f"{source}, table {len(grids) + 1}"
        width = max(map(len, rows), default=0)
        if len(rows) > MOST_ROWS or width > MOST_COLUMNS:
            problem = f"found {len(rows):,} rows and {width:,} columns; allowed is {MOST_ROWS:,} and {MOST_COLUMNS:,}"
            raise SurveyFileError(
                name, [f"{problem}: this is no published table; respondents' answers are read elsewhere"]
            )
        texts = [[*map(_plain, row)] + [""] * (width - len(row)) for row in rows]
        texts = [row for row in texts if any(row)]
        above = [row[0] for row in takewhile(lambda row: not any(row[1:]), texts[:-2])]
        texts = texts[len(above) :]  # lines of their own above the heads, and a source or a note below the numbers
        while len(texts) > 2 and not any(texts[-1][1:]) and NOTE.match(texts[-1][0]):
            texts.pop()
        filled = [place for place in range(width) if any(row[place] for row in texts)]
        kept = tuple(tuple(row[place] for place in filled) for row in texts)
        if len(kept) > 1 and len(filled) > 1:
            named = "" if above and re.fullmatch(r"Sheet ?[0-9]*", title) else title
            grids.append(PastedTable(source=name, title=_plain(" ".join((named, *above))), rows=kept))
        if len(grids) > MOST_TABLES:
            raise SurveyFileError(source, [f"found more than {MOST_TABLES} tables; give those of one report's page"])
    if not grids:
        problem = "found no table; needed are at least two rows of two columns: a header, and a row for each answer"
        raise SurveyFileError(source, [problem])
    return grids


_LINE_END = re.compile(r"\r\n|\r|\n")
"""Where a line ends, and nowhere else: form feeds and their like may stand in a text."""


def _separated(source: str, text: str) -> Iterable[tuple[str, list[list[str]]]]:
    """Read tables parted by empty lines; the separator is the most frequent of tab, semicolon and comma."""
    outside = "".join(text.split('"')[::2])
    sign = max("\t;,", key=outside.count)
    lines = [line for line in _LINE_END.split(text) if line.strip()]
    parted = sum(sign in re.sub(r"(?<=\d),(?=\d)", "", line) for line in lines)  # a decimal comma parts nothing
    if parted * 2 < len(lines) and (found := text_table(lines)):
        yield found
        return
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
    title, rows = "", list[list[str]]()
    try:
        for row in reader:
            filled = [entry for entry in row if entry.strip()]
            if not filled and rows:
                yield title, rows
                title, rows = "", []
            elif len(filled) == 1 and not rows and row[0].strip():
                title = filled[0]  # a line of its own above a table
            elif filled:
                rows.append(row)
    except csv.Error as error:
        raise SurveyFileError(source, [f"line {reader.line_num}: this is no table of texts: {error}"]) from None
    yield title, rows


_ROW = re.compile(r"(?<!\\)\|")


def _markdown(text: str) -> Iterable[tuple[str, list[list[str]]]]:
    """Read tables of lines with bars; the last line of text above one is its title."""
    title, rows = "", list[list[str]]()
    for line in [*_LINE_END.split(text), ""]:
        plain = line.strip()
        if "|" in plain:
            entries = _ROW.split(plain.removeprefix("|").removesuffix("|"))
            if not all(re.fullmatch(r"\s*:?-+:?\s*", entry) for entry in entries):
                rows.append([re.sub(r"[*`]|\\(?=\|)", "", entry) for entry in entries])
        else:
            if rows:
                yield title, rows
                title, rows = "", []
            title = plain.strip("#*_: ") or title


class _Tables(HTMLParser):
    """The tables of a page; a cell over several rows or columns stands in the first of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, list[list[str]]]] = []
        self.title, self.rows, self.depth = "", list[list[str]](), 0
        self.into = ""
        self.below: dict[int, int] = {}  # columns taken by a cell from above, and for how many rows
        self.spans = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.title, self.rows, self.below = "", [], {}
        if self.depth != 1:
            return
        if tag in ("tr", "td", "th"):
            self.close_cell()  # whose end tag may be left out
        if tag == "tr":
            self.rows.append([])
            self.taken()
        elif tag in ("td", "th") and self.rows:
            given = dict(attrs)
            self.spans = _span(given.get("colspan")), _span(given.get("rowspan"))
            self.rows[-1].append("")
            self.into = "cell"
        elif tag == "caption":
            self.into = "title"
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if self.depth == 1 and tag in ("td", "th", "tr", "table"):
            self.close_cell()
        if tag == "table" and self.depth:
            self.depth -= 1
            if not self.depth:
                self.found.append((self.title, self.rows))
        elif tag == "caption":
            self.into = ""

    def close_cell(self) -> None:
        if self.into == "cell":
            wide, high = self.spans
            first = len(self.rows[-1]) - 1
            self.below |= dict.fromkeys(range(first, first + wide), high - 1)
            self.rows[-1] += [""] * (wide - 1)
            self.taken()
        self.into = ""

    def taken(self) -> None:
        """Step over the columns that a cell from above takes."""
        while self.below.get(len(self.rows[-1]), 0) > 0:
            self.below[len(self.rows[-1])] -= 1
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.depth == 1 and self.into == "cell":
            self.rows[-1][-1] += data
        elif self.depth == 1 and self.into == "title":
            self.title += data


def _span(written: str | None) -> int:
    return min(int(written), MOST_COLUMNS) if written and re.fullmatch("[1-9][0-9]{0,3}", written) else 1


def _html(text: str) -> Iterable[tuple[str, list[list[str]]]]:
    reader = _Tables()
    reader.feed(text)
    reader.close()
    if reader.depth:  # a table that is cut off
        reader.found.append((reader.title, reader.rows))
    return reader.found


LARGEST_SHEETS = 50_000_000
"""Bytes that a workbook may unpack to."""


def _workbook(source: str, path: Path) -> Iterable[tuple[str, list[list[str]]]]:
    """Read every sheet; a formula gives the value that was saved with it, a percentage is shown as one."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise MissingPackage("openpyxl", "Reading an Excel file") from None
    try:
        return list(_sheets(source, path, load_workbook))
    except SurveyFileError:
        raise
    except Exception as error:  # noqa: BLE001 - damaged bytes end in whatever the libraries below raise
        raise SurveyFileError(source, [f"this is no Excel workbook that can be read: {error}"]) from None


def _sheets(source: str, path: Path, load: Callable[..., Any]) -> Iterable[tuple[str, list[list[str]]]]:
    with ZipFile(path) as packed:
        size = sum(entry.file_size for entry in packed.infolist())
    if size > LARGEST_SHEETS:
        raise SurveyFileError(source, [f"the workbook unpacks to {size:,} bytes; allowed is {LARGEST_SHEETS:,}"])
    with path.open("rb") as file:
        with catch_warnings(action="ignore"):  # of styles and the like, which are not read
            book = load(file, read_only=True, data_only=True)
        for name in book.sheetnames:
            if hasattr(book[name], "iter_rows"):
                cells = book[name].iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1)
                rows = [[_shown(cell) for cell in row] for row in cells]
                while rows and not any(rows[-1]):
                    rows.pop()
                width = max((place for row in rows for place, entry in enumerate(row, 1) if entry), default=0)
                yield name, [row[:width] for row in rows]


def _shown(cell: Any) -> str:
    """Return a cell as its sheet shows it, as far as that changes a number's decimals."""
    value, form = cell.value, str(getattr(cell, "number_format", "") or "")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "" if value is None else str(value)
    places = re.search(r"0\.(0+)", form)
    decimals = len(places[1]) if places else 0
    if "%" in form:
        return f"{100 * value:.{decimals}f}%"
    return f"{value:.{decimals}f}" if places else f"{value:.10g}"
