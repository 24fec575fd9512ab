"""The model: a thin face over the spec, design, graph and engine layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bayesglmm.calibration import Calibration, calibrate
from bayesglmm.design.audit import Audit, audit
from bayesglmm.design.coding_sentences import coding_sentences
from bayesglmm.design.design import Design
from bayesglmm.design.making import make_design, said_otherwise
from bayesglmm.engine.draws import Draws
from bayesglmm.engine.sample import beyond_kernel, sample
from bayesglmm.engine.settings import make_settings
from bayesglmm.errors import EngineError, SpecError
from bayesglmm.families import Prior
from bayesglmm.fit import Fit, fit_of
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.chosen_priors import ChosenPrior, check_same, choose_priors
from bayesglmm.graph.parametrization import Parametrization, choose_parametrizations
from bayesglmm.graph.written import Changes, Written, remember
from bayesglmm.kept import kept_fit
from bayesglmm.likelihood import MaximumLikelihood, maximum_likelihood
from bayesglmm.posterior import Posterior
from bayesglmm.posterior.arguments import check_flag
from bayesglmm.posterior.preview import Preview, preview
from bayesglmm.posterior.priors.predictive import PriorPredictive, prior_predictive
from bayesglmm.posterior.priors.refits import draw_again
from bayesglmm.posterior.priors.table import prior_table
from bayesglmm.scripts import Script, code
from bayesglmm.spec.making_rules import make_rules
from bayesglmm.spec.model import ModelSpec
from bayesglmm.spec.options import check_mappings
from bayesglmm.spec.specifying import specify
from bayesglmm.tables import Table
from bayesglmm.tables.files import path_of

if TYPE_CHECKING:
    import graphviz
    import pymc as pm


class Model:
    """A model spec met by data.

    Parameters
    ----------
    spec : ModelSpec or str
        A spec from `specify`, or a formula, with the rest of the spec as keywords.
    data : pandas.DataFrame, or a frame of polars, PyArrow or DuckDB, or a mapping of columns
        One row an observation. Not altered.
    **options
        The keywords of `specify`, where `spec` is a formula.

    Raises
    ------
    BayesglmmError
        If spec or data cannot be used; says what, where, and what to write instead.
    """

    def __init__(self, spec: ModelSpec | str, data: Any, **options: Any) -> None:
        if isinstance(spec, str):
            spec = specify(spec, **options)
        elif not isinstance(spec, ModelSpec):
            raise SpecError(
                f"The first argument is a {type(spec).__name__}, not a formula or a spec. "
                "Write Model('y ~ x', data)."
            )
        elif options:
            raise SpecError(
                f"The spec is already made, so {', '.join(options)}= cannot be added. "
                "Pass it to specify()."
            )
        self.spec = spec
        self.design: Design = make_design(spec, data)
        self.priors: Mapping[str, ChosenPrior] = choose_priors(self.design)
        self.forms: Mapping[str, Parametrization] = choose_parametrizations(self.design)

    @property
    def pymc(self) -> pm.Model:
        """The PyMC graph: named data, named dimensions, yours to extend."""
        return self._written.graph

    @cached_property
    def _written(self) -> Written:
        return remember(build_graph(self.design, self.priors, self.forms))

    def _changes(self) -> Changes:
        """What the user changed of the graph; nothing of one that was never asked for."""
        return self._written.changes() if "_written" in self.__dict__ else Changes()

    def graphviz(self) -> graphviz.Digraph:
        """The graph as a picture (needs the package graphviz, and its programs to render)."""
        import pymc as pm

        return pm.model_to_graphviz(self.pymc)

    def audit(self) -> Audit:
        """Findings with codes, before sampling: what may mislead, where, and what to write."""
        return audit(self.design)

    def prior_table(self) -> Table:
        """Every prior with its scale and reason."""
        return prior_table(self.priors)

    def prior_predictive(self, draws: int = 1000, seed: int = 0) -> PriorPredictive:
        """What the model says before it sees the data; see `posterior.prior_predictive`."""
        return prior_predictive(self.design, self.priors, draws, seed)

    def fit(self, *, file: str | Path | None = None, refit: bool = False, **settings: Any) -> Fit:
        """Sample the posterior.

        Parameters
        ----------
        file : path, optional
            Where the fit is kept: it is saved there, and the next time loaded from there instead
            of being made, provided that spec, rows, priors and the settings given are the same.
            Where a higher ``ess`` is asked for, or a run was ended early that was to reach one,
            it goes on.
        refit : bool
            Whether to fit again and replace `file`, whatever it holds.
        **settings
            Keywords of `bayesglmm.engine.make_settings`: ``ess`` (1000: every reported quantity
            is to have it) or ``draws``, ``max_minutes``, ``seed``, ``progress``, ``engine``,
            ``sampler``, ``chains``, ``tune``, ``target_accept``, ``max_depth``.

        Returns
        -------
        Fit
            Its `engine` says how it was made; marked incomplete there where it was interrupted or
            the time ran out.

        Raises
        ------
        EngineError
            If the model cannot be sampled, or the engine asked for cannot express it; if `file` is
            given and the graph was changed.
        DataError
            If `file` holds another fit; it says in what it differs.
        SpecError
            If a setting is unknown or out of range.
        """
        check_flag("refit", refit)
        if file is not None:
            extended = self._changes().sentence()
            if extended:
                raise EngineError(
                    f"A file cannot hold this fit: {extended}. Leave file= out, and keep the "
                    "draws: fit.idata.to_zarr(path)."
                )
            place = path_of(file, "trial.bgm", "file")
            kept = (place, self.design, self.priors, self._fit, settings)
            return kept_fit(*kept, refit=refit)
        return self._fit(settings)

    def _fit(self, settings: Mapping[str, Any], keep: Callable[[Draws], None] | None = None) -> Fit:
        """Sample, and hand over what there is from time to time."""
        draws = sample(self.design, self.priors, lambda: self.pymc, self._changes(), settings, keep)
        changed = draws.run.of_graph and self._changes().sentence()
        of_spec = partial(build_graph, self.design, self.priors, self.forms)
        graph = self._written.kept if changed else of_spec
        return Fit(self.design, self.priors, self.forms, draws, graph)

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled and copied: the graph only where the user changed it."""
        state = dict(self.__dict__)
        if not self._changes().sentence():
            state.pop("_written", None)
        return state

    def refit(
        self,
        data: pd.DataFrame | None = None,
        priors: Mapping[str, Prior] | None = None,
        **settings: Any,
    ) -> Fit:
        """Fit the same spec to other data, or under other priors.

        Nothing is compiled anew, so that hundreds of refits cost no more than their sampling.

        Parameters
        ----------
        data : pandas.DataFrame, optional
            This model's own where left out. With other data, priors that looked at the data are
            not chosen again: every parameter keeps the distribution it has here. What a parameter
            means still follows the data: the intercept's prior holds at the mean of the new
            columns, and ``center(x)`` centres at the new mean.
        priors : mapping, optional
            As for `specify`, in place of the spec's own; what they leave open gets its default.
        **settings
            As for `fit`, without `file`.

        Returns
        -------
        Fit

        Raises
        ------
        BayesglmmError
            If the data do not give the same parameters, if the graph was changed, or as for `fit`.
        """
        if "file" in settings:
            raise SpecError("refit() keeps no file. Write model.refit(...).save('trial.bgm').")
        self._check_unchanged("refit()")
        spec = self.spec
        check_mappings(priors=priors)
        if priors is not None:
            spec = replace(spec, rules=make_rules(priors, spec))
        own = said_otherwise(self.design, spec)
        design = own if data is None else make_design(spec, data)
        chosen = choose_priors(design)
        if priors is None:
            check_same(self.priors, chosen)
            chosen = dict(self.priors)
        return fit_of(Posterior(design, draw_again(design, chosen, settings)), chosen)

    def calibrate(
        self,
        n: int = 200,
        *,
        file: str | Path | None = None,
        processes: int | None = None,
        **settings: Any,
    ) -> Calibration:
        """Simulation-based calibration: is what the priors drew found as often as it ought to be?

        Parameters from this model's priors, responses of its own rows from the parameters, and a
        fit of these, again and again. Where all is right the ranks of the parameters among the
        draws are uniform, whatever the model is (Talts et al. 2018, arXiv 1804.06788).

        Parameters
        ----------
        n : int
            Replications.
        file : path, optional
            Each replication is added to it as it ends, so that a run that was ended goes on.
        processes : int, optional
            As many as there are cores where left out; 1 for this process alone.
        **settings
            As for `fit`: ``progress``, ``seed``, ``ess`` (400 where left out), ``max_minutes`` (5,
            of each fit), ``engine``, ...

        Returns
        -------
        Calibration
            A verdict, a table and a figure.

        Raises
        ------
        SpecError
            If a prior is flat, responses cannot be simulated, or an argument cannot be used.
        DataError
            If the file holds replications of another model, prior, data or settings.
        EngineError
            If the graph was changed, or a process that fits ends early.
        """
        self._check_unchanged("calibrate()")
        own = (self.design, self.priors, n)
        return calibrate(*own, file=file, processes=processes, **settings)

    def _check_unchanged(self, call: str) -> None:
        changed = self._changes().sentence()
        if changed:
            raise EngineError(
                f"{call} starts from the spec, but {changed}. "
                "Make a new Model and change its graph."
            )

    def ml(self, quadrature: int = 1) -> MaximumLikelihood:
        """Maximum likelihood, without priors; see `bayesglmm.likelihood.maximum_likelihood`."""
        return maximum_likelihood(self.design, quadrature)

    def code(self, tool: str) -> Script:
        """The same model in the language of another tool; see `bayesglmm.code`."""
        return code(self, tool)

    def preview(self, mass: float = 0.95, seed: int | None = None) -> Preview:
        """A Gaussian approximation of the posterior, in a fraction of a second once compiled.

        Parameters
        ----------
        mass : float
            Probability inside the equal-tailed intervals.
        seed : int, optional

        Returns
        -------
        Preview
            With a diagnostic that tells how far it may be trusted. It is not the posterior.

        Raises
        ------
        EngineError
            If the kernel cannot express the model, or there is no approximation.
        """
        reason = beyond_kernel(self.design, self.priors, self._changes())
        if reason:
            raise EngineError(f"There is no preview of this model: {reason}. Fit it.")
        return preview(self.design, self.priors, make_settings(seed=seed, progress=False), mass)

    def __repr__(self) -> str:
        lines = [
            f"{self.spec.family.title} model, {self.spec.link.name} link",
            f"  {self.spec.text}",
            *(f"  {sentence}" for sentence in coding_sentences(self.design)),
            *(f"  {sentence}" for sentence in self.design.flow.sentences()),
        ]
        return "\n".join(lines)
