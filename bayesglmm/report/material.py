"""What a report is made from, and what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markupsafe import Markup

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import DataError, SpecError, unknown
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.pictures.geography import Geography
from bayesglmm.posterior.arguments import check_kind
from bayesglmm.posterior.comparison.compare import Comparison
from bayesglmm.posterior.diagnose import Verdict
from bayesglmm.posterior.distributional import all_parameter_effects
from bayesglmm.posterior.estimands.factor_cells import cell_means
from bayesglmm.posterior.estimands.interactions import Interaction, interaction_comparisons
from bayesglmm.posterior.groups.ranef import ranef
from bayesglmm.posterior.groups.rates import group_rates
from bayesglmm.posterior.groups.spread import population_interval
from bayesglmm.posterior.population.strata import Population, strata
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.sensitivity import Sensitivity
from bayesglmm.posterior.random_part import has_random_part, random_part
from bayesglmm.posterior.ratios import ratios
from bayesglmm.posterior.variance import Partition, partition
from bayesglmm.report.blocks import Block
from bayesglmm.report.html import html
from bayesglmm.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class GroupTables:
    """Tables of a grouping factor.

    Attributes
    ----------
    rates : Table
        From `posterior.group_rates`.
    spread : Table
        From `posterior.population_interval`.
    effects : Table
        From `posterior.ranef`.
    """

    rates: Table
    spread: Table
    effects: Table


@dataclass(frozen=True, eq=False)
class Material:
    """Everything a report tells of.

    Attributes
    ----------
    design : Design
    priors : mapping
    forms : mapping
    draws : Draws
    verdict : Verdict
    mass : float
        Posterior probability inside intervals.
    opinion : callable or None
        Gives the second opinion, or waits for it; None where none was asked for.
    population : Population or None
        Cells of the population that the rows stand for.
    comparison : Comparison or None
        Other models of the same rows beside this one.
    sensitivity : Sensitivity or None
        Refits under other priors; power-scaling alone is made for the report where None.
    geography : Geography or None
        Where the groups of a factor lie.
    check : tuple of str
        Reporting standards whose filled checklists are appended.
    notes : mapping
        Point of a standard to what the analyst says of it.
    """

    design: Design
    priors: Mapping[str, ChosenPrior]
    forms: Mapping[str, Parametrization]
    draws: Draws
    verdict: Verdict
    mass: float = 0.95
    opinion: Callable[[], Any] | None = None
    population: Population | None = None
    comparison: Comparison | None = None
    sensitivity: Sensitivity | None = None
    geography: Geography | None = None
    check: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def posterior(self) -> Posterior:
        """The draws at the model's own rows."""
        return Posterior(self.design, self.draws)

    @cached_property
    def ratios(self) -> Table:
        """Fixed effects, as `posterior.ratios` gives them."""
        return ratios(self.posterior, self.mass)

    @cached_property
    def parameters(self) -> dict[str, Table]:
        """What moves each other parameter with a formula, as `parameter_effects` gives it."""
        return all_parameter_effects(self.posterior, self.mass)

    @cached_property
    def random_part(self) -> Table:
        """Spread of the groups, as `posterior.random_part` gives it."""
        return random_part(self.posterior, self.mass)

    @cached_property
    def cells(self) -> Table | None:
        """Means of the factors' cells, as `posterior.cell_means` gives them."""
        return cell_means(self.posterior, self.mass)

    @cached_property
    def partition(self) -> Partition:
        """Variance partition; a model without groups has no more than an R²."""
        return partition(self.posterior, mass=self.mass)

    @cached_property
    def groups(self) -> dict[str, GroupTables]:
        """Tables of each grouping factor, but for those with an effect for each row."""
        return {
            factor: GroupTables(
                group_rates(self.posterior, factor, mass=self.mass),
                population_interval(self.posterior, factor, mass=self.mass),
                ranef(self.posterior, factor, self.mass),
            )
            for factor, terms in self.design.predictor.factors.items()
            if len(terms[0].levels) < self.design.n and self.design.spec.family.chances is None
        }

    @cached_property
    def poststratified(self) -> Table | DataError | None:
        """Estimates for the population, or why the model has none; None without a population."""
        if self.population is None:
            return None
        try:
            return strata(self.posterior, self.population, self.mass)
        except DataError as error:  # a report is worth having without them
            return error

    @property
    def tables(self) -> list[Table]:
        """What the report shows of the draws, in its order; what a model has not is left out."""
        compared = [table for found in self.interactions for table in found.tables]
        groups = [
            table
            for found in self.groups.values()
            for table in (found.rates, found.spread, found.effects)
        ]
        part = self.random_part if has_random_part(self.design) else None
        shares = self.partition.table if self.design.predictor.groups else None
        found = [
            self.ratios,
            *self.parameters.values(),
            part,
            self.cells,
            *compared,
            *groups,
            shares,
            self.poststratified,
        ]
        return [table for table in found if isinstance(table, Table)]

    @cached_property
    def interactions(self) -> list[Interaction]:
        """Comparisons within interactions of factors."""
        return interaction_comparisons(self.posterior, self.mass)


EXTRAS: dict[str, tuple[type[Any], str]] = {
    "population": (Population, "Make one: bg.Population(frame, by, weights)."),
    "comparison": (Comparison, "Pass what bg.compare() gave."),
    "sensitivity": (Sensitivity, "Pass what fit.sensitivity(refits=True) gave."),
    "geography": (Geography, "Make one: bg.Geography(factor, geojson, key)."),
}
"""What a report may be given beside the fit, and where it comes from."""


def check_extras(given: Mapping[str, Any]) -> None:
    """Refuse extras of a report that are not what they should be.

    Parameters
    ----------
    given : mapping
        Name to extra; None where it was left out.

    Raises
    ------
    SpecError
    """
    for name, extra in given.items():
        if name not in EXTRAS:
            raise SpecError(unknown("part of a report", name, EXTRAS))
        if extra is not None:
            check_kind(name, extra, *EXTRAS[name])


@dataclass(frozen=True)
class Section:
    """A part of the page.

    Attributes
    ----------
    anchor, title : str
    blocks : tuple of Block
    gist : str
        What it comes to, in a few words that stand beside its title; perhaps empty.
    """

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    gist: str = ""

    @cached_property
    def body(self) -> Markup:
        """HTML, text from data escaped."""
        return html(self.blocks)
