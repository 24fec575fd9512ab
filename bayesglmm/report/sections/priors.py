"""Every prior with its reason, and what all of them together say before the data are seen."""

from __future__ import annotations

from bayesglmm.pictures.prior_predictive import prior_picture
from bayesglmm.posterior.priors.predictive import flat_parameters, flat_sentence, prior_predictive
from bayesglmm.posterior.priors.table import prior_table
from bayesglmm.report.blocks import Block, Equations, Figure, paragraph, subtitle, table
from bayesglmm.report.equations import prior_equations
from bayesglmm.report.material import Material, Section
from bayesglmm.report.prose import prior_sentences


def priors(material: Material) -> Section:
    """The table of priors, their equations, and the prior predictive distribution."""
    design = material.design
    parts: tuple[Block, ...] = (
        table(prior_table(material.priors)),
        Equations(tuple(prior_equations(material.priors, design))),
        subtitle("Prior predictive"),
        *_predicted(material),
    )
    return Section("priors", "Priors", parts)


def _predicted(material: Material) -> list[Block]:
    """What the priors predict; nothing of flat ones."""
    flat = flat_parameters(material.priors)
    if flat:
        return [paragraph(f"{flat_sentence(flat)}: nothing is predicted before the data are seen.")]
    seed = material.draws.settings.seed
    simulated = prior_predictive(material.design, material.priors, seed=seed)
    return [
        *(paragraph(sentence) for sentence in prior_sentences(simulated)),
        Figure(prior_picture(simulated)),
        table(simulated.table()),
    ]
