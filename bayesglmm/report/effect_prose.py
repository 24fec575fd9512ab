"""What was found, in sentences made from the printed numbers of the tables of effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.posterior.baselines import baselines
from bayesglmm.posterior.estimands.interactions import Interaction
from bayesglmm.posterior.estimands.side_by_side import NEW, PLAIN, TYPICAL
from bayesglmm.posterior.places import Place, find_places, slope_within
from bayesglmm.posterior.ratios import interaction_name
from bayesglmm.posterior.units import new, typical
from bayesglmm.tables import Table

MOST = 6
"""Sentences of a short answer; everything is in the tables."""


def findings(design: Design, ratios: Table) -> list[str]:
    """What each fixed effect says, one sentence each.

    Parameters
    ----------
    design : Design
    ratios : Table
        From `posterior.ratios`; its printed numbers are quoted as they stand.

    Returns
    -------
    list of str
        In the order of the table, the baseline first.
    """
    return list(_said(design, ratios).values())


@dataclass(frozen=True, slots=True)
class Spoken:
    """The findings of a short answer.

    Attributes
    ----------
    sentences : tuple of str
        Effects in the order of the formula, then the baseline.
    left : int
        Findings of the table of ratios that are not among them.
    """

    sentences: tuple[str, ...]
    left: int


def spoken(design: Design, ratios: Table, compared: Sequence[Interaction]) -> Spoken:
    """Choose the findings of a short answer.

    Parameters
    ----------
    design : Design
    ratios : Table
        From `posterior.ratios`.
    compared : sequence of Interaction
        Their comparisons stand in for the coefficients of their two factors, which hold at one
        level of the other factor only. Coefficients that are no effect by themselves are left out.

    Returns
    -------
    Spoken
    """
    said = _said(design, ratios)
    instead = {found.what: comparison_sentences(design, found) for found in compared}
    other = {found.where for found in compared}
    terms = {
        column: term.factor or term.name
        for term in design.predictor.fixed.terms
        for column in term.columns
    }
    alone = {name for name, place in find_places(design).items() if place.bound}
    effects = {label: text for label, text in said.items() if label in terms}
    levels = [text for label, text in said.items() if label not in terms]
    chosen: list[str] = []
    for label, text in effects.items():
        if terms[label] not in instead.keys() | other | alone:
            chosen.append(text)
        chosen += instead.pop(terms[label], [])
    kept = (chosen[: MOST - 1] + levels)[:MOST]
    return Spoken(tuple(kept), sum(text not in kept for text in said.values()))


def comparison_sentences(design: Design, found: Interaction) -> list[str]:
    """Each comparison of an interaction in words: for a typical group, over new ones, absolute.

    Parameters
    ----------
    design : Design
    found : Interaction
        The printed numbers of its tables are quoted as they stand.

    Returns
    -------
    list of str
        One for each row of its tables.
    """
    rows = zip(*(table.formatted().to_dict("records") for table in found.tables), strict=True)
    return [
        _compared(design, found, pair, row) for pair, row in zip(found.pairs, rows, strict=True)
    ]


def _compared(
    design: Design, found: Interaction, pair: tuple[str, str], rows: tuple[dict[str, str], ...]
) -> str:
    first, last = rows[0], rows[-1]
    numbers = f"{found.tables[0].scale} {_parts(design, first)}"
    if len(rows) > 1:
        numbers += f"; {found.tables[-1].scale} {_parts(design, last)}"
    called = printed_names(design)
    return (
        f"{called[found.what]}, {' against '.join(pair)}, where {called[found.where]} = "
        f"{first[found.where]}: {numbers}."
    )


def _parts(design: Design, row: dict[str, str]) -> str:
    """The estimates of a row, each with whom it is about; once where they cannot differ."""
    words = {TYPICAL: _typical(design), NEW: f" averaged over {new(design)}", PLAIN: ""}
    same = design.spec.link.linear
    return ", ".join(
        f"{row[name]} ({row[f'{name} lower']} to {row[f'{name} upper']}){text}"
        for name, text in words.items()
        if name in row and not (same and name == NEW)
    )


def _said(design: Design, ratios: Table) -> dict[str, str]:
    """A sentence for each row of the table that has something to say."""
    measure = design.measure
    levels, called = set(baselines(design).values()), ratios.called[""]
    fixed, places = design.predictor.fixed, find_places(design)
    terms = {column: term for term in fixed.terms for column in term.columns}
    certainty = f"P(>{measure.no_effect:g})"
    whose = f", {design.spec.family.whose_mean}," if design.spec.family.whose_mean else ""
    sentences = {}
    for _, row in ratios.formatted().iterrows():
        label = row[""]
        numbers = f"{row[measure.short]} ({row['lower']} to {row['upper']}){_typical(design)}"
        if label in terms:
            term, place = terms[label], places.get(terms[label].name, Place(""))
            within = slope_within(design, term)
            what = interaction_name(measure) if term.is_interaction and not within else measure.long
            sentences[label] = (
                f"{subject(design, label, place, within)}: {what}{whose} {numbers}; probability "
                f"{row[certainty]} that it is above {measure.no_effect:g}.{_bound(place)}"
                f"{_beside(design, row)}"
            )
        elif label in levels:
            shown = called.get(label, label)
            sentences[label] = f"The {shown} is {numbers}{_level_beside(design, row)}."
    return sentences


def _typical(design: Design) -> str:
    """For whom a conditional number holds; empty for a model without groups."""
    return f" for {typical(design)}" if design.predictor.groups else ""


def _beside(design: Design, row: pd.Series) -> str:
    """The marginal ratio and the difference of a row, where it has them."""
    measure = design.measure
    names = [str(name) for name in row.index]
    said = []
    if row.get("marginal lower"):
        interval = f"{row['marginal lower']} to {row['marginal upper']}"
        said.append(f"{measure.long} {row[f'marginal {measure.short}']} ({interval})")
    if row.get("difference lower"):
        name = names[names.index("difference lower") - 1]
        interval = f"{row['difference lower']} to {row['difference upper']}"
        said.append(f"{name} {row[name]} ({interval}){_per(design)}")
    if not said:
        return ""
    return f" Averaged over {new(design)}: {', '.join(said)}."


def _level_beside(design: Design, row: pd.Series) -> str:
    """The marginal level of a baseline, where the table has it."""
    if not row.get("marginal lower"):
        return ""
    short = design.measure.short
    interval = f"{row['marginal lower']} to {row['marginal upper']}"
    return f", {row[f'marginal {short}']} ({interval}) averaged over {new(design)}"


def _per(design: Design) -> str:
    """The unit of a difference in rates."""
    words = design.spec.per_words
    return f" {words}" if words else ""


def _bound(place: Place) -> str:
    """That a coefficient is no effect by itself, where it is none."""
    if not place.bound:
        return ""
    return f" By itself it is no effect of {place.bound}, which moves other columns too."


def subject(design: Design, label: str, place: Place, within: bool) -> str:
    """A coefficient in words: which level against which, or one unit of what; and where.

    Parameters
    ----------
    design : Design
    label : str
        Of a column of the fixed part.
    place : Place
        Of its term.
    within : bool
        Whether it is a slope within the levels of a factor.

    Returns
    -------
    str
        Such as ``"trt, active against placebo, where period = first"``.
    """
    part, *others = design.predictor.fixed.products[label]
    called = printed_names(design)
    if within:
        parts = (part, *others)
        number = next(called[item.name] for item in parts if not item.is_factor)
        levels = [f"{called[item.name]} = {item.level}" for item in parts if item.is_factor]
        return f"{number}, one unit more, where {' and '.join(levels)}"
    if others:
        return called[label]
    where = f", where {place.where}" if place.where else ""
    if part.level is not None and part.name in design.references:
        return f"{called[part.name]}, {part.level} against {design.references[part.name]}{where}"
    if part.level is not None and part.name in design.centred:
        return f"{called[part.name]}, {part.level} against the mean of the levels{where}"
    if place.slope:
        at = f", where {place.partners}" if place.partners else ""
        return f"{called[label]}, one unit more along the slope at {place.slope}{at}"
    shown = called[label]
    return f"{shown}{where}" if part.level is not None else f"{shown}, one unit more{where}"
