"""Tweedie amounts: sums of gamma amounts, as many as a Poisson count says, so that some are 0.

Of mean m, dispersion phi and power p between 1 and 2 the variance is ``phi m^p`` (Jørgensen 1987,
JRSS B 49(2)). The count has the mean ``m^(2 - p) / (phi (2 - p))``, an amount the shape
``a = (2 - p) / (p - 1)`` and the scale ``phi (p - 1) m^(p - 1)``. The density above 0 is a series
without a closed form (Dunn & Smyth 2005, Statistics and Computing 15(4), section 3). With
``lambda = y^(2 - p) / (phi (2 - p))``, the mean count where the mean is the response itself, and
the unit deviance d, it is

    y f(y) = exp(-d(y, m) / (2 phi)) sum_k exp(-(1 + a) (lambda - k - k log(lambda / k))) c_k
    c_k = exp(e(k) + e(a k)) / k,  e(z) = z log(z) - z - log gamma(z)

in which nothing is large that is not small in the end. Its terms are those about the largest; where
they are many they are a smooth function of k, and every so many are summed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bayesglmm.families.counting import draw_counts
from bayesglmm.families.default import Default, Facts
from bayesglmm.families.exponential import MEAN
from bayesglmm.families.family import Family, Graphed
from bayesglmm.families.gamma import excess
from bayesglmm.families.graph_density import GraphDensity
from bayesglmm.families.graph_tweedie import tweedie_density
from bayesglmm.families.inverting import positive_quantile
from bayesglmm.families.link import GraphLocation, Location, NormalLocation
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.rows import Array, Rows, of_rows
from bayesglmm.families.support import NONNEGATIVE
from bayesglmm.families.tweedie_series import fall, log_series, steps, summed
from bayesglmm.families.variance import Parameters


def _half_deviance(y: Any, log_mean: Any, power: Any) -> Array:
    """Half the unit deviance above 0: the integral of ``(u - y) / u^p`` from y to the mean."""
    above, below = power - 1.0, 2.0 - power
    log_ratio = log_mean - np.log(y)
    rise = np.expm1(below * log_ratio) / below + np.expm1(-above * log_ratio) / above
    return np.asarray(y**below * rise)


def _log_count(log_mean: Any, phi: Any, power: Any) -> Array:
    """Log of the mean count."""
    return np.asarray((2 - power) * log_mean - np.log(phi) - np.log(2 - power))


def _inside(parameters: Parameters) -> tuple[Array, Array]:
    """Dispersion and power, the second far enough from both ends for numbers to tell."""
    power = np.clip(np.asarray(parameters[POWER.name], dtype=float), 1 + 1e-12, 2 - 1e-12)
    return np.asarray(parameters[PHI.name], dtype=float), power


def _graph(location: GraphLocation, rows: Rows, parameters: Parameters) -> Graphed:
    phi, power = parameters[PHI.name], parameters[POWER.name]
    return _GRAPH, {"mu": location.value, "phi": phi, "power": power}


def _density(location: Location, rows: Rows, parameters: Parameters) -> Array:
    y, log_mean = np.asarray(rows.y, dtype=float), np.log(location.value)
    phi, power = _inside(parameters)
    log_count = _log_count(log_mean, phi, power)
    some = np.broadcast_to(y > 0, log_count.shape[-1:])
    found = np.where(y == 0, -np.exp(log_count), -np.inf)
    if some.any():
        at, mean, phi, power = (of_rows(values, some) for values in (y, log_mean, phi, power))
        lost = _half_deviance(at, mean, power) / phi
        series = log_series(np.exp(_log_count(np.log(at), phi, power)), (2 - power) / (power - 1))
        found[..., some] = series - lost - np.log(at)
    return found


def _random(rng: np.random.Generator, value: Any, rows: Rows, parameters: Parameters) -> Array:
    """Sums of amounts; the mean itself where they are more than can be counted."""
    phi, power = _inside(parameters)
    count = draw_counts(rng, np.exp(_log_count(np.log(value), phi, power)))
    few = np.isfinite(count)
    shape = (2 - power) / (power - 1) * np.where(few, count, 1.0)
    relative = rng.gamma(shape) * phi * (power - 1) * value ** (power - 1)
    return np.asarray(np.where(few, relative, value))


def _below(y: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    """The distribution functions of sums of k amounts, by the probability of k.

    The first falls from 1 to 0 over few k where amounts are nearly equal, so that steps are small.
    They are at least a 200th of the standard deviation of k: where the power is below 1.0003 and
    the counts are above 40,000, the answer is off by 0.002 at most.
    """
    from scipy.special import gammainc

    phi, power = _inside(parameters)
    count = np.exp(_log_count(np.log(value), phi, power))
    at = np.maximum(y, 0.0) / (phi * (power - 1)) * value ** (1 - power)
    count, at, shape = np.broadcast_arrays(count, at, (2 - power) / (power - 1))

    def term(k: Any) -> Array:
        some = np.maximum(k, 1.0)
        chance = np.exp(excess(some) - np.log(some) - fall(count, some))
        return np.where(k > 0, chance * gammainc(shape * some, at), np.exp(-count))

    sd = np.sqrt(count)
    step = np.maximum(steps(sd / np.sqrt(1 + shape)), np.ceil(sd / 200))
    found = summed(term, count, step, 0.0)
    return np.where(np.asarray(y) >= 0, np.clip(found, 0.0, 1.0), 0.0)


def _at_share(share: Any, value: Any, rows: Rows, parameters: Parameters) -> Array:
    zero = _below(0.0, value, rows, parameters)
    found = positive_quantile(lambda y: _below(y, value, rows, parameters), share, value)
    return np.where(share <= zero, 0.0, found)


def _deviance(y: Any, mean: Any, rows: Rows, parameters: Parameters) -> Array:
    """Jørgensen (1987), as above, eq. 4.6."""
    _, power = _inside(parameters)
    y, log_mean = np.asarray(y, dtype=float), np.log(mean)
    some = _half_deviance(np.where(y > 0, y, 1.0), log_mean, power)
    return np.asarray(2 * np.where(y > 0, some, np.exp((2 - power) * log_mean) / (2 - power)))


class TweedieVariance:
    """``phi m^p``; see `Variance`. Exact over new groups by the moments of a lognormal."""

    def __call__(self, value: Any, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        return np.asarray(parameters[PHI.name] * np.asarray(value) ** parameters[POWER.name])

    def expected(self, location: NormalLocation, rows: Rows, parameters: Parameters) -> Array:
        """See `Variance`."""
        return np.asarray(parameters[PHI.name] * location.power(parameters[POWER.name]))


def _graph_random(mu: Any, phi: Any, power: Any, rng: Any = None, size: Any = None) -> Array:
    mean = np.broadcast_to(mu, np.shape(mu) if size is None else size)
    return _random(rng, mean, Rows(None), {PHI.name: phi, POWER.name: power})


_GRAPH = GraphDensity("Tweedie", tweedie_density, _graph_random, discrete=False)


def _crude_dispersion(facts: Facts) -> float:
    """Log of the dispersion that gives the responses' variance at their mean, with power 1.5."""
    return 2 * math.log(facts.spread) - 1.5 * math.log(max(facts.crude, 1e-300))


PHI = Param(
    "phi",
    ("log",),
    "dispersion; the variance is phi mean^power",
    "φ",
    prior=Default(
        lambda facts: Prior("LogNormal", mu=_crude_dispersion(facts), sigma=1.5),
        "about the one that gives the response's standard deviation {spread:.3g}, or 20 times more "
        "or less",
        "ours: at the crude mean and a power of 1.5",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=_crude_dispersion(facts), sigma=1.5),
        "about the one that gives the response's standard deviation {spread:.3g}, on the log scale",
        "that of a constant phi",
    ),
    power=1,
    of_mean="power",
    dispersion=True,
    word="dispersion",
    elsewhere={"glmmTMB": "phi"},
)
POWER = Param(
    "power",
    ("logit_above_one",),
    "power of the mean in the variance, from 1, where amounts are many of one size, to 2 (gamma)",
    "p",
    prior=Default(
        lambda facts: Prior("Uniform", lower=1, upper=2),
        "any power between 1 and 2 is as likely as any other",
        "ours: flat, as the likelihood of glmmTMB takes it",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=0, sigma=1.5),
        "nearly even between 1 and 2, on the log odds scale of what is above 1",
        "that of a constant power",
    ),
    start=lambda spread: 1.5,
    word="power",
    support="one to two",
)

TWEEDIE = Family(
    name="tweedie",
    title="Tweedie",
    support=NONNEGATIVE,
    parameters=(Param(MEAN.name, ("log",), MEAN.meaning, MEAN.symbol), PHI, POWER),
    takes_exposure=False,
    graph=_graph,
    density=_density,
    linear=True,
    variance=TweedieVariance(),
    random=_random,
    below=_below,
    deviance=_deviance,
    at_share=_at_share,
    elsewhere={"glmmTMB": "tweedie", "mgcv": "tw", "statsmodels": "Tweedie"},
    aliases=("tw", "compoundpoisson", "compoundpoissongamma", "poissongamma", "cpglm"),
)
