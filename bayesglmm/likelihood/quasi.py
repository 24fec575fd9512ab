"""Standard errors of a quasi-likelihood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesglmm.errors import SpecError
from bayesglmm.likelihood.maximum import Maximum


def quasi[Fit: Maximum](fit: Fit) -> Fit:
    """Standard errors of a quasi-likelihood: scaled by the root of Pearson's dispersion.

    Wedderburn (1974), Biometrika 61(3); McCullagh & Nelder (1989), section 4.5.

    Parameters
    ----------
    fit : Maximum
        Of a Poisson model, or a binomial one of several trials a row, without groups.

    Returns
    -------
    Maximum
        The same estimates.

    Raises
    ------
    SpecError
        If the model has groups, a dispersion parameter of its own, or single trials.
    """
    if fit.problem.factors or len(fit.problem.sides) > 1:
        raise SpecError(
            "Quasi-likelihood is for a Poisson or binomial model without groups. "
            "A negative binomial, or a group term for each row, models the dispersion."
        )
    binary = fit.problem.family.support.successes
    if binary and np.max(np.asarray(fit.design.rows.trials)) <= 1:
        raise SpecError(
            "The variance of a response of 0 or 1 is settled by its mean, so its Pearson "
            "dispersion says nothing of overdispersion and cannot scale standard errors. Use the "
            "plain ones; or sum rows that are alike to successes out of trials, p(y, n) ~ ..., or "
            "add a group term, (1 | g)."
        )
    dispersion = fit.pearson_dispersion
    return replace(fit, covariance=fit.covariance * dispersion, dispersion=dispersion)
