"""Counts with more zeros than a family has: a share `zi` of responses are 0 whatever it says.

``P(Y = 0) = zi + (1 - zi) f(0)`` and ``P(Y = y) = (1 - zi) f(y)`` above (Lambert 1992,
Technometrics 34(1), eq. 1), with f any family of whole numbers. With m and V the mean and the
variance of f the mean is ``(1 - zi) m``, the variance ``(1 - zi) (V + zi m^2)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bayesglmm.families.binomial import BINOMIAL
from bayesglmm.families.default import Default
from bayesglmm.families.family import Family
from bayesglmm.families.graph_zeros import inflated_graph
from bayesglmm.families.link import Location, NormalLocation
from bayesglmm.families.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.families.param import Param
from bayesglmm.families.poisson import POISSON
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.variance import Parameters, Variance

ZI = Param(
    "zi",
    ("logit",),
    "probability of a structural zero",
    "π",
    prior=Default(
        lambda facts: Prior("Beta", alpha=1, beta=1),
        "any share of structural zeros is as likely as any other",
        "as in brms",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=0, sigma=1.5),
        "nearly even over the probabilities, on the log odds scale",
        "as wide as the log odds of an even prior of a constant zi",
    ),
    start=lambda spread: 0.1,
    event="a structural zero",
    complements={"bambi": "psi"},
    word="zero inflation",
    support="unit",
)
"""The probability of a structural zero."""


def mean_of(family: Family, value: Any, rows: Rows, parameters: Parameters) -> Any:
    """Mean of a response of a family that another one is made of, at the row's exposure."""
    if family.expected is None:
        return rows.exposure * value
    return family.expected(value, rows, parameters)


def said_of(parameter: Param, whose: str) -> Param:
    """A parameter whose meaning holds of a part of the responses."""
    return replace(parameter, meaning=f"{parameter.meaning}, {whose}")


@dataclass(frozen=True, slots=True, eq=False)
class InflatedVariance:
    """``(1 - zi) (V + zi m^2)``; see `Variance`.

    Attributes
    ----------
    base : Variance
        Of the family whose zeros are inflated.
    """

    base: Variance

    def __call__(self, value: Any, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        zi, mean = parameters["zi"], rows.exposure * rows.trials * value
        inner = self.base(value, rows, parameters)
        return np.asarray((1 - zi) * (inner + zi * np.square(mean)))

    def expected(self, location: NormalLocation, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        zi, size = parameters["zi"], rows.exposure * rows.trials
        inner = self.base.expected(location, rows, parameters)
        return np.asarray((1 - zi) * (inner + zi * np.square(size) * location.power(2)))


def zero_inflated(
    base: Family, title: str, elsewhere: Mapping[str, str], aliases: tuple[str, ...] = ()
) -> Family:
    """A family with structural zeros beside its own.

    Parameters
    ----------
    base : Family
        Of whole numbers from 0, whose location is the mean of one unit of exposure, or one trial.
    title : str
    elsewhere : mapping
    aliases : tuple of str

    Returns
    -------
    Family
        With the parameter `ZI`; its location is the mean of the responses that are no structural
        zeros.
    """
    if base.variance is None:
        raise ValueError(f"The {base.name} family has no variance.")

    def density(location: Location, rows: Rows, parameters: Parameters) -> Array:
        zi = np.asarray(parameters["zi"], dtype=float)
        with np.errstate(divide="ignore"):
            certain, rest = np.log(zi), np.log1p(-zi)
        inner = rest + base.density(location, rows, parameters)
        return np.where(np.asarray(rows.y) == 0, np.logaddexp(certain, inner), inner)

    def expected(value: Any, rows: Rows, parameters: Parameters) -> Array:
        return np.asarray((1 - parameters["zi"]) * mean_of(base, value, rows, parameters))

    def random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
        drawn = base.random(rng, value, rows, parameters)
        shape = np.broadcast_shapes(drawn.shape, np.shape(parameters["zi"]))
        return np.where(rng.uniform(size=shape) < parameters["zi"], 0.0, drawn)

    def below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
        zi, inner = parameters["zi"], base.below(y, value, rows, parameters)
        return np.where(np.asarray(y) >= 0, zi + (1 - zi) * inner, 0.0)

    whose = f"among {'counts' if base.support.counts else 'responses'} that are no structural zeros"
    return replace(
        base,
        name=f"zero_inflated_{base.name}",
        title=title,
        parameters=(base.location, *(said_of(item, whose) for item in base.others), ZI),
        graph=inflated_graph(base.graph),
        density=density,
        variance=InflatedVariance(base.variance),
        random=random,
        below=below,
        deviance=None,
        expected=expected,
        mean_parameters=(*base.mean_parameters, ZI.name),
        whose_mean=whose,
        inflates=base,
        canonical="",
        limits=(base.name, *base.limits),
        distribution_name=title,
        elsewhere=elsewhere,
        aliases=aliases,
    )


ZERO_INFLATED_POISSON = zero_inflated(
    POISSON,
    "Zero-inflated Poisson",
    {"bambi": "zero_inflated_poisson", "brms": "zero_inflated_poisson"},
    ("zip", "zipoisson"),
)
ZERO_INFLATED_NEGATIVE_BINOMIAL = zero_inflated(
    NEGATIVE_BINOMIAL,
    "Zero-inflated negative binomial",
    {
        "bambi": "zero_inflated_negativebinomial",
        "brms": "zero_inflated_negbinomial",
    },
    ("zinb", "zinb2", "zinbinom", "zeroinflatednegbinomial", "zeroinflatednbinom2"),
)
ZERO_INFLATED_BINOMIAL = zero_inflated(
    BINOMIAL,
    "Zero-inflated binomial",
    {"bambi": "zero_inflated_binomial", "brms": "zero_inflated_binomial"},
    ("zib", "zibinomial"),
)
