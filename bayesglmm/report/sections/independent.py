"""The same model in bambi: do two programs, written apart, mean the same density?"""

from __future__ import annotations

from importlib.metadata import version

import pandas as pd

from bayesglmm.crosscheck import DensityComparison
from bayesglmm.report.blocks import paragraph, table
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table

TITLE = "Independent check"


def independent(material: Material) -> Section:
    """Differences of log density and gradient from bambi's, or why there are none."""
    bambi = f"bambi {version('bambi')}"
    if material.opinion is None:
        words = f"The model was not compared with {bambi}: the check was not asked for."
        return Section("independent", TITLE, (paragraph(words),), words)
    opinion = material.opinion()
    if opinion.comparison is None:
        words = f"The model was not compared with {bambi}. {opinion.reason}"
        return Section("independent", TITLE, (paragraph(words),), words)
    words = verdict(opinion.comparison, bambi)
    if material.draws.run.extensions:
        words += " What was added to the graph by hand is not part of the comparison."
    blocks = (paragraph(words), table(differences(opinion.comparison)))
    said = "agree" if opinion.comparison.agree else "DISAGREE"
    gist = f"The densities of {bambi} and of this program {said}."
    return Section("independent", TITLE, blocks, gist)


def verdict(found: DensityComparison, bambi: str) -> str:
    """The comparison in a sentence.

    Parameters
    ----------
    found : DensityComparison
    bambi : str
        Name and version.

    Returns
    -------
    str
    """
    said = (
        f"The model was written a second time, with the same priors, by {bambi}. At {found.points} "
        "random points the two joint log densities and their gradients"
    )
    if found.agree:
        return (
            f"{said} agree, so both programs mean the same posterior; bambi drew nothing from it."
        )
    return f"{said} DISAGREE: one of the two programs does not mean what the spec says."


def differences(found: DensityComparison) -> Table:
    """The largest differences as a table.

    Parameters
    ----------
    found : DensityComparison

    Returns
    -------
    Table
    """
    rows = [
        ("log density", found.log_density, found.tolerance, ""),
        ("gradient", found.gradient, found.tolerance, found.variable),
    ]
    frame = pd.DataFrame(rows, columns=["of", "largest difference", "tolerance", "where"])
    return Table(
        frame,
        "Largest relative differences from bambi",
        scale="unconstrained parameters, as sampled",
        kinds={"largest difference": "number", "tolerance": "number"},
    )
