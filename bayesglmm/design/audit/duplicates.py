"""Rows and columns that are there twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from bayesglmm.design.audit.column_queries import numbers_of
from bayesglmm.design.audit.finding import Evidence, positions_of
from bayesglmm.design.design import Design

NEAR = 3.0
"""How much more often two rows agree in a column where they agree in all the others."""

DISTINCT = 0.9
"""Share of distinct rows from which a repeated one is not to be expected."""

TELLING = 0.5
"""Share of distinct values from which a column tells rows apart, as an identifier does."""


UNLIKELY = 0.1
"""Repeated rows that chance alone may give, as a share of those seen, below which they are told."""


def repeated_rows(design: Design) -> Iterator[Evidence]:
    """Rows of the frame given that equal an earlier one in every column."""
    given = _hashable(design.given)
    again = given.duplicated().to_numpy()
    if not again.any() or again.mean() > 1 - DISTINCT or not _telling(given):
        return
    if _by_chance(given, again.sum()) >= UNLIKELY * again.sum():
        return
    yield Evidence(
        "warning",
        f"{again.sum():,} row{'s equal' if again.sum() > 1 else ' equals'} an earlier one in all "
        f"{given.shape[1]} columns, in a data frame whose rows otherwise differ.",
        "If they were entered twice: data.drop_duplicates(). If they are different observations, "
        "keep them.",
        positions_of(np.flatnonzero(again)),
    )


def repeated_columns(design: Design) -> Iterator[Evidence]:
    """Columns used that equal another column of the frame given in every row."""
    given = design.given.loc[:, ~design.given.columns.duplicated()]
    used = [name for name in design.data.columns if name in given]
    said: set[frozenset[str]] = set()
    for name in used:
        for other in given.columns:
            pair = frozenset((str(name), str(other)))
            if other == name or pair in said or not _same(given[name], given[other]):
                continue
            said.add(pair)
            yield Evidence(
                "note",
                f"{name} and {other} hold the same values in every row.",
                "Use one of them only, and check that both were meant to be the same.",
            )


def _same(one: pd.Series, other: pd.Series) -> bool:
    first, second = numbers_of(one), numbers_of(other)
    if (first is None) != (second is None):
        return False
    if first is not None and second is not None:
        near = np.array_equal(first[:100], second[:100], equal_nan=True)
        return near and np.array_equal(first, second, equal_nan=True)
    if one.head(100).astype(str).tolist() != other.head(100).astype(str).tolist():
        return False
    return one.astype(str).tolist() == other.astype(str).tolist()


def _telling(given: pd.DataFrame) -> bool:
    """Whether a column alone nearly tells the rows apart; in others rows may repeat by chance."""
    return any(given.iloc[:, k].nunique() >= TELLING * len(given) for k in range(given.shape[1]))


def _by_chance(given: pd.DataFrame, repeats: int) -> float:
    """How many rows would repeat by chance, because values are rounded.

    Rows that are alike in all columns but one are alike in that one too about as often as any two
    rows are: reckoned in the column that gives the most.
    """
    codes = [
        pd.factorize(given.iloc[:, k], use_na_sentinel=False)[0] for k in range(given.shape[1])
    ]
    rng = np.random.default_rng(0)
    keys = [rng.integers(0, 2**63, size=code.max() + 1, dtype=np.uint64)[code] for code in codes]
    whole = np.bitwise_xor.reduce(keys)
    every = len(given) * (len(given) - 1) / 2
    most = 0.0
    for code, key in zip(codes, keys, strict=True):
        others = np.unique(whole ^ key, return_inverse=True)[1]
        pairs = max(_pairs(others) - repeats, 0.0)
        most = max(most, NEAR * pairs * _pairs(code) / every)
    return most


def _pairs(codes: np.ndarray) -> float:
    """How many pairs of rows have the same code."""
    sizes = np.bincount(codes).astype(float)
    return float(np.sum(sizes * (sizes - 1)) / 2)


def _hashable(given: pd.DataFrame) -> pd.DataFrame:
    """The frame with values that cannot be compared (lists, say) as text."""
    columns = {}
    for place in range(given.shape[1]):
        column = given.iloc[:, place]
        try:
            pd.factorize(column.head(50))
        except TypeError:
            column = column.astype(str)
        columns[place] = column
    return pd.DataFrame(columns)
