"""Where a search might begin, as the responses suggest it."""

from __future__ import annotations

import numpy as np

from bayesglmm.families.links import Array
from bayesglmm.likelihood.closed import ClosedForms
from bayesglmm.likelihood.sides import Side


def level_guess(sides: tuple[Side, ...], levels: tuple[float, ...]) -> Array:
    """Coefficients that make every predictor level, or nearly so.

    Parameters
    ----------
    sides : tuple of Side
    levels : tuple of float
        Of each.

    Returns
    -------
    array
        Of all sides, one after the other.
    """
    return np.concatenate(
        [
            np.linalg.lstsq(side.X, level - side.offset, rcond=None)[0]
            for side, level in zip(sides, levels, strict=True)
        ]
    )


def closed_guesses(form: ClosedForms, sides: tuple[Side, ...]) -> tuple[Array, ...]:
    """A weighted least-squares fit of the working response, then of its mean.

    Parameters
    ----------
    form : ClosedForms
    sides : tuple of Side

    Returns
    -------
    tuple of arrays
        Coefficients of all sides.
    """
    mean, weights = _first_means(form)
    first, others = sides[0], sides[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        response = form.link.forward(mean) - first.offset
    level = _log_start(form, first) if others else 0.0
    gamma = level_guess(others, (level,)) if others else np.zeros(0)
    root = np.sqrt(weights)
    found = []
    for target in (response, np.full(len(response), np.average(response, weights=weights))):
        beta = np.linalg.lstsq(first.X * root[:, None], root * target, rcond=None)[0]
        found.append(np.concatenate([beta, gamma]))
    return tuple(found)


def closed_unit(form: ClosedForms, sides: tuple[Side, ...]) -> float:
    """What counts as one unit of the location's predictor."""
    return 1.0 if form.link.unit else _spread(form, sides[0]) or 1.0


def _log_start(form: ClosedForms, side: Side) -> float:
    """The log of another parameter to begin with."""
    (parameter,) = form.family.others
    start = parameter.start(_spread(form, side))
    return float(np.log(start)) if 0 < start < np.inf else 0.0


def _first_means(form: ClosedForms) -> tuple[Array, Array]:
    """Means of the cells, off the edge of what the family allows, and weights."""
    cells, family = form.cells, form.family
    if family.support.successes:
        trials = cells.successes + cells.failures
        return (cells.successes + 0.5) / (trials + 1.0), trials
    if not family.support.discrete:
        floor = -np.inf if form.link.linear else 1e-2 * np.abs(cells.mean).mean()
        return np.maximum(cells.mean, floor), cells.rows
    # Cells of counts with a shape have the log of the exposure of each of their rows.
    exposure = cells.rows * np.exp(cells.log_exposure) if family.others else cells.exposure
    total = cells.total
    overall = total.sum() / exposure.sum() if total.any() else 0.1 / exposure.sum()
    return (total + 0.5) / (exposure + 0.5 / overall), exposure


def _spread(form: ClosedForms, side: Side) -> float:
    """Standard deviation of a Gaussian response, or of the linear predictor of a count."""
    mean, weights = _first_means(form)
    if not form.family.support.discrete:
        rows, squares = (float(values.sum()) for values in form.rest_of_rows)
        center = np.average(mean, weights=weights)
        return float(np.sqrt((squares + weights @ np.square(mean - center)) / rows))
    response = form.link.forward(mean) - side.offset
    center = np.average(response, weights=weights)
    return float(np.sqrt(np.average(np.square(response - center), weights=weights))) or 1.0
