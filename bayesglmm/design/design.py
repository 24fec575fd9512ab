"""The design: a spec met by data, as arrays with names."""

from __future__ import annotations

from collections.abc import Mapping
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
from bayesglmm.families import Rows, find_measure
from bayesglmm.families.family import Measure
from bayesglmm.families.links import Array
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

    fixed: Columns
    X: Array
    offset: Array
    groups: tuple[Group, ...]
    gaps: Array

    @property
    def factors(self) -> dict[str, tuple[Group, ...]]:
        """Each grouping factor with its terms."""
        names = dict.fromkeys(group.factor for group in self.groups)
        return {name: tuple(g for g in self.groups if g.factor == name) for name in names}

    def terms(self, factor: str) -> tuple[Group, ...]:
        """Terms of a grouping factor.

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
        found = self.factors
        if not isinstance(factor, str) or factor not in found:
            raise SpecError(unknown("grouping factor", factor, found))
        return found[factor]

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
    predictor : Predictor
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
    predictor: Predictor
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
    def references(self) -> dict[str, str]:
        """Reference level of each factor, as written in the formula, that has one."""
        bars = [group.encoder.references for group in self.predictor.groups]
        return {
            name: level
            for references in (*reversed(bars), self.predictor.fixed.references)
            for name, level in references.items()
        }

    @property
    def centred(self) -> dict[str, str]:
        """Factors, as written, compared with the mean of their levels: to the one left out."""
        sides = [*(group.encoder for group in self.predictor.groups), self.predictor.fixed]
        return {name: level for side in sides for name, level in side.centred.items()}

    def reference_of(self, name: str) -> str:
        """The level that others of a column are compared with, the first where no term says.

        Empty for a column of numbers that has none.
        """
        bars = [group.encoder for group in self.predictor.groups]
        for side in (self.predictor.fixed, *bars):
            for part in (part for parts in side.products.values() for part in parts):
                if part.factor == name and part.name in side.references:
                    return side.references[part.name]
        return self.levels.get(name, ("",))[0]

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
    columns, offset = make_columns(spec.formula.fixed, frame.data)
    groups = tuple(make_group(bar, frame.data) for bar in spec.formula.bars)
    known = np.zeros((len(frame.data), len(columns.aliased)))
    predictor = Predictor(columns, columns.values, offset, groups, known)
    _check_size(spec, predictor, len(frame.data))
    _check_offset(spec, offset)
    design = Design(
        spec,
        predictor,
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
    X, offset, gaps = apply_columns(design.predictor.fixed, data)
    groups = tuple(apply_group(group, data) for group in design.predictor.groups)
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
        Predictor(design.predictor.fixed, X, offset, groups, gaps),
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
    fixed = design.predictor.fixed
    if fixed.names:
        found["X_dim"] = fixed.names
    for term in fixed.terms:
        if term.levels is not None:
            found[term.dimension] = term.levels
    for group in design.predictor.groups:
        found[group.dimension] = group.levels
        if group.expression:
            found[group.expression] = group.columns
    return found


def _several(texts: Any) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(str(text) for text in texts)


def _check_size(spec: ModelSpec, predictor: Predictor, n: int) -> None:
    fixed = predictor.fixed
    if not fixed.intercept and not fixed.names and not predictor.groups:
        raise DataError(
            f"The formula '{spec.formula.text}' leaves nothing to estimate. Write ~ 1, say."
        )
    asked = len(fixed.names) + len(fixed.aliased) + fixed.intercept
    if asked > n:
        raise DataError(
            f"{asked} fixed effects cannot be told apart by {n} rows. "
            "Use fewer columns, or a group term for a factor with many levels."
        )


def _check_offset(spec: ModelSpec, offset: Array) -> None:
    """An offset whose exponential is no number any more is no logarithm."""
    largest = float(np.abs(offset).max()) if len(offset) else 0.0
    if spec.link.name == "log" and largest > LARGEST_LOG:
        raise DataError(
            f"The offset reaches {largest:,.6g} on the log scale, where it multiplies the mean by "
            f"exp({largest:,.6g}). Write offset(log(x)), or exposure='x', for an offset x."
        )


def _check_names(design: Design) -> None:
    """No effect may bear the name of a dimension, of another effect, or of the response."""
    fixed = design.predictor.fixed
    taken = {*dimensions(design), "Intercept", *(p.name for p in design.spec.family.parameters)}
    for group in design.predictor.groups:
        taken |= {*group.effects, *group.sds, group.correlation, group.cholesky}
    names = [term.name for term in fixed.terms]
    response = carried(design.spec.formula.response_name)
    for name in [*names, response]:
        if name in taken:
            raise DataError(
                f"A column is named '{name}', which is also the name of a dimension or parameter "
                "of the model. Rename the column."
            )
    if response in names:
        raise DataError(f"The response '{response}' is also a predictor. Take it out of one side.")
    for name in fixed.names:
        if fixed.names.count(name) > 1:
            raise DataError(f"Two columns of the model are named '{name}'. Rename one in the data.")
    groups = design.predictor.groups
    effects = [(column, group.factor) for group in groups for column in group.columns]
    for column, factor in effects:
        if effects.count((column, factor)) > 1:
            raise DataError(
                f"The group effect '{column}|{factor}' appears in two terms. Keep '{column}' left "
                f"of one bar over '{factor}' only: write (1 | g) + (0 + x | g), or (1 + x || g)."
            )
