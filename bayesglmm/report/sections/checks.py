"""Posterior predictive checks: would the model draw data like these?"""

from __future__ import annotations

from bayesglmm.report.checks import make_checks
from bayesglmm.report.material import Material, Section


def checks(material: Material) -> Section:
    """The data among those that the fitted model would draw."""
    found = make_checks(material.posterior)
    return Section("checks", "Posterior predictive checks", found.blocks(), found.gist())
