"""Posterior predictive checks together: what each asks, its table and its picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from bayesglmm.pictures.group_means import sorted_means
from bayesglmm.pictures.loo_pit import pit_distance
from bayesglmm.pictures.picture import Picture
from bayesglmm.pictures.reliability import reliability_diagram
from bayesglmm.pictures.replicates import replicates
from bayesglmm.pictures.rootogram import hanging_rootogram
from bayesglmm.posterior.checks.as_told import suppression_notes
from bayesglmm.posterior.checks.dispersion import dispersion
from bayesglmm.posterior.checks.group_means import group_means
from bayesglmm.posterior.checks.loo_pit import loo_pit
from bayesglmm.posterior.checks.reliability import (
    category_reliability,
    category_table,
    reliability,
)
from bayesglmm.posterior.checks.replicated import (
    Replicates,
    replicate,
    replicated_statistics,
    tail_table,
)
from bayesglmm.posterior.checks.rootogram import rootogram
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.report.blocks import Block, Figure, folded, paragraph, subtitle, table
from bayesglmm.report.html import html
from bayesglmm.tables import Table

LOO_PIT = "LOO-PIT"
"""Title of the check that judges the predictions of all rows."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckPanel:
    """One check.

    Attributes
    ----------
    title : str
    text : str
        What was asked, or found, in words.
    table : Table
    picture : Picture or None
    long : bool
        Whether the table is folded in the report.
    """

    title: str
    text: str
    table: Table
    picture: Picture | None = None
    long: bool = False

    def __repr__(self) -> str:
        shown = f"In .tables[{self.title!r}]." if self.long else repr(self.table)
        return f"{self.title}\n{self.text}\n\n{shown}"

    def blocks(self) -> tuple[Block, ...]:
        """The panel as a report shows it."""
        shown = table(self.table)
        return (
            subtitle(self.title),
            paragraph(self.text),
            *([Figure(self.picture)] if self.picture is not None else []),
            folded(self.table.caption, shown) if self.long else shown,
        )

    def _repr_html_(self) -> str:
        parts = [html([subtitle(self.title), paragraph(self.text)])]
        if self.picture is not None:
            parts.append(Markup(self.picture._repr_html_()))
        shown = Markup(self.table._repr_html_())
        fold = Markup("<details><summary>{}</summary>{}</details>")
        parts.append(fold.format(self.table.caption, shown) if self.long else shown)
        return Markup("").join(parts)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Checks:
    """Posterior predictive checks of a fit.

    Attributes
    ----------
    panels : tuple of CheckPanel
    """

    panels: tuple[CheckPanel, ...]

    @property
    def tables(self) -> dict[str, Table]:
        """Title of each check to its table."""
        return {panel.title: panel.table for panel in self.panels}

    @property
    def pictures(self) -> dict[str, Picture]:
        """Title of each check that has a picture to the picture."""
        return {panel.title: panel.picture for panel in self.panels if panel.picture is not None}

    def blocks(self) -> tuple[Block, ...]:
        """All panels as a report shows them."""
        return tuple(block for panel in self.panels for block in panel.blocks())

    def gist(self) -> str:
        """The sentence of the check that judges the predictions of all rows."""
        return next(panel.text for panel in self.panels if panel.title == LOO_PIT)

    def __repr__(self) -> str:
        return "\n\n".join(repr(panel) for panel in self.panels)

    def _repr_html_(self) -> str:
        return "".join(panel._repr_html_() for panel in self.panels)


@beyond_double
def make_checks(posterior: Posterior) -> Checks:
    """Every check that the model's response admits.

    Parameters
    ----------
    posterior : Posterior

    Returns
    -------
    Checks
    """
    panels = _same_groups(replicate(posterior))
    if posterior.design.predictor.groups:
        panels += _new_groups(replicate(posterior, new_groups=True))
    return Checks(tuple(panels))


def _same_groups(same: Replicates) -> list[CheckPanel]:
    """Checks that draw data for the groups of the data; the replicates go when they are made."""
    return [panel for make in PANELS for panel in make(same)]


def _statistics(same: Replicates) -> Iterator[CheckPanel]:
    found = replicated_statistics(same)
    text = "Data drawn from the fitted model for the same groups, compared with the data."
    text = " ".join([text, *suppression_notes(same.design)])
    yield CheckPanel("Statistics of the data", text, tail_table(found), replicates(found))


def _dispersion(same: Replicates) -> Iterator[CheckPanel]:
    found = dispersion(same)
    if found is not None:
        row = found.formatted().iloc[0]
        text = (
            f"The squared residuals are {row['ratio']} ({row['lower']} to "
            f"{row['upper']}) times what the model expects of them."
        )
        yield CheckPanel("Dispersion", text, found)


def _rootogram(same: Replicates) -> Iterator[CheckPanel]:
    found = rootogram(same)
    if found is not None:
        text = "How often each count occurs, and how often the model expects it."
        yield CheckPanel("Counts", text, found.table(), hanging_rootogram(found), long=True)


def _reliability(same: Replicates) -> Iterator[CheckPanel]:
    found = reliability(same)
    if found is not None:
        text = "Whether successes are as frequent as predicted, in bins of rows."
        yield CheckPanel("Calibration", text, found.table(), reliability_diagram(found), long=True)
    several = category_reliability(same)
    if several:
        text = "Whether categories are as frequent as predicted, in bins of rows"
        ordered = same.design.spec.family.support.ordered
        text += ": each from one category up." if ordered else ": each against the rest."
        yield CheckPanel(
            "Calibration", text, category_table(several), reliability_diagram(*several), long=True
        )


def _group_means(same: Replicates) -> Iterator[CheckPanel]:
    for found in group_means(same):
        picture = sorted_means(found)
        yield CheckPanel(found.title, found.sentence(), found.table(), picture, long=True)


def _loo_pit(same: Replicates) -> Iterator[CheckPanel]:
    found = loo_pit(same)
    yield CheckPanel(LOO_PIT, found.sentence(), found.table(), pit_distance(found))


def _new_groups(new: Replicates) -> Iterator[CheckPanel]:
    text = (
        "The same rows with every group drawn anew from the population: whether the spread between "
        "groups is the one that the model supposes."
    )
    found = replicated_statistics(new)
    yield CheckPanel("New groups", text, tail_table(found, new.groups))


PANELS: tuple[Callable[[Replicates], Iterator[CheckPanel]], ...] = (
    _statistics,
    _dispersion,
    _rootogram,
    _reliability,
    _group_means,
    _loo_pit,
)
"""Checks in order; a new one is a function here."""
