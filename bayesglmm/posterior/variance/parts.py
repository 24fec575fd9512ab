"""Parts of the variance of a linear predictor, in every draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bayesglmm.design.groups import Group
from bayesglmm.design.names import Names
from bayesglmm.design.predictor import Predictor
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.posterior.group_effects import covariance_factor
from bayesglmm.posterior.posterior import Posterior


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """A scalar of the variance partition.

    Attributes
    ----------
    kind : str
        Such as ``"ICC"``, ``"variance"`` or ``"median odds ratio"``.
    of : tuple of str
        The grouping factors that it is of, several where they are shared together, or one word
        such as ``"marginal"``.
    scale : str
        Such as ``"latent (log)"``.
    draws : array of shape (S,)
    parameter : str
        One of several locations, whose linear predictor it is of; empty where there is one.
    """

    kind: str
    of: tuple[str, ...]
    scale: str
    draws: Array
    parameter: str = ""

    @property
    def quantity(self) -> str:
        """What frames call it, such as ``"ICC, region + region:state"``."""
        return self.printed(Names())

    def printed(self, names: Names) -> str:
        """What readers see it called."""
        whose = f" of {self.parameter}" if self.parameter else ""
        return f"{self.kind}{whose}, {' + '.join(names[name] for name in self.of)}"


@dataclass(frozen=True, slots=True)
class Undefined:
    """What a model has not, and why.

    Attributes
    ----------
    quantity, reason : str
    """

    quantity: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """Group terms by what two rows may share.

    Attributes
    ----------
    predictor : Predictor
        Whose terms they are.
    factors : mapping
        Each grouping factor to its terms.
    unions : mapping
        Factors that are shared together, such as ``("region", "region:state")``, to their terms:
        each with what it lies in, and all of them.
    rows : tuple of Group
        Terms with a group for each row: they are overdispersion, which no two rows share.
    """

    predictor: Predictor
    factors: Mapping[str, tuple[Group, ...]]
    unions: Mapping[tuple[str, ...], tuple[Group, ...]]
    rows: tuple[Group, ...]

    @property
    def all(self) -> tuple[Group, ...]:
        """Every term."""
        return (*(term for terms in self.factors.values() for term in terms), *self.rows)

    @property
    def sets(self) -> dict[tuple[str, ...], tuple[Group, ...]]:
        """Factors, each by itself, and unions."""
        return {(name,): terms for name, terms in self.factors.items()} | dict(self.unions)


def split_terms(predictor: Predictor, own_rows: int) -> Terms:
    """Sort the group terms of a linear predictor.

    Parameters
    ----------
    predictor : Predictor
    own_rows : int
        Number of rows of the model, which is that of the groups where each row is one.

    Returns
    -------
    Terms
    """
    groups = predictor.groups
    shared = [group for group in groups if len(group.levels) < own_rows]
    factors = {
        group.factor: tuple(o for o in shared if o.factor == group.factor) for group in shared
    }
    unions: dict[tuple[str, ...], tuple[Group, ...]] = {}
    for group in shared:
        within = tuple(o for o in shared if set(o.factors) <= set(group.factors))
        unions[tuple(dict.fromkeys(term.factor for term in within))] = within
    unions[tuple(factors)] = tuple(shared)
    return Terms(
        predictor,
        factors,
        {names: terms for names, terms in unions.items() if len(names) > 1},
        tuple(group for group in groups if group not in shared),
    )


def mean_variance(terms: Sequence[Group], draws: Draws) -> Array:
    """Variance of what new groups add to a linear predictor, averaged over the rows, shape (S,).

    ``mean_i z_i' Sigma z_i = trace(Sigma mean_i(z_i z_i'))``. Johnson (2014), Methods in Ecology
    and Evolution 5(9).
    """
    total = np.zeros(draws.size)
    for term in terms:
        factor = covariance_factor(term, draws)
        second = term.Z.T @ term.Z / len(term.Z)
        total += np.einsum("sji,jk,ski->s", factor, second, factor)
    return total


def fixed_variance(posterior: Posterior, predictor: Predictor) -> Array:
    """Variance over the rows of the fixed part of a linear predictor, shape (S,).

    Nakagawa & Schielzeth (2013), Methods in Ecology and Evolution 4(2). An offset belongs
    to it, unless it is an exposure.
    """
    columns, weights = predictor.offset[:, None], np.ones((posterior.size, 1))
    if predictor.fixed.names:
        own = posterior.coefficients(predictor.parameter.name)
        columns = np.column_stack([columns, predictor.X])
        weights = np.column_stack([weights, own])
    centered = columns - columns.mean(axis=0)
    second = centered.T @ centered / len(columns)
    return np.asarray(np.einsum("si,ij,sj->s", weights, second, weights))
