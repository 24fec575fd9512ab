"""Rows moved a little along the slopes of their columns, in all linear predictors of a mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bayesglmm.design.columns import apply_columns
from bayesglmm.design.derivative import derivatives
from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array
from bayesglmm.posterior.estimands.asked import Mean
from bayesglmm.posterior.estimands.estimability import told
from bayesglmm.posterior.estimands.rows import Target

STEP = 1e-4
"""Half the width of the central difference along the columns' own slopes, in their scales: its
error is about (STEP * coefficient * scale)^2 / 6 of the derivative, and rounding adds 1e-12."""


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Rows a little to either side along the slopes of their columns.

    Attributes
    ----------
    low, high : Design
    rate : array of shape (u,)
        By which the difference of the means of each row is to be multiplied.
    known : array of bool, shape (cells,)
        Which slopes the data can tell.
    """

    low: Design
    high: Design
    rate: Array
    known: Array


def move_rows(design: Design, target: Target, name: str, mean: Mean) -> Moved:
    """The rows with their columns moved by `STEP` of their scales, whatever the row's own slope.

    Parameters
    ----------
    design : Design
        The model's own.
    target : Target
        Whose rows are moved.
    name : str
        The number along which.
    mean : Mean
        Of what the slope is wanted.

    Returns
    -------
    Moved
    """
    rows, own = target.design, design.data[name].to_numpy(dtype=float)
    spread = float(own.std()) or max(1.0, abs(float(own[0])))
    several = mean.predictors(rows)
    scale = np.concatenate([_scales(one) for one in several])

    def evaluate(values: Array) -> Array:
        changed = rows.data.assign(**{name: values})
        return np.concatenate([_columns(one, changed) for one in several], axis=1)

    def gaps(values: Array) -> Array:
        changed = rows.data.assign(**{name: values})
        found = [apply_columns(one.fixed, changed, check=False)[2] for one in several]
        return np.concatenate(found, axis=1)

    x = rows.data[name].to_numpy(dtype=float)
    slope, step = derivatives(evaluate, x, spread, scale, name)
    size = np.abs(slope / scale).max(axis=1)
    size[size == 0] = 1.0
    move = STEP * slope / size[:, None]
    low, high = (_shifted(rows, several, sign * move) for sign in (-1, 1))
    linear = mean.is_linear(rows)
    terms = [(-1.0, gaps(x - step)), (1.0, gaps(x + step))]
    terms += [] if linear else [(0.0, mean.gaps(rows))]
    return Moved(low, high, size / (2 * STEP), told(terms, target.averaging, linear))


def _scales(predictor: Predictor) -> Array:
    """Scale of the offset and of each column of a predictor."""
    return np.concatenate([[1.0], *(side.scale for side in predictor.sides)])


def _columns(predictor: Predictor, data: pd.DataFrame) -> Array:
    """Offset and columns of a predictor at other rows, side by side."""
    found = [apply_columns(side, data, check=False) for side in predictor.sides]
    return np.column_stack([found[0][1], *(columns for columns, _, _ in found)])


def _shifted(rows: Design, several: Sequence[Predictor], move: Array) -> Design:
    """A design with the offsets and columns of some predictors moved, side by side in `move`."""
    ends = np.cumsum([len(_scales(one)) for one in several])[:-1]
    for one, part in zip(several, np.split(move, ends, axis=1), strict=True):
        rows = rows.with_predictor(_shifted_predictor(one, part))
    return rows


def _shifted_predictor(old: Predictor, move: Array) -> Predictor:
    """A predictor with its offset, columns, and columns left of bars moved."""
    start, groups = 1 + old.X.shape[1], []
    for group in old.groups:
        width = len(group.columns) - group.intercept
        Z = group.Z.copy()
        Z[:, group.Z.shape[1] - width :] += move[:, start : start + width]
        groups.append(replace(group, Z=Z))
        start += width
    X = old.X + move[:, 1 : 1 + old.X.shape[1]]
    offset = old.offset + move[:, 0]
    return replace(old, X=X, offset=offset, groups=tuple(groups))
