"""Counts that are seen only where they are not 0: ``P(Y = y) = f(y) / (1 - f(0))``.

Cameron & Trivedi (2013), Regression Analysis of Count Data, 2nd ed., section 4.3. The location is
that of f, before its zeros are cut off; with m and V its mean and variance, and ``q = 1 - f(0)``,
the mean of what is seen is ``m / q``, its variance ``(V + m^2) / q - (m / q)^2``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bayesglmm.families.counting import whole_quantile
from bayesglmm.families.family import Family
from bayesglmm.families.graph_zeros import truncated_graph
from bayesglmm.families.link import Location, NormalLocation
from bayesglmm.families.links import find_link
from bayesglmm.families.negative_binomial import NEGATIVE_BINOMIAL
from bayesglmm.families.poisson import POISSON
from bayesglmm.families.rows import Array, Rows
from bayesglmm.families.support import COUNT
from bayesglmm.families.variance import Parameters, Variance
from bayesglmm.families.zero_inflated import said_of

IDENTITY = find_link("identity")
WHOSE = "before zeros are cut off"
OTHER: dict[str, Any] = {"power": None, "of_mean": 0, "start": lambda spread: 100.0}
"""Of a parameter beside the mean: the variance is linear in no power of it."""
ROUNDS = 8
"""Times that a draw of 0 is drawn again before it is drawn from the quantiles."""

POSITIVE_COUNT = replace(
    COUNT,
    name="count above 0",
    requirement="whole numbers, 1 or more",
    allows=lambda y, trials: (y >= 1) & (y == np.floor(y)) & np.isfinite(y),
    statistics={k: v for k, v in COUNT.statistics.items() if k != "share of zeros"},
)


def zero_truncated(
    base: Family, title: str, elsewhere: Mapping[str, str], aliases: tuple[str, ...] = ()
) -> Family:
    """A family of counts without its zeros.

    Parameters
    ----------
    base : Family
        Of counts, whose location is their mean.
    title : str
    elsewhere : mapping
    aliases : tuple of str

    Returns
    -------
    Family
        Of the same parameters.
    """
    if base.variance is None:
        raise ValueError(f"The {base.name} family has no variance.")

    def below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
        none = base.below(0.0, value, rows, parameters)
        inside = base.below(y, value, rows, parameters) - none
        some = chance(base, value, rows, parameters)
        beyond = base.beyond(y, value, rows, parameters)
        with np.errstate(invalid="ignore", divide="ignore"):
            # of counts that are hardly ever above 0 the difference has no digits
            share = np.where(some > 0.5, inside / some, 1.0 - beyond / some)
            share = np.where(some > 0, np.clip(share, 0.0, 1.0), 1.0)
        return np.where(np.asarray(y) >= 1, share, 0.0)

    def density(location: Location, rows: Rows, parameters: Parameters) -> Array:
        some, y = chance(base, location.value, rows, parameters), np.asarray(rows.y)
        with np.errstate(invalid="ignore", divide="ignore"):
            inner = base.density(location, rows, parameters) - np.log(some)
        certain = np.where(y == 1, 0.0, -np.inf)  # a mean of 0 is 1 wherever it is seen
        return np.where(y >= 1, np.where(some > 0, inner, certain), -np.inf)

    def random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
        drawn = base.random(rng, value, rows, parameters)
        for _ in range(ROUNDS):
            if not (drawn == 0).any():
                return drawn
            drawn = np.where(drawn == 0, base.random(rng, value, rows, parameters), drawn)
        share = rng.uniform(size=drawn.shape)
        last = whole_quantile(lambda y: below(y, value, rows, parameters), share)
        return np.where(drawn == 0, np.maximum(last, 1.0), drawn)

    def expected(value: Any, rows: Rows, parameters: Parameters) -> Array:
        some = chance(base, value, rows, parameters)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(some > 0, rows.exposure * value / some, 1.0)

    return replace(
        base,
        name=f"zero_truncated_{base.name}",
        title=title,
        parameters=(
            replace(base.location, links=("log",)),
            *(replace(said_of(item, WHOSE), **OTHER) for item in base.others),
        ),
        support=POSITIVE_COUNT,
        takes_exposure=False,
        graph=truncated_graph(base.graph),
        density=density,
        variance=TruncatedVariance(base, base.variance),
        random=random,
        below=below,
        deviance=None,
        expected=expected,
        mean_parameters=tuple(parameter.name for parameter in base.others),
        proportional=False,
        whose_mean=WHOSE,
        canonical="",
        limits=tuple(f"zero_truncated_{limit}" for limit in base.limits),
        distribution_name=title,
        elsewhere=elsewhere,
        aliases=aliases,
    )


def chance(base: Family, value: Any, rows: Rows, parameters: Parameters) -> Array:
    """Probability of a count above 0, with all its digits where that is small."""
    at_zero = replace(rows, y=np.zeros(()), upper=None)
    return np.asarray(-np.expm1(base.density(Location(IDENTITY, value), at_zero, parameters)))


@dataclass(frozen=True, slots=True, eq=False)
class TruncatedVariance:
    """``(V + m^2) / q - (m / q)^2``; see `Variance`.

    Attributes
    ----------
    base : Family
        Whose zeros are cut off.
    inner : Variance
        Its own.
    """

    base: Family
    inner: Variance

    def __call__(self, value: Any, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        mean, some = rows.exposure * value, chance(self.base, value, rows, parameters)
        square = self.inner(value, rows, parameters) + np.square(mean)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = square / some - np.square(mean / some)
        return np.where(some > 0, np.maximum(found, 0.0), 0.0)

    def expected(self, location: NormalLocation, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        return location.mean_of(lambda value: self(value, rows, parameters))


ZERO_TRUNCATED_POISSON = zero_truncated(
    POISSON, "Zero-truncated Poisson", {"glmmTMB": "truncated_poisson"}, ("truncatedpoisson",)
)
ZERO_TRUNCATED_NEGATIVE_BINOMIAL = zero_truncated(
    NEGATIVE_BINOMIAL,
    "Zero-truncated negative binomial",
    {"glmmTMB": "truncated_nbinom2"},
    ("truncatednbinom2", "truncatednegbinomial", "truncatednegativebinomial"),
)
