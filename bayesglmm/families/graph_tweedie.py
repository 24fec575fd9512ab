"""The density of Tweedie amounts as a PyTensor expression; NumPy's is in `families.tweedie`."""

from __future__ import annotations

from typing import Any

import numpy as np

UP, DOWN = 64, 56
"""Terms above and below the largest that have all digits of a sum."""
SPARSE = 3.0
"""Terms that are summed in a standard deviation of them, where these are many."""
LARGE = 1e5
"""Arguments from which Stirling's formula with one term more has every digit."""

NODES = np.arange(-float(DOWN), UP + 1.0)


def _excess(z: Any) -> Any:
    """``z log(z) - z - log gamma(z)``."""
    import pytensor.tensor as pt

    small, large = pt.minimum(z, LARGE), pt.maximum(z, LARGE)
    exact = small * pt.log(small) - small - pt.gammaln(small)
    return pt.switch(
        pt.lt(z, LARGE), exact, 0.5 * pt.log(large / (2 * np.pi)) - 1.0 / (12.0 * large)
    )


def _fall(log_peak: Any, k: Any) -> Any:
    """``peak - k - k log(peak / k)``."""
    import pytensor.tensor as pt

    x = (pt.exp(log_peak) - k) / k
    near = k * (x - pt.log1p(pt.maximum(x, -0.5)))
    return pt.switch(pt.lt(abs(x), 0.5), near, k * x - k * (log_peak - pt.log(k)))


def _log_series(log_peak: Any, shape: Any) -> Any:
    """Log of the sum over the counts; see `families.tweedie`."""
    import pytensor.tensor as pt

    log_peak, shape = pt.shape_padright(log_peak), pt.shape_padright(shape)
    peak = pt.exp(log_peak)
    step = pt.maximum(pt.floor(pt.sqrt(peak / (1.0 + shape)) / SPARSE), 1.0)
    place = pt.maximum(pt.floor(peak), 1.0) + step * NODES
    k = pt.maximum(place, 1.0)
    logs = _excess(k) + _excess(shape * k) - pt.log(k) - (1.0 + shape) * _fall(log_peak, k)
    logs = pt.switch(pt.ge(place, 1.0), logs, -np.inf)
    largest = pt.max(logs, axis=-1, keepdims=True)
    total = pt.log(pt.sum(pt.exp(logs - largest), axis=-1))
    return largest[..., 0] + total + pt.log(step[..., 0])


def tweedie_density(y: Any, mu: Any, phi: Any, power: Any) -> Any:
    """Log density of Tweedie amounts, see `families.tweedie`."""
    import pytensor.tensor as pt

    phi, power = (pt.cast(values, "float64") for values in (phi, power))  # 7.0 would be of 32 bits
    above, below = power - 1.0, 2.0 - power
    some = pt.switch(pt.gt(y, 0), y, 1.0)
    log_y, log_mean = pt.log(some), pt.log(mu)
    ratio = log_mean - log_y
    lost = pt.expm1(below * ratio) / below + pt.expm1(-above * ratio) / above
    lost *= pt.exp(below * log_y) / phi
    log_peak = below * log_y - pt.log(phi) - pt.log(below)
    zero = -pt.exp(below * log_mean - pt.log(phi) - pt.log(below))
    shape = below / above + pt.zeros_like(log_peak)
    inside = _log_series(log_peak, shape) - lost - log_y
    return pt.switch(pt.gt(y, 0), inside, pt.switch(pt.eq(y, 0), zero, -np.inf))
