"""Judging refits under other priors: does an answer stay, move, or flip?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.families.links import Array
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    gather,
    names_in_frames,
    positive_part,
    printed_rows,
    summarise,
)

MEDIAN_MOVES = 0.25
LIMIT_MOVES = 0.5
"""Posterior standard deviations by which the median, or a limit of the interval, moves."""

CROSSES = 0.1
"""By which the probability of being above no effect must change to cross 0.5."""

NOISE = 3.0
"""Monte Carlo standard errors that a change must exceed to count as one."""

VERDICTS = ("stable", "moves", "flips")
"""From the least to the worst."""

MEANING = (
    f"Moves: the median changes by more than {MEDIAN_MOVES:g} posterior standard deviations, or a "
    f"limit of the interval by more than {LIMIT_MOVES:g}. Flips: the probability of being above no "
    f"effect crosses 0.5 and changes by more than {CROSSES:g}, or the interval no longer excludes "
    "no effect, or newly does. Changes "
    f"within {NOISE:g} Monte Carlo standard errors count as none. Stable: neither."
)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Summaries of k quantities under one set of priors.

    Attributes
    ----------
    names : tuple of str
        What frames call them.
    called : mapping
        What readers see them called.
    effects : array of bool, shape (k,)
        Coefficients, but for an intercept or a level that stands for one.
    directed : array of bool, shape (k,)
        Where 0 means no effect: those, and correlations.
    frame : pandas.DataFrame
        As from `summarise`, link scale, with ``above`` and ``mcse_above``.
    """

    names: tuple[str, ...]
    called: Mapping[str, str]
    effects: NDArray[np.bool_]
    directed: NDArray[np.bool_]
    frame: pd.DataFrame


def answers(posterior: Posterior, mass: float) -> Answers:
    """Summarise fixed effects, standard deviations, correlations, the family's own parameters.

    Coefficients that the data cannot tell are left out: they hang on which of the dependent columns
    is not in the model.

    Parameters
    ----------
    posterior : Posterior
    mass : float

    Returns
    -------
    Answers
    """
    design, draws = posterior.design, posterior.draws
    quantities = model_parameters(design, PARAMETERS)
    _, values = gather(quantities, draws)
    every = design.predictors.values()
    entangled = {one.variable(name) for one in every for name in one.fixed.entangled}
    baselines = {one.variable("Intercept") for one in every}
    baselines |= {one.variable(name) for one in every for name in one.fixed.level_columns}
    pairs = [(item.role, label) for item in quantities for label in item.labels]
    kept = np.array([role != "fixed" or name not in entangled for role, name in pairs], bool)
    effects = np.array([role == "fixed" and name not in baselines for role, name in pairs], bool)
    directed = effects | np.array([role == "cor" for role, _ in pairs], bool)
    values = values[..., kept]
    frame = summarise(values, mass)
    above, error = positive_part(values, frame["ess_bulk"].to_numpy())
    frame = frame.assign(above=above, mcse_above=error)
    names = tuple(np.array(names_in_frames(quantities), dtype=object)[kept])
    called = printed_rows(quantities)[""]
    return Answers(names, called, effects[kept], directed[kept], frame)


def judge(own: Answers, other: Answers) -> list[str]:
    """A verdict for each quantity.

    Parameters
    ----------
    own, other : Answers
        Under the model's priors, and under others.

    Returns
    -------
    list of str
        Of `VERDICTS`; their meaning is in `MEANING`.
    """
    moved = _moved(own, other)
    flipped = _flipped(own, other) & own.directed
    return list(np.where(flipped, "flips", np.where(moved, "moves", "stable")))


def worst(verdicts: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """The worst verdict on each quantity, and the first change of priors that gave it.

    Parameters
    ----------
    verdicts : mapping
        Change of priors to the verdicts of `judge`.

    Returns
    -------
    list of (str, str)
    """
    found = []
    for column in zip(*verdicts.values(), strict=True):
        place = max(range(len(column)), key=lambda k: (VERDICTS.index(column[k]), -k))
        found.append((column[place], list(verdicts)[place]))
    return found


def _moved(own: Answers, other: Answers) -> NDArray[np.bool_]:
    sd = own.frame["sd"].to_numpy()
    found = _change(own, other, "median") > MEDIAN_MOVES * sd
    for limit in ("lower", "upper"):
        found |= _change(own, other, limit) > LIMIT_MOVES * sd
    return np.asarray(found)


def _change(own: Answers, other: Answers, name: str) -> Array:
    """Absolute change beyond Monte Carlo error, else 0."""
    change = np.abs(other.frame[name].to_numpy() - own.frame[name].to_numpy())
    errors = [answers.frame[f"mcse_{name}"].to_numpy() for answers in (own, other)]
    error = np.hypot(*errors)
    return np.asarray(np.where(change > NOISE * error, change, 0.0))


def _flipped(own: Answers, other: Answers) -> NDArray[np.bool_]:
    crossed = (own.frame["above"] - 0.5) * (other.frame["above"] - 0.5) < 0
    found = crossed.to_numpy() & (_change(own, other, "above") > CROSSES)
    for limit in ("lower", "upper"):
        sides = (own.frame[limit] > 0) != (other.frame[limit] > 0)
        found |= sides.to_numpy() & (_change(own, other, limit) > 0)
    return np.asarray(found)
