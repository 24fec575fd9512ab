"""Prior densities in compiled code, and the table that says which one a parameter has."""

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.compiled import compiled
from bayesglmm.families import Prior
from bayesglmm.families.links import Array

NORMAL, STUDENT, LAPLACE, GAMMA, INVERSE_GAMMA, LOG_NORMAL = range(6)


def prior_row(prior: Prior) -> tuple[Array, float]:
    """A prior as numbers.

    Parameters
    ----------
    prior : Prior
        Of a real or a positive parameter.

    Returns
    -------
    row : array of shape (4,)
        Code, location, scale, shape.
    constant : float
        Normalising constant of the log density, which the compiled code leaves out.
    """
    given = dict(prior.arguments)
    half = math.log(2.0) if prior.name.startswith("Half") else 0.0
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
        case _:
            raise ValueError(f"No kernel density for the prior {prior}.")
    return np.array(row, dtype=float), constant + half


def log_prior(row: Array, x: float) -> tuple[float, float]:
    """Log density of a parameter and its derivative, constants left out.

    Parameters
    ----------
    row : array of shape (4,)
    x : float
        Value on the natural scale.

    Returns
    -------
    value, slope : float
    """
    code, location, scale, shape = int(row[0]), row[1], row[2], row[3]
    z = (x - location) / scale
    if code == NORMAL:
        return -0.5 * z * z, -z / scale
    if code == STUDENT:
        value = -0.5 * (shape + 1) * math.log1p(z * z / shape)
        return value, -(shape + 1) * z / (scale * (shape + z * z))
    if code == LAPLACE:
        return -abs(z), -np.sign(z) / scale
    if code == GAMMA:
        return (shape - 1) * math.log(x) - x / scale, (shape - 1) / x - 1 / scale
    if code == INVERSE_GAMMA:
        return -(shape + 1) * math.log(x) - scale / x, -(shape + 1) / x + scale / (x * x)
    z = (math.log(x) - location) / scale
    return -0.5 * z * z - math.log(x), -(z / scale + 1) / x


compiled_log_prior = compiled(log_prior)
"""`log_prior` for compiled code."""
