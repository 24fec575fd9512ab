"""Comparison of fits by the predictive density of rows, or of whole groups, left out.

Vehtari, Gelman & Gabry (2017), Statistics and Computing 27, sections 3 and 5.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import DataError, SpecError, first_rows, unknown
from bayesglmm.families.links import Array
from bayesglmm.posterior.arithmetic import thin
from bayesglmm.posterior.integrated import group_log_density
from bayesglmm.posterior.loo import GOOD_K, Loo, leave_one_out, row_log_density
from bayesglmm.tables import Table

type Unit = Literal["row", "group"]
type Candidates = Mapping[str, tuple[Design, Draws]]

MOST_DRAWS = {"row": 2000, "group": 1000}
MOST_CELLS = {"row": 6_000_000, "group": 3_000_000}
"""Draws, and draws times rows, looked at; more draws are thinned."""

SMALL = 4.0
"""Difference below which two models predict alike."""

DOUBT = ", doubtful by k"
"""Said of a verdict where some units have a Pareto k above `GOOD_K`."""

FEW = 100
"""Units below which the standard error of a difference is itself doubtful."""


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """What is left out at a time.

    Attributes
    ----------
    factor : str
        Grouping factor; empty where single rows are left out.
    index : array of int, shape (n,)
        Unit of each row.
    names : tuple of str
        Of the groups; empty for rows.
    count : int
    """

    factor: str
    index: NDArray[np.int64]
    names: tuple[str, ...]
    count: int

    @property
    def words(self) -> str:
        """Such as ``"134 rows"`` or ``"67 groups of ID"``."""
        return f"{self.count:,} groups of {self.factor}" if self.factor else f"{self.count:,} rows"


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


def compare(candidates: Candidates, unit: Unit = "row", factor: str | None = None) -> Comparison:
    """Compare fits of the same responses.

    Parameters
    ----------
    candidates : mapping
        Name to (design, draws), two or more.
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
    _check_same(candidates)
    units = _units({name: design for name, (design, _) in candidates.items()}, unit, factor)
    pointwise, thinned = {}, []
    for name, (design, draws) in candidates.items():
        count = min(MOST_DRAWS[unit], max(200, MOST_CELLS[unit] // design.n))
        some = thin(draws, count)
        if some.size < draws.size:
            thinned.append(f"{some.size:,} of {draws.size:,} draws of '{name}'")
        pointwise[name] = leave_one_out(_log_density(design, some, units))[0]
    return Comparison(_table(pointwise, units, thinned, candidates), units, pointwise)


def _log_density(design: Design, draws: Draws, units: Units) -> Array:
    if not units.factor:
        return row_log_density(design, draws)
    return group_log_density(design, draws, units.factor, units.index, units.count)


def _check_same(candidates: Candidates) -> None:
    """Densities compare only where they are of the same responses in the same rows."""
    if len(candidates) < 2:
        raise SpecError("Give two fits or more: compare({'with era': fit, 'without': other}).")
    names = list(candidates)
    first = candidates[names[0]][0]
    for name in names[1:]:
        other = candidates[name][0]
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
    bounds = np.array_equal(rows.y, others.y) and np.array_equal(rows.central, others.central)
    return bounds and np.array_equal(*trials)


def _continuous(design: Design) -> bool:
    return design.spec.family.support.name == "real"


def _units(designs: Mapping[str, Design], unit: str, factor: str | None) -> Units:
    if unit not in ("row", "group"):
        raise SpecError(unknown("unit", str(unit), ("row", "group")))
    count = next(iter(designs.values())).n
    if unit == "row":
        if factor is not None:
            raise SpecError(f"factor='{factor}' goes with unit='group'.")
        return Units("", np.arange(count), (), count)
    groups = {
        group.factor: group for design in designs.values() for group in design.predictor.groups
    }
    if not groups:
        raise SpecError("None of the fits has group terms, so there are no groups to leave out.")
    if factor is None and len(groups) > 1:
        names = " or ".join(f"factor='{name}'" for name in groups)
        raise SpecError(f"The fits have several grouping factors. Write {names}.")
    if factor is not None and factor not in groups:
        raise SpecError(unknown("grouping factor", factor, groups))
    group = groups[factor] if factor is not None else next(iter(groups.values()))
    return Units(group.factor, group.index.astype(np.int64), group.levels, len(group.levels))


def _table(
    pointwise: Mapping[str, Loo], units: Units, thinned: list[str], candidates: Candidates
) -> Table:
    total = {name: float(loo.elpd.sum()) for name, loo in pointwise.items()}
    order = sorted(total, key=lambda name: -total[name])
    best = pointwise[order[0]]
    weights = dict(zip(pointwise, stacking([loo.elpd for loo in pointwise.values()]), strict=True))
    rows = [_row(name, pointwise[name], best, weights[name]) for name in order]
    bad = f"k > {GOOD_K}"
    first = ("model", "verdict", "difference", "mcse_difference", "its se")
    frame = pd.DataFrame(rows).rename(columns={"bad": bad})
    frame = frame[[*first, *(name for name in frame if name not in first)]]
    kinds = dict.fromkeys(("elpd", "difference"), "estimate") | {
        **dict.fromkeys(("se", "its se", "p_loo", "largest k"), "number"),
        bad: "count",
        "weight": "probability",
    }
    return Table(
        frame,
        f"Comparison by leaving out {units.words}, one at a time",
        scale="log predictive density, summed; higher is better",
        estimand=_estimand(units, candidates),
        notes=tuple(_notes(frame, units, thinned)),
        kinds=kinds,
    )


def _row(name: str, loo: Loo, best: Loo, weight: float) -> dict[str, Any]:
    difference = loo.elpd - best.elpd
    se = _standard_error(difference)
    change, error = float(difference.sum()), float(np.sqrt(np.square(loo.error).sum()))
    found: dict[str, Any] = {"model": name, "elpd": loo.elpd.sum(), "mcse_elpd": error}
    found |= {"se": _standard_error(loo.elpd)}
    if loo is best:
        found |= {"difference": np.nan, "mcse_difference": np.nan, "its se": np.nan}
        verdict, doubtful = "best", loo.unreliable > 0
    else:
        both = float(np.sqrt(np.square(loo.error).sum() + np.square(best.error).sum()))
        found |= {"difference": change, "mcse_difference": both, "its se": se}
        apart = abs(change) >= SMALL and abs(change) >= 2 * se
        doubtful = loo.unreliable + best.unreliable > 0
        verdict = "predicts worse" if apart else "not told apart from the best"
    return found | {
        "p_loo": loo.p.sum(),
        "largest k": loo.k.max(),
        "bad": loo.unreliable,
        "weight": weight,
        "verdict": f"{verdict}{DOUBT}" if doubtful else verdict,
    }


def _standard_error(values: Array) -> float:
    """Of a sum over units (Vehtari et al. 2017, eqs. 23-24)."""
    return float(np.sqrt(len(values)) * values.std(ddof=1))


def stacking(elpd: list[Array]) -> Array:
    """Weights of a mixture of the models that predicts best.

    Yao, Vehtari, Simpson & Gelman (2018), Bayesian Analysis 13(3), eq. 6; the maximum is found by
    the EM steps of mixture proportions.

    Parameters
    ----------
    elpd : list of array of shape (m,)
        Predictive density of each unit, by model.

    Returns
    -------
    array of shape (models,)
        Sum to 1.
    """
    logs = np.stack(elpd)
    density = np.exp(logs - logs.max(axis=0))
    weights = np.full(len(logs), 1 / len(logs))
    for _ in range(5000):
        shares = weights[:, None] * density
        updated = (shares / shares.sum(axis=0)).mean(axis=1)
        if np.abs(updated - weights).max() < 1e-7:
            break
        weights = updated
    return weights


def _estimand(units: Units, candidates: Candidates) -> str:
    if not units.factor:
        return "a row, predicted from the other rows, those of its own groups among them"
    others = {
        group.factor: None
        for design, _ in candidates.values()
        for group in design.predictor.groups
        if group.factor != units.factor
    }
    text = f"all rows of a group of {units.factor} that was not seen, its effects integrated out"
    return f"{text}; given the effects of {', '.join(others)}" if others else text


def _notes(frame: pd.DataFrame, units: Units, thinned: list[str]) -> list[str]:
    notes = [
        "Difference: to the best, with its standard error over the units left out. Below "
        f"{SMALL:g}, or below 2 standard errors, it does not tell two models apart (Sivula, "
        "Magnusson, Matamoros & Vehtari 2020, arXiv:2008.10296).",
        "p_loo: effective number of parameters. Weight: share in the mixture of these models that "
        "predicts best.",
    ]
    if units.count < FEW:
        notes.append(f"With {units.count} units left out, the standard errors may be too small.")
    bad = f"k > {GOOD_K}"
    found = frame[frame[bad] > 0]
    if len(found):
        where = "; ".join(
            f"{count} of '{name}'" for name, count in zip(found["model"], found[bad], strict=True)
        )
        instead = (
            "fit again without those groups to be sure"
            if units.factor
            else "compare(..., unit='group') leaves out whole groups, or fit again without those "
            "rows"
        )
        notes.append(
            f"Pareto k is above {GOOD_K} for some units ({where}): the posterior without them is "
            f"too far from the one drawn, and elpd is not to be trusted, often too high; {instead}."
        )
    if thinned:
        notes.append(f"Computed from {', '.join(thinned)}.")
    return notes
