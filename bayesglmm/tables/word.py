"""Tables as a Word document, by the package python-docx, which is installed apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
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
    try:
        from docx import Document
    except ImportError as error:
        raise BayesglmmError(
            "Word documents need the package python-docx. "
            "Run: pip install python-docx. Or write to_markdown() or to_html()."
        ) from error
    path = output_path(path)
    document = Document()
    if heading:
        document.add_paragraph().add_run(_plain(heading)).bold = True
    for table in tables:
        _add(document, table)
    document.save(str(path))
    return path


def _add(document: Any, table: PrintedTable) -> None:
    from docx.shared import Pt

    caption = document.add_paragraph(_plain(table.caption), style="Caption")
    caption.paragraph_format.keep_with_next = True
    cells = table.cells
    grid = document.add_table(rows=len(cells) + 1, cols=cells.shape[1])
    lines = [[str(name) for name in cells], *cells.itertuples(index=False, name=None)]
    for place, (row, texts) in enumerate(zip(grid.rows, lines, strict=True)):
        for cell, text, end in zip(row.cells, texts, table.flush_right, strict=True):
            _fill(cell, _plain(text), end, bold=place == 0)
    _rules(grid)
    for line in table.about:
        note = document.add_paragraph()
        note.add_run(_plain(line)).font.size = Pt(SMALL)
        note.paragraph_format.space_after = Pt(0)
    document.add_paragraph()


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


def _plain(text: str) -> str:
    """Text without what XML forbids."""
    return "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs") else character for character in text
    )
