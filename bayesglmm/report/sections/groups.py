"""Group effects: shrunken against raw."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup

from bayesglmm.design.groups import Group
from bayesglmm.posterior.ranef import ranef
from bayesglmm.report.figures.forest import forest
from bayesglmm.report.html import folded, paragraph, picture, subtitle, table
from bayesglmm.report.material import Material, Section


def groups(material: Material) -> Section:
    """A caterpillar for each effect and a table for each factor."""
    factors = dict.fromkeys(group.factor for group in material.design.predictor.groups)
    if not factors:
        return Section("groups", "Group effects", paragraph("The model has no group terms."))
    parts = [part for factor in factors for part in _factor(material, factor)]
    return Section("groups", "Group effects", Markup("").join(parts))


def _factor(material: Material, factor: str) -> list[Markup]:
    effects = ranef(material.design, material.draws, factor, material.mass)
    found = [group for group in material.design.predictor.groups if group.factor == factor]
    parts = [subtitle(factor)]
    for group in found:
        for column in group.columns:
            rows = effects.frame[effects.frame["effect"] == column]
            order = np.argsort(-rows["shrunken"].to_numpy())
            parts.append(_caterpillar(material, group, column, rows.iloc[order]))
    parts.append(folded(f"All effects of {factor}", table(effects)))
    return parts


def _caterpillar(material: Material, group: Group, column: str, frame: pd.DataFrame) -> Markup:
    what = "intercept" if column == "1" else f"slope of {column}"
    svg = forest(
        list(frame["level"]),
        frame["shrunken"].to_numpy(),
        frame["lower"].to_numpy(),
        frame["upper"].to_numpy(),
        reference=0.0,
        log=False,
        axis=f"{what} by {group.factor}, {material.design.spec.link.scale} scale",
        raw=frame["raw"].to_numpy(),
    )
    text = (
        f"Effects of {group.factor} on the {what}, sorted: shrunken effect with interval (dot and "
        "line) and raw effect (open circle, where it is finite)."
    )
    return picture(svg, text)
