"""Posterior predictive checks by statistics of replicated data.

Gelman, Meng & Stern (1996), Statistica Sinica 6, section 2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.posterior.arithmetic import group_draws, linear_predictor, new_responses, thin
from bayesglmm.tables import Table

REPLICATES = 500
"""Replicated data sets behind each check."""

STATISTICS: dict[str, dict[str, Callable[[Array], Array]]] = {
    "count": {
        "mean": lambda y: y.mean(axis=-1),
        "variance / mean": lambda y: y.var(axis=-1) / np.maximum(y.mean(axis=-1), 1e-12),
        "share of zeros": lambda y: (y == 0).mean(axis=-1),
        "maximum": lambda y: y.max(axis=-1),
    },
    "real": {
        "mean": lambda y: y.mean(axis=-1),
        "sd": lambda y: y.std(axis=-1),
        "minimum": lambda y: y.min(axis=-1),
        "maximum": lambda y: y.max(axis=-1),
    },
    "binary": {"mean": lambda y: y.mean(axis=-1)},
    "proportion": {
        "mean": lambda y: y.mean(axis=-1),
        "sd": lambda y: y.std(axis=-1),
        "share of zeros": lambda y: (y == 0).mean(axis=-1),
    },
}
"""By support of the response; each function reduces the last axis."""

SPREAD = "sd between groups of {}"


def replicated_statistics(design: Design, draws: Draws) -> dict[str, tuple[float, Array]]:
    """Statistics of the data and of replicated data for the same groups.

    Parameters
    ----------
    design : Design
        The model's own.
    draws : Draws

    Returns
    -------
    dict
        Name to (observed, replicated values of shape (S,)). With group terms, also the standard
        deviation of the groups' mean responses for the first one.
    """
    some = thin(draws, REPLICATES)
    rng = np.random.default_rng(draws.settings.seed)
    eta = linear_predictor(design, some, group_draws(design, some, rng))
    drawn = new_responses(design, some, eta, rng)
    observed = np.asarray(design.rows.y, dtype=float)
    functions = dict(STATISTICS[design.spec.family.support.name])
    if design.predictor.groups:
        group = design.predictor.groups[0]
        functions[SPREAD.format(group.factor)] = lambda y: _between(y, group.index)
    return {name: (float(make(observed)), make(drawn)) for name, make in functions.items()}


def tail_table(statistics: dict[str, tuple[float, Array]]) -> Table:
    """How far out each observed statistic lies.

    Parameters
    ----------
    statistics : dict
        From `replicated_statistics`.

    Returns
    -------
    Table
        The share of replicated values at or above the observed one (half of those equal to it);
        near 0 or 1 the model does not reproduce the statistic.
    """
    rows = [_tail_row(name, *pair) for name, pair in statistics.items()]
    tail = "P(replicated ≥ observed)"
    columns = ["statistic", "observed", "2.5 %", "97.5 %", tail, f"mcse_{tail}"]
    kinds = dict.fromkeys(columns[1:4], "number") | {tail: "probability"}
    return Table(
        pd.DataFrame(rows, columns=columns),
        "Observed and replicated statistics",
        scale="response",
        notes=("Near 0 or 1: the model does not reproduce this statistic.",),
        kinds=kinds,
    )


def _tail_row(name: str, observed: float, simulated: Array) -> tuple[str | float, ...]:
    lower, upper = np.quantile(simulated, [0.025, 0.975])
    share = float(((simulated > observed) + 0.5 * (simulated == observed)).mean())
    # Replicates are independent but for the draws behind them, which are far apart in the chain.
    error = np.sqrt(share * (1 - share) / len(simulated)) or 1 / len(simulated)
    return name, observed, float(lower), float(upper), share, float(error)


def _between(y: Array, index: NDArray[Any]) -> Array:
    """Standard deviation of group means, along the last axis."""
    order = np.argsort(index, kind="stable")
    starts = np.flatnonzero(np.diff(index[order], prepend=-1))
    counts = np.diff(np.append(starts, len(order)))
    means = np.add.reduceat(y[..., order], starts, axis=-1) / counts
    return np.asarray(means.std(axis=-1))
