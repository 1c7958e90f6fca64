"""Tables as a Word document: real tables with a repeated head row, a numbered caption, three rules, notes below."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from csea_stats.errors import MissingPackage
from csea_stats.publication.latex import WIDE
from csea_stats.publication.markup import printable
from csea_stats.publication.spreadsheets import without_times
from csea_stats.publication.table_parts import RAW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.publication.lettered_notes import Note
    from csea_stats.publication.table_parts import TableFields


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
    """Add a table as one piece of XML: made row by row it takes ten times as long."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    groups, right = dict(table.row_groups), [column.align == "right" for column in table.columns]
    room = document.sections[0]
    wide = int((room.page_width - room.left_margin - room.right_margin) / 635 / max(1, len(right)))
    heads = [
        (_runs(column.head, column.notes, bold=True), side) for column, side in zip(table.columns, right, strict=True)
    ]
    rows = [f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{_cells(heads, wide, below=True)}</w:tr>"]
    for index, row in enumerate(table.rows):
        if index in groups:
            span = f'<w:tcW w:w="{wide * len(right)}" w:type="dxa"/><w:gridSpan w:val="{len(right)}"/>'
            words = _runs(groups[index], (), italic=True)
            rows.append(f"<w:tr><w:tc><w:tcPr>{span}</w:tcPr><w:p>{words}</w:p></w:tc></w:tr>")
        cells = [(_runs(entry.text, entry.notes), side) for entry, side in zip(row, right, strict=True)]
        rows.append(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cells(cells, wide)}</w:tr>")
    rules = "".join(f'<w:{side} w:val="single" w:sz="8" w:space="0" w:color="000000"/>' for side in ("top", "bottom"))
    described = escape(printable(table.alt or table.caption), {'"': "&quot;"})
    properties = (
        f'<w:tblW w:w="0" w:type="auto"/><w:tblBorders>{rules}</w:tblBorders><w:tblLook w:val="04A0"/>'
        f'<w:tblDescription w:val="{described}"/>'
    )
    columns, body = f'<w:gridCol w:w="{wide}"/>' * len(right), "".join(rows)
    document.element.body.insert_element_before(
        parse_xml(
            f"<w:tbl {nsdecls('w')}><w:tblPr>{properties}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{body}</w:tbl>"
        ),
        "w:sectPr",
    )


def _runs(text: str, notes: Sequence[Note], *, bold: bool = False, italic: bool = False) -> str:
    """Return a text, its letters raised behind it."""
    style = f"<w:rPr>{'<w:b/>' * bold}{'<w:i/>' * italic}</w:rPr>" if bold or italic else ""
    told = f'<w:r>{style}<w:t xml:space="preserve">{escape(printable(text))}</w:t></w:r>'
    letters = escape(", ".join(note.letter for note in notes))
    raised = f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>{letters}</w:t></w:r>'
    return told + raised * bool(letters)


FLUSH_RIGHT = '<w:pPr><w:jc w:val="right"/></w:pPr>'


def _cells(told: Sequence[tuple[str, bool]], wide: int, *, below: bool = False) -> str:
    """Return the cells of a row, flush right where they are asked to be."""
    rule = '<w:tcBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="000000"/></w:tcBorders>' * below
    return "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{rule}</w:tcPr><w:p>{FLUSH_RIGHT * right}{runs}</w:p></w:tc>'
        for runs, right in told
    )


def _note(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    head, stop, rest = text.partition(". ") if text.startswith("Note. ") else ("", "", text)
    if head:
        paragraph.add_run(head + stop).italic = True
    paragraph.add_run(printable(rest))
    for run in paragraph.runs:
        run.font.size = _points(9)
