"""A linear predictor: one parameter of the family, row by row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.columns import Columns, apply_columns, make_columns
from bayesglmm.design.group_terms import apply_group, make_groups
from bayesglmm.design.groups import Group
from bayesglmm.errors import DataError
from bayesglmm.families import Link, Param, find_link
from bayesglmm.families.links import Array
from bayesglmm.spec.formula import CONSTANT, Formula
from bayesglmm.spec.model import ModelSpec

LARGEST_LOG = 300.0
"""Beyond any logarithm of an exposure: exp(300) is 2e130."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """A linear predictor: ``eta = Intercept + X beta + offset + sum_k Z_k u_k``.

    Attributes
    ----------
    parameter : Param
        The parameter of the family that it gives.
    link : Link
    prefix : str
        Before the names of its coefficients and effects; empty for the mean.
    fixed : Columns
        The model's fixed-effect columns (of its own rows, also for new data).
    X : array of shape (n, p)
        Values for these rows.
    offset : array of shape (n,)
        Link scale.
    groups : tuple of Group
    gaps : array of shape (n, number of aliased columns)
        0 in the rows that the data can speak of; see `bayesglmm.design.estimable`.
    """

    parameter: Param
    link: Link
    prefix: str
    fixed: Columns
    X: Array
    offset: Array
    groups: tuple[Group, ...]
    gaps: Array

    def __post_init__(self) -> None:
        counts = {len(self.X), len(self.gaps), *(len(group.Z) for group in self.groups)}
        if counts != {self.n}:
            raise ValueError(f"A predictor of {self.n} rows has parts of {sorted(counts)} rows.")

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.offset)

    @property
    def is_number(self) -> bool:
        """Whether the parameter is one number for all rows: a formula ``~ 1``, not of the mean.

        It then bears the parameter's own name, and its prior holds on the natural scale.
        """
        fixed = self.fixed
        alone = fixed.intercept and not fixed.names and not self.groups
        kind = bool(self.prefix) and not self.parameter.main
        return kind and alone and not fixed.encoder.offsets

    @property
    def is_known(self) -> bool:
        """Whether it is an offset alone, so that nothing of it is estimated."""
        return not self.fixed.intercept and not self.fixed.names and not self.groups

    @property
    def before(self) -> str:
        """What stands before printed names, such as ``"sigma: "``; nothing for the mean."""
        return f"{self.parameter.name}: " if self.prefix else ""

    def variable(self, name: str) -> str:
        """What a coefficient or dimension of that name is called in the graph and the draws."""
        return f"{self.prefix}{name}"

    @property
    def sides(self) -> list[Columns]:
        """The columns of the fixed part, then those left of each bar."""
        return [self.fixed, *(side for group in self.groups for side in group.encoders)]

    @property
    def references(self) -> dict[str, str]:
        """Reference level of each factor, as written in the formula, that has one."""
        return {
            name: level for side in reversed(self.sides) for name, level in side.references.items()
        }

    @property
    def centred(self) -> dict[str, str]:
        """Factors, as written, compared with the mean of their levels: to the one left out."""
        return {
            name: level for side in reversed(self.sides) for name, level in side.centred.items()
        }

    @property
    def factors(self) -> dict[str, tuple[Group, ...]]:
        """Each grouping factor with its terms."""
        return by_factor(self.groups)

    def take(self, rows: NDArray[Any]) -> Predictor:
        """A copy for some of its rows.

        Parameters
        ----------
        rows : array of int, or of bool of shape (n,)

        Returns
        -------
        Predictor
        """
        groups = tuple(group.take(rows) for group in self.groups)
        X, offset, gaps = self.X[rows], self.offset[rows], self.gaps[rows]
        return replace(self, X=X, offset=offset, groups=groups, gaps=gaps)

    @property
    def condition(self) -> str:
        """On what coefficients, and means with all group effects at zero, are conditional."""
        if self.groups:
            return "conditional: for a typical group, with all group effects at zero"
        return "conditional on the columns of the model"


def by_factor(groups: tuple[Group, ...]) -> dict[str, tuple[Group, ...]]:
    """Group terms by their grouping factor.

    Parameters
    ----------
    groups : tuple of Group

    Returns
    -------
    dict
        Factor to its terms, in the order in which factors first occur.
    """
    names = dict.fromkeys(group.factor for group in groups)
    return {name: tuple(group for group in groups if group.factor == name) for name in names}


def make_predictor(spec: ModelSpec, parameter: Param, data: pd.DataFrame) -> Predictor:
    """The linear predictor of a parameter of the family; ``~ 1`` where no formula was written.

    Parameters
    ----------
    spec : ModelSpec
    parameter : Param
    data : pandas.DataFrame
        n clean rows.

    Returns
    -------
    Predictor

    Raises
    ------
    DataError, FormulaError
        If the data do not fit the formula.
    """
    mean = parameter is spec.family.location
    link = spec.link if mean else find_link(parameter.links[0])
    formula = spec.formulas.get(parameter.name, CONSTANT)
    prefix = "" if mean and not parameter.main else f"{parameter.name}_"
    columns, offset = make_columns(formula.fixed, data)
    if parameter.constant is not None:
        columns = _without_intercept(columns, parameter)
    columns = columns.held(intercept_at_zero(spec, parameter))
    _check_size(formula, columns, len(data), known=not mean and bool(formula.offsets))
    _check_offset(link, "mean" if mean else parameter.name, offset)
    return Predictor(
        parameter=parameter,
        link=link,
        prefix=prefix,
        fixed=columns,
        X=columns.values,
        offset=offset,
        groups=make_groups(formula.bars, data, prefix),
        gaps=np.zeros((len(data), len(columns.aliased))),
    )


def intercept_at_zero(spec: ModelSpec, parameter: Param) -> bool:
    """Whether the prior of a predictor's intercept holds where all columns are 0.

    Parameters
    ----------
    spec : ModelSpec
    parameter : Param
        Whose predictor it is.

    Returns
    -------
    bool
    """
    own = parameter.name
    names = [""] if own == spec.family.location.name else [own, ""] if parameter.main else [own]
    found = (spec.intercept_rule(name) for name in names)
    rule = next((one for one in found if one is not None), None)
    return rule is not None and rule.prior.of == "zero"


def apply_predictor(predictor: Predictor, data: pd.DataFrame) -> Predictor:
    """The same linear predictor of other rows.

    Parameters
    ----------
    predictor : Predictor
    data : pandas.DataFrame
        m rows like those of ``design.data``: factors as ordered categoricals, labels in place.

    Returns
    -------
    Predictor

    Raises
    ------
    DataError
        If a column is not finite.
    """
    X, offset, gaps = apply_columns(predictor.fixed, data)
    groups = tuple(apply_group(group, data) for group in predictor.groups)
    return replace(predictor, X=X, offset=offset, groups=groups, gaps=gaps)


def _without_intercept(columns: Columns, parameter: Param) -> Columns:
    """The columns of a parameter that has a known value where all of them are 0."""
    if not columns.names:
        raise DataError(
            f"{parameter.name} is {parameter.constant:g} where all columns are 0, so a formula of "
            f"an intercept alone says nothing. Write {parameter.name}='~ x', or leave it out."
        )
    return replace(columns, intercept=False, center=np.zeros_like(columns.center))


def _check_size(formula: Formula, columns: Columns, n: int, known: bool) -> None:
    if not columns.intercept and not columns.names and not formula.bars and not known:
        raise DataError(f"The formula '{formula.text}' leaves nothing to estimate. Write ~ 1, say.")
    asked = len(columns.names) + len(columns.aliased) + columns.intercept
    if asked > n:
        raise DataError(
            f"{asked} fixed effects cannot be told apart by {n} rows. "
            "Use fewer columns, or a group term for a factor with many levels."
        )


def _check_offset(link: Link, of: str, offset: Array) -> None:
    """An offset whose exponential is no number any more is no logarithm."""
    largest = float(np.abs(offset).max()) if len(offset) else 0.0
    if link.multiplicative and largest > LARGEST_LOG:
        raise DataError(
            f"The offset reaches {largest:,.6g} on the log scale, where it multiplies the {of} by "
            f"exp({largest:,.6g}). Write offset(log(x)), or exposure='x', for an offset x."
        )
