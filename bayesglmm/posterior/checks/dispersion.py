"""Dispersion given the model: do the rows scatter about their means as the family says?

Gelman, Meng & Stern (1996), Statistica Sinica 6, eq. 8: the chi-squared discrepancy of data and
parameters. Variance and mean of the raw responses say nothing of it, as the means differ.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.families.links import Array
from bayesglmm.posterior.checks.replicated import TAIL, Replicates, tail
from bayesglmm.tables import Table


def pearson(replicates: Replicates, y: Array) -> Array:
    """Pearson statistic per row, ``sum_i (y_i - mean_i)^2 / var_i / n``, in each draw.

    Parameters
    ----------
    replicates : Replicates
    y : array of shape (n,) or (S, n)
        Responses.

    Returns
    -------
    array of shape (S,)
        About 1 where the family is right and its parameters are known.
    """
    posterior, design = replicates.posterior, replicates.design
    spread = design.spec.family.variance
    assert spread is not None  # of numbers
    total = np.zeros(posterior.size)
    for rows in posterior.blocks():
        some, here = design.rows.take(rows), y[..., rows]
        mean = replicates.mean(rows) * some.trials
        others = posterior.parameters(rows, whose=replicates.whose)
        variance = spread(replicates.location(rows), some, others)
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.square(here - mean) / variance
        total += np.where(here == mean, 0.0, terms).sum(axis=1)
    return total / design.n


def dispersion(replicates: Replicates) -> Table | None:
    """Pearson statistic of the data against that of replicated data.

    Parameters
    ----------
    replicates : Replicates

    Returns
    -------
    Table or None
        None where the response cannot show it: single binary trials, and a continuous one,
        whose family has a parameter that follows the scatter.
    """
    design = replicates.design
    family = design.spec.family
    if not family.support.shows_dispersion or family.variance is None:
        return None
    observed = pearson(replicates, replicates.observed)
    simulated = pearson(replicates, replicates.drawn)
    ratio = observed / simulated
    low, median, high = np.quantile(ratio, [0.025, 0.5, 0.975])
    row = (
        "Pearson statistic per row",
        float(np.median(observed)),
        *tail(observed, simulated),
        *(float(value) for value in (median, low, high)),
    )
    columns = ["statistic", "observed", "2.5 %", "97.5 %", TAIL, f"mcse_{TAIL}"]
    columns += ["ratio", "lower", "upper"]
    kinds = dict.fromkeys([*columns[1:4], *columns[6:]], "number") | {TAIL: "probability"}
    return Table(
        pd.DataFrame([row], columns=columns),
        "Dispersion given the model",
        scale="squared residual over the variance that the model gives the row; 1 is expected",
        estimand="rows about their means, given the effects of their groups",
        notes=(
            "Above the replicated interval: overdispersion that the model does not know of. "
            "Below: underdispersion.",
            "Observed: median over the draws. Ratio: median and 95 % interval over the draws.",
        ),
        kinds=kinds,
    )
