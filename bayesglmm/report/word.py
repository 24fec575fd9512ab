"""The report as a Word document, by the package python-docx, which is installed apart."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from bayesglmm.pictures.picture import Picture
from bayesglmm.report.blocks import Block, Voice
from bayesglmm.report.document import Document, Part
from bayesglmm.report.mathml import Math
from bayesglmm.report.omml import omml
from bayesglmm.tables import Table
from bayesglmm.tables.word import add_table, captioned, new_document, plain
from bayesglmm.version import __version__

DOTS = 200
"""Of an inch of a picture."""

WIDEST, TALLEST = 6.0, 8.0
"""Inches of a picture at most: what a page holds."""

SIZES: dict[Voice, float] = {"plain": 10.5, "loud": 13.0, "quiet": 9.0}
"""Points of a paragraph by its voice."""

SMALL = 8.0
"""Points of code."""

MOST_ROWS = 60
"""Rows of a table; of more the first and last are shown, and it says so."""


def write_word(document: Document, path: Path) -> None:
    """Write a report to a document.

    Parameters
    ----------
    document : Document
    path : Path

    Raises
    ------
    BayesglmmError
        If python-docx is not installed.
    """
    made = new_document()
    made.core_properties.title = plain(document.title)
    made.core_properties.comments = f"Made by bayesglmm {__version__}."
    made.add_heading(plain(document.title), 0)
    writer = WordWriter(made)
    if document.question:
        writer.text(document.question, "loud")
    if document.converged:
        writer.text(document.converged, "plain")
    for part in document.parts:
        _add_part(writer, part)
    made.save(str(path))


def _add_part(writer: WordWriter, part: Part) -> None:
    if part.title:
        writer.document.add_heading(plain(part.title), 1)
    if part.verdict is not None:
        words = [part.verdict.sentence(), *(check.advice for check in part.verdict.failures)]
        writer.bold(" ".join(words))
    for section in part.sections:
        writer.document.add_heading(plain(section.title), 2 if part.title else 1)
        for block in section.blocks:
            block.put(writer)


class WordWriter:
    """The format of Word; see `report.blocks.Writer`."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self._figures, self._tables = count(1), count(1)

    def text(self, text: str, voice: Voice) -> None:
        """A paragraph."""
        from docx.shared import Pt

        self.document.add_paragraph().add_run(plain(text)).font.size = Pt(SIZES[voice])

    def bold(self, text: str) -> None:
        """A paragraph in bold."""
        self.document.add_paragraph().add_run(plain(text)).bold = True

    def subtitle(self, text: str) -> None:
        """A heading within a section."""
        self.document.add_heading(plain(text), 3)

    def bullets(self, items: Sequence[str]) -> None:
        """A list."""
        for item in items:
            self.document.add_paragraph(plain(item), style="List Bullet")

    def code(self, text: str) -> None:
        """Text as typed."""
        from docx.shared import Pt

        run = self.document.add_paragraph().add_run(plain(text, lines=True))
        run.font.name, run.font.size = "Consolas", Pt(SMALL)

    def equations(self, lines: Sequence[Math]) -> None:
        """Equations, each in a paragraph of its own, that Word can edit."""
        for line in lines:
            self.document.add_paragraph()._p.append(omml(line))

    def table(self, table: Table) -> None:
        """A table with a numbered caption above and its meaning below."""
        shown = table.head() if len(table.frame) > MOST_ROWS else table
        for printed in shown._publications():
            add_table(self.document, printed, number=next(self._tables))

    def figure(self, picture: Picture) -> None:
        """A figure with alternative text, its numbered caption below it."""
        from docx.shared import Inches

        width, height = picture.figure.get_size_inches()
        scale = min(WIDEST / width, TALLEST / height, 1.0)
        holder = self.document.add_paragraph()
        holder.paragraph_format.keep_with_next = True
        stream = io.BytesIO(picture.png(DOTS))
        shape = holder.add_run().add_picture(stream, width=Inches(float(scale * width)))
        about = shape._inline.docPr
        about.set("descr", plain(picture.shows or picture.caption))
        about.set("title", plain(picture.caption.partition(". ")[0]))
        captioned(self.document, "Figure", next(self._figures), picture.caption)

    def folded(self, title: str, blocks: Sequence[Block]) -> None:
        """A part under a heading of its own: paper has nothing to click."""
        self.subtitle(title)
        for block in blocks:
            block.put(self)
