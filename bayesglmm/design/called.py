"""What readers see columns and terms called; frames, draws and keys keep the formula's own names.

A level of a factor is ``period[2]``, whether the formula writes ``period`` or ``C(period)``: the
call says how to read the column, which is no part of its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import permutations

from bayesglmm.design.columns import Columns
from bayesglmm.design.design import Design
from bayesglmm.design.parts import Part, carried

MOST_PARTS = 5
"""Parts of an interaction that may be written in any order: there are 120 of five."""


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


def written_names(design: Design) -> dict[str, str]:
    """Every way to write a column or term of a model, to its own name.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        The parts of an interaction may stand in any order, under their own or their printed names.
    """
    called = printed_names(design)
    sides = [design.predictor.fixed, *(group.encoder for group in design.predictor.groups)]
    written: dict[str, str] = {shown: name for name, shown in called.items()}
    for side in sides:
        for column, product in side.products.items():
            written |= dict.fromkeys(_orders(product, called, levels=True), column)
        for term in side.terms:
            written |= dict.fromkeys(_orders(term.products[0], called, levels=False), term.name)
    own = [name for side in sides for name in (*side.products, *(term.name for term in side.terms))]
    return written | {name: name for name in own}


def _orders(product: tuple[Part, ...], called: Called, levels: bool) -> Iterator[str]:
    """An interaction in all orders of its parts, under their own and their printed names."""
    for parts in permutations(product) if len(product) <= MOST_PARTS else [product]:
        for names in (Called(), called):
            yield _product(parts, names) if levels else _named(parts, names)


def _parts(side: Columns) -> Iterable[Part]:
    return (part for product in side.products.values() for part in product)


def _plain(part: Part) -> str:
    """The column whose levels a factor's are; what is no factor keeps its name."""
    return carried(part.factor) if part.factor is not None else part.name


def _named(product: tuple[Part, ...], called: dict[str, str]) -> str:
    return ":".join(called.get(part.name, part.name) for part in product)


def _product(product: tuple[Part, ...], called: dict[str, str]) -> str:
    name = _named(product, called)
    levels = ", ".join(part.level for part in product if part.level is not None)
    return f"{name}[{levels}]" if levels else name
