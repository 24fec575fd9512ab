"""The cells that factors make: their means, and comparisons that differ between them.

For a typical group and over new groups side by side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.given import coded_values, is_coded, is_truth_column
from bayesglmm.design.labels import label_of
from bayesglmm.design.names import printed_factors, printed_names
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.estimands.comparisons import WAYS, Comparison, avg_comparisons
from bayesglmm.posterior.estimands.contrasts import make_contrasts
from bayesglmm.posterior.estimands.estimability import estimability_notes, line_names
from bayesglmm.posterior.estimands.grid import grid
from bayesglmm.posterior.estimands.means import Effects, make_mean, shares_below_zero
from bayesglmm.posterior.estimands.predictions import predictions
from bayesglmm.posterior.estimands.rows import make_target
from bayesglmm.posterior.notes import below_zero_notes, interval_note, left_out, success_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import size_words
from bayesglmm.posterior.quantities import ESTIMATES
from bayesglmm.tables import Summary, Table

MOST_CELLS = 24
"""Combinations beyond which each factor is varied by itself."""

TYPICAL, NEW, PLAIN = "typical", "marginal", "estimate"
"""Columns: for a typical group, over new groups, and of a model without groups."""


@beyond_double
def cells(posterior: Posterior, mass: float = 0.95) -> Summary:
    """Means of the factors' cells, then comparisons within interactions of two factors.

    Parameters
    ----------
    posterior : Posterior
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Summary
        The tables of `cell_means` and `interaction_comparisons`: response scale, for a typical
        group and marginal over new groups side by side.

    Raises
    ------
    SpecError
        If the model has no factors.
    """
    check_share("mass", mass)
    means = cell_means(posterior, mass)
    if means is None:
        raise SpecError(
            "The mean has no factors, so it has no cells. "
            "See predictions(grid(...)) for values of numbers."
        )
    compared = interaction_comparisons(posterior, mass)
    return Summary((means, *(table for found in compared for table in found.tables)))


@beyond_double
def cell_means(posterior: Posterior, mass: float = 0.95) -> Table | None:
    """Mean of each combination of the factors' levels that occurs, numbers at their means.

    Parameters
    ----------
    posterior : Posterior
    mass : float

    Returns
    -------
    Table or None
        Columns ``cell`` and, with interval, ``typical`` and ``marginal`` (``estimate`` in a model
        without groups). Each factor by itself where there are more than `MOST_CELLS`
        combinations. None for a model without factors.
    """
    design = posterior.design
    names = design.spec.formula.fixed_variables
    factors = [name for name in names if _is_factor(design, name)]
    if not factors:
        return None
    labels, rows, which, called = _cells(design, factors)
    found = {name: predictions(posterior, rows, re=re, mass=mass) for name, re in _sides(design)}
    frame = pd.DataFrame({"cell": labels}).join(_side_by_side(found))
    first = next(iter(found.values()))
    return Table(
        frame,
        "Predicted means",
        first.scale,
        f"{first.scale}; {_conditions(posterior)}{which}",
        (
            interval_note(mass),
            *success_notes(design),
            *below_zero_notes(design, _below_zero(posterior, rows)),
            *_lost(frame, [called.get(label, label) for label in labels]),
        ),
        _kinds(frame, positive=design.spec.family.support.positive),
        {"cell": called},
    )


def _is_factor(design: Design, name: str) -> bool:
    return name in design.levels or is_truth_column(design, name) or is_coded(design, name)


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
    products = [[part.factor for part in term.products[0]] for term in design.predictor.fixed.terms]
    pairs = [(a, b) for a, b in (p for p in products if len(p) == 2) if a and b]
    pairs = [pair for pair in pairs if set(pair) <= set(design.levels)]
    scales: list[Comparison] = ["or"] if design.spec.link.log_odds else ["ratio"]
    scales = [*(scales if design.spec.family.support.positive else []), "difference"]
    found = []
    for what, where in pairs:
        tables = tuple(_compared(posterior, what, where, scale, mass) for scale in scales)
        contrasts = make_contrasts(design, what)
        lines = len(tables[0].frame) // len(contrasts)
        levels = tuple((str(c.high), str(c.low)) for c in contrasts for _ in range(lines))
        found.append(Interaction(what, where, tables, levels))
    return found


def _compared(posterior: Posterior, what: str, where: str, scale: Comparison, mass: float) -> Table:
    design = posterior.design
    found = {
        name: avg_comparisons(posterior, what, by=where, scale=scale, re=re, mass=mass)
        for name, re in _sides(design)
    }
    first = next(iter(found.values()))
    frame = first.frame[["comparison", where]].join(_side_by_side(found))
    way, sizes, called = WAYS[scale], size_words(design), printed_names(design)
    weighted = f", weighted by {sizes}" if sizes else ""
    lines = first.printed()[["comparison", called[where]]]
    return Table(
        frame,
        f"{called[what]} by {called[where]}: {first.scale}",
        first.scale,
        f"{first.scale} of the averages over the {design.n:,} rows within each {called[where]}"
        f"{weighted}, each row taken under either level of {called[what]}; "
        f"{_conditions(posterior)}",
        (
            interval_note(mass),
            *success_notes(design),
            *_lost(frame, line_names(lines, called)),
        ),
        _kinds(frame, positive=way.no_effect == 1),
        first.called,
        first.headings,
    )


def _cells(
    design: Design, factors: list[str]
) -> tuple[list[str], pd.DataFrame, str, dict[str, str]]:
    """Names of the cells, a row for each, which they are, and what readers see them called."""
    typical, called = grid(design, {}), printed_names(design)
    numbers = {str(name): typical[name].iloc[0] for name in typical if name not in factors}
    own = design.spec.formula.fixed_variables
    held = ", ".join(f"{called[name]} = {numbers[name]:.4g}" for name in own if name in numbers)
    truths = [name for name in factors if is_truth_column(design, name)]
    rows = design.data[factors].drop_duplicates().sort_values(factors)
    rows = rows.astype(dict.fromkeys(truths, bool))
    if len(rows) <= MOST_CELLS:
        rows = rows.reset_index(drop=True)
        labels = list(rows.map(label_of).agg(" · ".join, axis=1))
        columns = " · ".join(called[name] for name in factors)
        words = f"; cells: {columns}" + (f", at {held}" if held else "")
        return labels, rows.assign(**numbers), words, {}
    codes = [name for name in factors if is_coded(design, name) and name not in truths]
    levels: dict[str, Iterable[Any]] = dict.fromkeys(truths, (False, True)) | dict(design.levels)
    levels |= {name: sorted(coded_values(design, name)) for name in codes}
    varied = [(name, level) for name in factors for level in levels[name]]
    rows = pd.concat([grid(design, {name: level}) for name, level in varied], ignore_index=True)
    words = "; other columns at their most frequent level" + (f", at {held}" if held else "")
    named = [(name, label_of(level)) for name, level in varied]
    shown = {f"{name} = {level}": f"{called[name]} = {level}" for name, level in named}
    return list(shown), rows, words, shown


def _lost(frame: pd.DataFrame, names: list[str]) -> tuple[str, ...]:
    """Which lines the data cannot tell: those that are empty for a typical group."""
    known = frame[TYPICAL if TYPICAL in frame else PLAIN].notna()
    return estimability_notes(names, known.tolist())


def _below_zero(posterior: Posterior, rows: pd.DataFrame) -> Array:
    """Share of draws in which the mean of each cell is below 0, which groups do not change."""
    mean = make_mean(posterior.design, "typical")
    design = posterior.design.only(mean.parameter)
    target = make_target(design, rows, None, None, own_groups=False)
    return shares_below_zero(target, [posterior.at(target.design)], mean)


def _sides(design: Design) -> tuple[tuple[str, Effects], ...]:
    if not design.predictor.groups:
        return ((PLAIN, "typical"),)
    return ((TYPICAL, "typical"), (NEW, "integrate"))


def _side_by_side(tables: dict[str, Table]) -> pd.DataFrame:
    """Medians and intervals of several tables of the same lines."""
    parts = []
    for name, table in tables.items():
        called = {"median": name, "lower": f"{name} lower", "upper": f"{name} upper"}
        errors = {f"mcse_{old}": f"mcse_{new}" for old, new in called.items()}
        part = table.frame[[*ESTIMATES, *errors]]
        parts.append(part.rename(columns=called | errors))
    return pd.concat(parts, axis=1)


def _conditions(posterior: Posterior) -> str:
    design, draws = posterior.design, posterior.draws
    if not design.predictor.groups:
        return design.predictor.condition + left_out(draws.run)
    factors = ", ".join(printed_factors(design))
    return (
        f"{TYPICAL}: conditional, for a typical group with all effects at zero; {NEW}: integrated "
        f"over new groups of {factors} from the population{left_out(draws.run)}"
    )


def _kinds(frame: pd.DataFrame, positive: bool) -> dict[str, str]:
    kind = "positive" if positive else "estimate"
    found = [f"{name}{end}" for name in (TYPICAL, NEW, PLAIN) for end in ("", " lower", " upper")]
    return {name: kind for name in found if name in frame}
