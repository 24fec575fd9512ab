"""One mixed model of each family, and of formulas beside the mean; priors say what is possible.

Every prior is given, so that none looks at the data, and all are narrow enough that counts stay
moderate and no data are drawn from which nothing can be learnt.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

import bayesglmm as bg
from bayesglmm.spec.model import ModelSpec

GROUPS = 12
SIZE = 12
"""Rows of a group."""

COMMON = {
    "Intercept": bg.Prior("Normal", mu=0.5, sigma=0.7),
    "slopes": bg.Prior("Normal", mu=0, sigma=0.5),
    "sd": bg.Prior("HalfNormal", sigma=0.6),
}
CORRELATED = {**COMMON, "x|g": bg.Prior("HalfNormal", sigma=0.3), "cor": bg.Prior("LKJ", eta=2)}
"""The tail of the slopes' sd is light: an exponential prior draws counts of 10^8 now and then."""

SPREAD = {
    "Intercept": bg.Prior("Normal", mu=0, sigma=0.5),
    "slopes": bg.Prior("Normal", mu=0, sigma=0.5),
    "sd": bg.Prior("HalfNormal", sigma=0.5),
}
"""Of the formula of a parameter beside the mean."""

SPECS: tuple[ModelSpec, ...] = (
    bg.specify(
        "y ~ x + (1 + x | g)",
        family="gaussian",
        priors={**CORRELATED, "sigma": bg.Prior("Exponential", lam=1)},
    ),
    bg.specify("y ~ x + (1 | g)", family="bernoulli", priors=COMMON),
    bg.specify("p(y, n) ~ x + (1 | g)", family="binomial", priors=COMMON),
    bg.specify("y ~ x + (1 + x | g)", family="poisson", exposure="time", priors=CORRELATED),
    bg.specify(
        "y ~ x + (1 | g)",
        family="negative_binomial",
        exposure="time",
        priors={**COMMON, "alpha": bg.Prior("Gamma", alpha=4, beta=1)},
    ),
    bg.specify(
        "y ~ x + (1 | g)",
        sigma="~ time + (1 | g)",
        priors={**COMMON, "sigma": SPREAD},
        title="gaussian, sigma by time and group",
    ),
    bg.specify(
        "y ~ x + (1 + x |p| g)",
        sigma="~ time + (1 |p| g)",
        priors={**CORRELATED, "sigma": SPREAD},
        title="gaussian, effects on mean and sigma correlated",
    ),
    bg.specify(
        "y ~ x + (1 | g)",
        family="negative_binomial",
        alpha="~ time",
        priors={
            **COMMON,
            "alpha": {
                "Intercept": bg.Prior("Normal", mu=1, sigma=0.7),
                "slopes": bg.Prior("Normal", mu=0, sigma=0.5),
            },
        },
        title="negative_binomial, alpha by time",
    ),
)


def called(spec: ModelSpec) -> str:
    """What the study calls a model."""
    return spec.title or spec.family.name


def make_rows() -> pd.DataFrame:
    """The right-hand sides, the same in every replication.

    The mean of the covariate is not 0, so that the intercept of the prior, at the mean of the
    columns, is not that of the table.
    """
    rng = np.random.default_rng(20)
    n = GROUPS * SIZE
    return pd.DataFrame(
        {
            "x": rng.normal(0.8, 1.0, size=n),
            "g": np.repeat(np.arange(GROUPS), SIZE),
            "n": rng.integers(1, 9, size=n),
            "time": rng.uniform(0.5, 3.0, size=n),
        }
    )
