"""Rows of categories: of ordered ones behind thresholds, and of odds against the first.

How many parameters there are, the data tell: the location, an increment for each threshold but the
first, and the discrimination where it has a formula. Thresholds of a row are ``x_j = d (c_j - mu)``
with c_0 = 0 and c_j the sum of the first j increments; a family is a function of them,
``family(x, slopes, y)``, which gives the log probability of category y and writes its derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import exp, log_ndtr_and_ratio, logistic
from bayesglmm.engine.likelihoods.compose import named
from bayesglmm.engine.likelihoods.general import Links, Maker, of_cells
from bayesglmm.engine.likelihoods.likelihood import (
    Columns,
    Indices,
    Likelihood,
    RowFunction,
    Statistics,
    totals,
)
from bayesglmm.families import Rows
from bayesglmm.families.links import Array

type LogOdds = Callable[[float], tuple[float, float]]
type OfThresholds = Callable[[Array, Array, int], float]
type Increment = Callable[[float], tuple[float, float]]


class Categories(NamedTuple):
    """Rows of each cell, and the place of the category that they share."""

    rows: Array
    y: Array


@inlined
def _odds_logit(x: float) -> tuple[float, float]:
    """Log odds of being below a threshold, and their derivative."""
    return x, 1.0


@inlined
def _odds_probit(x: float) -> tuple[float, float]:
    """The same of a normal latent variable."""
    below, slope = log_ndtr_and_ratio(x)
    above, slope_above = log_ndtr_and_ratio(-x)
    return below - above, slope + slope_above


@inlined
def _odds_cloglog(x: float) -> tuple[float, float]:
    """The same where x is the log of a cumulative hazard: ``log(expm1(exp(x)))``."""
    hazard = exp(x)
    if hazard > 40.0:
        return hazard, hazard
    below = math.expm1(hazard)
    return x + math.log(below / hazard), hazard * (1.0 + 1.0 / below)


LOG_ODDS: dict[str, LogOdds] = {
    "logit": _odds_logit,
    "probit": _odds_probit,
    "cloglog": _odds_cloglog,
}


@inlined
def _times(rate: float, share: float) -> float:
    """A product that is 0 where the second is, whatever the first is."""
    return 0.0 if share == 0.0 else rate * share


@inlined
def _log1mexp(x: float) -> float:
    """``log(1 - exp(-x))``, x above 0."""
    return math.log1p(-exp(-x)) if x > 0.6931471805599453 else math.log(-math.expm1(-x))


def cumulative(log_odds: LogOdds) -> OfThresholds:
    """``F(x_y) - F(x_(y-1))``, as ``F(b) (1 - F(a)) (1 - exp(a' - b'))`` with log odds a', b'."""

    @inlined
    def family(x: Array, slopes: Array, y: int) -> float:
        last, value, between = x.size, 0.0, 0.0
        low, low_rate, high, high_rate = 0.0, 0.0, 0.0, 0.0
        if y > 0:
            low, low_rate = log_odds(x[y - 1])
        if y < last:
            high, high_rate = log_odds(x[y])
        if 0 < y < last:
            value += _log1mexp(high - low)
            between = 1.0 / math.expm1(high - low)
        if y > 0:
            softplus, _, below, _ = logistic(low)
            value -= softplus
            slopes[y - 1] = -_times(low_rate, below + between)
        if y < last:
            _, softplus_of_minus, _, above = logistic(high)
            value -= softplus_of_minus
            slopes[y] = _times(high_rate, above + between)
        return value

    return family


def sequential(log_odds: LogOdds) -> OfThresholds:
    """Beyond every threshold below y, and not beyond that of y."""

    @inlined
    def family(x: Array, slopes: Array, y: int) -> float:
        value = 0.0
        for j in range(y):
            odds, rate = log_odds(x[j])
            softplus, _, below, _ = logistic(odds)
            value -= softplus
            slopes[j] = -_times(rate, below)
        if y < x.size:
            odds, rate = log_odds(x[y])
            _, softplus_of_minus, _, above = logistic(odds)
            value -= softplus_of_minus
            slopes[y] = _times(rate, above)
        return value

    return family


def adjacent(log_odds: LogOdds) -> OfThresholds:
    """Log probabilities that fall by the log odds at each threshold, from one to the next."""

    @inlined
    def family(x: Array, slopes: Array, y: int) -> float:
        weight, largest, own = 0.0, 0.0, 0.0
        for j in range(x.size):
            weight -= log_odds(x[j])[0]
            largest = max(largest, weight)
            own = weight if j == y - 1 else own
        weight, total = 0.0, exp(-largest)
        for j in range(x.size):
            weight -= log_odds(x[j])[0]
            total += exp(weight - largest)
        share = 0.0  # of categories above the threshold
        for j in range(x.size - 1, y - 1, -1):
            odds, rate = log_odds(x[j])
            share += exp(weight - largest) / total
            slopes[j] = _times(rate, share)
            weight += odds
        weight, share = 0.0, 0.0  # of categories below it
        for j in range(y):
            odds, rate = log_odds(x[j])
            share += exp(weight - largest) / total
            slopes[j] = -_times(rate, share)
            weight -= odds
        return own - largest - math.log(total)

    return family


@inlined
def _positive(eta: float) -> tuple[float, float]:
    """An increment above 0, and its derivative."""
    gap = exp(eta)
    return gap, gap


@inlined
def _any(eta: float) -> tuple[float, float]:
    """An increment of either sign."""
    return eta, 1.0


def _rows(name: str, family: OfThresholds, increment: Increment, disc: bool) -> RowFunction:
    """The function of rows of a family of thresholds; see `Likelihood.rows`."""
    beside = 1 if disc else 0

    def rows(eta: Columns, score: Columns, cells: Any, parameter: float) -> tuple[float, float]:  # noqa: ARG001
        count = len(eta) - beside
        x, slopes, rates = np.empty(count), np.empty(count), np.empty(count)
        total = 0.0
        for i in range(eta[0].size):
            sharp = exp(eta[count][i]) if beside else 1.0
            cut, rates[0] = -eta[0][i], 1.0
            x[0], slopes[0] = sharp * cut, 0.0
            for j in range(1, count):
                step, rates[j] = increment(eta[j][i])
                cut += step
                x[j], slopes[j] = sharp * cut, 0.0
            own = cells.rows[i]
            total += own * family(x, slopes, int(cells.y[i]))
            above, moved = 0.0, 0.0
            for j in range(count - 1, -1, -1):  # an increment moves its threshold and all above
                above += slopes[j]
                moved += slopes[j] * x[j]
                score[j][i] = own * sharp * above * rates[j]
            score[0][i] = -own * sharp * above
            if beside:
                score[count][i] = own * moved
        return total, 0.0

    return named(rows, name)


def _thresholds(
    family: str, of: Callable[[LogOdds], OfThresholds], link: str, disc: bool = False
) -> Maker:
    """The likelihoods of a family of thresholds.

    Parameters
    ----------
    family : str
        Its name.
    of : callable
        From log odds below a threshold to the family.
    link : str
        Of the increments: ``"log"`` where thresholds are in order, else ``"identity"``.
    disc : bool
        Whether the last parameter is the discrimination.
    """

    def make(links: Links) -> Likelihood | None:
        increments = links[1 : len(links) - disc]
        if links[0] not in LOG_ODDS or set(increments) - {link} or (disc and links[-1] != "log"):
            return None
        name, increment = f"{family}_{'_'.join(links)}", _positive if link == "log" else _any
        return _likelihood(family, links, _rows(name, of(LOG_ODDS[links[0]]), increment, disc))

    return make


def _odds(links: Links) -> Likelihood | None:
    """The likelihood of odds of categories against the first."""

    def rows(eta: Columns, score: Columns, cells: Any, parameter: float) -> tuple[float, float]:  # noqa: ARG001
        total = 0.0
        for i in range(eta[0].size):
            largest, own, y = 0.0, cells.rows[i], int(cells.y[i])
            for k in range(len(eta)):
                largest = max(largest, eta[k][i])
            sums = exp(-largest)
            for k in range(len(eta)):
                sums += exp(eta[k][i] - largest)
            for k in range(len(eta)):
                share = exp(eta[k][i] - largest) / sums
                score[k][i] = own * ((1.0 if y == k + 1 else 0.0) - share)
            chosen = eta[y - 1][i] if y > 0 else 0.0
            total += own * (chosen - largest - math.log(sums))
        return total, 0.0

    named(rows, f"odds_{len(links)}")
    return None if {*links} != {"log"} else _likelihood("categorical", links, rows)


def _likelihood(family: str, links: Links, rows: RowFunction) -> Likelihood:
    return Likelihood(
        family=family,
        link=links[0],
        cells=Categories,
        rows=rows,
        folds_offset=False,
        keys=("y",),
        summarise=_summarise,
        predictors=len(links),
        links=links,
    )


def _summarise(rows: Rows, offset: Array, cell: Indices, count: int) -> Statistics:  # noqa: ARG001
    y = of_cells(rows.y, cell, count)
    return Statistics(Categories(totals(1.0, cell, count), y), (), 0.0)


CATEGORIES: dict[str, Maker] = {
    "cumulative": _thresholds("cumulative", cumulative, "log"),
    "sequential": _thresholds("sequential", sequential, "identity"),
    "adjacent": _thresholds("adjacent", adjacent, "identity"),
    "cumulative+disc": _thresholds("cumulative+disc", cumulative, "log", disc=True),
    "sequential+disc": _thresholds("sequential+disc", sequential, "identity", disc=True),
    "adjacent+disc": _thresholds("adjacent+disc", adjacent, "identity", disc=True),
    "categorical": _odds,
}
"""Family, with a parameter that is constant without a formula where it has one, to its maker."""
