"""K-fold cross-validation: the model fitted without each of k parts of the data.

Vehtari, Gelman & Gabry (2017), Statistics and Computing 27, section 2.3.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.errors import DataError, SpecError, unknown
from bayesglmm.families.links import Array
from bayesglmm.posterior.comparison.compare import find_units, what_is_predicted
from bayesglmm.posterior.comparison.integrated import group_log_density
from bayesglmm.posterior.comparison.left_out import LeftOut, density_table
from bayesglmm.posterior.comparison.loo import Loo
from bayesglmm.posterior.comparison.refitted import check_refits, predicted, without
from bayesglmm.posterior.comparison.table import Units
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors
from bayesglmm.posterior.priors.refits import Watch

FOLDS = 10
"""Of units that are at least as many."""


@beyond_double
def kfold(
    posterior: Posterior,
    priors: Priors,
    k: int | None,
    by: str | None,
    seed: int,
    watch: Watch | None = None,
) -> LeftOut:
    """Cross-validation by folds; see `Fit.kfold`.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping
    k : int or None
        `FOLDS`, or as many as there are units, where None.
    by : str or None
        A grouping factor, or a column of the data; rows where None.
    seed : int
        Of the folds.
    watch : callable, optional
        Told the fold, and how many remain.

    Returns
    -------
    LeftOut

    Raises
    ------
    SpecError, EngineError
        As for `check_refits`; if `k` is no whole number from 2 to the number of units, or `by` no
        grouping factor and no column.
    """
    units = _units(posterior.design, by)
    k = min(FOLDS, units.count) if k is None else k
    _check_folds(k, units)
    check_refits(posterior, units)
    elpd, error, efficiency = (np.empty(units.count) for _ in range(3))
    draws = posterior.size
    for place, some in enumerate(folds(units.count, k, seed)):
        if watch is not None:
            watch(f"fold {place + 1}", k - place)
        found = without(posterior, priors, units, some)
        elpd[some], error[some], efficiency[some] = found.elpd, found.error, found.efficiency
        draws = min(draws, found.draws)
    p = inside(posterior, units) - elpd
    loo = Loo(elpd, p, error, np.full(units.count, np.nan), efficiency, draws)
    how = f"{k} folds, seed {seed}"
    title = f"Cross-validation of {units.words} by {how}"
    notes = [f"Fitted {k} times, each time without a fold, with the priors of the whole data."]
    estimand = what_is_predicted(units, {"": posterior}, whole=False)
    table = density_table(loo, title, estimand, notes, k=False)
    return LeftOut(table, units, loo, how, posterior)


def folds(count: int, k: int, seed: int) -> list[NDArray[np.int64]]:
    """Units of each fold, at random, of sizes that differ by one at most.

    Parameters
    ----------
    count : int
        Of units.
    k : int
    seed : int

    Returns
    -------
    list of array of int
        Each in order.
    """
    shuffled = np.random.default_rng(seed).permutation(count)
    return [np.sort(part) for part in np.array_split(shuffled, k)]


def inside(posterior: Posterior, units: Units) -> Array:
    """Log of the mean density of each unit with itself in the fit.

    Parameters
    ----------
    posterior : Posterior
    units : Units

    Returns
    -------
    array of shape (units,)
    """
    if units.factor:
        density = group_log_density(posterior, units.factor, units.index, units.count)
        return predicted(density, posterior.chains).elpd
    parts = [posterior.log_density(rows) for rows in posterior.blocks()]
    return np.concatenate([predicted(part, posterior.chains).elpd for part in parts])


def _units(design: Design, by: str | None) -> Units:
    """Rows, groups of a grouping factor, or rows of one value of a column."""
    if by is None:
        return find_units({"": design}, "row", None)
    if by in design.factors:
        return find_units({"": design}, "group", by)
    if by not in design.given:
        raise SpecError(unknown("grouping factor or column", by, [*design.factors, *design.given]))
    codes, values = pd.factorize(design.given[by].iloc[design.positions], sort=True)
    if (codes < 0).any():
        raise DataError(f"'{by}' is missing in some of the rows used, which are then of no fold.")
    names = tuple(map(label_of, values))
    return Units(by, codes.astype(np.int64), names, len(names), by)


def _check_folds(k: int, units: Units) -> None:
    whole = isinstance(k, int | np.integer) and not isinstance(k, bool)
    if not whole or not 2 <= k <= units.count:
        raise SpecError(
            f"k={k!r} must be a whole number from 2 to {units.count:,}, for {units.words}. "
            f"Write k={min(FOLDS, units.count)}, say, or leave it out."
        )
