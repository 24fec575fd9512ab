"""Group terms: levels, an integer index, and a small matrix; never a block of dummy columns.

The layout follows MixedModels.jl's `ReMat` (Bates et al.): memory is linear in rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.columns import Columns
from bayesglmm.design.parts import Part
from bayesglmm.families.links import Array

NEW_GROUP = -1
"""Index of a row whose group the model has not seen."""


@dataclass(frozen=True, slots=True)
class EffectBlock:
    """The effects of a factor's levels that have one covariance matrix.

    Those of one group term, or of terms of several predictors that share a name.

    Attributes
    ----------
    name : str
        Such as ``"1+year|county"``, or ``"1+year+sigma_1|county"`` across predictors.
    factor : str
        The grouping factor.
    columns : tuple of str, length q
        Left of the bars; across predictors, those of other parameters than the mean with the
        parameter before them: ``"sigma_1"``.
    effects : tuple of str, length q
        Names of the effects, such as ``("1|county", "year|county", "sigma_1|county")``.
    correlated : bool
        Whether the q effects of a level are correlated.
    """

    name: str
    factor: str
    columns: tuple[str, ...]
    effects: tuple[str, ...]
    correlated: bool

    @property
    def sds(self) -> tuple[str, ...]:
        """Names of their standard deviations, such as ``("1|county_sigma",)``."""
        return tuple(f"{effect}_sigma" for effect in self.effects)

    @property
    def correlation(self) -> str:
        """Name of their correlations."""
        return f"{self.name}_cor"

    @property
    def pairs(self) -> str:
        """Name of the dimension that runs over their correlations."""
        return f"{self.correlation}_dim"

    @property
    def expression(self) -> str:
        """Name of the dimension that runs over the columns, where there are several."""
        return f"{self.name}__expr_dim"

    @property
    def cholesky(self) -> str:
        """Name of the Cholesky factor of their correlation matrix."""
        return f"{self.name}_cholesky"

    @property
    def dimension(self) -> str:
        """Name of the dimension that runs over the levels."""
        return f"{self.factor}__factor_dim"


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """A group term: ``eta_i += sum_j Z[i, j] * u[index[i], j]``.

    Attributes
    ----------
    name : str
        Such as ``"1|county"`` or ``"1+year|county"``.
    factor : str
        Such as ``"county"`` or ``"practice:physician"``.
    factors : tuple of str
        The data columns whose combination names a group.
    columns : tuple of str, length q
        Left of the bar; ``"1"`` for the intercept, which comes first.
    levels : tuple of str, length G
        Groups that occur in the rows used.
    index : array of int32, shape (n,)
        Group of each row; `NEW_GROUP` for a group not in `levels` (new data only).
    labels : array of str, shape (n,)
        Name of each row's group, seen or not.
    Z : array of shape (n, q)
        Values of the columns.
    encoders : tuple of Columns
        Evaluate the left sides on new data: one, or one for each bar that shares a name.
    block : EffectBlock
        The effects among which its own have their covariance matrix.
    first : int
        Place of its first effect there.
    prefix : str
        Before the names of its effects where it is of another parameter than the mean.
    shared : str
        The name that it shares with other terms, ``p`` in ``(1 |p| county)``; else empty.
    """

    name: str
    factor: str
    factors: tuple[str, ...]
    columns: tuple[str, ...]
    levels: tuple[str, ...]
    index: NDArray[np.int32]
    labels: NDArray[Any]
    Z: Array
    encoders: tuple[Columns, ...]
    block: EffectBlock
    first: int = 0
    prefix: str = ""
    shared: str = ""

    @property
    def effects(self) -> tuple[str, ...]:
        """Names of the q effects, such as ``("1|county", "year|county")``."""
        return self.block.effects[self.first : self.first + len(self.columns)]

    @property
    def sds(self) -> tuple[str, ...]:
        """Names of their standard deviations, such as ``("1|county_sigma",)``."""
        return self.block.sds[self.first : self.first + len(self.columns)]

    @property
    def correlated(self) -> bool:
        """Whether its effects are correlated, with one another or with those of other terms."""
        return self.block.correlated

    @property
    def intercept(self) -> bool:
        """Whether the intercept varies; a column of the data may be called ``"1"`` too."""
        return any(encoder.intercept for encoder in self.encoders)

    @property
    def products(self) -> dict[str, tuple[Part, ...]]:
        """What each column left of the bar is the product of, the intercept left out."""
        return {
            column: parts for encoder in self.encoders for column, parts in encoder.products.items()
        }

    @property
    def expression(self) -> str | None:
        """Name of the dimension that runs over the columns; one column has none."""
        return f"{self.name}__expr_dim" if len(self.columns) > 1 else None

    @property
    def dimension(self) -> str:
        """Name of the dimension that runs over the levels."""
        return f"{self.factor}__factor_dim"

    def take(self, rows: NDArray[Any]) -> Group:
        """A copy for some of its rows, an array of int, or of bool of shape (n,)."""
        return replace(self, index=self.index[rows], labels=self.labels[rows], Z=self.Z[rows])

    @property
    def rows_per_level(self) -> NDArray[np.int64]:
        """Number of rows of each group, shape (G,)."""
        seen = self.index[self.index != NEW_GROUP]
        return np.bincount(seen, minlength=len(self.levels))


def by_block(groups: Iterable[Group]) -> dict[EffectBlock, tuple[Group, ...]]:
    """Each block of effects with its terms, in their order.

    Parameters
    ----------
    groups : iterable of Group

    Returns
    -------
    dict
    """
    every = tuple(groups)
    found = dict.fromkeys(group.block for group in every)
    return {block: tuple(group for group in every if group.block == block) for block in found}
