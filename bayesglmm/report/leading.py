"""The first sentence of a report: one effect, one estimand, in plain words.

Which estimand is the spec's `answer=`, or follows from the design. An effect whose columns change
within groups (a treatment that each patient has with and without) is about one group: conditional,
for a typical one. An effect that is the same in all rows of a group (a treatment of whole villages)
compares groups with other groups: marginal, averaged over new ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.design.columns import Term
from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.posterior.estimands.companions import collapsible
from bayesglmm.posterior.estimands.interactions import Interaction
from bayesglmm.posterior.estimands.side_by_side import NEW, PLAIN, TYPICAL
from bayesglmm.posterior.places import find_places
from bayesglmm.posterior.units import new, typical
from bayesglmm.tables import Table

type Interval = tuple[float, float, float]
"""Estimate, lower and upper end."""


@dataclass(frozen=True, slots=True)
class Lead:
    """What the first sentence tells of.

    Attributes
    ----------
    change : str
        Such as ``"where trt is active as where it is placebo"``, ``"from where trt is placebo to
        where it is active"`` of a difference, or ``"with one unit more of x"``.
    where : str
        Such as ``", at period = first"``; mostly empty.
    number : str
        Estimate and interval as the table prints them.
    values : tuple of float
        Estimate, lower and upper end.
    marginal : bool
    whole : bool
        Whether the number is of the mean of all responses, whatever the location is the mean of.
    """

    change: str
    where: str
    number: str
    values: Interval
    marginal: bool
    whole: bool


def leading(design: Design, ratios: Table, compared: Sequence[Interaction], mass: float) -> str:
    """The first effect of the formula in one sentence.

    Parameters
    ----------
    design : Design
    ratios : Table
        From `posterior.ratios`; its printed numbers are quoted as they stand.
    compared : sequence of Interaction
        Stand in for the coefficients of their factors.
    mass : float

    Returns
    -------
    str
        Empty for a model whose fixed part has no effect that can be told in one number.
    """
    lead = find_lead(design, ratios, compared)
    return "" if lead is None else tell(design, lead, mass)


def tell(design: Design, lead: Lead, mass: float) -> str:
    """The sentence of a lead.

    Parameters
    ----------
    design : Design
    lead : Lead
    mass : float
        Of its interval.

    Returns
    -------
    str
    """
    whom = new(design) if lead.marginal else typical(design)
    begin = f"{'Averaged over' if lead.marginal else 'For'} {whom}, " if whom else ""
    whose = "" if lead.whole else design.spec.family.whose_mean
    mean = f"{_mean(design)}, {whose}," if whose else _mean(design)
    what = f"{begin}{mean} {_verb(design)}{lead.number}"
    if design.measure.ratio:
        what += " times as high"
    said = f"{what} {lead.change}{lead.where} ({100 * mass:g} % credible interval in brackets)."
    return said[0].upper() + said[1:]


def is_marginal(design: Design, term: Term) -> bool:
    """Whether the marginal estimand answers the question of a term.

    Parameters
    ----------
    design : Design
    term : Term
        Of the fixed part.

    Returns
    -------
    bool
        What the spec says; else whether the term's columns are the same in all rows of a group, for
        some grouping factor.
    """
    if not design.predictor.groups:
        return False
    if design.spec.answer is not None:
        return design.spec.answer == "marginal"
    fixed = design.predictor.fixed
    places = [fixed.names.index(name) for name in term.columns if name in fixed.names]
    values = fixed.values[:, places]
    return any(
        len(group.levels) < design.n and _same_within(values, group.index)
        for group in design.predictor.groups
    )


def _same_within(values: np.ndarray, index: np.ndarray) -> bool:
    """Whether every row of a group has the values of its first row."""
    _, first, place = np.unique(index, return_index=True, return_inverse=True)
    return bool(np.array_equal(values, values[first][place]))


def find_lead(design: Design, ratios: Table, compared: Sequence[Interaction]) -> Lead | None:
    """The first term that has an effect of its own.

    Parameters
    ----------
    design : Design
    ratios : Table
        From `posterior.ratios`.
    compared : sequence of Interaction

    Returns
    -------
    Lead or None
    """
    instead = {found.what: found for found in compared}
    places = find_places(design)
    rows = {row[""]: row for row in ratios.formatted().to_dict("records")}
    values = {row[""]: row for row in ratios.frame.to_dict("records")}
    levels = set(design.predictor.fixed.level_columns)
    for term in design.predictor.fixed.terms:
        if term.factor in instead:
            return _compared(design, term, instead[term.factor])
        place = places.get(term.name)
        told = not term.is_interaction and not levels & set(term.columns)
        if told and not (place and (place.bound or place.slope)):
            where = f", at {place.where}" if place and place.where else ""
            first = term.columns[0]
            return _coefficient(design, term, rows[first], values[first], where)
    return None


def _compared(design: Design, term: Term, found: Interaction) -> Lead:
    """The first comparison within an interaction."""
    row = found.tables[0].formatted().to_dict("records")[0]
    values = found.tables[0].frame.to_dict("records")[0]
    marginal = is_marginal(design, term) or (TYPICAL not in row and PLAIN not in row)
    name = NEW if marginal and NEW in row else TYPICAL if TYPICAL in row else PLAIN
    high, low = found.pairs[0]
    called = printed_names(design)
    where = f", at {called[found.where]} = {row[found.where]}"
    change = _against(called[found.what], high, low, design)
    return Lead(change, where, _number(row, name), _values(values, name), marginal, whole=True)


def _coefficient(
    design: Design, term: Term, row: Mapping[Any, str], values: Mapping[Any, Any], where: str
) -> Lead:
    """A row of the table of ratios; conditional where it holds no marginal number."""
    short, part = design.measure.short, term.products[0][0]
    called = printed_names(design)
    has_own = bool(row.get("marginal lower"))
    marginal = is_marginal(design, term) and (has_own or collapsible(design))
    number = f"{row[short]} ({row['lower']} to {row['upper']})"
    numbers: Interval = (values[short], values["lower"], values["upper"])
    if marginal and has_own:
        number = _number(row, f"marginal {short}", "marginal")
        numbers = _values(values, f"marginal {short}", "marginal")
    if part.level is not None and part.name in design.references:
        change = _against(called[part.name], part.level, design.references[part.name], design)
    elif part.level is not None and part.name in design.centred:
        name, level = called[part.name], part.level
        change = (
            f"where {name} is {level} as at the mean of its levels"
            if design.measure.ratio
            else f"from the mean of the levels of {name} to where it is {level}"
        )
    else:
        change = f"with one unit more of {called[term.columns[0]]}"
    return Lead(change, where, number, numbers, marginal, whole=marginal and has_own)


def _number(row: Mapping[Any, str], name: str, bounds: str = "") -> str:
    ends = bounds or name
    return f"{row[name]} ({row[f'{ends} lower']} to {row[f'{ends} upper']})"


def _values(row: Mapping[Any, Any], name: str, bounds: str = "") -> Interval:
    ends = bounds or name
    return row[name], row[f"{ends} lower"], row[f"{ends} upper"]


def _against(name: str, high: str, low: str, design: Design) -> str:
    if design.measure.ratio:
        return f"where {name} is {high} as where it is {low}"
    return f"from where {name} is {low} to where it is {high}"


def _mean(design: Design) -> str:
    """What is compared, as the subject of the sentence."""
    spec, called = design.spec, printed_names(design)
    name, what = called[spec.formula.response_name], design.measure.of
    if not spec.family.support.successes:
        return f"the {what} of {name}"
    if design.success:
        return f"the {what} that {name} is {design.success}"
    return f"the {what} of {called[str(spec.formula.successes)]}"


def _verb(design: Design) -> str:
    """Are or is, before how many times as high; changes by, before a difference of either sign."""
    measure = design.measure
    plural = measure.of.startswith("odds")
    if not measure.ratio:
        return "change by " if plural else "changes by "
    return "are " if plural else "is "
