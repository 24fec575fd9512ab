"""Shares of variance on the scale of the response, by the law of total variance.

Goldstein, Browne & Rasbash (2002), Understanding Statistics 1(4), method B, with the integral over
the groups computed instead of simulated.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.families import Rows
from bayesglmm.families.link import NormalLocation
from bayesglmm.families.links import Array
from bayesglmm.posterior.marginal import (
    given_variance,
    part_only,
    tied_to_mean,
    unaveraged,
    variance_parameters,
)
from bayesglmm.posterior.posterior import Posterior
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
    posterior: Posterior, terms: Terms, unit: float
) -> tuple[list[Share], list[Undefined], Profiles | None]:
    """Share of the variance of one response that lies between groups: the VPC.

    With mean m(u) at the group effects u, ``Var E(m | u_k) / (Var m + E Var(y | u))``: the
    correlation of two responses that share u_k and nothing else, at the same columns. Numerator and
    denominator are averaged over the rows.

    Parameters
    ----------
    posterior : Posterior
    terms : Terms
    unit : float
        Exposure of every row; binomial responses are looked at one trial at a time.

    Returns
    -------
    shares : list of Share
    undefined : list of Undefined
    profiles : Profiles or None
        The rows that were averaged over, and the draws; None without shares.
    """
    design = posterior.design
    what = "VPC on the response scale"
    if not terms.factors:
        reason = "no term gives several rows a common group, so no variance lies between groups"
        return [], [Undefined(f"ICC and {what}", reason)], None
    if design.spec.family.expected is not None:
        return [], [Undefined(what, part_only(design))], None
    if design.spec.family.support.positive and design.spec.link.linear:
        reason = "under an identity link a normal group effect lets the mean fall below 0"
        return [], [Undefined(what, reason)], None
    reason = unaveraged(posterior)
    if reason:
        return [], [Undefined(what, reason)], None
    tied = tied_to_mean(design)
    if tied and not design.spec.link.multiplicative:
        reason = (
            f"effects on {tied[0]} are correlated with those on the mean, and the variance below "
            f"groups then has no closed form under the {design.spec.link.name} link"
        )
        return [], [Undefined(what, reason)], None
    weight = np.ones(len(design.predictor.offset))
    profiles = make_profiles(posterior, weight, (), _points(design, terms), EXACT)
    sums = np.zeros((1 + len(terms.sets), profiles.posterior.size))
    for rows, share in profiles.blocks():
        found = _variances(profiles.posterior, terms, unit, rows)
        sums += np.stack([values @ share for values in found])
    whole, *between = sums
    shares = [
        Share("VPC", names, "response", part / whole)
        for names, part in zip(terms.sets, between, strict=True)
    ]
    return shares, [], profiles


def _variances(
    posterior: Posterior, terms: Terms, unit: float, rows: NDArray[np.int64]
) -> Iterator[Array]:
    """Of each row, (S, rows): the whole variance, and that between the groups of each set."""
    link, eta = posterior.design.spec.link, posterior.eta(rows, effects=())
    total = posterior.row_variance(terms.all, rows)
    mean, square = mean_and_square(link, eta, total)
    location = NormalLocation(link, eta, total, {1: mean, 2: square})
    others, one = variance_parameters(posterior, rows), Rows(y=None, exposure=unit)
    below = given_variance(posterior.design).expected(location, one, others)
    yield unit**2 * (square - np.square(mean)) + below
    for common in terms.sets.values():
        product = square
        if len(common) < len(terms.all):
            shared = posterior.row_variance(common, rows)
            product = shared_square(link, eta, shared, np.maximum(total - shared, 0.0))
        yield unit**2 * (product - np.square(mean))


def _points(design: Design, terms: Terms) -> int:
    """Evaluations for each row and draw, about."""
    if design.spec.link.joint is not None:
        return 1
    several = [common for common in terms.sets.values() if len(common) < len(terms.all)]
    within = 1 if design.spec.link.closed else POINTS_WITHIN
    return POINTS * (1 + within * len(several))
