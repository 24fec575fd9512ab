"""Profile-likelihood intervals.

The end of an interval is where the log likelihood, maximised over all other parameters, has
fallen by half the square of a normal quantile (Venzon & Moolgavkar 1988, Applied Statistics 37(1);
Bates et al. 2015, section 5.1). The signed root of the deviance is followed by Newton's method: its
slope comes free, because the other parameters are at their best.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.engine.blas import one_blas_thread
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.likelihood.lines import Line, line_of
from bayesglmm.likelihood.maximum import Maximum
from bayesglmm.likelihood.objective import make_objective
from bayesglmm.likelihood.optimum import ascent_matrix, climb
from bayesglmm.likelihood.show import coefficient_scale, labels_called, quantile
from bayesglmm.tables import Table

ENOUGH = 1e-9
"""Expected rise of the profiled log likelihood that is left."""
CLOSE = 1e-5
"""Distance of the signed root from its goal at which an end is found."""
ROUNDS = 25
FARTHEST = 30.0
"""Standard errors beyond which an interval is open."""


@one_blas_thread()
def profile(fit: Maximum, labels: Sequence[str] = (), mass: float = 0.95) -> Table:
    """Profile-likelihood intervals.

    Parameters
    ----------
    fit : Maximum
    labels : sequence of str
        Parameters, under their labels or their names in the tables; all that can be profiled where
        empty.
    mass : float
        Coverage that the intervals aim at.

    Returns
    -------
    Table
        Link scale, user's units. An end that does not exist is infinite; the lower end of a
        standard deviation may be 0.

    Raises
    ------
    SpecError
        If a label is unknown or cannot be profiled, or the fit has not converged.
    """
    if not fit.converged:
        raise SpecError("The fit has not converged, so there is no peak to profile from.")
    if fit.dispersion != 1.0:
        raise SpecError("Quasi-likelihood has no likelihood to profile. Use its Wald intervals.")
    goal = quantile(mass)
    named = [fit.labels[fit.place(label)] for label in labels]
    named = named or [label for label in fit.labels if line_of(fit, label) is not None]
    rows = [(label, fit.estimate(label), *_interval(fit, label, goal)) for label in named]
    return Table(
        pd.DataFrame(rows, columns=["", "estimate", "lower", "upper"]),
        caption=f"Profile intervals: {fit.method}",
        scale=coefficient_scale(fit.design),
        notes=(
            f"{100 * mass:g} % profile-likelihood confidence intervals, not of a posterior.",
            *filter(None, [fit.caution]),
        ),
        kinds=dict.fromkeys(("estimate", "lower", "upper"), "estimate"),
        called={"": labels_called(fit.design)},
    )


def _interval(fit: Maximum, label: str, goal: float) -> tuple[float, float]:
    line = line_of(fit, label)
    if line is None:
        raise SpecError(
            f"'{labels_called(fit.design)[label]}' cannot be profiled: it has no bound, or is a "
            "correlation among three or more effects, which is no coordinate of the search."
        )
    lower, upper = (line.to_parameter(_end(fit, line, side, goal)) for side in (-1, 1))
    return lower, upper


def _end(fit: Maximum, line: Line, side: int, goal: float) -> float:
    """The coordinate at which the root of the deviance reaches the goal."""
    path = _path(fit, line)
    best, error = float(path.best[line.place]), path.error
    inner, outer, value = best, side * float(np.inf), best + side * goal * error
    start = path.best[path.others]
    last = best
    for _ in range(ROUNDS):
        value = max(value, 0.0) if line.bounded else value
        fall, slope, start = path.follow(value, start + path.drift * (value - last))
        last, root = value, float(np.sqrt(2 * max(fall, 0.0)))
        if abs(root - goal) < CLOSE:
            return value
        if root < goal:
            if line.bounded and value == 0.0:
                return 0.0
            if abs(value - best) > FARTHEST * error:
                return side * float(np.inf)
            inner = value
        else:
            outer = value
        rate = -slope / root if root > 0 else 0.0
        value = value + (goal - root) / rate if rate * side > 0 else np.nan
        if not min(inner, outer) < value < max(inner, outer):
            value = 0.5 * (inner + outer) if np.isfinite(outer) else 2 * inner - best + side * error
    return float(np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The maximum over all other coordinates, as one of them moves.

    Attributes
    ----------
    best : array of shape (k,)
        Coordinates of the peak.
    error : float
        Standard error of the coordinate that moves.
    others : array of bool, shape (k,)
    drift : array
        How fast the others move along at the peak.
    follow : callable
        (coordinate, others to start from) to the fall of the log likelihood, the slope of the
        profile, and the others at their best.
    """

    best: Array
    error: float
    others: NDArray[np.bool_]
    drift: Array
    follow: Callable[[float, Array], tuple[float, float, Array]]


def _path(fit: Maximum, line: Line) -> Path:
    objective, peak = make_objective(fit.problem, fit.quadrature), fit.optimum
    best = np.linalg.solve(line.matrix, peak.free)
    hessian = line.matrix.T @ peak.hessian @ line.matrix
    others = np.arange(len(best)) != line.place
    for place, side in enumerate(fit.problem.sides):
        if side.number and not np.isfinite(fit.errors[fit.place(side.name)]):
            others[fit.problem.places(place)] = False  # it grows without bound, and is held there
    inverse = ascent_matrix(hessian[np.ix_(others, others)])

    def at(value: float, rest: Array) -> tuple[float, Array]:
        whole = best.copy()
        whole[others], whole[line.place] = rest, value
        height, gradient = objective(line.matrix @ whole)
        return height, line.matrix.T @ gradient

    def along(value: float, rest: Array) -> tuple[float, Array]:
        height, gradient = at(value, rest)
        return height, gradient[others]

    def follow(value: float, start: Array) -> tuple[float, float, Array]:
        if not np.isfinite(along(value, start)[0]):
            start = best[others]
        found, _, _ = climb(partial(along, value), start, inverse, ENOUGH)
        height, gradient = at(value, found)
        return peak.value - height, float(gradient[line.place]), found

    error = float(np.sqrt(ascent_matrix(hessian)[line.place, line.place]))
    return Path(best, error, others, inverse @ hessian[others, line.place], follow)
