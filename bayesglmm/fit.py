"""The fit: a thin face over the posterior and report layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from bayesglmm import posterior
from bayesglmm.design.audit import Audit, audit
from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.engine.progress import counted
from bayesglmm.errors import SpecError, brief
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.graph.priors import ChosenPrior
from bayesglmm.likelihood import MaximumLikelihood, maximum_likelihood
from bayesglmm.posterior.arguments import check_flag, check_kind
from bayesglmm.posterior.comparison.compare import Comparison
from bayesglmm.posterior.estimands.contrasts import Variables
from bayesglmm.posterior.groups.rates import Over
from bayesglmm.posterior.parity import Parity, parity
from bayesglmm.posterior.population.evaluate import against_truth
from bayesglmm.posterior.population.strata import estimates
from bayesglmm.posterior.predict import Kind
from bayesglmm.posterior.priors.sensitivity import Sensitivity
from bayesglmm.posterior.priors.sensitivity import sensitivity as judge_priors
from bayesglmm.posterior.summary import summary
from bayesglmm.posterior.variance.latent import CountVariance
from bayesglmm.tables.files import path_of

if TYPE_CHECKING:
    import pymc as pm

    from bayesglmm.report import Opinion
    from bayesglmm.report.checks import Checks
    from bayesglmm.report.figures.picture import Picture
    from bayesglmm.report.geography import Geography
    from bayesglmm.report.lint import Proofreading


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    Attributes
    ----------
    design : Design
    priors : mapping
        Parameter name to the prior it had, and why.
    forms : mapping
        Group term to its parametrisation, and why.
    draws : Draws
    graph : callable
        Gives the PyMC graph that defines the model.
    """

    design: Design
    priors: Mapping[str, ChosenPrior]
    forms: Mapping[str, Parametrization]
    draws: Draws
    graph: Callable[[], pm.Model]

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled and copied: what it was made of, not what was computed since."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @property
    def pymc(self) -> pm.Model:
        """The PyMC graph that defines the model; where it was sampled, extensions included."""
        return self.graph()

    @property
    def engine(self) -> Run:
        """How the draws were made: the engine, the map and why, and what it cost."""
        return self.draws.run

    @cached_property
    def verdict(self) -> posterior.Verdict:
        """Whether the fit converged; see `diagnose`."""
        return posterior.diagnose(self.design, self.draws)

    @cached_property
    def idata(self) -> xr.DataTree:
        """The fit as an ArviZ DataTree.

        Groups posterior, sample_stats, observed_data and constant_data; posterior_predictive,
        log_likelihood, log_prior and prior are computed when they are first read.
        """
        return posterior.make_trace(self.design, self.draws, self.graph, self.priors)

    def diagnose(self) -> posterior.Verdict:
        """Judge the fit: R-hat, ESS, divergences, tree depth, E-BFMI."""
        return self.verdict

    def audit(self) -> Audit:
        """Findings about spec and data, as `Model.audit` gives them."""
        return audit(self.design)

    def table(self, mass: float = 0.95) -> posterior.Summary:
        """Ratios, random part, number of rows and groups, and what was lost.

        Parameters
        ----------
        mass : float
            Posterior probability inside the equal-tailed intervals.
        """
        return summary(self.design, self.draws, self.verdict, mass)

    def ratios(self, mass: float = 0.95) -> posterior.Table:
        """Fixed effects as IRR, OR or differences; see `posterior.ratios`."""
        return self._judged(posterior.ratios(self.design, self.draws, mass))

    def fixef(self, mass: float = 0.95) -> posterior.Table:
        """Fixed-effect coefficients on the link scale."""
        return self._judged(posterior.fixed_effects(self.design, self.draws, mass))

    def ranef(self, factor: str, mass: float = 0.95) -> posterior.Table:
        """Group effects of a factor: shrunken, raw, shrinkage; see `posterior.ranef`."""
        return self._judged(posterior.ranef(self.design, self.draws, factor, mass))

    def group_rates(
        self,
        factor: str,
        *,
        over: Over = "all",
        at: pd.DataFrame | None = None,
        threshold: float | None = None,
        mass: float = 0.95,
    ) -> posterior.Table:
        """Each group's rate, probability or mean, crude and shrunken, with exceedance and rank.

        See `posterior.group_rates`.
        """
        return self._judged(
            posterior.group_rates(
                self.design, self.draws, factor, over=over, at=at, threshold=threshold, mass=mass
            )
        )

    def map(
        self,
        factor: str,
        geojson: Mapping[str, Any],
        key: str,
        mass: float = 0.95,
        *,
        threshold: float | None = None,
    ) -> Picture:
        """Map of the groups' rates and of their exceedance probabilities.

        Parameters
        ----------
        factor : str
        geojson : mapping
            A parsed FeatureCollection of polygons.
        key : str
            Property of its features that holds the group's name.
        mass : float
        threshold : float, optional
            What the exceedance probabilities compare with, as for `group_rates`.

        Returns
        -------
        Picture
            Shows itself in a notebook; `save` writes it.
        """
        from bayesglmm.report.figures.map import rate_map
        from bayesglmm.report.geography import Geography

        geography = Geography(factor, geojson, key)
        geography.outlines()
        rates = self.group_rates(factor, threshold=threshold, mass=mass)
        return rate_map(self.design, rates, geography)

    def population_interval(
        self,
        factor: str,
        *,
        share: float = 0.95,
        at: pd.DataFrame | None = None,
        mass: float = 0.95,
    ) -> posterior.Table:
        """Means between which a share of all groups lies; see `posterior.population_interval`."""
        return self._judged(
            posterior.population_interval(
                self.design, self.draws, factor, share=share, at=at, mass=mass
            )
        )

    def variance(
        self,
        *,
        exposure: float | None = None,
        at: pd.DataFrame | None = None,
        counts: CountVariance = "trigamma",
        mass: float = 0.95,
    ) -> posterior.Table:
        """ICC, VPC, R² and median ratios, per draw; see `posterior.variance_partition`."""
        return self._judged(
            posterior.variance_partition(
                self.design, self.draws, exposure=exposure, at=at, counts=counts, mass=mass
            )
        )

    def predict(
        self,
        new: pd.DataFrame | None = None,
        *,
        kind: Kind = "mean",
        exposure: float | None = None,
        mass: float = 0.95,
    ) -> posterior.Table:
        """Predict row by row; see `posterior.predict`."""
        table = posterior.predict(
            self.design, self.draws, new, kind=kind, exposure=exposure, mass=mass
        )
        return self._judged(table)

    def checks(self) -> Checks:
        """Posterior predictive checks, with tables and pictures; see `report.make_checks`."""
        from bayesglmm.report.checks import make_checks

        return make_checks(self.design, self.draws)

    def poststratify(
        self,
        frame: pd.DataFrame,
        by: str | Sequence[str] | None = None,
        *,
        weights: str,
        mass: float = 0.95,
    ) -> posterior.Table:
        """Average predictions over the cells of a population; see `posterior.poststratify`."""
        table = posterior.poststratify(
            self.design, self.draws, frame, by, weights=weights, mass=mass
        )
        return self._judged(table)

    def strata(self, population: posterior.Population, mass: float = 0.95) -> posterior.Table:
        """Poststratified means beside own rows and truth; see `posterior.strata.estimates`."""
        return self._judged(estimates(self.design, self.draws, population, mass))

    def strata_plot(self, population: posterior.Population, mass: float = 0.95) -> Picture:
        """Picture of `strata`, sorted by the truth where it is known."""
        from bayesglmm.report.figures.strata import strata_plot

        return strata_plot(self.strata(population, mass), population)

    def ratio_plot(self, mass: float = 0.95) -> Picture:
        """Picture of the fixed effects of `ratios`."""
        from bayesglmm.report.figures.ratios import ratio_plot

        return ratio_plot(self.design, self.ratios(mass), mass)

    def rank_plot(self, factor: str, mass: float = 0.95) -> Picture:
        """Picture of the ranks of `group_rates`, with their intervals."""
        from bayesglmm.report.figures.ranks import rank_plot

        return rank_plot(self.design, self.group_rates(factor, mass=mass), factor)

    def shrinkage_plot(self, factor: str, mass: float = 0.95) -> Picture:
        """Picture of the crude and shrunken columns of `group_rates`."""
        from bayesglmm.report.figures.shrinkage import shrinkage_plot

        return shrinkage_plot(self.design, self.group_rates(factor, mass=mass), factor)

    def predictions(
        self,
        newdata: pd.DataFrame | None = None,
        by: str | Sequence[str] | None = None,
        **options: Any,
    ) -> posterior.Table:
        """Expected responses, row by row or averaged within ``by=``.

        Parameters
        ----------
        newdata : pandas.DataFrame, optional
            The model's own rows where left out; `grid` makes others.
        by : str or sequence of str, optional
        **options
            ``scale="response"`` or ``"link"``; ``re="typical"``, ``"observed"`` or
            ``"integrate"``; ``exposure``; ``weights`` (with ``by=``); ``mass=0.95``. See
            `bayesglmm.posterior.predictions`.
        """
        found = posterior.predictions(self.design, self.draws, newdata, by=by, **options)
        return self._judged(found)

    def comparisons(
        self,
        variables: Variables,
        newdata: pd.DataFrame | None = None,
        by: str | Sequence[str] | None = None,
        **options: Any,
    ) -> posterior.Table:
        """Rows under one value of a column against the same rows under another.

        Parameters
        ----------
        variables : str, sequence of str, or mapping
            ``"trt"``, ``{"x": 5}``, ``{"x": (10, 20)}``, ``{"edu": ("low", "high")}``,
            ``{"edu": "pairwise"}``.
        newdata, by
            As for `predictions`.
        **options
            ``scale="difference"``, ``"ratio"`` or ``"or"``; the others as for `predictions`. See
            `bayesglmm.posterior.comparisons`.
        """
        found = posterior.comparisons(self.design, self.draws, variables, newdata, by=by, **options)
        return self._judged(found)

    def slopes(
        self,
        variables: str | Sequence[str],
        newdata: pd.DataFrame | None = None,
        by: str | Sequence[str] | None = None,
        **options: Any,
    ) -> posterior.Table:
        """Derivatives with respect to numbers; options as for `predictions`."""
        found = posterior.slopes(self.design, self.draws, variables, newdata, by=by, **options)
        return self._judged(found)

    def avg_predictions(
        self, newdata: pd.DataFrame | None = None, **options: Any
    ) -> posterior.Table:
        """`predictions` averaged over rows, all of them unless ``by=`` is given."""
        return self._judged(posterior.avg_predictions(self.design, self.draws, newdata, **options))

    def avg_comparisons(
        self, variables: Variables, newdata: pd.DataFrame | None = None, **options: Any
    ) -> posterior.Table:
        """`comparisons` of averages over rows, all of them unless ``by=`` is given."""
        found = posterior.avg_comparisons(self.design, self.draws, variables, newdata, **options)
        return self._judged(found)

    def avg_slopes(
        self, variables: str | Sequence[str], newdata: pd.DataFrame | None = None, **options: Any
    ) -> posterior.Table:
        """`slopes` averaged over rows, all of them unless ``by=`` is given."""
        found = posterior.avg_slopes(self.design, self.draws, variables, newdata, **options)
        return self._judged(found)

    def cells(self, mass: float = 0.95) -> posterior.Summary:
        """Means of the factors' cells, typical and marginal side by side; see `posterior.cells`."""
        found = posterior.cells(self.design, self.draws, mass)
        return found if self.verdict.passed else replace(found, heading=self.verdict.sentence())

    def moments(
        self, newdata: pd.DataFrame, exposure: float | None = None, mass: float = 0.95
    ) -> posterior.Table:
        """Means, variances and covariances of responses of new groups; see `posterior.moments`."""
        found = posterior.moments(self.design, self.draws, newdata, exposure=exposure, mass=mass)
        return self._judged(found)

    def grid(self, **values: Any) -> pd.DataFrame:
        """Rows for ``newdata=``: all combinations of values, other columns typical.

        Parameters
        ----------
        **values
            Column of the right-hand side to a value or several, such as ``trt=[0, 1]``. Others
            are at their mean (numbers) or most frequent value (factors).
        """
        return posterior.grid(self.design, values)

    def ml(self, quadrature: int = 1) -> MaximumLikelihood:
        """Maximum likelihood of the same design, without the priors; see `likelihood`."""
        return maximum_likelihood(self.design, quadrature)

    def parity(self, quadrature: int | None = None) -> Parity:
        """Laplace, quadrature and posterior side by side; see `posterior.parity.parity`."""
        return parity(self.design, self.draws, self.priors, quadrature)

    def sensitivity(
        self, refits: bool = False, mass: float = 0.95, progress: bool = True
    ) -> Sensitivity:
        """How far the answers depend on the priors.

        Parameters
        ----------
        refits : bool
            Whether the model is also fitted again under other priors, with a verdict on each
            parameter: stable, moves or flips. Without, power-scaling alone, in a moment.
        mass : float
            Posterior probability inside the equal-tailed intervals.
        progress : bool
            Whether a bar counts the refits.

        Returns
        -------
        Sensitivity

        Raises
        ------
        EngineError
            If refits are asked for and the graph had been changed.
        """
        check_flag("progress", progress)
        check_flag("refits", refits)
        parts = (self.design, self.draws, self.priors)
        with counted("Refits", progress and refits) as watch:
            return judge_priors(*parts, refits=refits, mass=mass, watch=watch)

    def recovery(self, truth: Mapping[str, float], mass: float = 0.95) -> posterior.Table:
        """Parameters beside those that the data were simulated from; see `posterior.recovery`."""
        return self._judged(posterior.recovery(self.design, self.draws, truth, mass))

    def _judged(self, table: posterior.Table) -> posterior.Table:
        """A table that says so where the fit failed."""
        if self.verdict.passed:
            return table
        return replace(table, notes=(self.verdict.sentence(), *table.notes))

    def lint(self, text: str) -> Proofreading:
        """Hold hand-written prose against the fixed effects; see `report.lint`."""
        from bayesglmm.report.lint import lint

        check_kind("text", text, str, "Read a file with Path(...).read_text().")
        return lint(text, self.design, posterior.ratios(self.design, self.draws))

    def report(
        self,
        path: str | Path,
        mass: float = 0.95,
        *,
        opinion: Callable[[], Opinion] | bool = True,
        population: posterior.Population | None = None,
        comparison: Comparison | None = None,
        sensitivity: Sensitivity | None = None,
        geography: Geography | None = None,
    ) -> Path:
        """Write the report, one self-contained HTML file.

        Parameters
        ----------
        path : str or Path
        mass : float
            Posterior probability inside the equal-tailed intervals.
        opinion : bool or callable
            Whether bambi is asked for a second opinion, by another process; or what
            `bayesglmm.report.ask_opinion` gave when it was asked earlier.
        population : Population, optional
            Cells that the predictions are averaged over.
        comparison : Comparison, optional
            From `bayesglmm.compare`, to be shown.
        sensitivity : Sensitivity, optional
            From ``sensitivity(refits=True)``; without it, power-scaling alone is shown.
        geography : Geography, optional
            Outlines of the groups of a factor, for a map.

        Returns
        -------
        Path
        """
        extras: dict[str, Any] = {
            "population": population,
            "comparison": comparison,
            "sensitivity": sensitivity,
        }
        extras["geography"] = geography
        return write_report({"": self}, path, mass, opinions={"": opinion}, **extras)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def check_fits(fits: Any) -> None:
    """Refuse what is no fits by name.

    Raises
    ------
    SpecError
    """
    if not isinstance(fits, Mapping):
        raise SpecError(
            f"fits={brief(fits)} is no dictionary of fits. "
            "Write {'with era': fit, 'without': other}."
        )
    for name, fit in fits.items():
        check_kind(f"fits['{name}']", fit, Fit, "Pass what model.fit() gave.")


def poststratify(
    fit: Fit,
    frame: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    *,
    weights: str,
    mass: float = 0.95,
) -> posterior.Table:
    """Average a fit's predictions over the cells of a population; see `posterior.poststratify`."""
    check_kind("fit", fit, Fit, "Pass what model.fit() gave.")
    return fit.poststratify(frame, by, weights=weights, mass=mass)


def evaluate(
    fits: Mapping[str, Fit], population: posterior.Population, mass: float = 0.95
) -> posterior.Table:
    """Hold fits against the known truth of a population.

    Parameters
    ----------
    fits : mapping
        Name to fit, of the same rows.
    population : Population
        With a `truth`.
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        Errors and intervals of the levels' own means and of each fit; see
        `posterior.evaluate.against_truth`.

    Raises
    ------
    BayesglmmError
        As for `posterior.evaluate.against_truth`.
    """
    check_fits(fits)
    pairs = {name: (fit.design, fit.draws) for name, fit in fits.items()}
    table = against_truth(pairs, population, mass)
    failed = (
        f"'{k}': {fit.verdict.sentence()}" for k, fit in fits.items() if not fit.verdict.passed
    )
    return replace(table, notes=(*failed, *table.notes))


def write_report(
    fits: Mapping[str, Fit],
    path: str | Path,
    mass: float = 0.95,
    *,
    opinions: Mapping[str, Callable[[], Opinion] | bool] | None = None,
    refits: bool = False,
    watch: Callable[[str], None] | None = None,
    **extras: Any,
) -> Path:
    """Write the report of a fit, or of several side by side, one self-contained HTML file.

    Parameters
    ----------
    fits : mapping
        Name to fit.
    path : str or Path
    mass : float
        Posterior probability inside the equal-tailed intervals.
    opinions : mapping, optional
        Name to `opinion`, as for `Fit.report`; bambi is asked where left out.
    refits : bool
        Whether every model is fitted again under other priors; see `Fit.sensitivity`.
    watch : callable, optional
        Told the name of each part before it is made.
    **extras
        What all fits share, such as ``population``.

    Returns
    -------
    Path

    Raises
    ------
    SpecError
        If there are no fits.
    """
    from bayesglmm.report import Material, check_extras, write_pages

    check_fits(fits)
    check_extras(extras)
    check_flag("refits", refits)
    path = path_of(path)
    asked = {name: (opinions or {}).get(name, True) for name in fits}
    materials = {}
    for name, fit in fits.items():
        parts = (fit.design, fit.priors, fit.forms, fit.draws, fit.verdict)
        opinion = _opinion(fit, asked[name])
        if refits:
            extras["sensitivity"] = fit.sensitivity(refits=True, mass=mass)
        materials[name] = Material(*parts, mass, opinion=opinion, **extras)
    return write_pages(materials, path, watch)


def _opinion(fit: Fit, asked: Callable[[], Opinion] | bool | None) -> Callable[[], Opinion] | None:
    from bayesglmm.report import ask_opinion

    if isinstance(asked, bool):
        return ask_opinion(fit.design, fit.priors, fit.forms) if asked else None
    if asked is not None and not callable(asked):
        raise SpecError(
            f"opinion={brief(asked)} must be True or False, or what ask_opinion() gave."
        )
    return asked


def lint(text: str, fit: Fit) -> Proofreading:
    """Hold hand-written prose against a fit; see `Fit.lint`."""
    check_kind("fit", fit, Fit, "Pass what model.fit() gave.")
    return fit.lint(text)
