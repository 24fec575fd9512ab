"""Where a coefficient holds: at which values of what stands in other terms as well.

The coefficient of `trt` in ``trt * period`` is the effect at the reference period, that of `age` in
``age + I(age**2)`` the slope where age is 0. In ``log(x) + x``, or among the columns of
``poly(x, 2)``, no coefficient is an effect of x: the column cannot move while the others stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bayesglmm.design.columns import Term
from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.spec.expression import columns_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where the coefficients of a term hold.

    Attributes
    ----------
    term : str
    called : str
        The term as readers see it.
    partners : str
        The other factors and numbers of its interactions, such as ``"period = first"``; empty where
        it is in none.
    slope : str
        Where the coefficient is the slope of a curve, such as ``"age = 0"``; empty where the term
        is no start of a polynomial.
    bound : str
        The columns of the data that the term cannot move alone in, such as ``"x"``, because they
        stand in other terms or columns too; then the coefficient is no effect of theirs.
    """

    term: str
    called: str = ""
    partners: str = ""
    slope: str = ""
    bound: str = ""

    @property
    def where(self) -> str:
        """Such as ``"age = 0 and period = first"``; empty for a term that has no place."""
        return " and ".join(filter(None, [self.slope, self.partners]))


def find_places(design: Design) -> dict[str, Place]:
    """Terms whose coefficients hold somewhere only, or are no effect by themselves.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Term to its place; terms that stand alone are left out, and so are interactions, but for
        slopes within each level.
    """
    terms = design.predictor.fixed.terms
    found = (
        _place(design, term)
        for term in terms
        if not term.is_interaction or slope_within(design, term)
    )
    return {place.term: place for place in found if place.where or place.bound}


def slope_within(design: Design, term: Term) -> bool:
    """Whether an interaction's columns are slopes of a number within each level, not differences.

    So it is where every level of its factors has a column, as in ``f + f:x`` without `x`.
    """
    numbers = {part.name for product in term.products for part in product if not part.is_factor}
    factors = {part.name for product in term.products for part in product if part.is_factor}
    if not term.is_interaction or len(numbers) != 1 or not factors:
        return False
    mains = {other.name for other in design.predictor.fixed.terms if not other.is_interaction}
    whole = all(
        _levels(term, name) >= set(design.levels.get(name, ())) != set() for name in factors
    )
    return whole and not numbers & mains


def _levels(term: Term, name: str) -> set[str | None]:
    """Levels of a factor that the columns of a term are of."""
    return {part.level for product in term.products for part in product if part.name == name}


def _place(design: Design, term: Term) -> Place:
    terms = design.predictor.fixed.terms
    number = [part for part in term.products[0] if not part.is_factor] or term.products[0]
    base, own = number[0].name, {name for part in number for name in part.variables}
    partners = dict.fromkeys(
        part
        for other in terms
        if other is not term and other.is_interaction and base in other.parts
        for part in other.parts
        if part != base
    )
    called = printed_names(design)
    shown = called[term.name]
    held = " and ".join(f"{called[part]} = {design.references.get(part, '0')}" for part in partners)
    beside = [
        other
        for other in terms
        if other is not term and own & _variables(other) and base not in other.parts
    ]
    offsets = {name for inside in design.spec.formula.offsets for name in columns_of(inside)}
    if beside and not own & offsets and all(_is_flat(other, base) for other in beside):
        return Place(term.name, shown, held, slope=f"{called[base]} = 0")
    several = any(part.level is not None and not part.is_factor for part in number)
    if several or beside or own & offsets:
        shared = own if several else own & offsets.union(*map(_variables, beside))
        columns = ", ".join(sorted(called[name] for name in shared))
        return Place(term.name, shown, held, bound=columns)
    return Place(term.name, shown, held)


def _variables(term: Term) -> set[str]:
    """Columns of the data that a term is made from."""
    return {name for product in term.products for part in product for name in part.variables}


def _is_flat(term: Term, base: str) -> bool:
    """Whether a term, or a part of its products, is flat where another is 0."""
    return any(is_power(part, base) for part in term.parts)


def is_power(name: str, base: str) -> bool:
    """Whether a term is a power of another from the second on, which is flat where that is 0."""
    found = re.fullmatch(rf"I\({re.escape(base)} ?\*\* ?(\d+)\)", name)
    return bool(found and int(found[1]) >= 2)


def place_notes(places: Iterable[Place]) -> list[str]:
    """What a table says of places.

    Parameters
    ----------
    places : iterable of Place

    Returns
    -------
    list of str
    """
    notes, bound = [], dict[str, list[str]]()
    for place in places:
        if place.slope:
            at = f" with {place.partners}" if place.partners else ""
            notes.append(f"{place.called}: the slope at {place.slope}{at}.")
        elif place.partners:
            notes.append(f"{place.called}: the effect where {place.partners}.")
        if place.bound:
            bound.setdefault(place.bound, []).append(place.called)
    for columns, names in bound.items():
        each = "each by itself" if len(names) > 1 else "by itself"
        notes.append(
            f"{', '.join(names)}: {each} no effect of {columns}, which moves other columns too."
        )
    return notes
