"""What was found: fixed effects as ratios, in sentences, table and figure."""

from __future__ import annotations

from bayesglmm.pictures.ratios import ratio_plot
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.random_part import has_random_part
from bayesglmm.posterior.thresholds import has_thresholds, thresholds
from bayesglmm.report.blocks import Block, Figure, bullets, paragraph, table
from bayesglmm.report.effect_prose import findings, spoken
from bayesglmm.report.material import Material, Section


def effects(material: Material) -> Section:
    """Fixed effects, on the mean and on other parameters, and random part."""
    design = material.design
    if design.spec.family.location.main:
        return _several_locations(material)
    results = material.ratios
    lead = f"{interval_note(material.mass)} Estimand: {results.estimand}."
    left = spoken(design, results, material.interactions).left  # by the short answer
    sentences = findings(design, results) if left else []
    parts = [paragraph(lead), *bullets(sentences), table(results)]
    if len(design.predictor.fixed.names) > len(design.predictor.fixed.level_columns):
        parts.append(Figure(ratio_plot(design, results, material.mass)))
    parts += [table(found) for found in material.parameters.values()]
    if has_thresholds(design):
        parts.append(table(thresholds(material.posterior, material.mass)))
    if has_random_part(design):
        parts.append(table(material.random_part))
    return Section("effects", "Fixed effects and random part", tuple(parts))


def _several_locations(material: Material) -> Section:
    """The table of each category's odds."""
    parts: list[Block] = [paragraph(interval_note(material.mass))]
    parts += [table(found) for found in material.parameters.values()]
    if has_random_part(material.design):
        parts.append(table(material.random_part))
    return Section("effects", "Fixed effects and random part", tuple(parts))
