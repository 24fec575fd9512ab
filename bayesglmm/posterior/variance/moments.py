"""Moments of a mean whose linear predictor varies normally between groups.

Closed forms where the link has them; else the mean is the link's own, and its square
by the trapezoidal rule, which converges geometrically for functions analytic in a strip about the
real line (Trefethen & Weideman 2014, SIAM Review 56(3), theorem 5.1).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.families.links import Array, Link

REACH = 7.0
"""Standard deviations on either side that the rule covers."""

EXPONENT = 16.0
"""Errors of the rule are of the order of exp(-16)."""

STRIP = np.pi / 2
"""Half-width of a strip in which every inverse link is analytic and bounded."""

MOST = 401
"""Points of the rule, whatever the spread."""


def mean_and_square(link: Link, eta: Array, variance: Array) -> tuple[Array, Array]:
    """Mean of ``h(eta + u)`` and of its square, u ~ N(0, variance), h the inverse link.

    Parameters
    ----------
    link : Link
    eta, variance : array
        Of shapes that broadcast; link scale.

    Returns
    -------
    mean, square : array
    """
    mean = np.asarray(link.marginal(eta, variance))
    if link.joint is not None:
        return mean, np.asarray(link.joint.product(eta, eta, variance, variance, variance))
    sd, square = np.sqrt(variance), np.zeros(())
    for point, weight in _rule(sd):
        square = square + weight * np.square(link.inverse(eta + sd * point))
    return mean, np.asarray(square)


def shared_square(link: Link, eta: Array, shared: Array, rest: Array) -> Array:
    """Mean product of two means that share one part of their group effects.

    ``E[h(eta + u + a) h(eta + u + b)]`` with u ~ N(0, shared), a and b ~ N(0, rest) independent.

    Parameters
    ----------
    link : Link
    eta, shared, rest : array
        Of shapes that broadcast; link scale.

    Returns
    -------
    array
    """
    if link.joint is not None:
        total = shared + rest
        return np.asarray(link.joint.product(eta, eta, total, total, shared))
    sd, total = np.sqrt(shared), np.zeros(())
    for point, weight in _rule(sd):
        total = total + weight * np.square(link.marginal(eta + sd * point, rest))
    return np.asarray(total)


def _rule(sd: Array) -> Iterator[tuple[float, float]]:
    """Points of a standard normal, close enough for its largest multiple; weights sum to 1."""
    step = min(0.5, 2 * np.pi * STRIP / (EXPONENT * max(float(np.max(sd)), 1e-3)))
    count = min(2 * int(np.ceil(REACH / step)) + 1, MOST)
    places = np.linspace(-REACH, REACH, count)
    weights = np.exp(-0.5 * np.square(places))
    return zip(places.tolist(), (weights / weights.sum()).tolist(), strict=True)
