"""What of a drafted file is still to be written, confirmed or decided: its marks, with their lines."""

from __future__ import annotations

import re
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from csea_stats.survey.toml_places import tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["TODO", "guess", "decision"]

_NAMES: dict[Kind, tuple[str, str]] = {
    "TODO": ("TODO", "TODOs"),
    "guess": ("guess", "guesses"),
    "decision": ("decision", "decisions"),
}

_REMARK = re.compile(r'#\s*(?:"(?:[^"]|\\")*":\s*)?(TODO\b|guess:|\?\s|!\s)')
"""A comment that begins with a mark, or tells of a column of a file of answers that begins with one."""

_WRITTEN = re.compile(r"(?:\"{3}|'{3}|\"|')TODO\b")

_SIGNS: dict[str, Kind] = {"T": "TODO", "g": "guess", "?": "guess", "!": "decision"}

MOST_LINES = 20
"""Lines that are named one by one."""


class DraftMark(NamedTuple):
    """One mark: a text or comment that begins with TODO, a guess (``# guess:``, ``# ?``), a decision (``# !``)."""

    line: int
    kind: Kind


def draft_marks(text: str) -> tuple[DraftMark, ...]:
    r"""Return what of a survey file or a codebook is still to be written, confirmed or decided; a line counts once.

    Parameters
    ----------
    text : str
        A text that the TOML reader has accepted.

    Examples
    --------
    >>> draft_marks('a = "TODO a title"\nb = "# guess: no"  # guess: the head\n# ? in no order\n')
    (DraftMark(line=1, kind='TODO'), DraftMark(line=2, kind='guess'), DraftMark(line=3, kind='guess'))
    """
    found: dict[int, Kind] = {}
    for line, token in tokens_of(text):
        if match := _REMARK.match(token):
            found.setdefault(line, _SIGNS[match[1][0]])
        elif _WRITTEN.match(token):
            found.setdefault(line, "TODO")
    return tuple(DraftMark(line, kind) for line, kind in found.items())


def counted_marks(marks: Sequence[DraftMark]) -> dict[Kind, int]:
    """Return how many marks there are of each kind that there is."""
    return {kind: count for kind in _NAMES if (count := sum(mark.kind == kind for mark in marks))}


def marks_words(marks: Sequence[DraftMark], *, lines: bool = True) -> str:
    r"""Return how many marks are left, and in which lines; empty where there is none.

    Examples
    --------
    >>> marks_words(draft_marks('a = "TODO a title"\n# ? in no order\n# ? or in one\n'))
    '1 TODO (line 1) and 2 guesses (lines 2, 3)'
    """
    parts = []
    for kind, count in counted_marks(marks).items():
        at = [str(mark.line) for mark in marks if mark.kind == kind]
        listed = ", ".join(at[:MOST_LINES]) + (f" and {len(at) - MOST_LINES} more" if at[MOST_LINES:] else "")
        parts.append(f"{count} {_NAMES[kind][count > 1]}" + (f" (line{'s' * (count > 1)} {listed})" if lines else ""))
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


_LEFT: dict[int, tuple[weakref.ref[object], tuple[DraftMark, ...]]] = {}


class ReadFromFile:
    """What may have been read from a drafted file, whose marks it then remembers."""

    __slots__ = ("__weakref__",)


def remember[T: ReadFromFile](read: T, text: str) -> T:
    """Return what was read from a text, which remembers the marks in it as long as it lives."""
    key = id(read)
    if marks := draft_marks(text):
        _LEFT[key] = weakref.ref(read, lambda _: _LEFT.pop(key, None)), marks
    return read


def remembered(read: ReadFromFile) -> tuple[DraftMark, ...] | None:
    """Return the marks of the file that something was read from; None where it has none, or was read from no file."""
    found = _LEFT.get(id(read))
    return found[1] if found is not None and found[0]() is read else None


def marks_of_file(name: str) -> tuple[DraftMark, ...]:
    """Return the marks of a file that has been read; of a shipped one, and of answers, there are none."""
    path = Path(name)
    own = path.suffix.lower() == ".toml" and path.is_file()
    return draft_marks(path.read_text(encoding="utf-8-sig")) if own else ()
