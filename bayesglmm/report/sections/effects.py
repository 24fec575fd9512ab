"""What was found: fixed effects as ratios, in sentences, table and figure."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.families import find_measure
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.ratios import random_part, ratios
from bayesglmm.report.figures.forest import forest
from bayesglmm.report.html import bullets, paragraph, picture, table
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
    names = set(design.predictor.fixed.names)
    frame = results.frame[results.frame[""].isin(names)]
    if len(frame):
        measure = find_measure(design.spec.family, design.spec.link)
        svg = forest(
            list(frame[""]),
            frame[measure.short].to_numpy(),
            frame["lower"].to_numpy(),
            frame["upper"].to_numpy(),
            reference=measure.no_effect,
            log=measure.ratio,
            axis=f"{measure.long}, median and {100 * material.mass:g} % interval",
        )
        parts.append(picture(svg, f"Each fixed effect as {measure.long}, with its interval."))
    if design.predictor.groups or design.spec.family.parameters:
        parts.append(table(random_part(design, material.draws, material.mass)))
    return Section("effects", "Ratios", Markup("").join(parts))
