"""Tables of Eurostat's bulk download: dimensions in one column, flags behind the numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from bayesglmm.errors import DataError
from bayesglmm.files.tables_of_agencies import counted, without_totals

FLAGS = {
    "b": "break in time series",
    "c": "withheld to protect respondents",
    "d": "definition differs",
    "e": "estimated",
    "f": "forecast",
    "i": "imputed",
    "n": "negligible",
    "p": "provisional",
    "r": "revised",
    "s": "Eurostat estimate",
    "u": "low reliability",
    "z": "not applicable",
}
"""Letters behind a number, after Eurostat's list of flags."""
TOTALS = {"sex": ("T",), "age": ("TOTAL",), "citizen": ("TOTAL",), "isced11": ("TOTAL",)}
"""What dimensions call their totals."""
AGGREGATE = re.compile(r"^(?:EU|EA|EEA|EFTA|EURO)\w*$")
"""Codes of several countries together."""


def read_eurostat(path: str | Path) -> pd.DataFrame:
    """Read a table of Eurostat's bulk download.

    Parameters
    ----------
    path : str or Path
        ``.tsv`` or ``.tsv.gz``.

    Returns
    -------
    pandas.DataFrame
        A row a cell: its dimensions, ``time`` as text, ``value`` and ``flag``, without totals of
        sex and age and without groups of countries where parts are there. Withheld numbers
        are empty, as missing ones are. ``attrs["caveats"]`` says what was left out, and how many
        numbers have which flag.

    Raises
    ------
    DataError
        If it is no such table.
    """
    try:
        wide = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(f"'{path}' cannot be read: {error}") from error
    first = str(wide.columns[0])
    if "\\" not in first:
        raise DataError(
            f"'{path}' is no table of Eurostat's bulk download: its first heading is '{first}', "
            "where dimensions stand, as in 'freq,unit,geo\\TIME_PERIOD'."
        )
    names = first.partition("\\")[0].split(",")
    parts = wide[first].str.split(",", expand=True).set_axis(names, axis=1)
    long = parts.join(wide.drop(columns=first)).melt(id_vars=names, var_name="time")
    long["time"] = long["time"].str.strip()
    cells = long["value"].str.strip().str.extract(r"^(?P<value>:|[-+.\deE]+)?\s*(?P<flag>[a-z]*)$")
    strange = cells["value"].isna() & (long["value"].str.strip() != "")
    if strange.any():
        raise DataError(f"'{path}' has a cell '{long['value'][strange].iloc[0]}': no number.")
    long["value"] = pd.to_numeric(cells["value"].where(cells["value"] != ":", None))
    long["flag"] = cells["flag"].fillna("")
    groups = {"geo": [code for code in set(long.get("geo", ())) if AGGREGATE.match(code)]}
    totals = {name: words for name, words in (TOTALS | groups).items() if name in long}
    kept, said = without_totals(long, totals)
    kept.attrs |= {"source": f"Eurostat. File {Path(path).name}"}
    kept.attrs["caveats"] = (*said, *_flags(kept))
    return kept


def _flags(frame: pd.DataFrame) -> list[str]:
    """How many cells are empty, and how many have each flag."""
    empty = int(frame["value"].isna().sum())
    said = [f"{counted(empty, 'cell is', 'cells are')} empty."] if empty else []
    letters = frame["flag"].map(list).explode().value_counts()
    return said + [
        f"{counted(count, 'cell is', 'cells are')} flagged {letter}: "
        f"{FLAGS.get(str(letter), 'not in the list')}."
        for letter, count in letters.items()
        if isinstance(letter, str)
    ]
