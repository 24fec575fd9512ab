"""The answers of several models: a sentence each, and one picture of the same effect in all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesglmm.pictures.means import means
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.words import estimates_in_words, sides_in_words
from bayesglmm.report.answer_picture import WIDEST, WIDTH
from bayesglmm.report.blocks import Block, Bullets, Figure, lead
from bayesglmm.report.leading import Lead, find_lead, tell
from bayesglmm.report.material import Material, Section


def answers(materials: Mapping[str, Material]) -> Section:
    """What the models of a page say of the first effect.

    Parameters
    ----------
    materials : mapping
        Name to material.

    Returns
    -------
    Section
    """
    leads = {
        name: find_lead(made.design, made.ratios, made.interactions)
        for name, made in materials.items()
    }
    said = {
        name: tell(materials[name].design, found, materials[name].mass)
        for name, found in leads.items()
        if found is not None
    }
    first, *others = [f"{name}: {sentence}" for name, sentence in said.items()] or [NONE]
    drawn = _picture(materials, leads)
    blocks: list[Block] = [
        lead(first),
        *([Bullets(tuple(others))] if others else []),
        *([Figure(drawn)] if drawn is not None else []),
    ]
    return Section("answer", "Short answer", tuple(blocks))


NONE = "None of the models has an effect that one number tells."


def _picture(materials: Mapping[str, Material], leads: Mapping[str, Lead | None]) -> Picture | None:
    """The first effect in each model; None where the numbers are of different things."""
    known = {name: found for name, found in leads.items() if found is not None}
    measures = {materials[name].design.measure.long for name in known}
    changes = {found.change for found in known.values()}
    if len(known) < 2 or len(measures) > 1 or len(changes) > 1:
        return None
    measure = materials[next(iter(known))].design.measure
    values = np.array([found.values for found in known.values()]).T
    numbers = (values[0], values[1], values[2])
    made = means(
        list(known),
        {"": numbers},
        measure.long,
        reference=measure.no_effect,
        log=measure.ratio,
        width=WIDTH,
        widest=WIDEST,
    )
    texts = [found.number for found in known.values()]
    shows = [
        estimates_in_words("models", list(known), texts, values[0]),
        sides_in_words(values[1], values[2], measure.no_effect),
    ]
    caption = (
        f"The first effect in each model, {measure.long}, with its credible interval; the dotted "
        f"line, {measure.no_effect:g}, is no effect. Whom each number is about stands in its "
        "sentence."
    )
    return Picture(made, caption, " ".join(shows), narrow=True)
