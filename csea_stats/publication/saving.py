"""Tables into a file whose ending says how they are written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from csea_stats.errors import InputError, OutputError, check_kind, check_list, path_text
from csea_stats.publication.latex import lines_latex, table_latex
from csea_stats.publication.markup import markdown_text, printable, table_html, table_markdown
from csea_stats.publication.spreadsheets import shown_data, tables_xlsx, to_csv
from csea_stats.publication.table_parts import TableFields
from csea_stats.publication.word import lines_docx, tables_docx
from csea_stats.publication.writing import write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PAGE = '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Tables</title>\n{}</html>\n'


def _html(tables: Sequence[TableFields]) -> bytes:
    return PAGE.format("\n".join(table_html(table) for table in tables)).encode()


WRITERS: dict[str, Callable[[Sequence[TableFields]], bytes]] = {
    ".docx": tables_docx,
    ".xlsx": tables_xlsx,
    ".html": _html,
    ".md": lambda tables: "\n".join(table_markdown(table) for table in tables).encode(),
    ".tex": lambda tables: "\n".join(table_latex(table) for table in tables).encode(),
    ".csv": lambda tables: "\n".join(to_csv(shown_data(table)) for table in tables).encode(),
}
"""How each ending is written."""


def save_content(path: str | os.PathLike[str], content: bytes) -> Path:
    """Write one file, whole or not at all.

    Raises
    ------
    OutputError
        If it cannot be written, or a folder stands there.
    """
    wanted = Path(path)
    if os.path.isdir(wanted):  # noqa: PTH112 - False of no possible path
        message = f"{path_text(wanted)}: found a folder; allowed is the name of a file"
        raise OutputError(message)
    (written,) = write_files(wanted.parent, [(wanted.name, content)])
    return written


def save_tables(tables: Iterable[TableFields], path: str | os.PathLike[str]) -> Path:
    """Write tables into one file, numbered in their order; its ending says how.

    Parameters
    ----------
    tables : iterable of Table
    path : path
        Ending in .docx (Word), .xlsx (Excel), .html, .md, .tex or .csv.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        For another ending, or where something is no table.
    MissingPackage
        Word needs python-docx, Excel openpyxl.
    OutputError
        If the file cannot be written; an old one is still whole then.

    Examples
    --------
    >>> import tempfile, pathlib, csea_stats as cs
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> cs.save_tables([cs.proportion(35, 49).table()], folder / "supplement.md").name
    'supplement.md'
    """
    known = check_list("tables", tables)
    check_kind("path", path, str, os.PathLike)
    for index, table in enumerate(known):
        if not isinstance(table, TableFields):
            message = (
                f"table {index}: found {type(table).__name__}; allowed is a TableFields, such as estimates.table()"
            )
            raise InputError(message)
    ending = Path(path).suffix.lower()
    if ending not in WRITERS:
        message = f"path: found the ending {ending!r}; allowed is one of {', '.join(WRITERS)}"
        raise InputError(message)
    return save_content(path, WRITERS[ending](known))


LINES: dict[str, Callable[[Sequence[str], Sequence[str]], bytes]] = {
    ".docx": lines_docx,
    ".tex": lambda lines, notes: lines_latex((*lines, *notes)).encode(),
    ".md": lambda lines, notes: "\n\n".join(map(markdown_text, (*lines, *notes))).encode() + b"\n",
    ".txt": lambda lines, notes: "\n".join(map(printable, (*lines, *notes))).encode() + b"\n",
}
"""How sentences and their notes are written by each ending."""


def save_lines(lines: Sequence[str], notes: Sequence[str], path: str | os.PathLike[str]) -> Path:
    """Write sentences by number, then their notes, into one file; see `Sentences.save`.

    Raises
    ------
    InputError
        For another ending.
    OutputError
        If the file cannot be written; an old one is still whole then.
    """
    check_kind("path", path, str, os.PathLike)
    ending = Path(path).suffix.lower()
    if ending not in LINES:
        message = f"path: found the ending {ending!r}; allowed is one of {', '.join(LINES)}"
        raise InputError(message)
    numbered = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
    return save_content(path, LINES[ending](numbered, notes))
