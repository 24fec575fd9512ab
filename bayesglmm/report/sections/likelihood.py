"""Maximum likelihood beside the posterior: where they agree, and why not where they do not."""

from __future__ import annotations

from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError
from bayesglmm.posterior.parity import parity
from bayesglmm.report.blocks import Block, bullets, note, paragraph, table
from bayesglmm.report.material import Material, Section

TITLE = "Maximum likelihood beside the posterior"
MOST = 100_000
"""Rows beyond which the report does not wait for a maximum."""
MOST_CROSSED = 1_500
"""Effects of all factors but the largest beyond which it does not: time grows with their cube."""


def likelihood(material: Material) -> Section:
    """Laplace, quadrature and posterior side by side, or why not."""
    too_large = _too_large(material.design)
    if too_large:
        words = f"Left out of the report {too_large}; fit.parity() gives it."
        return Section("likelihood", TITLE, (paragraph(words),))
    try:
        found = parity(material.posterior, material.priors)
    except SpecError as error:
        return Section("likelihood", TITLE, (paragraph(str(error)),))
    parts: list[Block] = [*bullets(found.sentences), table(found.table)]
    if material.draws.run.extensions:
        parts.append(note("What was added to the graph by hand has no part in the likelihood."))
    return Section("likelihood", TITLE, tuple(parts))


def _too_large(design: Design) -> str:
    """Why a maximum would take too long, in words; empty where it would not."""
    if design.n > MOST:
        return f"for more than {MOST:,} rows"
    sizes = [
        len(terms[0].levels) * sum(len(term.columns) for term in terms)
        for terms in design.factors.values()
    ]
    if sum(sizes) - max(sizes, default=0) > MOST_CROSSED:
        return f"where the factors beside the largest have more than {MOST_CROSSED:,} effects"
    return ""
