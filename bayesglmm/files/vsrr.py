"""Provisional counts of NCHS' vital statistics rapid release: windows of twelve months."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bayesglmm.errors import DataError
from bayesglmm.files.reading import read_data
from bayesglmm.files.tables_of_agencies import (
    counted,
    plain_name,
    suppressed_sentence,
    without_totals,
)

NEEDED = ("group", "subgroup", "year", "month")
SMALLEST, LARGEST = 1, 9
"""Counts that are suppressed."""


def read_vsrr(path: str | Path, group: str, *, month: int = 12) -> pd.DataFrame:
    """Read provisional maternal deaths of NCHS' vital statistics rapid release.

    Every row of the file counts twelve months that end with its own, so that neighbouring rows
    share eleven of them; and each death is counted in every group of subgroups.

    Parameters
    ----------
    path : str or Path
        The CSV file of data.cdc.gov.
    group : str
        Which subgroups are wanted, such as ``"Age"``.
    month : int
        The month in which the windows end that are kept: one a year, so that none overlap.

    Returns
    -------
    pandas.DataFrame
        Rows of the group, a window a year. Suppressed counts are empty. ``attrs["caveats"]`` says
        what was left out, and ``attrs["source"]`` of which day the data are.

    Raises
    ------
    DataError
        If it is no such file, or has no such group or month.
    """
    frame = read_data(path)
    source = frame.attrs["source"]
    frame.columns = [plain_name(str(name)) for name in frame]
    lacking = [name for name in NEEDED if name not in frame]
    if lacking:
        raise DataError(f"'{path}' is no VSRR file: it has no column {', '.join(lacking)}.")
    groups = sorted(map(str, frame["group"].unique()))
    if group not in groups:
        raise DataError(f"'{path}' has no group '{group}'. Its groups: {', '.join(groups)}.")
    own = frame[frame["group"] == group]
    kept = own[own["month"] == month]
    if kept.empty:
        raise DataError(f"'{path}' has no window that ends in month {month}.")
    kept, said = without_totals(kept, {"subgroup": ("Total", "All")})
    others = counted(len(frame) - len(own), "row", "rows")
    windows = counted(int((own["month"] != month).sum()), "row", "rows")
    said = [
        f"Left out: {others} of other groups, which count the same deaths, and {windows} of other "
        "windows, which share months with these.",
        *said,
    ]
    for name in [str(each) for each in kept if str(each).endswith("deaths")]:
        if count := int(kept[name].isna().sum()):
            said.append(suppressed_sentence(name, count, SMALLEST, LARGEST))
    day = f", as of {kept['data_as_of'].iloc[0]}" if "data_as_of" in kept else ""
    kept.attrs |= {"source": f"NCHS VSRR{day}. File {source}", "caveats": tuple(said)}
    return kept
