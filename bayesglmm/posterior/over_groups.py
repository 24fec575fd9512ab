"""Means over new groups of functions of several parameters of a row.

What new groups add to K linear predictors of a row is normal, however many terms there are, so that
such a mean is an integral over K normals at most. Where the function is a multiple of a parameter
under a log link, ``E exp(b_1) f(b_2)`` is ``exp(v_1 / 2) E f(b_2 + c)`` with c the covariance of
the two, so that this normal costs nothing. The others are integrated by the trapezoidal rule,
which converges geometrically (Trefethen & Weideman 2014, SIAM Review 56(3), theorem 5.1) and is
judged by the same rule with every second point. Three normals or more are integrated by scattered
points instead, judged by half of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.group_effects import ALL_ROWS, SomeRows
from bayesglmm.posterior.marginal import shared_covariance
from bayesglmm.posterior.posterior import Posterior

type Function = Callable[[Mapping[str, Any]], Any]
"""From values of parameters, natural scale, to what is averaged."""

STRIP = np.pi / 2
"""Half-width of a strip in which every inverse link is analytic and bounded."""
EXPONENT = 20.0
"""Errors of the rule are of the order of exp(-20), of every second point about of exp(-7)."""
FEW, SCATTERED = 3_000, 8
"""Points of the rule beyond which 2^8 scattered ones and their mirror images take their place."""
MOST = 60_000
"""Points of the rule, all dimensions together."""
TOLERANCE = (0.01, 1e-12)
"""Difference of the two rules, relative and absolute, up to which the finer one is taken: its own
error is about the square of it."""
SCATTER = (0.05, 0.005)
"""The same of scattered points, of which the error of all is about half the difference."""


def over_new_groups(
    posterior: Posterior,
    function: Function,
    names: Sequence[str],
    rows: SomeRows = ALL_ROWS,
    *,
    multiple_of: str = "",
) -> Array:
    """Mean of a function of parameters of the family over new groups.

    Parameters
    ----------
    posterior : Posterior
    function : callable
    names : sequence of str
        The parameters that it is a function of.
    rows : slice or array of int
    multiple_of : str
        A parameter that the function is a multiple of, whatever the others are.

    Returns
    -------
    array of shape (S, rows)

    Raises
    ------
    SpecError
        If groups scatter more than can be integrated over.
    """
    predictors = posterior.design.predictors
    etas = {
        name: posterior.eta(rows, effects=(), parameter=name)
        for name in names
        if not predictors[name].is_number
    }
    moving = [name for name in etas if predictors[name].groups]
    if multiple_of in moving and predictors[multiple_of].link.multiplicative:
        moving.remove(multiple_of)
        for name in moving:
            etas[name] = etas[name] + _covariance(posterior, multiple_of, name, rows)
        own = _covariance(posterior, multiple_of, multiple_of, rows)
        etas[multiple_of] = etas[multiple_of] + own / 2

    def value(shifts: Mapping[str, Any]) -> Any:
        found = {name: posterior.draws.flat(name) for name in names if name not in etas}
        for name, eta in etas.items():
            found[name] = natural(posterior.design, name, eta + shifts.get(name, 0.0))
        return function(found)

    if not moving:
        return np.asarray(value({}))
    factor = _factor(posterior, moving, rows)
    steep = [predictors[name].link.multiplicative for name in moving]
    fine: Any = 0.0
    coarse: Any = 0.0
    axes = _axes(factor, steep)
    scattered = np.prod([float(len(axis)) for axis in axes]) > FEW
    for place, weight, twice in _scattered(len(axes)) if scattered else _points(axes):
        shifts = {
            name: sum(part * z for part, z in zip(line, place, strict=False))
            for name, line in zip(moving, factor, strict=True)
        }
        found = weight * value(shifts)
        fine = fine + found
        coarse = coarse + twice * found
    _check(fine, coarse, SCATTER if scattered else TOLERANCE)
    return np.asarray(fine)


def natural(design: Design, name: str, eta: Any) -> Any:
    """What functions of parameters of the family take of one, from its linear predictor."""
    family, link = design.spec.family, design.predictors[name].link
    return family.given(link, eta) if name == family.location.name else link.inverse(eta)


def _covariance(posterior: Posterior, one: str, other: str, rows: SomeRows) -> Any:
    """Covariance of what new groups add to two linear predictors of each row, (S, rows)."""
    predictors = posterior.design.predictors
    if one == other:
        return posterior.row_variance(predictors[one].groups, rows)
    return shared_covariance(posterior.draws, predictors[one], predictors[other], rows)


def _factor(posterior: Posterior, names: Sequence[str], rows: SomeRows) -> list[list[Any]]:
    """Cholesky factor of that covariance in each draw and row; a singular one has zeros."""
    lines: list[list[Any]] = []
    for place, name in enumerate(names):
        line: list[Any] = []
        for other in range(place):
            left = _covariance(posterior, name, names[other], rows)
            left = left - sum(line[k] * lines[other][k] for k in range(other))
            below = np.broadcast_to(lines[other][other], np.shape(left + lines[other][other]))
            line.append(np.divide(left, below, out=np.zeros(below.shape), where=below > 0))
        rest = _covariance(posterior, name, name, rows) - sum(np.square(part) for part in line)
        line.append(np.sqrt(np.maximum(rest, 0.0)))
        lines.append(line)
    return lines


def _axes(factor: Sequence[Sequence[Any]], steep: Sequence[bool]) -> list[list[Any]]:
    """Points of the rule for each standard normal, their weights, and which are every second."""
    count, reach = len(factor), np.sqrt(2 * EXPONENT)
    axes = []
    for place in range(count):
        sizes = [float(np.max(np.abs(factor[line][place]))) for line in range(place, count)]
        grows = max((s for s, up in zip(sizes, steep[place:], strict=True) if up), default=0.0)
        strip = min(np.pi, STRIP / max(max(sizes), 1e-3))  # the normal density grows in it
        step = 2 * np.pi * strip / (EXPONENT + strip**2 / 2)
        half = (reach + grows) / step
        half = int(np.ceil(min(half, MOST ** (1 / count) / 2) / 2)) * 2
        places = step * np.arange(-half, half + 1)
        weights = np.exp(-0.5 * np.square(places)) * step / np.sqrt(2 * np.pi)
        even = np.arange(-half, half + 1) % 2 == 0
        axes.append(list(zip(places.tolist(), weights.tolist(), even.tolist(), strict=True)))
    return axes


def _points(axes: Sequence[Sequence[Any]]) -> Iterator[tuple[tuple[float, ...], float, float]]:
    """Points of independent standard normals, their weights, and by how much those of the coarser
    rule are larger.
    """
    for point in product(*axes):
        weight = float(np.prod([one[1] for one in point]))
        twice = float(2 ** len(axes)) if all(one[2] for one in point) else 0.0
        yield tuple(one[0] for one in point), weight, twice


@cache
def _scattered(count: int) -> list[tuple[tuple[float, ...], float, float]]:
    """Points of a low-discrepancy sequence and their mirror images, for several dimensions.

    Owen's scrambled Sobol points; the coarser rule is the first half of them.
    """
    from scipy.special import ndtri
    from scipy.stats import qmc

    some = 2**SCATTERED
    places = ndtri(qmc.Sobol(count, rng=1).random_base2(SCATTERED))
    return [
        (tuple(sign * place), 0.5 / some, 2.0 * (number < some // 2))
        for number, place in enumerate(places)
        for sign in (-1.0, 1.0)
    ]


def _check(fine: Any, coarse: Any, tolerance: tuple[float, float]) -> None:
    """Refuse a mean that two rules do not agree on."""
    relative, absolute = tolerance
    apart = np.abs(fine - coarse) > relative * np.abs(fine) + absolute
    if np.any(apart):
        raise SpecError(
            "The mean over new groups cannot be computed: in some draws groups scatter too much "
            "on the link scale for the rule of integration. Give their standard deviations "
            "tighter priors, or ask with re='typical' or re='observed'."
        )
