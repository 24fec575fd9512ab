"""The report layer: a fit as one self-contained HTML page."""

from __future__ import annotations

from bayesglmm.report.material import Material, Section
from bayesglmm.report.page import page, write_report

__all__ = ["Material", "Section", "page", "write_report"]
