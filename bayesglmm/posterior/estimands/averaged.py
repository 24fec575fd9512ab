"""Averages of marginal means over the model's rows, with columns of the predictor moved.

Columns are moved in the predictor's own arrays, wherever they stand in the fixed part and left of
the bars; so a column may be any term, such as ``log(x)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.parts import Part
from bayesglmm.families.links import Array
from bayesglmm.posterior.blocks import row_blocks
from bayesglmm.posterior.distinct import distinct_rows
from bayesglmm.posterior.estimands.asked import Asked, Mean, make_mean
from bayesglmm.posterior.estimands.means import row_means
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import row_sizes

MOST = 2_000_000
"""Draws times rows times means beyond which draws are thinned."""
FEWEST, LARGEST = 400, 8_000_000
"""Draws that are always kept, and the size beyond which rows are thinned."""
CLOSED = 10
"""How many times as many there may be where no quadrature is needed."""


@dataclass(frozen=True, eq=False)
class Averaged:
    """Rows with their weights, and the draws that are averaged over them.

    Attributes
    ----------
    posterior : Posterior
        At u distinct rows; the columns of their predictor may have been moved, their data not.
    weights : array of shape (u,)
        Sum 1.
    mean : Mean
    rows : int
        Rows of the model that they stand for.
    total : int
        Rows that the model has: more where some were left out.
    """

    posterior: Posterior
    weights: Array
    mean: Mean
    rows: int
    total: int

    @property
    def design(self) -> Design:
        """The design with the distinct rows."""
        return self.posterior.design

    @cached_property
    def average(self) -> Array:
        """Average of the marginal mean in each draw, shape (S,)."""
        blocks = row_blocks(len(self.weights), self.posterior.size)
        parts = (row_means(self.posterior, self.mean, some) @ self.weights[some] for some in blocks)
        return np.sum(list(parts), axis=0)

    def at(self, values: Mapping[str, float], step: bool = False) -> Averaged:
        """The same rows with columns set to values, or moved by them; equal rows become one."""
        changed = _with_columns(self.design, values, step)
        merged, weights = _merged(changed, self.weights)
        return replace(self, posterior=self.posterior.at(merged), weights=weights)

    def at_zero(self) -> Array:
        """The marginal mean with numbers and offset at 0, factors at their reference, (S, 1)."""
        one = self.design.take(np.zeros(1, dtype=np.int64))
        for old in self.design.predictors.values():
            groups = tuple(
                replace(group, Z=_at_zero(one, group))
                for group in one.predictors[old.parameter.name].groups
            )
            X, none = np.zeros((1, old.X.shape[1])), np.zeros((1, old.gaps.shape[1]))
            zero = replace(old, X=X, offset=np.zeros(1), groups=groups, gaps=none)
            one = one.with_predictor(zero)
        return row_means(self.posterior.at(one), self.mean)


def average_rows(posterior: Posterior, means: int) -> Averaged:
    """The model's rows, alike ones made one, and as many draws as can be afforded.

    Parameters
    ----------
    posterior : Posterior
    means : int
        How many averages will be asked for.

    Returns
    -------
    Averaged
        Of marginal means; rows weigh as their exposure or number of trials. Where rows times draws
        are very many, draws are thinned; rows, evenly spaced, only where `FEWEST` draws would
        still be too many.
    """
    design = posterior.design.only(*posterior.design.spec.family.of_mean)
    sizes = row_sizes(design)
    merged, weights = _merged(design, sizes / sizes.sum())
    closed = not design.groups or _is_closed(design)
    cost = means / CLOSED if closed else means
    most, rows = int(LARGEST / (FEWEST * cost)), design.n
    if len(weights) > most:
        some = np.arange(0, design.n, -(-design.n // max(most, 1)))
        merged, rows = design.take(some), len(some)
        weights = sizes[some] / sizes[some].sum()
    kept = posterior.thin(max(FEWEST, int(MOST / (cost * len(weights)))))
    return Averaged(kept.at(merged), weights, make_mean(design, Asked("integrate")), rows, design.n)


def _is_closed(design: Design) -> bool:
    """Whether the mean over new groups takes no quadrature."""
    others = any(one.groups for one in design.others.values())
    return design.spec.link.closed and design.spec.family.proportional and not others


def _at_zero(design: Design, group: Group) -> Array:
    """Columns left of a bar with numbers at 0 and factors at their reference, shape (1, q)."""
    products = group.products
    first: dict[str, str | None] = {}
    for parts in products.values():
        for part in parts:
            first.setdefault(part.name, part.level)
    return np.array(
        [[float(_is_one(products.get(c, ()), first | design.references)) for c in group.columns]]
    )


def _is_one(parts: tuple[Part, ...], references: Mapping[str, str | None]) -> bool:
    """Whether a column left of a bar is 1 there: the intercept, or that of reference levels.

    Without an intercept left of the bar every level of a factor has a column, the first one of
    the reference.
    """
    return all(part.is_factor and part.level == references[part.name] for part in parts)


def _merged(design: Design, weights: Array) -> tuple[Design, Array]:
    """Rows of the predictor that are alike made one, their weights added."""
    code, first = distinct_rows([*design.predictors.values()])
    return design.take(first), np.bincount(code, weights)


def _with_columns(design: Design, values: Mapping[str, float], step: bool) -> Design:
    """Columns of the predictor set to values, or moved by them, wherever they stand."""
    old = design.predictor

    def changed(matrix: Array, names: tuple[str, ...]) -> Array:
        matrix = matrix.copy()
        for place, name in enumerate(names):
            if name in values:
                matrix[:, place] = values[name] + (matrix[:, place] if step else 0.0)
        return matrix

    groups = tuple(replace(group, Z=changed(group.Z, group.columns)) for group in old.groups)
    X = changed(old.X, old.fixed.names)
    return design.with_predictor(replace(old, X=X, groups=groups))
