"""The report layer: fits as one self-contained HTML page."""

from __future__ import annotations

from bayesglmm.report.from_fit import material_of
from bayesglmm.report.material import Material, Section, check_extras
from bayesglmm.report.page import page, write_pages
from bayesglmm.report.second_opinion import Opinion, ask_opinion

__all__ = [
    "Material",
    "Opinion",
    "Section",
    "ask_opinion",
    "check_extras",
    "material_of",
    "page",
    "write_pages",
]
