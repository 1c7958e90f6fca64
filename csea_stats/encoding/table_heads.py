"""What stands above and beside the numbers of a pasted table: heads, units, sizes of groups, lines that part it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from csea_stats.survey.printed_numbers import number_keys, percent_ends
from csea_stats.survey.survey import JOIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.encoding.grids import PastedTable

UNIT_OF = {
    **dict.fromkeys(("%", "in %", "percent", "percentage", "per cent", "pct", "share", "valid percent"), "percent"),
    **dict.fromkeys(("n", "count", "counts", "number", "no.", "frequency", "freq", "freq.", "respondents"), "count"),
    **dict.fromkeys(("n (%)", "n, %", "count (%)", "number (%)", "n(%)", "no. (%)"), "count"),
    **dict.fromkeys(("% (n)", "%(n)", "percent (n)"), "percent"),
}
"""Heads of columns that say what the numbers are."""

ADDING_UP = ("cumulative percent", "cumulative %", "cum. %", "cumulative")
"""Heads of columns that hold sums of what stands above."""

TESTS = ("p", "p-value", "p value", "sig.", "\N{GREEK SMALL LETTER CHI}\N{SUPERSCRIPT TWO}", "chi2", "95% ci", "or")
"""Heads of columns that hold no counts or percentages."""

BASES = ("n", "base", "answered", "respondents", "total n", "base n", "unweighted base", "valid n", "number")
"""Labels of the row or column that holds how many answered."""

TOTALS = ("total", "all", "sum", "valid", "overall", "all respondents", "total sample", "everybody", "everyone")
"""Labels of a row or column that holds the sum of the others, or of all respondents beside groups of them."""

_SIZE = re.compile(r"[ ,;:]*(?:[(\[] ?|\b)[nN] ?= ?(\d{1,3}(?:[ ,]\d{3})+|\d+)(?: ?[)\]])?", re.ASCII)


def readable(printed: str, unit: str) -> bool:
    """Whether a text is a number of this unit, or nothing."""
    said = number_keys(printed, unit)
    percent, count = said.get("percent", "0"), said.get("count", 0)
    return isinstance(count, int) and percent_ends(percent) is not None


def is_number(printed: str) -> bool:
    """Whether a text is a count or a percentage, or both."""
    return bool(printed) and (readable(printed, "percent") or readable(printed, "count"))


def without_size(text: str) -> tuple[str, int | None]:
    """Part a text from the number of people that it names.

    Examples
    --------
    >>> without_size("Teacher (n = 1,038)"), without_size("N=38"), without_size("Nurse")
    (('Teacher', 1038), ('', 38), ('Nurse', None))
    """
    found = _SIZE.search(text)
    if found is None or len(found[1]) > 11:
        return text, None
    return f"{text[: found.start()]}{text[found.end() :]}".strip(), int(re.sub(r"\D", "", found[1]))


def plain(label: str) -> str:
    """Return a label as labels of totals and bases are listed."""
    return without_size(label)[0].lower().strip(" :=()")


def is_total(label: str) -> bool:
    """Whether a row or column is of all respondents."""
    return plain(label) in TOTALS


def is_base(label: str) -> bool:
    """Whether a row or column holds how many answered."""
    return plain(label) in BASES


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands above one column.

    Parameters
    ----------
    label : str
        Without unit and size; "" where that is all.
    unit : {"percent", "count", ""}
    base : int or None
        How many people it says that the column is of.
    left_out : str
        Why its numbers are none of the table's; "" if they are.
    """

    label: str
    unit: str = ""
    base: int | None = None
    left_out: str = ""


def head_of(text: str) -> Head:
    """Part a head into its label, its unit and its size.

    Examples
    --------
    >>> head_of("Teacher (n = 38), n (%)")
    Head(label='Teacher', unit='count', base=38, left_out='')
    """
    lower = text.lower()
    if lower in ADDING_UP or lower in TESTS:
        return Head(label=text, left_out=", which adds up" if lower in ADDING_UP else ", which holds a test")
    text, base = without_size(text)
    if text.lower() in UNIT_OF:
        return Head(label="", unit=UNIT_OF[text.lower()], base=base)
    if text.startswith("% "):
        return Head(label=named(text[2:]), unit="percent", base=base)
    parts = re.fullmatch(r"(.+?)(?:[ ,]+| ?[(\[])(%|n|n, %|n \(%\)|% \(n\))[)\]]?", text)
    label, unit = (parts[1], UNIT_OF[parts[2]]) if parts else (text, "")
    return Head(label=named(label), unit=unit, base=base)


def named(text: str) -> str:
    """Return a label as an answer may be called."""
    return text.replace(JOIN, " and ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The heads of a table.

    Parameters
    ----------
    rows : int
        How many rows they take.
    columns : tuple of Head
        Of each column after the first.
    above : str
        What stands above several of them together; "" if nothing.
    """

    rows: int
    columns: tuple[Head, ...]
    above: str = ""


def heads_of(rows: Sequence[tuple[str, ...]]) -> Heads:
    """Read the heads of a table: names, with what stands above several of them; units and sizes below.

    Examples
    --------
    >>> heads_of((("", "Men", "", "All"), ("", "n", "%", "n"), ("yes", "1", "2", "3"))).columns[1]
    Head(label='Men', unit='percent', base=None, left_out='')
    """
    if all(not value or is_number(value) for value in rows[0][1:]):
        return Heads(rows=0, columns=(Head(label=""),) * (len(rows[0]) - 1))
    more = list(takewhile(_is_head, rows[1:-1]))
    names = [0, *(place for place, row in enumerate(more, 1) if not _is_below(row))]
    last, above = rows[names[-1]], [rows[place] for place in names[:-1]]
    below = [row for row in more[names[-1] :] if _is_below(row)]
    columns: list[Head] = []
    for place in range(1, len(last)):
        over = next((row[place] for row in above[::-1] if row[place]), "")
        before = columns[-1] if below and columns else Head(label="")
        head = head_of(last[place] or over) if last[place] or over else replace(before, unit="")
        for row in below:
            own = head_of(row[place]) if row[place] else Head(label="")
            head = replace(head, unit=own.unit or head.unit, base=own.base or head.base)
        columns.append(head)
    spread = [row[place] for row in above for place in range(1, len(row)) if row[place] and last[place]]
    return Heads(rows=1 + len(more), columns=tuple(columns), above=spread[0] if len(spread) == 1 else "")


def _is_below(row: Sequence[str]) -> bool:
    """Whether a row says units and sizes alone."""
    heads = [head_of(value) for value in row[1:] if value]
    return not any(head.label or head.left_out for head in heads)


def _is_head(row: Sequence[str]) -> bool:
    """Whether a row below the first is one of heads too."""
    told = any(row[1:]) and not any(map(is_number, row[1:]))
    return (
        told and (not row[0] or _is_below(row)) and any(any(map(str.isalpha, value)) or value == "%" for value in row)
    )


def parted(grid: PastedTable) -> list[tuple[str, PastedTable]]:
    """Part a table at the lines that stand above some of its rows, each a question of its own.

    Returns
    -------
    list of (heading, table)
        The heading is "" for a table that is one question or one battery.
    """
    heads = heads_of(grid.rows)
    top, body = list(grid.rows[: heads.rows]), list(grid.rows[heads.rows :])
    first = top[0][0] if top else ""
    if top and body:
        top, body = _one_label(top, body)
    bases = list(takewhile(lambda row: is_base(row[0]), body))
    body = body[len(bases) :]
    kept = [place for place, head in enumerate(heads_of([*top, *body]).columns, 1) if not head.left_out] if body else []

    def heading(row: tuple[str, ...]) -> bool:
        return bool(row[0]) and not any(row[place] for place in kept)

    if not top or not body or not heading(body[0]):
        return [("", replace(grid, rows=(*top, *bases, *body)))]
    made: list[tuple[str, list[tuple[str, ...]]]] = []
    for row in body:
        if heading(row):
            made.append((row[0], []))
        else:
            made[-1][1].append(row)
    made = [one for one in made if one[1]]
    if not bases and (beside := _side_by_side(first if first != top[0][0] else "", top, made)):
        return [("", replace(grid, rows=beside))]
    return [(label, replace(grid, rows=(*top, *bases, *rows))) for label, rows in made]


def _one_label(
    top: list[tuple[str, ...]], body: list[tuple[str, ...]]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Make lines of the labels in a first column that each stand beside several rows."""
    again = {place for place, row in enumerate(body) if place and row[0] == body[place - 1][0]}
    parts = [("" if place in again else row[0], *row[1:]) for place, row in enumerate(body)]
    beside = [row for row in body if row[1]]
    numbers = sum(is_number(row[1]) for row in beside)  # such as "under 30"
    texts = len(beside) * 4 > len(body) * 3 and numbers * 4 <= len(beside)
    if len(body[0]) < 3 or not texts or not body[0][0] or all(row[0] for row in parts):
        return top, body
    made: list[tuple[str, ...]] = []
    for row in parts:
        if row[0] and row[1]:
            made.append((row[0], *("" for _ in row[2:])))
        made.append((row[1] or row[0], *row[2:]))
    return [(row[1] or row[0], *row[2:]) for row in top], made


def _side_by_side(
    head: str, top: Sequence[tuple[str, ...]], parts: Sequence[tuple[str, list[tuple[str, ...]]]]
) -> tuple[tuple[str, ...], ...] | None:
    """Put parts of a table beside each other, under their headings; None if their answers differ."""
    answers = [[row[0] for row in rows] for _, rows in parts]
    if len(parts) < 2 or any(one != answers[0] for one in answers) or not all(map(_is_below, top)):
        return None
    blank = [""] * (len(top[0]) - 2)
    above = (top[0][0], head, *[""] * (len(parts) * (len(top[0]) - 1) - 1))
    names = ("", *(text for label, _ in parts for text in (label, *blank)))
    units = [("", *(row[1:] * len(parts))) for row in top]
    body = [
        (answer, *(entry for _, rows in parts for entry in rows[place][1:])) for place, answer in enumerate(answers[0])
    ]
    return (above, names, *units, *body)
