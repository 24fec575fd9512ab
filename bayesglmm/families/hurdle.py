"""Responses whose zeros have a probability of their own: a hurdle before all that is above 0.

``P(Y = 0) = hu``, and above 0 the density is ``(1 - hu) f(y)`` with f of positive responses: a
zero-truncated count (Mullahy 1986, Journal of Econometrics 33(3), eq. 4-6), or a continuous one
(Duan, Manning, Morris & Newhouse 1983, Journal of Business & Economic Statistics 1(2)). With m and
V the mean and variance of f the mean is ``(1 - hu) m``, the variance ``(1 - hu) (V + hu m^2)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bayesglmm.families.default import Default
from bayesglmm.families.family import Family
from bayesglmm.families.gamma import GAMMA
from bayesglmm.families.graph_zeros import hurdle_graph
from bayesglmm.families.link import Location, NormalLocation
from bayesglmm.families.lognormal import LOGNORMAL
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import COUNT, NONNEGATIVE, Support
from bayesglmm.families.variance import Parameters, Variance
from bayesglmm.families.zero_inflated import ZI, mean_of
from bayesglmm.families.zero_truncated import (
    ZERO_TRUNCATED_NEGATIVE_BINOMIAL,
    ZERO_TRUNCATED_POISSON,
)

HU = replace(
    ZI,
    name="hu",
    meaning="probability of a zero",
    event="a zero",
    word="zeros",
    prior=Default(
        lambda facts: Prior("Beta", alpha=1, beta=1),
        "any share of zeros is as likely as any other",
        "as in brms",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=0, sigma=1.5),
        "nearly even over the probabilities, on the log odds scale",
        "as wide as the log odds of an even prior of a constant hu",
    ),
)
"""The probability of a zero."""


@dataclass(frozen=True, slots=True, eq=False)
class HurdleVariance:
    """``(1 - hu) (V + hu m^2)``; see `Variance`.

    Attributes
    ----------
    base : Family
        Of the responses above 0.
    inner : Variance
        Its own.
    """

    base: Family
    inner: Variance

    def __call__(self, value: Any, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        hu, mean = parameters[HU.name], mean_of(self.base, value, rows, parameters)
        inner = self.inner(value, rows, parameters)
        return np.asarray((1 - hu) * (inner + hu * np.square(mean)))

    def expected(self, location: NormalLocation, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        return location.mean_of(lambda value: self(value, rows, parameters))


def hurdle(
    base: Family,
    name: str,
    title: str,
    support: Support,
    elsewhere: Mapping[str, str],
    aliases: tuple[str, ...] = (),
) -> Family:
    """A family with zeros of their own before its responses.

    Parameters
    ----------
    base : Family
        Of responses above 0.
    name, title : str
    support : Support
        That of `base` and 0.
    elsewhere : mapping
    aliases : tuple of str

    Returns
    -------
    Family
        With the parameter `HU`.
    """
    if base.variance is None:
        raise ValueError(f"The {base.name} family has no variance.")

    def density(location: Location, rows: Rows, parameters: Parameters) -> Array:
        hu, y = np.asarray(parameters[HU.name], dtype=float), np.asarray(rows.y, dtype=float)
        above = replace(rows, y=np.where(y > 0, y, 1.0))
        with np.errstate(divide="ignore"):
            inside = np.log1p(-hu) + base.density(location, above, parameters)
            return np.where(y == 0, np.log(hu), inside)

    def expected(value: Any, rows: Rows, parameters: Parameters) -> Array:
        return np.asarray((1 - parameters[HU.name]) * mean_of(base, value, rows, parameters))

    def random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
        drawn = base.random(rng, value, rows, parameters)
        shape = np.broadcast_shapes(drawn.shape, np.shape(parameters[HU.name]))
        return np.where(rng.uniform(size=shape) < parameters[HU.name], 0.0, drawn)

    def below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
        hu = parameters[HU.name]
        inner = base.below(np.maximum(y, 0.0), value, rows, parameters)
        return np.where(np.asarray(y) >= 0, hu + (1 - hu) * inner, 0.0)

    def at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
        hu = parameters[HU.name]
        rest = (np.asarray(share) - hu) / (1 - hu)
        if base.at_share is None:
            raise ValueError(f"The {base.name} family has quantiles by its distribution function.")
        inner = base.at_share(np.clip(rest, 0.0, 1.0), value, rows, parameters)
        return np.where(rest > 0, inner, 0.0)

    return replace(
        base,
        name=name,
        title=title,
        support=support,
        parameters=(*base.parameters, HU),
        graph=hurdle_graph(base.graph),
        density=density,
        variance=HurdleVariance(base, base.variance),
        random=random,
        below=below,
        at_share=None if base.at_share is None else at_share,
        deviance=None,
        expected=expected,
        mean_parameters=(*base.mean_parameters, HU.name),
        behind=base,
        whose_mean=base.whose_mean or "among responses above 0",
        canonical="",
        limits=(),
        distribution_name=title,
        elsewhere=elsewhere,
        aliases=aliases,
    )


HURDLE_POISSON = hurdle(
    ZERO_TRUNCATED_POISSON,
    "hurdle_poisson",
    "Hurdle Poisson",
    COUNT,
    {"bambi": "hurdle_poisson", "brms": "hurdle_poisson"},
    ("hurdle",),
)
HURDLE_NEGATIVE_BINOMIAL = hurdle(
    ZERO_TRUNCATED_NEGATIVE_BINOMIAL,
    "hurdle_negative_binomial",
    "Hurdle negative binomial",
    COUNT,
    {"bambi": "hurdle_negativebinomial", "brms": "hurdle_negbinomial"},
    ("hurdlenegbinomial", "hurdlenbinom2"),
)
HURDLE_GAMMA = hurdle(
    GAMMA,
    "hurdle_gamma",
    "Hurdle gamma",
    NONNEGATIVE,
    {"bambi": "hurdle_gamma", "brms": "hurdle_gamma", "glmmTMB": "ziGamma"},
    ("zigamma",),
)
HURDLE_LOGNORMAL = hurdle(
    LOGNORMAL,
    "hurdle_lognormal",
    "Hurdle lognormal",
    NONNEGATIVE,
    {"brms": "hurdle_lognormal"},
)
