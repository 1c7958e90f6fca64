"""A table for a publication as a value, and how a draft's notes become letters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from csea_stats.publication.latex import table_latex
from csea_stats.publication.lettered_notes import Note, letters
from csea_stats.publication.markup import table_html, table_markdown, table_text
from csea_stats.publication.saving import save_tables
from csea_stats.publication.spreadsheets import shown_data, to_csv, to_json
from csea_stats.publication.table_parts import Column, Entry, FlatTable, TableCell, TableFields

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(TableFields):
    """A table for a publication; made by `table()` of estimates, fits, claims and others.

    Parameters
    ----------
    caption : str
    columns : tuple of Column
    rows : tuple of tuple of TableCell
        Each as long as ``columns``.
    row_groups : tuple of (row, words)
        Before which row a group of rows begins, and its name.
    general_note : str
        What holds for every row.
    notes : tuple of Note
        By letter, in the order in which cells point to them.
    source : str
    alt : str
        What it shows, for those who cannot see it.
    data : FlatTable
    raw : bool
        Whether it shows respondents' answers as they stand, which each file of it then says where nobody sees it.

    Raises
    ------
    InputError
        If a row is shorter or longer than the columns.

    Examples
    --------
    >>> from csea_stats import proportion
    >>> table = proportion(35, 49, label="rate public awareness poor").table()
    >>> [column.head for column in table.columns]
    ['', 'n', '%', '95% CrI', '95% CI', 'Over half?']
    """

    def to_html(self) -> str:
        """Return a `table` element with its own style, without a script."""
        return table_html(self)

    def to_markdown(self) -> str:
        """Return the table in the Markdown of GitHub, the notes as paragraphs below it."""
        return table_markdown(self)

    def to_latex(self) -> str:
        """Return the table in LaTeX, with the packages booktabs and threeparttable (and rotating, where it is wide)."""
        return table_latex(self)

    def to_csv(self) -> str:
        """Return the tidy numbers, as `Estimates.to_frame`, as CSV; of a table without such its cells."""
        return to_csv(shown_data(self))

    def to_json(self) -> str:
        """Return the tidy numbers as a JSON list of objects; infinity is the text "inf"."""
        return to_json(shown_data(self))

    def to_text(self) -> str:
        """Return the table in plain text, for a terminal."""
        return table_text(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the table into a file whose ending says how: .docx, .xlsx, .html, .md, .tex or .csv.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            For another ending.
        MissingPackage
            Word needs python-docx, Excel openpyxl.
        OutputError
            If the file cannot be written; an old one is still whole then.
        """
        return save_tables([self], path)

    def __str__(self) -> str:
        return self.to_text()

    def __repr__(self) -> str:
        return f"<Table: {len(self.rows)} rows, {len(self.columns)} columns, {len(self.notes)} notes>"

    def _repr_html_(self) -> str:
        return self.to_html()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An entry before the notes of its table have letters.

    Parameters
    ----------
    text : str
    value : number, str or None
    notes : tuple of str
        Texts.
    """

    text: str
    value: Entry = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A table whose notes are texts yet.

    Parameters
    ----------
    caption : str
    heads : sequence of str
        The first column's head is of the rows' names.
    rows : sequence of sequence of Entered
    row_groups : sequence of (row, words)
    general : sequence of str
        Sentences that hold for every row, the first ones of its note.
    dropped : sequence of str
        Heads of columns that leave the table where all their cells are alike, and are told in its note; the others
        leave it where all are empty, or a dash.
    source, alt : str
    data : FlatTable
    raw : bool
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Entered]]
    row_groups: Sequence[tuple[int, str]] = ()
    general: Sequence[str] = ()
    dropped: Sequence[str] = ()
    source: str = ""
    alt: str = ""
    data: FlatTable = field(default_factory=FlatTable)
    raw: bool = False


def lettered(draft: Draft) -> Table:
    """Return a draft as a table: notes by letter, row by row; what every row says is told once, in the general note.

    Examples
    --------
    >>> rows = [[Entered(text="a"), Entered(text="1", notes=("Few.", "Chance."))],
    ...         [Entered(text="b"), Entered(text="2", notes=("Chance.",))]]
    >>> table = lettered(Draft(caption="Two", heads=("", "n"), rows=rows))
    >>> table.general_note, [str(note) for note in table.notes]
    ('Chance.', ['a Few.'])
    """
    told, places = _kept(draft)
    heads = [draft.heads[place] for place in places]
    rows = [[row[place] for place in places] for row in draft.rows]
    shared = _shared(draft.rows)
    known: dict[str, Note] = {}

    def noted(texts: Iterable[str]) -> tuple[Note, ...]:
        own = dict.fromkeys(text for text in texts if text and text not in shared)
        for text in own:
            known.setdefault(text, Note(letter=letters(len(known)), code="", text=text))
        return tuple(known[text] for text in own)

    def shown(one: Entered) -> TableCell:
        return TableCell(text=one.text, value=one.value, notes=noted(one.notes))

    cells = tuple(tuple(map(shown, row)) for row in rows)
    numeric = [bool(rows) and all(_is_number(row[place].text) for row in rows) for place in range(len(heads))]
    return Table(
        caption=draft.caption,
        columns=tuple(
            Column(head=head, align="right" if right else "left") for head, right in zip(heads, numeric, strict=True)
        ),
        rows=cells,
        row_groups=tuple(draft.row_groups),
        general_note=" ".join(filter(None, (*draft.general, *told, *shared))),
        notes=tuple(known.values()),
        source=draft.source,
        alt=draft.alt,
        data=draft.data,
        raw=draft.raw,
    )


NUMERIC = re.compile(r"[\d\s+−.,%/()<>≤≥–-]*\d[\d\s+−.,%/()<>≤≥–-]*(?: (?:to|or) [+−\d.,%]+)?|—|")


def _is_number(text: str) -> bool:
    return NUMERIC.fullmatch(text) is not None


NOTHING = {"", "—"}
"""What stands in a cell that tells nothing."""


def _kept(draft: Draft) -> tuple[list[str], list[int]]:
    """Return what leaves the table for its note, and the places of the columns that stay."""
    told, places = [], []
    for place, head in enumerate(draft.heads):
        texts = {row[place].text for row in draft.rows}
        if place and texts <= NOTHING:
            continue
        if head in draft.dropped and len(draft.rows) > 1 and len(texts) == 1:
            told.append(f"{head}: {texts.pop()} in every row.")
            continue
        places.append(place)
    return told, places


def _shared(rows: Sequence[Sequence[Entered]]) -> dict[str, None]:
    """Return the notes that every row has, in order."""
    if not rows:
        return {}
    of_rows = [{text for one in row for text in one.notes} for row in rows]
    return {text: None for one in rows[0] for text in one.notes if text and all(text in own for own in of_rows)}


def plain_table(
    caption: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Entry]],
    *,
    general: Sequence[str] = (),
    source: str = "",
) -> Table:
    """Return a table of texts and numbers that have no notes of their own.

    Examples
    --------
    >>> plain_table("Two", ("what", "n"), [("a", 1)]).rows[0][1].text
    '1'
    """
    entered = [[Entered(text="" if one is None else str(one), value=one) for one in row] for row in rows]
    alt = f"{caption}: {len(rows)} rows; columns {', '.join(heads)}."
    return lettered(Draft(caption=caption, heads=heads, rows=entered, general=general, source=source, alt=alt))
