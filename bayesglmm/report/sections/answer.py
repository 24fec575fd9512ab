"""The short answer: the main result in a few sentences."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.design.coding_sentences import coding_sentences
from bayesglmm.report.effect_prose import spoken
from bayesglmm.report.html import bullets, lead, note, paragraph
from bayesglmm.report.leading import leading
from bayesglmm.report.material import Material, Section
from bayesglmm.report.prose import closing, opening


def answer(material: Material) -> Section:
    """The first effect, what its numbers are about, rows and model, the effects, the groups."""
    design = material.design
    if design.spec.family.location.main:
        return _several_locations(material)
    said = spoken(design, material.ratios, material.interactions)
    first = leading(design, material.ratios, material.interactions, material.mass)
    parts = [lead(first)] if first else []
    coding = " ".join(coding_sentences(design))
    parts += [paragraph(text) for text in (coding, opening(design, material.mass)) if text]
    parts.append(bullets(said.sentences))
    if said.left:
        effects = "fixed effect" if said.left == 1 else "fixed effects"
        parts.append(note(f"{said.left} more {effects} below."))
    if design.predictor.groups:
        parts.append(paragraph(closing(design, material.random_part)))
    if not material.verdict.passed:
        parts.insert(0, paragraph(material.verdict.sentence()))
    body = Markup('<div class="lead">{}</div>').format(Markup("").join(parts))
    return Section("answer", "Short answer", body)


def _several_locations(material: Material) -> Section:
    """Of categories without an order no one number leads: rows and model, and where to look."""
    design = material.design
    said = [opening(design, material.mass)]
    if not material.verdict.passed:
        said.insert(0, material.verdict.sentence())
    reference = design.spec.family.support.levels[0]
    said.append(
        f"Each category has its own effects, as odds against {reference}; what they do to the "
        "probability of each category is among the estimands below."
    )
    body = Markup('<div class="lead">{}</div>').format(Markup("").join(map(paragraph, said)))
    return Section("answer", "Short answer", body)
