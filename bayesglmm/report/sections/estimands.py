"""Predicted means of the cells, and comparisons that differ between them: typical and marginal."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.posterior.estimands.cells import (
    NEW,
    PLAIN,
    TYPICAL,
    cell_means,
    interaction_comparisons,
)
from bayesglmm.report.figures.means import means
from bayesglmm.report.html import bullets, paragraph, picture, table
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table

SAID = {TYPICAL: "for a typical group", NEW: "over new groups", PLAIN: ""}
"""Columns in words."""


def estimands(material: Material) -> Section | None:
    """Means of the factors' cells, in figure and table; none for a model without factors."""
    design, draws, mass = material.design, material.draws, material.mass
    cells = cell_means(design, draws, mass)
    if cells is None:
        return None
    parts = [paragraph(_lead(material)), _figure(cells), table(cells)]
    for compared in interaction_comparisons(design, draws, mass):
        parts += [bullets(sentences(compared)), table(compared)]
    return Section("estimands", "Predicted means", Markup("").join(parts))


def sentences(compared: Table) -> list[str]:
    """Each comparison in words, with the numbers as the table prints them.

    Parameters
    ----------
    compared : Table
        From `interaction_comparisons`.

    Returns
    -------
    list of str
    """
    shown = compared.formatted()
    where = str(shown.columns[1])
    found = []
    for _, row in shown.iterrows():
        numbers = [
            f"{row[name]} ({row[f'{name} lower']} to {row[f'{name} upper']}) {words}".strip()
            for name, words in SAID.items()
            if name in shown
        ]
        about = f"{row['comparison']}, where {where} = {row[where]}"
        found.append(f"{about}: {compared.scale} {', '.join(numbers)}.")
    return found


def _lead(material: Material) -> str:
    link = material.design.spec.link
    if not material.design.predictor.groups:
        return "What the model expects in each combination of levels."
    text = (
        "What the model expects in each combination of levels: for a typical group, whose effects "
        "are zero, and averaged over new groups from the population."
    )
    if link.name == "identity":
        return f"{text} Under an identity link the two agree."
    return f"{text} Under a {link.name} link the two differ, the more the groups do."


def _figure(cells: Table) -> Markup:
    frame = cells.frame
    series = {
        words: (
            frame[name].to_numpy(),
            frame[f"{name} lower"].to_numpy(),
            frame[f"{name} upper"].to_numpy(),
        )
        for name, words in SAID.items()
        if name in frame
    }
    drawn = means(list(frame["cell"]), series, cells.scale)
    text = f"Predicted {cells.scale} of each cell {' and '.join(series)}".rstrip()
    return picture(drawn, f"{text}: median and interval.")
