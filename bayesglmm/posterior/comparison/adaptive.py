"""Adaptive Gauss-Hermite quadrature of the effects of many groups at once.

Pinheiro & Bates (1995), J. Comput. Graph. Stat. 4(1), eq. 2.16.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families.links import Array

STEP = 1e-3
"""Of a linear predictor, beside what counts as one unit of it, for derivatives by differences."""
LEAST = 1.0
"""Precision of an effect in any direction: that of the standard normal, under which it stands."""


NEWTON = 25
"""Newton steps to the conditional mode, at most."""


CLOSE = 0.01
"""Conditional standard deviations from the mode at which the nodes may be centred."""


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """Log density of the rows of G groups, as a function of their standardised effects v.

    Of each of K linear predictors ``eta = start + load v``, with v ~ Normal(0, I); rows stand in
    the order of their groups.

    Attributes
    ----------
    density : callable
        Linear predictors, shape (K, s, n), to the log density of each row, shape (s, n).
    start : array of shape (K, s, n)
    load : array of shape (K, s, n, q)
    units : array of shape (K,)
        What counts as one unit of each predictor.
    index : array of int, shape (n,)
        Group of each row, sorted.
    firsts : array of int, shape (G,)
        First row of each group.
    """

    density: Callable[[Array], Array]
    start: Array
    load: Array
    units: Array
    index: NDArray[np.int64]
    firsts: NDArray[np.int64]

    def eta(self, v: Array) -> Array:
        """Linear predictors at v, shape (K, s, n)."""
        eta = self.start.copy()
        for place in range(v.shape[-1]):
            eta += self.load[..., place] * v[:, self.index, place]
        return eta

    def sum(self, rows: Array) -> Array:
        """Sums over the rows of each group."""
        return np.asarray(np.add.reduceat(rows, self.firsts, axis=1))

    def value(self, v: Array) -> Array:
        """Log of likelihood times standard normal density, but for a constant; shape (s, G)."""
        rows = self.density(self.eta(v))
        found = self.sum(rows) - 0.5 * np.square(v).sum(axis=-1)
        return np.where(np.isnan(found), -np.inf, found)

    def derivatives(self, v: Array) -> tuple[Array, Array, Array]:
        """Value, gradient (s, G, q) and precision (s, G, q, q) at v."""
        here, first, second = self._of_rows(self.eta(v))
        q, load = v.shape[-1], self.load
        value = self.sum(here) - 0.5 * np.square(v).sum(axis=-1)
        value = np.where(np.isnan(value), -np.inf, value)
        gradient, precision = -v, np.zeros((*v.shape, q))
        for k, slope in enumerate(first):
            gradient = gradient + self.sum(slope[..., None] * load[k])
            for other, bend in enumerate(second[k]):
                outer = load[k][..., None] * load[other][:, :, None, :]
                precision = precision - self.sum(bend[..., None, None] * outer)
        return value, gradient, _at_least(np.eye(q) + precision)

    def _of_rows(self, eta: Array) -> tuple[Array, Array, Array]:
        """Log density of each row, and its derivatives by the predictors, 0 where there are none.

        Shapes (s, n), (K, s, n) and (K, K, s, n).
        """
        steps = (STEP * self.units)[:, None, None] * np.eye(len(eta))[:, :, None, None]
        here = self.density(eta)
        above, below = ([self.density(eta + side * step) for step in steps] for side in (1, -1))
        first, second = np.empty(eta.shape), np.empty((len(eta), *eta.shape))
        for k, step in enumerate(STEP * self.units):
            first[k] = (above[k] - below[k]) / (2 * step)
            second[k, k] = (above[k] - 2 * here + below[k]) / step**2
            for other in range(k):
                both = steps[k] + steps[other]
                mixed = self.density(eta + both) + self.density(eta - both) + 2 * here
                mixed = mixed - above[k] - below[k] - above[other] - below[other]
                second[k, other] = second[other, k] = mixed / (2 * step * STEP * self.units[other])
        return here, np.nan_to_num(first), np.nan_to_num(second, posinf=0.0, neginf=0.0)


def _at_least(precision: Array) -> Array:
    """Matrices with the eigenvalues that are below `LEAST` raised to it."""
    if precision.shape[-1] == 1:
        return np.maximum(precision, LEAST)
    values, vectors = np.linalg.eigh(precision)
    if values.min(initial=LEAST) >= LEAST:
        return precision
    raised = vectors * np.maximum(values, LEAST)[..., None, :]
    return np.asarray(raised @ np.swapaxes(vectors, -1, -2))


def product_rule(q: int, fewest: int) -> tuple[Array, Array]:
    """Nodes (K, q) and log weights (K,) of the product rule, for ``integral exp(-x'x) f(x) dx``.

    The fewer rows a group has, the less its integrand is like a Gaussian.
    """
    count = {1: 11 + min(60 // fewest, 40), 2: 9 + min(20 // fewest, 10), 3: 7}[q]
    x, weights = np.polynomial.hermite.hermgauss(count)
    nodes = np.array(list(product(x, repeat=q))).reshape(-1, q)
    logs = np.array(list(product(np.log(weights), repeat=q))).reshape(-1, q)
    return nodes, logs.sum(axis=1)


def log_integrals(part: Conditional, v: Array, nodes: Array, log_weights: Array) -> Array:
    """Log integral of each draw and group, shape (s, G)."""
    mode, precision = _mode(part, v)
    spread = np.linalg.cholesky(np.linalg.inv(precision))
    found = np.full(mode.shape[:2], -np.inf)
    for node, log_weight in zip(nodes, log_weights, strict=True):
        v = mode + np.sqrt(2.0) * spread @ node
        found = np.logaddexp(found, part.value(v) + log_weight + node @ node)
    q = mode.shape[-1]
    volume = np.log(np.diagonal(spread, axis1=-2, axis2=-1)).sum(axis=-1) + 0.5 * q * np.log(2.0)
    return np.asarray(found + volume - 0.5 * q * np.log(2 * np.pi))


def _mode(part: Conditional, v: Array) -> tuple[Array, Array]:
    """Conditional mode of each group and the precision there, by Newton steps that climb."""
    value, gradient, precision = part.derivatives(v)
    shrink = np.ones(value.shape)
    for _ in range(NEWTON):
        step = np.linalg.solve(precision, gradient[..., None])[..., 0]
        length = np.sqrt(np.einsum("sgi,sgij,sgj->sg", step, precision, step))
        if length.max() < CLOSE:
            break
        tried = part.derivatives(v + shrink[..., None] * step)
        up = tried[0] >= value - 1e-9 * np.abs(value)
        v = np.where(up[..., None], v + shrink[..., None] * step, v)
        value = np.where(up, tried[0], value)
        gradient = np.where(up[..., None], tried[1], gradient)
        precision = np.where(up[..., None, None], tried[2], precision)
        shrink = np.where(up, np.minimum(2 * shrink, 1.0), shrink / 2)
    return v, precision
