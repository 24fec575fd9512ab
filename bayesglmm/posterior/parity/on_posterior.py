"""Whether the posterior lies where the likelihood is largest, and why not.

A cause is named only where it is known: the priors of the coefficients where they would, against a
Gaussian likelihood of this width, explain at least half of the distance (`pull.pulled`). Laplace's
error is no cause where a finer integral has taken it out, and is named as a possible one where
nothing could measure it. What else moves a median away from a peak differs by the parameter.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.posterior.parity.pull import pulled
from bayesglmm.posterior.parity.sides import Sides
from bayesglmm.tables import Table

POSTERIOR = 0.5
"""Posterior standard deviations between maximum and posterior median that are said."""

PRIORS = "The priors pull: against a likelihood of this width they explain most of the distance"
CAUSES = {
    "fixed": "The likelihood is skew, so that its peak is not its middle",
    "sd": (
        "The likelihood of a standard deviation is skew, with its peak below its middle, or the "
        "prior of the spread pulls; a fit with a wider prior tells which"
    ),
    "cor": (
        "Few groups tell little of a correlation: its likelihood is flat and may peak at a bound, "
        "and its prior pulls towards 0"
    ),
    "distributional": "The likelihood of this parameter is skew, or its prior pulls",
}
"""What may move a median away from a peak, by the role of a parameter."""


def on_posterior(sides: Sides, priors: Mapping[str, ChosenPrior], table: Table) -> str:
    """Whether medians lie at the maximum, and why not, cause by cause.

    Parameters
    ----------
    sides : Sides
    priors : mapping
        Parameter name to its prior.
    table : Table
        Of `parity`; its printed numbers are quoted as they stand.

    Returns
    -------
    str
        Empty where there is no maximum.
    """
    if not sides.best.converged:
        return ""
    frame = table.frame
    away = elsewhere(sides, frame["posterior"].to_numpy(), frame["sd"].to_numpy())
    if not away.any():
        return (
            f"The posterior medians lie within {POSTERIOR:g} posterior standard deviations of the "
            f"maximum: the likelihood speaks louder than the priors.{_by_laplace(sides, table)}"
        )
    roles = np.array([item.role for item in sides.best.parameters])
    by_prior = _by_prior(sides, priors, table.frame["posterior"].to_numpy())
    causes = [(away & by_prior, PRIORS)]
    causes += [(away & ~by_prior & (roles == role), why) for role, why in CAUSES.items()]
    found = [
        f"The posterior is elsewhere for {_named(sides, table, chosen)}. {why}."
        for chosen, why in causes
        if chosen.any()
    ]
    return " ".join([*found, *_on_the_integral(sides)])


def elsewhere(sides: Sides, medians: Array, spread: Array) -> NDArray[np.bool_]:
    """Which posterior medians lie so far from the maximum that it is said.

    Parameters
    ----------
    sides : Sides
    medians, spread : array of shape (k,)
        Posterior medians and standard deviations.

    Returns
    -------
    array of bool, shape (k,)
        None where there is no maximum.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.abs(medians - sides.estimates) / spread >= POSTERIOR
    return np.asarray(away & sides.best.converged)


def _by_prior(sides: Sides, priors: Mapping[str, ChosenPrior], medians: Array) -> NDArray[np.bool_]:
    """Whether normal priors explain half of the distance, parameter by parameter."""
    shift = pulled(sides.best, priors) - sides.best.estimates
    return np.asarray(
        np.abs(sides.estimates + shift - medians) <= 0.5 * np.abs(sides.estimates - medians)
    )


def _named(sides: Sides, table: Table, chosen: NDArray[np.bool_]) -> str:
    """Parameters with their maximum and median, as the table prints them."""
    column = sides.finer or sides.first
    return ", ".join(
        f"{row['']} ({row[column]} at the maximum, posterior median {row['posterior']})"
        for _, row in table.printed()[chosen].iterrows()
    )


def _by_laplace(sides: Sides, table: Table) -> str:
    """Where only Laplace's own maximum is away from the posterior: the distance is its error."""
    if not sides.finer:
        return ""
    frame = table.frame
    away = (frame["posterior"] - frame["Laplace"]).abs() >= POSTERIOR * frame["sd"]
    if not away.any():
        return ""
    names = ", ".join(table.printed()[""][away])
    return (
        f" Laplace's maximum lies further away for {names}: that distance is the error of the "
        "approximation, not the priors."
    )


def _on_the_integral(sides: Sides) -> list[str]:
    """Whether Laplace's error may be part of the distance."""
    if sides.unmeasured:
        return ["Part of the distance may be the error of Laplace's approximation, not measured."]
    if sides.finer:
        return ["Laplace's error has no part in these distances: the maximum is free of it."]
    return []
