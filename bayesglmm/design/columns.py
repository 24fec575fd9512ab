"""Columns of numbers from the fixed part of a formula: their names, scales and dependences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bayesglmm.design.dependence import Alias, independent_columns
from bayesglmm.design.encoding import Encoder, make_encoder
from bayesglmm.design.estimable import row_gaps
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
    def dimension(self) -> str:
        """Name of the dimension that runs over its columns, where it has one."""
        return f"{self.name}_dim"

    @property
    def is_interaction(self) -> bool:
        """Whether its columns are products."""
        return len(self.products[0]) > 1

    @property
    def factor(self) -> str | None:
        """The column of the data whose levels it compares; None for a number or an interaction."""
        return None if self.is_interaction else self.products[0][0].factor


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
        What the graph subtracts: column means with an intercept, zeros without, and where the
        prior of the intercept holds at 0 of the columns.
    scale : array of shape (p,)
        What the graph divides by: the standard deviation of a numeric column, 1 for indicators.
    aliased : tuple of Alias
        Columns that others determine, kept out of `names`.
    references : mapping
        Factor, as written in the formula, to the level that its columns are compared with.
    centred : mapping
        Factor, as written in the formula, whose columns are compared with the mean of its levels
        (``Sum`` coding), to the level that has no column.
    encoder : Encoder
        Gives the same columns, and the offsets, of new rows.
    at_zero : bool
        Whether the prior of the intercept holds where the columns are 0, not at their means.
    """

    names: tuple[str, ...]
    values: Array
    intercept: bool
    terms: tuple[Term, ...]
    center: Array
    scale: Array
    aliased: tuple[Alias, ...]
    references: Mapping[str, str]
    centred: Mapping[str, str]
    encoder: Encoder
    at_zero: bool = False

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
    def averaged(self) -> bool:
        """Whether the prior of the intercept holds at the means of columns."""
        return self.intercept and bool(self.names) and not self.at_zero

    def held(self, at_zero: bool) -> Columns:
        """The columns with the intercept's prior at 0 of them, or at their means."""
        center = self.values.mean(axis=0) if self.intercept and not at_zero else None
        zeros = np.zeros(len(self.names))
        return replace(self, center=zeros if center is None else center, at_zero=at_zero)

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
    encoder = make_encoder(text, data)
    every, names = encoder.columns(data), encoder.names
    _check_finite(names, every)
    _check_constant(encoder, every)
    kept, aliased = independent_columns(names, every, encoder.intercept)
    product_of = dict(zip(names, encoder.products, strict=True))
    values = np.ascontiguousarray(every[:, kept])
    columns = Columns(
        names=tuple(names[place] for place in kept),
        values=values,
        intercept=encoder.intercept,
        terms=_kept_terms(encoder, kept),
        center=values.mean(axis=0) if encoder.intercept else np.zeros(len(kept)),
        scale=_scales(values),
        aliased=tuple(replace(alias, product=product_of[alias.column]) for alias in aliased),
        references=encoder.references,
        centred=encoder.centred,
        encoder=encoder,
    )
    return columns, encoder.offset(data)


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
    every, names = columns.encoder.columns(data), columns.encoder.names
    place = {name: index for index, name in enumerate(names)}
    values = np.ascontiguousarray(every[:, [place[name] for name in columns.names]])
    if check:
        _check_finite(columns.names, values)
    aliases = [(alias.column, alias.parts) for alias in columns.aliased]
    return values, columns.encoder.offset(data), row_gaps(names, every, aliases)


def is_indicator(values: Array) -> bool:
    """Whether all values are 0 or 1: membership of a level rather than a measurement."""
    return bool(np.isin(values, (0.0, 1.0)).all())


def _kept_terms(encoder: Encoder, kept: Sequence[int]) -> tuple[Term, ...]:
    """The terms of an encoder with those of their columns that are kept."""
    found, start = [], 0
    for term in encoder.terms:
        stop = start + len(term.names)
        places = [place - start for place in kept if start <= place < stop]
        levels = tuple(term.levels[place] for place in places)
        columns = tuple(term.names[place] for place in places)
        products = tuple(term.products[place] for place in places)
        if places:
            found.append(Term(term.name, levels if levels[0] else None, columns, products))
        start = stop
    return tuple(found)


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


def _check_constant(encoder: Encoder, values: Array) -> None:
    for name, parts, column in zip(encoder.names, encoder.products, values.T, strict=True):
        single = all(part.level is None for part in parts)
        if encoder.intercept and len(column) and np.ptp(column) == 0 and single:
            raise DataError(
                f"'{name}' is {column[0]:g} in every row used, so it cannot be told from the "
                "intercept. Take it out of the formula."
            )
