"""Scalar functions for compiled loops, accurate to a few units in the last place.

Those of logarithms, exponentials and gamma functions are free of branches and calls, so that LLVM
vectorises a loop over them. They rely on the order of their operations: their own instructions may
be contracted, never reassociated, whatever the fast-math flags of the caller.
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

ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
"""Bits of the root of one half: less these, those of a number hold the power of 2 next to it."""

EXP_SERIES = tuple(1.0 / math.factorial(n) for n in range(13, -1, -1))
"""Of e^r, highest power first; the rest is below 1e-17 for |r| up to log(2) / 2."""

EXPM1_SERIES = EXP_SERIES[:-1]
"""Of (e^r - 1) / r."""

ATANH_SERIES = tuple(2.0 / (2 * n + 1) for n in range(10, -1, -1))
"""Of 2 atanh(s) / s in s^2, highest power first; the rest is below 1e-17 for |s| up to 0.172."""

REMAINDER_NUMERATOR = (
    0.012802691044385202,
    0.9359695524413701,
    10.434622474262303,
    37.55435654356683,
    55.84228078676607,
    37.997356940103565,
    12.112051437633761,
    1.7069544420792828,
    1 / 12,
)
REMAINDER_DENOMINATOR = (
    0.27730517589938625,
    13.677342417023329,
    136.57421330879382,
    469.9308570556217,
    684.2080708816836,
    460.6473277137298,
    146.01898633003276,
    20.5167866382847,
    1.0,
)
"""The remainder of Stirling's formula times z as a rational function of 1 / z^2, highest powers
first: of the least largest error, 1.3e-18, for z of 1 or more."""

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
def expm1(x: float) -> float:
    """``exp(x) - 1``, to all digits near 0, of the nearest number in [-708, 709].

    Parameters
    ----------
    x : float

    Returns
    -------
    float
    """
    x = LOWEST if x < LOWEST else x
    x = HIGHEST if x > HIGHEST else x
    shifted = x * (1.0 / LOG_2) + ROUNDING
    exponent = shifted - ROUNDING
    rest = (x - exponent * LOG_2_HIGH) - exponent * LOG_2_LOW
    power_of_two: float = _from_bits((_to_bits(shifted) + 1023) << 52)
    return rest * polynomial(EXPM1_SERIES, rest) * power_of_two + (power_of_two - 1.0)


@inlined
def log(x: float) -> float:
    """Natural logarithm.

    Parameters
    ----------
    x : float
        Finite, 2.3e-308 or more.

    Returns
    -------
    float
    """
    exponent, scale = _scale(x)
    return _log_of_parts(exponent, x * scale - 1.0)


@inlined
def log1p(x: float) -> float:
    """``log(1 + x)``, to all digits near 0.

    Parameters
    ----------
    x : float
        Above -1.

    Returns
    -------
    float
    """
    exponent, scale = _scale(1.0 + x)
    found = _log_of_parts(exponent, (scale - 1.0) + x * scale)
    return found if x < math.inf else x


@inlined
def log1mexp(x: float) -> float:
    """``log(1 - exp(-x))``.

    Parameters
    ----------
    x : float
        0 or more.

    Returns
    -------
    float
        -inf for 0.
    """
    far = log1p(-exp(-max(x, LOG_2)))
    near = log(max(-expm1(-x), 1e-300))
    return far if x > LOG_2 else (near if x > 0.0 else -math.inf)


@inlined
def _scale(x: float) -> tuple[int, float]:
    """The power of 2 next to a number, and what brings the number next to 1."""
    exponent = (_to_bits(x) - ROOT_HALF_BITS) >> 52
    return exponent, _from_bits((1023 - exponent) << 52)


@inlined
def _log_of_parts(exponent: int, rest: float) -> float:
    """Log of ``(1 + rest) 2^exponent``, the first between the roots of 1/2 and of 2."""
    s = rest / (rest + 2.0)
    series = s * polynomial(ATANH_SERIES, s * s)
    return exponent * LOG_2_HIGH + (exponent * LOG_2_LOW + series)


@inlined
def _log1p_of_share(x: float) -> float:
    """`log1p` from 0 to 1."""
    halved = x > 0.41421356237309503
    numerator = x - 1.0 if halved else x
    denominator = x + 3.0 if halved else x + 2.0
    s = numerator / denominator
    series = s * polynomial(ATANH_SERIES, s * s)
    return LOG_2 + series if halved else series


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
    tail = _log1p_of_share(small)
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
def gamma_ratio(alpha: float, log_alpha: float, y: float) -> tuple[float, float]:
    """How far log gamma rises from `alpha` to ``alpha + y``, and the slope of that in log alpha.

    Parameters
    ----------
    alpha : float
        Above 0.
    log_alpha : float
        Its log, which callers have.
    y : float
        A whole number, 0 or more.

    Returns
    -------
    rise, slope : float
        The second is ``alpha (digamma(alpha + y) - digamma(alpha))``.
    """
    below = alpha < 1.0
    first = 1.0 if below and y > 0.0 else 0.0  # the first factor, alpha, is taken by itself
    low = alpha + 1.0 if below else alpha
    log_low = _log1p_of_share(alpha if below else 0.0) if below else log_alpha
    rise, digamma = _stirling_rise(low, log_low, y - first)
    return first * log_alpha + rise, first + alpha * digamma


@inlined
def gamma_half_step(z: float) -> tuple[float, float]:
    """`gamma_ratio` of `z` for half a step.

    Parameters
    ----------
    z : float
        Above 0.

    Returns
    -------
    rise, slope : float
    """
    rise, digamma = _stirling_rise(z + 1.0, log1p(z), 0.5)
    return rise - log1p(0.5 / z), z * digamma + 0.5 / (z + 0.5)


@inlined
def _stirling_rise(low: float, log_low: float, steps: float) -> tuple[float, float]:
    """How far log gamma and digamma rise from `low` to ``low + steps``, both 1 or more.

    The differences are taken term by term in Stirling's formula, so that neither loses digits as
    `low` grows.
    """
    start, start_fall, over_low = _stirling_remainder(low)
    end, end_fall, over_high = _stirling_remainder(low + steps)
    log_rise = log1p(steps * over_low)
    rise = (low - 0.5) * log_rise + steps * (log_low + log_rise - 1.0) + (end - start)
    digamma = log_rise + (0.5 + end_fall) * steps * over_low * over_high
    return rise, digamma + (start_fall - end_fall) * over_low


@inlined
def log_gamma(z: float, log_z: float) -> tuple[float, float]:
    """Log of the gamma function, and its derivative.

    Parameters
    ----------
    z : float
        Above 0.
    log_z : float
        Its log, which callers have.

    Returns
    -------
    log_gamma, digamma : float
    """
    value, slope = gamma_excess(z, log_z)
    return z * (log_z - 1.0) - value, log_z - slope / z


@inlined
def gamma_excess(z: float, log_z: float) -> tuple[float, float]:
    """``z log(z) - z - log gamma(z)``, and its slope in log z, ``z (log(z) - digamma(z))``.

    Half of ``log(z / 2 pi)`` where z is large, to all digits: it is what is left of the log density
    of a gamma distribution at its mean.

    Parameters
    ----------
    z : float
        Above 0.
    log_z : float
        Its log, which callers have.

    Returns
    -------
    value, slope : float
    """
    below = z < 1.0  # where the gamma function of z + 1 is looked at, over z
    high = z + 1.0 if below else z
    remainder, fall, over = _stirling_remainder(high)
    step = log_z - _log1p_of_share(z if below else 0.0) if below else 0.0
    value = 0.5 * log_z - HALF_LOG_TWO_PI - remainder
    value += (z + 0.5) * step + 1.0 if below else 0.0
    slope = 0.5 + z * over * fall
    slope += z * step + (z + 0.5) * over if below else 0.0
    return value, slope


@inlined
def _stirling_remainder(z: float) -> tuple[float, float, float]:
    """What Stirling's formula leaves of log gamma, z times how fast that falls, and 1 / z.

    z is 1 or more.
    """
    over = 1.0 / z
    square = over * over
    numerator, rise = _with_slope(REMAINDER_NUMERATOR, square)
    denominator, growth = _with_slope(REMAINDER_DENOMINATOR, square)
    inverse = 1.0 / denominator
    share = numerator * inverse
    return over * share, over * (share + 2.0 * square * (rise - share * growth) * inverse), over


@inlined
def _with_slope(coefficients: tuple[float, ...], x: float) -> tuple[float, float]:
    """A polynomial and its derivative, highest power first."""
    total, slope = coefficients[0], 0.0
    for coefficient in coefficients[1:]:
        slope = slope * x + total
        total = total * x + coefficient
    return total, slope
