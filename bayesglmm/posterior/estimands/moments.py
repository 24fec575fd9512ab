"""Mean, variance and covariance of responses of the same new group.

Given its effects a group's responses are independent, so that with m_i the mean of response i
``Cov(Y_i, Y_j) = E[m_i m_j] - E[m_i] E[m_j]`` and ``Var(Y_i) = E[V(m_i)] + Var(m_i)`` (McCulloch,
Searle & Neuhaus 2008, Generalized, Linear, and Mixed Models, section 8.4). The variance function V
of a family is a sum of powers of the mean, so that moments of m give ``E[V(m)]``.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.any_frame import as_pandas
from bayesglmm.design.names import printed_names
from bayesglmm.errors import DataError, SpecError
from bayesglmm.families import Rows
from bayesglmm.families.link import NormalLocation, mean_product
from bayesglmm.families.links import Array, Link
from bayesglmm.posterior.answer import answer
from bayesglmm.posterior.arguments import check_exposure, check_share
from bayesglmm.posterior.estimands.answers import Said, Summing, make_table
from bayesglmm.posterior.estimands.estimability import check_rows
from bayesglmm.posterior.estimands.rows import with_groups
from bayesglmm.posterior.group_effects import covariance_factor
from bayesglmm.posterior.marginal import given_variance, variance_parameters
from bayesglmm.posterior.notes import below_zero_notes, knot_notes, left_out
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table

MOST_ROWS = 40
"""Rows beyond which pairs would be too many to read."""
WIDEST = 1e3
"""Standard deviation of new groups up to which a bounded mean is integrated."""


@beyond_double
def moments(
    posterior: Posterior,
    newdata: pd.DataFrame,
    exposure: float | None = None,
    mass: float = 0.95,
) -> Table:
    """Moments of responses of new groups: means, variances, and each pair's covariance.

    Parameters
    ----------
    posterior : Posterior
    newdata : pandas.DataFrame
        Responses as rows. All are of the same new group, unless a grouping factor is given: then
        those with the same label are. Every group counts as new, whatever its label.
    exposure : float, optional
        Of every row, instead of the exposure column.
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        On the scale of the responses, counted from row 0; a correlation is empty where a variance
        is not above 0 in some draw. Under a log link in closed form, so for
        random intercepts ``Cov(Y_i, Y_j) = exp(eta_i + eta_j) e^v (e^v - 1)``; else by quadrature.

    Raises
    ------
    DataError
        If the rows do not fit the model, or are more than `MOST_ROWS`.
    SpecError
        If an argument cannot be used, responses are no numbers, or groups scatter more than can be
        integrated over.
    """
    design = posterior.design
    given_variance(design)
    newdata = as_pandas("newdata", newdata, "Pass rows as one; grid() makes one.")
    check_share("mass", mass)
    check_exposure(exposure, design.spec.exposure is not None)
    new = posterior.apply(with_groups(design, newdata), exposure)
    rows = new.design
    if rows.n > MOST_ROWS:
        raise DataError(
            f"{rows.n} rows make {rows.n * (rows.n - 1) // 2:,} pairs. Give at most {MOST_ROWS}."
        )
    check_rows(rows, "newdata=")
    if rows.rows.trials is None:
        raise DataError(f"Add the number of trials: the column '{design.spec.formula.trials}'.")
    labels, values = _values(new)
    means = values[:, : rows.n]
    frame = pd.DataFrame({"": labels}).join(answer([values], mass))
    groups = ", ".join(printed_names(design)[factor] for factor in design.factors)
    over = f"over new groups of {groups} from the population" if groups else "given the columns"
    said = Said(
        caption="Moments of new responses",
        scale="response (squared for variances and covariances)",
        estimand=f"marginal: {over}, for {rows.n} new row{'s' * (rows.n > 1)}, numbered from 0"
        + left_out(posterior.draws.run),
        notes=(
            *knot_notes(rows),
            *below_zero_notes(design, (means < 0).mean(axis=0)),
            *_lost_notes(values),
        ),
    )
    return make_table(posterior, frame, lambda: _values(new)[1], Summing(mass), said)


def _lost_notes(values: Array) -> tuple[str, ...]:
    """Why a correlation is empty."""
    if not np.isnan(values).any():
        return ()
    return ("A correlation is left out where a variance is not above 0 in every draw.",)


def _values(posterior: Posterior) -> tuple[list[str], Array]:
    """Names and draws (S, k) of every moment."""
    rows = posterior.design
    size, eta = _sizes(posterior), posterior.eta(effects=())
    covariance = _covariance(posterior)
    variance = np.einsum("sii->si", covariance)
    link = rows.spec.link
    mean = size * link.marginal(eta, variance)
    columns = {f"mean, row {i}": mean[:, i] for i in range(rows.n)}
    spread = {}
    for i in range(rows.n):
        square = _product(link, eta[:, [i, i]], covariance[:, [[i]] * 2, [i, i]])
        known: dict[float, Array] = {1: mean[:, i] / size[:, i], 2: square}
        inner = _mean_variance(posterior, i, NormalLocation(link, eta[:, i], variance[:, i], known))
        spread[i] = inner + size[:, i] ** 2 * square - np.square(mean[:, i])
        columns[f"variance, row {i}"] = spread[i]
    for i, j in combinations(range(rows.n), 2):
        product = _product(link, eta[:, [i, j]], covariance[:, [[i], [j]], [i, j]])
        shared = size[:, i] * size[:, j] * product - mean[:, i] * mean[:, j]
        shared = np.where(covariance[:, i, j] == 0, 0.0, shared)  # of no common group: exactly
        columns[f"covariance, rows {i} and {j}"] = shared
        both = np.where((spread[i] > 0) & (spread[j] > 0), spread[i] * spread[j], np.nan)
        columns[f"correlation, rows {i} and {j}"] = shared / np.sqrt(both)
    return list(columns), np.stack(list(columns.values()), axis=1)


def _sizes(posterior: Posterior) -> Array:
    """What the value of the location is multiplied by to be the mean of a response, (S, n)."""
    rows = posterior.design
    family, size = rows.spec.family, np.ones((posterior.size, rows.n))
    size *= rows.rows.exposure * rows.rows.trials
    if family.expected is None:
        return size
    grouped = [name for name in family.mean_parameters if rows.predictors[name].groups]
    if grouped or not family.proportional:
        where = (
            f"because groups stand in the formula of {grouped[0]}"
            if grouped
            else "because their mean is no multiple of the location"
        )
        raise SpecError(
            f"Moments of {family.name} responses have no closed form here, {where}. "
            "predictions(re='integrate') has their means, predict(kind='response') new responses."
        )
    others = posterior.parameters(names=family.mean_parameters)
    return size * family.expected(1.0, Rows(y=None), others)


def _covariance(posterior: Posterior) -> Array:
    """Covariance (S, n, n) of what new groups add to the linear predictors."""
    rows = posterior.design
    total = np.zeros((posterior.size, rows.n, rows.n))
    for group in rows.predictor.groups:
        scattered = np.einsum("nj,sjk->snk", group.Z, covariance_factor(group, posterior.draws))
        same = group.labels[:, None] == group.labels
        total += same * np.einsum("snk,smk->snm", scattered, scattered)
    return total


def _product(link: Link, eta: Array, covariance: Array) -> Array:
    """``E[h(eta_1 + b_1) h(eta_2 + b_2)]`` over normal b, h the inverse link, shape (S,)."""
    first, second = eta.T
    v1, v2, c = covariance[:, 0, 0], covariance[:, 1, 1], covariance[:, 0, 1]
    widest = np.sqrt(v1).max()
    if link.joint is None and not widest <= WIDEST:
        raise SpecError(
            f"Moments cannot be computed: in some draws an effect of new groups has a standard "
            f"deviation of {widest:.2g} on the link scale, more than {WIDEST:,.0f}. Give the "
            "standard deviations of the groups tighter priors."
        )
    return mean_product(link, first, second, v1, v2, c)


def _mean_variance(posterior: Posterior, row: int, location: NormalLocation) -> Array:
    """Mean variance of the response of a row over new groups, in each draw."""
    found, rows = variance_parameters(posterior, np.array([row])), posterior.design
    others = {name: values[:, 0] for name, values in found.items()}
    one = _single(rows.rows.take(slice(row, row + 1)))
    return given_variance(rows).expected(location, one, others)


def _single(rows: Rows) -> Rows:
    """One row's exposure and trials as numbers."""

    def number(value: Any) -> float:
        return float(np.asarray(value).reshape(-1)[0])

    return Rows(y=None, exposure=number(rows.exposure), trials=number(rows.trials))
