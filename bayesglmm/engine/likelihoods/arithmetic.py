"""Scalar functions for compiled loops, accurate to a few units in the last place.

`exp` and `logistic` are free of branches and of calls, so that LLVM vectorises a loop over them.
They rely on the order of their operations: their own instructions may be contracted, never
reassociated, whatever the fast-math flags of the caller.
"""

from __future__ import annotations

import math
from typing import Any

from numba.core import types
from numba.extending import intrinsic

from bayesglmm.engine.compiled import inlined

LOG_2 = math.log(2.0)
LOG_2_HIGH = 0.693147180369123816490  # 32 bits, so that multiples of it are exact
LOG_2_LOW = 1.90821492927058770002e-10
HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)
LOWEST, HIGHEST = -708.0, 709.0
ROUNDING = 6755399441055744.0
"""1.5 * 2^52: added to a number, it leaves the nearest integer in the lowest bits of the sum."""

EXP_SERIES = tuple(1.0 / math.factorial(n) for n in range(13, -1, -1))
"""Of e^r, highest power first; the rest is below 1e-17 for |r| up to log(2) / 2."""

ATANH_SERIES = tuple(2.0 / (2 * n + 1) for n in range(10, -1, -1))
"""Of 2 atanh(s) / s in s^2, highest power first; the rest is below 1e-17 for |s| up to 0.172."""

STIRLING_FROM = 10.0
STIRLING_SERIES = (1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12)
"""Of the remainder of Stirling's formula times z, in powers of 1 / z^2, highest first."""

MOST_FACTORS, LARGEST_FACTOR = 20.0, 1e12
"""Up to which a rising factorial is a product of its factors."""

DIGAMMA_SERIES = (1 / 12, -691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12)
"""Of (log z - 1 / (2 z) - digamma(z)) z^2, in powers of 1 / z^2, highest first."""

FAR_TAIL = -5.0
"""Below it the normal distribution function is a continued fraction."""

TAIL_TERMS = 40
"""Terms of the fraction that give every digit at `FAR_TAIL`."""


def _reinterpretation(given: Any, wanted: Any) -> Any:
    """A compiled function from the bits of one type to those of another of the same size."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(wanted))

    def typed(_context: Any, _value: Any) -> Any:
        return wanted(given), generate

    return intrinsic(typed)


_to_bits = _reinterpretation(types.float64, types.int64)
_from_bits = _reinterpretation(types.int64, types.float64)


@inlined
def polynomial(coefficients: tuple[float, ...], x: float) -> float:
    """A polynomial by Horner's rule.

    Parameters
    ----------
    coefficients : tuple of float
        Highest power first.
    x : float

    Returns
    -------
    float
    """
    total = 0.0
    for coefficient in coefficients:
        total = total * x + coefficient
    return total


@inlined
def exp(x: float) -> float:
    """Exponential function, of the nearest number in [-708, 709]; NaN stays NaN.

    Parameters
    ----------
    x : float

    Returns
    -------
    float
        Finite and above 0.
    """
    x = LOWEST if x < LOWEST else x
    x = HIGHEST if x > HIGHEST else x
    shifted = x * (1.0 / LOG_2) + ROUNDING
    exponent = shifted - ROUNDING
    rest = (x - exponent * LOG_2_HIGH) - exponent * LOG_2_LOW
    power_of_two: float = _from_bits((_to_bits(shifted) + 1023) << 52)
    return polynomial(EXP_SERIES, rest) * power_of_two


@inlined
def logistic(x: float) -> tuple[float, float, float, float]:
    """Both sides of the logistic function and of its integral, each accurate in its tail.

    Parameters
    ----------
    x : float

    Returns
    -------
    softplus, softplus_of_minus : float
        ``log(1 + e^x)`` and ``log(1 + e^-x)``.
    sigmoid, sigmoid_of_minus : float
        ``1 / (1 + e^-x)`` and ``1 / (1 + e^x)``.
    """
    small = exp(-abs(x))
    # log(1 + small) is 2 atanh(s), or log 2 + 2 atanh(s) with s of half of 1 + small.
    halved = small > 0.41421356237309503
    numerator = small - 1.0 if halved else small
    denominator = small + 3.0 if halved else small + 2.0
    s = numerator / denominator
    series = s * polynomial(ATANH_SERIES, s * s)
    tail = LOG_2 + series if halved else series
    near = 1.0 / (1.0 + small)
    far = small * near
    positive = x > 0.0
    softplus = (x if positive else 0.0) + tail
    softplus_of_minus = (0.0 if positive else -x) + tail
    return softplus, softplus_of_minus, near if positive else far, far if positive else near


@inlined
def log_ndtr_and_ratio(x: float) -> tuple[float, float]:
    """Log of the normal distribution function, and its derivative.

    Parameters
    ----------
    x : float

    Returns
    -------
    log_ndtr : float
        Log of the probability below `x`.
    ratio : float
        The density at `x` over that probability.
    """
    log_density = -0.5 * x * x - HALF_LOG_TWO_PI
    if x < FAR_TAIL:
        # Laplace's continued fraction.
        ratio = -x
        for term in range(TAIL_TERMS, 0, -1):
            ratio = term / ratio - x
        return log_density - math.log(ratio), ratio
    if x < 0.0:
        probability = 0.5 * math.erfc(-x * math.sqrt(0.5))
        return math.log(probability), math.exp(log_density) / probability
    above = 0.5 * math.erfc(x * math.sqrt(0.5))
    return math.log1p(-above), math.exp(log_density) / (1.0 - above)


@inlined
def gamma_ratio(alpha: float, y: float) -> tuple[float, float]:
    """How far log gamma and digamma rise from `alpha` to ``alpha + y``.

    Of a small whole y they are a product and its logarithmic derivative. Else the differences are
    taken term by term in Stirling's series, so that neither loses digits as `alpha` grows.

    Parameters
    ----------
    alpha : float
        Above 0.
    y : float
        0 or more.

    Returns
    -------
    log_gamma, digamma : float
        The two differences.
    """
    if y == 0.0:
        return 0.0, 0.0
    if y <= MOST_FACTORS and alpha < LARGEST_FACTOR and y == math.floor(y):
        product, derivative, factor = 1.0, 0.0, alpha
        for _ in range(int(y)):
            derivative = derivative * factor + product
            product *= factor
            factor += 1.0
        return math.log(product), derivative / product
    low, product, reciprocals = alpha, 1.0, 0.0
    while low < STIRLING_FROM:
        product *= low / (low + y)
        reciprocals += y / (low * (low + y))
        low += 1.0
    high = low + y
    log_rise = math.log1p(y / low)
    over_low, over_high = 1.0 / low, 1.0 / high
    square_low, square_high = over_low * over_low, over_high * over_high
    log_gamma = (low - 0.5) * log_rise + y * (math.log(high) - 1.0) + math.log(product)
    log_gamma += over_high * polynomial(STIRLING_SERIES, square_high)
    log_gamma -= over_low * polynomial(STIRLING_SERIES, square_low)
    digamma = log_rise + 0.5 * y * over_low * over_high + reciprocals
    digamma += square_low * polynomial(DIGAMMA_SERIES, square_low)
    digamma -= square_high * polynomial(DIGAMMA_SERIES, square_high)
    return log_gamma, digamma


@inlined
def log_gamma(z: float) -> tuple[float, float]:
    """Log of the gamma function, and its derivative.

    Parameters
    ----------
    z : float
        Above 0.

    Returns
    -------
    log_gamma, digamma : float
    """
    value, slope = gamma_excess(z)
    log_z = math.log(z)
    return z * (log_z - 1.0) - value, log_z - slope


@inlined
def gamma_excess(z: float) -> tuple[float, float]:
    """``z log(z) - z - log gamma(z)``, and its derivative ``log(z) - digamma(z)``.

    Half of ``log(z / 2 pi)`` where z is large, to all digits: it is what is left of the log density
    of a gamma distribution at its mean.

    Parameters
    ----------
    z : float
        Above 0.

    Returns
    -------
    value, slope : float
    """
    high, product, derivative = z, 1.0, 0.0
    while high < STIRLING_FROM:
        derivative = derivative * high + product
        product *= high
        high += 1.0
    over, log_high = 1.0 / high, math.log(high)
    square = over * over
    value = 0.5 * log_high - HALF_LOG_TWO_PI - over * polynomial(STIRLING_SERIES, square)
    slope = 0.5 * over + square * polynomial(DIGAMMA_SERIES, square)
    if high > z:
        log_rise = math.log(high / z)
        value += math.log(product) - z * log_rise - (high - z) * (log_high - 1.0)
        slope += derivative / product - log_rise
    return value, slope
