"""Other models of the same data beside this one."""

from __future__ import annotations

from markupsafe import Markup

from bayesglmm.report.figures.forest import forest
from bayesglmm.report.html import bullets, paragraph, picture, table
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table


def comparison(material: Material) -> Section | None:
    """The comparison that the report was given; None where it was given none."""
    found = material.comparison
    if found is None:
        return None
    frame = found.table.frame.iloc[1:]
    half = 2 * frame["se of difference"].to_numpy()
    middle = frame["difference"].to_numpy()
    best = found.table.frame["model"].iloc[0]
    svg = forest(
        list(frame["model"]),
        middle,
        middle - half,
        middle + half,
        reference=0.0,
        log=False,
        axis=f"elpd less that of {best}, with 2 standard errors",
    )
    parts = [
        paragraph(f"Which model predicts best what it has not seen: {found.units.words} left out."),
        bullets(sentences(found.table)),
        table(found.table),
        picture(svg, f"Difference in predictive density of each model to {best}."),
    ]
    return Section("comparison", "Comparison of models", Markup("").join(parts))


def sentences(content: Table) -> list[str]:
    """What each row of the table says.

    Parameters
    ----------
    content : Table
        Of a `Comparison`.

    Returns
    -------
    list of str
        One for each model but the best.
    """
    shown = content.formatted()
    best = shown["model"].iloc[0]
    return [
        f"{row['model']}: {row['verdict']} ({best}), by {row['difference']} with standard error "
        f"{row['se of difference']}."
        for _, row in shown.iloc[1:].iterrows()
    ]
