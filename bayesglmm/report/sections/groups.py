"""Group effects: how far groups differ, which are high and low, shrunken against raw."""

from __future__ import annotations

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.labels import label_of
from bayesglmm.design.names import printed_names
from bayesglmm.errors import SpecError
from bayesglmm.pictures.forest import forest
from bayesglmm.pictures.map import rate_map
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.ranks import rank_plot
from bayesglmm.pictures.shrinkage import shrinkage_plot
from bayesglmm.pictures.words import estimates_in_words, sides_in_words
from bayesglmm.posterior.groups.ranef import ranef
from bayesglmm.posterior.units import one, several
from bayesglmm.report.blocks import (
    MOST_ROWS,
    Block,
    Figure,
    folded,
    note,
    paragraph,
    subtitle,
    table,
)
from bayesglmm.report.group_prose import extremes, spread_sentence
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table
from bayesglmm.tables.english import joined

LONG = 40
"""Groups beyond which a caterpillar is folded."""

DRAWN = 300
"""Lines of a caterpillar, evenly from the sorted groups where there are more."""

FEWEST = 5
"""Groups from which ranks are drawn."""


def groups(material: Material) -> Section:
    """For each factor: its spread, its highest and lowest groups, figures and tables."""
    factors = material.design.predictor.factors
    if not factors:
        others = [name for name, one in material.design.modelled.items() if one.groups]
        words = "The model has no group terms."
        if others:
            words = f"Groups differ in {joined(others)} only, not in the mean; see the random part."
        return Section("groups", "Group effects", (paragraph(words),))
    if material.design.spec.family.chances is not None:
        return _of_categories(material)
    parts = [part for factor in factors for part in _factor(material, factor)]
    return Section("groups", "Group effects", tuple(parts))


def _of_categories(material: Material) -> Section:
    """Effects of the groups alone: of categories there is no one mean of a group."""
    design, parts = material.design, list[Block]()
    for name, predictor in design.predictors.items():
        whose = None if name == design.spec.family.location.name else name
        for factor in predictor.factors:
            found = ranef(material.posterior, factor, material.mass, parameter=whose)
            parts += [subtitle(found.caption), table(found)]
    return Section("groups", "Group effects", tuple(parts))


def _factor(material: Material, factor: str) -> list[Block]:
    design = material.design
    found, called = design.terms(factor), printed_names(design)[factor]
    if factor not in material.groups:
        words = "An effect for each row: overdispersion, whose spread is in the random part."
        return [subtitle(called), paragraph(words)]
    tables = material.groups[factor]
    rates, spread, effects = tables.rates, tables.spread, tables.effects
    parts: list[Block] = [
        subtitle(called),
        paragraph(f"{spread_sentence(design, factor, spread)} {extremes(design, factor, rates)}"),
        note(f"Estimand: {rates.estimand}."),
    ]
    parts += _map(material, factor, rates)
    parts.append(_shrinkage(design, rates, factor))
    if len(rates.frame) >= FEWEST:
        parts.append(Figure(rank_plot(design, rates, factor)))
    figures = [_caterpillar(material, group, column, effects) for group, column in _of(found)]
    many = len(rates.frame) > LONG
    drawn = f"Effects of {called} on the link scale, drawn"
    parts += [folded(drawn, *figures)] if many else figures
    which = "All" if len(rates.frame) <= MOST_ROWS else f"Some of the {len(rates.frame):,}"
    parts.append(
        folded(f"{which} {several(design, factor)}: means and ranks", table(spread), table(rates))
    )
    parts.append(folded(f"{which} effects of {called} on the link scale", table(effects)))
    return parts


def _shrinkage(design: Design, rates: Table, factor: str) -> Block:
    """Crude against shrunken, where there is anything crude to show."""
    if rates.frame["raw"].notna().any():
        return Figure(shrinkage_plot(design, rates, factor))
    return note(f"Every {one(design, factor)} has a suppressed count, so none has a crude mean.")


def _map(material: Material, factor: str, rates: Table) -> list[Block]:
    """The map where the factor has one; a map of other places is said, not fatal."""
    place = material.geography
    if place is None or place.factor != factor:
        return []
    try:
        return [Figure(rate_map(material.design, rates, place))]
    except SpecError as error:
        return [note(str(error))]


def _of(found: tuple[Group, ...]) -> list[tuple[Group, str]]:
    return [(group, column) for group in found for column in group.columns]


def _caterpillar(material: Material, group: Group, column: str, effects: Table) -> Block:
    rows = effects.frame[effects.frame["effect"] == column]
    frame = rows.iloc[np.argsort(-rows["shrunken"].to_numpy())]
    some = f" {DRAWN} of {len(rows):,}, evenly spaced." if len(rows) > DRAWN else ""
    if some:
        frame = frame.iloc[np.linspace(0, len(rows) - 1, DRAWN).round().astype(int)]
    called = printed_names(material.design)
    what = "intercept" if column == "1" else f"slope of {called[column]}"
    made = forest(
        [label_of(level) for level in frame["level"]],
        frame["shrunken"].to_numpy(),
        frame["lower"].to_numpy(),
        frame["upper"].to_numpy(),
        reference=0.0,
        log=False,
        axis=f"{what} by {called[group.factor]}, {material.design.spec.link.scale} scale",
        raw=frame["raw"].to_numpy(),
    )
    text = (
        f"Effects of {called[group.factor]} on the {what}, sorted: shrunken effect with interval "
        f"(dot and line) and raw effect (open circle, where it is finite).{some}"
    )
    printed = effects.formatted().loc[rows.index]
    texts = [
        f"{row['shrunken']} ({row['lower']} to {row['upper']})" for _, row in printed.iterrows()
    ]
    labels = [label_of(level) for level in rows["level"]]
    shows = [
        estimates_in_words("groups", labels, texts, rows["shrunken"].to_numpy()),
        sides_in_words(rows["lower"].to_numpy(), rows["upper"].to_numpy(), 0.0),
    ]
    return Figure(Picture(made, text, " ".join(shows)))
