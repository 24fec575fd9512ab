"""The fit: a thin face over the posterior and report layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import xarray as xr

from bayesglmm import posterior
from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.graph.parametrization import Parametrization
from bayesglmm.graph.priors import ChosenPrior
from bayesglmm.posterior.predict import Kind
from bayesglmm.posterior.summary import summary

if TYPE_CHECKING:
    import pymc as pm

    from bayesglmm.report.checks import Checks


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
        log_likelihood and prior are computed when they are first read.
        """
        return posterior.make_trace(self.design, self.draws, self.graph)

    def diagnose(self) -> posterior.Verdict:
        """Judge the fit: R-hat, ESS, divergences, tree depth, E-BFMI."""
        return self.verdict

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

    def _judged(self, table: posterior.Table) -> posterior.Table:
        """A table that says so where the fit failed."""
        if self.verdict.passed:
            return table
        return replace(table, notes=(self.verdict.sentence(), *table.notes))

    def report(
        self,
        path: str | Path,
        mass: float = 0.95,
        *,
        population: posterior.Population | None = None,
    ) -> Path:
        """Write the report, one self-contained HTML file.

        Parameters
        ----------
        path : str or Path
        mass : float
            Posterior probability inside the equal-tailed intervals.
        population : Population, optional
            Cells that the predictions are averaged over.

        Returns
        -------
        Path
        """
        from bayesglmm.report import Material, write_report

        material = Material(self.design, self.priors, self.forms, self.draws, self.verdict, mass)
        return write_report(replace(material, population=population), Path(path))

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def poststratify(
    fit: Fit,
    frame: pd.DataFrame,
    by: str | Sequence[str] | None = None,
    *,
    weights: str,
    mass: float = 0.95,
) -> posterior.Table:
    """Average a fit's predictions over the cells of a population; see `posterior.poststratify`."""
    return fit.poststratify(frame, by, weights=weights, mass=mass)
