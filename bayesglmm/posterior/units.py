"""The words of the design for its groups: "a typical patient", "new counties", not "group".

A factor is called what ``labels=`` says, else by its column where that is a word: ``county`` is a
county and ``patient_id`` a patient. Of a column such as ``ID``, which does not say what it numbers,
there are groups.
"""

from __future__ import annotations

import re

from bayesglmm.design.design import Design
from bayesglmm.tables.english import joined, plural

CODES = r"(?:ids?|nos?|nr|num|number|code|key|index|idx)"
"""What columns are called after or before the word for what they number."""


def one(design: Design, factor: str) -> str:
    """A group of a factor, in the singular.

    Parameters
    ----------
    design : Design
    factor : str
        A grouping factor.

    Returns
    -------
    str
        Such as ``"patient"``, or ``"group of ID"`` where no word is known.
    """
    return _word(design, factor) or f"group of {_named(design, factor)}"


def several(design: Design, factor: str) -> str:
    """Groups of a factor, in the plural; parameters as of `one`."""
    word = _word(design, factor)
    return plural(word) if word else f"groups of {_named(design, factor)}"


def typical(design: Design) -> str:
    """For whom a conditional number holds, ``"a typical county"``; empty without groups."""
    factors = [one(design, factor) for factor in design.predictor.factors]
    return f"a typical {joined(factors)}" if factors else ""


def new(design: Design) -> str:
    """What a marginal number is averaged over: ``"new counties"``, or the rows without groups."""
    factors = [several(design, factor) for factor in design.predictor.factors]
    return f"new {joined(factors)}" if factors else "the rows"


def _word(design: Design, factor: str) -> str:
    """The word for a group of a factor; empty where none is known."""
    names = design.spec.names
    if factor in names:
        return names[factor]
    *above, own = design.factors[factor][0].factors
    if ":".join(above) not in ("", *design.factors):
        return ""
    return names.get(own) or _noun(own)


def _noun(column: str) -> str:
    """The noun in the name of a column: ``"patient"`` of ``"patient_id"``; empty of ``"ID"``."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[_.\s]+", " ", column)
    words = re.sub(rf"(?i)^{CODES} +(?=\S)| +{CODES}$", "", spaced)
    is_noun = re.fullmatch(r"[^\W\d]+(?: [^\W\d]+)*", words) and len(words) > 2
    if not is_noun or re.fullmatch(rf"(?i){CODES}", words):
        return ""
    return words if words.isupper() else words.lower()


def _named(design: Design, factor: str) -> str:
    """What readers see a factor called."""
    names = design.spec.names
    (group, *_) = design.factors[factor]
    return " and ".join(names.get(column, column) for column in group.factors)
