"""Posterior predictive checks: would the model draw data like these?"""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.posterior.replicated import replicated_statistics, tail_table
from bayesglmm.report.figures.replicates import replicates
from bayesglmm.report.html import paragraph, picture, table
from bayesglmm.report.material import Material, Section


def checks(material: Material) -> Section:
    """Statistics of the data among those of replicated data."""
    statistics = replicated_statistics(material.design, material.draws)
    names = ", ".join(statistics)
    parts = [
        paragraph("Data drawn from the fitted model, compared with the data themselves."),
        picture(
            replicates(statistics),
            f"Histograms of {names} in replicated data; the line is the observed value.",
        ),
        table(tail_table(statistics)),
    ]
    return Section("checks", "Posterior predictive checks", Markup("").join(parts))
