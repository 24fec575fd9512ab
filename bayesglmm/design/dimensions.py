"""The dimensions of a model's arrays: what they are called, and their labels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor

OBSERVATION = "__obs__"
"""Name of the dimension that runs over the rows used."""


type Dimensions = dict[str, tuple[str, ...] | NDArray[Any]]
"""Dimension name to labels."""


def dimensions(design: Design) -> Dimensions:
    """Named dimensions of a model, each with its labels.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Dimension name to labels. Names follow bambi: ``__obs__``, ``county__factor_dim``,
        ``edu_dim``.
    """
    observation: Dimensions = {OBSERVATION: np.asarray(design.positions)}
    return observation | coefficient_dimensions(design.predictors.values())


def coefficient_dimensions(predictors: Iterable[Predictor]) -> Dimensions:
    """The dimensions that coefficients and group effects run over.

    Parameters
    ----------
    predictors : iterable of Predictor

    Returns
    -------
    dict
        Dimension name to labels.
    """
    found: Dimensions = {}
    for predictor in predictors:
        fixed = predictor.fixed
        if fixed.names:
            found[predictor.variable("X_dim")] = fixed.names
        for term in fixed.terms:
            if term.levels is not None:
                found[predictor.variable(term.dimension)] = term.levels
        for group in predictor.groups:
            found[group.dimension] = group.levels
            if group.expression:
                found[group.expression] = group.columns
            if len(group.block.columns) > 1:
                found[group.block.expression] = group.block.columns
    return found
