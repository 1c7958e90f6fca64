"""What a table is made of: cells with their notes, columns, and the tidy numbers that it shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.publication.lettered_notes import Note

Align = Literal["left", "right"]

RAW = "csea-release: no"
"""The mark of what shows respondents' answers as they stand, where a file has a place for remarks."""

Entry = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """An entry as it is shown.

    Parameters
    ----------
    text : str
    value : number, str or None
        What it shows, as a spreadsheet takes it; None: the text alone.
    notes : tuple of Note
    """

    text: str
    value: Entry = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column's head.

    Parameters
    ----------
    head : str
    align : {"left", "right"}
    notes : tuple of Note
    """

    head: str
    align: Align = "right"
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatTable:
    """Rows under named columns: tidy numbers, a row each.

    Parameters
    ----------
    columns : tuple of str
    rows : tuple of tuple
        Each as long as ``columns``; text, numbers or None.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Entry, ...], ...] = ()

    def __post_init__(self) -> None:
        _check_rows(self.rows, len(self.columns))


def _check_rows(rows: Sequence[Sequence[object]], wide: int) -> None:
    for index, row in enumerate(rows):
        if len(row) != wide:
            message = f"row {index}: found {len(row)} entries; allowed is {wide}, one per column"
            raise InputError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFields:
    """The fields of a `Table`, as the modules that write one take it."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[TableCell, ...], ...]
    row_groups: tuple[tuple[int, str], ...] = ()
    general_note: str = ""
    notes: tuple[Note, ...] = ()
    source: str = ""
    alt: str = ""
    data: FlatTable = field(default_factory=FlatTable)
    raw: bool = False

    def __post_init__(self) -> None:
        _check_rows(self.rows, len(self.columns))

    @property
    def footnotes(self) -> tuple[str, ...]:
        """The paragraphs below the table: "Note. ..." first, then each lettered note, then the source."""
        general = f"Note. {self.general_note}" if self.general_note else ""
        source = f"Source: {self.source}." if self.source else ""
        return tuple(filter(None, (general, *map(str, self.notes), source)))
