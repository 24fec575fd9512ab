"""Which columns a formula makes factors of, whatever kind of values they hold."""

from __future__ import annotations

import re

from bayesglmm.spec.formula import Formula, variables

CODED = re.compile(
    r"\b(?:C|S|T|factor)\(\s*(?:`(?P<quoted>[^`]+)`|(?P<name>[^\W\d][\w.]*))"
    r"\s*(?:,(?:[^()]|\([^()]*\))*)?\)"
)
"""A column made a factor, such as ``C(edu)`` or ``C(edu, Treatment(2))``."""


def coded_variables(formula: Formula) -> frozenset[str]:
    """Data columns that stand in ``C()``, ``factor()``, ``S()`` or ``T()`` and nowhere else.

    Parameters
    ----------
    formula : Formula

    Returns
    -------
    frozenset of str
        Those of the fixed part and left of bars; such a column is a factor, numbers or not.
    """
    texts = (formula.fixed, *(bar.columns for bar in formula.bars))
    coded = {match["quoted"] or match["name"] for text in texts for match in CODED.finditer(text)}
    elsewhere = {name for text in texts for name in variables(CODED.sub("0", text))}
    return frozenset(coded - elsewhere)
