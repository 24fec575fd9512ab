"""The table of a comparison: differences with their errors, weights, and what can be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.families.links import Array
from bayesglmm.posterior.comparison.loo import Loo
from bayesglmm.tables import Table

SMALL = 4.0
"""Difference below which two models predict alike."""

DOUBT = ", doubtful by k"
"""Said of a verdict where some units have a Pareto k above its bound."""

BAD = "k too high"
"""The column that counts units with a Pareto k above its bound."""

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
    called : str
        What readers see the factor called.
    """

    factor: str
    index: NDArray[np.int64]
    names: tuple[str, ...]
    count: int
    called: str = ""

    def name(self, unit: int) -> str:
        """Such as ``"row 12"``, by place, or ``"ID 7"``."""
        return f"{self.called} {self.names[unit]}" if self.factor else f"row {unit + 1:,}"

    @property
    def words(self) -> str:
        """Such as ``"134 rows"`` or ``"67 groups of ID"``."""
        return f"{self.count:,} groups of {self.called}" if self.factor else f"{self.count:,} rows"


def comparison_table(
    pointwise: Mapping[str, Loo],
    units: Units,
    estimand: str,
    thinned: Sequence[str] = (),
    how: str = "one at a time",
) -> Table:
    """The table of a comparison, best first.

    Parameters
    ----------
    pointwise : mapping
        Fit to the predictive density of each unit.
    units : Units
    estimand : str
        What is predicted, and from what.
    thinned : sequence of str
        Fits of which only some draws were looked at.
    how : str
        How units were left out.

    Returns
    -------
    Table
    """
    total = {name: float(loo.elpd.sum()) for name, loo in pointwise.items()}
    order = sorted(total, key=lambda name: -total[name])
    best = pointwise[order[0]]
    weights = dict(zip(pointwise, stacking([loo.elpd for loo in pointwise.values()]), strict=True))
    rows = [_row(name, pointwise[name], best, weights[name]) for name in order]
    first = ("model", "verdict", "difference", "mcse_difference", "its se")
    frame = pd.DataFrame(rows)
    if frame["largest k"].isna().all():  # every unit was predicted by a fit without it
        frame = frame.drop(columns=["largest k", BAD])
    frame = frame[[*first, *(name for name in frame if name not in first)]]
    kinds = dict.fromkeys(("elpd", "difference"), "estimate") | {
        **dict.fromkeys(("se", "its se", "p_loo", "largest k"), "number"),
        BAD: "count",
        "weight": "probability",
    }
    return Table(
        frame,
        f"Comparison by leaving out {units.words}, {how}",
        scale="log predictive density, summed; higher is better",
        estimand=estimand,
        notes=(*_notes(frame, units), *_draws_notes(pointwise, thinned)),
        kinds=kinds,
    )


def _row(name: str, loo: Loo, best: Loo, weight: float) -> dict[str, Any]:
    difference = loo.elpd - best.elpd
    se = standard_error(difference)
    change, error = float(difference.sum()), float(np.sqrt(np.square(loo.error).sum()))
    found: dict[str, Any] = {"model": name, "elpd": loo.elpd.sum(), "mcse_elpd": error}
    found |= {"se": standard_error(loo.elpd)}
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
        "largest k": loo.largest_k,
        BAD: loo.unreliable,
        "weight": weight,
        "verdict": f"{verdict}{DOUBT}" if doubtful else verdict,
    }


def standard_error(values: Array) -> float:
    """Standard error of a sum over units (Vehtari et al. 2017, eqs. 23-24).

    Parameters
    ----------
    values : array of shape (m,)

    Returns
    -------
    float
    """
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


def _notes(frame: pd.DataFrame, units: Units) -> list[str]:
    notes = [
        "Difference: to the best, with its standard error over the units left out. Below "
        f"{SMALL:g}, or below 2 standard errors, it does not tell two models apart (Sivula, "
        "Magnusson, Matamoros & Vehtari 2020, arXiv:2008.10296).",
        "p_loo: effective number of parameters. Weight: share in the mixture of these models that "
        "predicts best.",
    ]
    if units.count < FEW:
        notes.append(f"With {units.count} units left out, the standard errors may be too small.")
    found = frame[frame[BAD] > 0] if BAD in frame else frame[:0]
    if len(found):
        where = "; ".join(
            f"{count} of '{name}'" for name, count in zip(found["model"], found[BAD], strict=True)
        )
        instead = (
            "fit.loo(unit='group', refit=True) fits again without those groups"
            if units.factor
            else "compare(..., unit='group') leaves out whole groups, and fit.loo(refit=True) fits "
            "again without those rows"
        )
        notes.append(
            f"Pareto k is above its bound for some units ({where}): the posterior without them is "
            f"too far from the one drawn, and elpd is not to be trusted, often too high; {instead}."
        )
    return notes


def _draws_notes(pointwise: Mapping[str, Loo], thinned: Sequence[str]) -> list[str]:
    """What the draws allow: the bound of Pareto k, and how many they count for."""
    bounds: dict[str, list[str]] = {}
    least = min(float(loo.efficiency.min()) for loo in pointwise.values())
    if all(np.isnan(loo.largest_k) for loo in pointwise.values()):
        return [
            "Each unit is predicted by fits without it. Draws count by their relative efficiency "
            f"for the density of each unit, here {least:.2f} at least."
        ]
    for name, loo in pointwise.items():
        bounds.setdefault(f"{loo.good_k:.2f} for {loo.draws:,} draws", []).append(f"'{name}'")
    said = "; ".join(
        f"{bound} ({', '.join(names)})" if len(bounds) > 1 else bound
        for bound, names in bounds.items()
    )
    notes = [
        f"Bound of Pareto k: {said}, min(1 - 1 / log10(draws), 0.7) (Vehtari, Simpson, Gelman, Yao "
        "& Gabry 2024, JMLR 25(72)). Draws count by their relative efficiency for the density of "
        f"each unit, here {least:.2f} at least."
    ]
    return [*notes, *([f"Computed from {', '.join(thinned)}."] if thinned else [])]
