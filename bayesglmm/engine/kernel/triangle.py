"""Sds of an intercept and of a slope on a column far from 0, by the triangle that they make.

With m the mean of the column, the effects ``u0``, ``m u1`` and ``u0' = u0 + m u1``, which is the
intercept at the mean, are the sides of a triangle: their standard deviations s0, ``b = |m| s1`` and
a are its lengths. Data show a, and b where groups differ in their slopes beyond doubt; the prior
is of s0, s1 and their correlation. Any side may vanish beside the other two, and then a narrow
corner opens in coordinates made of those two: in the user's where a vanishes, in those of the
centred column where s0 does. Here all three corners are strips of bounded width. With A the angle
between u0 and ``-m u1`` and ``t = log(s0 / b)`` the coordinates are ``log a``, across and along:

    sinh(across) = sinh(t) sqrt(1 + exp(2 along)),    sinh(along) = cot(A)

so that across is t where s0 or b vanishes. Where a does, across is the correlation of u0' and u1,
its cotangent the sinh, and along is the log of ``2 b / a`` and of the angle's sine.
"""

from __future__ import annotations

import numpy as np

from bayesglmm.engine.compiled import compiled


def from_sides(log_s0: float, log_b: float, cotangent: float) -> tuple[float, float, float]:
    """Coordinates of a triangle.

    Parameters
    ----------
    log_s0, log_b : float
        Log lengths of two sides.
    cotangent : float
        Of the angle between them.

    Returns
    -------
    log_a, across, along : float
    """
    along, sinh_t = np.arcsinh(cotangent), np.sinh(log_s0 - log_b)
    low = np.exp(-2.0 * along)
    across = np.arcsinh(sinh_t * np.sqrt(1.0 + 1.0 / low))
    opening = sinh_t * sinh_t / (1.0 + np.hypot(1.0, sinh_t)) + 2.0 * low / (1.0 + low)
    return 0.5 * (log_s0 + log_b + np.log(2.0 * opening)), across, along


def to_sides(log_a: float, across: float, along: float) -> tuple[float, float, float, float]:
    """Two sides of a triangle and their angle, and the log determinant of the step.

    By the law of cosines ``a^2 = s0 b * 2 (cosh t - cos(A))``.

    Parameters
    ----------
    log_a, across, along : float

    Returns
    -------
    log_s0, log_b, cotangent, log_determinant : float
    """
    low = np.exp(-2.0 * along)
    stretch = np.sqrt(1.0 + 1.0 / low)
    sinh_t = np.sinh(across) / stretch
    cosh_t = np.hypot(1.0, sinh_t)
    opening = sinh_t * sinh_t / (1.0 + cosh_t) + 2.0 * low / (1.0 + low)
    middle, t = log_a - 0.5 * np.log(2.0 * opening), np.arcsinh(sinh_t)
    log_determinant = np.log(np.cosh(across) / (stretch * cosh_t) * np.cosh(along))
    return middle + 0.5 * t, middle - 0.5 * t, np.sinh(along), log_determinant


def to_sides_backward(
    across: float, along: float, slopes: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Carry slopes back through `to_sides`, that of the log determinant, 1, included.

    Parameters
    ----------
    across, along : float
    slopes : tuple of float
        Of log_s0, log_b and the cotangent.

    Returns
    -------
    tuple of float
        Slopes of log_a, across and along.
    """
    low = np.exp(-2.0 * along)
    cos, share, stretch = (1.0 - low) / (1.0 + low), 1.0 / (1.0 + low), np.sqrt(1.0 + 1.0 / low)
    sinh_t = np.sinh(across) / stretch
    cosh_t = np.hypot(1.0, sinh_t)
    opening = sinh_t * sinh_t / (1.0 + cosh_t) + 2.0 * low / (1.0 + low)
    total, tanh_t = slopes[0] + slopes[1], sinh_t / cosh_t
    t_slope = 0.5 * (slopes[0] - slopes[1]) - 0.5 * total * sinh_t / opening - tanh_t
    across_slope = t_slope * np.cosh(across) / (stretch * cosh_t) + np.tanh(across)
    along_slope = 0.5 * total * (1.0 - cos * cos) / opening - t_slope * tanh_t * share
    along_slope += slopes[2] * np.cosh(along) + cos - share
    return total, across_slope, along_slope


compiled_from_sides, compiled_to_sides = compiled(from_sides), compiled(to_sides)
compiled_to_sides_backward = compiled(to_sides_backward)
