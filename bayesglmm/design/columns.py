"""Columns of numbers from the fixed part of a formula, evaluated by formulae.

formulae evaluates the terms and remembers stateful transforms for new data. It is given ordered
categoricals (it re-sorts unordered ones, which would move the reference level) and a closed
environment (names never come from the caller's frame), and it never sees a bar or reads a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.dependence import Alias, independent
from bayesglmm.design.dialect import describe, environment
from bayesglmm.design.estimable import row_gaps
from bayesglmm.design.memory import remember
from bayesglmm.design.offsets import Offset, offsets_of, total_offset
from bayesglmm.design.parts import Part, carried, column_parts
from bayesglmm.errors import DataError, FormulaError, first_rows
from bayesglmm.families.links import Array
from bayesglmm.spec.formula import read_terms


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
    encoder : object
        formulae's terms and the offsets, with their memory.
    """

    names: tuple[str, ...]
    values: Array
    intercept: bool
    terms: tuple[Term, ...]
    center: Array
    scale: Array
    aliased: tuple[Alias, ...]
    references: Mapping[str, str]
    encoder: Any

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


@dataclass(frozen=True, slots=True, eq=False)
class _Encoder:
    """What gives the same columns and offsets of new data."""

    matrix: Any
    offsets: tuple[Offset, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Encoded:
    """Raw result of evaluating a formula's right-hand side."""

    names: list[str]
    terms: list[tuple[str, str]]
    products: list[tuple[Part, ...]]
    values: Array
    intercept: bool
    offset: Array
    references: dict[str, str]
    encoder: _Encoder


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
    encoded = _evaluate(text, data)
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
    try:
        encoded = _decode(columns.encoder, data, new=True)
    except ValueError as error:  # a level that factor() or C() in the formula has not seen
        raise DataError(f"The new data do not fit the model: {error}") from error
    place = {name: index for index, name in enumerate(encoded.names)}
    values = encoded.values[:, [place[name] for name in columns.names]]
    if check:
        _check_finite(columns.names, values)
    aliases = [(alias.column, alias.parts) for alias in columns.aliased]
    gaps = row_gaps(encoded.names, encoded.values, aliases)
    return np.ascontiguousarray(values), encoded.offset, gaps


def make_numbers(text: str, data: pd.DataFrame) -> Array:
    """Evaluate one numeric expression, such as ``log(y)``.

    Parameters
    ----------
    text : str
    data : pandas.DataFrame

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    FormulaError
        If it is not a single column of numbers.
    """
    encoded = _evaluate(f"0 + {text}", data)
    if encoded.values.shape[1] != 1:
        raise FormulaError(
            f"'{text}' is not a single column of numbers.", fix="Name one numeric column."
        )
    return encoded.values[:, 0]


def _evaluate(text: str, data: pd.DataFrame) -> _Encoded:
    from formulae.matrices import DesignMatrices
    from formulae.transforms import TRANSFORMS

    offsets = offsets_of(text)
    try:
        description = describe(read_terms(text))
        remember(description, TRANSFORMS)
        with np.errstate(all="ignore"):  # what is not finite is reported by row
            matrices = DesignMatrices(description, data, environment())
    except Exception as error:  # formulae raises many kinds, some of them bare
        raise FormulaError(
            f"The term list '{text}' cannot be evaluated: {error}",
            fix="Check that each function gets the kind of column it needs.",
        ) from error
    return _decode(_Encoder(matrices.common, offsets), data, new=False)


def _decode(encoder: _Encoder, data: pd.DataFrame, new: bool) -> _Encoded:
    """Sort formulae's terms into intercept and columns, and add up the offsets."""
    names: list[str] = []
    terms: list[tuple[str, str]] = []
    products: list[tuple[Part, ...]] = []
    blocks: list[Array] = []
    references: dict[str, str] = {}
    intercept = False
    for term in encoder.matrix.terms.values() if encoder.matrix is not None else ():
        if term.kind == "intercept":
            intercept = True
            continue
        with np.errstate(all="ignore"):
            raw = term.eval_new_data(data) if new else term.data
        block = np.asarray(raw, dtype=float).reshape(len(data), -1)
        name = carried(term.name)
        references |= {} if new else _references(term)
        parts = column_parts(term)
        levels = _levels(parts)
        terms.extend((name, level) for level in levels)
        names.extend(f"{name}[{level}]" if level else name for level in levels)
        products.extend(parts)
        blocks.append(block)
    values = np.concatenate(blocks, axis=1) if blocks else np.empty((len(data), 0))
    offset = total_offset(encoder.offsets, data)
    return _Encoded(names, terms, products, values, intercept, offset, references, encoder)


def _references(term: Any) -> dict[str, str]:
    """Level of each factor of a term that has no column: its row of the contrasts is zero."""
    found = {}
    for part in getattr(term, "components", ()):
        contrasts = getattr(part, "contrast_matrix", None)
        if contrasts is not None:
            (zero,) = np.nonzero(~np.any(contrasts.matrix, axis=1))
            if len(zero) == 1:
                found[carried(part.name)] = str(part.levels[zero[0]])
    return found


def is_indicator(values: Array) -> bool:
    """Whether all values are 0 or 1: membership of a level rather than a measurement."""
    return bool(np.isin(values, (0.0, 1.0)).all())


def _levels(products: Sequence[tuple[Part, ...]]) -> list[str]:
    """Coordinates of a term's columns; a single empty one for a plain number."""
    return [", ".join(part.level for part in parts if part.level is not None) for parts in products]


def _group_terms(encoded: _Encoded, kept: Sequence[int]) -> tuple[Term, ...]:
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


def _check_constant(encoded: _Encoded) -> None:
    columns = zip(encoded.names, encoded.products, encoded.values.T, strict=True)
    for name, parts, column in columns:
        single = all(part.level is None for part in parts)
        if encoded.intercept and len(column) and np.ptp(column) == 0 and single:
            raise DataError(
                f"'{name}' is {column[0]:g} in every row used, so it cannot be told from the "
                "intercept. Take it out of the formula."
            )
