"""How far two sets of draws are apart, in units of their Monte Carlo error."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from arviz_stats.base import array_stats

from bayesglmm.design.design import Design
from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.posterior.quantities import gather

QUANTILES = (0.05, 0.95)


def scores(design: Design, first: Draws, second: Draws) -> pd.DataFrame:
    """Differences of every statistic of every reported scalar.

    Parameters
    ----------
    design : Design
    first, second : Draws
        Of the same posterior.

    Returns
    -------
    pandas.DataFrame
        ``quantity``, ``statistic`` and ``z``: the difference over the root of the sum of both
        squared Monte Carlo errors, standard normal where the posteriors are one.
    """
    (one, one_error), (two, two_error) = estimates(design, first), estimates(design, second)
    z: pd.Series[float] = (one - two) / np.hypot(one_error, two_error)
    return z.rename_axis(["quantity", "statistic"]).rename("z").reset_index()


def estimates(design: Design, draws: Draws) -> tuple[pd.Series[float], pd.Series[float]]:
    """Mean, sd and quantiles of every reported scalar, and correlations of the log sds.

    Parameters
    ----------
    design : Design
    draws : Draws

    Returns
    -------
    estimates, errors : pandas.Series
        By quantity and statistic.
    """
    labels, values = gather(model_parameters(design), draws)
    joined = values.reshape(-1, len(labels))
    found = {
        "mean": (joined.mean(axis=0), monte_carlo_errors(values, method="mean")),
        "sd": (joined.std(axis=0, ddof=1), monte_carlo_errors(values, method="sd")),
    }
    for prob in QUANTILES:
        quantile = np.quantile(joined, prob, axis=0)
        found[f"{prob:.0%} quantile"] = (
            quantile,
            monte_carlo_errors(values, method="quantile", prob=prob),
        )
    rows = {
        (label, statistic): (estimate[place], error[place])
        for statistic, (estimate, error) in found.items()
        for place, label in enumerate(labels)
    }
    sds, sd_values = gather(model_parameters(design, ("sd",)), draws)
    for one, two in combinations(range(len(sds)), 2):
        pair = np.log(sd_values[:, :, [one, two]])
        rows[f"{sds[one]}, {sds[two]}", "correlation of logs"] = _correlation(pair)
    both = pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "error"])
    both.index = pd.MultiIndex.from_tuples(both.index)
    return both["estimate"], both["error"]


def monte_carlo_errors(values: Array, **how: object) -> Array:
    """Monte Carlo errors of k quantities, (chains, draws, k), as `array_stats.mcse` has them."""
    return np.atleast_1d(array_stats.mcse(values, chain_axis=0, draw_axis=1, **how))


def _correlation(pair: Array) -> tuple[float, float]:
    """Correlation of two quantities, (chains, draws, 2), and its Monte Carlo error.

    The error is that of the mean of the influence of each draw on the correlation r,
    ``a b - r (a^2 + b^2) / 2`` of the standardised quantities a and b (Huber & Ronchetti 2009,
    Robust Statistics, section 8.3).
    """
    a, b = np.moveaxis((pair - pair.mean(axis=(0, 1))) / pair.std(axis=(0, 1)), -1, 0)
    r = float((a * b).mean())
    influence = a * b - 0.5 * r * (a**2 + b**2)
    return r, float(monte_carlo_errors(influence[:, :, None], method="mean")[0])
