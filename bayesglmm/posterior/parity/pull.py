"""How far the priors of the coefficients would pull a maximum of the likelihood."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.graph.priors import ChosenPrior
from bayesglmm.likelihood import MaximumLikelihood


def pulled(fit: MaximumLikelihood, priors: Mapping[str, ChosenPrior]) -> Array:
    """Coefficients where a Gaussian likelihood of this width and the normal priors meet.

    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., eq. 14.24: the mean weighted by both
    precisions. The intercept's prior holds at the mean of the columns. Priors that are not normal
    are left out.

    Parameters
    ----------
    fit : MaximumLikelihood
    priors : mapping
        Parameter name to its prior.

    Returns
    -------
    array of shape (p,)
        The fixed effects, link scale, user's units; NaN where the likelihood has no width.
    """
    fixed = fit.design.predictor.fixed
    names = [item.label for item in fit.parameters if item.role == "fixed"]
    estimates, covariance = fit.estimates[: len(names)], fit.covariance[: len(names), : len(names)]
    if not np.all(np.isfinite(covariance)):
        return np.full(len(names), np.nan)
    precision = np.linalg.inv(covariance)
    right = precision @ estimates
    for place, name in enumerate(names):
        prior = priors[name].prior if name in priors else None
        if prior is None or prior.name != "Normal":
            continue
        given = dict(prior.arguments)
        row = np.eye(len(names))[place]
        if name == "Intercept":
            row[1:] = fixed.center
        weight = 1 / given["sigma"] ** 2
        precision = precision + weight * np.outer(row, row)
        right = right + weight * given["mu"] * row
    return np.asarray(np.linalg.solve(precision, right))
