"""The model: a thin face over the spec, design, graph and engine layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from bayesglmm.design.design import Design, make_design
from bayesglmm.engine.graph_samplers import sample_graph
from bayesglmm.engine.settings import make_settings
from bayesglmm.errors import SpecError
from bayesglmm.fit import Fit
from bayesglmm.graph.build import build_graph, part_names
from bayesglmm.graph.parametrization import Parametrization, choose_parametrizations
from bayesglmm.graph.priors import ChosenPrior, choose_priors
from bayesglmm.posterior.prior_table import prior_table
from bayesglmm.posterior.table import Table
from bayesglmm.spec.model import ModelSpec, specify

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
            Keywords of `bayesglmm.engine.make_settings`: ``engine``, ``draws``, ``tune``,
            ``chains``, ``seed``, ``target_accept``, ``max_depth``, ``progress``.

        Returns
        -------
        Fit
        """
        draws = sample_graph(self.pymc, make_settings(**settings))
        added = tuple(name for name in part_names(self.pymc) if name not in self._written)
        run = replace(draws.run, extensions=added)
        return Fit(self.design, self.priors, self.forms, replace(draws, run=run), lambda: self.pymc)

    def __repr__(self) -> str:
        lines = [
            f"{self.spec.family.title} model, {self.spec.link.name} link",
            f"  {self.spec.formula.text}",
            *(f"  {sentence}" for sentence in self.design.flow.sentences()),
        ]
        return "\n".join(lines)
