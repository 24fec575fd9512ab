"""A known population, split into levels: what the model says of each, and what its own rows say."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.given import level_keys
from bayesglmm.design.names import printed_names
from bayesglmm.errors import DataError, SpecError, unknown
from bayesglmm.families.links import Array
from bayesglmm.posterior.arguments import check_kind
from bayesglmm.posterior.notes import mean_name
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.population.poststratify import poststratify
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import tail_of
from bayesglmm.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """A population as cells, for a report or for `strata`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a cell, as for `poststratify`; ``attrs["source"]`` and ``attrs["caveats"]`` are
        printed beside the estimates.
    by : str
        Column whose levels get an estimate each.
    weights : str
        Column of weights.
    truth : str
        Column that holds the true mean of each level, where it is known; the same in all cells of
        a level.
    """

    frame: pd.DataFrame
    by: str
    weights: str
    truth: str = ""


def keyed(design: Design, population: Population) -> Population:
    """A population whose levels are called as the model calls them."""
    frame, by = population.frame, population.by
    return replace(population, frame=frame.assign(**{by: level_keys(design, by, frame[by])}))


@beyond_double
def strata(posterior: Posterior, population: Population, mass: float = 0.95) -> Table:
    """Poststratified means beside those of the level's own rows and, where known, the truth.

    Parameters
    ----------
    posterior : Posterior
    population : Population
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        That of `poststratify` with the columns ``rows`` and ``raw`` (see `raw_means`), and the
        column of the truth.

    Raises
    ------
    DataError
        As for `poststratify`, or if the truth differs within a level.
    SpecError
        If there is a truth, and the response is one of several categories.
    """
    design = posterior.design
    check_kind("population", population, Population, "Make one: Population(frame, by, weights).")
    by, truth = population.by, population.truth
    table = poststratify(posterior, population.frame, by, weights=population.weights, mass=mass)
    several = design.spec.family.support.categories
    if several and truth:
        raise SpecError(
            f"truth='{truth}' holds one number for each level of {by}, but a response of the "
            f"{design.spec.family.name} family has a probability of each category. Leave it out."
        )
    raw = raw_means(design, by, mass)
    split = [design.spec.formula.response_name] if several else []
    own = raw.frame.assign(**{by: level_keys(design, by, raw.frame[by])})
    keys = level_keys(design, by, table.frame[by])
    wanted = table.frame[split].assign(**{by: keys})
    beside = wanted.merge(own[[by, *split, "rows", "raw"]], on=[by, *split], how="left")
    frame = table.frame.join(beside[["rows", "raw"]]).fillna({"rows": 0})
    known = [] if not truth else [truth]
    if truth:
        frame[truth] = keys.map(truth_of(keyed(design, population))).to_numpy(dtype=float)
    first = [by, *split, "cells", population.weights, "rows", "raw", *known]
    results = [name for name in table.frame if name not in first]
    return Table(
        frame=frame[[*first, *results]],
        caption=table.caption,
        scale=table.scale,
        estimand=f"{table.estimand}; raw: {raw.estimand}",
        notes=table.notes,
        kinds={**table.kinds, "rows": "count"} | dict.fromkeys(["raw", *known], "number"),
        headings=table.headings,
        source=table.source,
    )


@beyond_double
def raw_means(design: Design, by: str, mass: float = 0.95) -> Table:
    """Mean response of each level's own rows: no model, no weights, no pooling.

    Parameters
    ----------
    design : Design
        The model's own.
    by : str
        A column of the user's data.
    mass : float
        Posterior probability inside the equal-tailed interval.

    Returns
    -------
    Table
        Interval under Jeffreys' prior for the level alone: Beta for a probability, Gamma for a
        rate, Student's t for a mean (Gelman et al. 2013, Bayesian Data Analysis, sections 2.4,
        2.8 and 3.2).

    Raises
    ------
    DataError
        If the data have no such column.
    """
    if by not in design.given:
        raise DataError(unknown("column of the data", by, map(str, design.given.columns)))
    called, response = printed_names(design), design.spec.formula.response_name
    rows, levels = design.rows, design.spec.family.support.levels
    if levels:
        parts = [
            _crude(design, by, (rows.y == k).astype(float), mass).assign(**{response: name})
            for k, name in enumerate(levels)
        ]
        whole = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)
        frame = whole[[by, response, *whole.columns.drop([by, response])]]
    else:
        frame = _crude(design, by, rows.central, mass)
    return Table(
        frame=frame,
        caption=f"Mean response of each {called[by]}'s own rows",
        scale=f"response ({mean_name(design)})",
        estimand=f"mean of the {called[by]}'s own rows, by itself",
        notes=(f"Mean, and {100 * mass:g} % interval under Jeffreys' prior.",),
        kinds={"rows": "count"} | dict.fromkeys(("raw", "lower", "upper"), "number"),
        headings=called,
    )


def _crude(design: Design, by: str, response: Array, mass: float) -> pd.DataFrame:
    """Means of numbers of the rows of each level, with intervals."""
    rows = design.rows
    level = design.given[by].iloc[design.positions].reset_index(drop=True)
    content = pd.DataFrame(
        {
            "y": response,
            "y2": np.square(response),
            "masked": ~rows.known,
            "size": np.broadcast_to(rows.exposure * rows.trials, design.n),
        }
    )
    grouped = content.groupby(level, sort=True, observed=True)
    sums = grouped.sum()
    count = grouped.size().to_numpy()
    interval = design.spec.family.support.interval
    per = design.spec.per if design.spec.exposure is not None else 1.0
    tail = tail_of(mass)
    y, y2, size = (sums[name].to_numpy(dtype=float) for name in ("y", "y2", "size"))
    y = np.where(sums["masked"] > 0, np.nan, y)  # a suppressed count has no raw mean
    lower, upper = (interval(y, y2, size, p) * per for p in (tail, 1 - tail))
    frame = pd.DataFrame({by: sums.index, "rows": count, "raw": y / size * per})
    return frame.assign(lower=lower, upper=upper)


def truth_of(population: Population) -> pd.Series:
    """The true mean of each level.

    Parameters
    ----------
    population : Population
        With a `truth`.

    Returns
    -------
    pandas.Series
        By level.

    Raises
    ------
    DataError
        If the column is missing, or has several values within a level.
    """
    frame, by, truth = population.frame, population.by, population.truth
    if truth not in frame:
        raise DataError(unknown("column of the population", truth, map(str, frame.columns)))
    grouped = frame.groupby(by, sort=True, observed=True)[truth]
    different = grouped.min() < grouped.max()
    if different.any():
        level = different.index[different.to_numpy()][0]
        raise DataError(
            f"The truth '{truth}' has several values within {by} = {level}. It must be one."
        )
    return grouped.first()
