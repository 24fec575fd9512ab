"""The values that a response may take, and what follows from them whatever its distribution is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bayesglmm.families.crude import (
    count_interval,
    empirical_log,
    empirical_logit,
    log_of_response,
    logit_of_response,
    mean_interval,
    proportion_interval,
)
from bayesglmm.families.rows import Array, Rows

type Statistic = Callable[[Array], Array]
"""A function of responses that reduces the last axis."""


@dataclass(frozen=True, slots=True, repr=False)
class Support:
    """The values a response may take.

    Attributes
    ----------
    name : str
        Such as ``"count"``; for people, never to be asked for.
    requirement : str
        In words, for error messages.
    allows : callable
        (y, trials) to a boolean array: which rows are allowed.
    discrete : bool
        Whether they are whole numbers.
    positive : bool
        Whether their mean lies above 0, so that ratios of means are defined.
    mean : str
        What the mean of a response is called: ``"mean"``, ``"expected count"``, ``"probability"``.
    baseline : str
        What the mean of one unit of exposure, or of one trial, is called.
    crude : callable
        Rows to the crude mean, of one unit of exposure or of one trial; inside what a link takes
        where `positive`.
    interval : callable
        (sum of y, sum of y squared, size, p) to a quantile of the mean of rows by themselves,
        under Jeffreys' prior; `size` is their number, their trials or their exposure.
    statistics : mapping
        Statistics of replicated data that are worth a look, by name.
    empirical : callable
        Rows to responses on about the scale of the usual link, shape (n,).
    counts : bool
        Whether a response counts events, of which there may be any number.
    successes : bool
        Whether a response is the number of successes in trials, and its mean a probability.
    single : bool
        Whether there is one trial a row, whose response may be one of two labels.
    fraction : bool
        Whether a response lies between 0 and 1 without being a number of successes.
    beyond : callable
        Responses that are not allowed to what to write instead, a sentence; empty where nothing
        can be said.
    ratio : tuple of str
        What a ratio of means is called, short and long, and the median of such ratios between
        groups, empty where none is in use.
    categories : bool
        Whether a response is one of several categories, so that it has probabilities and no mean.
    ordered : bool
        Whether these have an order.
    levels : tuple of str
        Their names, where they are known.
    """

    name: str
    requirement: str
    allows: Callable[[Array, Any], Any]
    discrete: bool
    positive: bool
    mean: str
    baseline: str
    crude: Callable[[Rows], float]
    interval: Callable[[Array, Array, Array, float], Array]
    statistics: Mapping[str, Statistic]
    empirical: Callable[[Rows], Array] = lambda rows: rows.central
    counts: bool = False
    successes: bool = False
    single: bool = False
    fraction: bool = False
    beyond: Callable[[Array], str] = lambda y: ""
    ratio: tuple[str, str, str] = ("RoM", "ratio of means", "")
    categories: bool = False
    ordered: bool = False
    levels: tuple[str, ...] = ()

    @property
    def unrestricted(self) -> bool:
        """Whether any number may be a response."""
        return not self.discrete and not self.positive

    @property
    def below_one(self) -> bool:
        """Whether the mean lies below 1, so that its odds are defined."""
        return self.successes or self.fraction

    @property
    def many_trials(self) -> bool:
        """Whether a row has a number of trials, which has to be told."""
        return self.successes and not self.single

    @property
    def shows_dispersion(self) -> bool:
        """Whether rows can scatter more about their means than a family says, and show it.

        One trial has the variance ``p (1 - p)`` whatever makes p differ, and a continuous response
        has a parameter that follows the scatter.
        """
        return self.counts or self.many_trials

    def largest(self, trials: Any) -> Any:
        """The largest response there may be.

        Parameters
        ----------
        trials : array of shape (n,) or float

        Returns
        -------
        array of shape (n,) or float
            Infinite where there is none.
        """
        return trials if self.successes else np.inf

    def __repr__(self) -> str:
        return f"<Support {self.name}>"


STATISTICS: dict[str, Statistic] = {
    "mean": lambda y: y.mean(axis=-1),
    "sd": lambda y: y.std(axis=-1),
    "share of zeros": lambda y: (y == 0).mean(axis=-1),
    "share of ones": lambda y: (y == 1).mean(axis=-1),
    "minimum": lambda y: y.min(axis=-1),
    "maximum": lambda y: y.max(axis=-1),
}
"""Statistics of responses, by name."""


def _statistics(*names: str) -> dict[str, Statistic]:
    return {name: STATISTICS[name] for name in names}


def _crude_share(rows: Rows) -> float:
    """Share of successes, with half a success and half a failure more."""
    y, trials = rows.central, np.broadcast_to(rows.trials, np.shape(rows.y))
    return float((y.sum() + 0.5) / (trials.sum() + 1.0))


def _crude_rate(rows: Rows) -> float:
    """Events per unit of exposure, with half an event more."""
    y, exposure = rows.central, np.broadcast_to(rows.exposure, np.shape(rows.y))
    return float((y.sum() + 0.5) / exposure.sum())


REAL = Support(
    "real",
    "finite numbers",
    lambda y, trials: np.isfinite(y),
    discrete=False,
    positive=False,
    mean="mean",
    baseline="mean",
    crude=lambda rows: float(rows.central.mean()),
    interval=mean_interval,
    statistics=_statistics("mean", "sd", "minimum", "maximum"),
)
COUNT = Support(
    "count",
    "whole numbers, 0 or more",
    lambda y, trials: (y >= 0) & (y == np.floor(y)) & np.isfinite(y),
    discrete=True,
    positive=True,
    mean="expected count",
    baseline="rate",
    crude=_crude_rate,
    interval=count_interval,
    statistics=_statistics("mean", "sd", "share of zeros", "maximum"),
    empirical=empirical_log,
    counts=True,
    ratio=("IRR", "incidence-rate ratio", "median rate ratio"),
)
BINARY = Support(
    "binary",
    "0 or 1 (or two labels)",
    lambda y, trials: (y == 0) | (y == 1),
    discrete=True,
    positive=True,
    mean="probability",
    baseline="probability",
    crude=_crude_share,
    interval=proportion_interval,
    statistics=_statistics("mean"),
    successes=True,
    single=True,
)
PROPORTION = Support(
    "proportion",
    "whole numbers of successes between 0 and the number of trials",
    lambda y, trials: (y >= 0) & (y == np.floor(y)) & (y <= trials),
    discrete=True,
    positive=True,
    mean="probability",
    baseline="probability",
    crude=_crude_share,
    interval=proportion_interval,
    statistics=_statistics("mean", "sd", "share of zeros"),
    empirical=empirical_logit,
    successes=True,
)


def _zeros_said(y: Array) -> str:
    """What to write where the only responses that are not allowed are zeros."""
    if not (y == 0).all():
        return ""
    return (
        "Write family='tweedie', where what makes amounts larger makes zeros rarer; or "
        "'hurdle_gamma' or 'hurdle_lognormal', where zeros have causes of their own."
    )


def _percentages_said(y: Array) -> str:
    """What to write for proportions above 1."""
    if not ((y > 1) & (y <= 100)).any():
        return ""
    return "If these are percentages, divide them by 100."


def _edges_said(y: Array) -> str:
    """What to write for proportions of exactly 0 or 1, or above."""
    if not np.isin(y, (0.0, 1.0)).all():
        return _percentages_said(y)
    return (
        "If it is a share of a whole number of trials, write p(k, n) ~ ... with family='binomial' "
        "or 'beta_binomial'. Otherwise write family='ordered_beta', where what makes responses "
        "larger makes ones more and zeros less probable, or 'zero_one_inflated_beta', where 0 and "
        "1 have causes of their own."
    )


POSITIVE = Support(
    "positive",
    "numbers above 0",
    lambda y, trials: (y > 0) & np.isfinite(y),
    discrete=False,
    positive=True,
    mean="mean",
    baseline="mean",
    crude=lambda rows: float(rows.central.mean()),
    interval=mean_interval,
    statistics=_statistics("mean", "sd", "minimum", "maximum"),
    empirical=log_of_response,
    beyond=_zeros_said,
)
UNIT = Support(
    "fraction",
    "numbers above 0 and below 1",
    lambda y, trials: (y > 0) & (y < 1),
    discrete=False,
    positive=True,
    mean="mean",
    baseline="mean",
    crude=lambda rows: float(rows.central.mean()),
    interval=mean_interval,
    statistics=_statistics("mean", "sd", "minimum", "maximum"),
    empirical=logit_of_response,
    fraction=True,
    beyond=_edges_said,
)


def _inside(y: Array) -> Array:
    """The responses between 0 and 1; one half where there are none."""
    found = y[(y > 0) & (y < 1)]
    return found if len(found) else np.array([0.5])


def _logit_within(rows: Rows) -> Array:
    """Log odds of responses; of 0 and 1 those of half as far as the nearest other, shape (n,)."""
    y = np.asarray(rows.central, dtype=float)
    inside = _inside(y)
    low, high = inside.min() / 2, (1 + inside.max()) / 2
    return logit_of_response(replace(rows, y=np.clip(y, low, high)))


def _log_above(rows: Rows) -> Array:
    """Logs of responses; of half the smallest above 0 where they are 0."""
    y = np.asarray(rows.central, dtype=float)
    above = y[y > 0]
    return np.log(np.where(y > 0, y, above.min() / 2 if len(above) else 1.0))


NONNEGATIVE = replace(
    POSITIVE,
    name="not negative",
    requirement="numbers, 0 or more",
    allows=lambda y, trials: (y >= 0) & np.isfinite(y),
    statistics=_statistics("mean", "sd", "minimum", "maximum", "share of zeros"),
    empirical=_log_above,
    beyond=lambda y: "",
)
CLOSED_UNIT = replace(
    UNIT,
    name="closed fraction",
    requirement="numbers from 0 to 1",
    allows=lambda y, trials: (y >= 0) & (y <= 1),
    crude=lambda rows: float(_inside(rows.central).mean()),
    statistics=_statistics("mean", "sd", "share of zeros", "share of ones"),
    empirical=_logit_within,
    beyond=_percentages_said,
)
