"""Which reader a file has: a table by the ending of its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from bayesglmm.errors import BayesglmmError, DataError
from bayesglmm.files.coded import without_codes
from bayesglmm.files.extra import needed
from bayesglmm.files.r_objects import read_r
from bayesglmm.files.statistical import read_statistical


def _excel(path: Path, table: str | None = None) -> pd.DataFrame:
    """A sheet; the first where none is named."""
    needed("openpyxl")
    return pd.read_excel(path, sheet_name=0 if table is None else table)


def _tabs(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t")


type Reader = Callable[..., pd.DataFrame]

READERS: dict[str, Reader] = {
    ".csv": pd.read_csv,
    ".tsv": _tabs,
    ".parquet": pd.read_parquet,
    ".feather": pd.read_feather,
    ".xlsx": _excel,
    ".dta": partial(read_statistical, reader="read_dta"),
    ".sav": partial(read_statistical, reader="read_sav"),
    ".zsav": partial(read_statistical, reader="read_sav"),
    ".por": partial(read_statistical, reader="read_por"),
    ".sas7bdat": partial(read_statistical, reader="read_sas7bdat"),
    ".xpt": partial(read_statistical, reader="read_xport"),
    ".rds": read_r,
    ".rda": read_r,
    ".rdata": read_r,
}
"""Ending of a file's name, in small letters, to its reader."""

SEVERAL = (".xlsx", ".rda", ".rdata")
"""Files that may hold several tables."""


def read_data(
    path: str | Path,
    table: str | None = None,
    *,
    missing: Mapping[str, Sequence[Any]] | None = None,
) -> pd.DataFrame:
    """Read a data file.

    Parameters
    ----------
    path : str or Path
        CSV, TSV, Parquet, Feather, Excel (``.xlsx``), Stata (``.dta``), SPSS (``.sav``, ``.zsav``,
        ``.por``), SAS (``.sas7bdat``, ``.xpt``) or R (``.rds``, ``.rda``, ``.RData``); all but the
        first four need the extra ``files``. CSV and TSV may be compressed.
    table : str, optional
        The sheet, or the data frame of R, where there are several.
    missing : mapping, optional
        Column to codes that stand for no answer, such as ``{"income": [77, 88, 99]}``, besides
        those that the file declares.

    Returns
    -------
    pandas.DataFrame
        A column whose codes all have value labels is a factor, its levels in the order of the
        codes; codes declared missing are missing. ``attrs`` holds the file's name as ``source``,
        and what design, audit and report tell of codes.

    Raises
    ------
    DataError
        If the file is not there, of another kind, or cannot be read; if it has no column of
        `missing`.
    """
    place = Path(path)
    endings = [each.lower() for each in place.suffixes]
    ending = next((each for each in reversed(endings) if each in READERS), None)
    if ending is None:
        kinds = ", ".join(READERS)
        raise DataError(f"'{path}' cannot be read: its name does not end in one of {kinds}.")
    if table is not None and ending not in SEVERAL:
        raise DataError(f"A {ending} file holds one table; leave table= out.")
    frame = _read(place, READERS[ending], {} if table is None else {"table": table})
    frame.attrs["source"] = place.name
    return frame if missing is None else without_codes(frame, missing)


def _read(path: Path, reader: Reader, options: dict[str, Any]) -> pd.DataFrame:
    """What the reader gives; whatever stops it is told in one way."""
    if not path.is_file():
        raise DataError(f"'{path}' cannot be read: there is no such file.")
    try:
        return reader(path, **options)
    except BayesglmmError:
        raise
    except Exception as error:
        raise DataError(f"'{path}' cannot be read: {error}") from error
