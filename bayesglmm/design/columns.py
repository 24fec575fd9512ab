"""Columns of numbers from the fixed part of a formula: their names, scales and dependences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bayesglmm.design.dependence import Alias, independent
from bayesglmm.design.estimable import row_gaps
from bayesglmm.design.evaluate import Encoded, Encoder, evaluate, evaluate_again
from bayesglmm.design.parts import Part
from bayesglmm.errors import DataError, first_rows
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the fixed part: one number, or one column for each of several levels.

    Attributes
    ----------
    name : str
        Such as ``"trt:period"``; the name of the variable in graph and draws.
    levels : tuple of str or None
        Coordinates of its columns, None where it has a single unnamed one.
    columns : tuple of str
        Full names of its columns, such as ``"period[2]"``.
    products : tuple of tuple of Part
        What each of its columns is the product of.
    """

    name: str
    levels: tuple[str, ...] | None
    columns: tuple[str, ...]
    products: tuple[tuple[Part, ...], ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts of its columns, such as ``("trt", "period")``."""
        return tuple(part.name for part in self.products[0])

    @property
    def is_interaction(self) -> bool:
        """Whether its columns are products."""
        return len(self.products[0]) > 1


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Fixed-effect columns.

    Attributes
    ----------
    names : tuple of str, length p
        Column names, the intercept left out.
    values : array of shape (n, p)
        On the user's scale.
    intercept : bool
        Whether the model has one.
    terms : tuple of Term
        How the columns group into terms.
    center : array of shape (p,)
        What the graph subtracts: column means with an intercept, zeros without.
    scale : array of shape (p,)
        What the graph divides by: the standard deviation of a numeric column, 1 for indicators.
    aliased : tuple of Alias
        Columns that others determine, kept out of `names`.
    references : mapping
        Factor, as written in the formula, to the level that its columns are compared with.
    encoder : Encoder or None
        formulae's terms and the offsets, with their memory; None where no new rows can come.
    """

    names: tuple[str, ...]
    values: Array
    intercept: bool
    terms: tuple[Term, ...]
    center: Array
    scale: Array
    aliased: tuple[Alias, ...]
    references: Mapping[str, str]
    encoder: Encoder | None

    @property
    def products(self) -> dict[str, tuple[Part, ...]]:
        """What each column is the product of, those that others determine included."""
        kept = {
            column: parts
            for term in self.terms
            for column, parts in zip(term.columns, term.products, strict=True)
        }
        return kept | {alias.column: alias.product for alias in self.aliased}

    @property
    def entangled(self) -> set[str]:
        """Coefficients that hang on which dependent column was left out, the intercept included.

        Those that a left-out column is a combination of: only functions that are orthogonal to
        these combinations are estimable.
        """
        names = {name for alias in self.aliased for _, name in alias.parts}
        return {"Intercept" if name == "1" else name for name in names}

    @property
    def level_columns(self) -> tuple[str, ...]:
        """Columns that stand for a level itself: without an intercept, every row is in one."""
        if self.intercept:
            return ()
        place = {name: index for index, name in enumerate(self.names)}
        for term in self.terms:
            block = self.values[:, [place[name] for name in term.columns]]
            if is_indicator(block) and (block.sum(axis=1) == 1).all():
                return term.columns
        return ()


def make_columns(text: str, data: pd.DataFrame) -> tuple[Columns, Array]:
    """Evaluate the fixed part of a formula.

    Parameters
    ----------
    text : str
        Such as ``"sex * age + offset(log(pop))"``.
    data : pandas.DataFrame
        n rows, factors as ordered categoricals.

    Returns
    -------
    columns : Columns
    offset : array of shape (n,)
        Sum of the formula's ``offset()`` terms, link scale.

    Raises
    ------
    FormulaError
        If a term cannot be evaluated.
    DataError
        If a column is constant or not finite.
    """
    encoded = evaluate(text, data)
    _check_finite(encoded.names, encoded.values)
    _check_constant(encoded)
    kept, aliased = independent(encoded.names, encoded.values, encoded.intercept)
    product_of = dict(zip(encoded.names, encoded.products, strict=True))
    values = np.ascontiguousarray(encoded.values[:, kept])
    names = tuple(encoded.names[place] for place in kept)
    columns = Columns(
        names=names,
        values=values,
        intercept=encoded.intercept,
        terms=_group_terms(encoded, kept),
        center=values.mean(axis=0) if encoded.intercept else np.zeros(len(names)),
        scale=_scales(values),
        aliased=tuple(replace(alias, product=product_of[alias.column]) for alias in aliased),
        references=encoded.references,
        encoder=encoded.encoder,
    )
    return columns, encoded.offset


def apply_columns(
    columns: Columns, data: pd.DataFrame, check: bool = True
) -> tuple[Array, Array, Array]:
    """Evaluate the same columns on new data, with the transforms as they were learnt.

    Parameters
    ----------
    columns : Columns
    data : pandas.DataFrame
        m rows.
    check : bool
        Whether columns must be finite.

    Returns
    -------
    values : array of shape (m, p)
    offset : array of shape (m,)
    gaps : array of shape (m, number of aliased columns)
        See `bayesglmm.design.estimable.row_gaps`.

    Raises
    ------
    DataError
        If a column is not finite.
    """
    assert columns.encoder is not None  # only a design on its way to another process has none
    try:
        encoded = evaluate_again(columns.encoder, data)
    except ValueError as error:  # a level that factor() or C() in the formula has not seen
        raise DataError(f"The new data do not fit the model: {error}") from error
    place = {name: index for index, name in enumerate(encoded.names)}
    values = encoded.values[:, [place[name] for name in columns.names]]
    if check:
        _check_finite(columns.names, values)
    aliases = [(alias.column, alias.parts) for alias in columns.aliased]
    gaps = row_gaps(encoded.names, encoded.values, aliases)
    return np.ascontiguousarray(values), encoded.offset, gaps


def is_indicator(values: Array) -> bool:
    """Whether all values are 0 or 1: membership of a level rather than a measurement."""
    return bool(np.isin(values, (0.0, 1.0)).all())


def _group_terms(encoded: Encoded, kept: Sequence[int]) -> tuple[Term, ...]:
    grouped: dict[str, list[int]] = {}
    for place in kept:
        grouped.setdefault(encoded.terms[place][0], []).append(place)
    return tuple(
        Term(
            name,
            tuple(encoded.terms[k][1] for k in places) if encoded.terms[places[0]][1] else None,
            tuple(encoded.names[k] for k in places),
            tuple(encoded.products[k] for k in places),
        )
        for name, places in grouped.items()
    )


def _scales(values: Array) -> Array:
    scales = np.ones(values.shape[1])
    for place, column in enumerate(values.T):
        if not is_indicator(column):
            scales[place] = column.std()
    return scales


def _check_finite(names: Sequence[str], values: Array) -> None:
    for name, column in zip(names, values.T, strict=True):
        bad = np.flatnonzero(~np.isfinite(column))
        if len(bad):
            raise DataError(
                f"'{name}' is not finite in {first_rows(bad)} of the rows used. "
                "Check what goes into it: log() of a zero, or a division by zero."
            )


def _check_constant(encoded: Encoded) -> None:
    columns = zip(encoded.names, encoded.products, encoded.values.T, strict=True)
    for name, parts, column in columns:
        single = all(part.level is None for part in parts)
        if encoded.intercept and len(column) and np.ptp(column) == 0 and single:
            raise DataError(
                f"'{name}' is {column[0]:g} in every row used, so it cannot be told from the "
                "intercept. Take it out of the formula."
            )
