"""How far the priors of the coefficients would pull a maximum of the likelihood."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import ChosenPrior
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
    array of shape (k,)
        Of the fit's parameters, link scale, user's units; NaN for all but fixed effects, and where
        the likelihood has no width.
    """
    found = np.full(fit.df, np.nan)
    places = [place for place, item in enumerate(fit.parameters) if item.role == "fixed"]
    covariance = fit.covariance[np.ix_(places, places)]
    if not np.all(np.isfinite(covariance)):
        return found
    precision = np.linalg.inv(covariance)
    right = precision @ fit.estimates[places]
    for place, weights in zip(places, _held(fit, places), strict=True):
        label = fit.labels[place]
        prior = priors[label].prior if label in priors else None
        if prior is None or prior.name != "Normal":
            continue
        given = dict(prior.arguments)
        weight = 1 / given["sigma"] ** 2
        precision = precision + weight * np.outer(weights, weights)
        right = right + weight * given["mu"] * weights
    found[places] = np.linalg.solve(precision, right)
    return found


def _held(fit: MaximumLikelihood, places: list[int]) -> Array:
    """What the prior of each fixed effect is about: sums of fixed effects, a row each."""
    rows = np.eye(len(places))
    for predictor in fit.design.predictors.values():
        intercept = predictor.variable("Intercept")
        centers = zip(predictor.fixed.names, predictor.fixed.center, strict=True)
        center_of = {predictor.variable(name): center for name, center in centers}
        labels = [fit.labels[place] for place in places]
        if intercept in labels:
            held = rows[labels.index(intercept)]
            held += [center_of.get(label, 0.0) for label in labels]
    return rows
