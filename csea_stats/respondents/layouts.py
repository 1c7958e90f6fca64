"""How a file is laid out: which rows name its columns, what parts its cells; a grid of cells into named columns."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from csea_stats.errors import InputError, check_kind, in_short
from csea_stats.respondents.texts import text_of
from csea_stats.results.numbers import number_of

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

_WORDS = re.compile(r"[^\W\d_]{2}")
"""What a cell of a second header row holds and a number or a date does not."""


MOST = 200
"""How many problems of one source are told one by one."""


def cut(problems: Iterable[str]) -> list[str]:
    """Return the first problems, and how many more there are."""
    listed = list(problems)
    return listed if len(listed) <= MOST else [*listed[:MOST], f"... and {len(listed) - MOST:,} more"]


def header_problems(header: Sequence[str], where: str = "row 1: ") -> Iterator[str]:
    """Yield what is wrong with the names of the columns."""
    for place, name in enumerate(header, 1):
        if not name:
            yield f"{where}column {place} has no name; each column needs one"
    for name, times in Counter(header).items():
        if name and times > 1:
            yield f"{where}found the column {name!r} {times} times; each name may stand once"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLayout:
    """How a file is laid out; nothing of it is guessed.

    Parameters
    ----------
    header : int or None
        Number of header rows; None: 1.
    names, labels : int or None
        Which header row names the columns (None: all of them, joined), and which tells the wording.
    skip : int
        Rows above the header.
    separator, encoding : str or None
        Of a CSV; None: the one separator that fits every row, UTF-8.
    decimal : {".", ","}
        The sign of decimals in numbers.
    sheet : str or None
        Of a workbook.

    Examples
    --------
    >>> FileLayout(header=3, names=1).rows
    3
    """

    header: int | None = None
    names: int | None = None
    labels: int | None = None
    skip: int = 0
    separator: str | None = None
    encoding: str | None = None
    decimal: str = "."
    sheet: str | None = None

    def __post_init__(self) -> None:
        for key, low, high in (("header", 1, None), ("skip", 0, None), ("names", 1, self.header or 1)):
            _check_whole(key, getattr(self, key), low, high)
        _check_whole("labels", self.labels, 1, self.header or 1)
        for key, allowed in (("separator", (*SEPARATORS, None)), ("decimal", (".", ","))):
            if getattr(self, key) not in allowed:
                listed = " or ".join(repr(sign) for sign in allowed if sign)
                message = f"file: {key}: found {in_short(getattr(self, key))}; allowed is {listed}"
                raise InputError(message)
        for key in ("encoding", "sheet"):
            if not isinstance(getattr(self, key), str | None):
                message = f"file: {key}: found {in_short(getattr(self, key))}; allowed is a text"
                raise InputError(message)
        try:
            b"a".decode(self.encoding or "utf-8", "replace")
        except (LookupError, ValueError):
            message = (
                f"file: encoding: found {in_short(self.encoding)}; allowed is an encoding of texts, such as 'cp1252'"
            )
            raise InputError(message) from None

    @property
    def rows(self) -> int:
        """How many header rows there are."""
        return self.header or 1

    def given(self) -> dict[str, int | str]:
        """Return the keys that say something."""
        pairs = ((one.name, getattr(self, one.name), one.default) for one in fields(self))
        return {key: value for key, value, default in pairs if value != default}


def _check_whole(key: str, value: object, low: int, high: int | None) -> None:
    if value is None and key != "skip":
        return
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):  # type: ignore[operator]
        allowed = f"a whole number from {low}" + (f" to {high}, one of the header rows" if high is not None else "")
        message = f"file: {key}: found {in_short(value)}; allowed is {allowed}"
        raise InputError(message)


def layout_of(found: FileLayout | Mapping[str, object] | None) -> FileLayout:
    """Return a layout from its keys.

    Raises
    ------
    InputError
        An unknown key, or a value that is not allowed.
    """
    if found is None:
        return FileLayout()
    if isinstance(found, FileLayout):
        return found
    check_kind("file", found, Mapping)
    known = [one.name for one in fields(FileLayout)]
    if set(found) - set(known):
        message = f"file: found {in_short(found)}; allowed are the keys {', '.join(known)}"
        raise InputError(message)
    return FileLayout(**found)  # type: ignore[arg-type]


def named_separator(text: str) -> str | None:
    """Return the separator that a first line such as ``sep=;`` names, or None."""
    found = re.match(r"sep=([,;\t|])[ ]*(?=[\r\n])", text)
    return found[1] if found else None


def parted(text: str, layout: FileLayout) -> tuple[list[list[str]], list[str], str | None]:
    """Return the records of a CSV text, what is wrong with their number of fields, and what parts them.

    A record ends at a line end outside quotes and nowhere else. Where the layout names no separator it is the one that
    gives every row the same number of fields.

    Raises
    ------
    csv.Error
        If the text is no CSV; the first argument names the line.
    """
    first = named_separator(text)
    asked = first or layout.separator
    if asked is not None:
        records = records_of(text, asked)
        return records, _lengths(records, layout.skip + bool(first)), asked
    start = records_of(text, "\x1f", layout.skip + 1, strict=False)[layout.skip :]
    likely = [sign for sign in SEPARATORS if any(sign in cell for record in start for cell in record)]
    found: dict[str, list[list[str]]] = {}
    failed: csv.Error | None = None
    for sign in likely:
        try:
            records = records_of(text, sign)
        except csv.Error as error:
            failed = failed or error
            continue
        if records and len(records[min(layout.skip, len(records) - 1)]) > 1:
            found[sign] = records
    if not found:
        if failed is not None:
            raise failed
        records = records_of(text, "\x1f")
        return records, _lengths(records, layout.skip), None
    widths = {sign: sorted({len(row) for row in _counted(records, layout)}) or [0] for sign, records in found.items()}
    fitting = [sign for sign in found if len(widths[sign]) == 1]
    if fitting:
        sign = max(fitting, key=lambda sign: widths[sign][0])
        return found[sign], [], sign
    told = ", ".join(f"{SEPARATORS[sign]} gives rows of {_listed(lengths)} fields" for sign, lengths in widths.items())
    best = max(found, key=lambda sign: len(found[sign][layout.skip]))
    problem = f"{told}: say separator under [file], or mend the rows"
    return found[best], [problem, *_lengths(found[best], layout.skip)], best


def _listed(lengths: Sequence[int]) -> str:
    words = list(map(str, lengths[:6]))
    return " and ".join([", ".join(words[:-1]), words[-1]]) if words[1:] else words[0]


def records_of(text: str, separator: str, most: int | None = None, *, strict: bool = True) -> list[list[str]]:
    """Return the records of a CSV text, at most so many; what stands behind a quote is an error where it is strict.

    Raises
    ------
    csv.Error
        If the text is no CSV; the first argument names the line.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    records: list[list[str]] = []
    known: dict[str, str] = {}  # equal cells are one text, which is faster by far than millions
    try:
        for record in reader:
            records.append(list(map(known.setdefault, record, record)))
            if most is not None and len(records) >= most:
                break
    except csv.Error as error:
        message = f"line {reader.line_num}: this is no CSV: {error}"
        raise csv.Error(message) from None
    return records


def _counted(records: Sequence[list[str]], layout: FileLayout) -> list[list[str]]:
    return [row for row in records[layout.skip :] if any(map(str.strip, row))]


def _lengths(records: Sequence[list[str]], start: int) -> list[str]:
    width = len(records[start]) if len(records) > start else 0
    if not width and any(map(any, records[start:])):
        first = next(place for place, row in enumerate(records) if place > start and any(row))
        return [f"row {start + 1}: found nothing; needed is the header: say skip = {first} under [file]"]
    return [
        f"row {number}: found {len(row)} values; allowed is {width}, one for each column of the header"
        for number, row in enumerate(records[start:], start + 1)
        if len(row) != width and any(map(str.strip, row))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellGrid:
    """The cells of a file below its header, by column.

    Parameters
    ----------
    columns : dict
        Name to texts; None where the source holds nothing.
    places : dict
        Name to the column's place in the file, counted from 0.
    numbers : sequence of int
        What each row is called in messages.
    wording : dict
        Name to the wording that a header row tells.
    repeated : dict
        A name that stands more than once, to the names that its columns have got.
    notes : tuple of str
    problems : tuple of str
    """

    columns: dict[str, Sequence[str | None]]
    places: dict[str, int]
    numbers: Sequence[int]
    wording: dict[str, str]
    repeated: dict[str, tuple[str, ...]]
    notes: tuple[str, ...]
    problems: tuple[str, ...]


def grid_of(rows: Sequence[Sequence[str | None]], layout: FileLayout, *, start: int = 0, leftwards: bool) -> CellGrid:
    """Return the columns of a table of cells.

    Parameters
    ----------
    rows : sequence of rows
        From the first row of the file; all of one length.
    layout : FileLayout
    start : int
        Rows above those that the layout skips.
    leftwards : bool
        Whether in a header row above the last an empty cell takes the text to its left.
    """
    start += layout.skip
    header = [[text_of(cell or "") for cell in row] for row in rows[start : start + layout.rows]]
    if not header or not any(map(any, header)):
        problem = f"row {start + 1}: found no header; needed is a name for each column"
        return CellGrid(columns={}, places={}, numbers=(), wording={}, repeated={}, notes=(), problems=(problem,))
    problems = _unasked(rows[start : start + 3], start + 1) if layout.header is None else []
    names = _names(header, layout, leftwards=leftwards)
    first = start + layout.rows
    kept = [(number, row) for number, row in enumerate(rows[first:], first + 1) if _holds_something(row)]
    hollow = sum(1 for row in rows[first:] if any(cell is not None for cell in row)) - len(kept)
    cells: list[Sequence[str | None]] = list(zip(*(row for _, row in kept), strict=True)) or [()] * len(names)
    found = [(name, place) for place, name in enumerate(names) if name or any(map(bool, cells[place]))]
    times = Counter(name for name, _ in found)
    seen: Counter[str] = Counter()
    repeated: dict[str, list[str]] = {}
    columns: dict[str, Sequence[str | None]] = {}
    places: dict[str, int] = {}
    for name, place in found:
        called = name or f"column {place + 1}"
        if name and times[name] > 1:
            seen[name] += 1
            called = f"{name} [{seen[name]}]"
            repeated.setdefault(name, []).append(called)
        if called in columns:
            problems.append(f"row {start + 1}: found the column {called!r} 2 times; each name may stand once")
        columns[called], places[called] = cells[place], place
    wording = header[layout.labels - 1] if layout.labels is not None else []
    return CellGrid(
        columns=columns,
        places=places,
        numbers=[number for number, _ in kept],
        wording={name: wording[place] for name, place in places.items() if wording and wording[place]},
        repeated={name: tuple(called) for name, called in repeated.items()},
        notes=(f"{number_of(hollow, 'rows')} hold{'s' * (hollow == 1)} nothing",) if hollow else (),
        problems=tuple(problems),
    )


def _holds_something(row: Sequence[str | None]) -> bool:
    first = next(filter(None, row), "")
    return bool(first and (first.strip() or any(cell and cell.strip() for cell in row)))


def _names(header: list[list[str]], layout: FileLayout, *, leftwards: bool) -> list[str]:
    if layout.names is not None:
        return header[layout.names - 1]
    if leftwards:
        for row in header[:-1]:
            for place in range(1, len(row)):
                row[place] = row[place] or row[place - 1]
    return [" | ".join(filter(None, cells)) for cells in zip(*header, strict=True)]


def _unasked(rows: Sequence[Sequence[str | None]], first: int) -> list[str]:
    """Tell a second and a third header row that the layout does not name."""
    if len(rows) > 2 and any((cell or "").startswith(IMPORT_ID) for cell in rows[2]):
        return [
            f'row {first + 2} holds {{"ImportId": ...}}, a third header row: say header = 3 and names = 1 under [file]'
        ]
    places = named_below(rows)
    if not places:
        return []
    listed = ", ".join(map(str, places[:10]))
    return [f"row {first}: columns {listed} have no name and row {first + 1} names them: say header = 2 under [file]"]


IMPORT_ID = '{"ImportId":'
"""How a cell of a third header row begins."""


def named_below(rows: Sequence[Sequence[str | None]]) -> list[int]:
    """Return the columns, counted from 1, that have no name in the first row and words in the second; two or more."""
    pairs = enumerate(zip(rows[0], rows[1], strict=True), 1) if len(rows) > 1 else ()
    unnamed = [(place, below or "") for place, (name, below) in pairs if not text_of(name or "")]
    filled = [(place, below) for place, below in unnamed if text_of(below)]
    if len(filled) < 2 or not all(_WORDS.search(below) for _, below in filled):
        return []
    return [place for place, _ in filled]
