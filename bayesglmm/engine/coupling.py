"""Information of cells whose linear predictors tell of each other."""

from __future__ import annotations

import numpy as np

from bayesglmm.engine.arrow import Arrow
from bayesglmm.engine.arrow_columns import ArrowColumns
from bayesglmm.families.links import Array


def coupled_information(columns: ArrowColumns, weight: Array) -> Arrow:
    """Sum over cells of ``R' w R``, `R` the rows of a cell's K predictors.

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

    def weighted(values: Array) -> Array:
        apart = values.reshape(len(values), *weight.shape[:2])
        return np.asarray(np.einsum("mjk,pmk->pmj", weight, apart)).reshape(values.shape)

    found = columns.products(columns.turned(weighted))
    return Arrow(_without_negative(found.shaft), found.cross, found.head)


def _without_negative(blocks: Array) -> Array:
    """Symmetric matrices (G, q, q) with their negative eigenvalues taken for 0."""
    if blocks.shape[1] <= 1:
        return np.maximum(blocks, 0.0)
    values, vectors = np.linalg.eigh(blocks)
    return np.asarray((vectors * np.maximum(values, 0.0)[:, None]) @ vectors.swapaxes(1, 2))
