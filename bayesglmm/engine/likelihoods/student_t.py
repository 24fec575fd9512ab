"""Responses with Student's t distribution about a location."""

# ruff: noqa: ARG001 (functions of one shape, whether or not a response has a size)

from __future__ import annotations

import math

import numpy as np

from bayesglmm.engine.compiled import inlined
from bayesglmm.engine.likelihoods.arithmetic import gamma_half_step, log1p
from bayesglmm.engine.likelihoods.general import of_responses
from bayesglmm.engine.likelihoods.links import MEANS, Mean, Rate, rate_log

FARTHEST = 1e150
"""Distance in scales whose square is a number."""


@inlined
def student_t_density(
    parameters: tuple[Mean, Rate, Rate], y: float, size: float
) -> tuple[float, tuple[float, float, float]]:
    """Of a location, a scale and degrees of freedom; see `of_responses`."""
    mu, sigma, nu = parameters
    z = (y - mu.value) / sigma.value
    if not abs(z) < FARTHEST:
        return -math.inf, (0.0, 0.0, 0.0)
    square = z * z
    rise, rise_slope = gamma_half_step(0.5 * nu.value)
    tail, pull = log1p(square / nu.value), (nu.value + 1.0) / (nu.value + square)
    value = rise - 0.5 * nu.log - sigma.log - 0.5 * (nu.value + 1.0) * tail
    by_log_nu = rise_slope - 0.5 * (nu.value * tail + 1.0 - pull * square)
    return value, (
        pull * z / sigma.value * mu.slope,
        (pull * square - 1.0) * sigma.log_slope,
        by_log_nu * nu.log_slope,
    )


STUDENT_T = of_responses(
    "student_t",
    (MEANS, {"log": rate_log}, {"log": rate_log}),
    student_t_density,
    lambda rows: -0.5 * math.log(math.pi) * np.size(rows.y),
)
