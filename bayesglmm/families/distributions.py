"""The table of prior distributions: their arguments, draws, densities and changes of scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.families import prior_density

RANGES = {"positive": (0.0, np.inf), "unit": (0.0, 1.0), "one to two": (1.0, 2.0)}
"""Supports of numbers that end somewhere, and where."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """A row of the table of prior distributions.

    Attributes
    ----------
    name : str
        The name of the PyMC distribution.
    support : str
        ``"real"``, ``"correlation"`` or one of `RANGES`.
    arguments : dict
        Argument names, with defaults where there is one (else None: must be given).
    scaled : dict
        For each argument, the power of c that multiplies it when the parameter is multiplied by c.
    positive : tuple of str
        Arguments that must be above 0.
    draw : callable
        (rng, arguments, size) to independent draws; for LKJ see `draw_correlations`.
    width : dict
        For each argument, the power of c that makes the prior c times as wide about its location.
    log_density : callable
        (parameter, arguments) to the log density, normalised but for LKJ, which takes a Cholesky
        factor, and for flat ones, which cannot be.
    also : callable
        Arguments to the other supports that it may have.
    proper : bool
        Whether it has a density that integrates to 1.
    joint : bool
        Whether it is of all slopes together; see `shrinkage`.
    """

    name: str
    support: str
    arguments: dict[str, float | None]
    scaled: dict[str, int]
    positive: tuple[str, ...]
    draw: Callable[[np.random.Generator, Mapping[str, float], Any], Any]
    width: dict[str, int]
    log_density: Callable[[Any, Mapping[str, float]], Any]
    also: Callable[[Mapping[str, float]], tuple[str, ...]] = lambda a: ()
    proper: bool = True
    joint: bool = False


def _gamma(rng: np.random.Generator, a: Mapping[str, float], size: Any) -> Any:
    return rng.gamma(a["alpha"], 1 / a["beta"], size)


def _student(rng: np.random.Generator, a: Mapping[str, float], size: Any) -> Any:
    return a.get("mu", 0.0) + a["sigma"] * rng.standard_t(a["nu"], size)


def _cauchy(rng: np.random.Generator, a: Mapping[str, float], size: Any) -> Any:
    return a.get("alpha", 0.0) + a["beta"] * rng.standard_cauchy(size)


def _within(a: Mapping[str, float]) -> tuple[str, ...]:
    """Supports that bounds lie in."""
    ends = RANGES.items()
    return tuple(name for name, (low, high) in ends if low <= a["lower"] and a["upper"] <= high)


def _improper(rng: np.random.Generator, a: Mapping[str, float], size: Any) -> Any:
    raise ValueError("A flat prior cannot be drawn from.")


def _of_many(*_: Any) -> Any:
    raise ValueError("A joint prior is drawn for all slopes together; see shrinkage.")


DISTRIBUTIONS: tuple[Distribution, ...] = (
    Distribution(
        "Normal",
        "real",
        {"mu": 0.0, "sigma": None},
        {"mu": 1, "sigma": 1},
        ("sigma",),
        lambda rng, a, size: rng.normal(a["mu"], a["sigma"], size),
        {"sigma": 1},
        prior_density.normal,
    ),
    Distribution(
        "StudentT",
        "real",
        {"nu": None, "mu": 0.0, "sigma": None},
        {"mu": 1, "sigma": 1},
        ("nu", "sigma"),
        _student,
        {"sigma": 1},
        prior_density.student,
    ),
    Distribution(
        "Cauchy",
        "real",
        {"alpha": 0.0, "beta": None},
        {"alpha": 1, "beta": 1},
        ("beta",),
        _cauchy,
        {"beta": 1},
        prior_density.cauchy,
    ),
    Distribution(
        "Laplace",
        "real",
        {"mu": 0.0, "b": None},
        {"mu": 1, "b": 1},
        ("b",),
        lambda rng, a, size: rng.laplace(a["mu"], a["b"], size),
        {"b": 1},
        prior_density.laplace,
    ),
    Distribution(
        "HalfNormal",
        "positive",
        {"sigma": None},
        {"sigma": 1},
        ("sigma",),
        lambda rng, a, size: np.abs(rng.normal(0.0, a["sigma"], size)),
        {"sigma": 1},
        prior_density.half_normal,
    ),
    Distribution(
        "HalfStudentT",
        "positive",
        {"nu": None, "sigma": None},
        {"sigma": 1},
        ("nu", "sigma"),
        lambda rng, a, size: np.abs(_student(rng, a, size)),
        {"sigma": 1},
        prior_density.half_student,
    ),
    Distribution(
        "HalfCauchy",
        "positive",
        {"beta": None},
        {"beta": 1},
        ("beta",),
        lambda rng, a, size: np.abs(_cauchy(rng, a, size)),
        {"beta": 1},
        prior_density.half_cauchy,
    ),
    Distribution(
        "Exponential",
        "positive",
        {"lam": None},
        {"lam": -1},
        ("lam",),
        lambda rng, a, size: rng.exponential(1 / a["lam"], size),
        {"lam": -1},
        prior_density.exponential,
    ),
    Distribution(
        "Gamma",
        "positive",
        {"alpha": None, "beta": None},
        {"beta": -1},
        ("alpha", "beta"),
        _gamma,
        {"alpha": -2, "beta": -2},
        prior_density.gamma,
    ),
    Distribution(
        "InverseGamma",
        "positive",
        {"alpha": None, "beta": None},
        {"beta": 1},
        ("alpha", "beta"),
        lambda rng, a, size: 1 / _gamma(rng, a, size),
        {"beta": 1},
        prior_density.inverse_gamma,
    ),
    Distribution(
        "LogNormal",
        "positive",
        {"mu": None, "sigma": None},
        {},
        ("sigma",),
        lambda rng, a, size: rng.lognormal(a["mu"], a["sigma"], size),
        {"sigma": 1},
        prior_density.log_normal,
    ),
    Distribution(
        "Beta",
        "unit",
        {"alpha": None, "beta": None},
        {},
        ("alpha", "beta"),
        lambda rng, a, size: rng.beta(a["alpha"], a["beta"], size),
        {"alpha": -2, "beta": -2},
        prior_density.beta,
    ),
    Distribution(
        "Uniform",
        "real",
        {"lower": None, "upper": None},
        {"lower": 1, "upper": 1},
        (),
        lambda rng, a, size: rng.uniform(a["lower"], a["upper"], size),
        {},
        prior_density.uniform,
        also=_within,
    ),
    Distribution("Flat", "real", {}, {}, (), _improper, {}, prior_density.flat, proper=False),
    Distribution(
        "HalfFlat", "positive", {}, {}, (), _improper, {}, prior_density.half_flat, proper=False
    ),
    Distribution(
        "R2D2",
        "real",
        {"mean": 0.5, "precision": 2.0, "concentration": 0.5, "scale": 1.0},
        {"scale": 1},
        ("mean", "precision", "concentration", "scale"),
        _of_many,
        {"scale": 1},
        _of_many,
        joint=True,
    ),
    Distribution(
        "Horseshoe",
        "real",
        {"expected": None, "slab": 2.0, "df": 4.0, "scale": 1.0},
        {"scale": 1},
        ("expected", "slab", "df", "scale"),
        _of_many,
        {"scale": 1},
        _of_many,
        joint=True,
    ),
    Distribution(
        "LKJ",
        "correlation",
        {"eta": None},
        {},
        ("eta",),
        lambda rng, a, size: draw_correlations(rng, a["eta"], *size),
        {"eta": -1},
        prior_density.lkj,
    ),
)


def draw_correlations(rng: np.random.Generator, eta: float, count: int, q: int) -> Any:
    """Cholesky factors of correlation matrices with the LKJ distribution.

    Parameters
    ----------
    rng : numpy.random.Generator
    eta : float
    count : int
    q : int
        Number of columns.

    Returns
    -------
    array of shape (count, q, q)
        Lower triangular, rows of length 1. By partial correlations: Lewandowski, Kurowicka & Joe
        (2009), Journal of Multivariate Analysis 100(9), section 2.4.
    """
    factor = np.zeros((count, q, q))
    left = np.ones((count, q))  # of each row's length 1, squared
    for column in range(q - 1):
        shape = eta + (q - 2 - column) / 2
        partial = 2 * rng.beta(shape, shape, size=(count, q - 1 - column)) - 1
        below = left[:, column + 1 :]
        factor[:, column, column] = np.sqrt(left[:, column])
        factor[:, column + 1 :, column] = partial * np.sqrt(below)
        left[:, column + 1 :] = below * (1 - np.square(partial))
    factor[:, q - 1, q - 1] = np.sqrt(left[:, q - 1])
    return factor
