"""The categories of a response: which there are, in which order, and what hangs on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bayesglmm.design.frame import Frame
from bayesglmm.design.labels import label_of
from bayesglmm.errors import DataError, SpecError, unknown
from bayesglmm.families import Family, written_families
from bayesglmm.families.links import Array
from bayesglmm.spec.formula import Formula
from bayesglmm.spec.model import ModelSpec

MOST = 60
"""Categories beyond which a response is taken for a number or a name."""


def with_categories(spec: ModelSpec, frame: Frame, data: pd.DataFrame) -> ModelSpec:
    """A spec whose family knows the categories of the response.

    Parameters
    ----------
    spec : ModelSpec
    frame : Frame
    data : pandas.DataFrame
        As the user gave it, for the order that it says.

    Returns
    -------
    ModelSpec
        The same where the response is no category.

    Raises
    ------
    DataError
        If the response has no categories, no order where one is needed, or fewer than three.
    SpecError
        If a formula is for a parameter that the categories do not make.
    """
    if not spec.family.support.categories:
        return spec
    name = _response(spec, frame)
    column = frame.data[name]
    levels = _levels(spec, name, column, data[name])
    if len(levels) < 3:
        raise DataError(_too_few(spec, name, levels))
    family = spec.family.of_levels(levels)
    known = [parameter.name for parameter in family.parameters]
    for parameter in spec.distributional:
        if parameter not in known:
            raise SpecError(unknown("parameter of the family", parameter, known))
    first, others = _formulas(spec, family)
    return replace(spec, family=family, formula=first, distributional=others)


def category_codes(spec: ModelSpec, column: pd.Series) -> Array:
    """The place of each row's category.

    Parameters
    ----------
    spec : ModelSpec
        From `with_categories`.
    column : pandas.Series
        The response.

    Returns
    -------
    array of shape (n,)
        From 0.
    """
    place = {level: k for k, level in enumerate(spec.family.support.levels)}
    return np.array([place[label_of(value)] for value in column], dtype=float)


def _response(spec: ModelSpec, frame: Frame) -> str:
    name = spec.formula.response.strip("`")
    if name not in frame.data:
        raise DataError(
            f"The response of the {spec.family.name} family is a column of categories, not "
            f"'{spec.formula.response}'. Compute it in the data first."
        )
    return name


def _levels(spec: ModelSpec, name: str, column: pd.Series, given: pd.Series) -> tuple[str, ...]:
    """The categories that rows have, in order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        found = tuple(map(str, column.cat.categories))
        if spec.family.support.ordered and not _is_ordered(spec, name, given):
            raise DataError(_no_order(spec, name, found))
    else:
        values = np.unique(column.to_numpy(dtype=float))
        broken = values[values != np.floor(values)]
        if len(broken):
            raise DataError(
                f"'{name}' is a number such as {broken[0]:g}, not a category: the "
                f"{spec.family.name} family takes text, categories or whole numbers. "
                "Choose a family of numbers, such as family='gaussian'."
            )
        found = tuple(map(label_of, values))
    if len(found) > MOST:
        raise DataError(
            f"'{name}' has {len(found)} different values, more than the {MOST} categories that a "
            "model can have. Make fewer of them, or choose a family of numbers."
        )
    return found


def _is_ordered(spec: ModelSpec, name: str, given: pd.Series) -> bool:
    """Whether labels, or the column itself, say the order of the categories."""
    if name in spec.labels or pd.api.types.is_numeric_dtype(given):
        return True
    return isinstance(given.dtype, pd.CategoricalDtype) and bool(given.cat.ordered)


def _no_order(spec: ModelSpec, name: str, found: tuple[str, ...]) -> str:
    written = ", ".join(map(repr, found[:8])) + (", ..." if len(found) > 8 else "")
    return (
        f"'{name}' is text without an order, which the {spec.family.name} family needs. Write its "
        f"categories from lowest to highest: labels={{'{name}': [{written}]}}; or make it an "
        "ordered categorical of pandas. "
        f"For categories without an order choose {written_families(_nominal)}."
    )


def _nominal(family: Family) -> bool:
    return family.support.categories and not family.support.ordered


def _too_few(spec: ModelSpec, name: str, levels: tuple[str, ...]) -> str:
    if len(levels) == 1:
        return f"'{name}' is '{levels[0]}' in every row used, so nothing is to be explained."
    binary = written_families(lambda family: family.support.single)
    return (
        f"'{name}' has two categories, '{levels[0]}' and '{levels[1]}'. Write {binary}; the "
        f"{spec.family.name} family is for three or more."
    )


def _formulas(spec: ModelSpec, family: Family) -> tuple[Formula, dict[str, Formula]]:
    """The formula of the first location, and those of others: the model's own where none is."""
    own = dict(spec.distributional)
    formula = own.pop(family.location.name, None)
    first = spec.formula if formula is None else _right_of(spec.formula, formula)
    main = replace(
        spec.formula,
        text=f"~{spec.formula.text.partition('~')[2]}",
        response="",
        suppression=None,
    )
    found = {
        parameter.name: own.get(parameter.name, main)
        for parameter in family.others
        if parameter.main or parameter.name in own
    }
    return first, found


def _right_of(whole: Formula, right: Formula) -> Formula:
    """A formula with the right-hand side of another."""
    text = f"{whole.text.partition('~')[0].rstrip()} ~{right.text.partition('~')[2]}"
    return replace(whole, text=text, fixed=right.fixed, bars=right.bars)
