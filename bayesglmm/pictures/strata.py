"""Estimates for the levels of a population, beside their own means and the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

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
    response = _category(found, known)
    order = [response] if response else [known.truth or "median"]
    frame = frame.sort_values(order, ascending=bool(response), kind="stable", key=_as_given)
    values = {
        name: frame[name].to_numpy(dtype=float)
        for name in ("median", "lower", "upper", "raw", known.weights, known.truth)
        if name
    }
    labels = [str(label) for label in frame[known.by]]
    if response:
        labels = [f"{label}, {name}" for label, name in zip(labels, frame[response], strict=True)]
    middle = np.average(values["median"], weights=values[known.weights])
    made = forest(
        labels,
        values["median"],
        values["lower"],
        values["upper"],
        reference=np.nan if response else float(middle),
        log=False,
        axis=found.caption,
        raw=values["raw"],
        truth=values.get(known.truth),
    )
    strokes = f"; {known.truth} (upright strokes), by which they are sorted" if known.truth else ""
    text = (
        f"{found.caption} (dots, with intervals); the mean of the level's own rows (open circles)"
        f"{strokes}."
    )
    if not response:
        text += " The dotted line is the mean of the estimates, weighted by the population."
    printed = found.formatted().loc[frame.index]
    texts = [f"{row['median']} ({row['lower']} to {row['upper']})" for _, row in printed.iterrows()]
    shows = estimates_in_words("estimates", labels, texts, values["median"])
    if known.truth:
        truth = values[known.truth]
        inside = (truth >= values["lower"]) & (truth <= values["upper"])
        shows += f" {int(inside.sum())} of {len(inside)} intervals hold the known value."
    return Picture(made, text, shows)


def _category(found: Table, known: Population) -> str:
    """The column of the category of the response; empty where it has none."""
    own = {known.by, "cells", known.weights, "rows", "raw", known.truth}
    first = list(found.frame)[: list(found.frame).index("median")]
    return next((str(name) for name in first if name not in own), "")


def _as_given(values: pd.Series) -> pd.Series:
    """Categories in the order of their first rows; numbers as they are."""
    if pd.api.types.is_numeric_dtype(values):
        return values
    return pd.Series(pd.factorize(values)[0], index=values.index)
