"""What can go wrong, said so that the reader can mend it.

Every error of this package is a `BayesglmmError`: it says what is wrong, where,
and what to write instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

MOST_NAMED = 30
"""Names that a message lists at most."""


class BayesglmmError(Exception):
    """Root of every error raised on purpose by this package."""


class FormulaError(BayesglmmError):
    """A formula that cannot be read.

    Parameters
    ----------
    message : str
        What is wrong.
    text : str, optional
        The whole formula.
    position : int, optional
        Index into `text` of the culprit; a caret is drawn beneath it.
    fix : str, optional
        What to write instead.
    """

    def __init__(
        self, message: str, text: str | None = None, position: int | None = None, fix: str = ""
    ) -> None:
        lines = [message]
        if text is not None:
            # A line break within the formula would move the caret off its place.
            lines.append("    " + re.sub(r"\s", " ", text))
            if position is not None:
                lines.append(" " * (4 + position) + "^")
        if fix:
            lines.append(fix)
        super().__init__("\n".join(lines))
        self.position = position


class SpecError(BayesglmmError):
    """A model spec that names something unknown or contradicts itself."""


class DataError(BayesglmmError):
    """A data frame that does not fit the spec."""


class GraphError(BayesglmmError):
    """A design that cannot be written as a PyMC graph."""


class EngineError(BayesglmmError):
    """A sampler that is missing or failed."""


class DatasetError(BayesglmmError):
    """A data set of the library that cannot be found or has changed."""


def nearest(name: str, options: Iterable[str]) -> str:
    """Suggest the closest option to a misspelt name.

    Parameters
    ----------
    name : str
        What was written.
    options : iterable of str
        What exists.

    Returns
    -------
    str
        A sentence naming the closest option; where none is close all of them, the first
        `MOST_NAMED` if there are more.
    """
    known = sorted({str(option) for option in options})
    folded = {option.casefold(): option for option in reversed(known)}
    close = get_close_matches(str(name).casefold(), list(folded), n=1, cutoff=0.6)
    if close:
        return f"Did you mean '{folded[close[0]]}'?"
    if not known:
        return "There are none."
    rest = len(known) - MOST_NAMED
    return f"Known: {', '.join(known[:MOST_NAMED])}{f' and {rest:,} more' if rest > 0 else ''}."


def brief(value: object) -> str:
    """A value as a message can hold it.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        Its ``repr`` where that is short, else its type, such as ``"a DataFrame"``.
    """
    text = repr(value)
    if len(text) <= 40 and "\n" not in text:
        return text
    return f"a {type(value).__name__}"


def unknown(kind: str, name: object, options: Iterable[str], where: str = "") -> str:
    """Say that a name is not known, with the nearest match.

    Parameters
    ----------
    kind : str
        What the name should have been, such as ``"family"``.
    name : object
        What was written; a str where it is a name at all.
    options : iterable of str
        What exists.
    where : str
        The argument it was written in, such as ``"by="``.

    Returns
    -------
    str
        The message for an error.
    """
    place = f" in {where}" if where else ""
    written = name if isinstance(name, str) else brief(name)
    shown = f"'{name}'" if isinstance(name, str) else written
    return f"Unknown {kind} {shown}{place}. {nearest(written, options)}"


def no_share(name: str, value: float) -> str:
    """Say that an argument is no share between 0 and 1; one in per cent is written as a share.

    Parameters
    ----------
    name : str
        Of the argument, such as ``"mass"``.
    value : float
        What was given.

    Returns
    -------
    str
        The message for an error.
    """
    instead = f"Write {value / 100:g}" if 1 < value < 100 else "Write a share such as 0.95"
    return f"{name}={value!r} must lie between 0 and 1. {instead}."


def first_rows(rows: Iterable[int], limit: int = 5) -> str:
    """Name the first few rows of a list of them.

    Parameters
    ----------
    rows : iterable of int
        Positions in the data frame, counted from 0.
    limit : int
        How many are named before the rest is counted.

    Returns
    -------
    str
        Such as ``"rows 17, 40, 41"`` or ``"rows 0, 1, 2, 3, 4 and 12 more"``.
    """
    positions = [int(row) for row in rows]
    named = ", ".join(str(row) for row in positions[:limit])
    more = f" and {len(positions) - limit} more" if len(positions) > limit else ""
    return f"{'row' if len(positions) == 1 else 'rows'} {named}{more}"
