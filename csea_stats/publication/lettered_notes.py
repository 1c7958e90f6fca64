"""Notes that sentences, tables and figures point to by letter: each text once in a set."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Severity = Literal["note", "caution", "serious"]

ALPHABET = "abcdefghijklmnoprstuvwxyz"
"""Letters of notes: no q, which many fonts have not raised."""

RAISED = str.maketrans(ALPHABET, "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")

SEVERITIES: tuple[Severity, ...] = ("serious", "caution", "note")
"""In the order in which notes are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What one or several sentences point to by a letter.

    Parameters
    ----------
    letter : str
        "a" to "z", then "aa".
    code : str
        Of the caveat; "intervals" for what the intervals are.
    text : str
    severity : {"note", "caution", "serious"}
    """

    letter: str
    code: str
    text: str
    severity: Severity = "note"

    def __str__(self) -> str:
        return f"{self.letter} {self.text}"


def by_letter(note: Note) -> tuple[int, str]:
    """Return what notes are sorted by: a to z, then aa."""
    return len(note.letter), note.letter


def notes_line(notes: Sequence[Note]) -> str:
    """Return notes as a paragraph; nothing where there is none."""
    return f"Notes: {' '.join(map(str, notes))}" if notes else ""


def letters(index: int) -> str:
    """Return the letter of a note: a to z, then aa.

    Examples
    --------
    >>> letters(0), letters(24), letters(25)
    ('a', 'z', 'aa')
    """
    rest, last = divmod(index, len(ALPHABET))
    return (letters(rest - 1) if rest else "") + ALPHABET[last]


def marks(notes: Sequence[Note]) -> str:
    """Return the raised letters that point to notes."""
    told = [note.letter.translate(RAISED) for note in notes]
    return ("," if any(len(one) > 1 for one in told) else "").join(told)


NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def merged(texts: Sequence[str]) -> dict[str, str]:
    """Return what tells each of some texts of one doubt: those that differ in one number are told as one.

    Examples
    --------
    >>> set(merged(["The level holds for all 5 jointly.", "The level holds for all 25 jointly."]).values())
    {'The level holds for all 5 or 25 jointly.'}
    >>> set(merged(["Only 7 people: one is 14%.", "Only 24 people: one is 4%."])) == set(
    ...     merged(["Only 7 people: one is 14%.", "Only 24 people: one is 4%."]).values())
    True
    """
    alike: dict[tuple[str, ...], list[str]] = {}
    for text in texts:
        alike.setdefault(tuple(NUMBER.split(text)), []).append(text)
    told: dict[str, str] = {}
    for words, same in alike.items():
        numbers = [NUMBER.findall(text) for text in same]
        differing = [place for place in range(len(words) - 1) if len({one[place] for one in numbers}) > 1]
        if len(differing) != 1:
            told |= {text: text for text in same}
            continue
        values = sorted({one[differing[0]] for one in numbers}, key=lambda one: (len(one), one))
        shown = [*numbers[0], ""]
        shown[differing[0]] = joined(values, "or")
        told |= dict.fromkeys(same, "".join(part for pair in zip(words, shown, strict=True) for part in pair))
    return told


def joined(parts: Sequence[str], last: str) -> str:
    """Return parts with commas, the last after a word: "a, b or c"; of none nothing."""
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
