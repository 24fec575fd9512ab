"""Files of R, by rdata: data frames with their factors, dates, and haven's labels."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from bayesglmm.errors import DataError
from bayesglmm.files.coded import Column, decoded
from bayesglmm.files.extra import needed


@dataclass(frozen=True, slots=True)
class _Table:
    """A data frame of R, its columns as rdata gives them."""

    columns: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A column of haven: values, and labels by code."""

    values: Any
    labels: Mapping[Any, str]


def read_r(path: Path, table: str | None = None) -> pd.DataFrame:
    """The data frame in a file of R.

    Parameters
    ----------
    path : Path
        ``.rds``, ``.rda`` or ``.RData``.
    table : str, optional
        Which, where there are several.

    Returns
    -------
    pandas.DataFrame
        Factors keep the order of their levels, ordered or not; dates and times are dates and
        times, labels of haven as in `decoded`. Row names that are not numbers are the index.

    Raises
    ------
    DataError
        If there is none, or several and `table` names none of them.
    """
    rdata = needed("rdata")
    parsed = rdata.parser.parse_file(str(path))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Missing constructor")  # what lies beneath is read
        found = rdata.conversion.convert(parsed, _constructors(rdata))
    if isinstance(found, _Table):
        return _frame(found)
    named = found if isinstance(found, dict) and path.suffix.lower() != ".rds" else {}
    tables = {str(name): each for name, each in named.items() if isinstance(each, _Table)}
    if table is None and len(tables) == 1:
        table = next(iter(tables))
    if table not in tables:
        if not tables:
            raise DataError(f"'{path}' holds no data frame of R.")
        raise DataError(
            f"'{path}' holds the data frames {', '.join(sorted(tables))}. "
            f"Write read_data(path, table='{min(tables)}')."
        )
    return _frame(tables[table])


def _constructors(rdata: Any) -> dict[str, Any]:
    """How objects of R become ours; those of other classes become what R has beneath them."""
    tables = ("data.frame", "tbl", "tbl_df", "grouped_df", "data.table")
    return (
        dict(rdata.conversion.DEFAULT_CLASS_MAP)
        | dict.fromkeys(tables, lambda values, _: _Table(values))
        | dict.fromkeys(("haven_labelled", "haven_labelled_spss"), _labelled)
        | {
            "Date": lambda values, _: _times(values, "D"),
            "POSIXct": lambda values, _: _times(values, "s"),
        }
    )


def _times(values: Any, unit: Literal["D", "s"]) -> pd.Series:
    numbers = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    return pd.Series(pd.to_datetime(numbers, unit=unit))


def _labelled(values: Any, attributes: Mapping[str, Any]) -> _Labelled:
    given = attributes.get("labels")
    if given is None:
        return _Labelled(values, {})
    names = [str(name) for name in given.coords[given.dims[0]].to_numpy()]
    return _Labelled(values, dict(zip(given.to_numpy().tolist(), names, strict=True)))


def _frame(table: _Table) -> pd.DataFrame:
    return decoded({str(name): _column(values) for name, values in table.columns.items()})


def _column(values: Any) -> Column:
    if isinstance(values, _Labelled):
        return Column(_plain(values.values), values.labels)
    return Column(_plain(values))


def _plain(values: Any) -> pd.Series:
    """A column with NaN or None for what R misses."""
    if isinstance(values, np.ma.MaskedArray):
        if values.dtype.kind == "b":
            return pd.Series(pd.arrays.BooleanArray(values.data, np.ma.getmaskarray(values)))
        return pd.Series(np.ma.filled(values.astype(float), np.nan))
    return pd.Series(values)
