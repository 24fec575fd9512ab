"""The user's rows as Parquet, and a digest of what a model makes of them."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.design.uses import column_uses
from bayesglmm.files.coded import told
from bayesglmm.spec.said import plain
from bayesglmm.storage.plain_spec import PLAIN

CODED = b"bayesglmm.coded"
"""Key of the file's metadata: columns that are kept as the numbers of their values."""
FROM_FILE = b"bayesglmm.from_file"
"""Key of the file's metadata: what the user's data file said of its codes."""
SMALL, LARGEST_RATIO = 1_000_000_000, 1000
"""Bytes that rows may take in any case, and how many times those of their file."""
SEVERAL = ("mixed", "mixed-integer", "mixed-integer-float")
"""What pandas calls columns whose values are of several types."""


def pack_rows(design: Design) -> bytes:
    """The columns that a model uses, all rows of the user's frame, as Parquet.

    Parameters
    ----------
    design : Design
        The model's own.

    Returns
    -------
    bytes
        Values that Parquet has no type for, such as intervals, are texts in their order.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    used = [name for name in column_uses(design.spec) if name in design.given]
    coded: dict[str, Any] = {}
    columns: dict[str, pd.Series] = {}
    for name in used:
        column = _storable(design.given[name], design.levels.get(name, ()))
        columns[name], values = _codes(column)
        coded |= {} if values is None else {name: values}
    rows = pd.DataFrame(columns).reset_index(drop=True)
    held = io.BytesIO()
    table = pa.Table.from_pandas(rows, preserve_index=False)
    kept = {**(table.schema.metadata or {}), CODED: json.dumps(coded).encode()}
    kept[FROM_FILE] = json.dumps(told(design.given, used)).encode()
    table = table.replace_schema_metadata(kept)
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

    Raises
    ------
    ValueError
        If the rows would be far larger than their file.
    """
    import pyarrow.parquet as pq

    _check_size(pq.read_metadata(io.BytesIO(content)), len(content))
    table = pq.read_table(io.BytesIO(content))
    frame: pd.DataFrame = table.to_pandas()
    for name, values in json.loads((table.schema.metadata or {}).get(CODED, b"{}")).items():
        frame[name] = _decoded(frame[name], **values)
    frame.attrs |= json.loads((table.schema.metadata or {}).get(FROM_FILE, b"{}"))
    return frame


def _check_size(said: Any, held: int) -> None:
    """Refuse rows that would fill the memory: columns that hardly vary are very small in a file."""
    size = 8 * said.num_rows * said.num_columns
    if size > max(SMALL, LARGEST_RATIO * held):
        raise ValueError(f"the rows would take {size:,} bytes")


def _storable(column: pd.Series, levels: tuple[str, ...]) -> pd.Series:
    """A column of numbers, texts and truth values, or of categories that are such."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        if column.cat.categories.map(_is_plain).all():
            return column
        return column.cat.rename_categories([label_of(each) for each in column.cat.categories])
    if column.dtype != object or pd.api.types.infer_dtype(column, skipna=True) == "decimal":
        return column
    if column.dropna().map(_is_plain).all():
        return column
    texts = column.map(label_of, na_action="ignore")
    return texts.astype(pd.CategoricalDtype(list(dict.fromkeys([*levels, *texts.dropna()]))))


def _codes(column: pd.Series) -> tuple[pd.Series, dict[str, Any] | None]:
    """A column as Parquet keeps it, and the values whose numbers it holds, if it does.

    Parquet has no categories but texts, and no column of values of several types.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, ordered = column.cat.codes, bool(column.cat.ordered)
        values = list(column.cat.categories)
    elif column.dtype == object and pd.api.types.infer_dtype(column) in SEVERAL:
        found: dict[Any, int] = {}  # 1 and True are two
        of = [-1 if pd.isna(v) else found.setdefault((type(v), v), len(found)) for v in column]
        codes, values, ordered = pd.Series(of), [value for _, value in found], None
    else:
        return column, None
    return codes, {"values": [plain(value) for value in values], "ordered": ordered}


def _decoded(codes: pd.Series, values: list[Any], ordered: bool | None) -> Any:
    if ordered is None:
        return pd.Series([None if code < 0 else values[code] for code in codes], dtype=object)
    return pd.Categorical.from_codes(codes.to_numpy(), pd.Index(values), ordered)


def _is_plain(value: Any) -> bool:
    return isinstance(plain(value), PLAIN)


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
