"""Prior distributions: a name, its arguments, and how it behaves under a change of scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families import prior_density


@dataclass(frozen=True, slots=True)
class Distribution:
    """A row of the table of prior distributions.

    Attributes
    ----------
    name : str
        The name of the PyMC distribution.
    support : str
        ``"real"``, ``"positive"``, ``"unit"`` (between 0 and 1) or ``"correlation"``.
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
        factor.
    """

    name: str
    support: str
    arguments: dict[str, float | None]
    scaled: dict[str, int]
    positive: tuple[str, ...]
    draw: Callable[[np.random.Generator, Mapping[str, float], Any], Any]
    width: dict[str, int]
    log_density: Callable[[Any, Mapping[str, float]], Any]


def _gamma(rng: np.random.Generator, a: Mapping[str, float], size: Any) -> Any:
    return rng.gamma(a["alpha"], 1 / a["beta"], size)


def _student(rng: np.random.Generator, a: Mapping[str, float], size: Any) -> Any:
    return a.get("mu", 0.0) + a["sigma"] * rng.standard_t(a["nu"], size)


def _cauchy(rng: np.random.Generator, a: Mapping[str, float], size: Any) -> Any:
    return a.get("alpha", 0.0) + a["beta"] * rng.standard_cauchy(size)


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

_BY_NAME = {row.name: row for row in DISTRIBUTIONS}


@dataclass(frozen=True, slots=True, init=False)
class Prior:
    """A prior distribution, in PyMC's names and arguments.

    Parameters
    ----------
    name : str
        Such as ``"Normal"``, ``"HalfNormal"`` or ``"LKJ"``.
    **arguments : float
        Such as ``mu=0, sigma=2.5``, on the scale of the parameter (the link scale for
        coefficients and group standard deviations).

    Raises
    ------
    SpecError
        If the distribution or an argument is unknown, missing, or out of range.

    Examples
    --------
    >>> Prior("Normal", mu=0, sigma=2.5)
    Prior("Normal", mu=0, sigma=2.5)
    """

    name: str
    arguments: tuple[tuple[str, float], ...]

    def __init__(self, name: str, **arguments: float) -> None:
        if name not in _BY_NAME:
            raise SpecError(unknown("prior", str(name), _BY_NAME))
        row = _BY_NAME[name]
        for key in arguments:
            if key not in row.arguments:
                raise SpecError(unknown(f"argument of the {name} prior:", key, row.arguments))
        values = {key: arguments.get(key, default) for key, default in row.arguments.items()}
        missing = [key for key, value in values.items() if value is None]
        if missing:
            example = ", ".join(f"{key}=..." for key in row.arguments)
            raise SpecError(
                f"The {name} prior needs {' and '.join(missing)}. Write Prior('{name}', {example})."
            )
        object.__setattr__(self, "name", name)
        object.__setattr__(
            self, "arguments", tuple((key, _number(name, row, key, values[key])) for key in values)
        )

    @property
    def support(self) -> str:
        """``"real"``, ``"positive"``, ``"unit"`` or ``"correlation"``."""
        return _BY_NAME[self.name].support

    def draw(self, rng: np.random.Generator, size: Any) -> Any:
        """Independent draws.

        Parameters
        ----------
        rng : numpy.random.Generator
        size : int or tuple
            Shape of the answer; for LKJ the number of draws and of columns, see
            `draw_correlations`.

        Returns
        -------
        array
        """
        return _BY_NAME[self.name].draw(rng, dict(self.arguments), size)

    def times(self, factor: float) -> Prior:
        """The prior of the parameter multiplied by a positive factor.

        Parameters
        ----------
        factor : float
            Above 0.

        Returns
        -------
        Prior
        """
        powers = _BY_NAME[self.name].scaled
        changed = {key: value * factor ** powers.get(key, 0) for key, value in self.arguments}
        if self.name == "LogNormal":
            changed["mu"] += float(np.log(factor))
        return Prior(self.name, **changed)

    def widened(self, factor: float) -> Prior:
        """The prior made wider about its own location.

        Parameters
        ----------
        factor : float
            Above 1 for wider, below for narrower. A Gamma and a Beta keep their means; of a
            LogNormal the logarithm is spread; of LKJ, eta is divided.

        Returns
        -------
        Prior
        """
        powers = _BY_NAME[self.name].width
        changed = {key: value * factor ** powers.get(key, 0) for key, value in self.arguments}
        return Prior(self.name, **changed)

    def log_density(self, values: Any) -> Any:
        """Log density of a parameter, on its natural scale.

        Parameters
        ----------
        values : array
            For LKJ, Cholesky factors of shape (..., q, q).

        Returns
        -------
        array
            Of the same shape, or (...) for LKJ, whose normalising constant is left out.
        """
        return _BY_NAME[self.name].log_density(values, dict(self.arguments))

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value:.4g}" for key, value in self.arguments)
        return f'Prior("{self.name}", {arguments})'

    def __str__(self) -> str:
        arguments = ", ".join(f"{key} = {value:.4g}" for key, value in self.arguments)
        return f"{self.name}({arguments})"


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


def _number(name: str, row: Distribution, key: str, value: Any) -> float:
    """A finite argument, positive where it has to be."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise SpecError(f"{key} of the {name} prior must be a number, not {value!r}.") from None
    if not np.isfinite(number) or (key in row.positive and number <= 0):
        wanted = "a number above 0" if key in row.positive else "a finite number"
        raise SpecError(f"{key} of the {name} prior must be {wanted}, not {value!r}.")
    return number
