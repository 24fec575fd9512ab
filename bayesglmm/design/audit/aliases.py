"""Columns that others determine: the dependency in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.column_queries import beside_mean
from bayesglmm.design.audit.finding import Evidence, listed, positions_of
from bayesglmm.design.dependence import Alias
from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.design.predictor import Predictor


def aliased(design: Design) -> Iterator[Evidence]:
    """Columns kept out of the sampler, predictor by predictor and term by term."""
    for predictor in design.predictors.values():
        yield from _aliased(design, predictor)


def _aliased(design: Design, predictor: Predictor) -> Iterator[Evidence]:
    fixed, called = predictor.fixed, printed_names(design)
    of = beside_mean(predictor, "of")
    term_of = {column: term.name for term in fixed.terms for column in term.columns}
    terms: dict[str, list[Alias]] = {}
    for alias in fixed.aliased:
        terms.setdefault(alias.term, []).append(alias)
    for term, aliases in terms.items():
        names = listed(called[alias.column] for alias in aliases)
        others = dict.fromkeys(
            term_of[name] for alias in aliases for _, name in alias.parts if name in term_of
        )
        sums = listed(alias.words(called) for alias in aliases)
        partners = f" (aliased with {listed(others)})" if others else " (no rows)"
        yield Evidence(
            "warning",
            f"{names} cannot be told from the other columns{of}: {sums}. "
            f"Kept out of the sampler and reported as not identified{partners}.",
            _fix(term, list(others)),
            positions_of(design.positions[_members(design, aliases)]),
        )


def _fix(term: str, others: list[str]) -> str:
    if not others:
        return f"Merge levels of {term}, or leave out what has no rows."
    if others == [term]:
        return f"Write {term} once."
    return f"Leave {term} or {' or '.join(o for o in others if o != term)} out, or merge levels."


def _members(design: Design, aliases: list[Alias]) -> np.ndarray:
    """Rows used that stand in an aliased level of a factor; none for other columns."""
    found = np.zeros(design.n, dtype=bool)
    for alias in aliases:
        part = alias.product[0]
        if len(alias.product) == 1 and part.factor in design.levels:
            found |= (design.data[part.factor] == part.level).to_numpy()
    return np.flatnonzero(found)
