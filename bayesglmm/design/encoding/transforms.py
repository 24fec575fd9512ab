"""Functions whose answer depends on all rows: they keep what they learnt from the first.

Each is a frozen record of what it learnt; ``learn`` makes one from the values of its argument and
from what is written behind them. `TRANSFORMS` is their table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.encoding.expressions import Expression, Values
from bayesglmm.design.encoding.levels import UnfitError, level_among, values_among
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True)
class _Transform:
    """What is common to them: the expression that they are called on."""

    of: Expression


@dataclass(frozen=True, slots=True)
class Shifted(_Transform):
    """``center(x)``: numbers from their mean; ``scale(x)``: in standard deviations from it."""

    center: float
    unit: float = 1.0

    @classmethod
    def centered(cls, of: Expression, x: Array) -> Shifted:
        """Learn the mean."""
        return cls(of, float(np.mean(x)))

    @classmethod
    def standardized(cls, of: Expression, x: Array) -> Shifted:
        """Learn the mean and the standard deviation, of divisor n."""
        return cls(of, float(np.mean(x)), float(np.std(x)))

    def values(self, data: pd.DataFrame) -> Values:
        """Numbers."""
        return (np.asarray(self.of.values(data), dtype=float) - self.center) / self.unit


@dataclass(frozen=True, slots=True)
class Powers(_Transform):
    """``poly(x, degree, raw=True)``: x, its square, and so on."""

    degree: int

    def values(self, data: pd.DataFrame) -> Array:
        """Numbers, shape (n, degree)."""
        x = np.asarray(self.of.values(data), dtype=float)
        return np.column_stack([x**power for power in range(1, self.degree + 1)])


@dataclass(frozen=True, slots=True)
class Orthogonal(_Transform):
    """``poly(x, degree)``: polynomials that are orthonormal over the first rows.

    By their three-term recurrence (Kennedy & Gentle 1980, Statistical Computing, pp. 343-344).

    Attributes
    ----------
    centers : tuple of float, length degree
        Of the factor that each polynomial has more than the one before.
    norms : tuple of float, length degree + 1
        Sums of squares of the polynomials over the first rows, the constant first.
    """

    centers: tuple[float, ...]
    norms: tuple[float, ...]

    def values(self, data: pd.DataFrame) -> Array:
        """Numbers, shape (n, degree)."""
        x = np.asarray(self.of.values(data), dtype=float)
        before, last = np.zeros_like(x), np.ones_like(x)
        columns = []
        for place, center in enumerate(self.centers):
            before, last = last, _next(x, center, before, last, self.norms[: place + 1])
            columns.append(last / np.sqrt(self.norms[place + 1]))
        return np.column_stack(columns)


def _next(x: Array, center: float, before: Array, last: Array, norms: Sequence[float]) -> Array:
    """The next polynomial of the recurrence, not scaled."""
    ratio = norms[-1] / norms[-2] if len(norms) > 1 else 0.0
    return (x - center) * last - ratio * before


def _learn_polynomial(
    of: Expression, x: Array, degree: int = 1, raw: bool = False
) -> Powers | Orthogonal:
    distinct = len(np.unique(x))
    if degree >= distinct:
        raise UnfitError(
            f"poly() of degree {degree} needs more than {degree} distinct values, but the column "
            f"has {distinct}.",
            f"Write poly(x, {distinct - 1}) or less."
            if distinct > 2
            else "Write x for a column of two values.",
        )
    if raw:
        return Powers(of, degree)
    centers: list[float] = []
    norms = [float(len(x))]
    before, last = np.zeros_like(x), np.ones_like(x)
    for _ in range(degree):
        centers.append(float(np.sum(x * last**2) / norms[-1]))
        before, last = last, _next(x, centers[-1], before, last, norms)
        norms.append(float(np.sum(last**2)))
    return Orthogonal(of, tuple(centers), tuple(norms))


@dataclass(frozen=True, slots=True)
class Spline(_Transform):
    """``bs(x, df)``: B-splines; the polynomials at either end go on beyond the outermost knots.

    Attributes
    ----------
    knots : tuple of float
        All of them in order, the outermost ``degree + 1`` times each.
    degree : int
    intercept : bool
        Whether the first spline is among the columns.
    """

    knots: tuple[float, ...]
    degree: int
    intercept: bool

    @property
    def lower(self) -> float:
        """The smallest knot."""
        return self.knots[0]

    @property
    def upper(self) -> float:
        """The largest knot."""
        return self.knots[-1]

    def values(self, data: pd.DataFrame) -> Array:
        """Numbers, shape (n, df)."""
        from scipy.interpolate import BSpline

        x = np.asarray(self.of.values(data), dtype=float)
        size = len(self.knots) - self.degree - 1
        basis: Array = BSpline(np.asarray(self.knots), np.eye(size), self.degree)(x)
        return basis if self.intercept else basis[:, 1:]


def _learn_spline(
    of: Expression,
    x: Array,
    df: int | None = None,
    knots: Sequence[float] | None = None,
    degree: int = 3,
    intercept: bool = False,
    lower_bound: float | None = None,
    upper_bound: float | None = None,
) -> Spline:
    """Outermost knots at the range of x and inner ones at quantiles, unless they are given."""
    lower = float(np.min(x)) if lower_bound is None else float(lower_bound)
    upper = float(np.max(x)) if upper_bound is None else float(upper_bound)
    reach = f"{lower:g} to {upper:g}"
    if not lower < upper:
        raise UnfitError(
            f"bs() needs a range of values, but its outermost knots are {reach}.",
            "Leave lower_bound= and upper_bound= out, or put the lower one below.",
        )
    if knots is None:
        assert df is not None  # spec.signatures asks for one of the two
        shares = np.linspace(0, 1, df - degree - intercept + 2)[1:-1]
        inner = [float(knot) for knot in np.quantile(x, shares)]
    else:
        inner = [float(knot) for knot in knots]
    outside = [knot for knot in inner if not lower <= knot <= upper]
    if outside:
        raise UnfitError(
            f"The knot {outside[0]:g} of bs() lies outside its outermost knots, {reach}.",
            "Choose inner knots between the smallest and the largest value.",
        )
    ends = (lower,) * (degree + 1), (upper,) * (degree + 1)
    return Spline(of, (*ends[0], *sorted(inner), *ends[1]), degree, intercept)


@dataclass(frozen=True, slots=True)
class Indicator(_Transform):
    """``binary(x, value)``: 1 where a column has one value, 0 elsewhere."""

    success: Any

    def values(self, data: pd.DataFrame) -> Array:
        """Zeros and ones."""
        return np.asarray(self.of.values(data) == self.success, dtype=float)


def _learn_indicator(of: Expression, x: Values, success: Any = None) -> Indicator:
    """The first of the sorted values, where none is named."""
    known = values_among(x)
    chosen = sorted(known)[0] if success is None else level_among(success, known)
    return Indicator(of, chosen)


TRANSFORMS: Mapping[str, Callable[..., Expression]] = {
    "B": _learn_indicator,
    "binary": _learn_indicator,
    "bs": _learn_spline,
    "center": Shifted.centered,
    "poly": _learn_polynomial,
    "scale": Shifted.standardized,
    "standardize": Shifted.standardized,
}
"""Functions of a formula, each as ``learn(argument, its values, *arguments, **keywords)``."""
