"""The short answer: the main result in a few sentences."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.posterior.ratios import interaction_places, random_part, ratios
from bayesglmm.report.html import bullets, note, paragraph
from bayesglmm.report.material import Material, Section
from bayesglmm.report.prose import closing, findings, opening, spoken


def answer(material: Material) -> Section:
    """Rows and model in a sentence, the first coefficients, and the spread of the groups."""
    design = material.design
    results = ratios(design, material.draws, material.mass)
    ordered = spoken(design, results)
    rest = len(findings(design, results)) - len(ordered)
    parts = [paragraph(opening(design, material.mass)), bullets(ordered)]
    if rest > 0:
        parts.append(note(f"{rest} more in the order of the formula, under Ratios."))
    if design.predictor.groups and interaction_places(design):
        parts.append(note("What an interaction does over new groups stands under Predicted means."))
    if design.predictor.groups:
        spread = random_part(design, material.draws, material.mass)
        parts.append(paragraph(closing(design, spread)))
    if not material.verdict.passed:
        parts.insert(0, paragraph(material.verdict.sentence()))
    body = Markup('<div class="lead">{}</div>').format(Markup("").join(parts))
    return Section("answer", "Short answer", body)
