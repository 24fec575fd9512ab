"""The fit: a thin face over the posterior and report layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from bayesglmm import posterior as asked
from bayesglmm import storage
from bayesglmm.design.audit import Audit, audit
from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.engine.progress import counted
from bayesglmm.errors import EngineError
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.graph.parametrization import Parametrization, choose_parametrizations
from bayesglmm.likelihood import MaximumLikelihood, maximum_likelihood
from bayesglmm.pictures.binding import picture_of_fit
from bayesglmm.pictures.curves import plot_comparisons, plot_predictions, plot_slopes
from bayesglmm.pictures.groups import plot_groups
from bayesglmm.pictures.overlay import plot_ppc
from bayesglmm.pictures.trace import plot_trace
from bayesglmm.posterior import Population, Posterior, Verdict, regression_table
from bayesglmm.posterior.arguments import check_flag, check_kind
from bayesglmm.posterior.binding import method_of_fit
from bayesglmm.posterior.comparison.compare import Comparison, Unit
from bayesglmm.posterior.comparison.kfold import kfold
from bayesglmm.posterior.comparison.left_out import LeftOut, leave_out
from bayesglmm.posterior.comparison.subsample import subsampled
from bayesglmm.posterior.elsewhere import no_such_attribute
from bayesglmm.posterior.intervals import intervals
from bayesglmm.posterior.parity import Parity, parity
from bayesglmm.posterior.population.strata import strata
from bayesglmm.posterior.priors.sensitivity import Sensitivity
from bayesglmm.posterior.priors.sensitivity import sensitivity as judge_priors
from bayesglmm.posterior.summary import summary
from bayesglmm.posterior.variance import variance
from bayesglmm.posterior.vcov import vcov
from bayesglmm.posterior.vintages.update import Update, update
from bayesglmm.tables.files import path_of

if TYPE_CHECKING:
    import pymc as pm

    from bayesglmm.pictures.geography import Geography
    from bayesglmm.pictures.picture import Picture
    from bayesglmm.report import Opinion
    from bayesglmm.report.checks import Checks
    from bayesglmm.report.guidelines import Review
    from bayesglmm.report.lint import Proofreading
    from bayesglmm.tables import Table


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

    table = method_of_fit(summary)
    summary = table
    ratios = method_of_fit(asked.ratios)
    fixef = method_of_fit(asked.fixef)
    coef = fixef
    intervals = method_of_fit(intervals)
    vcov = method_of_fit(vcov)
    ranef = method_of_fit(asked.ranef)
    group_rates = method_of_fit(asked.group_rates)
    population_interval = method_of_fit(asked.population_interval)
    variance = method_of_fit(variance)
    predict = method_of_fit(asked.predict)
    predictions = method_of_fit(asked.predictions)
    comparisons = method_of_fit(asked.comparisons)
    slopes = method_of_fit(asked.slopes)
    avg_predictions = method_of_fit(asked.avg_predictions)
    avg_comparisons = method_of_fit(asked.avg_comparisons)
    avg_slopes = method_of_fit(asked.avg_slopes)
    cells = method_of_fit(asked.cells)
    moments = method_of_fit(asked.moments)
    poststratify = method_of_fit(asked.poststratify)
    strata = method_of_fit(strata)
    recovery = method_of_fit(asked.recovery)

    plot_predictions = picture_of_fit(plot_predictions)
    plot_comparisons = picture_of_fit(plot_comparisons)
    plot_slopes = picture_of_fit(plot_slopes)
    plot_groups = picture_of_fit(plot_groups)
    plot_trace = picture_of_fit(plot_trace)
    plot_ppc = picture_of_fit(plot_ppc)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled and copied: what it was made of, not what was computed since."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    if not TYPE_CHECKING:  # checkers of types find wrong names themselves

        def __getattr__(self, name: str) -> Any:
            """Say what to write in place of a name that other packages have."""
            if name in dir(type(self)):  # a property failed: let it say why
                return object.__getattribute__(self, name)
            raise no_such_attribute(name, dir(type(self)))

    @property
    def nobs(self) -> int:
        """Number of observations: rows that were used, by their weights where they have some."""
        return self.design.flow.observations

    @property
    def pymc(self) -> pm.Model:
        """The PyMC graph that defines the model; where it was sampled, extensions included."""
        return self.graph()

    @property
    def engine(self) -> Run:
        """How the draws were made: the engine, the map and why, and what it cost."""
        return self.draws.run

    @cached_property
    def posterior(self) -> Posterior:
        """The draws at the model's rows, to be evaluated there or, by `apply`, at new rows."""
        return Posterior(self.design, self.draws)

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the fit converged; see `diagnose`."""
        return asked.diagnose(self.posterior)

    @cached_property
    def idata(self) -> xr.DataTree:
        """The fit as an ArviZ DataTree.

        Groups posterior, sample_stats, observed_data and constant_data; posterior_predictive,
        log_likelihood, log_prior and prior are computed when they are first read.
        """
        return asked.make_trace(self.posterior, self.graph, self.priors)

    def save(
        self, path: str | Path, *, data: storage.Kept = "rows", overwrite: bool = False
    ) -> Path:
        """Write the fit to a file, from which `load` makes it again; see `storage.save`."""
        kept = storage.Saved(self.posterior, self.priors)
        return storage.save(path, kept, data=data, overwrite=overwrite)

    def diagnose(self) -> Verdict:
        """Judge the fit: R-hat, ESS, and what the sampler says of itself."""
        return self.verdict

    def audit(self) -> Audit:
        """Findings about spec and data, as `Model.audit` gives them."""
        return audit(self.design)

    def grid(self, **values: Any) -> pd.DataFrame:
        """Rows for ``newdata=``: all combinations of values, other columns typical.

        Parameters
        ----------
        **values
            Column of the right-hand side to a value or several, such as ``trt=[0, 1]``. Others
            are at their mean (numbers) or most frequent value (factors).
        """
        return asked.grid(self.design, values)

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
        from bayesglmm.pictures.geography import Geography
        from bayesglmm.pictures.map import rate_map

        geography = Geography(factor, geojson, key)
        geography.outlines()
        rates = self.group_rates(factor, threshold=threshold, mass=mass)
        return rate_map(self.design, rates, geography)

    def checks(self) -> Checks:
        """Posterior predictive checks, with tables and pictures; see `report.make_checks`."""
        from bayesglmm.report.checks import make_checks

        return make_checks(self.posterior)

    def strata_plot(self, population: Population, mass: float = 0.95) -> Picture:
        """Picture of `strata`, sorted by the truth where it is known."""
        from bayesglmm.pictures.strata import strata_plot

        return strata_plot(self.strata(population, mass), population)

    def ratio_plot(self, mass: float = 0.95) -> Picture:
        """Picture of the fixed effects of `ratios`."""
        from bayesglmm.pictures.ratios import ratio_plot

        return ratio_plot(self.design, self.ratios(mass), mass)

    def rank_plot(self, factor: str, mass: float = 0.95) -> Picture:
        """Picture of the ranks of `group_rates`, with their intervals."""
        from bayesglmm.pictures.ranks import rank_plot

        return rank_plot(self.design, self.group_rates(factor, mass=mass), factor)

    def shrinkage_plot(self, factor: str, mass: float = 0.95) -> Picture:
        """Picture of the crude and shrunken columns of `group_rates`."""
        from bayesglmm.pictures.shrinkage import shrinkage_plot

        return shrinkage_plot(self.design, self.group_rates(factor, mass=mass), factor)

    def ml(self, quadrature: int = 1) -> MaximumLikelihood:
        """Maximum likelihood of the same design, without the priors; see `likelihood`."""
        return maximum_likelihood(self.design, quadrature)

    def parity(self, quadrature: int | None = None) -> Parity:
        """Laplace, quadrature and posterior side by side; see `posterior.parity.parity`."""
        return parity(self.posterior, self.priors, quadrature)

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
        with counted("Refits", progress and refits) as watch:
            return judge_priors(self.posterior, self.priors, refits=refits, mass=mass, watch=watch)

    def update(
        self,
        data: pd.DataFrame,
        key: str | Sequence[str] | None = None,
        mass: float = 0.95,
        **settings: Any,
    ) -> Update[Fit]:
        """Fit the same model to later data, and say which rows and which answers changed.

        Parameters
        ----------
        data : pandas.DataFrame
            A later vintage: rows like those of this fit, some revised, added or withdrawn.
        key : str or sequence of str, optional
            Columns of both that name a row; those of the right-hand sides where left out.
        mass : float
            Posterior probability inside the equal-tailed intervals.
        **settings
            As for `Model.fit`, without `file`.

        Returns
        -------
        Update
            With the new fit. It has the priors of this one where the parameters are the same.

        Raises
        ------
        DataError
            If two rows have the same name, or the data do not fit the spec.
        EngineError
            If the graph had been changed, or the model cannot be sampled.
        """
        if self.draws.run.extensions:
            raise EngineError(
                f"The graph of this fit was extended by {', '.join(self.draws.run.extensions)}, "
                "which no spec gives back. Make a Model of the new data, and extend its graph."
            )
        kept = (self.posterior, self.priors, data, key, mass, settings)
        return update(*kept, fit_of)

    def loo(
        self,
        unit: Unit = "row",
        factor: str | None = None,
        *,
        refit: bool = False,
        progress: bool = True,
    ) -> LeftOut:
        """Leave each row, or each group, out in turn, by Pareto-smoothed importance sampling.

        Parameters
        ----------
        unit, factor : str
            As for `bayesglmm.compare`.
        refit : bool
            Whether the model is fitted again without each unit whose Pareto k is above its bound;
            the notes of ``loo()`` say how many there are.
        progress : bool
            Whether a bar counts the fits.

        Returns
        -------
        LeftOut
            Two of them are compared by ``bg.compare({"a": a.loo(refit=True), "b": ...})``.

        Raises
        ------
        SpecError
            As for `bayesglmm.compare`; if rows have survey weights.
        EngineError
            If the graph had been changed.
        """
        check_flag("refit", refit)
        check_flag("progress", progress)
        with counted("Fits without a unit", progress and refit) as watch:
            return leave_out(self.posterior, self.priors, unit, factor, refit=refit, watch=watch)

    def loo_of_some(self, count: int, seed: int = 0) -> Table:
        """Leave-one-out of all rows from `count` of them; see `posterior.comparison.subsample`."""
        return subsampled(self.posterior, count, seed)

    def kfold(
        self, k: int | None = None, by: str | None = None, *, seed: int = 0, progress: bool = True
    ) -> LeftOut:
        """Cross-validation: fit again without each of k parts of the data, and predict it.

        Parameters
        ----------
        k : int, optional
            Number of folds, and of fits: 10, or as many as there are units, where left out. As many
            as there are units leaves out one at a time.
        by : str, optional
            A grouping factor, or a column of the data: its groups are left out whole and predicted
            for a group that was not seen, its effects integrated out. Rows where left out.
        seed : int
            Of the folds, which are the same for every fit of the same rows.
        progress : bool
            Whether a bar counts the fits.

        Returns
        -------
        LeftOut
            Two of them are compared by ``bg.compare({"a": a.kfold(), "b": b.kfold()})``.

        Raises
        ------
        SpecError
            If `k` or `by` cannot be; if rows have survey weights, or the groups of another factor
            lie within those of `by`.
        EngineError
            If the graph had been changed.
        """
        check_flag("progress", progress)
        with counted("Folds", progress) as watch:
            return kfold(self.posterior, self.priors, k, by, seed, watch)

    def lint(self, text: str) -> Proofreading:
        """Hold hand-written prose against effects and rates; see `report.proofread`."""
        from bayesglmm.report.proofreading import proofread

        check_kind("text", text, str, "Read a file with Path(...).read_text().")
        return proofread(text, self.posterior)

    def report(
        self,
        path: str | Path,
        mass: float = 0.95,
        *,
        opinion: Callable[[], Opinion] | bool = True,
        population: Population | None = None,
        comparison: Comparison | None = None,
        sensitivity: Sensitivity | None = None,
        geography: Geography | None = None,
        short: bool = False,
        check: Sequence[str] = (),
        notes: Mapping[str, str] | None = None,
    ) -> Path:
        """Write the report: one self-contained HTML file, or a Word document.

        Parameters
        ----------
        path : str or Path
            Ends in ``.html``, or in ``.docx`` for a Word document (needs python-docx).
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
        short : bool
            Whether it is two printed pages: answer, effects, how far they can be trusted, methods.
        check : sequence of str
            Reporting standards whose filled checklists are appended; see `check`.
        notes : mapping, optional
            Point of a standard, such as ``"barg 4A"``, to what you say of it.

        Returns
        -------
        Path

        Raises
        ------
        BayesglmmError
            If `path` has another ending, or a Word document is asked for and python-docx is not
            installed.
        """
        from bayesglmm.report import check_place, make_document, material_of, write_document

        path = path_of(path)
        check_flag("short", short)
        check_place(path)
        material = material_of(
            self,
            mass,
            opinion,
            population=population,
            comparison=comparison,
            sensitivity=sensitivity,
            geography=geography,
            check=check,
            notes=notes,
        )
        return write_document(make_document({"": material}, short=short), path)

    def check(
        self,
        *standards: str,
        notes: Mapping[str, str] | None = None,
        opinion: Callable[[], Opinion] | bool = True,
    ) -> Review:
        """Hold the report against reporting standards.

        Parameters
        ----------
        *standards : str
            Of ``"barg"``, ``"robust"``, ``"wambs"``, ``"strobe"``, ``"sampl"``; all where left out.
        notes : mapping, optional
            Point of a standard, such as ``"barg 4A"``, to what you say of it.
        opinion : bool or callable
            As for `report`.

        Returns
        -------
        Review
            A checklist for each; ``open`` are the points that are neither in the report nor
            filled in.

        Raises
        ------
        SpecError
            If there is no such standard, or no such point.
        """
        from bayesglmm.report import make_sections, material_of
        from bayesglmm.report.guidelines import hold

        material = material_of(self, opinion=opinion, check=standards, notes=notes)
        return hold(standards, make_sections(material), material.notes)

    @property
    def __maketables_coef_table__(self) -> pd.DataFrame:
        return regression_table.coefficient_table(self.posterior)

    def __maketables_stat__(self, key: str) -> Any:
        return regression_table.statistic(self.design, key)

    @property
    def __maketables_depvar__(self) -> str:
        return regression_table.response_name(self.design)

    @property
    def __maketables_var_labels__(self) -> dict[str, str]:
        return regression_table.labels(self.design)

    @property
    def __maketables_stat_labels__(self) -> dict[str, str]:
        return dict(regression_table.STATISTICS)

    @property
    def __maketables_default_stat_keys__(self) -> list[str]:
        return [*regression_table.STATISTICS]

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def fit_of(posterior: Posterior, priors: Mapping[str, ChosenPrior]) -> Fit:
    """The fit of a posterior whose graph is the one that its spec says.

    Parameters
    ----------
    posterior : Posterior
        At the model's own rows.
    priors : mapping

    Returns
    -------
    Fit
    """
    design = posterior.design
    forms = choose_parametrizations(design)
    graph = partial(build_graph, design, priors, forms)
    return Fit(design, priors, forms, posterior.draws, graph)
