"""Tables in HTML, in Markdown, and in plain text."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING

from csea_stats.errors import CONTROLS, TURNING
from csea_stats.publication.lettered_notes import marks
from csea_stats.publication.table_parts import RAW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from csea_stats.publication.table_parts import Column, TableCell, TableFields

FORBIDDEN = re.compile(rf"[{CONTROLS}{TURNING}\ud800-\udfff\ufffe\uffff]")
"""What XML forbids, and what turns the direction of the text that follows."""

STYLE = """<style>
.csea-table{border-collapse:collapse;font:14px/1.4 system-ui,sans-serif;border-top:2px solid;border-bottom:2px solid}
.csea-table caption{text-align:left;font-weight:600;padding:0 0 .4em;caption-side:top}
.csea-table th,.csea-table td{padding:.2em .7em;text-align:left;vertical-align:top;font-weight:400}
.csea-table thead th{border-bottom:1px solid;font-weight:600;vertical-align:bottom}
.csea-table .r{text-align:right;font-variant-numeric:tabular-nums}
.csea-table .g th{padding-top:.6em;font-style:italic}
.csea-table tfoot td{border-top:1px solid;font-size:12px;max-width:60em}
.csea-table tfoot p{margin:.2em 0}
</style>"""


def printable(text: str) -> str:
    r"""Return a text without signs that XML forbids or that turn its direction: each is shown as a replacement mark.

    Examples
    --------
    >>> printable("a\x00b") == "a\ufffdb"
    True
    """
    return FORBIDDEN.sub("\ufffd", text)


def _html(text: str) -> str:
    return escape(printable(text), quote=True)


def _marked(entry: TableCell | Column, text: str) -> str:
    raised = ", ".join(note.letter for note in entry.notes)
    return _html(text) + (f"<sup>{_html(raised)}</sup>" if raised else "")


def table_html(table: TableFields) -> str:
    """Return a table as one HTML element with its style: caption, heads with their scope, notes in its foot."""
    aligned = [' class="r"' if column.align == "right" else "" for column in table.columns]
    heads = "".join(
        f'<th scope="col"{right}>{_marked(column, column.head)}</th>'
        for column, right in zip(table.columns, aligned, strict=True)
    )
    groups = dict(table.row_groups)
    body = []
    for index, row in enumerate(table.rows):
        if index in groups:
            wide = len(table.columns)
            body.append(f'<tr class="g"><th scope="rowgroup" colspan="{wide}">{_html(groups[index])}</th></tr>')
        first = f'<th scope="row">{_marked(row[0], row[0].text)}</th>'
        others = "".join(
            f"<td{right}>{_marked(cell, cell.text)}</td>" for cell, right in zip(row[1:], aligned[1:], strict=True)
        )
        body.append(f"<tr>{first}{others}</tr>")
    foot = "".join(f"<p>{_html(text)}</p>" for text in table.footnotes)
    raw = ' data-csea-release="no"' if table.raw else ""
    described = f' aria-label="{_html(table.alt)}"' if table.alt else ""
    return (
        f'{STYLE}\n<table class="csea-table"{described}{raw}>\n<caption>{_html(table.caption)}</caption>\n'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{chr(10).join(body)}\n</tbody>\n"
        + (f'<tfoot><tr><td colspan="{len(table.columns)}">{foot}</td></tr></tfoot>\n' if foot else "")
        + "</table>\n"
    )


def markdown_text(text: str) -> str:
    """Return a text of one line with what Markdown would take for a mark written out."""
    plain = " ".join(printable(text).split())
    return re.sub(r"([\\|*_`<>\[\]#~$])", r"\\\1", plain)


def table_markdown(table: TableFields) -> str:
    """Return a table in the Markdown of GitHub: bars escaped, notes raised, paragraphs below."""
    heads = [markdown_text(column.head) + marks(column.notes) for column in table.columns]
    rules = ["---:" if column.align == "right" else ":---" for column in table.columns]
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join(rules)} |"]
    groups = dict(table.row_groups)
    for index, row in enumerate(table.rows):
        if index in groups:
            lines.append(f"| *{markdown_text(groups[index])}* |{' |' * (len(table.columns) - 1)}")
        lines.append(f"| {' | '.join(markdown_text(cell.text) + marks(cell.notes) for cell in row)} |")
    below = "\n\n".join(markdown_text(text) for text in table.footnotes)
    raw = f"<!-- {RAW} -->" if table.raw else ""
    return "\n\n".join(filter(None, (raw, f"**{markdown_text(table.caption)}**", "\n".join(lines), below))) + "\n"


def _columns_wide(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


WIDEST = 44
"""Columns of a terminal that an entry takes before it is broken at words."""


def table_text(table: TableFields) -> str:
    """Return a table in plain text; long entries and notes are broken at words."""
    grid = [[_lines(column.head + marks(column.notes)) for column in table.columns]]
    grid += [[_lines(cell.text + marks(cell.notes)) for cell in row] for row in table.rows]
    (head, *rows), rule = in_columns(grid, [column.align == "right" for column in table.columns], _columns_wide)
    groups = dict(table.row_groups)
    body = [*head, rule]
    for index, lines in enumerate(rows):
        if index in groups:
            body.append(printable(groups[index]))
        body += lines
    below = [line for text in table.footnotes for line in _lines(text, 110)]
    return "\n".join([printable(table.caption), *body, *below])


def _lines(text: str, width: int = WIDEST) -> list[str]:
    return textwrap.wrap(printable(text), width, break_on_hyphens=False) or [""]


def in_columns(
    grid: Sequence[Sequence[Sequence[str]]], right: Sequence[bool], wide: Callable[[str], int]
) -> tuple[list[list[str]], str]:
    """Return the lines of each row of entries that are broken into lines, and the rule that stands below a head.

    Parameters
    ----------
    grid : sequence of rows
        All of one length; an entry is its lines.
    right : sequence of bool
        Which columns are flush right.
    wide : callable
        How many columns a text takes.
    """
    widths = [max((wide(text) for row in grid for text in row[place]), default=0) for place in range(len(right))]

    def padded(text: str, place: int) -> str:
        blanks = " " * (widths[place] - wide(text))
        return blanks + text if right[place] else text + blanks

    rows = [
        ["  ".join(map(padded, texts, range(len(right)))).rstrip() for texts in zip_longest(*row, fillvalue="")]
        for row in grid
    ]
    return rows, "  ".join("-" * width for width in widths).rstrip()
