"""The audit: what spec and data give a reader to think about, whatever was sampled."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.design.audit import audit as look_over
from bayesglmm.report.html import bullets, paragraph, table
from bayesglmm.report.material import Material, Section


def audit(material: Material) -> Section:
    """Findings as a table, and in sentences."""
    found = look_over(material.design)
    if not found.findings:
        return Section("audit", "Audit", paragraph(found.summary()))
    lead = f"{found.summary()} A finding says what was seen; it is no proof of a mistake."
    parts = [paragraph(lead), bullets(found.sentences()), table(found.table())]
    return Section("audit", "Audit", Markup("").join(parts))
