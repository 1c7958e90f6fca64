"""Tables in plain lines of text, as a PDF gives them: columns apart by blanks, or numbers at the ends of lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PLACE = re.compile(r"\b(?:Table|Figure|Fig\.|Chart|Box|Exhibit)\s*[A-Z]?\d+(?:\.\d+)*[a-z]?\b", re.IGNORECASE)
"""How reports name the place of a table."""

_VALUE = r"[<>]?\s?(?:\d+(?:[.,]\d+)*|\.\d+)\s?%?"

_NUMBER = re.compile(
    rf"{_VALUE}(?:\s?\((?:[nN]\s?=\s?)?{_VALUE}\))?|[-\N{{EN DASH}}]|{_VALUE}\s?[-\N{{EN DASH}}]\s?{_VALUE}"
)

_GOES_ON = re.compile(r"(?:[,;/&-]|\b(?:and|or|of|the|a|in|on|to|with|for|by|from))$", re.IGNORECASE)
"""How a line ends whose text goes on in the next."""


class _Piece(NamedTuple):
    """A text of a line, and where it begins and ends."""

    start: int
    end: int
    text: str


def text_table(lines: Sequence[str]) -> tuple[str, list[list[str]]] | None:
    """Read lines of labels and numbers.

    Parameters
    ----------
    lines : sequence of str
        None of them empty.

    Returns
    -------
    (title, rows) or None
        None if few lines are such.

    Examples
    --------
    >>> text_table(["Heard of it   Men  Women", "radio          12     30", "at school       9"])
    ('', [['Heard of it', 'Men', 'Women'], ['radio', '12', '30'], ['at school', '9', '']])
    """
    return _laid_out(lines) or _run_together(lines)


# ---------------------------------------------------------------- columns apart by two blanks or more


def _laid_out(lines: Sequence[str]) -> tuple[str, list[list[str]]] | None:
    pieces = [[_Piece(one.start(), one.end(), one[0]) for one in re.finditer(r"\S+(?: \S+)*", line)] for line in lines]
    data = [place for place, line in enumerate(pieces) if len(line) > 1 and _are_numbers(line[1:])]
    if len(data) < 2:
        return None
    widths = [len(pieces[place]) for place in data]
    heads = max((len(line) for line in pieces[: data[0]]), default=0)
    width = max((n for n in widths if widths.count(n) * 3 >= len(data) or 2 < n <= heads + 1), default=max(widths))
    full = [pieces[place] for place in data if len(pieces[place]) == width]
    spans = [(min(one.start for one in some), max(one.end for one in some)) for some in zip(*full, strict=True)]
    begin = next(
        (i for i, line in enumerate(pieces[: data[0]]) if len(line) > 1 or line[0].start >= spans[1][0]), data[0]
    )
    rows: list[list[str]] = []
    begun = ""
    for place, line in enumerate(pieces[begin:], begin):
        row = _heads(line, spans) if place < data[0] and _is_head(line, spans) else _placed(line, spans)
        if place >= data[0] - 1 and not any(row[1:]) and _goes_on(row[0], pieces[place + 1 : place + 2]):
            begun = f"{begun} {row[0]}".strip()
            continue
        rows.append([f"{begun} {row[0]}".strip(), *row[1:]])
        begun = ""
    return " ".join(line.strip() for line in lines[:begin]), rows


def _are_numbers(line: Iterable[_Piece]) -> bool:
    return all(_NUMBER.fullmatch(one.text) for one in line)


def _is_head(line: Sequence[_Piece], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a line above the numbers stands over their columns, rather than over the labels alone."""
    return line[-1].start >= spans[1][0] - (spans[1][1] - spans[1][0]) or len(line) > 1


def _goes_on(text: str, after: Sequence[Sequence[_Piece]]) -> bool:
    """Whether the label of a line goes on in the next line."""
    return bool(after) and bool(text) and (bool(_GOES_ON.search(text)) or after[0][0].text[:1].islower())


def _heads(line: Sequence[_Piece], spans: Sequence[tuple[int, int]]) -> list[str]:
    """Return a line of heads by columns; fewer heads than columns stand each over as many."""
    columns = len(spans) - 1
    label = line[0].start < spans[1][0] and (len(line) == len(spans) or line[0].end <= spans[0][1])
    first, others = ([line[0].text], line[1:]) if label and len(line) > 1 else ([""], line)
    if others and columns % len(others) == 0:
        wide = columns // len(others)
        return [*first, *(text for one in others for text in (one.text, *[""] * (wide - 1)))]
    return [*first, *_placed(others, spans)[1:]]


def _placed(line: Sequence[_Piece], spans: Sequence[tuple[int, int]]) -> list[str]:
    """Return the texts of a line by columns: each where it stands, or nearest to it."""
    if line and len(line) < len(spans):
        line = [*_torn(line[0], spans), *line[1:]]
    if len(line) == len(spans):
        return [one.text for one in line]
    row = [""] * len(spans)
    for place, one in enumerate(line):
        gaps = [max(low - one.end, one.start - high, 0) for low, high in spans]
        centre = [abs(one.start + one.end - low - high) for low, high in spans]
        column = (
            0
            if place == 0 and one.start <= spans[0][1] and not _NUMBER.fullmatch(one.text)
            else min(range(len(spans)), key=lambda i: (gaps[i], centre[i]))
        )
        row[column] = f"{row[column]} {one.text}".strip()
    return row


def _torn(first: _Piece, spans: Sequence[tuple[int, int]]) -> list[_Piece]:
    """Part a label from the number that stands one blank after it, in the first column of numbers."""
    cut = first.text.rfind(" ")
    number = first.start + cut + 1
    if cut < 0 or not _NUMBER.fullmatch(first.text[cut + 1 :]) or number > spans[1][1] or first.end < spans[1][0]:
        return [first]
    return [_Piece(first.start, number - 1, first.text[:cut]), _Piece(number, first.end, first.text[cut + 1 :])]


# ---------------------------------------------------------------- numbers at the ends of lines


def _run_together(lines: Sequence[str]) -> tuple[str, list[list[str]]] | None:
    read = [_label_and_numbers(line) for line in lines]
    lengths = [len(row) for row in read if len(row) > 1]
    width = max(lengths, key=lengths.count, default=0)
    begins = (place for place, row in enumerate(read) if len(row) == width and not PLACE.match(lines[place]))
    start = next(begins, 0)
    rows, begun = list[list[str]](), ""
    for row in read[start:]:  # a label may begin on the lines above
        kept = [" ".join(row[: len(row) - width + 1]), *row[len(row) - width + 1 :]] if len(row) > width > 1 else row
        begun = f"{begun} {kept[0]}".strip()
        if len(kept) > 1:
            rows.append([begun, *kept[1:]])
            begun = ""
    if not rows or len(rows) * 3 < (len(read) - start) * 2 or any(len(row) != width for row in rows):
        return None
    above, heads = lines[:start], ""
    if above and not PLACE.match(above[-1]):
        above, heads = above[:-1], above[-1].strip()
    for parts in (re.split(r"\s{2,}", heads), re.split(r"(?<=\))\s+", heads), heads.split()):
        if len(parts) == width or (len(parts) == width - 1 and (width > 2 or parts[0] in ("n", "N", "%"))):
            over = re.split(r"(?<=\))\s+", above[-1]) if above else []
            over = over if len(over) > 1 else above[-1].split() if above else []
            if above and not PLACE.match(above[-1]) and set(parts) <= {"n", "N", "%"} and (width - 1) % len(over) == 0:
                wide = (width - 1) // len(over)
                heads_above = [text for one in over for text in (one, *[""] * (wide - 1))]
                return " ".join(above[:-1]), [["", *heads_above], ["", *parts][-width:], *rows]
            return " ".join(above), [["", *parts][-width:], *rows]
    return " ".join((*above, heads)), rows


def _label_and_numbers(line: str) -> list[str]:
    """Part a line into its label and the numbers after it."""
    words = re.sub(r"\s\((?=\d)", "(", line).split()
    last = len(words)
    while last > 1 and _NUMBER.fullmatch(words[last - 1]):
        last -= 1
    return [" ".join(words[:last]), *words[last:]]
