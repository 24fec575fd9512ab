"""What a figure shows, in words and numbers, for readers who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.tables.numbers import format_number

FEW = 6
"""Estimates up to which each is said."""


def estimates_in_words(
    what: str, labels: Sequence[str], texts: Sequence[str], centers: Array
) -> str:
    """Estimates: each of a few, of many how many there are, the highest and the lowest.

    Parameters
    ----------
    what : str
        What they are, in the plural, such as ``"fixed effects"``.
    labels, texts : sequence of str, length k
        Names, and estimates with their intervals as they are printed.
    centers : array of shape (k,)

    Returns
    -------
    str
        A sentence or two, each with numbers.
    """
    said = [f"{label}: {text}" for label, text in zip(labels, texts, strict=True)]
    if len(said) <= FEW:
        return f"{'; '.join(said)}."
    high, low = said[int(np.nanargmax(centers))], said[int(np.nanargmin(centers))]
    return f"{len(said):,} {what}. Highest: {high}. Lowest: {low}."


def sides_in_words(lower: Array, upper: Array, reference: float, called: str = "") -> str:
    """How many intervals lie above, below and about a line.

    Parameters
    ----------
    lower, upper : array of shape (k,)
    reference : float
        Where the line is.
    called : str
        What the line is, where its number says little.

    Returns
    -------
    str
        One sentence.
    """
    line = called or f"{reference:g}"
    above, below = int((lower > reference).sum()), int((upper < reference).sum())
    if len(lower) == 1:
        where = "lies above" if above else "lies below" if below else "includes"
        return f"The interval {where} {line}."
    return f"Intervals wholly above {line}: {above:,} of {len(lower):,}; wholly below: {below:,}."


def span(values: Array, share: float = 0.95) -> str:
    """The middle of values that a histogram shows, as ``"0.1 to 0.6"``.

    Parameters
    ----------
    values : array
    share : float
        Of the values inside.

    Returns
    -------
    str
    """
    finite = values[np.isfinite(values)]
    ends = np.quantile(finite, [(1 - share) / 2, (1 + share) / 2])
    return " to ".join(format_number(float(end)) for end in ends)
