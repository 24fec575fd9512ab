"""Prior distributions: a name, its arguments, and how it behaves under a change of scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bayesglmm.errors import SpecError, unknown
from bayesglmm.families.distributions import DISTRIBUTIONS, RANGES, Distribution

_BY_NAME = {row.name: row for row in DISTRIBUTIONS}

POWERS = {"": 1, "zero": 1, "variance": 2, "precision": -2}
"""What of a parameter a prior may be of, and the power of the parameter that this is."""


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

    Attributes
    ----------
    of : str
        What of the parameter it is the prior of: empty for itself, ``"variance"`` or
        ``"precision"`` of a standard deviation, ``"zero"`` for an intercept where all columns are
        0; see `Variance`, `Precision` and `AtZero`.

    Examples
    --------
    >>> Prior("Normal", mu=0, sigma=2.5)
    Prior("Normal", mu=0, sigma=2.5)
    """

    name: str
    arguments: tuple[tuple[str, float], ...]
    of: str

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
        numbers = tuple((key, _number(name, row, key, values[key])) for key in values)
        _check_bounds(name, dict(numbers))
        for field, value in (("name", name), ("arguments", numbers), ("of", "")):
            object.__setattr__(self, field, value)

    @property
    def support(self) -> str:
        """The support that the distribution has by itself, such as ``"positive"``."""
        return _BY_NAME[self.name].support

    @property
    def supports(self) -> tuple[str, ...]:
        """Those of the parameters that it may be the prior of: a Uniform goes by its bounds."""
        row = _BY_NAME[self.name]
        return (row.support, *row.also(dict(self.arguments)))

    @property
    def joint(self) -> bool:
        """Whether it is of all slopes together, such as R2D2 and the horseshoe."""
        return _BY_NAME[self.name].joint

    @property
    def proper(self) -> bool:
        """Whether it can be drawn from."""
        return _BY_NAME[self.name].proper

    def has_walls(self, support: str) -> bool:
        """Whether it ends at bounds inside of where its parameter may lie.

        Parameters
        ----------
        support : str
            Of the parameter.

        Returns
        -------
        bool
        """
        bounds = tuple(dict(self.arguments).values())
        return self.name == "Uniform" and bounds != RANGES.get(support)

    @property
    def power(self) -> int:
        """The power of the parameter that has the distribution."""
        return POWERS[self.of]

    def about(self, of: str) -> Prior:
        """The same distribution of something else of the parameter.

        Parameters
        ----------
        of : str
            A key of `POWERS`.

        Returns
        -------
        Prior
        """
        made = Prior(self.name, **dict(self.arguments))
        object.__setattr__(made, "of", of)
        return made

    def draw(self, rng: np.random.Generator, size: Any) -> Any:
        """Independent draws.

        Parameters
        ----------
        rng : numpy.random.Generator
        size : int or tuple
            Shape of the answer; for LKJ the number of draws and of columns, see
            `distributions.draw_correlations`.

        Returns
        -------
        array

        Raises
        ------
        ValueError
            If the prior is not proper.
        """
        drawn = _BY_NAME[self.name].draw(rng, dict(self.arguments), size)
        return drawn if self.power == 1 else drawn ** (1 / self.power)

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
        powers, scale = _BY_NAME[self.name].scaled, factor**self.power
        changed = {key: value * scale ** powers.get(key, 0) for key, value in self.arguments}
        if self.name == "LogNormal":
            changed["mu"] += float(np.log(scale))
        return Prior(self.name, **changed).about(self.of)

    def widened(self, factor: float, support: str = "real") -> Prior:
        """The prior made wider about its own location.

        Parameters
        ----------
        factor : float
            Above 1 for wider, below for narrower. A Gamma and a Beta keep their means; of a
            LogNormal the logarithm is spread; of LKJ, eta is divided; a Uniform from 0 keeps that
            end, another its middle. Of a variance or precision, that is made wider.
        support : str
            Where the parameter may lie; a Uniform stays inside.

        Returns
        -------
        Prior
        """
        powers, changed = _BY_NAME[self.name].width, dict(self.arguments)
        if self.name == "Uniform":
            changed = _stretched(changed["lower"], changed["upper"], factor, support)
        changed = {key: value * factor ** powers.get(key, 0) for key, value in changed.items()}
        return Prior(self.name, **changed).about(self.of)

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
        row, power = _BY_NAME[self.name], self.power
        if power == 1:
            return row.log_density(values, dict(self.arguments))
        density = row.log_density(values**power, dict(self.arguments))
        return density + np.log(abs(power)) + (power - 1) * np.log(values)

    def __repr__(self) -> str:
        return self.code(".4g")

    def code(self, digits: str = "", before: str = "") -> str:
        """The prior as Python writes it.

        Parameters
        ----------
        digits : str
            Format of the arguments; all of their digits where left out.
        before : str
            In front of each name, such as ``"bg."``.

        Returns
        -------
        str
        """
        shown = [
            f"{key}={format(value, digits) if digits else repr(value)}"
            for key, value in self.arguments
        ]
        made = f"{before}Prior({', '.join([f'"{self.name}"', *shown])})"
        return f"{before}{_MAKERS[self.of]}({made})" if self.of else made

    def __str__(self) -> str:
        arguments = ", ".join(f"{key} = {value:.4g}" for key, value in self.arguments)
        said = f"{self.name}({arguments})" if arguments else self.name
        return f"{said} of the {self.of}" if self.power != 1 else said


_MAKERS = {"variance": "Variance", "precision": "Precision", "zero": "AtZero"}


def Variance(prior: Prior) -> Prior:  # noqa: N802
    """A prior of the variance that a standard deviation is the root of.

    Parameters
    ----------
    prior : Prior
        Of a positive number, such as ``Prior("InverseGamma", alpha=1, beta=1)``.

    Returns
    -------
    Prior
        For ``priors=``, of a group's standard deviation or of a residual's.

    Raises
    ------
    SpecError
        If `prior` is none of a positive number.
    """
    return _of_power(prior, "variance")


def Precision(prior: Prior) -> Prior:  # noqa: N802
    """A prior of the precision, 1 over the variance, of a standard deviation.

    Parameters
    ----------
    prior : Prior
        Of a positive number, such as ``Prior("Gamma", alpha=1, beta=1)``.

    Returns
    -------
    Prior
        As from `Variance`.

    Raises
    ------
    SpecError
        If `prior` is none of a positive number.
    """
    return _of_power(prior, "precision")


def AtZero(prior: Prior) -> Prior:  # noqa: N802
    """A prior of the intercept where all columns are 0, instead of at their means.

    Parameters
    ----------
    prior : Prior
        Of any number.

    Returns
    -------
    Prior
        For the key ``"Intercept"`` of ``priors=``.

    Raises
    ------
    SpecError
        If `prior` is no prior of a real number.
    """
    if not isinstance(prior, Prior) or prior.of or "real" not in prior.supports:
        raise SpecError(
            f"AtZero takes the prior of an intercept, not {prior!r}. "
            "Write AtZero(Prior('Normal', mu=0, sigma=10)), say."
        )
    return prior.about("zero")


def _of_power(prior: Prior, of: str) -> Prior:
    if not isinstance(prior, Prior) or prior.of or "positive" not in prior.supports:
        example = {"variance": "InverseGamma", "precision": "Gamma"}[of]
        raise SpecError(
            f"{_MAKERS[of]} takes a prior of a positive number, not {prior!r}. "
            f"Write {_MAKERS[of]}(Prior('{example}', alpha=1, beta=1)), say."
        )
    return prior.about(of)


def _stretched(lower: float, upper: float, factor: float, support: str) -> dict[str, float]:
    """Bounds of a uniform prior made wider, inside its parameter's support."""
    half = (upper - lower) / 2 * factor
    middle = half if lower == 0 else (upper + lower) / 2
    least, most = RANGES.get(support, (-np.inf, np.inf))
    return {"lower": max(middle - half, least), "upper": min(middle + half, most)}


def _check_bounds(name: str, numbers: dict[str, float]) -> None:
    if name == "R2D2" and numbers["mean"] >= 1:
        raise SpecError(
            f"mean of the R2D2 prior is that of a share of variance, below 1, not "
            f"{numbers['mean']:g}. Write Prior('R2D2', mean=0.5), say."
        )
    if name == "Uniform" and numbers["lower"] >= numbers["upper"]:
        raise SpecError(
            f"The Uniform prior has lower={numbers['lower']:g}, which is not below "
            f"upper={numbers['upper']:g}. Write Prior('Uniform', lower=0, upper=10), say."
        )


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
