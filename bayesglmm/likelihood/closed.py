"""Likelihoods with closed forms, whose group effects are in the location's predictor alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.families import Family, Link
from bayesglmm.families.links import Array
from bayesglmm.likelihood.derivatives import curve_of, rest_of
from bayesglmm.likelihood.surface import Etas, Surface


@dataclass(frozen=True, slots=True, eq=False)
class ClosedForms:
    """Curves of `derivatives`, and what they leave out; see `CellLikelihood`.

    Attributes
    ----------
    family : Family
    link : Link
    cells, rest_of_rows : named tuples of arrays
        As in `Statistics`; the second is of each cell where the other parameter has a formula.
    constant : float
        The part of the log likelihood that depends on nothing.
    """

    family: Family
    link: Link
    cells: Any
    rest_of_rows: Any
    constant: float

    def surface(self, etas: Etas, order: int) -> Surface:
        """See `CellLikelihood`."""
        eta, *others = etas
        other = np.exp(others[0]) if others else np.ones(1)
        curve = curve_of(self.family, self.link)(eta, self.cells, other)
        first: tuple[Array, ...] = (curve.first,)
        second, third = [curve.second], [curve.third]
        if curve.by_log is not None:
            first = (curve.first, curve.by_log[0])
            second, third = [*second, curve.by_log[1]], [*third, curve.by_log[2]]
        if order == 1:
            return Surface(curve.value, first)
        return Surface(curve.value, first, np.array([second]), np.array([[third]]))

    def rest(self, etas: Etas) -> tuple[float, Mapping[int, Array]]:
        """See `CellLikelihood`."""
        if len(etas) == 1:
            return self.constant, {}
        value, slopes = rest_of(self.family)(self.rest_of_rows, np.exp(etas[1]))
        return float(value.sum()) + self.constant, {1: slopes}
