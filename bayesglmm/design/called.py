"""What readers see columns and terms called; frames, draws and keys keep the formula's own names.

A level of a factor is ``period[2]``, whether the formula writes ``period`` or ``C(period)``: the
call says how to read the column, which is no part of its name.
"""

from __future__ import annotations

from collections.abc import Iterable

from bayesglmm.design.columns import Columns
from bayesglmm.design.design import Design
from bayesglmm.design.parts import Part, carried


class Called(dict[str, str]):
    """Names of columns, terms and their parts to what readers see; any other name is itself."""

    def __missing__(self, name: str) -> str:
        return name

    def effect(self, column: str, factor: str) -> str:
        """A group effect, such as ``"period[2]|site"``."""
        return f"{self[column]}|{factor}"

    def block(self, columns: Iterable[str], factor: str) -> str:
        """The effects of a group term, such as ``"1+period[2]|site"``."""
        return f"{'+'.join(self[column] for column in columns)}|{factor}"


def printed_names(design: Design) -> Called:
    """What the columns, terms and parts of a model are called in print.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Called
        Holds the names that differ in print. A part of a formula keeps its name where two would be
        called alike, as in ``x:C(period) + x:period``.
    """
    sides = [design.predictor.fixed, *(group.encoder for group in design.predictor.groups)]
    parts = {part.name: part for side in sides for part in _parts(side)}
    plain = {name: _plain(part) for name, part in parts.items()}
    alike = list(plain.values())
    called = {name: own for name, own in plain.items() if own != name and alike.count(own) == 1}
    found = Called(called)
    for side in sides:
        for column, product in side.products.items():
            found[column] = _product(product, called)
        for term in side.terms:
            found[term.name] = ":".join(called.get(part, part) for part in term.parts)
    return Called({name: shown for name, shown in found.items() if name != shown})


def _parts(side: Columns) -> Iterable[Part]:
    return (part for product in side.products.values() for part in product)


def _plain(part: Part) -> str:
    """The column whose levels a factor's are; what is no factor keeps its name."""
    return carried(part.factor) if part.factor is not None else part.name


def _product(product: tuple[Part, ...], called: dict[str, str]) -> str:
    name = ":".join(called.get(part.name, part.name) for part in product)
    levels = ", ".join(part.level for part in product if part.level is not None)
    return f"{name}[{levels}]" if levels else name
