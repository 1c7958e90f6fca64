"""How wide a text is, nearly: to break lines and to keep labels apart where no browser measures them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Sequence

NARROW = frozenset("iljtfrI.,:;'|!()[]{}/ ’“”·-")
WIDE = frozenset("mwMW@%—…")


def text_width(text: str, size: float = 13.0) -> float:
    """Return about how wide a text is in DejaVu Sans, a wide face, in pixels; rather too much than too little.

    Examples
    --------
    >>> text_width("") == 0, text_width("mm") > text_width("ii")
    (True, True)
    """
    return size * sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    if combining(character):
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.05
    if character in NARROW:
        return 0.42
    if character in WIDE:
        return 1.0
    return 0.72 if character.isupper() else 0.65


def wrapped(text: str, width: float, size: float = 13.0) -> tuple[str, ...]:
    """Return the lines of a text set to a width in pixels; a word wider than a line is broken.

    Examples
    --------
    >>> wrapped("one two three", 60)
    ('one two', 'three')
    """
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _pieces(word, width, size):
            joined = f"{line} {piece}" if line else piece
            if line and text_width(joined, size) > width:
                lines.append(line)
                line = piece
            else:
                line = joined
    return (*lines, line) if line else tuple(lines)


def _pieces(word: str, width: float, size: float) -> list[str]:
    pieces, rest = [], word
    while rest and text_width(rest, size) > width:
        length = max(1, next(k for k in range(1, len(rest) + 1) if text_width(rest[:k], size) > width) - 1)
        pieces.append(rest[:length])
        rest = rest[length:]
    return [*pieces, rest] if rest else pieces


def text_columns(grid: Sequence[Sequence[str]], right: Sequence[bool], widest: int) -> str:
    """Return rows of text in columns, the first row a head; long entries are broken, control characters are spaces.

    Parameters
    ----------
    grid : sequence of rows
        All of one length.
    right : sequence of bool
        Which columns are flush right.
    widest : int
        Characters of the widest column.
    """
    broken = [[_lines(entry, widest) for entry in row] for row in grid]
    widths = [max((len(line) for row in broken for line in row[k]), default=0) for k in range(len(right))]
    out: list[str] = []
    for index, row in enumerate(broken):
        for line in range(max((len(lines) for lines in row), default=0)):
            parts = [lines[line] if line < len(lines) else "" for lines in row]
            padded = [p.rjust(w) if r else p.ljust(w) for p, w, r in zip(parts, widths, right, strict=True)]
            out.append("  ".join(padded).rstrip())
        if index == 0:
            out.append("  ".join("-" * width for width in widths).rstrip())
    return "\n".join(out) + "\n"


def _lines(entry: str, widest: int) -> list[str]:
    from textwrap import wrap

    clean = "".join(c if c.isprintable() else " " for c in entry)
    return wrap(clean, widest) or [""]
