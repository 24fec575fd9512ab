"""The effects of a model as lines of one picture: the same ones that the short answer tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.posterior.estimands.interactions import Interaction
from bayesglmm.posterior.estimands.side_by_side import NEW, PLAIN, TYPICAL
from bayesglmm.posterior.places import Place, find_places, slope_within
from bayesglmm.posterior.units import new, typical
from bayesglmm.report.effect_prose import subject
from bayesglmm.report.leading import Interval
from bayesglmm.tables import Table


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One effect: for whom, with which numbers, and how they are printed.

    Attributes
    ----------
    label : str
    values : mapping
        Whom it is about (``"for a typical patient"``; empty without groups) to its interval.
    printed : mapping
        The same as text, ``"7 (0.9 to 70)"``.
    """

    label: str
    values: Mapping[str, Interval]
    printed: Mapping[str, str]


def effect_rows(design: Design, ratios: Table, compared: Sequence[Interaction]) -> list[EffectRow]:
    """Every effect that is one by itself, in the order of the formula.

    Parameters
    ----------
    design : Design
    ratios : Table
        From `posterior.ratios`.
    compared : sequence of Interaction
        Stand in for the coefficients of their two factors.

    Returns
    -------
    list of EffectRow
    """
    instead = {found.what: found for found in compared}
    other = {found.where for found in compared}
    fixed, places = design.predictor.fixed, find_places(design)
    own, printed = _by_label(ratios.frame), _by_label(ratios.formatted())
    rows = []
    for term in fixed.terms:
        if term.factor in instead:
            rows += _comparisons(design, instead.pop(term.factor))
            continue
        place, within = places.get(term.name, Place("")), slope_within(design, term)
        alone = not (term.is_interaction and not within) and not place.bound
        if not alone or term.factor in other or set(term.columns) & set(fixed.level_columns):
            continue
        for name in term.columns:
            if name in own:
                label = subject(design, name, place, within)
                rows.append(_coefficient(design, label, own[name], printed[name]))
    return rows


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]


def _by_label(frame: pd.DataFrame) -> dict[str, dict[str, Any]]:
    return {row[""]: row for row in _records(frame)}


def _comparisons(design: Design, found: Interaction) -> list[EffectRow]:
    called, table = printed_names(design), found.tables[0]
    names = {name: words for name, words in _whom(design).items() if name in table.frame}
    lines = zip(found.pairs, _records(table.frame), _records(table.formatted()), strict=True)
    return [
        _row(
            f"{called[found.what]}, {' against '.join(pair)}, where {called[found.where]} = "
            f"{texts[found.where]}",
            {words: (name, f"{name} ") for name, words in names.items()},
            values,
            texts,
        )
        for pair, values, texts in lines
    ]


def _coefficient(
    design: Design, label: str, values: Mapping[str, Any], texts: Mapping[str, str]
) -> EffectRow:
    short, whom = design.measure.short, _whom(design)
    first = whom[TYPICAL] if design.predictor.groups else whom[PLAIN]
    columns = {first: (short, "")}
    if f"marginal {short}" in values:
        columns[whom[NEW]] = (f"marginal {short}", "marginal ")
    return _row(label, columns, values, texts)


def _row(
    label: str,
    columns: Mapping[str, tuple[str, str]],
    values: Mapping[str, Any],
    texts: Mapping[str, str],
) -> EffectRow:
    """A row; what the table leaves empty in it is left out."""
    numbers, printed = {}, {}
    for words, (name, ends) in columns.items():
        keys = (name, f"{ends}lower", f"{ends}upper")
        found = tuple(float(values[key]) for key in keys)
        if np.isfinite(found).all():
            numbers[words] = (found[0], found[1], found[2])
            printed[words] = f"{texts[keys[0]]} ({texts[keys[1]]} to {texts[keys[2]]})"
    return EffectRow(label, numbers, printed)


def _whom(design: Design) -> dict[str, str]:
    return {TYPICAL: f"for {typical(design)}", NEW: f"averaged over {new(design)}", PLAIN: ""}
