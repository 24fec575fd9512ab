"""Models and data on which two samplers are compared: each is hard in its own way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

import bayesglmm as bg
from bayesglmm.spec.model import ModelSpec

type Given = tuple[ModelSpec, pd.DataFrame]

NO_SPREAD = 1e-12
"""Stands for a standard deviation of 0, which `simulate` does not take."""


@dataclass(frozen=True, slots=True)
class Case:
    """A model with its data.

    Attributes
    ----------
    name : str
    make : callable
        Gives spec and data. The spec's form of the group terms, centred or not, is that in which
        the sampler of the graph converges; the default engine does not look at it.
    """

    name: str
    make: Callable[[], Given]


def rows(groups: int, size: int, seed: int) -> pd.DataFrame:
    """Rows of a balanced design with one covariate."""
    x = np.random.default_rng(seed).normal(size=groups * size)
    return pd.DataFrame({"x": x, "g": np.repeat(np.arange(groups), size)})


def data_rich() -> Given:
    """Counts, 60 a group: the effects of the groups are known far better than their mean."""
    spec = bg.specify("y ~ x + (1 | g)", family="poisson", centered=True)
    truth = {"Intercept": 1.0, "x": 0.3, "1|g_sigma": 0.5}
    return spec, bg.simulate(spec, rows(50, 60, 1), truth, seed=101).data


def data_poor() -> Given:
    """Two binary responses a patient, and a standard deviation of the patients of about 5."""
    spec = bg.specify(
        "outcome ~ trt * period + (1 | ID)",
        family="bernoulli",
        labels={
            "outcome": {0: "normal", 1: "abnormal"},
            "trt": {0: "placebo", 1: "active"},
            "period": {0: "first", 1: "second"},
        },
        priors={
            "slopes": bg.Prior("Normal", mu=0, sigma=2.5),
            "ID": bg.Prior("HalfNormal", sigma=5),
        },
        centered=False,
    )
    return spec, bg.datasets.load("crossover")


def boundary_counts() -> Given:
    """Counts whose groups do not differ: the standard deviation is pressed against 0."""
    spec = bg.specify(
        "y ~ x + (1 | g)",
        family="poisson",
        priors={"g": bg.Prior("HalfNormal", sigma=1)},
        centered=False,
    )
    truth = {"Intercept": 0.7, "x": 0.3, "1|g_sigma": NO_SPREAD}
    return spec, bg.simulate(spec, rows(20, 8, 2), truth, seed=102).data


def boundary_gaussian() -> Given:
    """The same with a Gaussian response, whose residual standard deviation is unknown too."""
    spec = bg.specify(
        "y ~ x + (1 | g)", priors={"g": bg.Prior("HalfNormal", sigma=1)}, centered=False
    )
    truth = {"Intercept": 0.7, "x": 0.3, "1|g_sigma": NO_SPREAD, "sigma": 1.0}
    return spec, bg.simulate(spec, rows(12, 6, 3), truth, seed=103).data


def separated() -> Given:
    """All responses are 1 where `s` is 1: only its prior holds the coefficient."""
    spec = bg.specify(
        "y ~ s + x + (1 | g)",
        family="bernoulli",
        priors={"slopes": bg.Prior("Normal", mu=0, sigma=2.5)},
        centered=False,
    )
    data = rows(15, 10, 4)
    data["s"] = np.random.default_rng(5).integers(0, 2, size=len(data))
    truth = {"Intercept": -0.3, "s": 0.0, "x": 0.5, "1|g_sigma": 0.7}
    data = bg.simulate(spec, data, truth, seed=104).data
    data.loc[data["s"] == 1, "y"] = 1
    return spec, data


def one_row_a_group() -> Given:
    """Counts with more than Poisson variance: an effect for every row."""
    spec = bg.specify("y ~ x + (1 | g)", family="poisson", centered=False)
    truth = {"Intercept": 1.0, "x": 0.3, "1|g_sigma": 0.6}
    return spec, bg.simulate(spec, rows(100, 1, 6), truth, seed=105).data


def correlated_slopes() -> Given:
    """Intercepts and slopes of few groups: a correlation that the data say little about."""
    spec = bg.specify("y ~ x + (1 + x | g)", centered=False)
    truth = {
        "Intercept": 1.0,
        "x": 0.5,
        "1|g_sigma": 0.8,
        "x|g_sigma": 0.4,
        "1+x|g_cor[1, x]": 0.5,
        "sigma": 1.0,
    }
    return spec, bg.simulate(spec, rows(15, 8, 7), truth, seed=106).data


def crossed() -> Given:
    """Binary responses, every person with every item."""
    spec = bg.specify("y ~ x + (1 | g) + (1 | h)", family="bernoulli", centered=False)
    data = rows(20, 15, 8)
    data["h"] = np.tile(np.arange(15), 20)
    truth = {"Intercept": 0.3, "x": 0.5, "1|g_sigma": 1.0, "1|h_sigma": 0.6}
    return spec, bg.simulate(spec, data, truth, seed=107).data


def negative_binomial() -> Given:
    """Counts with a shape that trades against the spread of the groups."""
    spec = bg.specify("y ~ x + (1 | g)", family="negative_binomial", centered=False)
    truth = {"Intercept": 1.0, "x": 0.3, "1|g_sigma": 0.5, "alpha": 2.0}
    return spec, bg.simulate(spec, rows(20, 15, 9), truth, seed=108).data


CASES = (
    Case("data-rich", data_rich),
    Case("data-poor binary", data_poor),
    Case("boundary, Poisson", boundary_counts),
    Case("boundary, Gaussian", boundary_gaussian),
    Case("separated binary", separated),
    Case("one row a group", one_row_a_group),
    Case("correlated slopes", correlated_slopes),
    Case("crossed binary", crossed),
    Case("negative binomial", negative_binomial),
)
