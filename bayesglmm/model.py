"""The model: a thin face over the spec, design, graph and engine layers."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from bayesglmm.design.design import Design, make_design
from bayesglmm.engine.graph_samplers import sample_graph
from bayesglmm.engine.kernel_sampler import can_express, sample_kernel
from bayesglmm.engine.settings import KERNEL, make_settings
from bayesglmm.errors import DataError, EngineError, SpecError
from bayesglmm.families import Prior
from bayesglmm.fit import Fit
from bayesglmm.graph.build import build_graph, data_digest, part_names
from bayesglmm.graph.parametrization import Parametrization, choose_parametrizations
from bayesglmm.graph.priors import ChosenPrior, choose_priors
from bayesglmm.posterior.preview import Preview, preview
from bayesglmm.posterior.prior_table import prior_table
from bayesglmm.posterior.table import Table
from bayesglmm.spec.model import ModelSpec, specify
from bayesglmm.spec.priors import make_rules

if TYPE_CHECKING:
    import graphviz
    import pymc as pm


class Model:
    """A model spec met by data.

    Parameters
    ----------
    spec : ModelSpec or str
        A spec from `specify`, or a formula, with the rest of the spec as keywords.
    data : pandas.DataFrame
        One row an observation. Not altered.
    **options
        The keywords of `specify`, where `spec` is a formula.

    Raises
    ------
    BayesglmmError
        If spec or data cannot be used; says what, where, and what to write instead.
    """

    def __init__(self, spec: ModelSpec | str, data: pd.DataFrame, **options: Any) -> None:
        if isinstance(spec, str):
            spec = specify(spec, **options)
        elif options:
            raise SpecError(
                f"The spec is already made, so {', '.join(options)}= cannot be added. "
                "Pass it to specify()."
            )
        self.spec = spec
        self.design: Design = make_design(spec, data)
        self.priors: Mapping[str, ChosenPrior] = choose_priors(self.design)
        self.forms: Mapping[str, Parametrization] = choose_parametrizations(self.design)

    @cached_property
    def pymc(self) -> pm.Model:
        """The PyMC graph: named data, named dimensions, yours to extend."""
        graph = build_graph(self.design, self.priors, self.forms)
        self._written = set(part_names(graph))
        self._digest = data_digest(graph)
        return graph

    def graphviz(self) -> graphviz.Digraph:
        """The graph as a picture (needs the package graphviz, and its programs to render)."""
        import pymc as pm

        return pm.model_to_graphviz(self.pymc)

    def prior_table(self) -> Table:
        """Every prior with its scale and reason."""
        return prior_table(self.priors)

    def fit(self, **settings: Any) -> Fit:
        """Sample the posterior.

        Parameters
        ----------
        **settings
            Keywords of `bayesglmm.engine.make_settings`: ``ess`` (1000: every reported quantity
            is to have it) or ``draws``, ``max_minutes``, ``seed``, ``progress``, ``engine``,
            ``chains``, ``tune``, ``target_accept``, ``max_depth``.

        Returns
        -------
        Fit
            Its `engine` says how it was made; marked incomplete there where it was interrupted or
            the time ran out.

        Raises
        ------
        EngineError
            If the model cannot be sampled, or the engine asked for cannot express it.
        """
        added, changed = self._extensions()
        reason = _beyond_kernel(self.design, added, changed)
        if reason and "engine" not in settings:
            settings = settings | {"engine": "nutpie"}
        chosen = make_settings(**settings)
        if chosen.engine != KERNEL:
            draws = sample_graph(self.pymc, chosen)
        elif reason:
            raise EngineError(f"The kernel cannot express this model: {reason}. Leave engine= out.")
        else:
            draws = sample_kernel(self.design, self.priors, chosen)
        notes = (*draws.run.notes, *((f"not by the kernel: {reason}",) if reason else ()))
        run = replace(draws.run, extensions=added, notes=notes)
        return Fit(self.design, self.priors, self.forms, replace(draws, run=run), lambda: self.pymc)

    def refit(
        self,
        data: pd.DataFrame | None = None,
        priors: Mapping[str, Prior] | None = None,
        **settings: Any,
    ) -> Fit:
        """Fit the same model to other data, or under other priors.

        Nothing is compiled anew, so that hundreds of refits cost no more than their sampling.

        Parameters
        ----------
        data : pandas.DataFrame, optional
            This model's own where left out. With other data every parameter keeps the prior it has
            here: default priors, which look at the data, are not chosen again.
        priors : mapping, optional
            As for `specify`, in place of the spec's own; what they leave open gets its default.
        **settings
            As for `fit`.

        Returns
        -------
        Fit

        Raises
        ------
        BayesglmmError
            If the data do not give the same parameters, or as for `fit`.
        """
        return self.remade(data, priors).fit(**settings)

    def remade(
        self, data: pd.DataFrame | None = None, priors: Mapping[str, Prior] | None = None
    ) -> Model:
        """The model that `refit` fits; see there."""
        spec = self.spec
        if priors is not None:
            spec = replace(spec, rules=make_rules(priors, spec.formula, spec.family))
        other = copy(self)
        other.__dict__.pop("pymc", None)
        other.spec = spec
        other.design = replace(self.design, spec=spec)
        if data is not None:
            other.design = make_design(spec, data)
        other.priors = self.priors if priors is None else choose_priors(other.design)
        if data is not None:
            other.forms = choose_parametrizations(other.design)
            _check_same(other.priors, choose_priors(other.design))
        return other

    def preview(self, mass: float = 0.95, seed: int | None = None) -> Preview:
        """A Gaussian approximation of the posterior, in a fraction of a second.

        Parameters
        ----------
        mass : float
            Probability inside the equal-tailed intervals.
        seed : int, optional

        Returns
        -------
        Preview
            With a diagnostic that tells how far it may be trusted. It is not the posterior.
        """
        return preview(self.design, self.priors, make_settings(seed=seed, progress=False), mass)

    def _extensions(self) -> tuple[tuple[str, ...], bool]:
        """Parts that the user added to the graph, and whether its data were changed."""
        if "pymc" not in self.__dict__:
            return (), False
        added = tuple(name for name in part_names(self.pymc) if name not in self._written)
        return added, data_digest(self.pymc) != self._digest

    def __repr__(self) -> str:
        lines = [
            f"{self.spec.family.title} model, {self.spec.link.name} link",
            f"  {self.spec.formula.text}",
            *(f"  {sentence}" for sentence in self.design.flow.sentences()),
        ]
        return "\n".join(lines)


def _beyond_kernel(design: Design, added: tuple[str, ...], changed: bool) -> str:
    """Why the kernel cannot sample a model; empty where it can."""
    if added:
        return f"the graph was extended by {', '.join(added)}"
    if changed:
        return "the graph's data were changed"
    if not can_express(design):
        spec = design.spec
        return f"it has no {spec.family.name} likelihood with the {spec.link.name} link"
    return ""


def _check_same(kept: Mapping[str, ChosenPrior], needed: Mapping[str, ChosenPrior]) -> None:
    """Refuse data that give the model other parameters than those whose priors are kept."""
    missing = [name for name in needed if name not in kept]
    spare = [name for name in kept if name not in needed]
    if missing or spare:
        change = " and ".join(
            f"{verb} {', '.join(names)}"
            for verb, names in (("add", missing), ("lack", spare))
            if names
        )
        raise DataError(
            f"The new data {change}, so they do not give the same model. Make a Model of them."
        )
