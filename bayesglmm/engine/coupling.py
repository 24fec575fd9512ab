"""Information of cells whose linear predictors tell of each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bayesglmm.engine.arrow import Arrow
from bayesglmm.engine.arrow_columns import ArrowColumns
from bayesglmm.engine.level_columns import LevelColumns
from bayesglmm.families.links import Array


def coupled_information(columns: ArrowColumns, weight: Array) -> Arrow:
    """Sum over cells of ``R' w R``, `R` the rows of a cell's K predictors.

    With ``w = V diag(d) V'`` that is the information of the rows of ``V' R`` with weights d.

    Parameters
    ----------
    columns : ArrowColumns
        Of m cells, their predictors side by side.
    weight : array of shape (m, K, K)
        Symmetric; need not be positive.

    Returns
    -------
    Arrow
        The blocks of its shaft without their negative eigenvalues: the map takes them for the
        information about the effects of a level, whatever their sds.
    """
    values, vectors = np.linalg.eigh(weight)
    turned = replace(
        columns,
        X=_turned(columns.X, vectors),
        head=tuple(_turned_levels(own, vectors) for own in columns.head),
        shaft=_turned_levels(columns.shaft, vectors),
    )
    found = turned.information(values.ravel())
    return Arrow(_without_negative(found.shaft), found.cross, found.head)


def _turned(rows: Array, vectors: Array) -> Array:
    """Columns (P, m K) of the turned predictors."""
    apart = rows.reshape(len(rows), *vectors.shape[:2])
    return np.asarray(np.einsum("pmk,mkj->pmj", apart, vectors)).reshape(rows.shape)


def _turned_levels(own: LevelColumns, vectors: Array) -> LevelColumns:
    return replace(own, Z=_turned(own.Z, vectors))


def _without_negative(blocks: Array) -> Array:
    """Symmetric matrices (G, q, q) with their negative eigenvalues taken for 0."""
    if blocks.shape[1] == 0:
        return blocks
    values, vectors = np.linalg.eigh(blocks)
    return np.asarray((vectors * np.maximum(values, 0.0)[:, None]) @ vectors.swapaxes(1, 2))
