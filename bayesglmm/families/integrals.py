"""Means over a normal: what is left of an inverse link when its linear predictor scatters.

The trapezoidal rule converges geometrically for functions analytic in a strip about the real line,
at the rate ``exp(-2 pi a / h)`` for half-width ``a`` and step ``h`` (Trefethen & Weideman 2014,
SIAM Review 56(3), theorem 5.1). Where the normal is wide beside the link, the roles are exchanged:
a sigmoid is the distribution function of its own slope, so that ``E F(eta + sd z)`` is
``E Phi((eta - L) / sd)`` with L drawn from that slope, and the error is bounded whatever the sd.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

EXPONENT = 27.0
"""Errors are of the order of exp(-27); seen against adaptive quadrature, 1e-9 at most."""
REACH = 6.8
"""Standard deviations of the normal that are covered."""
TAIL = 32.0
"""How far the slope of a link is followed; it falls off at least as exp(-distance)."""
WIDE = 2.0
"""Standard deviation from which the roles are exchanged."""
WIDEST = 30.0
"""... for the logistic function, whose rule is quicker."""
LARGEST = 700.0
"""Linear predictor beyond which a logistic function is 0 or 1, and cosh overflows."""
BLOCK = 16_384
"""Values worked on at a time: they stay in the processor's cache."""


def sigmoid_mean(
    inverse: Callable[[Any], Any],
    slope: Callable[[Any], Any],
    strip: float,
    near: Callable[[Any, Any], Any] | None = None,
    wide: float = WIDE,
) -> Callable[[Any, Any], Any]:
    """Mean of a sigmoid inverse link over a normal, as a function of its mean and variance.

    Parameters
    ----------
    inverse : callable
        An increasing function from 0 to 1.
    slope : callable
        Its derivative, which falls off at least as ``exp(-|eta|)`` where `wide` is finite.
    strip : float
        Half-width of the strip in which both are analytic and bounded.
    near : callable, optional
        (eta, sd) to the mean, for normals that are not wide; by the inverse link at each node where
        left out.
    wide : float
        Standard deviation from which the roles are exchanged; infinite for a slope with heavier
        tails, which would be cut off.

    Returns
    -------
    callable
        (eta, variance) to ``E inverse(N(eta, variance))``, arrays that broadcast.
    """

    def over_normal(eta: Any, sd: Any) -> Any:
        return _over_normal(inverse, strip, eta, sd)

    def over_slope(eta: Any, sd: Any) -> Any:
        return _over_slope(slope, strip, eta, sd)

    def mean(eta: Any, variance: Any) -> NDArray[np.float64]:
        center, sd = np.broadcast_arrays(np.asarray(eta, dtype=float), np.sqrt(variance))
        narrow = over_normal if near is None else near
        is_wide = sd > wide
        if not is_wide.any():
            whole = _by_blocks(narrow, center.ravel(), sd.ravel())
            return np.asarray(whole.reshape(center.shape))
        found = np.empty(center.shape)
        found[~is_wide] = _by_blocks(narrow, center[~is_wide], sd[~is_wide])
        found[is_wide] = _by_blocks(over_slope, center[is_wide], sd[is_wide])
        return found

    return mean


def logistic_over_normal(eta: Any, sd: Any) -> Any:
    """Mean of the logistic function over a normal, by the trapezoidal rule.

    Nodes on either side of the middle are taken together: ``f(eta + a) + f(eta - a)`` is
    ``(exp(eta) + cosh(a)) / (cosh(eta) + cosh(a))`` for the logistic f, and ``cosh`` at equal steps
    follows by recurrence, so that a pair of nodes costs no exponential. No term is negative, so
    that small means keep their digits.

    Parameters
    ----------
    eta : array of shape (m,)
    sd : array of shape (m,)
        At most `WIDEST`.

    Returns
    -------
    array of shape (m,)
        Errors of the order of exp(-EXPONENT).
    """
    eta = np.clip(eta, -LARGEST, LARGEST)
    nodes, weights = normal_rule(np.pi / max(float(sd.max(initial=0.0)), 1.0))
    middle = len(nodes) // 2
    rise, fall = np.exp(eta), np.exp(-eta)
    level = 0.5 * (rise + fall)
    double = 2 * np.cosh(nodes[middle + 1] * sd)
    before, now, after = np.ones_like(eta), 0.5 * double, np.empty_like(eta)
    total = weights[middle] * rise / (1 + rise)
    part, below = np.empty_like(eta), np.empty_like(eta)
    for weight in weights[middle + 1 :]:
        np.add(rise, now, out=part)
        np.add(level, now, out=below)
        np.divide(part, below, out=part)
        np.multiply(part, weight, out=part)
        np.add(total, part, out=total)
        np.multiply(double, now, out=after)
        np.subtract(after, before, out=after)
        before, now, after = now, after, before
    return total


def _by_blocks(rule: Callable[[Any, Any], Any], eta: Any, sd: Any) -> Any:
    """A rule over stretches of values, shape (m,)."""
    found = np.empty(len(eta))
    for start in range(0, len(eta), BLOCK):
        part = slice(start, start + BLOCK)
        found[part] = rule(eta[part], sd[part])
    return found


def _over_normal(inverse: Callable[[Any], Any], strip: float, eta: Any, sd: Any) -> Any:
    """The trapezoidal rule over the standard normal z."""
    if not sd.any():
        return inverse(eta)
    nodes, weights = normal_rule(strip / float(sd.max()))
    return _weighted(lambda node: inverse(eta + node * sd), nodes, weights)


def normal_rule(
    strip: float, beyond: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The trapezoidal rule for the mean of a function of a standard normal.

    Parameters
    ----------
    strip : float
        Half-width of the strip about the real line in which the function is analytic and bounded.
    beyond : float
        The rate at which it grows, as an exponential; 0 where it is bounded.

    Returns
    -------
    nodes, weights : array
        The weights sum to 1.
    """
    step = 2 * np.pi * min(np.pi, strip) / EXPONENT
    nodes = step * np.arange(-np.ceil(REACH / step), np.ceil((REACH + beyond) / step) + 1)
    weights = np.exp(-0.5 * np.square(nodes))
    return nodes, weights / weights.sum()


def _over_slope(slope: Callable[[Any], Any], strip: float, eta: Any, sd: Any) -> Any:
    """The trapezoidal rule over the distribution whose density is the slope of the link."""
    from scipy.special import ndtr

    step = 2 * np.pi * strip / EXPONENT
    nodes = step * np.arange(-np.ceil(TAIL / step), np.ceil(TAIL / step) + 1)
    weights = slope(nodes)
    kept = weights > np.exp(-TAIL - 1)
    return _weighted(lambda node: ndtr((eta - node) / sd), nodes[kept], weights[kept])


def _weighted(values: Callable[[float], Any], nodes: Any, weights: Any) -> Any:
    """Weighted mean over the nodes, one node at a time: memory does not grow with their number."""
    total: Any = 0.0
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        total = total + weight * values(node)
    return total
