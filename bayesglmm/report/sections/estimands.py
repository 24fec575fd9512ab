"""Predicted means of the cells, and comparisons that differ between them: typical and marginal."""

from __future__ import annotations

from collections.abc import Mapping

from bayesglmm.design.design import Design
from bayesglmm.pictures.means import means
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.words import estimates_in_words
from bayesglmm.posterior.estimands.side_by_side import NEW, PLAIN, TYPICAL
from bayesglmm.posterior.units import new, typical
from bayesglmm.report.blocks import Block, Figure, bullets, paragraph, table
from bayesglmm.report.effect_prose import comparison_sentences
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table


def estimands(material: Material) -> Section | None:
    """Means of the factors' cells, in figure and table; none for a model without factors."""
    design, cells = material.design, material.cells
    if cells is None:
        return None
    parts: list[Block] = [
        paragraph(_lead(material)),
        Figure(_figure(design, cells)),
        table(cells),
    ]
    for found in material.interactions:
        parts += bullets(comparison_sentences(design, found))
        parts += [table(compared) for compared in found.tables]
    return Section("estimands", "Predicted means", tuple(parts))


def _lead(material: Material) -> str:
    link = material.design.spec.link
    if not material.design.predictor.groups:
        return "What the model expects in each combination of levels."
    text = (
        f"What the model expects in each combination of levels: for {typical(material.design)}, "
        f"whose effects are zero, and averaged over {new(material.design)} from the population."
    )
    if link.linear:
        return f"{text} Under an identity link the two agree."
    return f"{text} Under a {link.name} link the two differ, the more the groups do."


def _figure(design: Design, cells: Table) -> Picture:
    frame = cells.frame
    said = {TYPICAL: f"for {typical(design)}", NEW: f"over {new(design)}", PLAIN: ""}
    series = {
        words: (
            frame[name].to_numpy(),
            frame[f"{name} lower"].to_numpy(),
            frame[f"{name} upper"].to_numpy(),
        )
        for name, words in said.items()
        if name in frame
    }
    drawn = means(cells.rows("cell"), series, cells.scale)
    text = f"Predicted {cells.scale} of each cell {' and '.join(series)}".rstrip()
    return Picture(drawn, f"{text}: median and interval.", _shows(cells, said))


def _shows(cells: Table, said: Mapping[str, str]) -> str:
    """The means in words, for each whom they are about."""
    printed, labels = cells.formatted(), cells.rows("cell")
    sentences = []
    for name, words in said.items():
        if name in printed:
            texts = [
                f"{row[name]} ({row[f'{name} lower']} to {row[f'{name} upper']})"
                for row in printed.to_dict("records")
            ]
            centers = cells.frame[name].to_numpy()
            whom = f"{words[0].upper()}{words[1:]}: " if words else ""
            sentences.append(f"{whom}{estimates_in_words('cells', labels, texts, centers)}")
    return " ".join(sentences)
