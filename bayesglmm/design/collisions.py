"""Names of a model that would mean two things: refused before there is a design."""

from __future__ import annotations

from collections.abc import Iterable

from bayesglmm.design.dimensions import OBSERVATION, coefficient_dimensions
from bayesglmm.design.groups import Group, by_block
from bayesglmm.design.parts import carried
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import DataError
from bayesglmm.spec.model import ModelSpec


def check_collisions(spec: ModelSpec, predictors: Iterable[Predictor]) -> None:
    """No effect may bear the name of a dimension, of another effect, or of the response.

    Parameters
    ----------
    spec : ModelSpec
    predictors : iterable of Predictor

    Raises
    ------
    DataError
        With the name, and what to rename.
    """
    every = tuple(predictors)
    _check_taken(spec, every)
    _check_columns(every)
    _check_effects(every)


def check_shared_names(spec: ModelSpec, columns: Iterable[str]) -> None:
    """No column may stand between two bars: a factor was meant, most likely.

    Parameters
    ----------
    spec : ModelSpec
    columns : iterable of str
        Of the data.

    Raises
    ------
    DataError
    """
    taken = set(columns)
    for bar in (bar for formula in spec.formulas.values() for bar in formula.bars):
        if bar.shared and bar.shared in taken:
            raise DataError(
                f"'{bar.shared}' is a column of the data, but stands as the name of {bar}. Write "
                f"({bar.columns} | {bar.shared}) + ({bar.columns} | {bar.factor}) for effects of "
                "both factors, or choose another name."
            )


def _check_taken(spec: ModelSpec, predictors: tuple[Predictor, ...]) -> None:
    """Neither a term nor the response may be called like a dimension or a parameter."""
    taken = {OBSERVATION, *coefficient_dimensions(predictors)}
    taken |= {one.variable("Intercept") for one in predictors}
    taken |= {parameter.name for parameter in spec.family.others}
    for block in by_block(group for one in predictors for group in one.groups):
        taken |= {*block.effects, *block.sds, block.correlation, block.cholesky}
    names = [one.variable(term.name) for one in predictors for term in one.fixed.terms]
    response = carried(spec.formula.response_name)
    for name in [*names, response]:
        if name in taken:
            raise DataError(
                f"A column is named '{name}', which is also the name of a dimension or parameter "
                "of the model. Rename the column."
            )
    if response in {term.name for one in predictors for term in one.fixed.terms}:
        raise DataError(f"The response '{response}' is also a predictor. Take it out of one side.")


def _check_columns(predictors: tuple[Predictor, ...]) -> None:
    """No two columns of the model may bear one name."""
    twice = _first_twice(one.variable(name) for one in predictors for name in one.fixed.names)
    if twice is not None:
        raise DataError(f"Two columns of the model are named '{twice}'. Rename one in the data.")


def _check_effects(predictors: tuple[Predictor, ...]) -> None:
    """No group effect may stand in two terms, or bear the name of another."""
    for predictor in predictors:
        _check_bars(predictor.groups)
    groups = [group for one in predictors for group in one.groups]
    twice = _first_twice(effect for group in groups for effect in group.effects)
    if twice is not None:
        raise DataError(
            f"Two group effects of the model are named '{twice}'. Rename the column left of the "
            "bar in the data."
        )


def _check_bars(groups: tuple[Group, ...]) -> None:
    twice = _first_twice((column, group.factor) for group in groups for column in group.columns)
    if twice is not None:
        column, factor = twice
        raise DataError(
            f"The group effect '{column}|{factor}' appears in two terms. Keep '{column}' left "
            f"of one bar over '{factor}' only: write (1 | g) + (0 + x | g), or (1 + x || g)."
        )


def _first_twice[T](names: Iterable[T]) -> T | None:
    """The first that occurs a second time."""
    seen: set[T] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
