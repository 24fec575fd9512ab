"""The columns that R makes of a formula: what it calls them, and whether they are ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bayesglmm.design.columns import Columns
from bayesglmm.design.encoding.encoders import FactorEncoder
from bayesglmm.design.parts import Part, carried
from bayesglmm.scripts import r_text
from bayesglmm.spec.algebra import expand
from bayesglmm.spec.expression import Node
from bayesglmm.spec.formula import read_terms
from bayesglmm.spec.naming import name_of


def coefficients(columns: Columns, texts: Iterable[str]) -> dict[str, str]:
    """What R calls each column of a model matrix.

    Parameters
    ----------
    columns : Columns
    texts : iterable of str
        Sums of terms that its own are among.

    Returns
    -------
    dict
        Our name of each column to R's.
    """
    nodes = {
        carried(name_of(part)): part
        for text in texts
        for term in expand(read_terms(text))
        for part in term
    }
    products = columns.products
    order = list(dict.fromkeys(part.name for parts in products.values() for part in parts))
    return {
        column: ":".join(
            _part(part, nodes[part.name], columns)
            for part in sorted(parts, key=lambda part: order.index(part.name))
        )
        for column, parts in products.items()
    }


def _part(part: Part, node: Node, columns: Columns) -> str:
    base = r_text.of_node(node)
    if part.level is None:
        return base
    if part.name in columns.centred:
        return f"{base}{_sum_levels(part, columns).index(part.level) + 1}"
    return f"{base}{part.level if part.is_factor else int(part.level) + 1}"


def _sum_levels(part: Part, columns: Columns) -> Sequence[str]:
    factor = next(one for one in columns.encoder.factors if one.name == part.name)
    return factor.coding.columns(factor.levels, factor.full)[0]


def codes_alike(columns: Columns, text: str) -> bool:
    """Whether R makes the same columns of the same terms.

    R gives a factor all its levels where the term without it does not stand in the formula, of the
    main effects the first alone where there is no intercept (Chambers & Hastie 1992, Statistical
    Models in S, section 2.4.1); here a column is made only where it is needed. Under Sum, all the
    levels are their mean and differences from it here, and indicators in R.

    Parameters
    ----------
    columns : Columns
    text : str
        What they were made of.

    Returns
    -------
    bool
    """
    encoder = columns.encoder
    terms = [frozenset(part.name for part in term.parts) for term in encoder.terms]
    if len(terms) != sum(bool(term) for term in expand(read_terms(text))):
        return False
    factors = {factor.name for factor in encoder.factors}
    mains = [term for term in terms if len(term) == 1 and term <= factors]
    present = {*terms, *([frozenset[str]()] if encoder.intercept else [])}
    for names, term in zip(terms, encoder.terms, strict=True):
        for part in (part for part in term.parts if isinstance(part, FactorEncoder)):
            without = names - {part.name}
            missing = without not in present
            first = bool(without) or bool(mains and names == mains[0])
            if part.full != (missing and first) or (part.full and part.left_out is not None):
                return False
    return True
