"""Words as they stand in sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence


def plural(word: str) -> str:
    """The plural of an English noun, or of the last of several words, or of that before "of".

    Parameters
    ----------
    word : str

    Returns
    -------
    str

    Examples
    --------
    >>> plural("county"), plural("class"), plural("day"), plural("general practice")
    ('counties', 'classes', 'days', 'general practices')
    >>> plural("batch of crude oil")
    'batches of crude oil'
    """
    noun, of, rest = word.partition(" of ")
    if of:
        return f"{plural(noun)}{of}{rest}"
    if re.search(r"[^aeiouAEIOU]y$", word):
        return f"{word[:-1]}ies"
    return f"{word}es" if re.search(r"(s|x|z|ch|sh)$", word) else f"{word}s"


def joined(words: Sequence[str]) -> str:
    """Words with commas, and "and" before the last."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
