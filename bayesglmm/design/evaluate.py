"""The terms of a formula as numbers, evaluated by formulae.

formulae evaluates the terms and remembers stateful transforms for new data. It is given ordered
categoricals (it re-sorts unordered ones, which would move the reference level) and a closed
environment (names never come from the caller's frame), and it never sees a bar or reads a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.dialect import arithmetic, describe, environment
from bayesglmm.design.kinds import check_kinds
from bayesglmm.design.memory import UnfitError, remember
from bayesglmm.design.offsets import Offset, offsets_of, total_offset
from bayesglmm.design.parts import Part, carried, column_parts
from bayesglmm.errors import FormulaError
from bayesglmm.families.links import Array
from bayesglmm.spec.expression import Node, calls_of
from bayesglmm.spec.formula import read_expression, read_terms


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """What gives the same columns and offsets of new data.

    Attributes
    ----------
    matrix : object or None
        formulae's terms with their memory; None where there are none.
    offsets : tuple of Offset
    """

    matrix: Any
    offsets: tuple[Offset, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """The terms of a formula, evaluated on some rows.

    Attributes
    ----------
    names : list of str, length p
        Of the columns, the intercept left out.
    terms : list of (str, str)
        Term and coordinate of each column.
    products : list of tuple of Part
        What each column is the product of.
    values : array of shape (n, p)
    intercept : bool
    offset : array of shape (n,)
    references : dict
        Factor to its reference level.
    encoder : Encoder
    """

    names: list[str]
    terms: list[tuple[str, str]]
    products: list[tuple[Part, ...]]
    values: Array
    intercept: bool
    offset: Array
    references: dict[str, str]
    encoder: Encoder


def evaluate(text: str, data: pd.DataFrame) -> Encoded:
    """Evaluate a sum of terms, and learn what its functions remember.

    Parameters
    ----------
    text : str
        Such as ``"sex * age + offset(log(pop))"``.
    data : pandas.DataFrame
        n rows, factors as ordered categoricals.

    Returns
    -------
    Encoded

    Raises
    ------
    FormulaError
        If a term cannot be evaluated.
    """
    from formulae.matrices import DesignMatrices
    from formulae.transforms import TRANSFORMS

    offsets, node = offsets_of(text), read_terms(text)
    check_kinds(node, data, text)
    try:
        description = describe(node)
        remember(description, TRANSFORMS)
        with np.errstate(all="ignore"):  # what is not finite is reported by row
            matrices = DesignMatrices(description, data, environment())
    except Exception as error:  # formulae raises many kinds, some of them bare
        raise _refusal(node, data, text, error) from error
    return _sorted(Encoder(matrices.common, offsets), data, new=False)


def evaluate_again(encoder: Encoder, data: pd.DataFrame) -> Encoded:
    """Evaluate the same terms on new data, with what their functions learnt.

    Parameters
    ----------
    encoder : Encoder
    data : pandas.DataFrame
        m rows.

    Returns
    -------
    Encoded
    """
    return _sorted(encoder, data, new=True)


def evaluate_numbers(text: str, data: pd.DataFrame) -> Array:
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
    node = read_expression(text)
    check_kinds(node, data, text)
    try:
        with np.errstate(all="ignore"):
            found = arithmetic(node).eval(data, environment())
    except Exception as error:
        raise _refusal(node, data, text, error) from error
    if isinstance(getattr(found, "dtype", None), np.dtype):
        values = np.asarray(found, dtype=float)
        if values.shape == (len(data),):
            return values
    raise FormulaError(
        f"'{text}' is not a single column of numbers.", fix="Name one numeric column."
    )


def _refusal(node: Node, data: pd.DataFrame, text: str, error: Exception) -> FormulaError:
    """What cannot be evaluated, with the caret at the innermost function that is to blame."""
    for call in reversed(calls_of(node)):
        try:
            with np.errstate(all="ignore"):
                arithmetic(call).eval(data, environment())
        except UnfitError as culprit:
            return FormulaError(culprit.message, text, call.first.start, culprit.fix)
        except Exception as culprit:  # as bare as the first
            return FormulaError(
                f"{call.function.text}() cannot be evaluated: {culprit}.",
                text,
                call.first.start,
                "Check that it gets the kind of column it needs.",
            )
    return FormulaError(f"'{text}' cannot be evaluated: {error}.")


def _sorted(encoder: Encoder, data: pd.DataFrame, new: bool) -> Encoded:
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
    return Encoded(names, terms, products, values, intercept, offset, references, encoder)


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


def _levels(products: Sequence[tuple[Part, ...]]) -> list[str]:
    """Coordinates of a term's columns; a single empty one for a plain number."""
    return [", ".join(part.level for part in parts if part.level is not None) for parts in products]
