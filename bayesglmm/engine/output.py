"""From positions of the kernel to draws under the names of the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.dimensions import dimensions
from bayesglmm.design.parameters import correlation_pairs
from bayesglmm.design.predictor import Predictor
from bayesglmm.engine.coordinates import Coordinates
from bayesglmm.families.links import Array
from bayesglmm.graph.chosen_priors import CENTERED_INTERCEPT

if TYPE_CHECKING:
    import xarray as xr


def posterior_dataset(design: Design, coordinates: Coordinates, positions: Array) -> xr.Dataset:
    """Draws as variables with named dimensions, on the link scale and in the user's units.

    Parameters
    ----------
    design : Design
    coordinates : Coordinates
    positions : array of shape (chains, draws, dim)

    Returns
    -------
    xarray.Dataset
    """
    import xarray as xr

    variables: dict[str, tuple[tuple[str, ...], Array]] = {}
    chains, draws = positions.shape[:2]
    for number, predictor in enumerate(_predictors(design, coordinates)):
        if predictor.is_number:
            variables[predictor.parameter.name] = ((), _number(coordinates, positions, number))
        else:
            variables |= _fixed(predictor, coordinates, positions, number)
    for number in range(len(coordinates.factors)):
        variables |= _factor(coordinates, number, positions)
    if coordinates.scalar:
        values = np.exp(positions[:, :, coordinates.theta - 1])
        variables[coordinates.scalar] = ((), values)
    coords: dict[str, Any] = {"chain": np.arange(chains), "draw": np.arange(draws)}
    used = {name for dims, _ in variables.values() for name in dims}
    labels = dict(dimensions(design)) | _correlation_labels(coordinates)
    coords |= {name: np.asarray(labels[name], dtype=str) for name in used if name in labels}
    data = {name: (("chain", "draw", *dims), values) for name, (dims, values) in variables.items()}
    return xr.Dataset(data, coords)


@dataclass(frozen=True, slots=True, eq=False)
class Reported:
    """Draws of every quantity that tables show, up to shifts and changes of unit.

    Attributes
    ----------
    values : array of shape (chains, draws, k)
    effects : array of bool, shape (k,)
        Which are group effects.
    """

    values: Array
    effects: NDArray[np.bool_]


def reported_draws(design: Design, coordinates: Coordinates, positions: Array) -> Reported:
    """Every quantity that tables show.

    Parameters
    ----------
    design : Design
    coordinates : Coordinates
    positions : array of shape (chains, draws, dim)

    Returns
    -------
    Reported
        Sds, fixed effects, group effects, the scalar parameter, correlations, the intercept
        where all columns are zero. Parameters that are one number are on their natural scale.
    """
    T, effects = coordinates.theta, coordinates.theta + coordinates.fixed
    coefficients = positions[:, :, T:effects].copy()
    for place, link in enumerate(coordinates.links):
        if link is not None:
            coefficients[:, :, place] = link.inverse(coefficients[:, :, place])
    sds = np.exp(positions[:, :, : len(coordinates.effects)])
    parts = [sds, coefficients, positions[:, :, effects:]]
    if coordinates.scalar:
        parts.append(np.exp(positions[:, :, T - 1 : T]))
    for number in range(len(coordinates.factors)):
        correlations = _correlations(coordinates, number, positions)
        parts += [values for values in correlations.values() if values.shape[-1]]
    for number, predictor in enumerate(_predictors(design, coordinates)):
        if predictor.fixed.intercept and predictor.fixed.names:
            parts.append(_intercept(predictor, coordinates, positions, number)[:, :, None])
    values = np.concatenate(parts, axis=2)
    places = np.arange(values.shape[2]) - len(coordinates.effects) - coordinates.fixed
    return Reported(values, (places >= 0) & (places < sum(f.size for f in coordinates.factors)))


def fixed_draws(
    design: Design, coordinates: Coordinates, positions: Array
) -> tuple[tuple[str, ...], Array]:
    """Names of the fixed effects, the intercept first, and their draws in the user's units."""
    fixed = design.predictor.fixed
    slopes = _coefficients(design.predictor, coordinates, positions, 0)
    if not fixed.intercept:
        return fixed.names, slopes
    first = _intercept(design.predictor, coordinates, positions, 0)[:, :, None]
    return ("Intercept", *fixed.names), np.concatenate([first, slopes], axis=2)


def _predictors(design: Design, coordinates: Coordinates) -> list[Predictor]:
    """The linear predictors whose coefficients are sampled, in the order of the coordinates."""
    return [design.predictors[name] for name in coordinates.parameters]


def _number(coordinates: Coordinates, positions: Array, number: int) -> Array:
    """A parameter that is one number, on its natural scale; (chains, draws)."""
    place = coordinates.firsts[number]
    link = coordinates.links[place]
    assert link is not None
    return np.asarray(link.inverse(positions[:, :, coordinates.theta + place]))


def _coefficients(
    predictor: Predictor, coordinates: Coordinates, positions: Array, number: int
) -> Array:
    """Coefficients of a predictor, by its number, in the user's units; (chains, draws, p)."""
    fixed = predictor.fixed
    first = coordinates.theta + coordinates.firsts[number] + int(fixed.intercept)
    return np.asarray(positions[:, :, first : first + len(fixed.names)] / fixed.scale)


def _intercept(
    predictor: Predictor, coordinates: Coordinates, positions: Array, number: int
) -> Array:
    """A predictor's intercept where all columns are zero, shape (chains, draws)."""
    centered = positions[:, :, coordinates.theta + coordinates.firsts[number]]
    coefficients = _coefficients(predictor, coordinates, positions, number)
    return np.asarray(centered - coefficients @ predictor.fixed.center)


def _fixed(
    predictor: Predictor, coordinates: Coordinates, positions: Array, number: int
) -> dict[str, tuple[tuple[str, ...], Array]]:
    fixed, own = predictor.fixed, predictor.variable
    found: dict[str, tuple[tuple[str, ...], Array]] = {}
    if fixed.intercept:
        if fixed.names:
            place = coordinates.theta + coordinates.firsts[number]
            found[own(CENTERED_INTERCEPT)] = ((), positions[:, :, place])
        found[own("Intercept")] = ((), _intercept(predictor, coordinates, positions, number))
    coefficients = _coefficients(predictor, coordinates, positions, number)
    for term in fixed.terms:
        places = [fixed.names.index(column) for column in term.columns]
        if term.levels is None:
            found[own(term.name)] = ((), coefficients[:, :, places[0]])
        else:
            found[own(term.name)] = ((own(term.dimension),), coefficients[:, :, places])
    return found


def _factor(
    coordinates: Coordinates, number: int, positions: Array
) -> dict[str, tuple[tuple[str, ...], Array]]:
    factor, start = coordinates.factors[number], coordinates.starts[number]
    theta = positions[:, :, : coordinates.theta]
    shape = (*positions.shape[:2], factor.levels, factor.q)
    effects = positions[:, :, start : start + factor.size].reshape(shape)
    cholesky = coordinates.correlation_factor(number, theta)
    correlations = _correlations(coordinates, number, positions)
    found: dict[str, tuple[tuple[str, ...], Array]] = {}
    first, place = coordinates.first_effect(number), 0
    for block in factor.blocks:
        q = len(block.columns)
        for offset, (name, sd) in enumerate(zip(block.effects, block.sds, strict=True)):
            found[sd] = ((), np.exp(theta[:, :, first + place + offset]))
            found[name] = ((block.dimension,), effects[..., place + offset])
        if block.correlated:
            own = cholesky[..., place : place + q, place : place + q]
            dims = (f"{block.cholesky}_dim_0", f"{block.cholesky}_dim_1")
            found[block.cholesky] = (dims, own)
            found[block.correlation] = ((block.pairs,), correlations[block.name])
        place += q
    return found


def _correlations(coordinates: Coordinates, number: int, positions: Array) -> dict[str, Array]:
    """Correlations of each correlated block of a factor, (chains, draws, q (q - 1) / 2)."""
    factor = coordinates.factors[number]
    if not any(block.correlated for block in factor.blocks):
        return {}
    cholesky = coordinates.correlation_factor(number, positions[:, :, : coordinates.theta])
    found, place = {}, 0
    for block in factor.blocks:
        q = len(block.columns)
        if block.correlated:
            own = cholesky[..., place : place + q, place : place + q]
            matrix = own @ np.swapaxes(own, -1, -2)
            rows, columns = np.tril_indices(q, -1)
            found[block.name] = matrix[..., rows, columns]
        place += q
    return found


def _correlation_labels(coordinates: Coordinates) -> dict[str, tuple[str, ...]]:
    return {
        block.pairs: correlation_pairs(block.columns)
        for factor in coordinates.factors
        for block in factor.blocks
        if block.correlated
    }
