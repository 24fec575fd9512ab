"""The pilot at some theta: the Gaussian given it, and the evidence bound as theta moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.engine.far_columns import (
    even,
    means_of_far_columns,
    moment_at_means,
    uncorrelated,
    users,
)
from bayesglmm.engine.pilot_gaussian import Conditional, Layout, solve_given
from bayesglmm.engine.pilot_prior import theta_bound
from bayesglmm.engine.shares import (
    Shared,
    from_shares,
    residual_slope,
    shared_effects,
    to_shares,
)
from bayesglmm.families.links import Array

SMALL = 1e-5
"""Step of the differences of the evidence bound."""


@dataclass(frozen=True, eq=False)
class Approximation:
    """The pilot at some theta.

    Attributes
    ----------
    layout : Layout
    means : array of shape (E,)
        Of columns far from 0, for which theta has triangles; else 0.
    shared : array of bool, shape (E,)
        Effects for which theta has shares in the residual variance.
    theta : array of shape (T,)
        With the triangles and the shares.
    given : Conditional
        Coefficients and effects given theta.
    """

    layout: Layout
    means: Array
    shared: Shared
    theta: Array
    given: Conditional

    def moved(self, theta: Array) -> Approximation:
        """The approximation at another theta, solved from here.

        Parameters
        ----------
        theta : array of shape (T,)

        Returns
        -------
        Approximation

        Raises
        ------
        numpy.linalg.LinAlgError
            If there is none: numbers run away.
        """
        own, _ = self._users(theta)
        return replace(self, theta=theta, given=solve_given(self.layout, own, self.given))

    def improved(self) -> Approximation:
        """After a step of EM: sds at their expected squares, the rest by a cautious step."""
        coordinates, theta = self.coordinates, self.users
        for number, factor in enumerate(coordinates.factors):
            first = coordinates.first_effect(number)
            moment = moment_at_means(coordinates, self.means, number, self.given.moments[number])
            squares = np.diagonal(moment) / factor.levels
            theta[first : first + factor.q] = 0.5 * np.log(np.maximum(squares, 1e-8))
        if coordinates.scalar:
            rows = self.layout.target.cells.rows
            theta[-1] += np.clip(2 * self.slope[-1] / rows, -1.0, 1.0)
        return self.moved(to_shares(self.shared, uncorrelated(coordinates, self.means, theta)))

    @cached_property
    def slope(self) -> Array:
        """Slope of the evidence bound with respect to theta, coefficients held, shape (T,)."""
        theta, slope = self.theta, np.zeros(len(self.theta))
        for place in range(len(theta)):
            step = np.zeros(len(theta))
            step[place] = SMALL
            slope[place] = (self._bound(theta + step) - self._bound(theta - step)) / (2 * SMALL)
        if self.coordinates.scalar:
            slope += self.given.scalar_slope * residual_slope(self.shared, theta)
        return slope

    @property
    def coordinates(self) -> Coordinates:
        """What stands where in theta."""
        return self.layout.target.coordinates

    @property
    def users(self) -> Array:
        """Theta of the user's columns."""
        return self._users(self.theta)[0]

    @property
    def even_triangles(self) -> Array:
        """Theta with triangles whose other two sides are alike and at a right angle."""
        return even(self.coordinates, self.means, self.theta)

    def _users(self, theta: Array) -> tuple[Array, float]:
        """Theta of the user's columns, and the log determinant of the step to it."""
        return users(self.coordinates, self.means, from_shares(self.shared, theta))

    def _bound(self, theta: Array) -> float:
        """What of the bound depends on theta, the likelihood of its scalar parameter aside."""
        own, log_determinant = self._users(theta)
        return theta_bound(self.coordinates, own, self.given.moments) + log_determinant


def first_approximation(layout: Layout, sds: Array, *, triangles: bool) -> Approximation:
    """The approximation to start from.

    Parameters
    ----------
    layout : Layout
    sds : array of shape (T,)
        Theta of effects that are not correlated where columns are at their means.
    triangles : bool
        Whether theta has them for columns far from 0.

    Returns
    -------
    Approximation
    """
    coordinates = layout.target.coordinates
    means = means_of_far_columns(coordinates) * triangles
    shared = shared_effects(coordinates, layout.target.cells.rows) & layout.target.likelihood.error
    theta = uncorrelated(coordinates, means, sds)
    given = solve_given(layout, users(coordinates, means, theta)[0], None)
    return Approximation(layout, means, shared, to_shares(shared, theta), given)
