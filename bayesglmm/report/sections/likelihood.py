"""Maximum likelihood beside the posterior: where they agree, and why not where they do not."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.errors import SpecError
from bayesglmm.posterior.parity import parity
from bayesglmm.report.html import bullets, note, paragraph, table
from bayesglmm.report.material import Material, Section

TITLE = "Maximum likelihood beside the posterior"
MOST = 100_000
"""Rows beyond which the report does not wait for a maximum."""


def likelihood(material: Material) -> Section:
    """Laplace, quadrature and posterior side by side, or why not."""
    if material.design.n > MOST:
        words = f"Left out of the report for more than {MOST:,} rows; fit.parity() gives it."
        return Section("likelihood", TITLE, paragraph(words))
    try:
        found = parity(material.design, material.draws, material.priors)
    except SpecError as error:
        return Section("likelihood", TITLE, paragraph(str(error)))
    parts = [bullets(found.sentences), table(found.table)]
    if material.draws.run.extensions:
        parts.append(note("What was added to the graph by hand has no part in the likelihood."))
    return Section("likelihood", TITLE, Markup("").join(parts))
