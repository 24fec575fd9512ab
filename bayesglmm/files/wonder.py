"""Exports of CDC WONDER: a table, a line of dashes, and what the query was."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bayesglmm.errors import DataError
from bayesglmm.files.tables_of_agencies import (
    SUPPRESSED,
    counted,
    numbers,
    plain_name,
    suppressed_sentence,
)

END = "---"
WORDS = (SUPPRESSED, "Unreliable", "Not Applicable", "Not Available", "Missing")
"""What stands in place of a number."""
MOST = 9
"""The largest count that is suppressed."""
HIDDEN = {"Show Suppressed": "suppressed rows", "Show Zero Values": "rows of zero"}
"""A setting of the query to what the table lacks where it is disabled."""


def read_wonder(path: str | Path) -> pd.DataFrame:
    """Read an export of CDC WONDER.

    Parameters
    ----------
    path : str or Path
        The tab-separated text that "Export" gives (``.txt``), or its CSV.

    Returns
    -------
    pandas.DataFrame
        A row a cell, without totals; columns named as ``deaths``, ``county_code`` and
        ``crude_rate``, codes as text. Suppressed counts and unreliable rates are empty. ``attrs``
        says in ``caveats`` what was left out, what stands for suppressed counts, and whether the
        query left rows out altogether, which biases what is estimated from the rest.

    Raises
    ------
    DataError
        If it is no such export.
    """
    place = Path(path)
    try:
        content = place.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise DataError(f"'{path}' cannot be read: {error}") from error
    separator = "\t" if "\t" in content.partition("\n")[0] else ","
    lines = list(csv.reader(content.splitlines(), delimiter=separator))
    end = next((number for number, line in enumerate(lines) if line[:1] == [END]), len(lines))
    if end < 2 or "Notes" not in lines[0]:
        raise DataError(
            f"'{path}' is no export of CDC WONDER: it begins with no heading 'Notes'. "
            "Choose Export on its page of results."
        )
    footer = [" ".join(line) for line in lines[end:]]
    frame, said = _table(lines[0], [line for line in lines[1:end] if line])
    frame.attrs |= {
        "source": _source(footer, place.name),
        "caveats": (*said, *_suppressed(frame, lines[0], lines[1:end], footer), *_hidden(footer)),
    }
    return frame


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[pd.DataFrame, list[str]]:
    """The rows without totals; columns that are numbers but for the words, as numbers."""
    width = len(heading)
    texts = pd.DataFrame([[*row, *[""] * width][:width] for row in rows], columns=list(heading))
    total = texts["Notes"].str.strip() == "Total"
    rows_of = counted(int(total.sum()), "row", "rows")
    said = [f"Left out: {rows_of} of totals."] if total.any() else []
    texts = texts[~total].drop(columns="Notes").reset_index(drop=True)
    made = {}
    for name in map(str, texts):
        found = None if name.endswith("Code") else numbers(texts[name], WORDS)
        made[plain_name(name)] = texts[name] if found is None else found
    return pd.DataFrame(made), said


def _suppressed(
    frame: pd.DataFrame,
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    footer: Sequence[str],
) -> list[str]:
    """A sentence for each column with suppressed counts."""
    said = []
    for place, name in enumerate(heading):
        column = plain_name(name)
        hidden = sum(
            row[place : place + 1] == [SUPPRESSED] and row[:1] != ["Total"] for row in rows
        )
        if hidden and column in ("deaths", "births"):
            lower = _smallest(footer, bool((frame[column] == 0).any()))
            said.append(suppressed_sentence(column, hidden, lower, MOST))
    return said


def _smallest(footer: Sequence[str], zeros: bool) -> int:
    """The smallest count that is suppressed: 1 where the file says so, or shows zeros."""
    text = " ".join(footer).lower()
    if re.search(r"zero (?:to|through) nine|\(0-9\)", text):
        return 0
    return 1 if zeros or re.search(r"one (?:to|through) nine|\(1-9\)", text) else 0


def _hidden(footer: Sequence[str]) -> list[str]:
    return [
        f"The query left {what} out ('{setting}: Disabled'): what is estimated from the rest is "
        f"too large. Export again with '{setting}' enabled."
        for setting, what in HIDDEN.items()
        if any(line.startswith(f"{setting}: Disabled") for line in footer)
    ]


def _source(footer: Sequence[str], name: str) -> str:
    known = [line for line in footer if line.startswith(("Dataset:", "Query Date:"))]
    return ". ".join(["CDC WONDER", *known, f"File {name}"])
