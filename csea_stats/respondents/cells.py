"""One cell with several answers: which of the declared ones cover it, and in how many ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.respondents.texts import compared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.respondents.kinds import Multiple


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """How a cell is covered by answers.

    Parameters
    ----------
    ways : tuple of tuples of int
        The answers of each way, at most two; of those that leave least uncovered.
    rest : str
        The first text that no answer covers; "" where all is covered.
    """

    ways: tuple[tuple[int, ...], ...]
    rest: str


def splitter(separator: str) -> re.Pattern[str]:
    """Return what parts two pieces: the separator with blanks around it; one that ends in a blank needs it."""
    sign = separator.strip()
    if not sign:
        return re.compile(rf"[ \t]*(?:{re.escape(separator)})+[ \t]*")
    before = r"(?:^|\s+)" if separator[0].isspace() else r"\s*"
    behind = r"(?:\s+|$)" if separator[-1].isspace() else r"\s*"
    return re.compile(f"{before}{re.escape(sign)}{behind}")


def pieces(text: str, parts: re.Pattern[str]) -> tuple[str, ...]:
    """Return what stands between separators, without what is empty."""
    return tuple(piece.strip() for piece in parts.split(compared(text)) if piece and piece.strip())


def covered(found: tuple[str, ...], answers: dict[tuple[str, ...], tuple[int, ...]]) -> Cover:
    """Return how pieces are covered by answers, each of which may be several pieces long.

    Parameters
    ----------
    found : tuple of str
    answers : dict
        From the pieces of an answer or code to the answers that it is.

    Examples
    --------
    >>> covered(("Bus", "Tram"), {("Bus",): (0,), ("Tram",): (1,), ("Bus", "Tram"): (2,)}).ways
    ((2,), (0, 1))
    """
    longest = max(map(len, answers), default=1)
    best: list[tuple[int, tuple[tuple[int, ...], ...], str]] = [(0, ((),), "")]  # from the last piece to the first
    for start in reversed(range(len(found))):
        cost, ways, _ = best[-1]
        options: list[tuple[int, tuple[tuple[int, ...], ...], str]] = []
        for length in range(min(longest, len(found) - start), 0, -1):
            after_cost, after, after_rest = best[-length]
            options.extend(
                (after_cost, tuple(tuple(sorted((*way, answer))) for way in after), after_rest)
                for answer in answers.get(found[start : start + length], ())
            )
        options.append((cost + 1, ways, found[start]))
        least = min(option[0] for option in options)
        kept = [option for option in options if option[0] == least]
        distinct = tuple(dict.fromkeys(way for _, several, _ in kept for way in several))[:2]
        best.append((least, distinct, kept[0][2]))
    return Cover(ways=best[-1][1], rest=best[-1][2])


def answers_of(kind: Multiple, parts: re.Pattern[str]) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Return what each answer and each code of a variable consists of, to the places of the answers that it is."""
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    for text, item in [*((item, item) for item in kind.items), *kind.values]:
        key = pieces(text, parts)
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), kind.items.index(item))))
    return found


def listed(labels: Sequence[str], off_scale: Sequence[str], values: Sequence[tuple[str, str]] = ()) -> str:
    """Return answers with their codes, for messages."""
    code = {label: code or "blank" for code, label in reversed(values)}
    named = [f"{label!r} ({code[label]})" if label in code else repr(label) for label in (*labels, *off_scale)]
    return ", ".join(named[:30]) + (f" and {len(named) - 30} more" if len(named) > 30 else "")


def unread(kind: Multiple, reading: Cover, whole: str, *, texts: bool) -> tuple[str, str] | None:
    """Return what is wrong with a cell, and what is allowed; ``whole`` is a piece that means something only alone."""
    if len(reading.ways) > 1:
        said = " or ".join(", ".join(repr(kind.items[place]) for place in way) for way in reading.ways[::-1])
        mend = "drop one of the answers, or write the cell so that it says one"
        return f", which can be read in 2 ways: {said}; {mend}", ""
    (way,) = reading.ways
    twice = next((kind.items[place] for place in way if way.count(place) > 1), None)
    if twice is None and not whole and (texts or not reading.rest):
        return None
    why = (
        f", which names {twice!r} twice" if twice is not None else f", of which {whole or reading.rest!r} is no answer"
    )
    nothing = [] if kind.nothing is None else [kind.nothing]
    allowed = listed((*kind.items, *nothing), kind.off_scale, kind.values)
    more = '; to read such texts as one answer: other = "other"' if twice is None and not whole else ""
    return why, f"parted by {kind.separator!r}: {allowed}{more}"
