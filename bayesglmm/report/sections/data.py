"""The data: where they come from, what was read, used and lost, and their caveats."""

from __future__ import annotations

import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.uses import column_uses
from bayesglmm.posterior.summary import row_flow
from bayesglmm.report.blocks import Block, bullets, paragraph, subtitle, table
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table


def data(material: Material) -> Section:
    """Row flow, data dictionary, source and caveats."""
    design = material.design
    parts: list[Block] = [
        table(row_flow(design, material.draws.run)),
        table(dictionary(design)),
    ]
    if design.source:
        parts.insert(0, paragraph(design.source))
    if design.caveats:
        parts += [subtitle("Caveats"), *bullets(design.caveats)]
    flow = design.flow
    gist = f"{flow.used:,} of {flow.read:,} rows used."
    return Section("data", "Data", tuple(parts), gist)


def dictionary(design: Design) -> Table:
    """The columns used: role, and range or levels.

    Parameters
    ----------
    design : Design

    Returns
    -------
    Table
    """
    uses = column_uses(design.spec)
    references = design.references
    names = design.spec.names
    rows = [
        (name, use, _content(design.data[name], references.get(str(name))))
        for name, use in uses.items()
    ]
    frame = pd.DataFrame(rows, columns=["column", "used for", "content"])
    if names:
        frame.insert(1, "called", [names.get(str(name), str(name)) for name in uses])
    return Table(frame, "Columns used")


def _content(column: pd.Series, reference: str | None) -> str:
    if isinstance(column.dtype, pd.CategoricalDtype):
        levels = [
            f"{level} (reference)" if level == reference else str(level)
            for level in column.cat.categories
        ]
        shown = ", ".join(levels[:8]) + (", ..." if len(levels) > 8 else "")
        return f"{len(levels)} levels: {shown}"
    masked = int(column.isna().sum())
    also = f", {masked:,} suppressed" if masked else ""  # no other column may miss a value
    low, high, mean = _number(column.min(), 6), _number(column.max(), 6), _number(column.mean(), 4)
    return f"{low} to {high}, mean {mean}{also}"


def _number(value: float, digits: int) -> str:
    """So many significant digits, and all before the point instead of a power of ten."""
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.{digits}g}"
