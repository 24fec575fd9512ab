"""Which columns a formula makes factors of, whatever kind of values they hold."""

from __future__ import annotations

from collections.abc import Iterable

from bayesglmm.spec.expression import Call, Leaf, Node, columns_of, parts_of
from bayesglmm.spec.formula import Formula, read_terms
from bayesglmm.spec.functions import CODED


def coded_variables(formulas: Iterable[Formula]) -> frozenset[str]:
    """Data columns that stand in ``C()``, ``factor()``, ``S()`` or ``T()`` and nowhere else.

    Parameters
    ----------
    formulas : iterable of Formula
        Of one model.

    Returns
    -------
    frozenset of str
        Those of the fixed part and left of bars; such a column is a factor, numbers or not.
    """
    sides = [
        side
        for formula in formulas
        for side in (formula.fixed_node, *(read_terms(bar.columns) for bar in formula.bars))
    ]
    coded = {name for side in sides for name in _used(side, coded=True)}
    return frozenset(coded - {name for side in sides for name in _used(side, coded=False)})


def _used(node: Node, coded: bool) -> set[str]:
    """Columns that are made factors, or those that stand anywhere else."""
    match node:
        case Call(arguments=(Leaf(column=str(name)), *_)) if node.name in CODED:
            return {name} if coded else set()
        case Leaf():
            return set() if coded else set(columns_of(node))
    return {name for part in parts_of(node) for name in _used(part, coded)}
