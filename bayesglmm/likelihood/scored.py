"""Likelihoods of which the compiled score is known: further derivatives by differences of it.

Of any compiled likelihood (`bayesglmm.engine.likelihoods`) the derivatives of a cell by its linear
predictors are exact. Their first and second differences, central and of sixth order (Fornberg 1988,
Mathematics of Computation 51, table 1), are the second and third derivatives of the log likelihood.
With steps of 0.02 of what counts as one unit of a predictor both are good to about 1e-11 of the
largest score nearby: the sixth power of the step and the rounding of the scores leave as much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayesglmm.engine.kernel.likelihood_calls import evaluate_several
from bayesglmm.engine.likelihoods import Likelihood, Statistics
from bayesglmm.families.links import Array
from bayesglmm.likelihood.row_density import RowDensity
from bayesglmm.likelihood.surface import Etas, Surface

STEP = 0.02
"""Of the differences, beside what counts as one unit of a predictor."""
PLACES = np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
"""Steps at which scores are evaluated."""
SLOPE = np.array([-1 / 60, 3 / 20, -3 / 4, 3 / 4, -3 / 20, 1 / 60])
BEND, MIDDLE = np.array([1 / 90, -3 / 20, 3 / 2, 3 / 2, -3 / 20, 1 / 90]), -49 / 18
"""Weights of the scores there in the first and in the second difference."""


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """Compiled scores, and differences of them; see `CellLikelihood`.

    Attributes
    ----------
    likelihood : Likelihood
        With a linear predictor for each parameter.
    statistics : Statistics
        Of m cells.
    density : RowDensity
        Of the rows of each cell.
    active : tuple of int
        The predictors with group effects.
    """

    likelihood: Likelihood
    statistics: Statistics
    density: RowDensity
    active: tuple[int, ...]

    def surface(self, etas: Etas, order: int) -> Surface:
        """See `CellLikelihood`."""
        value = self.density.values(etas)
        stack = _stacked(etas)
        here = self._scores(stack if stack.ndim == 3 else stack[:, :, None])
        if order == 1:
            return Surface(value, tuple(here if stack.ndim == 3 else here[:, :, 0]))
        steps = STEP * self.density.units(etas)
        second, third = self._differences(stack, here[:, :, 0], steps, order)
        return Surface(value, tuple(here[:, :, 0]), second, third)

    def rest(self, etas: Etas) -> tuple[float, Mapping[int, Array]]:  # noqa: ARG002
        """Nothing: the density of a cell is whole."""
        return 0.0, {}

    def _scores(self, points: Array) -> Array:
        """Derivatives of the cells by their predictors, of the shape of points (K, m, S)."""
        K, m, S = points.shape
        flat = points.transpose(2, 1, 0).reshape(S, m * K)
        _, scores, _ = evaluate_several(self.likelihood, self.statistics, flat, 1.0)
        return scores.reshape(S, m, K).transpose(2, 1, 0)

    def _differences(
        self, stack: Array, here: Array, steps: Array, order: int
    ) -> tuple[Array, Array | None]:
        """Second and, where asked for, third derivatives; see `Surface`."""
        directions = self._directions(steps, order)
        points = stack[:, :, None, None] + directions[..., None] * PLACES
        scores = self._scores(points.reshape(*stack.shape, -1)).reshape(points.shape)
        own, A = steps[list(self.active)], len(self.active)
        second = (scores[:, :, :A] @ SLOPE).transpose(2, 0, 1) / own[:, None]
        second = _symmetric(second, self.active)
        if order == 2:
            return second, None
        bends = (scores @ BEND + MIDDLE * here[:, :, None]).transpose(2, 0, 1)
        third, pair = np.empty((A, A, *stack.shape)), A
        for a in range(A):
            third[a, a] = bends[a] / np.square(own[a])
        for a in range(A):
            for b in range(a):
                both = bends[pair] - bends[a] - bends[b]
                third[a, b] = third[b, a] = both / (2 * own[a] * own[b])
                pair += 1
        return second, third

    def _directions(self, steps: Array, order: int) -> Array:
        """Steps along each active predictor, and for third derivatives along pairs, (K, m, D)."""
        A, found = len(self.active), []
        for k in self.active:
            found.append(np.zeros_like(steps))
            found[-1][k] = steps[k]
        if order == 3:
            found += [found[a] + found[b] for a in range(A) for b in range(a)]
        return np.stack(found, axis=2)


def _stacked(etas: Etas) -> Array:
    """Linear predictors as one array; those at one point of each cell are the same at all."""
    wide = max(eta.ndim for eta in etas)
    alike = [eta.reshape(eta.shape + (1,) * (wide - eta.ndim)) for eta in etas]
    return np.stack(np.broadcast_arrays(*alike))


def _symmetric(second: Array, active: tuple[int, ...]) -> Array:
    """Second derivatives with what rounding leaves between active predictors shared."""
    for a, k in enumerate(active):
        for b, other in enumerate(active[:a]):
            second[a, other] = second[b, k] = 0.5 * (second[a, other] + second[b, k])
    return second
