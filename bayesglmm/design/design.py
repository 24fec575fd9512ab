"""The design: a spec met by data, as arrays with names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.columns import Columns, apply_columns, make_columns
from bayesglmm.design.frame import RowFlow, apply_frame, make_frame
from bayesglmm.design.groups import Group, apply_group, make_group
from bayesglmm.design.objects import is_truth
from bayesglmm.design.parts import carried
from bayesglmm.design.response import make_exposure, make_rows, make_trials
from bayesglmm.errors import DataError, SpecError, unknown
from bayesglmm.families import Link, Param, Rows, find_link, find_measure
from bayesglmm.families.family import Measure
from bayesglmm.families.links import Array
from bayesglmm.spec.formula import CONSTANT, Formula
from bayesglmm.spec.model import ModelSpec

LARGEST_LOG = 300.0
"""Beyond any logarithm of an exposure: exp(300) is 2e130."""

OBSERVATION = "__obs__"
"""Name of the dimension that runs over the rows used."""


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

    @property
    def is_number(self) -> bool:
        """Whether the parameter is one number for all rows: a formula ``~ 1``, not of the mean.

        It then bears the parameter's own name, and its prior holds on the natural scale.
        """
        fixed = self.fixed
        alone = fixed.intercept and not fixed.names and not self.groups
        return bool(self.prefix) and alone and not fixed.encoder.offsets

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
        return [self.fixed, *(group.encoder for group in self.groups)]

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
        return _by_factor(self.groups)

    @property
    def condition(self) -> str:
        """On what coefficients, and means with all group effects at zero, are conditional."""
        if self.groups:
            return "conditional: for a typical group, with all group effects at zero"
        return "conditional on the columns of the model"


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A spec met by data.

    Attributes
    ----------
    spec : ModelSpec
    predictors : mapping
        Parameter of the family to its linear predictor, the mean first.
    rows : Rows
        Responses (None for new data), exposure, trials.
    success : str
        What a binary response counts as a success.
    levels : mapping
        Factor to its levels, the reference first.
    flow : RowFlow
    data : pandas.DataFrame
        The rows and columns used, cleaned.
    given : pandas.DataFrame
        The user's data frame as it came, all rows and columns.
    positions : array of int, shape (n,)
        Where the rows used stand in the user's data frame.
    source : str
        Where the data come from, from ``data.attrs["source"]``.
    caveats : tuple of str
        What an honest analysis must say, from ``data.attrs["caveats"]``.
    """

    spec: ModelSpec
    predictors: Mapping[str, Predictor]
    rows: Rows
    success: str
    levels: Mapping[str, tuple[str, ...]]
    flow: RowFlow
    data: pd.DataFrame
    given: pd.DataFrame
    positions: NDArray[Any]
    source: str = ""
    caveats: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of rows used."""
        return len(self.data)

    @property
    def predictor(self) -> Predictor:
        """The linear predictor of the mean."""
        return self.predictors[self.spec.family.mean.name]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The group terms of all predictors."""
        return tuple(group for one in self.predictors.values() for group in one.groups)

    @property
    def factors(self) -> dict[str, tuple[Group, ...]]:
        """Each grouping factor with its terms in all predictors."""
        return _by_factor(self.groups)

    @property
    def modelled(self) -> dict[str, Predictor]:
        """The predictors of other parameters than the mean that are not one number."""
        others = list(self.predictors.items())[1:]
        return {name: predictor for name, predictor in others if not predictor.is_number}

    @property
    def measure(self) -> Measure:
        """What a coefficient is reported as; without an exposure, counts have no rates."""
        measure = find_measure(self.spec.family, self.spec.link)
        if measure.baseline != "rate" or self.has_rates:
            return measure
        long = (
            "ratio of counts" if measure.ratio else measure.long.replace("rate", "expected count")
        )
        return replace(measure, long=long)

    @property
    def has_rates(self) -> bool:
        """Whether the mean of a count is a rate: it has an exposure, or an offset."""
        return self.spec.exposure is not None or bool(self.predictor.offset.any())

    @property
    def sides(self) -> list[Columns]:
        """What is left of bars and outside them, of all predictors; the mean's fixed part first."""
        several = self.predictors.values()
        bars = [group.encoder for one in several for group in one.groups]
        return [*(one.fixed for one in several), *bars]

    @property
    def references(self) -> dict[str, str]:
        """Reference level of each factor, as written in a formula, that has one."""
        every = reversed([*self.predictors.values()])
        return {name: level for one in every for name, level in one.references.items()}

    @property
    def centred(self) -> dict[str, str]:
        """Factors, as written, compared with the mean of their levels: to the one left out."""
        every = reversed([*self.predictors.values()])
        return {name: level for one in every for name, level in one.centred.items()}

    def reference_of(self, name: str) -> str:
        """The level that others of a column are compared with, the first where no term says.

        Empty for a column of numbers that has none.
        """
        for side in self.sides:
            for part in (part for parts in side.products.values() for part in parts):
                if part.factor == name and part.name in side.references:
                    return side.references[part.name]
        return self.levels.get(name, ("",))[0]

    def terms(self, factor: str) -> tuple[Group, ...]:
        """Terms of a grouping factor of the mean.

        Parameters
        ----------
        factor : str
            Such as ``"county"`` or ``"region:state"``.

        Returns
        -------
        tuple of Group

        Raises
        ------
        SpecError
            If there is no such factor.
        """
        found = self.predictor.factors
        if isinstance(factor, str) and factor in found:
            return found[factor]
        others = [name for name, one in self.modelled.items() if factor in [*one.factors]]
        if others:
            raise SpecError(
                f"'{factor}' groups {others[0]} only, not the mean. Its spread is in table(); "
                f"predictions(re='observed', parameter='{others[0]}') has its groups."
            )
        raise SpecError(unknown("grouping factor", factor, found))

    def with_predictor(self, predictor: Predictor) -> Design:
        """A copy with another linear predictor of the same parameter.

        Parameters
        ----------
        predictor : Predictor

        Returns
        -------
        Design
        """
        changed = {**self.predictors, predictor.parameter.name: predictor}
        return replace(self, predictors=changed)

    def apply(self, data: pd.DataFrame, exposure: float | None = None) -> Design:
        """The same design on new data.

        Parameters
        ----------
        data : pandas.DataFrame
            m rows with the columns of the right-hand side.
        exposure : float, optional
            Used for every row instead of the exposure column.

        Returns
        -------
        Design
            Without responses; groups the model has not seen are marked, not refused.

        Raises
        ------
        DataError
            For missing columns or values, or unseen levels of a fixed effect.
        """
        return apply_design(self, data, exposure)


def _by_factor(groups: tuple[Group, ...]) -> dict[str, tuple[Group, ...]]:
    names = dict.fromkeys(group.factor for group in groups)
    return {name: tuple(group for group in groups if group.factor == name) for name in names}


def make_design(spec: ModelSpec, data: pd.DataFrame) -> Design:
    """Meet a spec with data.

    Parameters
    ----------
    spec : ModelSpec
    data : pandas.DataFrame
        One row an observation. Not altered.

    Returns
    -------
    Design

    Raises
    ------
    DataError, FormulaError
        If the data do not fit the spec.
    """
    frame = make_frame(spec, data)
    rows, success = make_rows(spec, frame.data, frame.rows)
    response = spec.formula.response_name
    if success == "1" and response in data and is_truth(data[response]):
        success = "True"
    predictors = _make_predictors(spec, frame.data)
    design = Design(
        spec,
        predictors,
        rows,
        success,
        frame.levels,
        frame.flow,
        frame.data,
        data.copy(deep=False),  # what the user later writes into it is not seen here
        frame.rows,
        source=str(data.attrs.get("source", "")),
        caveats=_several(data.attrs.get("caveats", ())),
    )
    _check_names(design)
    return design


def _make_predictors(spec: ModelSpec, data: pd.DataFrame) -> dict[str, Predictor]:
    """The linear predictor of each parameter of the family; ``~ 1`` where none was written."""
    found = {}
    for parameter in spec.family.parameters:
        mean = parameter is spec.family.mean
        link = spec.link if mean else find_link(parameter.links[0])
        formula = spec.formulas.get(parameter.name, CONSTANT)
        prefix = "" if mean else f"{parameter.name}_"
        columns, offset = make_columns(formula.fixed, data)
        groups = tuple(make_group(bar, data, prefix) for bar in formula.bars)
        known = np.zeros((len(data), len(columns.aliased)))
        values = (columns, columns.values, offset, groups, known)
        predictor = Predictor(parameter, link, prefix, *values)
        _check_size(formula, predictor, len(data))
        _check_offset(predictor)
        found[parameter.name] = predictor
    return found


def _apply_predictor(predictor: Predictor, data: pd.DataFrame) -> Predictor:
    X, offset, gaps = apply_columns(predictor.fixed, data)
    groups = tuple(apply_group(group, data) for group in predictor.groups)
    return replace(predictor, X=X, offset=offset, groups=groups, gaps=gaps)


def apply_design(design: Design, data: pd.DataFrame, exposure: float | None = None) -> Design:
    """Meet new data with a design; see `Design.apply`."""
    spec = design.spec
    if exposure is not None and spec.exposure is not None:
        data = data.assign(**{spec.exposure: float(exposure)})
    frame = apply_frame(spec, design.levels, data)
    return replace(apply_clean(design, frame.data), flow=frame.flow, given=data)


def apply_clean(design: Design, data: pd.DataFrame) -> Design:
    """Meet a design with rows that were cleaned before, such as its own with a column changed.

    Parameters
    ----------
    design : Design
    data : pandas.DataFrame
        m rows like those of ``design.data``: factors as ordered categoricals, labels in place.

    Returns
    -------
    Design
        Without responses; its row flow is that of `design`.
    """
    spec = design.spec
    predictors = {
        name: _apply_predictor(predictor, data) for name, predictor in design.predictors.items()
    }
    trials = spec.formula.trials
    known_trials = trials is None or trials in data or trials not in design.data
    positions = np.arange(len(data))
    rows = Rows(
        y=None,
        exposure=make_exposure(spec, data, positions),
        trials=make_trials(spec, data, positions) if known_trials else None,
    )
    return Design(
        spec,
        predictors,
        rows,
        design.success,
        design.levels,
        design.flow,
        data,
        data,
        positions,
    )


def dimensions(design: Design) -> dict[str, tuple[str, ...] | NDArray[Any]]:
    """Named dimensions of a model, each with its labels.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Dimension name to labels. Names follow bambi: ``__obs__``, ``county__factor_dim``,
        ``edu_dim``.
    """
    found: dict[str, Any] = {OBSERVATION: np.asarray(design.positions)}
    for predictor in design.predictors.values():
        fixed = predictor.fixed
        if fixed.names:
            found[predictor.variable("X_dim")] = fixed.names
        for term in fixed.terms:
            if term.levels is not None:
                found[predictor.variable(term.dimension)] = term.levels
        for group in predictor.groups:
            found[group.dimension] = group.levels
            if group.expression:
                found[group.expression] = group.columns
    return found


def _several(texts: Any) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(str(text) for text in texts)


def _check_size(formula: Formula, predictor: Predictor, n: int) -> None:
    fixed = predictor.fixed
    if not fixed.intercept and not fixed.names and not predictor.groups:
        raise DataError(f"The formula '{formula.text}' leaves nothing to estimate. Write ~ 1, say.")
    asked = len(fixed.names) + len(fixed.aliased) + fixed.intercept
    if asked > n:
        raise DataError(
            f"{asked} fixed effects cannot be told apart by {n} rows. "
            "Use fewer columns, or a group term for a factor with many levels."
        )


def _check_offset(predictor: Predictor) -> None:
    """An offset whose exponential is no number any more is no logarithm."""
    offset = predictor.offset
    largest = float(np.abs(offset).max()) if len(offset) else 0.0
    if predictor.link.name == "log" and largest > LARGEST_LOG:
        raise DataError(
            f"The offset reaches {largest:,.6g} on the log scale, where it multiplies the "
            f"{predictor.parameter.name if predictor.prefix else 'mean'} by "
            f"exp({largest:,.6g}). Write offset(log(x)), or exposure='x', for an offset x."
        )


def _check_names(design: Design) -> None:
    """No effect may bear the name of a dimension, of another effect, or of the response."""
    predictors = design.predictors.values()
    taken = {*dimensions(design), *(one.variable("Intercept") for one in predictors)}
    taken |= {parameter.name for parameter in design.spec.family.others}
    for group in (group for one in predictors for group in one.groups):
        taken |= {*group.effects, *group.sds, group.correlation, group.cholesky}
    names = [one.variable(term.name) for one in predictors for term in one.fixed.terms]
    response = carried(design.spec.formula.response_name)
    for name in [*names, response]:
        if name in taken:
            raise DataError(
                f"A column is named '{name}', which is also the name of a dimension or parameter "
                "of the model. Rename the column."
            )
    if response in {term.name for one in predictors for term in one.fixed.terms}:
        raise DataError(f"The response '{response}' is also a predictor. Take it out of one side.")
    columns = [one.variable(name) for one in predictors for name in one.fixed.names]
    for name in columns:
        if columns.count(name) > 1:
            raise DataError(f"Two columns of the model are named '{name}'. Rename one in the data.")
    for predictor in predictors:
        _check_effects(predictor.groups)
    effects = [effect for group in design.groups for effect in group.effects]
    for name in effects:
        if effects.count(name) > 1:
            raise DataError(
                f"Two group effects of the model are named '{name}'. Rename the column left of the "
                "bar in the data."
            )


def _check_effects(groups: Iterable[Group]) -> None:
    """No group effect may stand in two terms."""
    effects = [(column, group.factor) for group in groups for column in group.columns]
    for column, factor in effects:
        if effects.count((column, factor)) > 1:
            raise DataError(
                f"The group effect '{column}|{factor}' appears in two terms. Keep '{column}' left "
                f"of one bar over '{factor}' only: write (1 | g) + (0 + x | g), or (1 + x || g)."
            )
