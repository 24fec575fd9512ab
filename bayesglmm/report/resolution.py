"""How well the draws resolve the tables of a report: which fall short of what its fit reached.

A fit goes on until its parameters and group effects have the effective sample size that was asked
for. Tables of what is computed from them may rest on fewer draws (thinned where rows times groups
are very many), or be functions that mix less well. Bounds of R-hat are those of the verdict
(`bayesglmm.engine.r_hat`): 1.01 for a number of its own, for those of many groups what chance gives
the largest of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesglmm.engine.convergence import R_HAT
from bayesglmm.engine.r_hat import ESS_PER_CHAIN, bounds_among
from bayesglmm.report.material import Material
from bayesglmm.tables import Table
from bayesglmm.tables.intervals import intervals


def wanted_ess(material: Material) -> int:
    """Effective sample size that was asked for, or that the verdict wants."""
    least = ESS_PER_CHAIN * _chains(material)
    return max(least, material.draws.settings.ess or 0)


def shortfalls(material: Material, tables: Sequence[Table] | None = None) -> list[str]:
    """Tables of the report that fall short, each with how far.

    Parameters
    ----------
    material : Material
    tables : sequence of Table, optional
        Those that the report shows, where that is not all.

    Returns
    -------
    list of str
        Such as ``"Rate per 100,000 births by county (effective sample size 302 bulk, 365 tail;
        R-hat 1.0140)"``: the smallest and the largest of the table.
    """
    return [
        f"{table.caption} ({_resolution(table)})"
        for table in (material.tables if tables is None else tables)
        if "ess_bulk" in table.frame and _falls_short(table, material)
    ]


def unjudged(material: Material) -> list[str]:
    """What the report shows with an interval, but no effective sample size beside it.

    Parameters
    ----------
    material : Material

    Returns
    -------
    list of str
        Captions of tables; of a table with diagnostics, which are of its first estimate, the other
        estimates.
    """
    found = []
    for table in material.tables:
        names = list(intervals([str(name) for name in table.frame if _is_shown(str(name))]))
        if "ess_bulk" not in table.frame:
            found += [table.caption] * bool(names)
        elif names[1:]:
            found.append(f"{' and '.join(names[1:])} beside the {names[0]}")
    return list(dict.fromkeys(found))


def _is_shown(column: str) -> bool:
    return not column.startswith("mcse_")


def _chains(material: Material) -> int:
    return int(material.draws.posterior.sizes["chain"])


def _falls_short(table: Table, material: Material) -> bool:
    """Whether a number has less than was asked for, or an R-hat above its bound.

    The effective sample size of the table stands for that within chains: where chains differ it is
    small, and the number falls short by that.
    """
    frame = table.frame
    least = min(frame["ess_bulk"].min(), frame["ess_tail"].min())
    of_groups = [t for found in material.groups.values() for t in (found.rates, found.effects)]
    of_groups += [table] if table is material.poststratified else []
    bounds = np.full(len(frame), R_HAT)
    if any(table is other for other in of_groups):
        bounds = bounds_among(frame["ess_bulk"].to_numpy(), _chains(material))
    return bool(least < wanted_ess(material) or np.any(frame["r_hat"].to_numpy() > bounds))


def _resolution(table: Table) -> str:
    frame = table.frame
    bulk, tail = frame["ess_bulk"].min(), frame["ess_tail"].min()
    return (
        f"effective sample size {bulk:,.0f} bulk, {tail:,.0f} tail; R-hat "
        f"{frame['r_hat'].max():.4f}"
    )
