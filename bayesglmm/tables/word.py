"""Tables as a Word document, by the package python-docx, which is installed apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bayesglmm.errors import BayesglmmError
from bayesglmm.tables.files import output_path
from bayesglmm.tables.printed import PrintedTable

SMALL = 8
"""Points of the lines below a table."""


def write_word(tables: Sequence[PrintedTable], path: str | Path, heading: str = "") -> Path:
    """Write tables to a document, each with its caption above and its meaning below it.

    Parameters
    ----------
    tables : sequence of PrintedTable
    path : str or Path
    heading : str
        Stands above them, in bold.

    Returns
    -------
    Path

    Raises
    ------
    BayesglmmError
        If python-docx is not installed.
    """
    document = new_document()
    path = output_path(path)
    if heading:
        document.add_paragraph().add_run(plain(heading)).bold = True
    for table in tables:
        add_table(document, table)
    document.save(str(path))
    return path


def check_word() -> None:
    """Refuse to go on without the package that writes Word documents.

    Raises
    ------
    BayesglmmError
        If python-docx is not installed.
    """
    if find_spec("docx") is None:
        raise BayesglmmError(
            "Word documents need the package python-docx. "
            "Run: pip install python-docx. Or write HTML or Markdown."
        )


def new_document() -> Any:
    """An empty document.

    Raises
    ------
    BayesglmmError
        If python-docx is not installed.
    """
    check_word()
    from docx import Document

    document = Document()
    document.core_properties.author = ""
    return document


def add_table(document: Any, table: PrintedTable, *, number: int = 0) -> None:
    """Put a table at the end of a document.

    Parameters
    ----------
    document : docx.document.Document
    table : PrintedTable
    number : int
        Its caption begins with it, and Word counts on; 0 for a caption without one.
    """
    from docx.shared import Pt

    if number:
        caption = captioned(document, "Table", number, table.caption)
    else:
        caption = document.add_paragraph(plain(table.caption), style="Caption")
    caption.paragraph_format.keep_with_next = True
    cells = table.cells
    grid = document.add_table(rows=len(cells) + 1, cols=cells.shape[1])
    lines = [[str(name) for name in cells], *cells.itertuples(index=False, name=None)]
    for place, (row, texts) in enumerate(zip(grid.rows, lines, strict=True)):
        for cell, text, end in zip(row.cells, texts, table.flush_right, strict=True):
            _fill(cell, plain(text), end, bold=place == 0)
    _rules(grid)
    for line in table.about:
        note = document.add_paragraph()
        note.add_run(plain(line)).font.size = Pt(SMALL)
        note.paragraph_format.space_after = Pt(0)
    document.add_paragraph()


def captioned(document: Any, kind: str, number: int, text: str) -> Any:
    """A caption with a number that Word counts, so that lists of figures and tables find it.

    Parameters
    ----------
    document : docx.document.Document
    kind : str
        ``"Figure"`` or ``"Table"``.
    number : int
    text : str

    Returns
    -------
    docx paragraph
    """
    paragraph = document.add_paragraph(f"{kind} ", style="Caption")
    field = _element("w:fldSimple", instr=f" SEQ {kind} \\* ARABIC ")
    run = _element("w:r")
    shown = _element("w:t")
    shown.text = str(number)
    run.append(shown)
    field.append(run)
    paragraph._p.append(field)
    paragraph.add_run(f". {plain(text)}")
    return paragraph


def _fill(cell: Any, text: str, right: bool, bold: bool) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph = cell.paragraphs[0]
    paragraph.add_run(text).bold = bold or None
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _rules(grid: Any) -> None:
    """Three lines, as in print; the head is repeated on every page."""
    borders = _element("w:tblBorders")
    for side in ("top", "bottom"):
        borders.append(_line(side))
    later = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    grid._tbl.tblPr.insert_element_before(borders, *later)  # Word insists on this order
    head = grid.rows[0]
    head._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))
    for cell in head.cells:
        below = _element("w:tcBorders")
        below.append(_line("bottom"))
        cell._tc.get_or_add_tcPr().append(below)


def _line(side: str) -> Any:
    return _element(f"w:{side}", val="single", sz="6", space="0", color="auto")


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


def plain(text: str, *, lines: bool = False) -> str:
    """Text without what XML forbids.

    Parameters
    ----------
    text : str
    lines : bool
        Whether its lines stay apart.

    Returns
    -------
    str
    """
    return "".join(
        " "
        if unicodedata.category(character) in ("Cc", "Cs") and not (lines and character == "\n")
        else character
        for character in text
    )
