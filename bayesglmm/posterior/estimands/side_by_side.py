"""Answers for a typical group and over new groups, side by side."""

from __future__ import annotations

import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_factors
from bayesglmm.posterior.estimands.asked import Effects
from bayesglmm.posterior.estimands.estimability import estimability_notes
from bayesglmm.posterior.notes import left_out
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import ESTIMATES
from bayesglmm.tables import Table

TYPICAL, NEW, PLAIN = "typical", "marginal", "estimate"
"""Columns: for a typical group, over new groups, and of a model without groups."""


def lost_notes(frame: pd.DataFrame, names: list[str]) -> tuple[str, ...]:
    """Which lines the data cannot tell: those that are empty for a typical group."""
    known = frame[TYPICAL if TYPICAL in frame else PLAIN].notna()
    return estimability_notes(names, known.tolist())


def sides_of(design: Design) -> tuple[tuple[str, Effects], ...]:
    """The columns of a table, with the means of rows that they hold."""
    if not design.predictor.groups:
        return ((PLAIN, "typical"),)
    return ((TYPICAL, "typical"), (NEW, "integrate"))


def side_by_side(tables: dict[str, Table]) -> pd.DataFrame:
    """Medians and intervals of several tables of the same lines."""
    parts = []
    for name, table in tables.items():
        called = {"median": name, "lower": f"{name} lower", "upper": f"{name} upper"}
        errors = {f"mcse_{old}": f"mcse_{new}" for old, new in called.items()}
        part = table.frame[[*ESTIMATES, *errors]]
        parts.append(part.rename(columns=called | errors))
    return pd.concat(parts, axis=1)


def conditions(posterior: Posterior) -> str:
    """On what the columns are conditional, for an estimand."""
    design, without = posterior.design, left_out(posterior.draws.run)
    if not design.predictor.groups:
        return design.predictor.condition + without
    factors = ", ".join(printed_factors(design))
    return (
        f"{TYPICAL}: conditional, for a typical group with all effects at zero; {NEW}: integrated "
        f"over new groups of {factors} from the population{without}"
    )


def kinds_of(frame: pd.DataFrame, positive: bool) -> dict[str, str]:
    """How the columns that a frame has of them are printed."""
    kind = "positive" if positive else "estimate"
    found = [f"{name}{end}" for name in (TYPICAL, NEW, PLAIN) for end in ("", " lower", " upper")]
    return {name: kind for name in found if name in frame}
