"""Several models beside one another: the same coefficients, row for row."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

import numpy as np
import pandas as pd

from bayesglmm.design.names import printed_names
from bayesglmm.posterior.estimands.companions import collapsible
from bayesglmm.posterior.notes import interval_note
from bayesglmm.posterior.random_part import has_random_part
from bayesglmm.report.blocks import Block, bullets, paragraph, table
from bayesglmm.report.material import Material, Section
from bayesglmm.tables import Table
from bayesglmm.tables.english import joined


def compare_ratios(materials: Mapping[str, Material]) -> Section:
    """Ratios of all models by coefficient, with rows, and what keeps them from being compared."""
    parts: tuple[Block, ...] = (
        paragraph("Each column is a model; an empty cell is something it does not have."),
        table(ratio_columns(materials)),
        *bullets(differences(materials)),
    )
    return Section("side-by-side", "Side by side", parts)


def ratio_columns(materials: Mapping[str, Material]) -> Table:
    """Median and interval of what each model estimates, a column for each model.

    Parameters
    ----------
    materials : mapping
        Name to material.

    Returns
    -------
    Table
        Text: the numbers are those that each model's own tables print. Coefficients, spread of
        the groups, ICC and R² on the latent scale where they are defined, then facts of the model.
    """
    columns = {name: _column(material) for name, material in materials.items()}
    ordered = sorted(_merged(columns.values()), key=lambda row: PARTS.index(row[0]))
    frame = pd.DataFrame({"": [label for _, label in ordered]})
    for name, column in columns.items():
        frame[name] = [column.get(label, "") for label in ordered]
    masses = {material.mass for material in materials.values()}
    estimands = "conditional: for a typical group, where the model has groups"
    notes = (*(interval_note(mass) for mass in sorted(masses)), *_share_notes(materials))
    return Table(frame, "Ratios or differences by model", estimand=estimands, notes=notes)


def _merged(columns: Iterable[Iterable[Row]]) -> list[Row]:
    """All rows, each after the one that it follows in its own column."""
    merged: list[Row] = []
    for column in columns:
        place = 0
        for label in column:
            if label in merged:
                place = merged.index(label)
            else:
                merged.insert(place, label)
            place += 1
    return merged


type Row = tuple[str, str]
"""Which part of the table a row is of, and its label: a column may be called `family`."""

PARTS = ("coefficient", "spread", "share", "fact")
"""Parts of the table, one below the other whatever each model has of them."""

SHOWN_SHARES = ("ICC", "R²")
"""Kinds of shares that stand in the table."""

_FACTS = ("family", "reported as", "observations", "groups", "verdict")


def _column(material: Material) -> dict[Row, str]:
    design = material.design
    measure, called = design.measure, printed_names(design)
    found = {
        ("coefficient", name): f"{row[measure.short]} ({row['lower']} to {row['upper']})"
        for name, row in _rows(material.ratios, "")
        if row[measure.short]
    }
    found |= _others(material) | _spread(material) | _shares(material)
    factors = design.factors
    groups = [f"{len(terms[0].levels):,} of {called[f]}" for f, terms in factors.items()]
    facts = (
        f"{design.spec.family.title}, {design.spec.link.name} link",
        measure.long,
        f"{design.n:,}",
        ", ".join(groups) or "none",
        "converged" if material.verdict.passed else "NOT converged",
    )
    return found | {("fact", name): text for name, text in zip(_FACTS, facts, strict=True)}


def _others(material: Material) -> dict[Row, str]:
    """What multiplies the parameters that have a formula, with its interval."""
    return {
        (
            "coefficient",
            name if name.startswith((f"baseline {of}", f"{of}, ")) else f"{of}: {name}",
        ): _interval(row)
        for of, found in material.parameters.items()
        for name, row in _rows(found, "")
    }


def _spread(material: Material) -> dict[Row, str]:
    """Standard deviations, correlations and the family's own parameters, with their intervals."""
    if not has_random_part(material.design):
        return {}
    return {("spread", name): _interval(row) for name, row in _rows(material.random_part, "")}


def _shares(material: Material) -> dict[Row, str]:
    """ICC of each factor and R², with their intervals; empty where the model has none."""
    found = material.partition
    rows = zip(found.shares, _rows(found.table, "quantity"), strict=True)
    return {
        ("share", name): _interval(row) for share, (name, row) in rows if share.kind in SHOWN_SHARES
    }


def _share_notes(materials: Mapping[str, Material]) -> list[str]:
    """What the shares hold for: those of counts hang on the exposure."""
    alike: dict[str, list[str]] = {}
    for name, material in materials.items():
        if _shares(material):
            alike.setdefault(material.partition.table.estimand, []).append(name)
    return [
        f"ICC and R² of {joined([f"'{name}'" for name in names])}: latent scale; {estimand}."
        for estimand, names in alike.items()
    ]


def _rows(found: Table, column: str) -> list[tuple[str, dict[Hashable, str]]]:
    """Each row of a table: what readers see it called, and its cells."""
    return list(zip(found.rows(column), found.formatted().to_dict("records"), strict=True))


def _interval(row: Mapping[Hashable, str]) -> str:
    return f"{row['median']} ({row['lower']} to {row['upper']})"


def differences(materials: Mapping[str, Material]) -> list[str]:
    """What the models do not share, so that their numbers mean different things.

    Parameters
    ----------
    materials : mapping

    Returns
    -------
    list of str
    """
    designs = [material.design for material in materials.values()]
    said = []
    if any(not np.array_equal(design.positions, designs[0].positions) for design in designs[1:]):
        said.append("The models use different rows, so that they cannot be ranked by their fit.")
    exposures = {design.spec.exposure for design in designs}
    if len(exposures) > 1:
        named = " and ".join(
            sorted({str(d.spec.exposure_name) for d in designs if d.spec.exposure})
        )
        said.append(
            f"Some models are of rates ({named} is their exposure) and some of counts: a ratio of "
            "rates and a ratio of counts answer different questions."
        )
    if len({(d.spec.family, d.spec.link) for d in designs}) > 1:
        said.append("Families or links differ; coefficients on different links are not alike.")
    grouped = {bool(design.predictor.groups) for design in designs}
    if len(grouped) > 1 and not all(collapsible(design) for design in designs):
        said.append(
            "Ratios of a model with group effects are for a typical group; those of a model "
            "without are averaged over groups, and closer to no effect where the link is not "
            "linear."
        )
    return said
