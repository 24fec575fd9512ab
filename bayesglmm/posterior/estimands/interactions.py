"""One factor compared within the levels of another, for each interaction of two factors."""

from __future__ import annotations

from dataclasses import dataclass

from bayesglmm.design.names import printed_names
from bayesglmm.posterior.estimands.comparisons import avg_comparisons
from bayesglmm.posterior.estimands.contrasts import make_contrasts
from bayesglmm.posterior.estimands.estimability import line_names
from bayesglmm.posterior.estimands.side_by_side import (
    conditions,
    kinds_of,
    lost_notes,
    side_by_side,
    sides_of,
)
from bayesglmm.posterior.estimands.ways import WAYS, ComparisonScale
from bayesglmm.posterior.notes import interval_note, success_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import size_words
from bayesglmm.tables import Table


@dataclass(frozen=True, slots=True)
class Interaction:
    """One factor compared within the levels of another.

    Attributes
    ----------
    what, where : str
        The factor compared, and the one whose levels it is compared within.
    tables : tuple of Table
        A row each comparison and level: ratios (odds ratios of probabilities), then differences;
        only differences where means may be negative.
    pairs : tuple of (str, str)
        The level and the one it is compared with, of each row of the tables.
    """

    what: str
    where: str
    tables: tuple[Table, ...]
    pairs: tuple[tuple[str, str], ...]


@beyond_double
def interaction_comparisons(posterior: Posterior, mass: float = 0.95) -> list[Interaction]:
    """For each interaction of two factors, one of them compared within the levels of the other.

    Parameters
    ----------
    posterior : Posterior
    mass : float

    Returns
    -------
    list of Interaction
        In the order of the formula.
    """
    design = posterior.design
    if design.spec.family.chances is not None:
        return []
    products = [[part.factor for part in term.products[0]] for term in design.predictor.fixed.terms]
    pairs = [(a, b) for a, b in (p for p in products if len(p) == 2) if a and b]
    pairs = [pair for pair in pairs if set(pair) <= set(design.levels)]
    scales: list[ComparisonScale] = ["or"] if design.spec.family.support.successes else ["ratio"]
    scales = [*(scales if design.spec.family.support.positive else []), "difference"]
    found = []
    for what, where in pairs:
        tables = tuple(_compared(posterior, what, where, scale, mass) for scale in scales)
        contrasts = make_contrasts(design, what)
        lines = len(tables[0].frame) // len(contrasts)
        levels = tuple((str(c.high), str(c.low)) for c in contrasts for _ in range(lines))
        found.append(Interaction(what, where, tables, levels))
    return found


def _compared(
    posterior: Posterior, what: str, where: str, scale: ComparisonScale, mass: float
) -> Table:
    design = posterior.design
    found = {
        name: avg_comparisons(posterior, what, by=where, scale=scale, re=re, mass=mass)
        for name, re in sides_of(design)
    }
    first = next(iter(found.values()))
    frame = first.frame[["comparison", where]].join(side_by_side(found))
    way, sizes, called = WAYS[scale], size_words(design), printed_names(design)
    weighted = f", weighted by {sizes}" if sizes else ""
    lines = first.printed()[["comparison", called[where]]]
    return Table(
        frame,
        f"{called[what]} by {called[where]}: {first.scale}",
        first.scale,
        f"{first.scale} of the averages over the {design.n:,} rows within each {called[where]}"
        f"{weighted}, each row taken under either level of {called[what]}; "
        f"{conditions(posterior)}",
        (
            interval_note(mass),
            *success_notes(design),
            *lost_notes(frame, line_names(lines, called)),
        ),
        kinds_of(frame, positive=way.no_effect == 1),
        first.called,
        first.headings,
    )
