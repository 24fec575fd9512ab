"""What readers see columns and terms called; frames, draws and keys keep the formula's own names.

A column is called what ``labels=`` says, ``log(base)`` accordingly ``log(seizures at baseline)``. A
level of a factor is ``period[2]``, whether the formula writes ``period`` or ``C(period)``: the call
says how to read the column, which is no part of its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import permutations

from bayesglmm.design.columns import Columns
from bayesglmm.design.design import Design
from bayesglmm.design.parts import INTERCEPT, Part, carried
from bayesglmm.spec.algebra import expand
from bayesglmm.spec.formula import read_expression, read_terms
from bayesglmm.spec.model import ModelSpec
from bayesglmm.spec.naming import name_of

MOST_PARTS = 5
"""Parts of an interaction that may be written in any order: there are 120 of five."""


class Names(dict[str, str]):
    """Names of columns, terms and their parts to what readers see; any other name is itself."""

    def __missing__(self, name: str) -> str:
        return name

    def effect(self, column: str, factor: str) -> str:
        """A group effect, such as ``"period[2]|site"``."""
        return f"{self[column]}|{self[factor]}"

    def block(self, columns: Iterable[str], factor: str) -> str:
        """The effects of a group term, such as ``"1+period[2]|site"``."""
        return f"{'+'.join(self[column] for column in columns)}|{self[factor]}"


def printed_names(design: Design) -> Names:
    """What the columns, factors, terms and parts of a model are called in print.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Names
        Holds the names that differ in print. A part of a formula keeps its name where two columns
        of the model would be called alike, as in ``C(period) + C(period, Sum)``.
    """
    sides = design.sides
    products = {name: product for side in sides for name, product in side.products.items()}
    parts = _part_names(design.spec, sides)
    shown = {name: _product(product, parts) for name, product in products.items()}
    often = Counter(shown.values())
    alike = {part.name for name in products if often[shown[name]] > 1 for part in products[name]}
    parts.update({name: name for name in alike})
    found = Names(spec_names(design.spec) | parts)
    found |= {name: _product(product, parts) for name, product in products.items()}
    for side in sides:
        found |= {term.name: ":".join(parts[part] for part in term.parts) for term in side.terms}
    return Names({name: own for name, own in found.items() if name != own})


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
    sides = design.sides
    written: dict[str, str] = {shown: name for name, shown in called.items()}
    for side in sides:
        for column, product in side.products.items():
            written |= dict.fromkeys(_orders(product, called, levels=True), column)
        for term in side.terms:
            written |= dict.fromkeys(_orders(term.products[0], called, levels=False), term.name)
    own = [name for side in sides for name in (*side.products, *(term.name for term in side.terms))]
    return written | {name: name for name in own}


def _orders(product: tuple[Part, ...], called: Names, levels: bool) -> Iterator[str]:
    """An interaction in all orders of its parts, under their own and their printed names."""
    for parts in permutations(product) if len(product) <= MOST_PARTS else [product]:
        for names in (Names(), called):
            yield _product(parts, names) if levels else _term(parts, names)


def printed_factors(design: Design, parameter: str = "") -> list[str]:
    """What readers see the grouping factors of a predictor, the mean's, called; in order."""
    names = spec_names(design.spec)
    predictor = design.predictors[parameter] if parameter else design.predictor
    return [names[factor] for factor in predictor.factors]


def spec_names(spec: ModelSpec) -> Names:
    """What the columns of the data are called in print: predictors, factors, response, exposure.

    Parameters
    ----------
    spec : ModelSpec

    Returns
    -------
    Names
    """
    formula = spec.formula
    found = Names(spec.names)
    for text in {formula.response, formula.response_name, formula.successes, formula.trials}:
        if text is not None:
            found[text] = name_of(read_expression(text), spec.names)
            found[carried(text)] = found[text]
    for bar in (bar for one in spec.formulas.values() for bar in one.bars):
        if bar.factor not in found:
            found[bar.factor] = ":".join(found[factor] for factor in bar.factors)
    return Names({name: own for name, own in found.items() if name != own})


def _part_names(spec: ModelSpec, sides: Iterable[Columns]) -> Names:
    """What each part of a term is called: a factor by its column, the rest as it is written."""
    formulas = spec.formulas.values()
    texts = [text for one in formulas for text in (one.fixed, *(bar.columns for bar in one.bars))]
    written = {
        carried(name_of(part)): name_of(part, spec.names)
        for text in texts
        for parts in expand(read_terms(text))
        for part in parts
    }
    return Names({part.name: _plain(part, spec, written) for part in _parts(sides)})


def _parts(sides: Iterable[Columns]) -> Iterator[Part]:
    return (part for side in sides for product in side.products.values() for part in product)


def _plain(part: Part, spec: ModelSpec, written: dict[str, str]) -> str:
    """The column whose levels a factor's are; what is no factor as the formula has it.

    A column called like the intercept keeps its backquotes: ``sd(1|g)`` is the intercept's.
    """
    if part.factor is not None:
        return spec.names.get(part.factor, part.factor)
    shown = written.get(part.name, part.name)
    return part.name if shown == INTERCEPT else shown


def _term(product: tuple[Part, ...], called: Names) -> str:
    return ":".join(called[part.name] for part in product)


def _product(product: tuple[Part, ...], called: Names) -> str:
    name = _term(product, called)
    levels = ", ".join(part.level for part in product if part.level is not None)
    return f"{name}[{levels}]" if levels else name
