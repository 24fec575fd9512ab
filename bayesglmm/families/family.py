"""The vocabulary of response families: what a family is, and what its effects are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.families.links import Array, Link

type Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What a likelihood needs of the rows besides the linear predictor.

    Attributes
    ----------
    y : array of shape (n,)
        Responses; successes for a binomial. Where `known` is False, the smallest that it may be.
    exposure : array of shape (n,) or float
        Multiplies the mean of a count; 1 where the model has none.
    trials : array of shape (n,) or float
        Number of trials of a binomial; 1 otherwise.
    upper : array of shape (n,) or None
        The largest that a response may be: `y` where it is known. None where all are.

    The same fields hold PyTensor variables when a graph is built.
    """

    y: Any
    exposure: Any = 1.0
    trials: Any = 1.0
    upper: Any = None

    @property
    def known(self) -> Any:
        """Which responses are known, not only that they lie between two bounds, shape (n,)."""
        return np.ones(np.shape(self.y), dtype=bool) if self.upper is None else self.upper == self.y

    @property
    def observed(self) -> Array:
        """Responses, NaN where they are not known, shape (n,)."""
        return np.where(self.known, self.y, np.nan)

    @property
    def central(self) -> Array:
        """Responses, the middle of the bounds where they are not known, shape (n,).

        For crude facts about the size of the responses, never for a likelihood.
        """
        y = np.asarray(self.y, dtype=float)
        return y if self.upper is None else (y + self.upper) / 2

    def take(self, which: Any) -> Rows:
        """Some of the rows.

        Parameters
        ----------
        which : slice, or array of int or of bool of shape (n,)

        Returns
        -------
        Rows
        """

        def some(values: Any) -> Any:
            return values[which] if isinstance(values, np.ndarray) else values

        return Rows(some(self.y), some(self.exposure), some(self.trials), some(self.upper))


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a family: its mean, or another, such as the shape of a negative binomial.

    Attributes
    ----------
    name : str
        Its name in the graph, in the draws and in tables.
    links : tuple of str
        Links that its linear predictor may have, the default first.
    meaning : str
        What it is, in words.
    kind : str
        The class of its default prior where it is one positive number for all rows; empty for the
        mean.
    power : int
        The variance of a response is linear in this power of it; of the mean, not used.
    """

    name: str
    links: tuple[str, ...]
    meaning: str
    kind: str = ""
    power: int = 1

    @property
    def short(self) -> str:
        """The meaning without what is explained after a semicolon, to stand in a sentence."""
        return self.meaning.partition(";")[0]


@dataclass(frozen=True, slots=True)
class Support:
    """The values a response may take.

    Attributes
    ----------
    name : str
        Such as ``"count"``.
    requirement : str
        In words, for error messages.
    allows : callable
        (y, trials) to a boolean array: which rows are allowed.
    discrete : bool
        Whether they are whole numbers.
    positive : bool
        Whether their mean lies above 0, so that ratios of means are defined.
    """

    name: str
    requirement: str
    allows: Callable[[Array, Any], Any]
    discrete: bool
    positive: bool


REAL = Support(
    "real", "finite numbers", lambda y, trials: np.isfinite(y), discrete=False, positive=False
)
COUNT = Support(
    "count",
    "whole numbers, 0 or more",
    lambda y, trials: (y >= 0) & (y == np.floor(y)) & np.isfinite(y),
    discrete=True,
    positive=True,
)
BINARY = Support(
    "binary",
    "0 or 1 (or two labels)",
    lambda y, trials: (y == 0) | (y == 1),
    discrete=True,
    positive=True,
)
PROPORTION = Support(
    "proportion",
    "whole numbers of successes between 0 and the number of trials",
    lambda y, trials: (y >= 0) & (y == np.floor(y)) & (y <= trials),
    discrete=True,
    positive=True,
)


@dataclass(frozen=True, slots=True, repr=False)
class Family:
    """A distribution for the response, given its mean.

    Attributes
    ----------
    name, title : str
        The name in specs, and the name in print.
    support : Support
        Allowed responses.
    parameters : tuple of Param
        The mean first.
    takes_exposure : bool
        Whether the mean may be a rate times an exposure.
    distribution : callable
        (link, eta, rows, parameters) to the name of a PyMC distribution and its arguments.
    log_density : callable
        (link, eta, rows, parameters) to the log density of each row, NumPy, normalised; the log
        probability of the counts between its bounds where a count is not known.
    variance : callable
        (mean, rows, parameters) to the variance of y given its mean, where the mean of a
        binomial is that of the number of successes.
    draw : callable
        (rng, link, eta, rows, parameters) to new responses, NumPy.
    """

    name: str
    title: str
    support: Support
    parameters: tuple[Param, ...]
    takes_exposure: bool
    distribution: Callable[[Link, Any, Rows, Parameters], tuple[str, dict[str, Any]]]
    log_density: Callable[[Link, Any, Rows, Parameters], Array]
    variance: Callable[[Any, Rows, Parameters], Array]
    draw: Callable[[np.random.Generator, Link, Any, Rows, Parameters], Array]

    @property
    def mean(self) -> Param:
        """The parameter that the response's mean is made of."""
        return self.parameters[0]

    @property
    def others(self) -> tuple[Param, ...]:
        """The parameters beside the mean."""
        return self.parameters[1:]

    @property
    def links(self) -> tuple[str, ...]:
        """Links of the mean, the default first."""
        return self.mean.links

    def __repr__(self) -> str:
        return f"<Family {self.name}>"


@dataclass(frozen=True, slots=True)
class Measure:
    """What a coefficient is reported as.

    Attributes
    ----------
    short, long : str
        Such as ``"IRR"`` and ``"incidence-rate ratio"``.
    ratio : bool
        Whether the coefficient is exponentiated (no effect is 1), or left as it is (0).
    baseline : str
        What the exponentiated, or back-transformed, intercept is.
    """

    short: str
    long: str
    ratio: bool
    baseline: str

    @property
    def no_effect(self) -> float:
        """The value that means no effect."""
        return 1.0 if self.ratio else 0.0


MEASURES: dict[tuple[str, str], Measure] = {
    ("count", "log"): Measure("IRR", "incidence-rate ratio", True, "rate"),
    ("real", "log"): Measure("RoM", "ratio of means", True, "mean"),
    ("binary", "logit"): Measure("OR", "odds ratio", True, "probability"),
    ("proportion", "logit"): Measure("OR", "odds ratio", True, "probability"),
    ("binary", "cloglog"): Measure("HR", "hazard ratio", True, "probability"),
    ("proportion", "cloglog"): Measure("HR", "hazard ratio", True, "probability"),
    ("binary", "probit"): Measure("Diff.", "difference in probits", False, "probability"),
    ("proportion", "probit"): Measure("Diff.", "difference in probits", False, "probability"),
    ("real", "identity"): Measure("Diff.", "difference in means", False, "mean"),
    ("count", "identity"): Measure("Diff.", "difference in rates", False, "rate"),
    ("count", "sqrt"): Measure("Diff.", "difference in square roots of the rate", False, "rate"),
}


def find_measure(family: Family, link: Link) -> Measure:
    """What coefficients of a family and link are reported as.

    Parameters
    ----------
    family : Family
    link : Link
        One of the family's links.

    Returns
    -------
    Measure
    """
    return MEASURES[family.support.name, link.name]


LARGEST_MEAN = 1e18
"""Poisson mean that NumPy can still draw from; a fit that predicts more has failed anyway."""


def draw_counts(rng: np.random.Generator, mean: Any) -> Array:
    """Poisson counts; infinite beyond `LARGEST_MEAN`, NaN where the mean is below 0.

    Parameters
    ----------
    rng : numpy.random.Generator
    mean : array

    Returns
    -------
    array
        Of the shape of `mean`.
    """
    mean = np.asarray(mean, dtype=float)
    drawn = rng.poisson(np.clip(np.nan_to_num(mean), 0.0, LARGEST_MEAN)).astype(float)
    drawn = np.where(mean > LARGEST_MEAN, np.inf, drawn)
    return np.where(mean >= 0, drawn, np.nan)


def rate_mean(link: Link, eta: Any, exposure: Any) -> Any:
    """Mean of the response, ``exposure * inverse(eta)``, NumPy.

    Parameters
    ----------
    link : Link
    eta : array
        Linear predictor.
    exposure : array or float
        Broadcasts against `eta`.

    Returns
    -------
    array
        On the response scale; the probability of one trial for a binomial.
    """
    return exposure * link.inverse(eta)
