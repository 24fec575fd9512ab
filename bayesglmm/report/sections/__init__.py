"""The sections of the report, in order. A new one is a file and a row here."""

from __future__ import annotations

from collections.abc import Callable

from bayesglmm.report.material import Material, Section
from bayesglmm.report.sections.answer import answer
from bayesglmm.report.sections.audit import audit
from bayesglmm.report.sections.checks import checks
from bayesglmm.report.sections.comparison import comparison
from bayesglmm.report.sections.convergence import convergence
from bayesglmm.report.sections.data import data
from bayesglmm.report.sections.effects import effects
from bayesglmm.report.sections.estimands import estimands
from bayesglmm.report.sections.groups import groups
from bayesglmm.report.sections.independent import independent
from bayesglmm.report.sections.likelihood import likelihood
from bayesglmm.report.sections.methods import methods
from bayesglmm.report.sections.model import model
from bayesglmm.report.sections.population import population
from bayesglmm.report.sections.priors import priors
from bayesglmm.report.sections.reproduce import reproduce
from bayesglmm.report.sections.sensitivity import prior_sensitivity
from bayesglmm.report.sections.variance import variance

SECTIONS: tuple[Callable[[Material], Section | None], ...] = (
    answer,
    data,
    audit,
    model,
    priors,
    convergence,
    effects,
    estimands,
    groups,
    variance,
    checks,
    prior_sensitivity,
    likelihood,
    comparison,
    population,
    independent,
    methods,
    reproduce,
)
"""None where a section does not apply to a model."""
