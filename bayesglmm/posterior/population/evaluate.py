"""How close estimates come to a truth that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.given import level_keys
from bayesglmm.errors import SpecError
from bayesglmm.posterior.arguments import check_kind
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.population.poststratify import poststratify
from bayesglmm.posterior.population.strata import Population, keyed, raw_means, truth_of
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table

OWN, UNSEEN = "own rows", "levels without rows"
"""The levels' own means; what is added to a name where the data have no row of a level."""


@beyond_double
def against_truth(
    fits: Mapping[str, Posterior], population: Population, mass: float = 0.95
) -> Table:
    """How close poststratified estimates come to the truth, and the levels' own means.

    Parameters
    ----------
    fits : mapping
        Name to the posterior at the model's own rows, which are the same.
    population : Population
        With a `truth`.
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        As `evaluate`. Levels with rows and those without stand apart. A model with a fixed effect
        for each level cannot speak of the latter, and a note says so.

    Raises
    ------
    SpecError
        If the population has no truth, or there are no fits.
    DataError
        As for `poststratify` and `truth_of`.
    """
    check_kind("population", population, Population, "Make one: Population(frame, by, weights).")
    if not population.truth or not fits:
        missing = "a truth: Population(..., truth='column')" if fits else "a fit"
        raise SpecError(f"Estimates are held against the truth, but there is not {missing}.")
    by, first = population.by, next(iter(fits.values())).design
    own = raw_means(first, by, mass)
    known = set(level_keys(first, by, own.frame[by]))
    seen = level_keys(first, by, population.frame[by]).isin(known)
    found, silent = {}, []
    for name, posterior in fits.items():
        fixed = by in posterior.design.spec.fixed_variables and not seen.all()
        cells = population.frame[seen] if fixed else population.frame
        silent += [name] if fixed else []
        found[name] = poststratify(posterior, cells, by, weights=population.weights, mass=mass)
    table = score(first, found, own, population)
    if not silent:
        return table
    note = f"Has a fixed effect for each {by}, so cannot speak of {UNSEEN}: {', '.join(silent)}."
    return replace(table, notes=(*table.notes, note))


def score(design: Design, found: Mapping[str, Table], own: Table, population: Population) -> Table:
    """Hold estimates against the truth, levels with rows apart from those without.

    Parameters
    ----------
    design : Design
        Of the model, whose levels these are.
    found : mapping
        Name to estimates, from `poststratify` by the levels of the population.
    own : Table
        From `raw_means`.
    population : Population
        With a `truth`.

    Returns
    -------
    Table
        As `evaluate`.
    """
    by, population = population.by, keyed(design, population)
    own, *tables = (_keyed(design, table, by) for table in (own, *found.values()))
    parts = {OWN: own}
    for name, table in zip(found, tables, strict=True):
        seen = table.frame[by].isin(set(own.frame[by]))
        for part, rows in ((name, seen), (f"{name}, {UNSEEN}", ~seen)):
            if rows.any():
                parts[part] = replace(table, frame=table.frame[rows])
    weights = population.frame.groupby(by, observed=True)[population.weights].sum()
    return evaluate(parts, truth_of(population), weights, by)


def _keyed(design: Design, table: Table, by: str) -> Table:
    """A table whose levels are called as the model calls them."""
    return replace(table, frame=table.frame.assign(**{by: level_keys(design, by, table.frame[by])}))


def evaluate(found: Mapping[str, Table], truth: pd.Series, weights: pd.Series, by: str) -> Table:
    """How close several sets of estimates come to the truth.

    Parameters
    ----------
    found : mapping
        Name to a table with the column `by`, an estimate (``median`` or ``raw``), ``lower`` and
        ``upper``.
    truth, weights : pandas.Series
        By level.
    by : str

    Returns
    -------
    Table
        For each set, over its levels: mean error, mean absolute error, root mean squared error,
        the mean absolute error weighted by the population, the number of intervals that hold the
        truth, and their mean width. Empty where there are no levels.
    """
    rows = [_score(name, table.frame, truth, weights, by) for name, table in found.items()]
    frame = pd.DataFrame(rows)
    numbers = [str(name) for name in frame if name not in ("", "levels", "inside")]
    return Table(
        frame=frame,
        caption="Estimates against the truth",
        scale=next(iter(found.values())).scale,
        estimand=f"over the levels of {by} that each row of the table has",
        notes=(
            "Error: estimate minus truth. MAE, RMSE: mean absolute and root mean squared error; "
            f"weighted: each {by} counts by its population. Inside: intervals that hold the "
            "truth.",
        ),
        kinds=dict.fromkeys(("levels", "inside"), "count") | dict.fromkeys(numbers, "number"),
    )


def _score(
    name: str, frame: pd.DataFrame, truth: pd.Series, weights: pd.Series, by: str
) -> dict[str, object]:
    column = "median" if "median" in frame else "raw"
    rows = frame.assign(truth=frame[by].map(truth), weight=frame[by].map(weights))
    rows = rows.dropna(subset=[column, "truth"])
    error = (rows[column] - rows["truth"]).to_numpy(dtype=float)
    inside = (rows["lower"] <= rows["truth"]) & (rows["truth"] <= rows["upper"])
    if not len(rows):
        return {"": name, "levels": 0}
    return {
        "": name,
        "levels": len(rows),
        "mean error": error.mean(),
        "MAE": np.abs(error).mean(),
        "RMSE": np.sqrt(np.square(error).mean()),
        "MAE, weighted": np.average(np.abs(error), weights=rows["weight"].to_numpy(dtype=float)),
        "inside": inside.sum(),
        "mean width": (rows["upper"] - rows["lower"]).mean(),
    }
