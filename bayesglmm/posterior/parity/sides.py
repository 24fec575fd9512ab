"""What stands on the side of the likelihood: Laplace's maximum, and what it is checked by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.families.links import Array
from bayesglmm.likelihood import MaximumLikelihood, maximum_likelihood
from bayesglmm.likelihood.nodes import enough_nodes, has_quadrature
from bayesglmm.likelihood.objective import check_number_of_nodes
from bayesglmm.likelihood.sampled import SampledMaximum, sampled_maximum


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Maxima of one likelihood, by what integrates its group effects out.

    Attributes
    ----------
    laplace : MaximumLikelihood
        Or plain, or exact, maximum likelihood where nothing is approximated.
    quadrature : MaximumLikelihood or None
        None where there is no quadrature, or nothing to integrate.
    sampled : SampledMaximum or None
        Importance sampling where there is no quadrature; None where it would take too long too.
    asked : bool
        Whether the number of nodes was asked for.
    """

    laplace: MaximumLikelihood
    quadrature: MaximumLikelihood | None
    sampled: SampledMaximum | None
    asked: bool = False

    @property
    def finer(self) -> str:
        """The column of the table that Laplace is checked by; empty where there is none."""
        if self.quadrature is not None:
            return "quadrature"
        return "sampled" if self.sampled is not None and self.sampled.reliable else ""

    @property
    def first(self) -> str:
        """The column of the table that holds Laplace's maximum, or the exact one."""
        return "Laplace" if self.laplace.approximate else "maximum"

    @property
    def best(self) -> MaximumLikelihood:
        """The fit whose verdict and standard errors stand for the likelihood."""
        return self.quadrature or self.laplace

    @property
    def estimates(self) -> Array:
        """The maximum least approximated."""
        if self.finer == "sampled" and self.sampled is not None:
            return self.sampled.estimates
        return self.best.estimates

    @property
    def unmeasured(self) -> bool:
        """Whether Laplace's approximation has an error that nothing here measures."""
        return self.laplace.approximate and not self.finer


def find_sides(design: Design, quadrature: int | None, seed: int) -> Sides:
    """Maximise a likelihood by all means that it has.

    Parameters
    ----------
    design : Design
    quadrature : int, optional
        Nodes in each direction; where left out as many as suffice, or importance sampling where
        there is no quadrature. 1 leaves both out.
    seed : int
        Of importance sampling.

    Returns
    -------
    Sides

    Raises
    ------
    SpecError
        If the model has no likelihood side, or not that many nodes.
    """
    if quadrature is not None:
        check_number_of_nodes(quadrature)
    laplace = maximum_likelihood(design)
    if not laplace.approximate or quadrature == 1:
        return Sides(laplace, None, None, quadrature is not None)
    if quadrature is not None:
        return Sides(laplace, maximum_likelihood(design, quadrature), None, True)
    if has_quadrature(laplace.problem):
        return Sides(laplace, enough_nodes(laplace), None)
    return Sides(laplace, None, sampled_maximum(laplace, seed) if laplace.converged else None)


def gaps(sides: Sides, spread: Array) -> Array:
    """Distance from Laplace to what it is checked by, in standard errors; 0 where nothing is.

    Parameters
    ----------
    sides : Sides
    spread : array of shape (k,)
        Posterior standard deviations, the unit where the likelihood has no standard error.

    Returns
    -------
    array of shape (k,)
    """
    if not sides.finer:
        return np.zeros(sides.laplace.df)
    return _in_errors(sides, np.abs(sides.laplace.estimates - sides.estimates), spread)


def gap_errors(sides: Sides, spread: Array) -> Array:
    """Monte Carlo errors of `gaps`, whose arguments these are.

    Returns
    -------
    array of shape (k,)
        0 but where the maximum is one of importance sampling.
    """
    if sides.finer != "sampled" or sides.sampled is None:
        return np.zeros(sides.laplace.df)
    return _in_errors(sides, sides.sampled.errors, spread)


def _in_errors(sides: Sides, distance: Array, spread: Array) -> Array:
    """Distances in standard errors; in `spread` where the likelihood has none."""
    errors = sides.best.errors
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(distance / np.where(np.isfinite(errors), errors, spread))
