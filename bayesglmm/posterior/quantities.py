"""Draws of several quantities side by side, and what they come to: medians, intervals, errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from bayesglmm.design.parameters import Parameter
from bayesglmm.engine.convergence import convergence as all_diagnostics
from bayesglmm.engine.draws import Draws
from bayesglmm.engine.quantile_errors import quantile_errors
from bayesglmm.families.links import Array
from bayesglmm.posterior.arguments import check_share

ESTIMATES = ("median", "lower", "upper")
"""Columns of an estimate with its interval."""

ERRORS = tuple(f"mcse_{name}" for name in ESTIMATES)
"""Columns of their Monte Carlo standard errors."""

DIAGNOSTICS = {"ess_bulk": "count", "ess_tail": "count", "r_hat": "r_hat"}
"""Columns of `convergence`, and how they are printed."""


def names_in_frames(quantities: Iterable[Parameter]) -> list[str]:
    """What frames call the elements of several quantities, as `gather` puts them side by side."""
    return [name for item in quantities for name in item.names]


def printed(quantities: Iterable[Parameter]) -> list[str]:
    """What readers see them called."""
    return [name for item in quantities for name in item.printed]


def printed_rows(quantities: Iterable[Parameter]) -> dict[str, dict[str, str]]:
    """For a table with a row for each element: what is printed for the names in its frame."""
    items = list(quantities)
    return {"": dict(zip(names_in_frames(items), printed(items), strict=True))}


def printed_shapes(quantities: Iterable[Parameter]) -> list[str]:
    """How estimates of them are printed: those that cannot be 0 as ``"positive"``."""
    return [
        "positive" if item.support in ("positive", "unit") else "estimate"
        for item in quantities
        for _ in item.names
    ]


def summarise(draws: Array, mass: float) -> pd.DataFrame:
    """Median, equal-tailed interval and Monte Carlo diagnostics of several quantities.

    Parameters
    ----------
    draws : array of shape (chains, draws, k)
    mass : float
        Posterior probability inside the interval.

    Returns
    -------
    pandas.DataFrame
        k rows: ``median``, ``lower``, ``upper``, ``mean``, ``sd`` on the scale of the draws;
        the Monte Carlo standard error of each under ``mcse_median`` and so on; ``ess_bulk``,
        ``ess_tail``, ``r_hat`` as in `convergence`.

    Raises
    ------
    SpecError
        If `mass` is not between 0 and 1.
    """
    from arviz_stats.base import array_stats

    tail = tail_of(mass)
    if draws.shape[-1] == 0:
        names = (*ESTIMATES, "mean", "sd", *ERRORS, "mcse_mean", "mcse_sd", *DIAGNOSTICS)
        return pd.DataFrame(columns=list(names), dtype=float)
    joined = draws.reshape(-1, draws.shape[-1])
    lower, median, upper = quantiles(joined, (tail, 0.5, 1 - tail))
    summary: dict[str, Array] = {
        "median": median,
        "lower": lower,
        "upper": upper,
        "mean": joined.mean(axis=0),
        "sd": joined.std(axis=0, ddof=1),
    }
    summary |= dict(zip(ERRORS, quantile_errors(draws, (0.5, tail, 1 - tail)), strict=True))
    for name in ("mean", "sd"):
        with np.errstate(invalid="ignore"):  # a quantity that never varies has no error
            error = array_stats.mcse(draws, chain_axis=0, draw_axis=1, method=name)
        summary[f"mcse_{name}"] = np.atleast_1d(np.asarray(error, dtype=float))
    return pd.DataFrame(summary | convergence(draws))


def quantiles(values: Array, parts: Sequence[float]) -> Array:
    """Quantiles of draws, infinite ones among them.

    Parameters
    ----------
    values : array of shape (S, k)
    parts : sequence of float, length m

    Returns
    -------
    array of shape (m, k)
        Between two draws, or infinite where one of the two is; NaN where a draw is no number.
    """
    found = np.quantile(values, parts, axis=0)
    lost = np.isnan(found).any(axis=0) & ~np.isnan(values).any(axis=0)
    if lost.any():  # interpolation between infinite draws
        found[:, lost] = np.quantile(values[:, lost], parts, axis=0, method="inverted_cdf")
    return np.asarray(found)


def tail_of(mass: float) -> float:
    """Probability left out at each side of an equal-tailed interval.

    Parameters
    ----------
    mass : float
        Probability inside.

    Returns
    -------
    float

    Raises
    ------
    SpecError
        If `mass` is not between 0 and 1.
    """
    check_share("mass", mass)
    return (1 - mass) / 2


def positive_part(draws: Array, ess: Array) -> tuple[Array, Array]:
    """Posterior probability of being above 0, with its Monte Carlo standard error.

    Parameters
    ----------
    draws : array of shape (chains, draws, k)
    ess : array of shape (k,)
        Effective sample size; where all draws lie on one side, the error is taken as 1 / `ess`.

    Returns
    -------
    probability, error : array of shape (k,)
    """
    from arviz_stats.base import array_stats

    above = (draws > 0).astype(float)
    probability = above.mean(axis=(0, 1))
    error = np.asarray(array_stats.mcse(above, chain_axis=0, draw_axis=1, method="mean"))
    one_sided = (probability == 0) | (probability == 1)
    return probability, np.where(one_sided, 1 / ess, error)


def convergence(draws: Array) -> dict[str, Array]:
    """Effective sample sizes and R-hat, rank-normalised.

    Parameters
    ----------
    draws : array of shape (chains, draws, k)

    Returns
    -------
    dict of str to array of shape (k,)
        ``ess_bulk``, ``ess_tail``, ``r_hat`` of `bayesglmm.engine.convergence.Convergence`.
    """
    found = all_diagnostics(draws)
    return {"ess_bulk": found.ess_bulk, "ess_tail": found.ess_tail, "r_hat": found.r_hat}


BATCHES = 20
"""Stretches of the draws whose quantiles give the error of the quantile of all."""


def batch_errors(values: Array, quantiles: Sequence[float]) -> Array:
    """Monte Carlo errors of quantiles of very many quantities, by batch means.

    Flegal & Jones (2010), Annals of Statistics 38(2); quicker than the errors of `summarise`,
    which look at each quantity by itself.

    Parameters
    ----------
    values : array of shape (S, k)
        Draws, the chains one after the other.
    quantiles : sequence of float, length m

    Returns
    -------
    array of shape (m, k)
    """
    size = len(values) // BATCHES
    batches = values[: size * BATCHES].reshape(BATCHES, size, -1)
    with np.errstate(invalid="ignore"):  # an infinite quantile has no error
        spread = np.quantile(batches, quantiles, axis=1).std(axis=1, ddof=1)
    return np.asarray(spread / np.sqrt(BATCHES))


def summarise_many(draws: Array, mass: float) -> dict[str, Array]:
    """Median, interval and diagnostics of very many quantities; `summarise`, but quick.

    Parameters
    ----------
    draws : array of shape (chains, draws, k)
    mass : float
        Posterior probability inside the interval.

    Returns
    -------
    dict of str to array of shape (k,)
        ``median``, ``lower``, ``upper``, their Monte Carlo errors as in `batch_errors`, and what
        `convergence` gives.
    """
    tail, values = tail_of(mass), draws.reshape(-1, draws.shape[-1])
    parts = (0.5, tail, 1 - tail)
    found = dict(zip(ESTIMATES, quantiles(values, parts), strict=True))
    errors = batch_errors(values, parts)
    found |= dict(zip(ERRORS, errors, strict=True))
    return found | convergence(draws)


def gather(quantities: list[Parameter], draws: Draws) -> tuple[list[str], Array]:
    """Labels and draws of several quantities side by side.

    Parameters
    ----------
    quantities : list of Parameter
    draws : Draws

    Returns
    -------
    labels : list of str, length k
    values : array of shape (chains, draws, k)
    """
    labels = [label for item in quantities for label in item.labels]
    shape = (draws.posterior.sizes["chain"], draws.posterior.sizes["draw"], 0)
    blocks = [draws.array(item.variable) for item in quantities]
    return labels, np.concatenate([np.empty(shape), *blocks], axis=2)
