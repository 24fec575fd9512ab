"""Models of every family in several structures, on small designs, with priors that are all given.

None of the priors looks at the data, and all are narrow enough that responses stay moderate and no
data are drawn from which nothing can be learnt. A family that is new to the library has its cases
without a line here; a parameter of a new name has a prior by its support.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

import bayesglmm as bg
from bayesglmm.families import FAMILIES, Family, Param
from bayesglmm.simulation import possible_responses
from bayesglmm.spec.model import ModelSpec

GROUPS, ITEMS = 10, 6
"""Levels of the two factors, one row of each pair."""
LEVELS = ("low", "some", "most", "all")
"""Of responses that are categories."""

COMMON = {
    "Intercept": bg.Prior("Normal", mu=0.5, sigma=0.7),
    "slopes": bg.Prior("Normal", mu=0, sigma=0.5),
    "sd": bg.Prior("HalfNormal", sigma=0.6),
}
SLOPES = COMMON | {"x|g": bg.Prior("HalfNormal", sigma=0.3), "cor": bg.Prior("LKJ", eta=2)}
"""The tail of the slopes' sd is light: an exponential prior draws counts of 10^8 now and then."""

NUMBERS = {
    "sigma": bg.Prior("Exponential", lam=1),
    "nu": bg.Prior("Gamma", alpha=4, beta=0.5),
    "alpha": bg.Prior("Gamma", alpha=4, beta=1.5),
    "phi": bg.Prior("Gamma", alpha=4, beta=0.4),
    "shape": bg.Prior("LogNormal", mu=0.7, sigma=0.4),
    "zi": bg.Prior("Beta", alpha=2, beta=3),
    "hu": bg.Prior("Beta", alpha=2, beta=3),
    "cutzero": bg.Prior("Normal", mu=-1.5, sigma=0.7),
}
"""Priors of parameters of the family that are one number for all rows."""
BY_SUPPORT = {
    "positive": bg.Prior("HalfNormal", sigma=1.5),
    "unit": bg.Prior("Beta", alpha=2, beta=3),
    "real": bg.Prior("Normal", mu=0, sigma=1),
}
"""The same for other names; a parameter of another support has its default."""
MIDDLES = {
    "nu": 2.0,
    "alpha": 0.7,
    "phi": 2.2,
    "shape": 0.7,
    "zi": -0.6,
    "hu": -0.6,
    "cutzero": -1.5,
}
"""Means of the priors of intercepts of parameters that have a formula, link scale; else 0."""

STRUCTURES = {
    "intercept": ("x + (1 | g)", COMMON),
    "slopes": ("x + (1 + x | g)", SLOPES),
    "crossed": ("x + (1 | g) + (1 | h)", COMMON),
    "modelled": ("x + (1 | g)", COMMON),
}
"""Right-hand side of the mean and its priors; in the last, other parameters have formulas too."""

FORMULAS = {"sigma": "~ z + (1 | g)"}
"""Of parameters beside the mean where they are modelled; of others, `PLAIN`."""
PLAIN = "~ z"


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A model that is calibrated.

    Attributes
    ----------
    name : str
        Such as ``"beta, modelled"``.
    family : str
        What tables call it.
    structure : str
        A key of `STRUCTURES`, or ``"apart"`` for those of `APART`.
    model : Model
        With a response that is possible and says nothing.
    """

    name: str
    family: str
    structure: str
    model: bg.Model


def make_cases(structures: tuple[str, ...], families: tuple[str, ...] = ()) -> list[Case]:
    """The cases of some structures, structure by structure.

    Parameters
    ----------
    structures : tuple of str
        Keys of `STRUCTURES`, or ``"apart"``.
    families : tuple of str
        Names; all where empty.

    Returns
    -------
    list of Case
        Without models of modelled parameters of families that have none beside the mean.
    """
    found = []
    for structure in structures:
        if structure == "apart":
            found += [_made(name, structure, spec) for name, spec in APART.items()]
            continue
        for family in FAMILIES:
            others = _others(family)
            if structure != "modelled" or others:
                name, spec = f"{family.name}, {structure}", _spec(family, structure, others)
                found.append(_made(name, structure, spec))
    return [case for case in found if not families or case.family in families]


def make_rows() -> pd.DataFrame:
    """The right-hand sides, the same in every replication.

    The mean of the covariate is not 0, so that the intercept of the prior, at the mean of the
    columns, is not that of the table.
    """
    rng = np.random.default_rng(20)
    n = GROUPS * ITEMS
    return pd.DataFrame(
        {
            "x": rng.normal(0.8, 1.0, size=n),
            "z": rng.uniform(-1.0, 2.0, size=n),
            "g": np.repeat(np.arange(GROUPS), ITEMS),
            "h": np.tile(np.arange(ITEMS), GROUPS),
            "n": rng.integers(1, 9, size=n),
            "time": rng.uniform(0.5, 3.0, size=n),
        }
    )


def _others(family: Family) -> tuple[Param, ...]:
    """Parameters beside the first; of categories, once the levels are known."""
    support = family.support
    return (family.of_levels(LEVELS) if support.categories else family).others


def _spec(family: Family, structure: str, others: tuple[Param, ...]) -> ModelSpec:
    right, priors = STRUCTURES[structure]
    modelled = structure == "modelled"
    formulas = {one.name: FORMULAS.get(one.name, PLAIN) for one in others} if modelled else {}
    own = {one.name: _prior(one, modelled) for one in others if not one.main}
    own = {name: prior for name, prior in own.items() if prior}
    exposure = "time" if family.takes_exposure else None
    left = "p(y, n)" if family.support.many_trials else "y"
    return bg.specify(
        f"{left} ~ {right}",
        family=family.name,
        exposure=exposure,
        labels={"y": list(LEVELS)} if family.support.categories else None,
        priors={**priors, **own},
        **formulas,
    )


def _prior(parameter: Param, modelled: bool) -> Any:
    """The prior of a parameter, or those of its formula; none of one that stays at its value."""
    if not modelled:
        known = NUMBERS.get(parameter.name, BY_SUPPORT.get(parameter.support))
        return None if parameter.constant is not None else known
    found = {"slopes": bg.Prior("Normal", mu=0, sigma=0.4)}
    if parameter.constant is None:
        middle = MIDDLES.get(parameter.name, 0.0)
        found["Intercept"] = bg.Prior("Normal", mu=middle, sigma=0.5)
    if parameter.name in FORMULAS:
        found["sd"] = bg.Prior("HalfNormal", sigma=0.4)
    return found


APART: Mapping[str, ModelSpec] = {
    "gaussian, effects on mean and sigma correlated": bg.specify(
        "y ~ x + (1 + x |p| g)",
        sigma="~ z + (1 |p| g)",
        priors={
            **SLOPES,
            "sigma": {
                "Intercept": bg.Prior("Normal", mu=0, sigma=0.5),
                "slopes": bg.Prior("Normal", mu=0, sigma=0.5),
                "sd": bg.Prior("HalfNormal", sigma=0.5),
            },
        },
    ),
}
"""Models that are in none of the structures."""


def _made(name: str, structure: str, spec: ModelSpec) -> Case:
    rows = make_rows()
    model = bg.Model(spec, rows.assign(y=possible_responses(spec, len(rows))))
    return Case(name, spec.family.name, structure, model)
