"""The words of the design for its groups: "a typical county", "new counties", not "group"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bayesglmm.design.design import Design


def several(word: str) -> str:
    """A factor's name in the plural.

    Parameters
    ----------
    word : str

    Returns
    -------
    str
        Such as ``"counties"``; ``"levels of region:state"`` where the name is no plain word.

    Examples
    --------
    >>> several("county"), several("ID"), several("class"), several("region:state")
    ('counties', 'IDs', 'classes', 'levels of region:state')
    """
    if not re.fullmatch(r"[^\W\d_]+", word):
        return f"levels of {word}"
    if re.search(r"[^aeiouAEIOU]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|z|ch|sh)$", word) else f"{word}s"


def joined(words: Sequence[str]) -> str:
    """Words with commas, and "and" before the last."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def typical(design: Design) -> str:
    """For whom a conditional number holds, ``"a typical county"``; empty without groups."""
    factors = list(design.predictor.factors)
    return f"a typical {joined(factors)}" if factors else ""


def new(design: Design) -> str:
    """What a marginal number is averaged over: ``"new counties"``, or the rows without groups."""
    factors = [several(factor) for factor in design.predictor.factors]
    return f"new {joined(factors)}" if factors else "the rows"
