"""Which factors of which terms get a column for every level, so that nothing is said twice.

A factor's columns for all levels span a constant; those for all but one do not. A term spans every
product of some of its factors' reduced columns, so a term takes the full set of a factor where it
alone has to span what is missing without it. The rule is that of patsy (N. Smith, *patsy
documentation*, "Redundancy and categorical factors"); where one term cannot span what is missing,
a term of fewer factors is added before it, until every interaction spans all its cells.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

type Piece = frozenset[tuple[str, bool]]
"""What columns span: names of factors, each with whether all its levels have a column."""


@dataclass(frozen=True, slots=True)
class TermNames:
    """Names of the parts that a term is the product of.

    Attributes
    ----------
    names : tuple of str
        None for the intercept.
    factors : frozenset of str
        Those of them that have levels.
    """

    names: tuple[str, ...]
    factors: frozenset[str]

    @property
    def numbers(self) -> frozenset[str]:
        """Those that have none: terms are redundant only beside terms of the same numbers."""
        return frozenset(self.names) - self.factors

    def margin(self, factors: frozenset[str]) -> TermNames:
        """The term of some of its factors and all its numbers."""
        kept = [name for name in self.names if name in factors]
        return TermNames((*kept, *(name for name in self.names if name in self.numbers)), factors)


def full_rank(terms: Sequence[TermNames]) -> list[tuple[TermNames, Mapping[str, bool]]]:
    """Terms that span all they stand for, none of it twice.

    Parameters
    ----------
    terms : sequence of TermNames
        The intercept, where there is one, first; no term before one that it contains.

    Returns
    -------
    list of (TermNames, mapping)
        Each term, and terms added before it, with whether each factor has a column a level.
    """
    pieces = _pieces(terms)
    while any(len(own) > 1 for own in pieces):
        terms = [
            found
            for term, own in zip(terms, pieces, strict=True)
            for found in (*(term.margin(_names(piece)) for piece in own[:-1]), term)
        ]
        pieces = _pieces(terms)
    spans = (dict(own[0]) if own else {} for own in pieces)
    return list(zip(terms, spans, strict=True))


def _names(piece: Piece) -> frozenset[str]:
    return frozenset(name for name, _ in piece)


def _pieces(terms: Sequence[TermNames]) -> list[list[Piece]]:
    """What each term has to span beyond those before it."""
    spanned: dict[Hashable, set[frozenset[str]]] = {}
    return [_missing(term, spanned.setdefault(term.numbers, set())) for term in terms]


def _missing(term: TermNames, spanned: set[frozenset[str]]) -> list[Piece]:
    """What a term has to span, as few pieces as can be; adds it to what is spanned."""
    factors = [name for name in term.names if name in term.factors]
    subsets = [
        frozenset(some)
        for size in range(len(factors) + 1)
        for some in combinations(factors, size)
        if frozenset(some) not in spanned
    ]
    spanned.update(subsets)
    pieces: list[Piece] = [frozenset((name, False) for name in some) for some in subsets]
    while _merge(pieces):
        pass
    return pieces


def _merge(pieces: list[Piece]) -> bool:
    """Join the first two pieces that a full set of columns spans together; whether there were."""
    for place, small in enumerate(pieces):
        for later in range(place + 1, len(pieces)):
            extra = pieces[later] - small
            if small < pieces[later] and len(extra) == 1:
                ((name, _),) = extra
                pieces[later] = small | {(name, True)}
                del pieces[place]
                return True
    return False
