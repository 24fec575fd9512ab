"""The methods paragraph and its references."""

from __future__ import annotations

from bayesglmm.report.blocks import Block, bullets, folded, note, paragraph
from bayesglmm.report.material import Material, Section
from bayesglmm.report.methods import REFERENCES
from bayesglmm.report.methods import methods as paragraphs


def methods(material: Material) -> Section:
    """What was done, to be put into a paper, and what it cites."""
    parts: list[Block] = [
        note("Made from this fit, to be copied into a paper."),
        *(paragraph(text) for text in paragraphs(material)),
        folded("References", *bullets(REFERENCES)),
    ]
    return Section("methods", "Methods paragraph", tuple(parts))
