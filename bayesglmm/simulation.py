"""Data from a spec with known parameters: to test a method, or to plan a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.groups import EffectBlock
from bayesglmm.design.making import make_design
from bayesglmm.design.parameters import PARAMETERS, correlation_pairs, model_parameters
from bayesglmm.engine.draws import Draws, Run
from bayesglmm.engine.settings import make_settings
from bayesglmm.errors import SpecError, unknown
from bayesglmm.families.distributions import RANGES
from bayesglmm.families.links import Array
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.spec.formula import variables
from bayesglmm.spec.model import ModelSpec


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """Simulated data and the truth behind them.

    Attributes
    ----------
    data : pandas.DataFrame
        The frame given, with the response filled in; missing where the spec suppresses counts of
        its size.
    truth : dict
        Parameter to value, as given.
    effects : dict
        Group effect, such as ``"1|county"``, to {level: value} as drawn (link scale).
    """

    data: pd.DataFrame
    truth: dict[str, float]
    effects: dict[str, dict[str, float]]


def simulate(
    spec: ModelSpec, data: pd.DataFrame, parameters: Mapping[str, float], seed: int
) -> Simulation:
    """Draw group effects and responses with known parameters.

    Parameters
    ----------
    spec : ModelSpec
    data : pandas.DataFrame
        Rows with the columns of the right-hand side, exposure and trials; a response column is
        replaced.
    parameters : mapping
        A value for every fixed effect (``"Intercept"``, ``"edu[4]"``), standard deviation
        (``"1|county_sigma"``), correlation (``"1+year|county_cor[1, year]"``) and
        parameter of the family (``"alpha"``): link scale, user's units.
    seed : int

    Returns
    -------
    Simulation

    Raises
    ------
    SpecError
        If a parameter is missing, unknown or impossible, the response is not a plain column, or it
        is one of categories that ``labels=`` does not say.
    DataError
        If the data do not fit the spec.
    """
    response = _response_column(spec)
    design = make_design(spec, data.assign(**{response: possible_responses(spec, len(data))}))
    known = _known_variables(design, parameters)
    rng = np.random.default_rng(make_settings(seed=seed, progress=False).seed)  # a checked one
    for block, terms in design.blocks.items():
        known.update(_drawn_effects(block, len(terms[0].levels), known, rng))
    single = _single_draw(known, seed)
    y = Posterior(design, single).responses(rng)[0]
    filled = data.iloc[design.positions].assign(**{response: _as_told(spec, response, y)})
    effects = {
        effect: dict(zip(group.levels, single.flat(effect)[0].tolist(), strict=True))
        for group in design.groups
        for effect in group.effects
    }
    truth = {name: float(value) for name, value in parameters.items()}
    return Simulation(filled.reset_index(drop=True), truth, effects)


def possible_responses(spec: ModelSpec, count: int) -> NDArray[Any]:
    """Responses that a family allows and that say nothing, to make a design of rows without any.

    Parameters
    ----------
    spec : ModelSpec
        Its response is a column.
    count : int

    Returns
    -------
    array of shape (count,)
        All labels in turn, or two numbers.

    Raises
    ------
    SpecError
        If they are categories, and the spec does not say which.
    """
    response, support = _response_column(spec), spec.family.support
    labels = spec.labels.get(response)
    if support.categories and labels is None:
        raise SpecError(
            f"'{response}' is one of several categories, and only the data would say which. Write "
            f"labels={{'{response}': ['low', 'middle', 'high']}}, say."
        )
    if labels is not None:
        return np.array(list(labels))[np.arange(count) % len(labels)]
    turn = np.arange(count) % 2
    if support.successes:
        return turn
    return (1 + turn) / 3 if support.fraction else 1 + turn


def _as_told(spec: ModelSpec, response: str, y: Array) -> Any:
    """Responses as data tell them: labels, whole numbers, none where counts are suppressed."""
    suppression = spec.formula.suppression
    if response in spec.labels:
        return np.array(list(spec.labels[response]))[y.astype(np.int64)]
    if suppression is not None:
        return np.where((y >= suppression.lower) & (y <= suppression.upper), np.nan, y)
    return y.astype(np.int64) if spec.family.support.discrete else y


def _response_column(spec: ModelSpec) -> str:
    """The data column that the response fills."""
    formula = spec.formula
    if formula.bounds is not None:
        raise SpecError(
            f"'{formula.response}' cannot be filled in. Simulate '{formula.response_name} ~ ...', "
            "and censor responses, or leave rows out, in the data."
        )
    column = formula.successes or formula.response_name.strip("`")
    if formula.successes is None and variables(formula.response) != (column,):
        raise SpecError(
            f"The response '{formula.response}' is computed from columns, so it cannot be filled "
            "in. Name one column left of the tilde, on the scale that is drawn."
        )
    return column


def _known_variables(design: Design, parameters: Mapping[str, float]) -> xr.Dataset:
    """The variables of one draw that holds the given parameters."""
    quantities = model_parameters(design, PARAMETERS)
    wanted = [label for item in quantities for label in item.labels]
    missing = [label for label in wanted if label not in parameters]
    if missing:
        raise SpecError(f"parameters= lacks {', '.join(missing)}. Give a value for each.")
    for name in parameters:
        if name not in wanted:
            raise SpecError(unknown("parameter", name, wanted))
    for name, value in parameters.items():
        if not isinstance(value, (int, float, np.number)) or not np.isfinite(value):
            raise SpecError(f"{name} must be a finite number, not {value!r}.")
    for item in quantities:
        low, high = RANGES.get(item.support, (-np.inf, np.inf))
        for label in item.labels:
            if not low < parameters[label] < high:
                words = f"above {low:g}" if np.isinf(high) else f"between {low:g} and {high:g}"
                raise SpecError(f"{label} must be {words}, not {parameters[label]!r}.")
    variables: dict[str, Any] = {}
    for item in quantities:
        values = np.array([float(parameters[label]) for label in item.labels])
        variables[item.variable] = (("chain", "draw", f"{item.variable} "), values[None, None])
    for block in design.blocks:
        if block.correlated:
            factor = _correlation_factor(block, parameters)
            dims = ("chain", "draw", f"{block.name} row", f"{block.name} column")
            variables[block.cholesky] = (dims, factor[None, None])
    return xr.Dataset(variables)


def _drawn_effects(
    block: EffectBlock, levels: int, known: xr.Dataset, rng: np.random.Generator
) -> dict[str, Any]:
    """Effects of a block, drawn from their spread, as variables of one draw."""
    q = len(block.columns)
    factor = known[block.cholesky].to_numpy()[0, 0] if block.correlated else np.eye(q)
    sds = np.array([float(known[name].squeeze()) for name in block.sds])
    drawn = rng.standard_normal((levels, q)) @ (sds[:, None] * factor).T
    return {
        effect: (("chain", "draw", f"{effect} "), drawn[None, None, :, place])
        for place, effect in enumerate(block.effects)
    }


def _correlation_factor(block: EffectBlock, parameters: Mapping[str, float]) -> Any:
    q = len(block.columns)
    correlation = np.eye(q)
    below = np.tril_indices(q, -1)
    correlation[below] = [
        parameters[f"{block.correlation}[{pair}]"] for pair in correlation_pairs(block.columns)
    ]
    correlation = correlation + np.tril(correlation, -1).T
    try:
        return np.linalg.cholesky(correlation)
    except np.linalg.LinAlgError:
        raise SpecError(
            f"The correlations of '{block.name}' are impossible together: the matrix is not "
            "positive definite."
        ) from None


def _single_draw(variables: xr.Dataset, seed: int) -> Draws:
    run = Run("none", "", {}, 0)
    return Draws(variables, xr.Dataset(), make_settings(seed=seed, progress=False), run)
