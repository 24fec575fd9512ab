"""The report layer: fits as one self-contained HTML page, or a Word document."""

from __future__ import annotations

from bayesglmm.report.document import Document, make_document, make_sections
from bayesglmm.report.from_fit import material_of
from bayesglmm.report.material import Material, Section, check_extras
from bayesglmm.report.page import page
from bayesglmm.report.second_opinion import Opinion, ask_opinion
from bayesglmm.report.writing import check_place, write_document

__all__ = [
    "Document",
    "Material",
    "Opinion",
    "Section",
    "ask_opinion",
    "check_extras",
    "check_place",
    "make_document",
    "make_sections",
    "material_of",
    "page",
    "write_document",
]
