"""The picture of the short answer: the effects that it tells, one line each."""

from __future__ import annotations

import numpy as np

from bayesglmm.pictures.means import means
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.words import estimates_in_words, sides_in_words
from bayesglmm.report.effect_rows import EffectRow, effect_rows
from bayesglmm.report.material import Material

MOST = 6
"""Effects drawn; all are in the tables."""

WIDTH, WIDEST = 4.6, 25
"""Inches of the picture and letters of a line of its labels: it is read on a telephone."""


def answer_picture(material: Material) -> Picture | None:
    """Draw the first effects of the formula with their intervals.

    Parameters
    ----------
    material : Material

    Returns
    -------
    Picture or None
        None for a model without an effect that is one by itself.
    """
    design = material.design
    found = effect_rows(design, material.ratios, material.interactions)
    rows = found[:MOST]
    if not rows:
        return None
    measure = design.measure
    series = list(dict.fromkeys(words for row in rows for words in row.values))
    numbers = {
        words: tuple(np.array([row.values.get(words, NOTHING) for row in rows]).T)
        for words in series
    }
    made = means(
        [row.label for row in rows],
        {words: (middle, low, high) for words, (middle, low, high) in numbers.items()},
        measure.long,
        reference=measure.no_effect,
        log=measure.ratio,
        width=WIDTH,
        widest=WIDEST,
    )
    some = f" The first {len(rows)} of {len(found)} effects." if len(found) > len(rows) else ""
    caption = (
        f"{measure.long[0].upper()}{measure.long[1:]} with {100 * material.mass:g} % credible "
        f"intervals; the dotted line, {measure.no_effect:g}, is no effect.{some}"
    )
    shows = " ".join(_shows(rows, words, measure.no_effect) for words in series)
    return Picture(made, caption, shows, narrow=True)


NOTHING = (np.nan, np.nan, np.nan)


def _shows(rows: list[EffectRow], words: str, no_effect: float) -> str:
    """The effects in words, of those whom `words` are about."""
    own = [row for row in rows if words in row.values]
    middle, low, high = np.array([row.values[words] for row in own]).T
    labels, texts = [row.label for row in own], [row.printed[words] for row in own]
    whom = f"{words[0].upper()}{words[1:]}: " if words else ""
    said = estimates_in_words("effects", labels, texts, middle)
    return f"{whom}{said} {sides_in_words(low, high, no_effect)}"
