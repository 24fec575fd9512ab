"""Every family beside its SciPy twin: the cases that tests of all families share.

A new family needs a row of `TWINS`, and values of its parameters in `OTHERS`; the tests then ask of
it all that they ask of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from end_twins import WithEnds, ordered
from scipy import special, stats
from tweedie_twin import Tweedie
from zero_twins import Inflated, Truncated

from bayesglmm.families import FAMILIES, Rows, find_family, find_link


class GeneralizedPoisson:
    """SciPy has none: a table of the masses as Consul & Jain (1973) write them.

    `test_generalized_poisson` holds these against the branching that makes such counts.
    """

    COUNTS = np.arange(1024.0)

    def __init__(self, mean, alpha):
        self.m, self.a = np.broadcast_arrays(np.asarray(mean, dtype=float), alpha)
        theta, share = self.m / np.sqrt(1 + self.a), 1 - 1 / np.sqrt(1 + self.a)
        y = self.COUNTS.reshape((-1,) + (1,) * self.m.ndim)
        total = theta + share * y
        self.masses = np.exp(
            np.log(theta) + (y - 1) * np.log(total) - total - special.gammaln(y + 1)
        )

    def logpmf(self, y):
        return np.log(self._at(self.masses, np.asarray(y, dtype=int)))

    def cdf(self, y):
        sums = np.concatenate([np.zeros((1, *self.m.shape)), self.masses.cumsum(axis=0)])
        return self._at(sums, np.floor(y).astype(int) + 1)

    def _at(self, table, place):
        place = np.asarray(place).clip(0)
        shape = np.broadcast_shapes(place.shape, self.m.shape)
        flat = np.broadcast_to(place, shape).reshape(-1, *self.m.shape)
        return np.take_along_axis(table, flat, 0).reshape(shape)

    def ppf(self, share):
        return (self.masses.cumsum(axis=0) < share).sum(axis=0).astype(float)

    def mean(self):
        return self.m

    def var(self):
        return self.m * (1 + self.a)

    def stats(self, moments):
        """Its fourth moment is a number."""
        return np.full(self.m.shape, float(len(moments)))


type Twin = Callable[[Any, Rows, dict[str, Any]], Any]

TWINS: dict[str, Twin] = {
    "gaussian": lambda mean, _, p: stats.norm(mean, p["sigma"]),
    "bernoulli": lambda mean, *_: stats.bernoulli(mean),
    "binomial": lambda mean, rows, _: stats.binom(rows.trials, mean),
    "poisson": lambda mean, rows, _: stats.poisson(rows.exposure * mean),
    "negative_binomial": lambda mean, rows, p: stats.nbinom(
        p["alpha"], p["alpha"] / (p["alpha"] + rows.exposure * mean)
    ),
    "nbinom1": lambda mean, rows, p: stats.nbinom(
        rows.exposure * mean / p["alpha"], 1 / (1 + p["alpha"])
    ),
    "student_t": lambda mean, _, p: stats.t(p["nu"], mean, p["sigma"]),
    "beta_binomial": lambda mean, rows, p: stats.betabinom(
        rows.trials.astype(int) if np.ndim(rows.trials) else int(rows.trials),
        mean * p["phi"],
        (1 - mean) * p["phi"],
    ),
    "gamma": lambda mean, _, p: stats.gamma(p["alpha"], scale=mean / p["alpha"]),
    "exponential": lambda mean, *_: stats.expon(scale=mean),
    "lognormal": lambda mean, _, p: stats.lognorm(p["sigma"], scale=mean),
    "generalized_poisson": lambda mean, rows, p: GeneralizedPoisson(
        rows.exposure * mean, p["alpha"]
    ),
    "weibull": lambda mean, _, p: stats.weibull_min(
        p["shape"], scale=mean / special.gamma(1 + 1 / p["shape"])
    ),
    "inverse_gaussian": lambda mean, _, p: stats.invgauss(mean / p["shape"], scale=p["shape"]),
    "tweedie": lambda mean, _, p: Tweedie(mean, p["phi"], p["power"]),
    "beta": lambda mean, _, p: stats.beta(mean * p["phi"], (1 - mean) * p["phi"]),
    "ordered_beta": lambda mean, rows, p: ordered(
        TWINS["beta"](mean, rows, p), p["cutzero"], p["gap"]
    ),
    "zero_one_inflated_beta": lambda mean, rows, p: WithEnds(
        TWINS["beta"](mean, rows, p), p["zoi"] * (1 - p["coi"]), p["zoi"] * p["coi"]
    ),
    "zero_inflated_poisson": lambda mean, rows, p: Inflated(
        stats.poisson(rows.exposure * mean), p["zi"]
    ),
    "zero_inflated_negative_binomial": lambda mean, rows, p: Inflated(
        TWINS["negative_binomial"](mean, rows, p), p["zi"]
    ),
    "zero_inflated_binomial": lambda mean, rows, p: Inflated(
        stats.binom(rows.trials, mean), p["zi"]
    ),
    "zero_truncated_poisson": lambda mean, *_: Truncated(stats.poisson(mean)),
    "zero_truncated_negative_binomial": lambda mean, rows, p: Truncated(
        TWINS["negative_binomial"](mean, rows, p)
    ),
    "hurdle_poisson": lambda mean, _, p: Inflated(Truncated(stats.poisson(mean)), p["hu"]),
    "hurdle_gamma": lambda mean, rows, p: Inflated(TWINS["gamma"](mean, rows, p), p["hu"]),
    "hurdle_lognormal": lambda mean, rows, p: Inflated(TWINS["lognormal"](mean, rows, p), p["hu"]),
    "hurdle_negative_binomial": lambda mean, rows, p: Inflated(
        Truncated(TWINS["negative_binomial"](mean, rows, p)), p["hu"]
    ),
}
"""Value of the first parameter, rows, and the other parameters to SciPy's distribution."""

OTHERS = {"sigma": 1.7, "alpha": 2.3, "nu": 4.2, "phi": 7.0, "shape": 3.1, "zi": 0.3, "hu": 0.3}
OTHERS |= {"power": 1.6, "cutzero": -1.2, "gap": 2.5, "zoi": 0.3, "coi": 0.4}
MEANS = {"identity": (0.4, 30.0), "log": (0.02, 60.0), "sqrt": (0.1, 40.0)}
NUMBERS = [family for family in FAMILIES if not family.support.categories]
NAMES = [family.name for family in NUMBERS]
PAIRS = [(family.name, link) for family in NUMBERS for link in family.links]


def case(name: str, link: str, n: int = 9) -> tuple[Any, Any, Any, Rows, dict[str, float], Any]:
    """A family, a link, linear predictors, rows, the other parameters, and SciPy's twin."""
    family, chosen = find_family(name), find_link(link)
    low, high = (0.02, 0.97) if family.support.below_one else MEANS[link]
    mean = np.linspace(low, high, n)
    rows = Rows(
        y=None,
        exposure=np.linspace(0.5, 3.0, n) if family.takes_exposure else 1.0,
        trials=np.arange(3.0, 3.0 + n) if family.takes_trials else 1.0,
    )
    others = {item.name: OTHERS[item.name] for item in family.others}
    return family, chosen, chosen.forward(mean), rows, others, TWINS[name](mean, rows, others)


def responses(twin: Any) -> np.ndarray:
    """Responses (k, n) all over the distribution, all allowed."""
    return np.stack([twin.ppf(share) for share in (0.001, 0.2, 0.5, 0.8, 0.999)])
