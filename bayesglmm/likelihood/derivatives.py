"""Log likelihoods of cells with three derivatives by the linear predictor, NumPy.

Laplace's approximation needs the curvature of the log likelihood, and the gradient of the
approximation needs the derivative of that curvature. Cells and their statistics are the engine's
(`bayesglmm.engine.likelihoods`). A curve is written in the coordinate in which it is simplest (the
log of the mean of a count, the mean of a Gaussian); a bend carries the linear predictor to that
coordinate, and the chain rule does the rest.
"""

# ruff: noqa: ARG001 (functions of one shape, whether or not a family needs every argument)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bayesglmm.engine.likelihoods import Statistics
from bayesglmm.engine.likelihoods.gaussian import Deviations
from bayesglmm.engine.likelihoods.negative_binomial import Counts
from bayesglmm.families import Family, Link
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The log likelihood of cells around their linear predictors.

    All arrays have the shape of the linear predictor; m cells stand on the first axis.

    Attributes
    ----------
    value : array
        Without the part that depends on no linear predictor; -inf outside the domain.
    first, second, third : array
        Derivatives by the linear predictor.
    by_log : tuple of three arrays or None
        Derivatives of `value`, `first` and `second` by the log of the family's other parameter, of
        each cell; None where the family has none.
    """

    value: Array
    first: Array
    second: Array
    third: Array
    by_log: tuple[Array, Array, Array] | None = None


type CurveFunction = Callable[[Array, Any, Array], Curve]
type Bend = Callable[[Array], tuple[Array, Array, Array, Array]]


def _tall(values: Array, like: Array) -> Array:
    """Statistics of the cells beside a predictor with further axes."""
    return values.reshape(values.shape + (1,) * (like.ndim - 1))


def _poisson(t: Array, cells: Any, other: Array) -> Curve:
    """In the log of the rate."""
    mean = _tall(cells.exposure, t) * np.exp(t)
    total = _tall(cells.total, t)
    with np.errstate(invalid="ignore"):
        value = np.where(total > 0, total * t, 0.0) - mean
    return Curve(value, total - mean, -mean, -mean)


def _negative_binomial(t: Array, cells: Any, other: Array) -> Curve:
    """In the log of the rate: counts as successes, alpha failures a row, at odds mean / alpha."""
    from scipy.special import expit

    shape = _tall(other, t)
    total, failures = _tall(cells.total, t), _tall(cells.rows, t) * shape
    log_odds = t + (_tall(cells.log_exposure, t) - np.log(shape))
    success, failure = expit(log_odds), expit(-log_odds)
    spread = failures * np.logaddexp(0.0, log_odds)
    with np.errstate(invalid="ignore"):
        value = np.where(total > 0, -total * np.logaddexp(0.0, -log_odds), 0.0) - spread
    first = total * failure - failures * success
    product = success * failure
    second = -(total + failures) * product
    third = second * (failure - success)
    by_log = (-first - spread, -second - failures * success, -third - failures * product)
    return Curve(value, first, second, third, by_log)


def _logit(eta: Array, cells: Any, other: Array) -> Curve:
    from scipy.special import expit

    a, b = _tall(cells.successes, eta), _tall(cells.failures, eta)
    success, failure = expit(eta), expit(-eta)
    value = a * np.minimum(eta, 0.0) - b * np.maximum(eta, 0.0)
    value = value - (a + b) * np.log1p(np.exp(-np.abs(eta)))
    second = -(a + b) * success * failure
    return Curve(value, a * failure - b * success, second, second * (failure - success))


def _log_normal_cdf(eta: Array) -> tuple[Array, Array, Array, Array]:
    """Log of the normal distribution function and three derivatives."""
    from scipy.special import erfcx, log_ndtr

    ratio = np.sqrt(2 / np.pi) / erfcx(-np.maximum(eta, -1e8) / np.sqrt(2.0))
    both = eta + ratio
    return log_ndtr(eta), ratio, -ratio * both, ratio * (both * (both + ratio) - 1.0)


def _probit(eta: Array, cells: Any, other: Array) -> Curve:
    a, b = _tall(cells.successes, eta), _tall(cells.failures, eta)
    successes, failures = _log_normal_cdf(eta), _log_normal_cdf(-eta)
    signs = (1.0, -1.0, 1.0, -1.0)
    with np.errstate(invalid="ignore"):
        parts = [
            np.where(a > 0, a * success, 0.0) + np.where(b > 0, sign * b * failure, 0.0)
            for success, failure, sign in zip(successes, failures, signs, strict=True)
        ]
    value, first, second, third = parts
    return Curve(value, first, second, third)


def _cloglog(eta: Array, cells: Any, other: Array) -> Curve:
    a, b = _tall(cells.successes, eta), _tall(cells.failures, eta)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        hazard = np.exp(eta)
        small = np.where(eta < -30, eta - hazard / 2, np.log(-np.expm1(-hazard)))
        log_success = np.where(hazard < 0.7, small, np.log1p(-np.exp(-hazard)))
        slope = np.where(hazard < 1e-12, 1.0 - hazard / 2, hazard / np.expm1(hazard))
        slope = np.where(hazard > 700, 0.0, slope)
        bend = np.where(slope > 0, slope * (1.0 - hazard - slope), 0.0)
        twist = np.where(slope > 0, bend * (1.0 - hazard - 2 * slope) - slope * hazard, 0.0)
        down = np.where(b > 0, b * hazard, 0.0)
        value = np.where(a > 0, a * log_success, 0.0) - down
    return Curve(value, a * slope - down, a * bend - down, a * twist - down)


def _gaussian(mean: Array, cells: Any, other: Array) -> Curve:
    """In the mean."""
    precision = _tall(cells.rows, mean) / np.square(_tall(other, mean))
    residual = _tall(cells.mean, mean) - mean
    first = precision * residual
    second = np.broadcast_to(-precision, mean.shape)
    squares = first * residual
    by_log = (squares, -2 * first, -2 * second)
    return Curve(-0.5 * squares, first, second, np.zeros_like(mean), by_log)


def _log_mean(eta: Array) -> tuple[Array, Array, Array, Array]:
    """The log of a mean that is `eta` itself; NaN outside its domain."""
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = np.where(eta > 0, eta, np.nan)
        over = 1.0 / inside
        return np.log(inside), over, -(over**2), 2 * over**3


def _log_square(eta: Array) -> tuple[Array, Array, Array, Array]:
    """The log of a mean that is the square of `eta`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        over = 1.0 / np.where(eta == 0, np.nan, eta)
        return -2 * np.log(np.abs(over)), 2 * over, -2 * over**2, 4 * over**3


def _exponential(eta: Array) -> tuple[Array, Array, Array, Array]:
    """A mean that is the exponential of `eta`."""
    with np.errstate(over="ignore"):
        mean = np.exp(eta)
    return mean, mean, mean, mean


def _bent(curve: CurveFunction, bend: Bend) -> CurveFunction:
    """A curve after a change of coordinate."""

    def function(eta: Array, cells: Any, other: Array) -> Curve:
        t, t1, t2, t3 = bend(eta)
        f = curve(t, cells, other)
        by_log = f.by_log and (
            f.by_log[0],
            f.by_log[1] * t1,
            f.by_log[2] * t1**2 + f.by_log[1] * t2,
        )
        return Curve(
            f.value,
            f.first * t1,
            f.second * t1**2 + f.first * t2,
            f.third * t1**3 + 3 * f.second * t1 * t2 + f.first * t3,
            by_log,
        )

    return function


CURVES: dict[tuple[str, str], CurveFunction] = {
    ("gaussian", "identity"): _gaussian,
    ("gaussian", "log"): _bent(_gaussian, _exponential),
    ("poisson", "log"): _poisson,
    ("poisson", "identity"): _bent(_poisson, _log_mean),
    ("poisson", "sqrt"): _bent(_poisson, _log_square),
    ("negative_binomial", "log"): _negative_binomial,
    ("negative_binomial", "identity"): _bent(_negative_binomial, _log_mean),
    ("negative_binomial", "sqrt"): _bent(_negative_binomial, _log_square),
} | {
    (family, link): function
    for family in ("bernoulli", "binomial")
    for link, function in (("logit", _logit), ("probit", _probit), ("cloglog", _cloglog))
}


def _gaussian_rest(deviations: Deviations, sigma: Array) -> tuple[Array, Array]:
    """Of the squared deviations from the means of the cells."""
    rows, squares = deviations.rows, deviations.squares / np.square(sigma)
    return -rows * (np.log(sigma) + 0.5 * np.log(2 * np.pi)) - 0.5 * squares, squares - rows


def _negative_binomial_rest(counts: Counts, alpha: Array) -> tuple[Array, Array]:
    """Of ``gamma(alpha + y) / gamma(alpha)``; by a beta function, which loses no digits."""
    from scipy.special import betaln, digamma, gammaln

    y, times = counts
    value = gammaln(y + 1.0) - betaln(alpha, y + 1.0) - np.log(alpha + y)
    return times * value, times * ((digamma(alpha + y) - digamma(alpha)) * alpha)


type Rest = Callable[[Any, Array], tuple[Array, Array]]

RESTS: dict[str, Rest] = {
    "gaussian": _gaussian_rest,
    "negative_binomial": _negative_binomial_rest,
}
"""(`Statistics.rest`, other parameter) to the parts of the log likelihood without the linear
predictor of the mean, and their derivatives by the log of the other parameter, number by number of
the statistics. The parameter is one number, or one for each."""


def _gaussian_by_cell(statistics: Statistics) -> Statistics:
    cells = statistics.cells
    return replace(statistics, rest=Deviations(cells.rows, cells.squares), constant=0.0)


def _counts_by_cell(statistics: Statistics) -> Statistics:
    return replace(statistics, rest=Counts(statistics.cells.y, statistics.cells.rows))


BY_CELL: dict[str, Callable[[Statistics], Statistics]] = {
    "gaussian": _gaussian_by_cell,
    "negative_binomial": _counts_by_cell,
}
"""Statistics of cells whose other parameter has a formula, as the curves above read them: `rest` is
of each cell."""


def has_curve(family: Family, link: Link) -> bool:
    """Whether the log likelihood of a family and a link has derivatives here."""
    return (family.name, link.name) in CURVES


def curve_of(family: Family, link: Link) -> CurveFunction:
    """The row of `CURVES` of a family and a link that has one."""
    return CURVES[family.name, link.name]


def rest_of(family: Family) -> Rest:
    """The row of `RESTS` of a family with a parameter beside the mean."""
    return RESTS[family.name]


def by_cell(family: Family, statistics: Statistics) -> Statistics:
    """Statistics by the row of `BY_CELL` of a family with a parameter beside the mean."""
    return BY_CELL[family.name](statistics)
