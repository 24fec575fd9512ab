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
BLOCK = 16_384
"""Values worked on at a time: they stay in the processor's cache."""


def sigmoid_mean(
    inverse: Callable[[Any], Any], slope: Callable[[Any], Any], strip: float
) -> Callable[[Any, Any], Any]:
    """Mean of a sigmoid inverse link over a normal, as a function of its mean and variance.

    Parameters
    ----------
    inverse : callable
        An increasing function from 0 to 1.
    slope : callable
        Its derivative.
    strip : float
        Half-width of the strip in which both are analytic and bounded.

    Returns
    -------
    callable
        (eta, variance) to ``E inverse(N(eta, variance))``, arrays that broadcast.
    """

    def mean(eta: Any, variance: Any) -> NDArray[np.float64]:
        center, sd = np.broadcast_arrays(np.asarray(eta, dtype=float), np.sqrt(variance))
        found = np.empty(center.shape)
        wide = sd > WIDE
        found[~wide] = _by_blocks(_over_normal, inverse, strip, center[~wide], sd[~wide])
        found[wide] = _by_blocks(_over_slope, slope, strip, center[wide], sd[wide])
        return found

    return mean


def _by_blocks(
    rule: Callable[..., Any], function: Callable[[Any], Any], strip: float, eta: Any, sd: Any
) -> Any:
    """A rule over stretches of values, shape (m,)."""
    found = np.empty(len(eta))
    for start in range(0, len(eta), BLOCK):
        part = slice(start, start + BLOCK)
        found[part] = rule(function, strip, eta[part], sd[part])
    return found


def _over_normal(inverse: Callable[[Any], Any], strip: float, eta: Any, sd: Any) -> Any:
    """The trapezoidal rule over the standard normal z."""
    if not sd.any():
        return inverse(eta)
    nodes, weights = normal_rule(strip / float(sd.max()))
    return _weighted(lambda node: inverse(eta + node * sd), nodes, weights)


def normal_rule(strip: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The trapezoidal rule for the mean of a function of a standard normal.

    Parameters
    ----------
    strip : float
        Half-width of the strip about the real line in which the function is analytic and bounded.

    Returns
    -------
    nodes, weights : array
        The weights sum to 1.
    """
    step = 2 * np.pi * min(np.pi, strip) / EXPONENT
    nodes = step * np.arange(-np.ceil(REACH / step), np.ceil(REACH / step) + 1)
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
