"""The audit: what spec and data give a reader to think about, whatever was sampled."""

from __future__ import annotations

from bayesglmm.design.audit import audit as look_over
from bayesglmm.report.blocks import Block, bullets, paragraph, table
from bayesglmm.report.material import Material, Section


def audit(material: Material) -> Section:
    """What the numbers are about, then findings in sentences and as a table."""
    found = look_over(material.design)
    parts: list[Block] = [paragraph(" ".join(found.coding))] if found.coding else []
    if found.findings:
        lead = f"{found.summary()} A finding says what was seen; it is no proof of a mistake."
        parts += [paragraph(lead), *bullets(found.sentences()), table(found.table())]
    else:
        parts.append(paragraph(found.summary()))
    return Section("audit", "Audit", tuple(parts), found.summary())
