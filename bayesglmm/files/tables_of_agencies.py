"""What tables of statistical agencies share: words among numbers, totals among parts, names.

A frame that is made of one holds the parts alone. What was left out is counted in the caveats, and
counts that were suppressed are empty there: write ``suppressed(deaths, 1, 9)`` in a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

SUPPRESSED = "Suppressed"


def plain_name(heading: str) -> str:
    """A heading as a name for formulas: ``"Crude Rate"`` is ``"crude_rate"``."""
    return re.sub(r"\W+", "_", heading.strip().lower()).strip("_") or "column"


def numbers(texts: pd.Series, words: Iterable[str]) -> pd.Series | None:
    """Numbers of a column of texts; None where it has others than numbers and some words.

    Parameters
    ----------
    texts : pandas.Series
    words : iterable of str
        What may stand in place of a number, alone or behind it in brackets.

    Returns
    -------
    pandas.Series or None
        NaN for a word.
    """
    some = "|".join(map(re.escape, words))
    bare = texts.str.replace(",", "").str.replace(rf"\s*\(?(?:{some})\)?\s*$", "", regex=True)
    found = pd.to_numeric(bare.where(bare != "", None), errors="coerce")
    return None if (found.isna() & (bare != "")).any() or found.isna().all() else found


def counted(number: int, one: str, several: str) -> str:
    """A number and what is counted, such as ``"1 row"`` and ``"1,200 rows"``."""
    return f"{number:,} {one if number == 1 else several}"


def without_totals(
    frame: pd.DataFrame, totals: Mapping[str, Iterable[str]]
) -> tuple[pd.DataFrame, list[str]]:
    """Rows of parts alone, and a sentence for each column whose totals were left out.

    Parameters
    ----------
    frame : pandas.DataFrame
    totals : mapping
        Column to what it calls its totals. They stay where there is nothing else.

    Returns
    -------
    frame : pandas.DataFrame
    sentences : list of str
    """
    said = []
    for name, words in totals.items():
        which = frame[name].isin(list(words))
        if which.any() and not which.all():
            called = ", ".join(sorted(set(frame.loc[which, name])))
            rows = counted(int(which.sum()), "row", "rows")
            said.append(f"Left out: {rows} of totals of {name} ({called}).")
            frame = frame[~which]
    return frame.reset_index(drop=True), said


def suppressed_sentence(column: str, count: int, lower: int, upper: int) -> str:
    """What a suppressed count is, and how to say so."""
    return (
        f"{counted(count, f'value of {column} is', f'values of {column} are')} suppressed: "
        f"from {lower} to {upper}. Write suppressed({column}, {lower}, {upper}) on the left "
        "of the formula to keep them."
    )
