"""Tables in LaTeX: booktabs, threeparttable, a page turned where a table is wide, pages where it is long."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from csea_stats.publication.lettered_notes import RAISED
from csea_stats.publication.markup import printable
from csea_stats.publication.table_parts import RAW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from csea_stats.publication.table_parts import Column, TableCell, TableFields

ESCAPES = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\char34{}",
    "−": r"\ensuremath{-}",
    "≤": r"\ensuremath{\leq}",
    "≥": r"\ensuremath{\geq}",
    "τ": r"\ensuremath{\tau}",
    "“": "``",
    "”": "''",
    "\ufffd": "?",
    "[": "{[}",
    "]": "{]}",
}
SPECIAL = re.compile("|".join(map(re.escape, ESCAPES)))

RAISED_LETTERS = re.compile(f"[{''.join(map(chr, RAISED.values()))}]+")

UNSET = re.compile("[\u0180-\u1fff\u2c00-\ufdff\ufe70-\uffff\U00010000-\U0010ffff]")
"""Scripts that pdfLaTeX sets with further packages alone."""

WIDE = 7
"""Columns above which a table is set on a page of its own, turned."""

LONG = {"table": 46, "sidewaystable": 28}
"""Lines above which a table runs over pages."""

ROOM = {"table": 78.0, "longtable": 88.0, "sidewaystable": 124.0}
"""Letters of the size of tables that a line has, on an upright and on a turned page."""

GAPS = {"table": 2.8, "longtable": 1.6, "sidewaystable": 2.8}
"""Letters between two columns."""

LEAST = 5.0
"""Letters of the narrowest column that is broken into lines."""


def latex_text(text: str) -> str:
    r"""Return a text that LaTeX sets as it is.

    Examples
    --------
    >>> latex_text("5% & more_of it")
    '5\\% \\& more\\_of it'
    >>> print(latex_text("not settled.\u1d43\u1d47"))
    not settled.\textsuperscript{ab}
    """
    plain = SPECIAL.sub(lambda found: ESCAPES[found[0]], " ".join(printable(text).split()))
    return RAISED_LETTERS.sub(lambda found: rf"\textsuperscript{{{found[0].translate(LOWERED)}}}", plain)


LOWERED = {sign: chr(letter) for letter, sign in RAISED.items()}


def lines_latex(lines: Sequence[str]) -> str:
    """Return sentences and notes in LaTeX, a paragraph each."""
    remark = signs_line(*lines)
    return "\n\n".join([*filter(None, [remark]), *map(latex_text, lines)]) + "\n"


def signs_line(*texts: str) -> str:
    """Return a remark where a text has signs that pdfLaTeX does not set; else nothing."""
    return UNICODE if any(map(UNSET.search, map(RAISED_LETTERS.sub, [""] * len(texts), texts))) else ""


UNICODE = "% has signs that pdflatex lacks: set it with lualatex or xelatex, and a font that has them"


def _marked(entry: TableCell | Column, text: str) -> str:
    raised = ",".join(note.letter for note in entry.notes)
    return latex_text(text) + (rf"\textsuperscript{{{raised}}}" if raised else "")


def widths(needs: Sequence[float], words: Sequence[float], room: float) -> list[float]:
    """Return how many letters wide columns are so that a line has room for them: only the widest are made narrower.

    Parameters
    ----------
    needs, words : sequence of float
        Of each column the longest entry, and the longest word in one, below which no column is made.
    room : float

    Examples
    --------
    >>> widths([60, 60, 8, 8], [12, 12, 8, 8], 80)
    [32.0, 32.0, 8.0, 8.0]
    >>> widths([20, 8], [12, 8], 80)
    [20.0, 8.0]
    """
    given = [float(need) for need in needs]
    while sum(given) > room + 1e-9:
        open_ones = [place for place, wide in enumerate(given) if wide > max(LEAST, words[place]) + 1e-9]
        if not open_ones:
            return given
        most = max(given[place] for place in open_ones)
        widest = [place for place in open_ones if given[place] > most - 1e-9]
        below = max(
            [wide for place, wide in enumerate(given) if wide < most - 1e-9 and place in open_ones]
            + [max(LEAST, words[place]) for place in widest]
        )
        least = max(below, most - (sum(given) - room) / len(widest))
        for place in widest:
            given[place] = least
    return given


@dataclass(frozen=True, slots=True)
class LatexSetting:
    """How a table is set.

    Parameters
    ----------
    place : {"table", "sidewaystable", "longtable"}
    aligned : str
        The columns: as wide as their entries, or broken into lines where a line has no room.
    lines : int
        About how many it takes, its notes included.
    """

    place: str
    aligned: str
    lines: int


def _set(table: TableFields, place: str) -> LatexSetting:
    columns = [[column.head, *(row[number].text for row in table.rows)] for number, column in enumerate(table.columns)]
    needs = [max(map(len, texts)) for texts in columns]
    words = [max((len(word) for text in texts for word in text.split()), default=0) for texts in columns]
    given = widths(needs, words, ROOM[place] - GAPS[place] * (len(columns) - 1))
    told = []
    for column, need, wide in zip(table.columns, needs, given, strict=True):
        right = column.align == "right"
        if wide >= need:
            told.append("r" if right else "l")
        else:
            ragged = r"\raggedleft" if right else r"\raggedright"
            told.append(rf">{{{ragged}\arraybackslash}}p{{{wide / ROOM[place]:.3f}\linewidth}}")
    rows = zip(*columns, strict=True)
    lines = sum(max(ceil(len(text) / max(wide, 1)) for text, wide in zip(row, given, strict=True)) for row in rows)
    notes = sum(ceil(len(text) / (1.1 * ROOM[place])) for text in table.footnotes)
    return LatexSetting(place, f"@{{}}{''.join(told)}@{{}}", lines + len(table.row_groups) + notes)


def _setting(table: TableFields) -> LatexSetting:
    found = _set(table, "sidewaystable" if len(table.columns) > WIDE else "table")
    return found if found.lines <= LONG[found.place] else _set(table, "longtable")


def table_latex(table: TableFields) -> str:
    """Return a table in LaTeX."""
    setting = _setting(table)
    place, aligned, caption = setting.place, setting.aligned, rf"\caption{{{latex_text(table.caption)}}}"
    more = {"table": "threeparttable", "sidewaystable": "threeparttable, rotating", "longtable": "longtable"}[place]
    heads = " & ".join(_marked(column, column.head) for column in table.columns) + r" \\"
    rule = [r"\toprule", heads, r"\midrule"]
    told = [cell.text for row in table.rows for cell in row]
    remarks = [
        *([f"% {RAW}"] if table.raw else []),
        f"% needs the packages booktabs, array, {more}",
        *filter(None, [signs_line(table.caption, *told, *table.footnotes)]),
    ]
    rows, notes = list(_rows(table)), list(_notes(table, listed=place != "longtable"))
    if place == "longtable":
        lines = [
            r"{\footnotesize\setlength{\tabcolsep}{3pt}",
            rf"\begin{{longtable}}{{{aligned}}}",
            rf"{caption} \\",
            *rule,
            r"\endfirsthead",
            *rule,
            r"\endhead",
            *rows,
            r"\bottomrule",
            r"\end{longtable}}",
            *([r"{\footnotesize\noindent", "\n\n".join(notes), r"\par}"] if notes else []),
        ]
    else:
        body = [rf"\begin{{tabular}}{{{aligned}}}", *rule, *rows, r"\bottomrule", r"\end{tabular}"]
        below = [r"\begin{tablenotes}", r"\footnotesize", *notes, r"\end{tablenotes}"] if notes else []
        lines = [
            *(rf"\begin{{{place}}}", r"\centering\small", r"\begin{threeparttable}", caption),
            *body,
            *below,
            *(r"\end{threeparttable}", rf"\end{{{place}}}"),
        ]
    return "\n".join([*remarks, *lines]) + "\n"


def _rows(table: TableFields) -> Iterator[str]:
    groups, wide = dict(table.row_groups), len(table.columns)
    for index, row in enumerate(table.rows):
        if index in groups:
            whole = r"p{.95\linewidth}@{}" if len(groups[index]) > WIDEST_GROUP else "l"
            yield rf"\multicolumn{{{wide}}}{{@{{}}{whole}}}{{\itshape {latex_text(groups[index])}}} \\"
        cells = [_marked(cell, cell.text) for cell in row]
        yield " & ".join(cells) + r" \\"


WIDEST_GROUP = 60
"""Letters of a heading over rows that stands in one line."""


def _notes(table: TableFields, *, listed: bool) -> Iterator[str]:
    """Yield what stands below, as the items of a list or as paragraphs."""
    if table.general_note:
        yield rf"{r'\item ' * listed}\textit{{Note.}} {latex_text(table.general_note)}"
    for note in table.notes:
        text = latex_text(note.text)
        yield rf"\item[{note.letter}] {text}" if listed else rf"\textsuperscript{{{note.letter}}} {text}"
    if table.source:
        yield f"{r'\item ' * listed}Source: {latex_text(table.source)}."
