"""Tables as a Word document: real tables with a repeated head row, a numbered caption, three rules, notes below."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from csea_stats.errors import MissingPackage
from csea_stats.publication.latex import WIDE
from csea_stats.publication.markup import printable
from csea_stats.publication.spreadsheets import without_times
from csea_stats.publication.table_parts import RAW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.publication.table_parts import Column, TableCell, TableFields


def tables_docx(tables: Sequence[TableFields]) -> bytes:
    """Return tables as a Word document.

    Raises
    ------
    MissingPackage
        Without python-docx.
    """
    document = _document(tables[0].caption if tables else "Tables")
    if any(table.raw for table in tables):
        document.core_properties.keywords = RAW
    if any(len(table.columns) > WIDE for table in tables):
        _turn(document.sections[0])
    for number, table in enumerate(tables, 1):
        _caption(document, number, table.caption)
        _body(document, table)
        for text in table.footnotes:
            _note(document, text)
        if number < len(tables):
            document.add_paragraph()
    return _saved(document)


def lines_docx(lines: Sequence[str], notes: Sequence[str]) -> bytes:
    """Return sentences as a Word document, a paragraph each, their notes below in smaller type.

    Raises
    ------
    MissingPackage
        Without python-docx.
    """
    document = _document("Sentences")
    for line in lines:
        document.add_paragraph(printable(line))
    for note in notes:
        _note(document, note)
    return _saved(document)


LONGEST_TITLE = 255
"""Letters that the properties of a Word document hold."""


def _document(title: str) -> Any:
    try:
        from docx import Document
    except ImportError as error:
        raise MissingPackage("python-docx", "a Word document") from error
    document = Document()
    document.core_properties.author = "csea_stats"
    document.core_properties.title = printable(title)[:LONGEST_TITLE]
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", _points(10)
    normal.paragraph_format.space_after = _points(2)
    return document


def _saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return without_times(stream.getvalue())


def _points(size: float) -> Any:
    from docx.shared import Pt

    return Pt(size)


def _turn(section: Any) -> None:
    from docx.enum.section import WD_ORIENT

    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    found = OxmlElement(name)
    for key, value in attributes.items():
        found.set(qn(f"w:{key}"), value)
    return found


def _caption(document: Any, number: int, text: str) -> None:
    """Add "Table 1. ...": the number is a field that Word counts on."""
    paragraph = document.add_paragraph(style="Caption")
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run("Table ")
    field = _element("w:fldSimple", instr=" SEQ Table \\* ARABIC ")
    run = _element("w:r")
    told = _element("w:t")
    told.text = str(number)
    run.append(told)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no call for a field
    paragraph.add_run(f". {printable(text)}")


def _body(document: Any, table: TableFields) -> None:
    groups = dict(table.row_groups)
    grid = document.add_table(rows=1, cols=len(table.columns))
    grid.autofit = True
    for column, cell in zip(table.columns, grid.rows[0].cells, strict=True):
        _write(cell, column, column.head, right=column.align == "right", bold=True)
    head = grid.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001
    head.append(_element("w:tblHeader", val="true"))
    for index, row in enumerate(table.rows):
        if index in groups:
            merged = grid.add_row().cells
            wide = merged[0].merge(merged[-1])
            wide.text = ""
            run = wide.paragraphs[0].add_run(printable(groups[index]))
            run.italic = True
        for column, entry, cell in zip(table.columns, row, grid.add_row().cells, strict=True):
            _write(cell, entry, entry.text, right=column.align == "right")
    properties = grid._tbl.tblPr  # noqa: SLF001
    rules = _element("w:tblBorders")
    for side in ("top", "bottom"):
        rules.append(_element(f"w:{side}", val="single", sz="8", space="0", color="000000"))
    properties.append(rules)
    properties.append(_element("w:tblDescription", val=printable(table.alt or table.caption)))
    for cell in grid.rows[0].cells:
        below = _element("w:tcBorders")
        below.append(_element("w:bottom", val="single", sz="4", space="0", color="000000"))
        cell._tc.get_or_add_tcPr().append(below)  # noqa: SLF001


def _write(cell: Any, entry: TableCell | Column, text: str, *, right: bool, bold: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.add_run(printable(text)).bold = bold
    if entry.notes:
        paragraph.add_run(", ".join(note.letter for note in entry.notes)).font.superscript = True


def _note(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    head, stop, rest = text.partition(". ") if text.startswith("Note. ") else ("", "", text)
    if head:
        paragraph.add_run(head + stop).italic = True
    paragraph.add_run(printable(rest))
    for run in paragraph.runs:
        run.font.size = _points(9)
