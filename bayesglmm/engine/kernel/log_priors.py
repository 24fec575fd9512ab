"""Prior densities in compiled code, and the table that says which one a parameter has."""

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.compiled import compiled
from bayesglmm.families import Prior
from bayesglmm.families.links import Array

NORMAL, STUDENT, LAPLACE, GAMMA, INVERSE_GAMMA, LOG_NORMAL, FLAT, BETA = range(8)

PRIOR_NUMBERS = 5
"""Numbers that a prior is told by."""


def prior_row(prior: Prior) -> tuple[Array, float]:
    """A prior as numbers.

    Parameters
    ----------
    prior : Prior
        Of a real or a positive parameter.

    Returns
    -------
    row : array of shape (5,)
        Code, location, scale, shape, and the power of the parameter that has this density.
    constant : float
        Normalising constant of the log density, which the compiled code leaves out.
    """
    given = dict(prior.arguments)
    half = math.log(2.0) if prior.name.startswith("Half") and prior.proper else 0.0
    match prior.name:
        case "Normal" | "HalfNormal":
            row = (NORMAL, given.get("mu", 0.0), given["sigma"], 0.0)
            constant = -math.log(given["sigma"]) - 0.5 * math.log(2 * math.pi)
        case "StudentT" | "HalfStudentT" | "Cauchy" | "HalfCauchy":
            shape = given.get("nu", 1.0)
            scale = given["sigma"] if "sigma" in given else given["beta"]
            location = given.get("mu", given.get("alpha", 0.0))
            row = (STUDENT, location, scale, shape)
            constant = math.lgamma((shape + 1) / 2) - math.lgamma(shape / 2)
            constant -= 0.5 * math.log(shape * math.pi) + math.log(scale)
        case "Laplace":
            row = (LAPLACE, given["mu"], given["b"], 0.0)
            constant = -math.log(2 * given["b"])
        case "Exponential":
            row = (GAMMA, 0.0, 1 / given["lam"], 1.0)
            constant = math.log(given["lam"])
        case "Gamma":
            row = (GAMMA, 0.0, 1 / given["beta"], given["alpha"])
            constant = given["alpha"] * math.log(given["beta"]) - math.lgamma(given["alpha"])
        case "InverseGamma":
            row = (INVERSE_GAMMA, 0.0, given["beta"], given["alpha"])
            constant = given["alpha"] * math.log(given["beta"]) - math.lgamma(given["alpha"])
        case "LogNormal":
            row = (LOG_NORMAL, given["mu"], given["sigma"], 0.0)
            constant = -math.log(given["sigma"]) - 0.5 * math.log(2 * math.pi)
        case "Beta":
            row = (BETA, 0.0, given["alpha"], given["beta"])
            constant = math.lgamma(given["alpha"] + given["beta"])
            constant -= math.lgamma(given["alpha"]) + math.lgamma(given["beta"])
        case "Flat" | "HalfFlat":
            row, constant = (FLAT, 0.0, math.inf, 0.0), 0.0
        case "Uniform":  # inside its bounds; see `Prior.has_walls`
            row = (FLAT, 0.0, math.inf, 0.0)
            constant = -math.log(given["upper"] - given["lower"])
        case _:
            raise ValueError(f"No kernel density for the prior {prior}.")
    constant += half + math.log(abs(prior.power))
    return np.array((*row, prior.power), dtype=float), constant


def log_prior(row: Array, x: float) -> tuple[float, float]:
    """Log density of a parameter and its derivative, constants left out.

    Parameters
    ----------
    row : array of shape (5,)
    x : float
        Value on the natural scale.

    Returns
    -------
    value, slope : float
    """
    code, location, scale, shape, power = int(row[0]), row[1], row[2], row[3], row[4]
    u = x if power == 1.0 else x**power
    z = (u - location) / scale
    if code == NORMAL:
        value, slope = -0.5 * z * z, -z / scale
    elif code == STUDENT:
        value = -0.5 * (shape + 1) * math.log1p(z * z / shape)
        slope = -(shape + 1) * z / (scale * (shape + z * z))
    elif code == LAPLACE:
        value, slope = -abs(z), -np.sign(z) / scale
    elif code == GAMMA:
        value, slope = (shape - 1) * math.log(u) - u / scale, (shape - 1) / u - 1 / scale
    elif code == INVERSE_GAMMA:
        value = -(shape + 1) * math.log(u) - scale / u
        slope = -(shape + 1) / u + scale / (u * u)
    elif code == LOG_NORMAL:
        z = (math.log(u) - location) / scale
        value, slope = -0.5 * z * z - math.log(u), -(z / scale + 1) / u
    elif code == BETA:
        value = (scale - 1) * math.log(u) + (shape - 1) * math.log1p(-u)
        slope = (scale - 1) / u - (shape - 1) / (1 - u)
    else:
        value, slope = 0.0, 0.0
    if power == 1.0:
        return value, slope
    return value + (power - 1.0) * math.log(x), (slope * power * u + power - 1.0) / x


compiled_log_prior = compiled(log_prior)
"""`log_prior` for compiled code."""
