"""What stands beside a conditional ratio: the marginal one, and an absolute difference.

Averaged over the model's rows and integrated over new groups. The marginal coefficient is
``g(m1) - g(m0)`` with g the link and m0, m1 the averages of the marginal means with the column at
one value and the other (Zeger, Liang & Albert 1988, Biometrics 44(4), call it population-averaged).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.columns import Term, is_indicator
from bayesglmm.design.design import Design, Predictor
from bayesglmm.engine.draws import Draws
from bayesglmm.families import find_measure
from bayesglmm.families.links import Array
from bayesglmm.posterior.arithmetic import thin
from bayesglmm.posterior.estimands.answers import answer
from bayesglmm.posterior.estimands.means import Mean, make_mean, row_means
from bayesglmm.posterior.estimands.rows import distinct
from bayesglmm.spec.formula import variables

MOST = 2_000_000
"""Draws times rows times means beyond which draws are thinned."""
FEWEST, LARGEST = 400, 8_000_000
"""Draws that are always kept, and the size beyond which rows are thinned."""

_OFFSET = re.compile(r"offset\(((?:[^()]|\([^()]*\))*)\)")


@dataclass(frozen=True, slots=True, eq=False)
class Companions:
    """Columns to stand beside those of a table of ratios.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a fixed effect, by its name: ``marginal``, ``marginal lower``, ``marginal upper``
        where they differ from the conditional ones, ``difference`` and its bounds, Monte Carlo
        errors. Empty where the model has none.
    difference : str
        What the difference is, such as ``"risk difference"``.
    notes : tuple of str
    """

    frame: pd.DataFrame
    difference: str = ""
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """Columns to show, Monte Carlo errors left out."""
        return [str(name) for name in self.frame if not str(name).startswith("mcse_")]


@dataclass(frozen=True, slots=True, eq=False)
class _Averaged:
    """Rows with their weights, and the draws that are averaged over them."""

    design: Design
    weights: Array
    draws: Draws
    mean: Mean

    def average(self) -> Array:
        """Average of the marginal mean in each draw, shape (S,)."""
        return np.asarray(row_means(self.design, self.draws, self.mean, []) @ self.weights)

    def at(self, values: Mapping[str, float], step: bool = False) -> _Averaged:
        """The same rows with columns set to values, or moved by them; equal rows become one."""
        changed = _with_columns(self.design, values, step)
        merged, weights = _merged(changed, self.weights)
        return replace(self, design=merged, weights=weights)


def companions(design: Design, draws: Draws, mass: float) -> Companions:
    """Marginal and absolute companions of the coefficients of a nonlinear link.

    Parameters
    ----------
    design : Design
        The model's own.
    draws : Draws
    mass : float

    Returns
    -------
    Companions
        None for a link whose coefficients are differences of means already. A column that also
        stands in another term has no single companion.
    """
    if not design.spec.link.unit:
        return Companions(pd.DataFrame())
    alone = [term for term in design.predictor.fixed.terms if _is_alone(design, term)]
    levels = set(design.predictor.fixed.level_columns)
    shared = [
        term.name
        for term in design.predictor.fixed.terms
        if term not in alone and not levels & set(term.columns)
    ]
    if not alone:
        return Companions(pd.DataFrame(), notes=_shared_note(shared))
    averaged, rows = _averaged(design, draws, sum(len(term.columns) + 1 for term in alone))
    marginal = bool(design.predictor.groups) and not _equal(design, alone)
    parts = [_baseline(averaged, mass)] if marginal and design.predictor.fixed.intercept else []
    parts += [_companion(averaged, term, marginal, mass) for term in alone]
    thinned = averaged.draws.size < draws.size
    notes = (*_notes(averaged, rows, marginal, thinned), *_shared_note(shared))
    return Companions(pd.concat(parts), _difference_name(averaged.mean), notes)


def _companion(averaged: _Averaged, term: Term, marginal: bool, mass: float) -> pd.DataFrame:
    """A row for each column of a term: the marginal coefficient and the difference."""
    fixed, spec, unit = averaged.design.predictor.fixed, averaged.design.spec, averaged.mean.unit
    zero = dict.fromkeys(term.columns, 0.0)
    step = not is_indicator(fixed.values[:, [fixed.names.index(name) for name in term.columns]])
    start = averaged if step else averaged.at(zero)
    low = start.average()[:, None]
    highs = [start.at(zero | {name: 1.0}, step).average() for name in term.columns]
    high = np.stack(highs, axis=1)
    found = _named(answer([high - low], mass), "difference")
    if marginal:
        moved = spec.link.forward(high / unit) - spec.link.forward(low / unit)
        if find_measure(spec.family, spec.link).ratio:
            moved = np.exp(moved)
        found = _named(answer([moved], mass), "marginal").join(found)
    return found.set_axis(list(term.columns))


def _baseline(averaged: _Averaged, mass: float) -> pd.DataFrame:
    """The marginal mean where all columns of the fixed part are zero, and the offset as well."""
    one = _take(averaged.design, np.zeros(1, dtype=np.int64))
    zero = dict.fromkeys(one.predictor.fixed.names, 0.0)
    at_zero = _with_columns(one, zero, step=False)
    plain = replace(at_zero, predictor=replace(at_zero.predictor, offset=np.zeros(1)))
    level = row_means(plain, averaged.draws, averaged.mean, [])
    return _named(answer([level], mass), "marginal").set_axis(["Intercept"])


def _named(found: pd.DataFrame, name: str) -> pd.DataFrame:
    """The columns of an answer, named after what it is of."""
    short = {"median": name, "lower": f"{name} lower", "upper": f"{name} upper"}
    return found.rename(
        columns=short | {f"mcse_{old}": f"mcse_{new}" for old, new in short.items()}
    )


def _is_alone(design: Design, term: Term) -> bool:
    """Whether a term is a number or a factor against its reference, and shares no data column."""
    fixed = design.predictor.fixed
    if term.levels is not None and term.name not in fixed.references:
        return False
    if set(fixed.level_columns) & set(term.columns):
        return False
    own = _names(design, term.name)
    others = [other.name for other in fixed.terms if other is not term]
    others += _OFFSET.findall(design.spec.formula.fixed)
    if any(own & _names(design, other) for other in others):
        return False
    for group in design.predictor.groups:
        touched = {c for c in group.columns if own & _names(design, c.partition("[")[0])}
        if touched and touched != set(term.columns):
            return False
    return True


def _names(design: Design, term: str) -> set[str]:
    """Data columns of a term by its carried name."""
    found: set[str] = set()
    for part in term.split(":"):
        text = part.replace("÷", "/")
        found |= {part} if part in design.data else set(variables(text))
    return found


def _equal(design: Design, terms: list[Term]) -> bool:
    """Whether marginal ratios are the conditional ones: log link, no slope of a changed column."""
    slopes = {column for group in design.predictor.groups for column in group.columns}
    changed = {column for term in terms for column in term.columns}
    return design.spec.link.name == "log" and not slopes & changed


def _averaged(design: Design, draws: Draws, means: int) -> tuple[_Averaged, int]:
    """Distinct rows and draws that can be afforded, and how many rows they stand for."""
    merged, weights = _merged(design, np.full(design.n, 1 / design.n))
    most, rows = LARGEST // (FEWEST * means), design.n
    if len(weights) > most:
        some = np.arange(0, design.n, -(-design.n // max(most, 1)))
        merged, rows = _take(design, some), len(some)
        weights = np.full(rows, 1 / rows)
    kept = thin(draws, max(FEWEST, MOST // (means * len(weights))))
    return _Averaged(merged, weights, kept, make_mean(design, "integrate")), rows


def _merged(design: Design, weights: Array) -> tuple[Design, Array]:
    """Rows of the predictor that are alike made one, their weights added."""
    predictor = design.predictor
    blocks = [predictor.X, predictor.offset[:, None], *(group.Z for group in predictor.groups)]
    values = pd.DataFrame(np.concatenate(blocks, axis=1))
    code, first = distinct(values, len(values))
    return _take(design, first), np.bincount(code, weights)


def _take(design: Design, rows: NDArray[np.int64]) -> Design:
    """Some rows of the predictor; the rest of the design is not used."""
    old = design.predictor
    groups = tuple(replace(group, Z=group.Z[rows]) for group in old.groups)
    predictor = Predictor(old.fixed, old.X[rows], old.offset[rows], groups)
    return replace(design, predictor=predictor)


def _with_columns(design: Design, values: Mapping[str, float], step: bool) -> Design:
    """Columns of the predictor set to values, or moved by them, wherever they stand."""
    old = design.predictor

    def changed(matrix: Array, names: tuple[str, ...]) -> Array:
        matrix = matrix.copy()
        for place, name in enumerate(names):
            if name in values:
                matrix[:, place] = values[name] + (matrix[:, place] if step else 0.0)
        return matrix

    groups = tuple(replace(group, Z=changed(group.Z, group.columns)) for group in old.groups)
    X = changed(old.X, old.fixed.names)
    return replace(design, predictor=replace(old, X=X, groups=groups))


def _difference_name(mean: Mean) -> str:
    if mean.words == "probability":
        return "risk difference"
    return "rate difference" if mean.words.startswith("rate") else f"difference in {mean.words}"


def _notes(averaged: _Averaged, rows: int, marginal: bool, thinned: bool) -> tuple[str, ...]:
    """What the companions are."""
    design, what = averaged.design, _difference_name(averaged.mean)
    groups = ", ".join(dict.fromkeys(group.factor for group in design.predictor.groups))
    share = "" if rows == design.n else f"{rows:,} evenly spaced ones of "
    over = f"averaged over {share}the {design.n:,} rows"
    over += f" and integrated over new groups of {groups}" if groups else ""
    notes = []
    if marginal:
        notes.append(
            f"Marginal: the averages of the mean under either value are compared, {over}; not "
            "what changes within a group."
        )
    notes.append(f"{what.capitalize()}: in {averaged.mean.words}, {over}.")
    if groups and not marginal:
        notes.append(
            "Marginal ratios equal the conditional ones: under a log link, new groups that differ "
            "in their intercepts multiply both means alike. The means themselves differ: see "
            "avg_predictions(re='integrate')."
        )
    if thinned:
        notes.append(f"Marginal numbers and differences are from {averaged.draws.size:,} draws.")
    return tuple(notes)


def _shared_note(shared: list[str]) -> tuple[str, ...]:
    """Which terms have no companion."""
    if not shared:
        return ()
    return (
        f"No single marginal ratio or difference for {', '.join(shared)}: their columns stand in "
        "several terms. See avg_comparisons(..., by=..., re='integrate').",
    )
