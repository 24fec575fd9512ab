"""Simulated designs whose factors have two to six levels, from one table and one seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

FAMILIES = ("gaussian", "poisson", "bernoulli", "negative_binomial")
LEVELS = (2, 3, 4, 5, 6)
ROWS = (3, 5, 10, 20, 40)
"""Rows of a level."""
SDS = (0.0, 0.1, 0.3, 1.0)
"""True standard deviations of the levels, link scale (residual sd 1 for a Gaussian)."""
STRUCTURES = ("(1 | g)", "x + (1 | g)", "x + (1 + x | g)", "x + (1 | g) + (1 | h)")
SHARES = (0.3, 0.3, 0.2, 0.2)
MEANS = (1.0, 5.0, 20.0)
"""Of counts."""
PROBABILITIES = (0.1, 0.3, 0.5)
SHAPES = (1.0, 5.0, np.inf)
"""Of negative binomial counts; infinite: no overdispersion."""
SHAPELESS_ROWS = (20, 50, 100, 300)


@dataclass(frozen=True)
class Case:
    """A data set and the model to fit.

    Attributes
    ----------
    formula, family : str
    data : pandas.DataFrame
    facts : dict
        What it was simulated from.
    """

    formula: str
    family: str
    data: pd.DataFrame
    facts: dict[str, Any]


def few_levels(seed: int, number: int) -> Case:
    """Design `number` of the study: families and levels in turn, the rest drawn.

    A response whose values are all the same is drawn again.
    """
    rng = np.random.default_rng([seed, number])
    family = FAMILIES[number % len(FAMILIES)]
    levels = LEVELS[number // len(FAMILIES) % len(LEVELS)]
    facts = {
        "family": family,
        "levels": levels,
        "rows": int(rng.choice(ROWS)),
        "sd": float(rng.choice(SDS)),
        "structure": str(rng.choice(STRUCTURES, p=SHARES)),
        "mean": float(rng.choice(PROBABILITIES if family == "bernoulli" else MEANS)),
        "shape": float(rng.choice(SHAPES)) if family == "negative_binomial" else np.inf,
    }
    n, sd = levels * facts["rows"], facts["sd"]
    g = np.repeat(np.arange(levels), facts["rows"])
    h = rng.integers(0, rng.choice(LEVELS), n)
    h[: len(LEVELS)] = np.arange(len(LEVELS)) % (h.max() + 1)
    x = rng.normal(size=n)
    slopes = np.full(levels, 0.3)
    if "1 + x" in facts["structure"]:
        slopes += 0.5 * sd * rng.normal(size=levels)
    eta = sd * rng.normal(size=levels)[g] + slopes[g] * x
    eta += sd * rng.normal(size=h.max() + 1)[h] if "| h" in facts["structure"] else 0
    y = np.zeros(n)
    while np.ptp(y) == 0:
        y = respond(rng, family, eta, facts["mean"], facts["shape"])
    data = pd.DataFrame({"y": y, "x": x, "g": g.astype(str), "h": h.astype(str)})
    return Case(f"y ~ {facts['structure']}", family, data, facts)


def shapeless(seed: int, number: int) -> Case:
    """Poisson counts without groups, for a negative binomial model: its shape is infinite."""
    rng = np.random.default_rng([seed, 1, number])
    rows, mean = int(rng.choice(SHAPELESS_ROWS)), float(rng.choice(MEANS))
    x = rng.normal(size=rows)
    y = np.zeros(rows)
    while np.ptp(y) == 0:
        y = respond(rng, "poisson", 0.3 * x, mean, np.inf)
    facts = {"family": "negative_binomial", "rows": rows, "mean": mean, "levels": 0}
    return Case("y ~ x", "negative_binomial", pd.DataFrame({"y": y, "x": x}), facts)


def respond(
    rng: np.random.Generator, family: str, eta: np.ndarray, mean: float, shape: float
) -> np.ndarray:
    """Responses whose linear predictor is `eta` more than the link of `mean`."""
    if family == "gaussian":
        return eta + rng.normal(size=len(eta))
    if family == "bernoulli":
        odds = mean / (1 - mean) * np.exp(eta)
        return rng.binomial(1, odds / (1 + odds))
    rate = mean * np.exp(eta)
    if np.isfinite(shape):
        rate = rate * rng.gamma(shape, 1 / shape, len(eta))
    return rng.poisson(rate)
