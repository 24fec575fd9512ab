"""A data set of a model's own: parameters from the priors, responses from the parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import DataError, SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors
from bayesglmm.posterior.priors.predictive import prior_draws


def check_drawable(design: Design) -> None:
    """Refuse a design whose responses no distribution draws.

    Parameters
    ----------
    design : Design

    Raises
    ------
    SpecError
        With survey weights, or with censored responses.
    """
    if design.spec.survey_weights is not None:
        raise SpecError(
            "Survey weights multiply log densities, so no distribution draws such responses and "
            "there is nothing to calibrate. Calibrate the model without survey_weights=."
        )
    if design.spec.formula.censoring is not None:
        raise SpecError(
            f"'{design.spec.formula.response}' cannot be simulated: where the responses that were "
            "seen would have been censored is not in the data. Calibrate "
            f"'{design.spec.formula.response_name} ~ ...', without censoring."
        )


def draw_truth(
    design: Design, priors: Priors, rng: np.random.Generator
) -> tuple[Posterior, Design]:
    """Draw parameters and group effects from the priors, and responses from these.

    Parameters
    ----------
    design : Design
        Of the model; `check_drawable` passed.
    priors : mapping
        From `choose_priors`; all proper.
    rng : numpy.random.Generator

    Returns
    -------
    truth : Posterior
        One draw, at the rows of the new design.
    design : Design
        The same rows with other responses.

    Raises
    ------
    DataError
        If a response that was drawn is none that the family allows, such as a proportion that
        rounds to 1.
    """
    drawn = prior_draws(design, priors, 1, int(rng.integers(2**32)))
    with np.errstate(over="ignore", invalid="ignore"):  # a wide prior may mean more than can be
        y = _responses(design, drawn, rng)
    simulated = with_responses(design, y)
    return Posterior(simulated, drawn), simulated


def _responses(design: Design, drawn: Draws, rng: np.random.Generator) -> Array:
    """One response for each row, shape (n,)."""
    y = Posterior(design, drawn).responses(rng)[0]
    allowed = np.broadcast_to(design.spec.family.support.allows(y, design.rows.trials), y.shape)
    if not allowed.all():
        raise DataError(
            f"A response of {y[~allowed][0]:g} was drawn: in double precision one that the "
            f"{design.spec.family.name} family does not allow."
        )
    return np.asarray(y, dtype=float)


def with_responses(design: Design, y: Array) -> Design:
    """The same rows with other responses.

    Parameters
    ----------
    design : Design
    y : array of shape (n,)

    Returns
    -------
    Design
        Counts of the size that the spec suppresses are known by their bounds only.
    """
    suppression = design.spec.formula.suppression
    if suppression is None:
        return replace(design, rows=replace(design.rows, y=y))
    hidden = (y >= suppression.lower) & (y <= suppression.upper)
    lower = np.where(hidden, suppression.lower, y)
    upper = np.where(hidden, suppression.upper, y) if hidden.any() else None
    return replace(design, rows=replace(design.rows, y=lower, upper=upper))
