"""Which columns others determine, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bayesglmm.design.parts import Part
from bayesglmm.families.links import Array

DEPENDENT = 1e-7
"""A column is a combination of others when this share of its length, or less, is left over.

The tolerance of R's ``lm`` (LINPACK ``dqrls``), but of the length around the mean of the rows in
which it is not 0: seconds since 1970, of all rows or of those of one level, hardly vary beside
their mean, and yet they do.
"""

ROUNDING = 1e-10
"""Share of a column's length around 0 that may be rounding."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A column that others determine.

    Attributes
    ----------
    column : str
    parts : tuple of (float, str)
        ``column = sum of weight * other``; ``"1"`` is the intercept.
    product : tuple of Part
        What the column is the product of.
    """

    column: str
    parts: tuple[tuple[float, str], ...]
    product: tuple[Part, ...] = ()

    @property
    def term(self) -> str:
        """Name of the term that the column is of."""
        return ":".join(part.name for part in self.product)

    def __str__(self) -> str:
        return self.words({})

    def words(self, called: Mapping[str, str]) -> str:
        """The column as a sum of others, under the names that readers see."""
        words = []
        for weight, name in self.parts:
            size = "" if np.isclose(abs(weight), 1) else f"{abs(weight):.3g} × "
            words.append(f"{'-' if weight < 0 else '+'} {size}{called.get(name, name)}")
        column = called.get(self.column, self.column)
        return f"{column} = {' '.join(words).removeprefix('+ ') or '0'}"


def independent_columns(
    names: Sequence[str], values: Array, intercept: bool
) -> tuple[list[int], tuple[Alias, ...]]:
    """Keep, from left to right, each column that those before it do not determine.

    Parameters
    ----------
    names : sequence of str, length p
    values : array of shape (n, p)
    intercept : bool
        Whether a constant stands before them.

    Returns
    -------
    kept : list of int
        Places of the columns kept.
    aliased : tuple of Alias
        The others; their products are not filled in.
    """
    basis: list[Array] = []
    kept: list[int] = []
    aliased: list[Alias] = []
    if intercept:
        basis.append(np.full(len(values), 1 / np.sqrt(len(values))))
    for place, name in enumerate(names):
        column = values[:, place]
        some = column[column != 0]
        spread = np.linalg.norm(some - some.mean()) if len(some) else 0.0
        least = max(DEPENDENT * spread, ROUNDING * np.linalg.norm(column))
        rest = column - column.mean() if intercept else column
        for _ in range(2):  # twice is enough (Parlett 1998, The Symmetric Eigenvalue Problem, 6.9)
            for direction in basis:
                rest = rest - (direction @ rest) * direction
        if np.linalg.norm(rest) <= least:
            aliased.append(
                _alias(name, column, [names[k] for k in kept], values[:, kept], intercept)
            )
        else:
            basis.append(rest / np.linalg.norm(rest))
            kept.append(place)
    return kept, tuple(aliased)


def _alias(
    name: str, column: Array, others: Sequence[str], values: Array, intercept: bool
) -> Alias:
    """The weights of the columns that determine one; numbers are taken from their means."""
    center = values.mean(axis=0) if intercept else np.zeros(values.shape[1])
    scale = np.linalg.norm(values - center, axis=0)
    scaled = (values - center) / scale
    level = float(column.mean()) if intercept else 0.0
    weights = np.linalg.lstsq(scaled, column - level, rcond=None)[0] / scale
    size = max(1.0, float(np.abs(column).max()))
    said = weights * np.abs(values).max(axis=0, initial=0.0)
    constant = float(level - weights @ center)
    found = [(constant, "1")] if intercept and abs(constant) > 1e-6 * size else []
    found += [
        (float(weight), label)
        for weight, label, share in zip(weights, others, said, strict=True)
        if abs(share) > 1e-6 * size
    ]
    return Alias(name, tuple(found))
