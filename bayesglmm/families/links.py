"""Link functions: one table.

A link carries the mean of the response to the linear predictor, ``eta = link(mean)``.
The probability links also give the log odds of a success straight from ``eta``,
so that likelihoods stay exact where the probability itself rounds to 0 or 1.
"""

from __future__ import annotations

import copyreg
from collections.abc import Callable

import numpy as np

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import graph_inverse as graphs
from bayesglmm.families import inverse as arrays
from bayesglmm.families import measure as measures
from bayesglmm.families.integrals import WIDEST, logistic_over_normal, sigmoid_mean
from bayesglmm.families.link import Joint, Link
from bayesglmm.families.rows import Array
from bayesglmm.families.synonyms import meant_link

__all__ = ["LINKS", "Array", "Link", "find_link"]

_logistic_mean = sigmoid_mean(
    arrays.logistic, arrays.logistic_slope, np.pi, logistic_over_normal, WIDEST
)

LINKS: tuple[Link, ...] = (
    Link(
        "identity",
        "response",
        forward=arrays.same,
        inverse=arrays.same,
        slope=np.ones_like,
        marginal=lambda eta, variance: eta + 0 * variance,
        graph=arrays.same,
        unit=False,
        formula="m",
        measure=measures.of_means,
        joint=Joint(arrays.same_product),
        closed=True,
        linear=True,
        elsewhere={"bambi": "identity"},
    ),
    Link(
        "log",
        "log",
        forward=np.log,
        inverse=np.exp,
        slope=np.exp,
        marginal=arrays.exp_mean,
        graph=graphs.graph_exp,
        unit=True,
        formula="log(m)",
        measure=measures.of_ratios,
        joint=Joint(arrays.exp_product, arrays.exp_power),
        closed=True,
        multiplicative=True,
        elsewhere={"bambi": "log"},
    ),
    Link(
        "sqrt",
        "square root",
        forward=np.sqrt,
        inverse=np.square,
        slope=lambda eta: 2 * np.asarray(eta),
        marginal=arrays.square_mean,
        graph=graphs.graph_square,
        unit=False,
        formula="sqrt(m)",
        measure=measures.of_roots,
        joint=Joint(arrays.square_product),
        closed=True,
        monotone=False,
    ),
    Link(
        "logit",
        "log odds",
        forward=arrays.log_odds_of,
        inverse=arrays.logistic,
        slope=arrays.logistic_slope,
        marginal=_logistic_mean,
        graph=graphs.graph_logistic,
        unit=True,
        formula="log(m / (1 - m))",
        measure=measures.of_odds,
        log_odds=arrays.same,
        graph_log_odds=arrays.same,
        strip=np.pi / 2,
        latent=np.pi**2 / 3,
        latent_words="π²/3",
        odds=True,
        elsewhere={"bambi": "logit"},
    ),
    Link(
        "probit",
        "probit",
        forward=arrays.normal_quantile,
        inverse=arrays.normal_cdf,
        slope=arrays.normal_density,
        marginal=arrays.normal_cdf_mean,
        graph=graphs.graph_normal_cdf,
        unit=True,
        formula="normal quantile of m",
        measure=measures.of_probits,
        log_odds=arrays.probit_log_odds,
        graph_log_odds=graphs.graph_probit_log_odds,
        closed=True,
        strip=np.pi / 2,
        latent=1.0,
        latent_words="1",
        elsewhere={"bambi": "probit"},
    ),
    Link(
        "cloglog",
        "complementary log-log",
        forward=lambda mean: np.log(-np.log1p(-np.asarray(mean))),
        inverse=arrays.cloglog_inverse,
        slope=arrays.cloglog_slope,
        marginal=sigmoid_mean(arrays.cloglog_inverse, arrays.cloglog_slope, np.pi / 2),
        graph=graphs.graph_cloglog,
        unit=True,
        formula="log(-log(1 - m))",
        measure=measures.of_hazards,
        log_odds=arrays.cloglog_log_odds,
        graph_log_odds=graphs.graph_cloglog_log_odds,
        strip=np.pi / 2,
        latent=np.pi**2 / 6,
        latent_words="π²/6",
        elsewhere={"bambi": "cloglog"},
    ),
    Link(
        "logit_above_one",
        "log odds of what is above 1",
        forward=arrays.log_odds_above_one,
        inverse=arrays.one_and_logistic,
        slope=arrays.logistic_slope,
        marginal=lambda eta, variance: 1.0 + _logistic_mean(eta, variance),
        graph=graphs.graph_one_and_logistic,
        unit=True,
        formula="log((m - 1) / (2 - m))",
        measure=measures.of_means,
        strip=np.pi / 2,
        least=1.0,
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


def _as_name(link: Link) -> tuple[Callable[[str], Link], tuple[str]]:
    return find_link, (link.name,)


copyreg.pickle(Link, _as_name)  # a link travels between processes as its name
