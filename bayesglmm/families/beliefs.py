"""Priors in the analyst's own units: what is believed, solved to a prior of the parameter.

Each belief says what holds with which probability, so that the sentence and the prior cannot
disagree. A range holds for 90 % of the prior unless the belief says otherwise.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar, Protocol

import numpy as np

from bayesglmm.errors import SpecError
from bayesglmm.families.link import Link
from bayesglmm.families.measure import Measure
from bayesglmm.families.prior import Prior
from bayesglmm.tables.english import plural

MASS = 0.9
"""Prior probability of a range."""

END = NormalDist().inv_cdf((1 + MASS) / 2)
"""Standard deviations from the middle of a normal distribution to either end of such a range."""

SURE = 0.95
"""Prior probability that groups differ no more than is said."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a belief holds: what makes numbers of the analyst's those of a linear predictor.

    Attributes
    ----------
    link : Link
    measure : Measure
        What its coefficients are reported as.
    per : float
        Units of exposure that the analyst's rates are per; 1 without an exposure.
    baseline : str
        What the mean is called, such as ``"rate per 100,000 births"``.
    """

    link: Link
    measure: Measure
    per: float = 1.0
    baseline: str = "mean"


class Belief(Protocol):
    """Something believed of a parameter.

    Attributes
    ----------
    classes : tuple of str
        Classes of parameters, as in prior rules, that it may be believed of.
    """

    classes: ClassVar[tuple[str, ...]]

    @property
    def arguments(self) -> dict[str, float]:
        """Numbers by the names of the constructor."""

    def prior(self, scale: Scale) -> Prior:
        """The prior that says the same; SpecError where the link does not fit."""

    def sentence(self, scale: Scale) -> str:
        """The belief in words."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """90 % of baseline rates, probabilities or means lie in a range, before the data are seen.

    The baseline is that of the tables: factors at their reference, columns of numbers at 0.

    Parameters
    ----------
    lower, upper : float
        On the response scale; rates per ``per=`` units of exposure.

    Examples
    --------
    >>> Baseline(5, 60)
    Baseline(lower=5, upper=60)
    """

    lower: float
    upper: float
    classes: ClassVar[tuple[str, ...]] = ("intercept",)

    def __post_init__(self) -> None:
        _check_range(self)

    @property
    def arguments(self) -> dict[str, float]:
        """Lower and upper."""
        return {"lower": self.lower, "upper": self.upper}

    def prior(self, scale: Scale) -> Prior:
        """A normal on the link scale with 5 % beyond either end."""
        ends = [_linked(self, scale, value) for value in (self.lower, self.upper)]
        return _between(*sorted(ends)).about("zero")

    def sentence(self, scale: Scale) -> str:
        """Such as ``"90 % of baseline rates per 100,000 births lie between 5 and 60"``."""
        what, _, per = scale.baseline.partition(" per ")
        return f"90 % of baseline {_plural(what)}{f' per {per}' if per else ''} {_range(self)}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """90 % of rate, odds, hazard or mean ratios lie in a range, for one unit or for a level.

    Parameters
    ----------
    lower, upper : float
        Above 0.
    """

    lower: float
    upper: float
    classes: ClassVar[tuple[str, ...]] = ("slope",)

    def __post_init__(self) -> None:
        _check_range(self, above=0.0)

    @property
    def arguments(self) -> dict[str, float]:
        """Lower and upper."""
        return {"lower": self.lower, "upper": self.upper}

    def prior(self, scale: Scale) -> Prior:
        """A normal of the logarithm with 5 % beyond either end."""
        _need_ratio(self, scale, "Difference(-5, 5)" if scale.link.linear else NORMAL)
        return _between(math.log(self.lower), math.log(self.upper))

    def sentence(self, scale: Scale) -> str:
        """Such as ``"90 % of odds ratios lie between 0.2 and 5"``."""
        return f"90 % of {_plural(scale.measure.long)} {_range(self)}"


@dataclass(frozen=True, slots=True)
class Difference:
    """90 % of differences in means lie in a range, for one unit or for a level.

    Parameters
    ----------
    lower, upper : float
    """

    lower: float
    upper: float
    classes: ClassVar[tuple[str, ...]] = ("slope",)

    def __post_init__(self) -> None:
        _check_range(self)

    @property
    def arguments(self) -> dict[str, float]:
        """Lower and upper."""
        return {"lower": self.lower, "upper": self.upper}

    def prior(self, scale: Scale) -> Prior:
        """A normal with 5 % beyond either end."""
        if not scale.link.linear:
            instead = "Ratio(0.2, 5)" if scale.measure.ratio else NORMAL
            raise SpecError(
                f"{code(self)} is a difference of means, but under the {scale.link.name} link a "
                f"coefficient is none. Write {instead}, say."
            )
        return _between(self.lower / scale.per, self.upper / scale.per)

    def sentence(self, scale: Scale) -> str:
        """Such as ``"90 % of differences in means lie between -5 and 5"``."""
        per = scale.baseline.partition(" per ")[2]
        what = f"{_plural(scale.measure.long)}{f' per {per}' if per else ''}"
        return f"90 % of {what} {_range(self)}"


@dataclass(frozen=True, slots=True)
class Spread:
    """Groups differ by up to a factor: the middle 90 % of them span no more, with probability 95 %.

    The 95th percentile of groups with standard deviation tau is ``exp(2 * 1.645 * tau)`` times the
    5th; tau is half-normal with 95 % of its mass where that is at most `factor`.

    Parameters
    ----------
    factor : float
        Above 1.
    """

    factor: float
    classes: ClassVar[tuple[str, ...]] = ("sd",)

    def __post_init__(self) -> None:
        _plain(self)
        if not _number(self.factor) > 1:
            raise SpecError(
                f"{code(self)}: the factor by which groups differ is above 1. Write Spread(3), say."
            )

    @property
    def arguments(self) -> dict[str, float]:
        """The factor."""
        return {"factor": self.factor}

    def prior(self, scale: Scale) -> Prior:
        """A half-normal of the standard deviation."""
        _need_ratio(self, scale, "Prior('HalfNormal', sigma=2)")
        largest = math.log(self.factor) / (2 * END)
        return Prior("HalfNormal", sigma=largest / NormalDist().inv_cdf((1 + SURE) / 2))

    def sentence(self, scale: Scale) -> str:
        """Such as ``"the middle 90 % of groups differ by a factor of 3 at most, ..."``."""
        return (
            f"the middle 90 % of groups differ by a factor of at most {self.factor:g} "
            f"({scale.measure.of}), with probability 95 %"
        )


@dataclass(frozen=True, slots=True)
class PC:
    """A standard deviation lies above a bound with a small probability: the PC prior.

    Simpson, Rue, Riebler, Martins & Sørbye (2017), Statistical Science 32(1), section 3.3: an
    exponential with rate ``-log(probability) / upper``, which falls off from no difference at all.

    Parameters
    ----------
    upper : float
        Of the standard deviation, on its own scale; above 0.
    probability : float
        That it is above that.
    """

    upper: float
    probability: float = 0.05
    classes: ClassVar[tuple[str, ...]] = ("sd", "number")

    def __post_init__(self) -> None:
        _plain(self)
        if not (_number(self.upper) > 0 and 0 < _number(self.probability) < 1):
            raise SpecError(
                f"{code(self)}: a bound above 0 is passed with a probability between 0 and 1. "
                "Write PC(1, 0.05), say."
            )

    @property
    def arguments(self) -> dict[str, float]:
        """Bound and probability."""
        return {"upper": self.upper, "probability": self.probability}

    def prior(self, scale: Scale) -> Prior:
        """An exponential."""
        return Prior("Exponential", lam=-math.log(self.probability) / self.upper)

    def sentence(self, scale: Scale) -> str:
        """Such as ``"above 1 with probability 5 %"``."""
        return f"above {self.upper:g} with probability {100 * self.probability:g} %"


NORMAL = "Prior('Normal', mu=0, sigma=1)"
"""What to write for a coefficient of a link that no belief fits."""

BELIEFS: dict[str, type[Any]] = {
    "Baseline": Baseline,
    "Ratio": Ratio,
    "Difference": Difference,
    "Spread": Spread,
    "PC": PC,
}
"""Every belief by its name."""


def is_belief(given: Any) -> bool:
    """Whether something given as a prior is a belief."""
    return type(given).__name__ in BELIEFS and hasattr(given, "sentence")


def code(belief: Belief) -> str:
    """A belief as Python writes it, such as ``"Ratio(0.2, 5)"``."""
    numbers = ", ".join(f"{value!r}" for value in belief.arguments.values())
    return f"{type(belief).__name__}({numbers})"


def _between(lower: float, upper: float) -> Prior:
    """The normal with 5 % beyond either end of a range."""
    return Prior("Normal", mu=(lower + upper) / 2, sigma=(upper - lower) / (2 * END))


def _linked(belief: Baseline, scale: Scale, value: float) -> float:
    """A baseline on the link scale."""
    with np.errstate(all="ignore"):
        found = float(scale.link.forward(np.float64(value / scale.per)))
    if not math.isfinite(found):
        raise SpecError(
            f"{code(belief)}: {value:g} is no {scale.baseline} that the {scale.link.name} link "
            "takes. Write a range inside of what may be."
        )
    return found


def _need_ratio(belief: Belief, scale: Scale, instead: str) -> None:
    if not scale.measure.ratio:
        raise SpecError(
            f"{code(belief)} is a ratio, but under the {scale.link.name} link a coefficient is a "
            f"{scale.measure.long}. Write {instead}, say."
        )


def _check_range(belief: Baseline | Ratio | Difference, above: float = -math.inf) -> None:
    _plain(belief)
    lower, upper = _number(belief.lower), _number(belief.upper)
    if not (above < lower < upper < math.inf):
        floor = f" above {above:g}" if math.isfinite(above) else ""
        raise SpecError(
            f"{code(belief)} is no range{floor}. Write the smaller number first: "
            f"{type(belief).__name__}(0.2, 5), say."
        )


def _number(value: Any) -> float:
    """A number; NaN for what is none."""
    return float(value) if isinstance(value, (int, float)) else math.nan


def _plain(belief: Belief) -> None:
    """Make NumPy's numbers Python's, which code and files can hold."""
    for name, value in belief.arguments.items():
        if isinstance(value, np.generic):
            object.__setattr__(belief, name, value.item())


def _plural(words: str) -> str:
    """A measure in the plural: what stands before ``in``, ``of`` or ``against`` is."""
    first, *rest = re.split(r"(?= (?:in|of|against) )", words, maxsplit=1)
    return "".join([first if first == "odds" else plural(first), *rest])


def _range(belief: Baseline | Ratio | Difference) -> str:
    return f"lie between {belief.lower:g} and {belief.upper:g}"
