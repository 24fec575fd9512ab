"""Rows of categories: of ordered ones behind thresholds, and of odds against the first.

How many parameters there are, the data tell: the location, an increment for each threshold but the
first, and the discrimination where it has a formula. Thresholds of a cell are ``x_j = d (c_j -
mu)`` with c_0 = 0 and c_j the sum of the first j increments; a family is a function of them,
``family(x, slopes, cells)``, which gives the log likelihood and writes the derivatives for a row of
each cell. Loops go over the cells of one threshold after the other, so that they are vectorised.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from bayesglmm.engine.compiled import inlined, inlined_sums
from bayesglmm.engine.likelihoods.arithmetic import (
    exp,
    expm1,
    log,
    log1mexp,
    log_ndtr_and_ratio,
    logistic,
)
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


class Categories(NamedTuple):
    """Rows of each cell, and the place of the category that they share."""

    rows: Array
    y: Array


type LogOdds = Callable[[float], tuple[float, float]]
type OfThresholds = Callable[[Array, Array, Categories], float]
type Increment = Callable[[float], tuple[float, float]]


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
    below = expm1(hazard if hazard < 40.0 else 40.0)
    log_odds, rate = x + log(below / hazard), hazard * (1.0 + 1.0 / below)
    return log_odds if hazard < 40.0 else hazard, rate if hazard < 40.0 else hazard


LOG_ODDS: dict[str, LogOdds] = {
    "logit": _odds_logit,
    "probit": _odds_probit,
    "cloglog": _odds_cloglog,
}


@inlined
def _times(rate: float, share: float) -> float:
    """A product that is 0 where the second is, whatever the first is."""
    return 0.0 if share == 0.0 else rate * share


def cumulative(log_odds: LogOdds) -> OfThresholds:
    """``F(x_y) - F(x_(y-1))``, as ``F(b) (1 - F(a)) (1 - exp(a' - b'))`` with log odds a', b'."""

    @inlined_sums
    def family(x: Array, slopes: Array, cells: Categories) -> float:
        last, y = len(x), cells.y
        below, above = np.zeros(y.size), np.zeros(y.size)  # thresholds, then slopes
        for j in range(last):
            at = x[j]
            for i in range(y.size):
                below[i] = at[i] if y[i] == j + 1 else below[i]
                above[i] = at[i] if y[i] == j else above[i]
        total = 0.0
        for i in range(y.size):
            first, final = y[i] == 0, y[i] == last
            low, low_rate = log_odds(below[i])
            high, high_rate = log_odds(above[i])
            apart = 1.0 if first or final else high - low
            between = 0.0 if first or final else 1.0 / expm1(apart)
            value = 0.0 if first or final else log1mexp(apart)
            softplus, _, share_below, _ = logistic(low)
            _, softplus_of_minus, _, share_above = logistic(high)
            value -= 0.0 if first else softplus
            value -= 0.0 if final else softplus_of_minus
            below[i] = 0.0 if first else -_times(low_rate, share_below + between)
            above[i] = 0.0 if final else _times(high_rate, share_above + between)
            total += cells.rows[i] * value
        for j in range(last):
            own = slopes[j]
            for i in range(y.size):
                own[i] = below[i] if y[i] == j + 1 else (above[i] if y[i] == j else 0.0)
        return total

    return family


def sequential(log_odds: LogOdds) -> OfThresholds:
    """Beyond every threshold below y, and not beyond that of y."""

    @inlined_sums
    def family(x: Array, slopes: Array, cells: Categories) -> float:
        total, y = 0.0, cells.y
        for j in range(len(x)):
            at, own = x[j], slopes[j]
            for i in range(y.size):
                odds, rate = log_odds(at[i])
                softplus, softplus_of_minus, below, above = logistic(odds)
                beyond, here = y[i] > j, y[i] == j
                own[i] = -_times(rate, below) if beyond else _times(rate, above)
                own[i] = own[i] if beyond or here else 0.0
                value = softplus if beyond else softplus_of_minus
                total -= cells.rows[i] * (value if beyond or here else 0.0)
        return total

    return family


def adjacent(log_odds: LogOdds) -> OfThresholds:
    """Log probabilities that fall by the log odds at each threshold, from one to the next."""

    @inlined_sums
    def family(x: Array, slopes: Array, cells: Categories) -> float:
        last, y = len(x), cells.y
        weight, largest, own = np.zeros(y.size), np.zeros(y.size), np.zeros(y.size)
        shares, sums = np.zeros((last + 1, y.size)), np.zeros(y.size)
        for j in range(last):
            at, rates, weights = x[j], slopes[j], shares[j + 1]
            for i in range(y.size):
                odds, rates[i] = log_odds(at[i])
                weight[i] -= odds
                weights[i] = weight[i]
                largest[i] = max(largest[i], weight[i])
                own[i] = weight[i] if y[i] == j + 1 else own[i]
        for j in range(last + 1):
            share = shares[j]
            for i in range(y.size):
                share[i] = exp(share[i] - largest[i])
                sums[i] += share[i]
        total = 0.0
        for i in range(y.size):
            total += cells.rows[i] * (own[i] - largest[i] - log(sums[i]))
            sums[i] = 1.0 / sums[i]
        below, above = own, weight  # shares of the categories on either side
        below[:] = 0.0
        above[:] = 0.0
        for j in range(last):
            part, rates = shares[j], slopes[j]
            for i in range(y.size):
                below[i] += part[i] * sums[i]
                rates[i] = -_times(rates[i], below[i]) if y[i] > j else rates[i]
        for j in range(last - 1, -1, -1):
            part, rates = shares[j + 1], slopes[j]
            for i in range(y.size):
                above[i] += part[i] * sums[i]
                rates[i] = rates[i] if y[i] > j else _times(rates[i], above[i])
        return total

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
        count, location, n = len(eta) - beside, eta[0], eta[0].size
        x, slopes = np.empty((count, n)), np.empty((count, n))
        for i in range(n):
            x[0, i] = -location[i]
        for j in range(1, count):
            before, at, linear, rates = x[j - 1], x[j], eta[j], score[j]
            for i in range(n):
                step, rates[i] = increment(linear[i])
                at[i] = before[i] + step
        if beside:
            linear, sharp = eta[count], score[count]
            for i in range(n):
                sharp[i] = exp(linear[i])
            for j in range(count):
                at = x[j]
                for i in range(n):
                    at[i] *= sharp[i]
        total = family(x, slopes, cells)
        above, moved = np.zeros(n), np.zeros(n)
        for j in range(count - 1, -1, -1):  # an increment moves its threshold and all above
            at, own, by_increment = x[j], slopes[j], score[j]
            for i in range(n):
                above[i] += own[i]
                moved[i] += own[i] * at[i]
                by_increment[i] = cells.rows[i] * above[i] * (by_increment[i] if j else -1.0)
        if beside:
            sharp = score[count]
            for j in range(count):
                own = score[j]
                for i in range(n):
                    own[i] *= sharp[i]
            for i in range(n):
                sharp[i] = cells.rows[i] * moved[i]
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
        n, y = eta[0].size, cells.y
        largest, chosen, sums = np.zeros(n), np.zeros(n), np.empty(n)
        for k in range(len(eta)):
            linear = eta[k]
            for i in range(n):
                largest[i] = max(largest[i], linear[i])
                chosen[i] = linear[i] if y[i] == k + 1 else chosen[i]
        for i in range(n):
            sums[i] = exp(-largest[i])
        for k in range(len(eta)):
            linear, share = eta[k], score[k]
            for i in range(n):
                share[i] = exp(linear[i] - largest[i])
                sums[i] += share[i]
        total = 0.0
        for i in range(n):
            total += cells.rows[i] * (chosen[i] - largest[i] - log(sums[i]))
            sums[i] = 1.0 / sums[i]
        for k in range(len(eta)):
            share = score[k]
            for i in range(n):
                own = 1.0 if y[i] == k + 1 else 0.0
                share[i] = cells.rows[i] * (own - share[i] * sums[i])
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
