"""The log density of cells, from the family's own of each row; and where a search begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.families import Family, Link, Rows
from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import crude_facts, crude_locations
from bayesglmm.likelihood.surface import Etas

FAR = 2.0
"""Where a parameter starts whose own start is an end of its range, link scale."""


@dataclass(frozen=True, slots=True, eq=False)
class RowDensity:
    """Rows in the order of their cells, and what is known of their family.

    Attributes
    ----------
    family : Family
    names : tuple of str
        The K parameters that have linear predictors, the location first.
    links : tuple of Link
        Theirs.
    rows : Rows
        Of n rows, cell by cell.
    cell : array of int, shape (n,)
        The cell of each.
    firsts : array of int, shape (m,)
        The first row of each cell.
    unit : float
        What counts as one unit of the location's predictor.
    levels : tuple of float
        Where the predictors start, link scale.
    """

    family: Family
    names: tuple[str, ...]
    links: tuple[Link, ...]
    rows: Rows
    cell: NDArray[np.int64]
    firsts: NDArray[np.int64]
    unit: float
    levels: tuple[float, ...]

    def values(self, etas: Etas) -> Array:
        """Log density of each cell, of the shape of the linear predictors."""
        of_rows = [eta.T[..., self.cell] for eta in etas]
        with np.errstate(all="ignore"):  # a step too far leaves the domain
            others = {
                name: link.inverse(eta)
                for name, link, eta in zip(self.names[1:], self.links[1:], of_rows[1:], strict=True)
            }
            found = self.family.log_density(self.links[0], of_rows[0], self.rows, others)
        found = np.where(np.isnan(found), -np.inf, found)
        return np.add.reduceat(found, self.firsts, axis=-1).T

    def units(self, etas: Etas) -> Array:
        """What counts as one unit of each predictor of each cell, shape (K, m)."""
        found = np.ones((len(etas), len(etas[0])))
        link, dispersion = self.links[0], self.family.dispersion
        if link.unit:
            return found
        if link.linear and dispersion is not None and self.family.support.unrestricted:
            scale = np.exp(np.minimum(etas[self.names.index(dispersion.name)], 300.0))
            found[0] = np.minimum(scale, self.unit)
        else:  # as far as 0, where the domain of such a mean may end
            found[0] = np.maximum(np.abs(etas[0]), 1e-8 * self.unit)
        return found


def make_row_density(design: Design, names: tuple[str, ...], cell: NDArray[np.int64]) -> RowDensity:
    """The density of the rows of a design.

    Parameters
    ----------
    design : Design
    names : tuple of str
        Parameters with linear predictors, the location first.
    cell : array of int, shape (n,)
        The cell of each row; none is empty.

    Returns
    -------
    RowDensity
    """
    order = np.argsort(cell, kind="stable")
    predictors = [design.predictors[name] for name in names]
    facts = crude_facts(design)
    known = crude_locations(design)
    starts = design.spec.family.starts(facts.spread)
    levels = [known.get("", known.get(names[0], facts.location))]
    for one in predictors[1:]:
        name = one.parameter.name
        levels.append(known[name] if name in known else _level(one.link, starts[name]))
    found = cell[order]
    return RowDensity(
        family=design.spec.family,
        names=names,
        links=tuple(one.link for one in predictors),
        rows=design.rows.take(order),
        cell=found,
        firsts=np.searchsorted(found, np.arange(found[-1] + 1)),
        unit=facts.unit,
        levels=tuple(levels),
    )


def _level(link: Link, start: float) -> float:
    with np.errstate(divide="ignore"):
        level = float(link.forward(start))
    return level if np.isfinite(level) else float(np.copysign(FAR, level))
