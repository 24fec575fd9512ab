"""Files of Stata, SPSS and SAS, by pyreadstat."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from bayesglmm.files.coded import Column, decoded
from bayesglmm.files.extra import needed


def read_statistical(path: Path, reader: str) -> pd.DataFrame:
    """A file of Stata, SPSS or SAS.

    Parameters
    ----------
    path : Path
    reader : str
        Name of pyreadstat's function, such as ``"read_sav"``.

    Returns
    -------
    pandas.DataFrame
        See `decoded`. Missing codes are those that the file declares: SPSS' user-missing values
        and ranges, Stata's ``.a`` to ``.z``, SAS' ``.A`` to ``.Z``.
    """
    pyreadstat = needed("pyreadstat")
    has_codes = reader in ("read_sav", "read_dta", "read_sas7bdat", "read_por")
    options = {"user_missing": True} if has_codes else {}
    frame, about = getattr(pyreadstat, reader)(str(path), **options)
    ranges = about.missing_ranges or {}
    letters = about.missing_user_values or {}
    labels = about.variable_value_labels
    return decoded(
        {
            str(name): Column(
                _dotted(frame[name], letters.get(name, ())),
                {_dot(code, letters.get(name, ())): text for code, text in labels[name].items()}
                if name in labels
                else {},
                _rule(ranges.get(name, ()), letters.get(name, ())),
            )
            for name in frame
        }
    )


def _dot(code: Any, letters: Sequence[str]) -> Any:
    """A missing value of Stata or SAS as they write it, ``.a``; another code as it is."""
    return f".{code}" if isinstance(code, str) and code in letters else code


def _dotted(values: pd.Series, letters: Sequence[str]) -> pd.Series:
    return values.map(partial(_dot, letters=letters), na_action="ignore") if letters else values


def _rule(ranges: Sequence[Mapping[str, Any]], letters: Sequence[str]) -> Callable[[Any], bool]:
    return partial(_is_missing, ranges, frozenset(f".{each}" for each in letters))


def _is_missing(ranges: Sequence[Mapping[str, Any]], letters: frozenset[str], code: Any) -> bool:
    """Whether a code is one of the letters, or lies within one of the ranges."""
    if isinstance(code, str) and code in letters:
        return True
    return any(
        isinstance(code, str) is isinstance(each["lo"], str) and each["lo"] <= code <= each["hi"]
        for each in ranges
    )
