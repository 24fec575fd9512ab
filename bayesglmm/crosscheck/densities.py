"""Two graphs of one model: how far their log densities, and the gradients of these, are apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesglmm.crosscheck.described import Described
from bayesglmm.crosscheck.pairs import Point, VariablePair, variable_pairs
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array

if TYPE_CHECKING:
    import bambi
    import pymc as pm

type Density = Callable[[Point], tuple[float, Point]]
"""A log density with its gradient."""

TOLERANCE = 1e-9
"""Relative difference up to which two densities, or two gradients, are the same."""

PROBIT_TOLERANCE = 1e-6
"""The same for the probit link: bambi takes the square root of 2 in single precision there."""

COARSE = {"probit": PROBIT_TOLERANCE}
"""Links that bambi is less exact with, by name."""

SPREAD = 0.2
"""Standard deviation of the random points about the starting point.

bambi passes by the probability itself, and 1 - p loses digits as p nears 1: points further out
would measure bambi's rounding.
"""


@dataclass(frozen=True, slots=True)
class DensityComparison:
    """How far two graphs of one model are apart.

    Attributes
    ----------
    points : int
        Number of random points.
    log_density : float
        Largest difference of the joint log density, relative to its size (to 1 where smaller).
    gradient : float
        Largest difference of the gradient, relative to the largest element of its variable
        (to 1 where smaller), on the unconstrained scale that our graph samples on.
    variable : str
        The variable with that largest difference, as bambi's graph names its value.
    tolerance : float
        `TOLERANCE`, or `PROBIT_TOLERANCE` for the probit link.
    """

    points: int
    log_density: float
    gradient: float
    variable: str
    tolerance: float

    @property
    def agree(self) -> bool:
        """Whether both differences are within the tolerance."""
        return self.log_density <= self.tolerance and self.gradient <= self.tolerance


def compare_densities(
    model: Described, bambi_model: bambi.Model, points: int = 3, seed: int = 0
) -> DensityComparison:
    """Evaluate both graphs, log density and gradient, at random points.

    Parameters
    ----------
    model : Described
        A `Model` or a `Fit`.
    bambi_model : bambi.Model
        Built, from `to_bambi` or of the user's own making.
    points : int
        Number of random points, drawn about the starting point of our graph.
    seed : int

    Returns
    -------
    DensityComparison

    Raises
    ------
    SpecError
        If the two graphs have not the same free variables, or no point can be found at which
        both densities are finite.

    Notes
    -----
    Both log densities include the Jacobian of the log transform of positive parameters. Where
    ours is sampled per standard deviation, ``x_scaled = scale * x``, its density is that of ``x``
    divided by `scale`, a constant.
    """
    pairs = variable_pairs(model, bambi_model.backend.model)
    ours, theirs = log_density_of(model.pymc), log_density_of(bambi_model.backend.model)
    constant = sum(float(np.sum(np.log(np.abs(pair.scale)))) for pair in pairs)
    rng = np.random.default_rng(seed)
    start = model.pymc.initial_point()
    apart = 0.0
    slopes: list[tuple[float, str]] = [(0.0, "")]
    for _ in range(points):
        point = _finite_point(start, rng, pairs, ours, theirs)
        value, gradient = ours(point)
        their_value, their_gradient = theirs(_translate(point, pairs))
        apart = max(apart, _apart(np.asarray(value + constant), np.asarray(their_value)))
        slopes += [
            (_apart(pair.join(gradient), their_gradient[pair.theirs] / pair.scale), pair.theirs)
            for pair in pairs
        ]
    worst, variable = max(slopes)
    tolerance = COARSE.get(model.design.spec.link.name, TOLERANCE)
    return DensityComparison(points, apart, worst, variable, tolerance)


def log_density_of(graph: pm.Model) -> Density:
    """Joint log density and gradient, in Python: compiling would take longer than the calls."""
    import pytensor
    from pytensor.compile.mode import Mode

    values = graph.value_vars
    names = [value.name for value in values]
    density = graph.logp()
    outputs = [density, *pytensor.grad(density, values)]
    mode = Mode(linker="py", optimizer=None)
    function: Callable[..., Any] = pytensor.function(values, outputs, mode=mode)

    def evaluate(point: Point) -> tuple[float, Point]:
        with np.errstate(all="ignore"):
            value, *gradient = function(*(point[name] for name in names))
        return float(value), dict(zip(names, gradient, strict=True))

    return evaluate


def _finite_point(
    start: Point,
    rng: np.random.Generator,
    pairs: list[VariablePair],
    ours: Density,
    theirs: Density,
) -> Point:
    """A random point in the support; an identity link may need one close to the start."""
    for halvings in range(30):
        spread = SPREAD / 2**halvings
        point = {
            name: value + spread * rng.normal(size=value.shape) for name, value in start.items()
        }
        if np.isfinite(ours(point)[0]) or np.isfinite(theirs(_translate(point, pairs))[0]):
            return point
    raise SpecError("Neither graph has a finite log density near its starting point.")


def _translate(point: Point, pairs: list[VariablePair]) -> Point:
    """A point of our graph in bambi's variables."""
    return {pair.theirs: pair.join(point) / pair.scale for pair in pairs}


def _apart(values: Array, others: Array) -> float:
    """Largest difference, relative to the largest element (to 1 where that is smaller)."""
    if not np.isfinite(values).all() or not np.isfinite(others).all():
        return float("inf")
    difference = float(np.max(np.abs(values - others)))
    return difference / max(1.0, float(np.max(np.abs(others))))
