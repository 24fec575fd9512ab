"""What stands beside a conditional ratio: the marginal one, and an absolute difference.

Averaged over the model's rows, which weigh as their exposure or number of trials, and integrated
over new groups. The marginal coefficient is
``g(m1) - g(m0)`` with g the link and m0, m1 the averages of the marginal means with the column at
one value and the other (Zeger, Liang & Albert 1988, Biometrics 44(4), call it population-averaged).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.columns import Term, is_indicator
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.names import printed_factors, printed_names
from bayesglmm.design.parts import Part
from bayesglmm.families import find_measure
from bayesglmm.posterior.answer import answer
from bayesglmm.posterior.estimands.asked import Mean
from bayesglmm.posterior.estimands.averaged import Averaged, average_rows
from bayesglmm.posterior.notes import left_out
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import size_words
from bayesglmm.spec.expression import columns_of

OF_CATEGORIES = (
    "What a change does to the probability of each category: avg_comparisons(), avg_slopes()."
)


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


def companions(posterior: Posterior, mass: float) -> Companions:
    """Marginal and absolute companions of the coefficients of a nonlinear link.

    Parameters
    ----------
    posterior : Posterior
    mass : float

    Returns
    -------
    Companions
        None for a link whose coefficients are differences of means already. A column that also
        stands in another term has no single companion.
    """
    design = posterior.design
    if design.spec.family.chances is not None:
        return Companions(pd.DataFrame(), notes=(OF_CATEGORIES,))
    if not design.spec.link.unit:
        return Companions(pd.DataFrame())
    alone = [term for term in design.predictor.fixed.terms if _is_alone(design, term)]
    levels, entangled = set(design.predictor.fixed.level_columns), design.predictor.fixed.entangled
    called = printed_names(design)
    shared = [
        called[term.name]
        for term in design.predictor.fixed.terms
        if term not in alone and not (levels | entangled) & set(term.columns)
    ]
    if not alone:
        return Companions(pd.DataFrame(), notes=_shared_note(shared))
    averaged = average_rows(posterior, sum(len(term.columns) + 1 for term in alone))
    marginal = bool(_groups(design)) and not _equal(design, alone)
    parts = []
    if marginal and design.predictor.fixed.intercept and "Intercept" not in entangled:
        level = _named(answer([averaged.at_zero()], mass), "marginal")
        parts.append(level.set_axis(["Intercept"]))
    parts += [_companion(averaged, term, marginal, mass) for term in alone]
    thinned = averaged.posterior.size < posterior.size
    notes = (*_notes(averaged, marginal, thinned), *_shared_note(shared))
    return Companions(pd.concat(parts), _difference_name(averaged.mean), notes)


def _companion(averaged: Averaged, term: Term, marginal: bool, mass: float) -> pd.DataFrame:
    """A row for each column of a term: the marginal coefficient and the difference."""
    fixed, spec, unit = averaged.design.predictor.fixed, averaged.design.spec, averaged.mean.unit
    zero = dict.fromkeys(term.columns, 0.0)
    step = not is_indicator(fixed.values[:, [fixed.names.index(name) for name in term.columns]])
    start = averaged if step else averaged.at(zero)
    low = start.average[:, None]
    highs = [start.at(zero | {name: 1.0}, step).average for name in term.columns]
    high = np.stack(highs, axis=1)
    found = _named(answer([high - low], mass), "difference")
    if marginal:
        moved = spec.link.forward(high / unit) - spec.link.forward(low / unit)
        if find_measure(spec.family, spec.link).ratio:
            moved = np.exp(moved)
        found = _named(answer([moved], mass), "marginal").join(found)
    return found.set_axis(list(term.columns))


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
    own = _names(term.products[0])
    lost = {name for alias in fixed.aliased for name in _names(alias.product)}
    if own & lost or fixed.entangled & set(term.columns):
        return False
    others = [_names(other.products[0]) for other in fixed.terms if other is not term]
    others += [set(columns_of(inside)) for inside in design.spec.formula.offsets]
    several = [design.predictors[name] for name in design.spec.family.of_mean]
    others += [_names(term.products[0]) for one in several[1:] for term in one.fixed.terms]
    if any(own & other for other in others):
        return False
    for group in (group for one in several for group in one.groups):
        products = group.products
        touched = {column for column, parts in products.items() if own & _names(parts)}
        if touched and touched != set(term.columns):
            return False
    return True


def _names(parts: Sequence[Part]) -> set[str]:
    """Data columns that a column is made from."""
    return {name for part in parts for name in part.variables}


def collapsible(design: Design) -> bool:
    """Whether averaging over groups leaves all coefficients as they are.

    Identity link, and log link with intercepts alone: Gail, Wieand & Piantadosi (1984),
    Biometrika 71(3).

    Parameters
    ----------
    design : Design

    Returns
    -------
    bool
    """
    alone = all(group.columns == ("1",) for group in design.predictor.groups)
    return design.spec.link.linear or (design.spec.link.multiplicative and alone)


def _groups(design: Design) -> list[Group]:
    """The group terms in all predictors that the mean is made of."""
    return [g for name in design.spec.family.of_mean for g in design.predictors[name].groups]


def _equal(design: Design, terms: list[Term]) -> bool:
    """Whether marginal ratios are the conditional ones: log link, no slope of a changed column."""
    slopes = {column for group in _groups(design) for column in group.columns}
    changed = {column for term in terms for column in term.columns}
    plain = design.spec.family.proportional and design.spec.link.multiplicative
    return plain and not slopes & changed


def _difference_name(mean: Mean) -> str:
    if mean.words == "probability":
        return "risk difference"
    return f"{mean.words.removeprefix('expected ').split()[0]} difference"


def _notes(averaged: Averaged, marginal: bool, thinned: bool) -> tuple[str, ...]:
    """What the companions are."""
    design, what = averaged.design, _difference_name(averaged.mean)
    several = design.spec.family.of_mean
    factors = (factor for name in several for factor in printed_factors(design, name))
    groups = ", ".join(dict.fromkeys(factors))
    share = "" if averaged.rows == averaged.total else f"{averaged.rows:,} evenly spaced ones of "
    over = f"averaged over {share}the {averaged.total:,} rows"
    over += f", weighted by {size_words(design)}," if size_words(design) else ""
    over += f" and integrated over new groups of {groups}" if groups else ""
    over = over.rstrip(",") + left_out(averaged.posterior.draws.run)
    notes = []
    if marginal:
        notes.append(
            "Marginal: the averages of the mean under either value are compared, "
            f"{over}; not "
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
        notes.append(
            f"Marginal numbers and differences are from {averaged.posterior.size:,} draws."
        )
    return tuple(notes)


def _shared_note(shared: list[str]) -> tuple[str, ...]:
    """Which terms have no companion."""
    if not shared:
        return ()
    return (
        f"No single marginal ratio or difference for {', '.join(shared)}: what moves them "
        "moves other columns too. See avg_comparisons(..., by=..., re='integrate').",
    )
