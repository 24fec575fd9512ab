"""The encoder of a sum of terms: plain data that gives its columns and offsets of any rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from bayesglmm.design.encoding.encoders import (
    FactorEncoder,
    NumberEncoder,
    PartEncoder,
    make_part,
    with_full,
)
from bayesglmm.design.encoding.full_rank import TermNames, full_rank
from bayesglmm.design.encoding.kinds import check_kinds
from bayesglmm.design.encoding.offsets import Offset, make_offsets, total_offset
from bayesglmm.design.parts import Part, carried
from bayesglmm.errors import FormulaError, unknown
from bayesglmm.families.links import Array
from bayesglmm.spec.algebra import expand
from bayesglmm.spec.expression import Node, columns_of
from bayesglmm.spec.formula import read_expression, read_terms
from bayesglmm.spec.naming import name_of


@dataclass(frozen=True, slots=True)
class TermEncoder:
    """A term: the products of its parts' columns, those of the last part running fastest."""

    parts: tuple[PartEncoder, ...]

    @property
    def name(self) -> str:
        """Such as ``"trt:period"``."""
        return ":".join(part.name for part in self.parts)

    @property
    def products(self) -> tuple[tuple[Part, ...], ...]:
        """What each of its columns is the product of."""
        return tuple(product(*(part.parts for part in self.parts)))

    @property
    def levels(self) -> tuple[str, ...]:
        """Coordinate of each of its columns; a single empty one for a plain number."""
        return tuple(
            ", ".join(part.level for part in parts if part.level is not None)
            for parts in self.products
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Full names of its columns, such as ``"trt:period[active, 2]"``."""
        return tuple(f"{self.name}[{level}]" if level else self.name for level in self.levels)

    def columns(self, data: pd.DataFrame) -> Array:
        """Values of its columns, shape (n, number of columns)."""
        values = np.ones((len(data), 1))
        for part in self.parts:
            values = (values[:, :, None] * part.columns(data)[:, None, :]).reshape(len(data), -1)
        return values


@dataclass(frozen=True, slots=True)
class Encoder:
    """A sum of terms, with what its functions learnt from the rows that it was made of.

    Attributes
    ----------
    intercept : bool
    terms : tuple of TermEncoder
        The intercept left out.
    offsets : tuple of Offset
    """

    intercept: bool
    terms: tuple[TermEncoder, ...]
    offsets: tuple[Offset, ...]

    @property
    def names(self) -> list[str]:
        """Names of all columns, in order."""
        return [name for term in self.terms for name in term.names]

    @property
    def products(self) -> list[tuple[Part, ...]]:
        """What each column is the product of."""
        return [parts for term in self.terms for parts in term.products]

    @property
    def references(self) -> dict[str, str]:
        """Each factor that has a reference level, with it."""
        return {f.name: f.reference for f in self.factors if f.reference is not None}

    @property
    def centred(self) -> dict[str, str]:
        """Each factor whose levels are compared with their mean, with the one left out."""
        return {f.name: f.left_out for f in self.factors if f.left_out is not None}

    @property
    def factors(self) -> list[FactorEncoder]:
        """The factors of all terms, in order."""
        parts = [part for term in self.terms for part in term.parts]
        return [part for part in parts if isinstance(part, FactorEncoder)]

    def columns(self, data: pd.DataFrame) -> Array:
        """Values of all columns.

        Parameters
        ----------
        data : pandas.DataFrame
            n rows.

        Returns
        -------
        array of shape (n, number of columns)

        Raises
        ------
        DataError
            If a row has a level that the first rows had not.
        """
        with np.errstate(all="ignore"):  # products of what is not finite
            blocks = [term.columns(data) for term in self.terms]
        return np.concatenate(blocks, axis=1) if blocks else np.empty((len(data), 0))

    def offset(self, data: pd.DataFrame) -> Array:
        """Sum of the offsets; see `total_offset`."""
        return total_offset(self.offsets, data)


def make_encoder(text: str, data: pd.DataFrame) -> Encoder:
    """Learn a sum of terms from some rows.

    Parameters
    ----------
    text : str
        Such as ``"sex * age + offset(log(pop))"``; an intercept is added to it, which ``0`` or
        ``-1`` takes away.
    data : pandas.DataFrame
        n rows, factors as ordered categoricals.

    Returns
    -------
    Encoder

    Raises
    ------
    FormulaError
        If a term cannot be evaluated.
    DataError
        If an offset is text.
    """
    node = read_terms(text)
    for name in columns_of(node):
        if name not in data:  # names never come from anywhere else
            raise FormulaError(unknown("column", name, map(str, data.columns)), text)
    check_kinds(node, data, text)
    offsets = make_offsets(node, data, text)
    intercept, terms = _make_terms(node, data, text)
    return Encoder(intercept, terms, offsets)


def evaluate_numbers(text: str, data: pd.DataFrame) -> Array:
    """Evaluate one numeric expression, such as ``log(y)``.

    Parameters
    ----------
    text : str
    data : pandas.DataFrame
        n rows.

    Returns
    -------
    array of shape (n,)

    Raises
    ------
    FormulaError
        If it is not a single column of numbers.
    """
    node = read_expression(text)
    check_kinds(node, data, text)
    part = make_part(node, data, text)
    if not isinstance(part, NumberEncoder) or part.width != 1:
        raise FormulaError(
            f"'{text}' is not a single column of numbers.", fix="Name one numeric column."
        )
    return part.columns(data)[:, 0]


def _make_terms(node: Node, data: pd.DataFrame, text: str) -> tuple[bool, tuple[TermEncoder, ...]]:
    """Whether there is an intercept, and the terms with the columns that each needs."""
    known: dict[str, PartEncoder] = {}
    terms: list[TermNames] = []
    for nodes in expand(node):
        names = tuple(carried(name_of(part)) for part in nodes)
        for name, part in zip(names, nodes, strict=True):
            known[name] = known.get(name) or make_part(part, data, text)
        factors = (name for name in names if isinstance(known[name], FactorEncoder))
        terms.append(TermNames(names, frozenset(factors)))
    encoders = tuple(
        TermEncoder(tuple(with_full(known[name], full.get(name, False)) for name in term.names))
        for term, full in full_rank(terms)
        if term.names
    )
    return any(not term.names for term in terms), encoders
