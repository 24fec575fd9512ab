"""What a link is, and the parameter of rows that a linear predictor and a link make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bayesglmm.families.measure import Measure
from bayesglmm.families.rows import Array
from bayesglmm.families.support import Support

type ArrayFunction = Callable[[Any], Any]

STRIP = np.pi / 2
"""Half-width of a strip about the real line in which every inverse link is analytic."""


@dataclass(frozen=True, slots=True)
class Joint:
    """Closed forms for linear predictors that are normal.

    Attributes
    ----------
    product : callable
        (eta_1, eta_2, v_1, v_2, c) to the mean of ``inverse(eta_1 + b_1) inverse(eta_2 + b_2)``
        over normal b with variances v and covariance c.
    power : callable or None
        (k, eta, v) to the mean of ``inverse(eta + b) ** k``, for any number k, or an array of them.
    """

    product: Callable[[Any, Any, Any, Any, Any], Any]
    power: Callable[[Any, Any, Any], Any] | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Link:
    """A link function and what its coefficients mean.

    Attributes
    ----------
    name : str
        Such as ``"log"``; for people and other packages, never to be asked for.
    scale : str
        The scale of the linear predictor in words, such as ``"log odds"``.
    forward : callable
        Mean to linear predictor, NumPy.
    inverse : callable
        Linear predictor to mean, NumPy.
    slope : callable
        Derivative of the mean with respect to the linear predictor, NumPy.
    marginal : callable
        (eta, variance) to the mean of ``inverse(eta + b)`` over ``b ~ N(0, variance)``, NumPy.
    graph : callable
        `inverse`, as a PyTensor expression.
    unit : bool
        Whether one unit of the linear predictor is a large change whatever the response is
        measured in (log, logit, probit, cloglog), so that default priors need no scaling by it.
    formula : str
        The link as text, with ``m`` for the mean.
    measure : callable
        Support of the response to what a coefficient is reported as.
    log_odds, graph_log_odds : callable or None
        Log odds of a success from the linear predictor, exact where the probability rounds to 0
        or 1; every probability link has them, and no other. NumPy and PyTensor.
    joint : Joint or None
        Closed forms of more than the mean, where there are any.
    closed : bool
        Whether `marginal` is a closed form.
    strip : float
        Half-width of a strip about the real line in which `inverse` is analytic and bounded;
        infinite where it is entire and `joint` has its moments.
    latent : float or None
        Variance of the latent variable whose sign a single trial is; of probability links.
    latent_words : str
        How it is written.
    linear : bool
        Whether the mean is the linear predictor itself.
    multiplicative : bool
        Whether what is added to the linear predictor multiplies the mean.
    odds : bool
        Whether what is added to the linear predictor multiplies the odds.
    least : float
        What is added to a logistic inverse, which lies between this and 1 more.
    monotone : bool
        Whether the mean rises with the linear predictor all the way.
    elsewhere : mapping
        Package to what it calls the link.
    """

    name: str
    scale: str
    forward: ArrayFunction
    inverse: ArrayFunction
    slope: ArrayFunction
    marginal: Callable[[Any, Any], Any]
    graph: ArrayFunction
    unit: bool
    formula: str
    measure: Callable[[Support], Measure]
    log_odds: ArrayFunction | None = None
    graph_log_odds: ArrayFunction | None = None
    joint: Joint | None = None
    closed: bool = False
    strip: float = np.inf
    latent: float | None = None
    latent_words: str = ""
    linear: bool = False
    multiplicative: bool = False
    odds: bool = False
    least: float = 0.0
    monotone: bool = True
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Link {self.name}>"


@dataclass(frozen=True, slots=True, eq=False)
class Location:
    """The first parameter of rows, on its natural scale: a linear predictor behind a link.

    A likelihood takes from it what it can use without a loss of digits: its value, or the log odds
    that a probability link gives straight from the linear predictor.

    Attributes
    ----------
    link : Link
    eta : array
        Linear predictor, exposure left out.
    """

    link: Link
    eta: Any

    @property
    def value(self) -> Any:
        """The mean, the rate or the probability of each row, of the shape of `eta`."""
        return self.link.inverse(self.eta)

    @property
    def log_odds(self) -> Any:
        """Log odds of a success, of the shape of `eta`."""
        if self.link.log_odds is not None:
            return self.link.log_odds(self.eta)
        probability = self.value
        return np.log(probability) - np.log1p(-probability)


@dataclass(frozen=True, slots=True, eq=False)
class GraphLocation:
    """A `Location` as PyTensor expressions.

    Attributes
    ----------
    link : Link
    eta : TensorVariable
    """

    link: Link
    eta: Any

    @property
    def value(self) -> Any:
        """The mean, the rate or the probability of each row."""
        return self.link.graph(self.eta)

    @property
    def log_odds(self) -> Any:
        """Log odds of a success."""
        if self.link.graph_log_odds is not None:
            return self.link.graph_log_odds(self.eta)
        import pytensor.tensor as pt

        probability = self.value
        return pt.log(probability) - pt.log1p(-probability)


@dataclass(frozen=True, slots=True, eq=False)
class NormalLocation:
    """A `Location` whose linear predictor is normal, as it is over new groups.

    Attributes
    ----------
    link : Link
    eta, variance : array
        Mean and variance of the linear predictor, of shapes that broadcast; link scale.
    known : mapping
        Power to the mean of that power of the value, where it was computed before.
    """

    link: Link
    eta: Any
    variance: Any
    known: Mapping[float, Array] = field(default_factory=dict)

    def power(self, power: Any) -> Array:
        """Mean of a power of the value, see `mean_power`; an array of powers under a log link."""
        if np.ndim(power) == 0 and power in self.known:
            return self.known[power]
        return mean_power(self.link, power, self.eta, self.variance)

    def mean_of(self, function: Callable[[Any], Any], growth: float = 2.0) -> Array:
        """Mean of a function of the value, by the trapezoidal rule.

        Parameters
        ----------
        function : callable
            Analytic within `STRIP` of the real line of linear predictors.
        growth : float
            The power of the value that it grows by at most.

        Returns
        -------
        array
        """
        from bayesglmm.families.integrals import normal_rule

        sd, total = np.sqrt(self.variance), np.zeros(())
        widest = max(float(np.max(sd)), 1e-3)
        beyond = growth * widest if self.link.multiplicative else 0.0
        for node, weight in zip(*normal_rule(STRIP / widest, beyond), strict=True):
            total = total + weight * function(self.link.inverse(self.eta + sd * node))
        return np.asarray(total)


def mean_power(link: Link, power: Any, eta: Any, variance: Any) -> Array:
    """Mean of a power of the mean of a row, over a normal linear predictor.

    Parameters
    ----------
    link : Link
    power : float or array
        An array where the link has a closed form for any power.
    eta, variance : array
        Of shapes that broadcast; link scale.

    Returns
    -------
    array
        ``E inverse(eta + b) ** power`` over ``b ~ N(0, variance)``: in closed form where the link
        has one, else by the trapezoidal rule, see `bayesglmm.families.integrals`.
    """
    from bayesglmm.families.integrals import normal_rule

    if np.ndim(power) == 0 and power == 0:
        return np.ones(np.broadcast_shapes(np.shape(eta), np.shape(variance)))
    if np.ndim(power) == 0 and power == 1:
        return np.asarray(link.marginal(eta, variance))
    if link.joint is not None and link.joint.power is not None:
        return np.asarray(link.joint.power(power, eta, variance))
    if link.joint is not None and power == 2:
        return np.asarray(link.joint.product(eta, eta, variance, variance, variance))
    sd, total = np.sqrt(variance), np.zeros(())
    widest = max(float(np.max(sd)), 1e-3)
    for node, weight in zip(*normal_rule(link.strip / widest), strict=True):
        total = total + weight * link.inverse(eta + sd * node) ** power
    return np.asarray(total)


def mean_product(link: Link, first: Any, second: Any, v1: Any, v2: Any, shared: Any) -> Array:
    """Mean of the product of the means of two rows, over normal linear predictors.

    Parameters
    ----------
    link : Link
    first, second : array
        Linear predictors at the middle; link scale, of shapes that broadcast.
    v1, v2 : array
        Variances about them.
    shared : array
        Their covariance.

    Returns
    -------
    array
        In closed form where the link has one. Else, given ``b_1 = s z``, b_2 is normal with mean
        ``c z / s`` and variance ``v_2 - c^2 / v_1``, so that one of the two integrals is the
        link's own, and the other is by the trapezoidal rule.
    """
    from bayesglmm.families.integrals import normal_rule

    if link.joint is not None:
        return np.asarray(link.joint.product(first, second, v1, v2, shared))
    sd = np.sqrt(v1)
    pull = np.divide(shared, sd, out=np.zeros(np.broadcast(shared, sd).shape), where=sd > 0)
    left = np.maximum(v2 - np.square(pull), 0.0)
    largest = max(float(np.max(sd)), float(np.max(np.abs(pull))), 1e-3)
    total = np.zeros(())
    for node, weight in zip(*normal_rule(link.strip / largest), strict=True):
        other = link.marginal(second + pull * node, left)
        total = total + weight * link.inverse(first + sd * node) * other
    return np.asarray(total)
