"""Rows beyond the outermost knots of a spline, where its last polynomials go on without data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.encoding.encoders import NumberEncoder
from bayesglmm.design.encoding.transforms import Spline
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class Beyond:
    """A spline and the rows that lie beyond its outermost knots.

    Attributes
    ----------
    name : str
        Such as ``"bs(x, df=4)"``.
    lower, upper : float
        Its outermost knots.
    values : array of shape (n,)
        What it is called on.
    """

    name: str
    lower: float
    upper: float
    values: Array

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Which rows are, shape (n,)."""
        return np.asarray((self.values < self.lower) | (self.values > self.upper))


def beyond_knots(design: Design) -> list[Beyond]:
    """The splines of a model that some rows lie beyond.

    Parameters
    ----------
    design : Design
        The model's own, or one applied to other rows.

    Returns
    -------
    list of Beyond
        Those of the fixed part and left of bars, each once; empty where all rows lie within.
    """
    found = {}
    for name, spline in _splines(design):
        values = np.asarray(spline.of.values(design.data), dtype=float)
        beyond = Beyond(name, spline.lower, spline.upper, np.broadcast_to(values, design.n))
        if beyond.outside.any():
            found[name] = beyond
    return list(found.values())


def _splines(design: Design) -> Iterator[tuple[str, Spline]]:
    for part in (
        part for side in design.sides for term in side.encoder.terms for part in term.parts
    ):
        if isinstance(part, NumberEncoder) and isinstance(part.of, Spline):
            yield part.name, part.of
