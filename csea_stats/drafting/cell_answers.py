"""Several answers in one cell: which sign parts them, and which pieces are one answer."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from csea_stats.drafting.column_facts import by_frequency, given_once, of_one_person, other_of
from csea_stats.drafting.word_lists import is_nothing, is_off_scale, same_form
from csea_stats.respondents.cells import pieces, splitter
from csea_stats.respondents.kinds import Multiple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csea_stats.respondents.texts import Value

ANSWERS_PER_PIECE = 1.5
MOST_PIECES = 30
LONGEST_PIECE = 80
ENDLESS = 300
"""Distinct pieces of some cells that are no answers of a list."""

SEVERAL = 2
"""How many cells have to hold several answers."""

FORMS = ("google_forms", "microsoft_forms")
"""Tools that write a text of one's own into the same cell."""

CODED = ("odk", "kobo", "surveycto", "commcare")
"""Tools that part codes by blanks."""

TOGETHER = 5
"""How many times two pieces stand together, and neither without the other, from which they are one answer."""

RARE = (" / ", " + ", " & ", " and ", " und ", " et ", " y ", " i ", " dhe ", "/", "+", " ")
"""What parts answers only where each of them is all of some cell."""

MOST_ASKED = 3
"""Pairs of pieces that are asked about."""

_CODE = re.compile(r"-?[a-z0-9_.]+(?:-[a-z0-9_.]+)*|[A-Z0-9_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """Cells in pieces.

    Parameters
    ----------
    separator : str
    cells : tuple of (tuple of str, int)
        The pieces of each distinct cell, and how often it stands.
    """

    separator: str
    cells: tuple[tuple[tuple[str, ...], int], ...]

    @property
    def times(self) -> Counter[str]:
        """How often each piece stands."""
        found: Counter[str] = Counter()
        for parts, count in self.cells:
            for piece in parts:
                found[piece] += count
        return found


def parted_cells(texts: dict[str, int], separator: str) -> Parting:
    """Return the pieces of every cell; pieces that always stand together as in one answer are one.

    Examples
    --------
    >>> cells = parted_cells({"Bus, Bed and board, cooked": 2, "Bed and board, cooked": 1, "Bus": 3}, ", ")
    >>> dict(cells.times)
    {'Bus': 5, 'Bed and board, cooked': 3}
    """
    pattern = splitter(separator)
    found = [(pieces(text, pattern), count) for text, count in texts.items()]
    glue = separator if separator[-1].isspace() else f"{separator} "
    least = TOGETHER if separator in (";", ", ") else None
    while pairs := _together(found, least):
        found = [(_glued(parts, pairs, glue), count) for parts, count in found]
    return Parting(separator=separator, cells=tuple(found))


def _together(cells: Sequence[tuple[tuple[str, ...], int]], least: int | None) -> set[tuple[str, str]]:
    """Return pairs of pieces that stand together wherever one does: the second in lower case, or so often."""
    times: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    cellwise: Counter[tuple[str, str]] = Counter()
    for parts, count in cells:
        times.update(parts)
        pairs.update(pairwise(parts))
        cellwise.update(dict.fromkeys(pairwise(parts), count))
    return {
        (first, second)
        for (first, second), count in pairs.items()
        if first != second
        and times[first] == times[second] == count
        and (
            (second[0].islower() and not first[0].islower())
            or (least is not None and cellwise[first, second] >= least and not second[-1].isdigit())
        )
    }


def _glued(parts: tuple[str, ...], pairs: set[tuple[str, str]], glue: str) -> tuple[str, ...]:
    made: list[str] = []
    last = ""
    for piece in parts:
        if made and (last, piece) in pairs:
            made[-1] += glue + piece
            last = ""
        else:
            made.append(piece)
            last = piece
    return tuple(made)


def _separators(texts: dict[str, int]) -> list[str]:
    """Return what may part the answers, in the order in which it is tried."""
    tight = any(re.search(r",(?=\S)", text) for text in texts)
    commas = [",", ", "] if tight else [", "]
    return ["\n", ";", "|", *commas, *RARE]


def several_answers(
    texts: dict[str, int], tool: str, *, fixed: bool = False
) -> tuple[Multiple, tuple[str, ...]] | str | None:
    """Return a question with several answers in one cell with remarks, why it cannot be read, or None if it is none.

    Of several signs that may part them the one that gives the fewest different pieces does.

    Parameters
    ----------
    texts : dict
        Distinct cells to how often each stands.
    tool : str
        The tool that wrote the file; "" for none that is known.
    fixed : bool
        Whether the answers are those of the form.
    """
    fitting: list[Parting] = []
    for separator in _separators(texts) if len(texts) > 1 else ():
        sign = separator.strip() or separator
        inside = sum(count for text, count in texts.items() if sign in text.strip().rstrip(sign))
        if inside < SEVERAL:
            continue
        parting = parted_cells(texts, separator)
        if _fits(_on_scale(parting), tool):
            fitting.append(parting)
    best = min(fitting, key=lambda parting: len(parting.times), default=None)
    if best is not None and parting_sign(best.times) not in (None, best.separator.strip()):
        return "several answers in one cell, of which it is not clear what parts them: list them as items"
    return None if best is None else _multiple(best, tool, fixed=fixed)


def parting_sign(texts: Iterable[str]) -> str | None:
    """Return a sign that parts texts into such as several of them have, two or more; None where there is none.

    Examples
    --------
    >>> parting_sign(["Bus + Tram", "Tram + Car", "Bus + Car"]), parting_sign(["Yes, often", "Yes, rarely", "No"])
    ('+', None)
    """
    for sign in ("\n", ";", "|", ",", " / ", " + ", " & "):
        inside: Counter[str] = Counter()
        for text in texts:
            inside.update({part.strip() for part in text.split(sign)} if sign in text else ())
        if sum(count > 1 for count in inside.values()) >= SEVERAL:
            return sign.strip() or sign
    return None


def is_endless(texts: Sequence[str]) -> bool:
    """Whether cells hold so many distinct pieces, whatever parts them, that they are no list of answers."""
    return all(
        len({piece for text in texts for piece in text.split(sign)}) > ENDLESS for sign in ("\n", ";", "|", ",", " ")
    )


def _apart(parting: Parting) -> set[str]:
    """Return pieces that are off the scale and stand in no cell beside another."""
    beside = {piece for parts, _ in parting.cells if len(parts) > 1 for piece in parts}
    return {parts[0] for parts, _ in parting.cells if len(parts) == 1 and is_off_scale(parts[0])} - beside


def _on_scale(parting: Parting) -> Parting:
    outside = _apart(parting)
    return Parting(
        separator=parting.separator,
        cells=tuple(cell for cell in parting.cells if cell[0] and cell[0][0] not in outside),
    )


def _fits(parting: Parting, tool: str) -> bool:
    times = parting.times
    several = sum(count for parts, count in parting.cells if len(parts) > 1)
    if several < SEVERAL or len(times) < 2 or max(map(len, times)) > LONGEST_PIECE:
        return False
    if _ranking(parting):
        return True
    counted = [piece for piece, count in times.items() if count > 1 or tool not in FORMS]
    if len(counted) > MOST_PIECES or len(counted) < 2 or sum(times.values()) < ANSWERS_PER_PIECE * len(times):
        return False
    if parting.separator == " " and not _codes(parting):
        return False
    if parting.separator in RARE and not _all_alone(parting) and (parting.separator != " " or tool not in CODED):
        return False
    # "Yes, always", "Yes, sometimes", "No": fewer ways to answer than pieces are answers with a comma in them
    distinct = len({frozenset(parts) for parts, _ in parting.cells})
    return parting.separator not in (",", ", ") or distinct >= len(counted)


def _codes(parting: Parting) -> bool:
    """Whether pieces between blanks are codes and no words of a sentence."""
    words = [piece for piece in parting.times if not re.fullmatch(r"-?\d+", piece)]
    if not all(map(_CODE.fullmatch, parting.times)):
        return False
    pairs: Counter[tuple[str, str]] = Counter()
    times: Counter[str] = Counter()
    for parts, count in parting.cells:
        for piece in parts:
            times[piece] += count
        for pair in pairwise(parts):
            pairs[pair] += count
    return not any(
        count > 1 and times[first] == times[second] == count and first in words and second in words
        for (first, second), count in pairs.items()
    )


def _all_alone(parting: Parting) -> bool:
    """Whether every piece is all of some cell, but for one between bare signs, and cells hold sets of several."""
    alone = {parts[0] for parts, _ in parting.cells if len(parts) == 1}
    several = {frozenset(parts) for parts, _ in parting.cells if len(parts) > 1}
    never = set(parting.times) - alone
    return len(never) <= (parting.separator in (" / ", " + ", " & ")) and len(several) > 1


def _ranking(parting: Parting) -> bool:
    """Whether every cell names the same answers, in more than one order."""
    only = set(parting.cells[0][0])
    return (
        len(only) >= 2
        and len(parting.cells) > 1
        and all(len(parts) == len(only) and set(parts) == only for parts, _ in parting.cells)
    )


def _multiple(parting: Parting, tool: str, *, fixed: bool) -> tuple[Multiple, tuple[str, ...]] | str:
    if _ranking(_on_scale(parting)):
        return f"a ranking: each row names all {len(_on_scale(parting).times)}"
    if any(len(set(parts)) < len(parts) for parts, _ in parting.cells):
        return "several answers in one cell, of which some stand twice in it"
    times = parting.times
    alone = {parts[0] for parts, _ in parting.cells if len(parts) == 1}
    beside = {piece for parts, _ in parting.cells if len(parts) > 1 for piece in parts}
    nothing = sorted(piece for piece in alone - beside if is_nothing(piece))
    reasons = [piece for piece, _ in by_frequency(times) if piece in _apart(parting)]
    forms: dict[tuple[str, str], str] = {}
    for piece, _ in by_frequency(times):
        forms.setdefault(same_form(piece), piece)
    first = {piece: forms[same_form(piece)] for piece in times}
    total: Counter[str] = Counter()
    for piece, count in times.items():
        total[first[piece]] += count
    special = {*nothing, *reasons}
    once = set() if fixed else _once(parting, total, tool) - special
    items = [piece for piece, _ in by_frequency(times) if first[piece] == piece and piece not in special | once]
    if any(len({first[piece] for piece in parts}) < len(parts) for parts, _ in parting.cells):
        items, first = [piece for piece, _ in by_frequency(times) if piece not in special | once], {}
    values: dict[Value, str] = {piece: item for piece, item in sorted(first.items()) if item != piece and item in items}
    remarks = [f"? several answers in one cell, parted by {_shown(parting.separator)}"]
    whole = [item for item in items if len(pieces(item, splitter(parting.separator))) > 1]
    if whole:
        listed = ", ".join(f'"{item}"' for item in whole)
        remarks[0] += f"; what stands together in every cell is taken for one answer: {listed}"
    pairs = sorted(_together(parting.cells, SEVERAL)) if parting.separator in (";", ", ") else []
    for one, two in [pair for pair in pairs if set(pair) <= set(items)][:MOST_ASKED]:
        remarks[0] += f'; "{one}" and "{two}" always stand together: one answer?'
    if len(items) < 2:
        return "several answers in one cell, of which only one was given more than once"
    if once:
        remarks.append(given_once(once, "items"))
    kind = Multiple(
        items=items,
        separator=parting.separator,
        nothing=nothing[0] if nothing else None,
        off_scale=[*nothing[1:], *reasons],
        values=values,
        other=other_of(items) if once else None,
    )
    return kind, tuple(remarks)


def _once(parting: Parting, times: Mapping[str, int], tool: str) -> set[str]:
    """Return pieces that may be a text of one's own; codes are none."""
    if parting.separator == " ":
        return set()
    found = of_one_person(times, sum(count for _, count in parting.cells))
    return found | ({piece for piece, count in times.items() if count == 1} if tool in FORMS else set())


def _shown(separator: str) -> str:
    return '"\\n"' if separator == "\n" else f'"{separator}"'


def parted_by_blanks(texts: dict[str, int]) -> bool:
    """Whether some cells are other cells put one behind the other, with blanks between them.

    Examples
    --------
    >>> parted_by_blanks({"Free Wi-Fi Printing": 1, "Free Wi-Fi": 2, "Printing": 1})
    True
    """
    known = set(texts)
    if len(known) > 1000:
        return False
    return any(
        text[:place] in known and text[place + 1 :] in known
        for text in known
        for place in (match.start() for match in re.finditer(" ", text))
    )
