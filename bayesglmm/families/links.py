"""Link functions: one table, each link in array form and graph form side by side.

A link carries the mean of the response to the linear predictor, ``eta = link(mean)``.
The probability links also give the log odds of a success straight from ``eta``,
so that likelihoods stay exact where the probability itself rounds to 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families.integrals import WIDEST, logistic_over_normal, sigmoid_mean
from bayesglmm.families.synonyms import meant_link

type Array = NDArray[np.float64]
type ArrayFunction = Callable[[Any], Any]

SMALL = -30.0
"""Below this linear predictor the cloglog log odds equal it to double precision."""


@dataclass(frozen=True, slots=True, repr=False)
class Link:
    """A link function and what its coefficients mean.

    Attributes
    ----------
    name : str
        Such as ``"log"``.
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
    log_odds, graph_log_odds : callable or None
        Log odds of a success from the linear predictor (probability links only), NumPy and
        PyTensor.
    unit : bool
        Whether one unit of the linear predictor is a large change whatever the response is
        measured in (log, logit, probit, cloglog), so that default priors need no scaling by it.
    formula : str
        The link as text, with ``m`` for the mean.
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
    log_odds: ArrayFunction | None = None
    graph_log_odds: ArrayFunction | None = None

    def __repr__(self) -> str:
        return f"<Link {self.name}>"

    def __reduce__(self) -> tuple[Callable[[str], Link], tuple[str]]:
        """A link travels between processes as its name."""
        return find_link, (self.name,)


def _same(value: Any) -> Any:
    return value


def _logistic(eta: Any) -> Any:
    from scipy.special import expit

    return expit(eta)


def _logistic_slope(eta: Any) -> Any:
    probability = _logistic(eta)
    return probability * _logistic(-np.asarray(eta))


def _logit(mean: Any) -> Any:
    from scipy.special import logit

    return logit(mean)


def _normal_cdf(eta: Any) -> Any:
    from scipy.special import ndtr

    return ndtr(eta)


def _normal_quantile(mean: Any) -> Any:
    from scipy.special import ndtri

    return ndtri(mean)


def _normal_cdf_mean(eta: Any, variance: Any) -> Any:
    """McCulloch, Searle & Neuhaus (2008), Generalized, Linear, and Mixed Models, section 8.3."""
    return _normal_cdf(eta / np.sqrt(1 + np.asarray(variance)))


def _exp_mean(eta: Any, variance: Any) -> Any:
    """The mean of a lognormal."""
    return np.exp(eta + 0.5 * np.asarray(variance))


def _normal_density(eta: Any) -> Any:
    return np.exp(-0.5 * np.square(eta)) / np.sqrt(2 * np.pi)


def _probit_log_odds(eta: Any) -> Any:
    from scipy.special import log_ndtr

    return log_ndtr(eta) - log_ndtr(-np.asarray(eta))


def _cloglog_inverse(eta: Any) -> Any:
    return -np.expm1(-np.exp(eta))


def _cloglog_slope(eta: Any) -> Any:
    return np.exp(np.asarray(eta) - np.exp(eta))


def _cloglog_log_odds(eta: Any) -> Any:
    hazard = np.exp(eta)
    exact = np.log(-np.expm1(-np.exp(np.maximum(eta, SMALL)))) + hazard
    return np.where(np.asarray(eta) < SMALL, eta, exact)


def _graph_exp(eta: Any) -> Any:
    import pytensor.tensor as pt

    return pt.exp(eta)


def _graph_square(eta: Any) -> Any:
    import pytensor.tensor as pt

    return pt.sqr(eta)


def _graph_logistic(eta: Any) -> Any:
    import pytensor.tensor as pt

    return pt.sigmoid(eta)


def _graph_normal_cdf(eta: Any) -> Any:
    import pytensor.tensor as pt

    return 0.5 * pt.erfc(-eta / np.sqrt(2.0))


def _graph_log_normal_cdf(eta: Any) -> Any:
    """Log of the normal CDF; each branch sees only values on which it is finite."""
    import pytensor.tensor as pt

    left = pt.minimum(eta, -1.0)
    right = pt.maximum(eta, -1.0)
    tail = pt.log(0.5 * pt.erfcx(-left / np.sqrt(2.0))) - 0.5 * pt.sqr(left)
    body = pt.log1p(-0.5 * pt.erfc(right / np.sqrt(2.0)))
    return pt.switch(pt.lt(eta, -1.0), tail, body)


def _graph_probit_log_odds(eta: Any) -> Any:
    return _graph_log_normal_cdf(eta) - _graph_log_normal_cdf(-eta)


def _graph_cloglog(eta: Any) -> Any:
    import pytensor.tensor as pt

    return -pt.expm1(-pt.exp(eta))


def _graph_cloglog_log_odds(eta: Any) -> Any:
    import pytensor.tensor as pt

    hazard = pt.exp(pt.maximum(eta, SMALL))
    return pt.switch(pt.lt(eta, SMALL), eta, pt.log(-pt.expm1(-hazard)) + hazard)


LINKS: tuple[Link, ...] = (
    Link(
        "identity",
        "response",
        _same,
        _same,
        np.ones_like,
        lambda eta, variance: eta + 0 * variance,
        _same,
        False,
        "m",
    ),
    Link("log", "log", np.log, np.exp, np.exp, _exp_mean, _graph_exp, True, "log(m)"),
    Link(
        "sqrt",
        "square root",
        np.sqrt,
        np.square,
        lambda eta: 2 * np.asarray(eta),
        lambda eta, variance: np.square(eta) + variance,
        _graph_square,
        False,
        "sqrt(m)",
    ),
    Link(
        "logit",
        "log odds",
        _logit,
        _logistic,
        _logistic_slope,
        sigmoid_mean(_logistic, _logistic_slope, np.pi, logistic_over_normal, WIDEST),
        _graph_logistic,
        True,
        "log(m / (1 - m))",
        log_odds=_same,
        graph_log_odds=_same,
    ),
    Link(
        "probit",
        "probit",
        _normal_quantile,
        _normal_cdf,
        _normal_density,
        _normal_cdf_mean,
        _graph_normal_cdf,
        True,
        "normal quantile of m",
        log_odds=_probit_log_odds,
        graph_log_odds=_graph_probit_log_odds,
    ),
    Link(
        "cloglog",
        "complementary log-log",
        lambda mean: np.log(-np.log1p(-np.asarray(mean))),
        _cloglog_inverse,
        _cloglog_slope,
        sigmoid_mean(_cloglog_inverse, _cloglog_slope, np.pi / 2),
        _graph_cloglog,
        True,
        "log(-log(1 - m))",
        log_odds=_cloglog_log_odds,
        graph_log_odds=_graph_cloglog_log_odds,
    ),
)


def find_link(name: str) -> Link:
    """Look a link up by name.

    Parameters
    ----------
    name : str
        Such as ``"logit"``.

    Returns
    -------
    Link

    Raises
    ------
    SpecError
        If there is no such link.
    """
    for link in LINKS:
        if link.name == name:
            return link
    meant = meant_link(name) if isinstance(name, str) else None
    if meant is not None:
        raise SpecError(f"Unknown link '{name}'. {meant}")
    raise SpecError(unknown("link", name, (link.name for link in LINKS)))
