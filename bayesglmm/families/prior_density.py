"""Log densities of the prior distributions, in PyMC's arguments.

Each is a function of the parameter and the arguments by name; NumPy, normalised unless said.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import lgamma, log, pi, sqrt
from typing import Any

import numpy as np

type Arguments = Mapping[str, float]


def normal(x: Any, a: Arguments) -> Any:
    """Normal(mu, sigma)."""
    z = (x - a.get("mu", 0.0)) / a["sigma"]
    return -0.5 * np.square(z) - log(a["sigma"] * sqrt(2 * pi))


def student(x: Any, a: Arguments) -> Any:
    """StudentT(nu, mu, sigma)."""
    nu = a["nu"]
    z = (x - a.get("mu", 0.0)) / a["sigma"]
    constant = lgamma((nu + 1) / 2) - lgamma(nu / 2) - log(a["sigma"] * sqrt(nu * pi))
    return constant - (nu + 1) / 2 * np.log1p(np.square(z) / nu)


def cauchy(x: Any, a: Arguments) -> Any:
    """Cauchy(alpha, beta)."""
    z = (x - a.get("alpha", 0.0)) / a["beta"]
    return -np.log1p(np.square(z)) - log(pi * a["beta"])


def laplace(x: Any, a: Arguments) -> Any:
    """Laplace(mu, b)."""
    return -np.abs(x - a["mu"]) / a["b"] - log(2 * a["b"])


def half_normal(x: Any, a: Arguments) -> Any:
    """HalfNormal(sigma)."""
    return normal(x, a) + log(2)


def half_student(x: Any, a: Arguments) -> Any:
    """HalfStudentT(nu, sigma)."""
    return student(x, a) + log(2)


def half_cauchy(x: Any, a: Arguments) -> Any:
    """HalfCauchy(beta)."""
    return cauchy(x, a) + log(2)


def exponential(x: Any, a: Arguments) -> Any:
    """Exponential(lam)."""
    return log(a["lam"]) - a["lam"] * x


def gamma(x: Any, a: Arguments) -> Any:
    """Gamma(alpha, beta), beta a rate."""
    constant = a["alpha"] * log(a["beta"]) - lgamma(a["alpha"])
    return constant + (a["alpha"] - 1) * np.log(x) - a["beta"] * x


def inverse_gamma(x: Any, a: Arguments) -> Any:
    """InverseGamma(alpha, beta)."""
    constant = a["alpha"] * log(a["beta"]) - lgamma(a["alpha"])
    return constant - (a["alpha"] + 1) * np.log(x) - a["beta"] / x


def beta(x: Any, a: Arguments) -> Any:
    """Beta(alpha, beta), between 0 and 1."""
    constant = lgamma(a["alpha"] + a["beta"]) - lgamma(a["alpha"]) - lgamma(a["beta"])
    return constant + (a["alpha"] - 1) * np.log(x) + (a["beta"] - 1) * np.log1p(-x)


def dirichlet(x: Any, a: Any) -> Any:
    """Dirichlet(a), the shares along the last axis."""
    constant = lgamma(float(np.sum(a))) - sum(lgamma(float(each)) for each in a)
    return constant + np.sum((a - 1) * np.log(x), axis=-1)


def uniform(x: Any, a: Arguments) -> Any:
    """Uniform(lower, upper)."""
    inside = (np.asarray(x) >= a["lower"]) & (np.asarray(x) <= a["upper"])
    return np.where(inside, -log(a["upper"] - a["lower"]), -np.inf)


def flat(x: Any, a: Arguments) -> Any:
    """Flat: 0 everywhere, not normalised."""
    return np.zeros(np.shape(x))


def half_flat(x: Any, a: Arguments) -> Any:
    """HalfFlat: 0 from 0 on, not normalised."""
    return np.where(np.asarray(x) >= 0, 0.0, -np.inf)


def log_normal(x: Any, a: Arguments) -> Any:
    """LogNormal(mu, sigma)."""
    return normal(np.log(x), a) - np.log(x)


def lkj(factor: Any, a: Arguments) -> Any:
    """LKJ(eta) of the correlation matrix with a Cholesky factor (..., q, q), but for a constant.

    Lewandowski, Kurowicka & Joe (2009), eq. 1: proportional to ``det(R)^(eta - 1)``.
    """
    diagonal = np.diagonal(factor, axis1=-2, axis2=-1)
    return 2 * (a["eta"] - 1) * np.log(diagonal).sum(axis=-1)
