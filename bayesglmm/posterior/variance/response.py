"""Shares of variance on the scale of the response, by the law of total variance.

Goldstein, Browne & Rasbash (2002), Understanding Statistics 1(4), method B, with the integral over
the groups computed instead of simulated.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.families import Rows
from bayesglmm.families.links import Array
from bayesglmm.posterior.arithmetic import (
    linear_predictor,
    row_variance,
    tied_to_mean,
    variance_parameters,
)
from bayesglmm.posterior.profiles import Profiles, make_profiles
from bayesglmm.posterior.variance.moments import mean_and_square, shared_square
from bayesglmm.posterior.variance.parts import (
    Share,
    Terms,
    Undefined,
)

POINTS, POINTS_WITHIN = 30, 30
"""Evaluations for each row and draw that are reckoned with."""

EXACT = 300
"""Distinct rows up to which all are averaged over: seconds for two factors and a logit link."""


def response_shares(
    design: Design, draws: Draws, terms: Terms, unit: float
) -> tuple[list[Share], list[Undefined], Draws, Profiles | None]:
    """Share of the variance of one response that lies between groups: the VPC.

    With mean m(u) at the group effects u, ``Var E(m | u_k) / (Var m + E Var(y | u))``: the
    correlation of two responses that share u_k and nothing else, at the same columns. Numerator and
    denominator are averaged over the rows.

    Parameters
    ----------
    design : Design
    draws : Draws
    terms : Terms
    unit : float
        Exposure of every row; binomial responses are looked at one trial at a time.

    Returns
    -------
    shares : list of Share
    undefined : list of Undefined
    draws : Draws
        Those that the shares were computed from.
    profiles : Profiles or None
        The rows that were averaged over; None without shares.
    """
    what = "VPC on the response scale"
    if not terms.factors:
        reason = "no term gives several rows a common group, so no variance lies between groups"
        return [], [Undefined(f"ICC and {what}", reason)], draws, None
    if design.spec.family.support.name == "count" and design.spec.link.name == "identity":
        reason = "under an identity link a normal group effect lets the mean count fall below 0"
        return [], [Undefined(what, reason)], draws, None
    tied = tied_to_mean(design)
    if tied and design.spec.link.name != "log":
        reason = (
            f"effects on {tied[0]} are correlated with those on the mean, and the variance below "
            f"groups then has no closed form under the {design.spec.link.name} link"
        )
        return [], [Undefined(what, reason)], draws, None
    weight = np.ones(len(design.predictor.offset))
    profiles, some = make_profiles(design, draws, weight, (), _points(design, terms), EXACT)
    eta = linear_predictor(design, some, [], profiles.which)
    total = row_variance(design, some, terms.all, profiles.which)
    mean, square = mean_and_square(design.spec.link, eta, total)
    others = variance_parameters(design, some, profiles.which)
    below = _within(design, others, unit * mean, unit**2 * square)
    whole = unit**2 * (square - np.square(mean)) + below
    shares = []
    for names, common in terms.sets.items():
        shared = row_variance(design, some, common, profiles.which)
        if len(common) == len(terms.all):
            product = square
        else:
            rest = np.maximum(total - shared, 0.0)
            product = shared_square(design.spec.link, eta, shared, rest)
        between = unit**2 * (product - np.square(mean))
        shares.append(Share("VPC", names, "response", _ratio(between, whole, profiles)))
    return shares, [], some, profiles


def _points(design: Design, terms: Terms) -> int:
    """Evaluations for each row and draw, about."""
    if design.spec.link.name == "log":
        return 1
    several = [common for common in terms.sets.values() if len(common) < len(terms.all)]
    within = 1 if design.spec.link.name in ("probit", "identity") else POINTS_WITHIN
    return POINTS * (1 + within * len(several))


def _ratio(part: Array, whole: Array, profiles: Profiles) -> Array:
    return np.asarray((part @ profiles.weight) / (whole @ profiles.weight))


def _within(design: Design, others: Mapping[str, Array], mean: Array, square: Array) -> Array:
    """Mean variance of a response about its group's mean.

    The variance of every family here is a quadratic of the mean (Morris 1982, Annals of Statistics
    10(1)), so that the mean and the mean square of the mean are enough.
    """
    rows = Rows(y=None)

    def variance(value: float) -> Array:
        return design.spec.family.variance(np.full((len(mean), 1), value), rows, others)

    at_zero, above, below = variance(0.0), variance(1.0), variance(-1.0)
    linear, quadratic = (above - below) / 2, (above + below) / 2 - at_zero
    return np.asarray(at_zero + linear * mean + quadratic * square)
