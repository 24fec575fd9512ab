"""The precision of the spherical group effects at their mode: ``H = I + sum L' Z_a' W_ab Z_b L``.

The sum is over the linear predictors a and b that have group effects.
It is an arrow (`engine.arrow`): the effects of the largest factor are its shaft, those of the
others its head. In vectors of all effects the shaft's stand first.
"""

from __future__ import annotations

import numpy as np

from bayesglmm.engine.arrow import FactorisedArrow
from bayesglmm.engine.arrow_columns import ArrowColumns
from bayesglmm.families.links import Array


def factorise(columns: ArrowColumns, weights: Array) -> FactorisedArrow | None:
    """Factorise the precision.

    Parameters
    ----------
    columns : ArrowColumns
        Of each cell, ``L' z``.
    weights : array
        Of its rows; see `problem.pair_weights`.

    Returns
    -------
    FactorisedArrow or None
        None where it is not positive definite.
    """
    try:
        return columns.information(weights).factorise(
            np.eye(columns.shaft.q), np.eye(columns.starts[-1])
        )
    except np.linalg.LinAlgError:
        return None


def solve_effects(precision: FactorisedArrow, right: Array) -> Array:
    """``H`` inverse times a vector of all effects."""
    head, shaft = precision.solve(*_parts(precision, right))
    return np.concatenate([shaft, head])


def reach(columns: ArrowColumns, precision: FactorisedArrow, cells: int, active: int) -> Array:
    """``H`` inverse times the rows of each cell, at that cell's own effects, shape (A, m, R)."""
    _, head, shaft = columns.through(precision)
    both = np.concatenate([shaft, head])
    return np.moveaxis(both.reshape(len(both), cells, -1)[:, :, :active], 0, 2).swapaxes(0, 1)


def root_times(precision: FactorisedArrow, numbers: Array, wider: Array) -> Array:
    """A root of ``H`` inverse times columns of independent numbers, each effect's made wider.

    Parameters
    ----------
    precision : FactorisedArrow
    numbers : array of shape (effects, S)
        Standard normal ones become draws of N(0, ``H`` inverse).
    wider : array of shape (effects,)
        Alike for effects that ``H`` connects.

    Returns
    -------
    array of shape (effects, S)
    """
    of_head, of_shaft = _parts(precision, numbers)
    count, q, _ = precision.shaft_inverse.shape
    own = of_shaft.reshape(count, q, -1)
    shaft = (np.linalg.cholesky(precision.shaft_inverse) @ own).reshape(count * q, -1)
    head = np.linalg.cholesky(precision.head_inverse) @ of_head
    return np.asarray(np.concatenate([shaft - precision.eliminated @ head, head]) * wider[:, None])


def half_log_variances(precision: FactorisedArrow) -> Array:
    """Half the log determinant of ``H`` inverse, spread over the effects, shape (effects,).

    Of the blocks of the largest factor and of the Schur complement of the others; every component
    holds whole blocks, and the Schur complement is block diagonal in the components.
    """
    blocks = np.linalg.cholesky(precision.shaft_inverse)
    shaft = np.log(np.diagonal(blocks, axis1=1, axis2=2)).ravel()
    head = np.log(np.diagonal(np.linalg.cholesky(precision.head_inverse)))
    return np.concatenate([shaft, head])


def _parts(precision: FactorisedArrow, values: Array) -> tuple[Array, Array]:
    """Those of the head and those of the shaft, of a vector or matrix of all effects."""
    first = precision.shaft_inverse.shape[0] * precision.shaft_inverse.shape[1]
    return values[first:], values[:first]
