"""Data of other libraries as a pandas frame: polars, PyArrow, DuckDB, whatever narwhals reads."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import Any

import narwhals as nw
import pandas as pd

from bayesglmm.errors import DataError, brief


def as_data(data: Any) -> pd.DataFrame:
    """The data of a model as a pandas frame.

    Parameters
    ----------
    data : mapping, or as for `as_pandas`
        A mapping has a column a key.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        If it is no table.
    """
    if not isinstance(data, Mapping):
        return as_pandas(
            "data", data, "Pass one of pandas, polars, PyArrow or DuckDB, or a mapping of columns."
        )
    columns = {name: values for name, values in data.items() if not isinstance(values, str)}
    lengths = {name: len(values) for name, values in columns.items() if isinstance(values, Sized)}
    if len({*lengths.values()}) > 1:
        shown = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        raise DataError(
            f"The columns of the mapping are of different lengths: {shown}. "
            "Give each one value a row."
        )
    try:
        return pd.DataFrame({str(name): values for name, values in data.items()})
    except ValueError as error:
        raise DataError(f"The columns of the mapping do not make a table: {error}.") from None


def as_pandas(argument: str, data: Any, instead: str) -> pd.DataFrame:
    """A data frame as one of pandas.

    Parameters
    ----------
    argument : str
        What it was passed as, for messages.
    data : pandas.DataFrame, or a frame that narwhals reads
        A pandas frame is given back as it is; a lazy one, such as a DuckDB relation, is evaluated.
    instead : str
        What to pass, for messages.

    Returns
    -------
    pandas.DataFrame
        Levels of an enumeration or a dictionary column stay in their order. A polars
        ``Categorical`` has none but that of its text (it is compared as text since polars 1.32),
        while pandas would get its levels in the order in which they occur: it becomes text.

    Raises
    ------
    DataError
        If it is no data frame.
    """
    if isinstance(data, pd.DataFrame):
        return data
    frame = nw.from_native(data, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    if not isinstance(frame, nw.DataFrame):
        raise DataError(f"{argument}={brief(data)} is no DataFrame. {instead}")
    if frame.implementation.is_polars():
        unordered = [name for name, kind in frame.schema.items() if kind == nw.Categorical]
        frame = frame.with_columns(nw.col(*unordered).cast(nw.String)) if unordered else frame
    return frame.to_pandas()
