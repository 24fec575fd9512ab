"""Sentences about groups, from the printed numbers of their tables."""

from __future__ import annotations

from bayesglmm.design.design import Design
from bayesglmm.pictures.map import SURE
from bayesglmm.posterior.groups.words import mean_words
from bayesglmm.posterior.units import several
from bayesglmm.tables import Table


def spread_sentence(design: Design, factor: str, spread: Table, share: float = 0.95) -> str:
    """Between which means most groups of the population lie.

    Parameters
    ----------
    design : Design
    factor : str
    spread : Table
        From `posterior.population_interval`; its printed numbers are quoted as they stand.
    share : float
        Of the groups between its two ends.

    Returns
    -------
    str
    """
    printed = spread.formatted()
    name = printed.columns[1]
    low, high = printed.iloc[0], printed.iloc[2]
    groups, what = several(design, factor), mean_words(design)[1]
    return (
        f"Of the population of {groups}, {100 * share:g} % have a {what} "
        f"between {low[name]} ({low['lower']} to {low['upper']}) and {high[name]} "
        f"({high['lower']} to {high['upper']}): a spread between {groups}, each end with "
        "the interval of what is known of it."
    )


def extremes(design: Design, factor: str, rates: Table) -> str:
    """The highest and the lowest group, and how many are surely above or below the threshold.

    Parameters
    ----------
    design : Design
    factor : str
    rates : Table
        From `posterior.group_rates`; its printed numbers are quoted as they stand.

    Returns
    -------
    str
    """
    frame, printed = rates.frame, rates.formatted()
    name = printed.columns[list(printed.columns).index("lower") - 1]
    above = next(str(column) for column in printed if str(column).startswith("P(>"))
    ends = [
        f"{row['level']} with {row[name]} ({row['lower']} to {row['upper']})"
        for row in (printed.iloc[frame[name].argmax()], printed.iloc[frame[name].argmin()])
    ]
    high, low = int((frame[above] > SURE).sum()), int((frame[above] < 1 - SURE).sum())
    return (
        f"Of the {len(frame):,} {several(design, factor)} in the data the highest is {ends[0]}, "
        f"the lowest {ends[1]}. Those that lie above {above[3:-1]}, the crude mean of all rows, "
        f"with a probability of more than {SURE:g}: {high}; below it: {low}."
    )
