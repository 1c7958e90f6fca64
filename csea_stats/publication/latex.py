"""Tables in LaTeX: booktabs, threeparttable, and a page turned where a table is wide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from csea_stats.publication.markup import printable
from csea_stats.publication.table_parts import RAW

if TYPE_CHECKING:
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
    '"': r"\textquotedbl{}",
    "−": r"\ensuremath{-}",
    "≤": r"\ensuremath{\leq}",
    "≥": r"\ensuremath{\geq}",
    "τ": r"\ensuremath{\tau}",
    "“": "``",
    "”": "''",
    "\ufffd": "?",
}
SPECIAL = re.compile("|".join(map(re.escape, ESCAPES)))

WIDE = 7
"""Columns above which a table is set on a page of its own, turned."""


def latex_text(text: str) -> str:
    r"""Return a text that LaTeX sets as it is.

    Examples
    --------
    >>> latex_text("5% & more_of it")
    '5\\% \\& more\\_of it'
    """
    return SPECIAL.sub(lambda found: ESCAPES[found[0]], " ".join(printable(text).split()))


def _marked(entry: TableCell | Column, text: str) -> str:
    raised = ",".join(note.letter for note in entry.notes)
    return latex_text(text) + (rf"\tnote{{{raised}}}" if raised else "")


def table_latex(table: TableFields) -> str:
    """Return a table in LaTeX."""
    place = "sidewaystable" if len(table.columns) > WIDE else "table"
    packages = ", ".join(("booktabs", "threeparttable", *(["rotating"] if place != "table" else [])))
    aligned = "".join("r" if column.align == "right" else "l" for column in table.columns)
    lines = [
        *([f"% {RAW}"] if table.raw else []),
        f"% needs the packages {packages}",
        rf"\begin{{{place}}}",
        r"\centering",
        r"\begin{threeparttable}",
        rf"\caption{{{latex_text(table.caption)}}}",
        rf"\begin{{tabular}}{{@{{}}{aligned}@{{}}}}",
        r"\toprule",
        " & ".join(_marked(column, column.head) for column in table.columns) + r" \\",
        r"\midrule",
    ]
    groups = dict(table.row_groups)
    for index, row in enumerate(table.rows):
        if index in groups:
            wide = len(table.columns)
            lines.append(rf"\multicolumn{{{wide}}}{{@{{}}l}}{{\itshape {latex_text(groups[index])}}} \\")
        lines.append(" & ".join(_marked(cell, cell.text) for cell in row) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}"]
    notes = [rf"\item[{note.letter}] {latex_text(note.text)}" for note in table.notes]
    if table.general_note:
        notes.insert(0, rf"\item \textit{{Note.}} {latex_text(table.general_note)}")
    if table.source:
        notes.append(rf"\item Source: {latex_text(table.source)}.")
    if notes:
        lines += [r"\begin{tablenotes}", r"\footnotesize", *notes, r"\end{tablenotes}"]
    lines += [r"\end{threeparttable}", rf"\end{{{place}}}"]
    return "\n".join(lines) + "\n"
