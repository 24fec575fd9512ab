"""The posterior of a model at rows: linear predictors, parameters, means and densities.

The same arithmetic serves the model's own rows and new ones. What is evaluated has the shape
(draws, rows); `Posterior.blocks` gives the rows in stretches that fit into memory, however many
rows and draws there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.predictor import Predictor
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.posterior.blocks import row_blocks
from bayesglmm.posterior.group_effects import (
    ALL_ROWS,
    GroupEffects,
    SomeRows,
    new_effects,
    observed_effects,
    variance_of_new,
)

type Whose = Literal["observed", "typical", "new"]
"""Which group effects: those of the groups that rows name, none, or those of new groups."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of a model's unknowns, met by rows.

    Attributes
    ----------
    design : Design
        The rows: the model's own, or those of `at` and `apply`.
    draws : Draws
        S draws, chain after chain.
    """

    design: Design
    draws: Draws

    @property
    def size(self) -> int:
        """Number of draws, S, all chains together."""
        return self.draws.size

    @property
    def chains(self) -> int:
        """Number of chains."""
        return int(self.draws.posterior.sizes["chain"])

    def by_chain(self, values: Array) -> Array:
        """Values of each draw, shape (S, k), with the chains apart: (chains, draws, k)."""
        return values.reshape(self.chains, self.size // self.chains, -1)

    def at(self, design: Design) -> Posterior:
        """The same draws at the rows of another design of the same model."""
        return replace(self, design=design)

    def apply(self, data: pd.DataFrame, exposure: float | None = None) -> Posterior:
        """The same draws at new rows; parameters and errors are those of `Design.apply`."""
        return self.at(self.design.apply(data, exposure))

    def thin(self, count: int) -> Posterior:
        """Evenly spaced draws of every chain, at most about `count` in all."""
        step = max(1, self.size // count)
        some = self.draws.posterior.isel(draw=slice(None, None, step))
        return replace(self, draws=replace(self.draws, posterior=some))

    def blocks(self) -> Iterator[slice]:
        """The rows in stretches that can be evaluated at a time."""
        return row_blocks(self.design.n, self.size)

    def rng(self) -> np.random.Generator:
        """A generator that starts from the seed of the fit."""
        return np.random.default_rng(self.draws.settings.seed)

    def predictor(self, parameter: str | None = None) -> Predictor:
        """The linear predictor of a parameter of the family; the mean's where None."""
        return self.design.predictors[self._name(parameter)]

    def effects(self, parameter: str | None = None) -> tuple[GroupEffects, ...]:
        """Effects of the groups that the rows name, one for each group term.

        Unseen groups are drawn from the population, alike for every answer.
        """
        return self._observed[self._name(parameter)]

    def new_effects(self, parameter: str | None = None) -> tuple[GroupEffects, ...]:
        """Effects of new groups, from the population, in the place of those that the rows name."""
        return self._new[self._name(parameter)]

    def coefficients(self, parameter: str | None = None) -> Array:
        """Draws of the fixed-effect coefficients, (S, p), in the order of the columns."""
        return self._coefficients[self._name(parameter)]

    def eta(
        self,
        rows: SomeRows = ALL_ROWS,
        *,
        effects: Sequence[GroupEffects] | None = None,
        parameter: str | None = None,
    ) -> Array:
        """Linear predictor of each draw and row, exposure left out.

        Parameters
        ----------
        rows : slice or array of int
            Which rows of the design.
        effects : sequence of GroupEffects, optional
            Group effects that are added: those of `effects` where left out; none for a typical
            group, ``()``.
        parameter : str, optional
            Whose predictor; the mean's where left out.

        Returns
        -------
        array of shape (S, rows)
            Link scale.
        """
        predictor = self.predictor(parameter)
        offset = predictor.offset[rows]
        eta = np.broadcast_to(offset, (self.size, len(offset))).copy()
        if predictor.fixed.intercept:
            eta += self.draws.flat(predictor.variable("Intercept"))
        if predictor.fixed.names:
            eta += self.coefficients(parameter) @ predictor.X[rows].T
        for term in self.effects(parameter) if effects is None else effects:
            term.add_to(eta, rows)
        return eta

    def mean(self, rows: SomeRows = ALL_ROWS, whose: Whose = "observed") -> Array:
        """Mean of the response of each draw and row.

        Parameters
        ----------
        rows : slice or array of int
        whose : str
            Which group effects are added, in every parameter that the mean is made of.

        Returns
        -------
        array of shape (S, rows)
            Expected count at the row's exposure, probability of one trial, or mean.
        """
        spec = self.design.spec
        eta = self.eta(rows, effects=self._effects(None, whose))
        others = self.parameters(rows, whose=whose, names=spec.family.mean_parameters)
        return spec.family.mean(spec.link, eta, self.design.rows.take(rows), others)

    def parameters(
        self,
        rows: SomeRows = ALL_ROWS,
        *,
        whose: Whose = "observed",
        names: Iterable[str] | None = None,
    ) -> dict[str, Array]:
        """Draws of the family's parameters beside the location, on their natural scale.

        Parameters
        ----------
        rows : slice or array of int
        whose : str
            Which group effects are added.
        names : iterable of str, optional
            Of these only; of all that the design has where left out.

        Returns
        -------
        dict of str to array of shape (S, 1) or (S, rows)
            One number of each draw where the parameter is one for all rows.
        """
        found = {}
        for name in self.design.others if names is None else names:
            predictor = self.design.predictors[name]
            if predictor.is_number:
                found[name] = self.draws.flat(name)
            else:
                eta = self.eta(rows, effects=self._effects(name, whose), parameter=name)
                found[name] = np.asarray(predictor.link.inverse(eta))
        return found

    def row_variance(self, terms: Sequence[Group], rows: SomeRows = ALL_ROWS) -> Array:
        """Variance of what new groups of some terms add to each linear predictor, (S, rows)."""
        count = len(self.design.positions[rows])
        return variance_of_new(terms, self.draws, rows, count)

    def responses(
        self, rng: np.random.Generator, rows: SomeRows = ALL_ROWS, *, new_groups: bool = False
    ) -> Array:
        """New responses, one for each draw and row.

        Parameters
        ----------
        rng : numpy.random.Generator
        rows : slice or array of int
        new_groups : bool
            Every group effect drawn anew from the population.

        Returns
        -------
        array of shape (S, rows)
        """
        spec = self.design.spec
        whose: Whose = "new" if new_groups else "observed"
        eta = self.eta(rows, effects=self._effects(None, whose))
        others = self.parameters(rows, whose=whose)
        return spec.family.draw(rng, spec.link, eta, self.design.rows.take(rows), others)

    def log_density(self, rows: SomeRows = ALL_ROWS) -> Array:
        """Log density of each observed response, given the effects of its groups.

        Parameters
        ----------
        rows : slice or array of int
            Of the model's own.

        Returns
        -------
        array of shape (S, rows)
        """
        spec, observed = self.design.spec, self.design.rows.take(rows)
        return spec.family.log_density(spec.link, self.eta(rows), observed, self.parameters(rows))

    def log_likelihood(self) -> Array:
        """Log density of all responses in each draw, by the weights of rows, shape (S,)."""
        weights = np.broadcast_to(self.design.rows.weights, self.design.n)
        blocks = (self.log_density(rows) @ weights[rows] for rows in self.blocks())
        return sum(blocks, np.zeros(1))

    def _effects(self, parameter: str | None, whose: Whose) -> tuple[GroupEffects, ...]:
        if whose == "typical":
            return ()
        return self.new_effects(parameter) if whose == "new" else self.effects(parameter)

    def _name(self, parameter: str | None) -> str:
        return self.design.spec.family.location.name if parameter is None else parameter

    @cached_property
    def _observed(self) -> Mapping[str, tuple[GroupEffects, ...]]:
        return {
            name: tuple(observed_effects(group, self.draws) for group in one.groups)
            for name, one in self.design.predictors.items()
        }

    @cached_property
    def _new(self) -> Mapping[str, tuple[GroupEffects, ...]]:
        return {
            name: tuple(new_effects(group, self.draws) for group in one.groups)
            for name, one in self.design.predictors.items()
        }

    @cached_property
    def _coefficients(self) -> Mapping[str, Array]:
        found = {}
        for name, one in self.design.predictors.items():
            blocks = [self.draws.flat(one.variable(term.name)) for term in one.fixed.terms]
            found[name] = np.concatenate([np.empty((self.size, 0)), *blocks], axis=1)
        return found
