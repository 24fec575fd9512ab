"""How well the draws resolve the tables of a report: which fall short of what its fit reached.

A fit goes on until its parameters and group effects have the effective sample size that was asked
for. Tables of what is computed from them may rest on fewer draws (thinned where rows times groups
are very many), or be functions that mix less well.
"""

from __future__ import annotations

from bayesglmm.engine.convergence import R_HAT
from bayesglmm.engine.r_hat import ESS_PER_CHAIN
from bayesglmm.report.material import Material
from bayesglmm.tables import Table


def wanted_ess(material: Material) -> int:
    """Effective sample size that was asked for, or that the verdict wants."""
    least = ESS_PER_CHAIN * int(material.draws.posterior.sizes["chain"])
    return max(least, material.draws.settings.ess or 0)


def shortfalls(material: Material) -> list[str]:
    """Tables of the report that fall short, each with how far.

    Parameters
    ----------
    material : Material

    Returns
    -------
    list of str
        Such as ``"Rate per 100,000 births by county (effective sample size 302 bulk, 365 tail;
        R-hat 1.0140)"``: the smallest and the largest of the table.
    """
    wanted = wanted_ess(material)
    return [
        f"{table.caption} ({_resolution(table)})"
        for table in material.tables
        if _falls_short(table, wanted)
    ]


def _falls_short(table: Table, wanted: int) -> bool:
    frame = table.frame
    if "ess_bulk" not in frame:
        return False
    least = min(frame["ess_bulk"].min(), frame["ess_tail"].min())
    return bool(least < wanted or frame["r_hat"].max() > R_HAT)


def _resolution(table: Table) -> str:
    frame = table.frame
    bulk, tail = frame["ess_bulk"].min(), frame["ess_tail"].min()
    return (
        f"effective sample size {bulk:,.0f} bulk, {tail:,.0f} tail; R-hat "
        f"{frame['r_hat'].max():.4f}"
    )
