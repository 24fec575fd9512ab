"""Log priors of theta and the fixed effects, at one position."""

from __future__ import annotations

import numpy as np

from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.engine.kernel.log_priors import log_prior, prior_row
from bayesglmm.engine.pilot_prior import coefficient_prior
from bayesglmm.families.links import Array


def log_prior_of_theta(coordinates: Coordinates, theta: Array) -> float:
    """Of log sds and the log of the parameter beside the mean, Jacobian included.

    Parameters
    ----------
    coordinates : Coordinates
        Of effects that are not correlated.
    theta : array of shape (T,)

    Returns
    -------
    float
        Constants left out; see `log_prior_constant`.
    """
    value = 0.0
    for prior, number in zip(coordinates.priors[coordinates.fixed :], theta, strict=True):
        value += log_prior(prior_row(prior)[0], float(np.exp(number)))[0] + float(number)
    return value


def log_prior_of_fixed(coordinates: Coordinates, fixed: Array) -> float:
    """Of the fixed effects, shape (P,), on the sampler's scale; constants left out."""
    every = zip(coordinates.priors, coordinates.links, fixed, strict=False)
    return float(sum(coefficient_prior(*one)[0] for one in every))


def log_prior_constant(coordinates: Coordinates) -> float:
    """Log normalising constants of all priors of theta and the fixed effects."""
    return float(sum(prior_row(prior)[1] for prior in coordinates.priors))
