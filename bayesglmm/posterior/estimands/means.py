"""Means of rows in each draw: at a typical group, for the row's own groups, or over new groups.

Summed over terms, ``Z_i u`` of a new group is normal with variance ``sum_k z_ik' Sigma_k z_ik``, so
that a marginal mean is a one-dimensional integral however many terms there are; the link has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.arguments import check_exposure, check_word
from bayesglmm.posterior.estimands.rows import Target
from bayesglmm.posterior.group_effects import ALL_ROWS, SomeRows
from bayesglmm.posterior.notes import may_be_negative
from bayesglmm.posterior.posterior import Posterior

type Effects = Literal["typical", "observed", "integrate"]
type Scale = Literal["response", "link"]

EFFECTS = ("typical", "observed", "integrate")


class AverageOptions(TypedDict, total=False):
    """Options of `predictions`, `comparisons` and `slopes` that do not differ between them."""

    exposure: float | None
    re: Effects
    weights: str | None
    parameter: str | None
    mass: float


@dataclass(frozen=True, slots=True)
class Mean:
    """Which mean of a row is meant.

    Attributes
    ----------
    effects : str
        ``"typical"`` (group effects at zero), ``"observed"`` (each row's own groups, unseen ones
        drawn from the population) or ``"integrate"`` (over new groups).
    scale : str
        ``"response"`` or ``"link"``.
    unit : float
        Exposure of every row; 1 for a model without.
    words : str
        What it is, such as ``"rate per 100,000 births"``.
    parameter : str
        The parameter of the family: its mean, or another, of which this is the expected value.
    """

    effects: Effects
    scale: Scale
    unit: float
    words: str
    parameter: str

    def predictor(self, design: Design) -> Predictor:
        """The linear predictor that it is made of."""
        return design.predictors[self.parameter]


def make_mean(
    design: Design,
    effects: Effects,
    scale: Scale = "response",
    exposure: float | None = None,
    parameter: str | None = None,
) -> Mean:
    """Say which mean is meant, and check that the model has it.

    Parameters
    ----------
    design : Design
        The model's own.
    effects : str
        The ``re=`` of the public calls.
    scale : str
    exposure : float, optional
        Of every row; the spec's `per` where left out.
    parameter : str, optional
        Another parameter of the family, such as ``"sigma"``.

    Returns
    -------
    Mean

    Raises
    ------
    SpecError
        If a word is unknown or the exposure cannot be used.
    """
    spec = design.spec
    check_word("re", effects, EFFECTS)
    check_word("scale", scale, ("response", "link"))
    own = spec.family.mean.name
    if parameter not in (None, own):
        return _other_mean(design, effects, scale, exposure, str(parameter))
    check_exposure(exposure, spec.exposure is not None)
    if scale == "link":
        words = f"linear predictor ({spec.link.scale} scale)"
        words += ", exposure left out" if spec.exposure else ""
        return Mean(effects, scale, 1.0, words, own)
    if spec.exposure is None:
        return Mean(effects, scale, 1.0, spec.family.support.mean, own)
    if exposure is None:
        words = f"rate {spec.per_words}"
        return Mean(effects, scale, spec.per, words, own)
    words = f"expected count at {float(exposure):,g} {spec.exposure_name}"
    return Mean(effects, scale, float(exposure), words, own)


def _other_mean(
    design: Design, effects: Effects, scale: Scale, exposure: float | None, parameter: str
) -> Mean:
    """A parameter of the family beside the mean, in place of it."""
    check_word("parameter", parameter, tuple(design.predictors))
    if exposure is not None:
        raise SpecError(f"exposure= is of the mean, not of {parameter}. Leave it out.")
    predictor = design.predictors[parameter]
    words = f"{parameter}, the {predictor.parameter.short}"
    if scale == "link":
        words = f"linear predictor of {parameter} ({predictor.link.scale} scale)"
    return Mean(effects, scale, 1.0, words, parameter)


"""The mean of a response without exposure, by support."""


def target_means(
    target: Target, sides: Sequence[Posterior], mean: Mean
) -> Iterator[tuple[Array, ...]]:
    """Means of the cells of a target in each draw.

    Parameters
    ----------
    target : Target
    sides : sequence of Posterior
        At the distinct rows of the target, each with other values of a column.
    mean : Mean

    Yields
    ------
    tuple of arrays of shape (S, cells), one for each side
        A stretch of cells at a time. An average is over rows within the draw. All sides meet the
        same unseen groups.
    """

    def evaluate(rows: SomeRows) -> tuple[Array, ...]:
        return tuple(row_means(side, mean, rows) for side in sides)

    if target.averaging is None:
        yield from map(evaluate, sides[0].blocks())
    else:
        yield from target.averaging.means(evaluate, sides[0].size)


def shares_below_zero(target: Target, sides: Sequence[Posterior], mean: Mean) -> Array:
    """For each line of a target the share of draws in which a mean of a count is below 0.

    Parameters
    ----------
    target : Target
    sides : sequence of Posterior
        As for `target_means`; the largest of their shares is taken.
    mean : Mean

    Returns
    -------
    array of shape (lines,)
        0 where the link prevents it, and on the link scale.
    """
    other = mean.parameter != target.design.spec.family.mean.name
    if other or mean.scale == "link" or not may_be_negative(target.design):
        return np.zeros(len(target.lines))
    parts = [
        np.max([(values < 0).mean(axis=0) for values in found], axis=0)
        for found in target_means(target, sides, mean)
    ]
    return np.asarray(np.concatenate(parts)[target.cell])


def row_means(posterior: Posterior, mean: Mean, rows: SomeRows = ALL_ROWS) -> Array:
    """Mean of each row in each draw.

    Parameters
    ----------
    posterior : Posterior
    mean : Mean
    rows : slice or array of int

    Returns
    -------
    array of shape (S, rows)
    """
    predictor = mean.predictor(posterior.design)
    link = predictor.link
    if predictor.is_number:
        value = posterior.draws.flat(mean.parameter)
        shown = link.forward(value) if mean.scale == "link" else value
        return np.asarray(np.broadcast_to(shown, (posterior.size, len(predictor.offset[rows]))))
    effects = None if mean.effects == "observed" else ()
    eta = posterior.eta(rows, effects=effects, parameter=mean.parameter)
    if mean.scale == "link":
        return eta
    if mean.effects == "integrate" and predictor.groups:
        variance = posterior.row_variance(predictor.groups, rows)
        return np.asarray(mean.unit * link.marginal(eta, variance))
    return np.asarray(mean.unit * link.inverse(eta))
