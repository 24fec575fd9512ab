"""Comparison of fits by the predictive density of rows, or of whole groups, left out.

Vehtari, Gelman & Gabry (2017), Statistics and Computing 27, sections 3 and 5.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.errors import DataError, SpecError, brief, first_rows, unknown
from bayesglmm.posterior.comparison.integrated import group_log_density
from bayesglmm.posterior.comparison.loo import Loo, leave_one_out, leave_rows_out
from bayesglmm.posterior.comparison.scatter import find_scatter, with_scatter
from bayesglmm.posterior.comparison.table import Units, comparison_table
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table

type Unit = Literal["row", "group"]
type Candidates = Mapping[str, Posterior]

MOST_DRAWS = {"row": 2000, "group": 1000}
MOST_CELLS = {"row": 6_000_000, "group": 3_000_000}
"""Draws, and draws times rows, looked at; more draws are thinned."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison:
    """Fits side by side.

    Attributes
    ----------
    table : Table
        Best first.
    units : Units
    pointwise : mapping
        Fit to the predictive density of each unit.
    """

    table: Table
    units: Units
    pointwise: Mapping[str, Loo]

    def __repr__(self) -> str:
        return repr(self.table)

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


@beyond_double
def compare(candidates: Candidates, unit: Unit = "row", factor: str | None = None) -> Comparison:
    """Compare fits of the same responses.

    Parameters
    ----------
    candidates : mapping
        Name to posterior, two or more.
    unit : str
        ``"row"``: each row is predicted by its groups' other rows and the rest. ``"group"``: all
        rows of a group are left out, and predicted for a group drawn from the population, its
        effects integrated out.
    factor : str, optional
        Which groups; where left out, the only grouping factor of the fits.

    Returns
    -------
    Comparison

    Raises
    ------
    DataError
        If the fits are of different rows or responses.
    SpecError
        If `unit` or `factor` is unknown, or `factor` is needed.
    """
    check_same(candidates)
    units = find_units({name: one.design for name, one in candidates.items()}, unit, factor)
    pointwise, thinned = {}, []
    for name, posterior in candidates.items():
        pointwise[name], few = density_without(posterior, units, unit)
        thinned += [f"{few} of '{name}'"] if few else []
    table = comparison_table(pointwise, units, what_is_predicted(units, candidates), thinned)
    table = with_scatter(table, find_scatter(candidates), units.called)
    return Comparison(table, units, pointwise)


def density_without(posterior: Posterior, units: Units, unit: str) -> tuple[Loo, str]:
    """Predictive density of each unit by Pareto-smoothed importance sampling.

    Parameters
    ----------
    posterior : Posterior
    units : Units
    unit : str

    Returns
    -------
    loo : Loo
    thinned : str
        How many of the draws were looked at; empty where all were.
    """
    most = min(MOST_DRAWS[unit], max(200, MOST_CELLS[unit] // posterior.design.n))
    some = posterior.thin(most)
    few = f"{some.size:,} of {posterior.size:,} draws" if some.size < posterior.size else ""
    if not units.factor:
        return leave_rows_out(some), few
    density = group_log_density(some, units.factor, units.index, units.count)
    return leave_one_out(density, some.chains)[0], few


def check_same(candidates: Candidates) -> None:
    """Refuse fits whose densities are not of the same responses in the same rows.

    Parameters
    ----------
    candidates : mapping

    Raises
    ------
    SpecError, DataError
    """
    if len(candidates) < 2:
        raise SpecError("Give two fits or more: compare({'with era': fit, 'without': other}).")
    names = list(candidates)
    for name in names:
        if candidates[name].design.rows.weight is not None:
            raise SpecError(
                f"'{name}' has survey weights. Its pseudo-likelihood is no density of the rows, so "
                "there is nothing to leave out. Compare the fits without survey_weights=."
            )
    first = candidates[names[0]].design
    for name in names[1:]:
        other = candidates[name].design
        pair = f"'{names[0]}' and '{name}'"
        rows, others = set(first.positions.tolist()), set(other.positions.tolist())
        if rows != others or not np.array_equal(first.positions, other.positions):
            alone = np.array(sorted(rows ^ others))
            raise DataError(
                f"{pair} were fitted to different rows ({first.n:,} and {other.n:,}; not in both: "
                f"{first_rows(alone)}), so their predictive densities cannot be compared. Fit both "
                "to the rows that both can use."
            )
        if not _equal(first, other):
            raise DataError(
                f"{pair} have different responses ('{first.spec.formula.response}' and "
                f"'{other.spec.formula.response}', or other values of it), so their predictive "
                "densities cannot be compared. Fit both to the same response, untransformed."
            )
        if _continuous(first) != _continuous(other):
            raise DataError(
                f"Of {pair} one has a density of its response and the other a probability, which "
                "cannot be compared. Choose families that are both for counts, or both for numbers."
            )


def _equal(first: Design, other: Design) -> bool:
    """Whether two designs of the same rows have the same responses out of the same trials."""
    rows, others = first.rows, other.rows
    trials = np.broadcast_to(rows.trials, first.n), np.broadcast_to(others.trials, other.n)
    bounds = all(
        np.array_equal(getattr(rows, name), getattr(others, name))
        for name in ("y", "known", "central", "least", "most")
    )
    return bounds and np.array_equal(*trials)


def _continuous(design: Design) -> bool:
    return not design.spec.family.support.discrete


def find_units(designs: Mapping[str, Design], unit: str, factor: str | None) -> Units:
    """What is left out at a time.

    Parameters
    ----------
    designs : mapping
        Of the same rows.
    unit, factor : str
        As for `compare`.

    Returns
    -------
    Units

    Raises
    ------
    SpecError
        If `unit` or `factor` is unknown, or `factor` is needed.
    """
    if not isinstance(unit, str) or unit not in ("row", "group"):
        raise SpecError(unknown("unit", unit, ("row", "group")))
    count = next(iter(designs.values())).n
    if unit == "row":
        if factor is not None:
            raise SpecError(f"factor={brief(factor)} goes with unit='group'.")
        return Units("", np.arange(count), (), count)
    groups = {group.factor: group for design in designs.values() for group in design.groups}
    if not groups:
        raise SpecError("None of the fits has group terms, so there are no groups to leave out.")
    if factor is None and len(groups) > 1:
        names = " or ".join(f"factor='{name}'" for name in groups)
        raise SpecError(f"The fits have several grouping factors. Write {names}.")
    if factor is not None and not (isinstance(factor, str) and factor in groups):
        raise SpecError(unknown("grouping factor", factor, groups))
    group = groups[factor] if factor is not None else next(iter(groups.values()))
    first = next(iter(designs.values()))
    called, index = printed_names(first)[group.factor], group.index.astype(np.int64)
    return Units(group.factor, index, group.levels, len(group.levels), called)


def what_is_predicted(units: Units, candidates: Candidates, whole: bool = True) -> str:
    """The estimand, in words.

    Parameters
    ----------
    units : Units
    candidates : mapping
    whole : bool
        Whether all other units are in the fit, not only those of other folds.

    Returns
    -------
    str
    """
    if not units.factor:
        if not whole:
            return "a row, predicted from the rows of the other folds"
        return "a row, predicted from the other rows, those of its own groups among them"
    others = {
        printed_names(posterior.design)[group.factor]: None
        for posterior in candidates.values()
        for group in posterior.design.groups
        if group.factor != units.factor
    }
    text = f"all rows of a group of {units.called} that was not seen, its effects integrated out"
    return f"{text}; given the effects of {', '.join(others)}" if others else text
