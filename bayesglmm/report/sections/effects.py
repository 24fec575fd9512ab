"""What was found: fixed effects as ratios, in sentences, table and figure."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.ratios import random_part, ratios
from bayesglmm.report.figures.ratios import ratio_plot
from bayesglmm.report.html import bullets, drawn, paragraph, table
from bayesglmm.report.material import Material, Section
from bayesglmm.report.prose import findings, spoken


def effects(material: Material) -> Section:
    """Fixed effects and random part."""
    design = material.design
    results = ratios(design, material.draws, material.mass)
    lead = f"{interval_note(material.mass)} Estimand: {results.estimand}."
    sentences = findings(design, results)
    said = len(spoken(design, results)) == len(sentences)  # in the short answer
    parts = [paragraph(lead), bullets([] if said else sentences), table(results)]
    if design.predictor.fixed.names:
        parts.append(drawn(ratio_plot(design, results, material.mass)))
    if design.predictor.groups or design.spec.family.parameters:
        parts.append(table(random_part(design, material.draws, material.mass)))
    return Section("effects", "Ratios", Markup("").join(parts))
