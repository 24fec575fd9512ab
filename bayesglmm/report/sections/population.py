"""The population that the model speaks of: poststratified estimates, against the truth if known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from markupsafe import Markup

from bayesglmm.errors import DataError
from bayesglmm.posterior.evaluate import evaluate
from bayesglmm.posterior.strata import Population, estimates, raw_means, truth_of
from bayesglmm.report.figures.forest import forest
from bayesglmm.report.html import bullets, folded, paragraph, picture, table
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table

LONG = 20
"""Levels beyond which the table of estimates is folded."""


def population(material: Material) -> Section | None:
    """Estimates for the levels of a population whose make-up is known."""
    known = material.population
    if known is None:
        return None
    try:
        found = estimates(material.design, material.draws, known, material.mass)
    except DataError as error:  # a report is worth having without this section
        words = f"This model cannot be averaged over the population. {error}"
        return Section("population", "Population", paragraph(words))
    parts = [paragraph(_lead(found, known))]
    source = known.frame.attrs.get("source")
    if source:
        parts.append(paragraph(str(source)))
    if known.truth:
        scores = _scores(material, known, found)
        parts += [paragraph(_verdict(scores)), table(scores)]
    parts += [
        _figure(found, known),
        folded(f"All levels of {known.by}", table(found))
        if len(found.frame) > LONG
        else table(found),
        bullets(known.frame.attrs.get("caveats", ())),
    ]
    return Section("population", "Population", Markup("").join(parts))


def _lead(found: Table, known: Population) -> str:
    rows = found.frame["rows"]
    without = found.frame.loc[rows == 0, known.by]
    words = (
        f"The model's predictions are averaged over {len(known.frame):,} cells of the population, "
        f"each weighted by {known.weights}, for each of {len(found.frame)} levels of {known.by}."
    )
    if len(without):
        words += (
            f" {len(without)} of them have no rows in the data "
            f"({', '.join(map(str, without))}): only the model can speak of these, by what it "
            "learned of the others."
        )
    return words


def _scores(material: Material, known: Population, found: Table) -> Table:
    """Raw and poststratified estimates against the truth, over the same levels."""
    weights = known.frame.groupby(known.by, observed=True)[known.weights].sum()
    seen = found.frame["rows"] > 0
    sets = {
        "own rows": raw_means(material.design, known.by, material.mass),
        "poststratified": _some(found, seen),
        "poststratified, levels without rows": _some(found, ~seen),
    }
    if seen.all():
        del sets["poststratified, levels without rows"]
    return evaluate(sets, truth_of(known), weights, known.by)


def _some(found: Table, rows: pd.Series) -> Table:
    return Table(found.frame[rows], found.caption, found.scale, found.estimand, kinds=found.kinds)


def _verdict(scores: Table) -> str:
    """The scores in a sentence, as the table prints them."""
    printed = scores.formatted().set_index("")
    own, post = printed.loc["own rows"], printed.loc["poststratified"]
    return (
        f"Over the {post['levels']} levels with rows the mean absolute error is {post['MAE']} "
        f"poststratified and {own['MAE']} by the level's own rows alone; the intervals hold the "
        f"truth for {post['inside']} and {own['inside']} of them, with mean widths "
        f"{post['mean width']} and {own['mean width']}."
    )


def _figure(found: Table, known: Population) -> Markup:
    frame = found.frame.dropna(subset=["median"])
    frame = frame.sort_values(known.truth or "median", ascending=False)
    values = {
        name: frame[name].to_numpy(dtype=float)
        for name in ("median", "lower", "upper", "raw", known.weights, known.truth)
        if name
    }
    svg = forest(
        [str(label) for label in frame[known.by]],
        values["median"],
        values["lower"],
        values["upper"],
        reference=float(np.average(values["median"], weights=values[known.weights])),
        log=False,
        axis=found.caption,
        raw=values["raw"],
        truth=values.get(known.truth),
    )
    strokes = f"; {known.truth} (upright strokes), by which they are sorted" if known.truth else ""
    text = (
        f"{found.caption} (dots, with intervals); the mean of the level's own rows (open circles)"
        f"{strokes}. The dotted line is the mean of the estimates, weighted by the population."
    )
    return picture(svg, text)
