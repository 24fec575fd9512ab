"""The user's rows as Parquet, and a digest of what a model makes of them."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.design.uses import column_uses


def pack_rows(design: Design) -> bytes:
    """The columns that a model uses, all rows of the user's frame, as Parquet.

    Parameters
    ----------
    design : Design
        The model's own.

    Returns
    -------
    bytes
        Categories that Parquet has no type for, such as intervals, are texts in their order.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    used = [name for name in column_uses(design.spec) if name in design.given]
    rows = pd.DataFrame({name: _storable(design.given[name]) for name in used})
    held = io.BytesIO()
    table = pa.Table.from_pandas(rows.reset_index(drop=True), preserve_index=False)
    pq.write_table(table, held, compression="zstd")
    return held.getvalue()


def unpack_rows(content: bytes) -> pd.DataFrame:
    """The rows that `pack_rows` made Parquet of.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    pandas.DataFrame
    """
    import pyarrow.parquet as pq

    frame: pd.DataFrame = pq.read_table(io.BytesIO(content)).to_pandas()
    return frame


def _storable(column: pd.Series) -> pd.Series:
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    values = column.cat.categories
    if pd.api.types.is_numeric_dtype(values) or values.map(type).isin([str, bool]).all():
        return column
    return column.cat.rename_categories([label_of(value) for value in values])


def digest(design: Design) -> str:
    """A checksum of the rows that a model uses, as the model reads them.

    Parameters
    ----------
    design : Design

    Returns
    -------
    str
        SHA-256 over the names, levels and values of the columns used, in the order of the rows.
        Rows that were left out do not count, nor does the type of a column: 1 and 1.0 are one.
    """
    found = hashlib.sha256()
    for name in sorted(map(str, design.data)):
        column = design.data[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            levels = [str(level) for level in column.cat.categories]
            values = column.cat.codes.to_numpy(dtype="<i8")
        else:
            levels, values = [], column.to_numpy(dtype="<f8", na_value=np.nan)
        found.update("\x1f".join([name, *levels, ""]).encode())
        found.update(values.tobytes())
    return found.hexdigest()
