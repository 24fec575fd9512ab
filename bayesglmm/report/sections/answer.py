"""The short answer: the main result in one sentence and one picture, then all of it in words."""

from __future__ import annotations

from collections.abc import Iterator

from bayesglmm.design.coding_sentences import coding_sentences
from bayesglmm.report.answer_picture import answer_picture
from bayesglmm.report.blocks import Block, Figure, bullets, folded, lead, note, paragraph
from bayesglmm.report.effect_prose import Spoken, spoken
from bayesglmm.report.leading import leading
from bayesglmm.report.material import Material, Section
from bayesglmm.report.prose import closing, opening


def answer(material: Material) -> Section:
    """The first effect and its picture, and what they are about; all effects in words, folded."""
    design = material.design
    failed = [] if material.verdict.passed else [paragraph(material.verdict.sentence())]
    if design.spec.family.location.main:
        return Section("answer", "Short answer", (*failed, *_several_locations(material)))
    said = spoken(design, material.ratios, material.interactions)
    first = leading(design, material.ratios, material.interactions, material.mass)
    if not (first or design.predictor.fixed.names):
        first = next(iter(said.sentences), "")  # the baseline is all that there is
    drawn = answer_picture(material)
    coding = " ".join(coding_sentences(design))
    about = [text for text in (coding, opening(design, material.mass)) if text]
    blocks: list[Block] = [
        *failed,
        *([lead(first)] if first else []),
        *([Figure(drawn)] if drawn is not None else []),
        *(note(text) for text in about),
        folded("Every effect in words", *_in_words(material, said)),
    ]
    return Section("answer", "Short answer", tuple(blocks))


def _in_words(material: Material, said: Spoken) -> Iterator[Block]:
    """The effects, and how far the groups differ."""
    yield from bullets(said.sentences)
    if said.left:
        effects = "fixed effect" if said.left == 1 else "fixed effects"
        yield note(f"{said.left} more {effects} below.")
    if material.design.predictor.groups:
        yield paragraph(closing(material.design, material.random_part))


def _several_locations(material: Material) -> Iterator[Block]:
    """Of categories without an order no one number leads: rows and model, and where to look."""
    design = material.design
    yield paragraph(opening(design, material.mass))
    reference = design.spec.family.support.levels[0]
    yield paragraph(
        f"Each category has its own effects, as odds against {reference}; what they do to the "
        "probability of each category is among the estimands below."
    )
