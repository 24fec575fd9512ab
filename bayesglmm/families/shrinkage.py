"""Priors of many slopes together: R2D2 and the regularised horseshoe.

Each slope is a standard normal times a standard deviation of its own. What these are made of is
the *core* of the prior: a share of variance and how the columns share it, or a global scale, a
local one for each column, and a slab. Columns are in standard deviations, and the predictor in
steps, which is what the prior's argument `scale` tells.

R2D2: Zhang, Naughton, Bondell & Reich (2022), J. Am. Stat. Assoc. 117(538), section 2: the variance
``W = R2 / (1 - R2)`` of the predictor is shared by a Dirichlet. Horseshoe: Piironen & Vehtari
(2017), Electron. J. Stat. 11(2), eq. 2.8 for the slab and 3.12 for the global scale.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.families import prior_density
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array

type Arguments = Mapping[str, float]
type Core = dict[str, Any]
"""Variables of a core by name, as arrays with draws first, or in a graph."""


@dataclass(frozen=True, slots=True)
class Part:
    """A variable of a core.

    Attributes
    ----------
    name : str
        Behind ``slopes_``, in graph and draws.
    distribution : str
        PyMC's name; ``"Dirichlet"`` and those with a local scale have an element for each column.
    arguments : callable
        (arguments of the prior, columns D, rows n) to PyMC's arguments.
    each : bool
        Whether there is one for each column.
    """

    name: str
    distribution: str
    arguments: Callable[[Arguments, int, int], dict[str, Any]]
    each: bool = False


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """A joint prior of slopes.

    Attributes
    ----------
    parts : tuple of Part
    spreads : callable
        (core, arguments) to the standard deviation of each slope over the prior's scale, with the
        columns along the last axis; in NumPy, and in PyTensor alike.
    """

    parts: tuple[Part, ...]
    spreads: Callable[[Core, Arguments], Any]


def _r2d2_spreads(core: Core, a: Arguments) -> Any:
    explained = core["R2"] / (1 - core["R2"])
    return (explained * core["shares"]) ** 0.5


def _horseshoe_spreads(core: Core, a: Arguments) -> Any:
    local, tau, slab = core["local"] ** 2, core["tau"] ** 2, core["slab"]
    return (tau * slab * local / (slab + tau * local)) ** 0.5


def global_scale(a: Arguments, columns: int, rows: int) -> float:
    """The scale of the horseshoe's global parameter, in steps.

    Piironen & Vehtari (2017), eq. 3.12: ``p0 / (D - p0) / sqrt(n)`` for p0 expected columns of D.
    """
    expected = min(a["expected"], columns - 0.5)
    return expected / (columns - expected) / math.sqrt(rows)


SHRINKAGE: dict[str, Shrinkage] = {
    "R2D2": Shrinkage(
        (
            Part(
                "R2",
                "Beta",
                lambda a, columns, rows: {
                    "alpha": a["mean"] * a["precision"],
                    "beta": (1 - a["mean"]) * a["precision"],
                },
            ),
            Part(
                "shares",
                "Dirichlet",
                lambda a, columns, rows: {"a": np.full(columns, a["concentration"])},
                each=True,
            ),
        ),
        _r2d2_spreads,
    ),
    "Horseshoe": Shrinkage(
        (
            Part(
                "tau",
                "HalfCauchy",
                lambda a, columns, rows: {"beta": global_scale(a, columns, rows)},
            ),
            Part("local", "HalfCauchy", lambda a, columns, rows: {"beta": 1.0}, each=True),
            Part(
                "slab",
                "InverseGamma",
                lambda a, columns, rows: {
                    "alpha": a["df"] / 2,
                    "beta": a["df"] / 2 * a["slab"] ** 2,
                },
            ),
        ),
        _horseshoe_spreads,
    ),
}
"""Joint priors of slopes by name."""


def core_draws(prior: Prior, rng: np.random.Generator, draws: int, columns: int, rows: int) -> Core:
    """Independent draws of the core of a joint prior.

    Parameters
    ----------
    prior : Prior
    rng : numpy.random.Generator
    draws : int
    columns, rows : int
        Slopes that share the prior, and rows of the data.

    Returns
    -------
    dict of str to array
        Of shape (draws, 1), or (draws, columns).
    """
    found = {}
    for part in SHRINKAGE[prior.name].parts:
        given = part.arguments(dict(prior.arguments), columns, rows)
        if part.distribution == "Dirichlet":
            found[part.name] = rng.dirichlet(given["a"], size=draws)
        else:
            size = (draws, columns if part.each else 1)
            found[part.name] = Prior(part.distribution, **given).draw(rng, size)
    return found


def core_density(prior: Prior, core: Core, columns: int, rows: int) -> Array:
    """Log density of the core of a joint prior.

    Parameters
    ----------
    prior : Prior
    core : dict of str to array of shape (S, 1) or (S, columns)
    columns, rows : int

    Returns
    -------
    array of shape (S,)
    """
    total: Any = 0.0
    for part in SHRINKAGE[prior.name].parts:
        given, values = part.arguments(dict(prior.arguments), columns, rows), core[part.name]
        if part.distribution == "Dirichlet":
            total = total + prior_density.dirichlet(values, given["a"])
        else:
            total = total + Prior(part.distribution, **given).log_density(values).sum(axis=-1)
    return np.asarray(total)


def spreads(prior: Prior, core: Core) -> Any:
    """The standard deviation of each slope over the prior's scale; see `Shrinkage`."""
    return SHRINKAGE[prior.name].spreads(core, dict(prior.arguments))
