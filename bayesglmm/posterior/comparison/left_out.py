"""One fit's predictive density of what was left out: leave-one-out, exact where need be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.posterior.comparison.compare import density_without, find_units, what_is_predicted
from bayesglmm.posterior.comparison.loo import Loo
from bayesglmm.posterior.comparison.refitted import check_refits, fitted_again
from bayesglmm.posterior.comparison.table import BAD, Units, standard_error
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors
from bayesglmm.posterior.priors.refits import Watch
from bayesglmm.tables import Table


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class LeftOut:
    """What a fit says of units that were left out.

    Attributes
    ----------
    table : Table
        Expected log predictive density, its errors, and Pareto k where weights stand for refits.
    units : Units
        What was left out.
    density : Loo
        Of each unit.
    how : str
        Such as ``"one at a time"`` or ``"10 folds, seed 1"``: two fits are compared where it is
        the same.
    posterior : Posterior
        Of the whole data.
    """

    table: Table
    units: Units
    density: Loo
    how: str
    posterior: Posterior

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


@beyond_double
def leave_out(
    posterior: Posterior,
    priors: Priors,
    unit: str,
    factor: str | None,
    *,
    refit: bool = False,
    watch: Watch | None = None,
) -> LeftOut:
    """Leave-one-out of one fit; see `Fit.loo`.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping
    unit : str
    factor : str or None
    refit : bool
        Whether units with a Pareto k above its bound are left out by a fit without them.
    watch : callable, optional

    Returns
    -------
    LeftOut

    Raises
    ------
    SpecError, EngineError
        As for `check_refits` and `compare`.
    """
    units = find_units({"": posterior.design}, unit, factor)
    check_refits(posterior, units)
    loo, thinned = density_without(posterior, units, unit)
    notes = [f"Computed from {thinned}."] if thinned else []
    doubtful = loo.unreliable
    if refit:
        loo = fitted_again(posterior, priors, loo, units, watch)
        notes.append(
            f"Fitted again without: {doubtful:,} units whose Pareto k was above its bound."
        )
    elif doubtful:
        notes.append(
            f"Pareto k is above its bound, {loo.good_k:.2f} for {loo.draws:,} draws, for "
            f"{doubtful:,} units: elpd is not to be trusted, often too high. loo(refit=True) fits "
            f"again without each of them, {doubtful:,} fits."
        )
    estimand = what_is_predicted(units, {"": posterior})
    title = f"Leaving out {units.words}, one at a time"
    table = density_table(loo, title, estimand, notes)
    return LeftOut(table, units, loo, "one at a time", posterior)


def density_table(loo: Loo, caption: str, estimand: str, notes: list[str], k: bool = True) -> Table:
    """One row: the sum over the units, with its errors.

    Parameters
    ----------
    loo : Loo
    caption, estimand : str
    notes : list of str
    k : bool
        Whether Pareto k is shown.

    Returns
    -------
    Table
    """
    row = {
        "elpd": float(loo.elpd.sum()),
        "mcse_elpd": float(np.sqrt(np.square(loo.error).sum())),
        "se": standard_error(loo.elpd),
        "p": float(loo.p.sum()),
    }
    kinds = {"elpd": "estimate", "se": "number", "p": "number"}
    if k:
        row |= {"largest k": loo.largest_k, BAD: loo.unreliable}
        kinds |= {"largest k": "number", BAD: "count"}
    return Table(
        pd.DataFrame([row]),
        caption,
        scale="log predictive density, summed; higher is better",
        estimand=estimand,
        notes=(
            "se: how far the sum would scatter over other data of as many units. p: effective "
            "number of parameters, what the units add to their own density.",
            *notes,
        ),
        kinds=kinds,
    )
