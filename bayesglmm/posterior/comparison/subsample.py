"""Leave-one-out of many rows by some of them: the difference estimator.

Magnusson, Vehtari, Jonasson & Andersen (2020), Leave-one-out cross-validation for Bayesian model
comparison in large data, AISTATS (PMLR 108), section 2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.comparison.compare import MOST_DRAWS
from bayesglmm.posterior.comparison.loo import good_k, leave_one_out
from bayesglmm.posterior.comparison.refitted import check_refits
from bayesglmm.posterior.comparison.table import BAD, Units
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table

FEWEST = 10
"""Rows below which nothing is said of the others."""


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over all rows, from some of them.

    Attributes
    ----------
    total : float
    error : float
        Standard error of it, for the rows that were not looked at.
    spread : float
        Standard error over other data of as many rows.
    """

    total: float
    error: float
    spread: float


def difference_estimate(rough: Array, exact: Array, some: NDArray[np.int64]) -> Total:
    """The sum of a number over all rows, known roughly of all and exactly of some.

    The rough numbers are added up, and the mean difference of the exact ones, times the number of
    rows, is added to that: without bias whatever the rough ones are.

    Parameters
    ----------
    rough : array of shape (n,)
    exact : array of shape (m,)
        Of the rows `some`, drawn without replacement.
    some : array of int, shape (m,)

    Returns
    -------
    Total
    """
    n, m = len(rough), len(some)
    apart = exact - rough[some]
    total = rough.sum() + n * apart.mean()
    variance = n**2 * (1 - m / n) * apart.var(ddof=1) / m
    squares = np.square(rough).sum() + n * (np.square(exact) - np.square(rough[some])).mean()
    # The square of the sum is too large by its variance, so what is left out of it is added back.
    spread = squares - (total**2 - variance) / n
    return Total(float(total), float(np.sqrt(variance)), float(np.sqrt(max(spread, 0.0))))


@beyond_double
def subsampled(posterior: Posterior, count: int, seed: int) -> Table:
    """Leave-one-out of all rows, from some of them; see `Fit.loo`.

    Parameters
    ----------
    posterior : Posterior
    count : int
        Rows to look at.
    seed : int
        Which.

    Returns
    -------
    Table

    Raises
    ------
    SpecError
        If `count` is not between `FEWEST` and the number of rows, or rows have survey weights.
    """
    design, n = posterior.design, posterior.design.n
    check_refits(posterior, Units("", np.arange(n), (), n))
    whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
    if not whole or not FEWEST <= count < n:
        raise SpecError(
            f"subsample={count!r} must be a whole number from {FEWEST} to {n - 1:,}, below the "
            f"number of rows. Leave it out to look at all {n:,}."
        )
    some = np.sort(np.random.default_rng(seed).choice(n, size=count, replace=False))
    few = posterior.thin(MOST_DRAWS["row"])
    loo = leave_one_out(few.at(design.take(some)).log_density(), few.chains)[0]
    found = difference_estimate(at_the_middle(posterior), loo.elpd, some)
    row = {
        "elpd": found.total,
        "mcse_elpd": found.error,
        "se": found.spread,
        "largest k": loo.largest_k,
        BAD: loo.unreliable,
    }
    return Table(
        pd.DataFrame([row]),
        f"Leaving out {n:,} rows, one at a time, from {count:,} of them",
        scale="log predictive density, summed; higher is better",
        estimand="a row, predicted from the other rows, those of its own groups among them",
        notes=(
            "Difference estimator (Magnusson et al. 2020, PMLR 108): the density of every row at "
            "the posterior mean, and the mean difference of the rows looked at. se: how far the "
            f"sum would scatter over other data; the error for rows not looked at is "
            f"{found.error:.2g}, and the last digits follow it.",
            f"Pareto k is of the rows looked at; its bound is {good_k(loo.draws):.2f}.",
        ),
        kinds={
            "elpd": "estimate",
            "se": "number",
            "largest k": "number",
            BAD: "count",
        },
    )


def at_the_middle(posterior: Posterior) -> Array:
    """Log density of each row where every unknown is at its posterior mean.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    array of shape (n,)
    """
    means = posterior.draws.posterior.mean(("chain", "draw")).expand_dims(["chain", "draw"])
    one = replace(posterior, draws=replace(posterior.draws, posterior=means))
    return np.concatenate([one.log_density(rows)[0] for rows in one.blocks()])
