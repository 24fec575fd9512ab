"""Estimates for the levels of a population, beside their own means and the truth."""

from __future__ import annotations

import numpy as np

from bayesglmm.pictures.forest import forest
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.words import estimates_in_words
from bayesglmm.posterior.population.strata import Population
from bayesglmm.tables import Table


def strata_plot(found: Table, known: Population) -> Picture:
    """Draw poststratified estimates with intervals, sorted by the truth where it is known.

    Parameters
    ----------
    found : Table
        From `posterior.strata.estimates`.
    known : Population

    Returns
    -------
    Picture
    """
    frame = found.frame.dropna(subset=["median"])
    frame = frame.sort_values(known.truth or "median", ascending=False)
    values = {
        name: frame[name].to_numpy(dtype=float)
        for name in ("median", "lower", "upper", "raw", known.weights, known.truth)
        if name
    }
    made = forest(
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
    printed = found.formatted().loc[frame.index]
    texts = [f"{row['median']} ({row['lower']} to {row['upper']})" for _, row in printed.iterrows()]
    labels = [str(label) for label in frame[known.by]]
    shows = estimates_in_words("estimates", labels, texts, values["median"])
    if known.truth:
        truth = values[known.truth]
        inside = (truth >= values["lower"]) & (truth <= values["upper"])
        shows += f" {int(inside.sum())} of {len(inside)} intervals hold the known value."
    return Picture(made, text, shows)
