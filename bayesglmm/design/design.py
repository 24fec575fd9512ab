"""The design: a spec met by data, as arrays with names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.any_frame import as_pandas
from bayesglmm.design.columns import Columns
from bayesglmm.design.groups import EffectBlock, Group, by_block
from bayesglmm.design.labels import is_number
from bayesglmm.design.new_rows import clean_new_rows
from bayesglmm.design.predictor import Predictor, apply_predictor, by_factor
from bayesglmm.design.response_rows import make_errors, make_exposure, make_trials
from bayesglmm.design.row_flow import RowFlow
from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import Measure, Rows, find_measure
from bayesglmm.spec.bars import OBSERVATIONS
from bayesglmm.spec.formula import Formula
from bayesglmm.spec.model import ModelSpec


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """A spec met by data.

    Attributes
    ----------
    spec : ModelSpec
    predictors : mapping
        Parameter of the family to its linear predictor, the mean first; fewer after `only`.
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

    def __post_init__(self) -> None:
        counts = {one.n for one in self.predictors.values()} | {len(self.positions)}
        if counts != {self.n}:
            raise ValueError(f"A design of {self.n} rows has parts of {sorted(counts)} rows.")

    @property
    def n(self) -> int:
        """Number of rows used, each as often as its weight says."""
        return len(self.data)

    @property
    def repeated(self) -> bool:
        """Whether rows of the data stand there several times because of their weights."""
        return self.flow.weighted is not None

    @property
    def alike(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """One of each row of the data that is used, and which of these each row is.

        The copies of a row differ only where each has an effect of its own, ``(1 | obs())``.
        """
        if not self.repeated or OBSERVATIONS in self.data:
            return np.arange(self.n), np.arange(self.n)
        _, first, code = np.unique(self.positions, return_index=True, return_inverse=True)
        return first, code

    @property
    def once(self) -> Design:
        """The design with one of each row of the data that is used."""
        first, _ = self.alike
        return self if len(first) == self.n else self.take(first)

    @property
    def predictor(self) -> Predictor:
        """The linear predictor of the mean."""
        return self.predictors[self.spec.family.location.name]

    @property
    def locations(self) -> dict[str, Predictor]:
        """The linear predictors that have the model's formula: the mean's, or one a category."""
        mean = self.spec.family.location.name
        return {
            name: one for name, one in self.predictors.items() if name == mean or one.parameter.main
        }

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The formulas that were written of its predictors."""
        return tuple(
            formula for name, formula in self.spec.formulas.items() if name in self.predictors
        )

    @property
    def groups(self) -> tuple[Group, ...]:
        """The group terms of all predictors."""
        return tuple(group for one in self.predictors.values() for group in one.groups)

    @property
    def blocks(self) -> dict[EffectBlock, tuple[Group, ...]]:
        """Each block of effects that have one covariance matrix, with its terms."""
        return by_block(self.groups)

    @property
    def factors(self) -> dict[str, tuple[Group, ...]]:
        """Each grouping factor with its terms in all predictors."""
        return by_factor(self.groups)

    @property
    def others(self) -> dict[str, Predictor]:
        """The predictors of the other parameters of the family than the mean."""
        mean = self.spec.family.location.name
        return {name: one for name, one in self.predictors.items() if name != mean}

    @property
    def modelled(self) -> dict[str, Predictor]:
        """Those of them that are not one number."""
        return {name: one for name, one in self.others.items() if not one.is_number}

    @property
    def measure(self) -> Measure:
        """What a coefficient is reported as; without an exposure, counts have no rates."""
        return find_measure(self.spec.family, self.spec.link, self.has_rates)

    @property
    def has_rates(self) -> bool:
        """Whether the mean of a count is a rate: it has an exposure, or an offset."""
        return self.spec.exposure is not None or bool(self.predictor.offset.any())

    @property
    def sides(self) -> list[Columns]:
        """What is left of bars and outside them, of all predictors; the mean's fixed part first."""
        several = self.predictors.values()
        bars = [side for one in several for group in one.groups for side in group.encoders]
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

    def terms(self, factor: str, parameter: str | None = None) -> tuple[Group, ...]:
        """Terms of a grouping factor.

        Parameters
        ----------
        factor : str
            Such as ``"county"`` or ``"region:state"``.
        parameter : str, optional
            In whose formula; the mean's where left out.

        Returns
        -------
        tuple of Group

        Raises
        ------
        SpecError
            If there is no such factor.
        """
        mean = self.spec.family.location.name
        found = self.predictors[parameter or mean].factors
        if isinstance(factor, str) and factor in found:
            return found[factor]
        known = {name: one.factors for name, one in self.predictors.items()}
        others = [name for name, one in known.items() if isinstance(factor, str) and factor in one]
        if others:
            own = "the mean" if parameter in (None, mean) else parameter
            if others[0] == mean:
                raise SpecError(f"'{factor}' groups the mean, not {own}. Leave parameter= out.")
            raise SpecError(
                f"'{factor}' groups {others[0]} only, not {own}. Its spread is in table(), and "
                f"ranef('{factor}', parameter='{others[0]}') has the effects of its groups."
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

    def only(self, *parameters: str) -> Design:
        """A copy with the linear predictors of some parameters of the family.

        Parameters
        ----------
        *parameters : str
            Such as ``"mu"``. New rows need the columns of their formulas only.

        Returns
        -------
        Design
        """
        kept = {name: one for name, one in self.predictors.items() if name in parameters}
        return replace(self, predictors=kept)

    def take(self, rows: NDArray[Any]) -> Design:
        """A copy with some of its rows.

        Parameters
        ----------
        rows : array of int, or of bool of shape (n,)

        Returns
        -------
        Design
        """
        return replace(
            self,
            predictors={name: one.take(rows) for name, one in self.predictors.items()},
            rows=self.rows.take(rows),
            data=self.data.iloc[rows].reset_index(drop=True),
            positions=self.positions[rows],
        )

    def apply(self, data: Any, exposure: float | None = None) -> Design:
        """The same design on new data.

        Parameters
        ----------
        data : pandas.DataFrame, or what `any_frame.as_pandas` reads
            m rows with the columns of the right-hand sides.
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
        spec = self.spec
        data = as_pandas("data", data, "Pass rows as one.")
        if exposure is not None and spec.exposure is not None:
            data = data.assign(**{spec.exposure: float(exposure)})
        clean = clean_new_rows(spec, self.formulas, self.levels, data)
        return apply_clean(self, clean, given=data)


def apply_clean(design: Design, data: pd.DataFrame, given: pd.DataFrame | None = None) -> Design:
    """Meet a design with rows that were cleaned before, such as its own with a column changed.

    Parameters
    ----------
    design : Design
    data : pandas.DataFrame
        m rows like those of ``design.data``: factors as ordered categoricals, labels in place.
    given : pandas.DataFrame, optional
        These rows as the user gave them; `data` where left out.

    Returns
    -------
    Design
        Without responses.
    """
    spec, n = design.spec, len(data)
    positions = np.arange(n)
    trials = spec.formula.trials
    known_trials = trials is None or trials in data or is_number(trials)
    return Design(
        spec=spec,
        predictors={name: apply_predictor(one, data) for name, one in design.predictors.items()},
        rows=Rows(
            y=None,
            exposure=make_exposure(spec, data, positions),
            trials=make_trials(spec, data, positions) if known_trials else None,
            error=make_errors(spec, data, positions),
        ),
        success=design.success,
        levels=design.levels,
        flow=RowFlow(n, n),
        data=data,
        given=data if given is None else given,
        positions=positions,
    )
