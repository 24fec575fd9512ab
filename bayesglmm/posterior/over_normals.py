"""Means of functions of linear predictors that normals move.

By the trapezoidal rule, which converges geometrically (Trefethen & Weideman 2014, SIAM Review
56(3), theorem 5.1) and is judged by the same rule with every second point. Three normals or more
are integrated by scattered points instead, judged by half of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array

type Function = Callable[[Mapping[str, Any]], Any]
"""From values of parameters to what is averaged."""

STRIP = np.pi / 2
"""Half-width of a strip in which every inverse link is analytic and bounded."""
EXPONENT = (20.0, 18.0)
"""Errors of the rule are of the order of exp(-20), of every second point about of exp(-7); in
several dimensions of exp(-18) and exp(-6)."""
FEW, SCATTERED = 3_000, 8
"""Points of the rule beyond which 2^8 scattered ones and their mirror images take their place."""
MOST = 60_000
"""Points of the rule, all dimensions together."""
TOLERANCE = (0.01, 1e-12)
"""Difference of the two rules, relative and absolute, up to which the finer one is taken: its own
error is about the square of it."""
SCATTER = (0.05, 0.005)
"""The same of scattered points, of which the error of all is about half the difference."""
CACHED = 2**15
"""Draws times rows that are integrated at a time."""


def over_normals(
    value: Function,
    values: Mapping[str, Array],
    moving: Sequence[str],
    factor: Sequence[Sequence[Array]],
    steep: Sequence[bool],
) -> Array:
    """Mean of a function of linear predictors, some of which are moved by normals.

    Parameters
    ----------
    value : callable
        Of linear predictors, and of numbers on their natural scale.
    values : mapping
        Where they start, (S, rows) or (S, 1).
    moving : sequence of str
    factor : sequence of sequence of array of shape (S, rows)
        Cholesky factor of the covariance of what moves them.
    steep : sequence of bool
        Whether the function may grow as the exponential of each.

    Returns
    -------
    array of shape (S, rows)

    Raises
    ------
    SpecError
        If groups scatter more than can be integrated over.
    """
    means = np.empty(factor[0][0].shape)
    for some in _alike(factor):
        own_factor = [[part[some] for part in line] for line in factor]
        own_values = {name: one[some] for name, one in values.items()}
        means[some] = _of_alike(value, own_values, moving, own_factor, steep)
    return means


def _alike(factor: Sequence[Sequence[Array]]) -> Iterator[NDArray[np.int64]]:
    """Draws in stretches that stay in the processor's cache, by how much their groups scatter.

    A few draws of large standard deviations so do not cost all the others their many points.
    """
    sizes = np.max([np.abs(part).max(axis=1) for line in factor for part in line], axis=0)
    order, width = np.argsort(sizes, kind="stable"), max(1, CACHED // factor[0][0].shape[1])
    for start in range(0, len(order), width):
        yield order[start : start + width]


def _of_alike(
    value: Function,
    values: Mapping[str, Array],
    moving: Sequence[str],
    factor: Sequence[Sequence[Array]],
    steep: Sequence[bool],
) -> Array:
    """`over_normals` of draws whose groups scatter about alike."""
    axes = _axes(factor, steep)
    scattered = np.prod([float(len(axis)) for axis in axes]) > FEW
    parts = [[(k, part) for k, part in enumerate(line) if part.any()] for line in factor]
    fine: Any = 0.0
    coarse: Any = 0.0
    for place, weight, twice in _scattered(len(axes)) if scattered else _points(axes):
        moved = dict(values)
        for name, line in zip(moving, parts, strict=True):
            moved[name] = sum((part * place[k] for k, part in line), start=values[name])
        found = weight * value(moved)
        fine = fine + found
        coarse = coarse + twice * found if twice else coarse
    _check(fine, coarse, SCATTER if scattered else TOLERANCE)
    return np.asarray(fine)


def _axes(factor: Sequence[Sequence[Any]], steep: Sequence[bool]) -> list[list[Any]]:
    """Points of the rule for each standard normal, their weights, and which are every second."""
    count = len(factor)
    exponent = EXPONENT[count > 1]
    reach = np.sqrt(2 * exponent)
    axes = []
    for place in range(count):
        sizes = [float(np.max(np.abs(factor[line][place]))) for line in range(place, count)]
        grows = max((s for s, up in zip(sizes, steep[place:], strict=True) if up), default=0.0)
        strip = min(np.pi, STRIP / max(max(sizes), 1e-3))  # the normal density grows in it
        step = 2 * np.pi * strip / (exponent + strip**2 / 2)
        half = (reach + grows) / step
        half = int(np.ceil(min(half, MOST ** (1 / count) / 2) / 2)) * 2
        places = step * np.arange(-half, half + 1)
        weights = np.exp(-0.5 * np.square(places)) * step / np.sqrt(2 * np.pi)
        even = np.arange(-half, half + 1) % 2 == 0
        axes.append(list(zip(places.tolist(), weights.tolist(), even.tolist(), strict=True)))
    return axes


def _points(axes: Sequence[Sequence[Any]]) -> Iterator[tuple[tuple[float, ...], float, float]]:
    """Points of independent standard normals, their weights, and by how much those of the coarser
    rule are larger. Corners that weigh less than the ends of an axis are left out.
    """
    least = min(min(one[1] for one in axis) / max(one[1] for one in axis) for axis in axes)
    least *= float(np.prod([max(one[1] for one in axis) for axis in axes]))
    for point in product(*axes):
        weight = float(np.prod([one[1] for one in point]))
        if weight < least:
            continue
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
