"""Every prior, with its reason."""

from __future__ import annotations

from bayesglmm.posterior.prior_table import prior_table
from bayesglmm.report.html import table
from bayesglmm.report.material import Material, Section


def priors(material: Material) -> Section:
    """The table of priors."""
    return Section("priors", "Priors", table(prior_table(material.priors)))
