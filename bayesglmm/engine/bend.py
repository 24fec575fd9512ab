"""Bends of theta's coordinates: with few levels the log of an sd is far from normal.

The evidence bound along a coordinate is followed outwards from its maximum; the quantiles of the
density that it gives, at those of a standard normal, are the knots of a cubic spline. Its right
tail is as short as the prior of the sd, its left tail falls as the sd itself: neither is normal,
and a leapfrog step that fits the middle is too long for the one and too short for the other.
Quantile maps of one coordinate: Parno & Marzouk 2018, SIAM/ASA J. Uncertain. Quantif. 6(2), s. 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from bayesglmm.engine.kernel.hyper import FIRST_KNOT, KNOT_STEP
from bayesglmm.families.links import Array

PLACES = (2.0, 1.0, 3.5, 5.5, 8.0)
"""Where the bound is looked at on either side, in sds of the pilot; the first decides."""
NORMAL = 0.3
"""Difference of a slope of the bound at the first place from a normal's, 2, that is no bend."""
FALL = 16.0
"""Fall of the log density beyond which it is not looked at; it falls on at the rate reached."""
GENTLEST = 0.1
"""Slope at least with which it falls on."""
KNOTS: Array = np.arange(FIRST_KNOT, -FIRST_KNOT + KNOT_STEP / 2, KNOT_STEP)
FLATTEST = 0.02
"""Slope of a spline at least."""
FINE = 1500
"""Points of the density's table."""

type Slope = Callable[[float], float]


def bends(slopes: list[Slope]) -> Array:
    """Splines of all coordinates.

    Parameters
    ----------
    slopes : list of callable
        For each coordinate, slope of the log density at a place, both in sds of the pilot; may be
        NaN where it cannot be worked out.

    Returns
    -------
    array of shape (T, 4 * pieces)
        Coefficients of each piece from its left knot, constant first; no pieces where every
        coordinate is near enough to normal.
    """
    quantiles = [_quantiles(slope) for slope in slopes]
    if all(found is None for found in quantiles):
        return np.zeros((len(slopes), 0))
    return np.array([spline(KNOTS if found is None else found) for found in quantiles])


def spline(values: Array) -> Array:
    """The natural cubic spline through values at `KNOTS`: linear beyond, no break in curvature.

    Parameters
    ----------
    values : array of shape (pieces + 1,)

    Returns
    -------
    array of shape (4 * pieces,)
    """
    h, n = KNOT_STEP, len(values)
    matrix = np.eye(n)
    right = np.zeros(n)
    for i in range(1, n - 1):
        matrix[i, i - 1 : i + 2] = (1.0, 4.0, 1.0)
        right[i] = 6 * (values[i - 1] - 2 * values[i] + values[i + 1]) / h**2
    curvature = np.linalg.solve(matrix, right)
    linear = np.diff(values) / h - h * (2 * curvature[:-1] + curvature[1:]) / 6
    cubic = np.diff(curvature) / (6 * h)
    return np.stack([values[:-1], linear, curvature[:-1] / 2, cubic], axis=1).ravel()


def _quantiles(slope: Slope) -> Array | None:
    """Quantiles of a coordinate at those of a standard normal; None where it is near normal.

    None too where it cannot be followed to either side.
    """
    first = PLACES[0]
    right, left = slope(first), slope(-first)
    if abs(right + first) < NORMAL and abs(left - first) < NORMAL:
        return None
    places, slopes = _outwards(slope, 1.0, right)
    behind, before = _outwards(slope, -1.0, left)
    if not places or not behind:
        return None
    at = np.array([*behind[::-1], 0.0, *places])
    found = _table_quantiles(at, np.array([*before[::-1], 0.0, *slopes]))
    return found if _rises(found) else None


def _outwards(slope: Slope, side: float, first: float) -> tuple[list[float], list[float]]:
    """Places on one side, nearest first, and the slopes there, as far as they are of use."""
    known, fallen = {0.0: 0.0}, 0.0
    for place in sorted(PLACES):
        value = first if place == PLACES[0] else slope(side * place)
        nearest = max(known)
        if not np.isfinite(value):
            break
        fallen -= side * (value + known[nearest]) / 2 * (place - nearest)
        known[place] = value
        if fallen > FALL:
            break
    del known[0.0]
    return [side * place for place in known], list(known.values())


def _table_quantiles(places: Array, slopes: Array) -> Array:
    """Quantiles of the density whose log has these slopes at these places."""
    ends = []
    for place, value, side in ((places[0], slopes[0], -1.0), (places[-1], slopes[-1], 1.0)):
        ends.append((place + side * 2 * FALL / max(-side * value, GENTLEST), side))
    fine = np.unique(
        np.concatenate(
            [
                np.linspace(places[0], places[-1], FINE),
                *(
                    np.linspace(p, e, FINE // 4)
                    for p, (e, _) in zip(places[[0, -1]], ends, strict=True)
                ),
            ]
        )
    )
    rate = _hermite(places, slopes, fine)
    rate[fine < places[0]] = max(slopes[0], GENTLEST)
    rate[fine > places[-1]] = min(slopes[-1], -GENTLEST)
    density = np.concatenate([[0.0], np.cumsum((rate[1:] + rate[:-1]) / 2 * np.diff(fine))])
    density = np.exp(density - density.max())
    parts = (density[1:] + density[:-1]) / 2 * np.diff(fine)
    below = np.concatenate([[0.0], np.cumsum(parts)]) / parts.sum()
    above = np.concatenate([np.cumsum(parts[::-1])[::-1], [0.0]]) / parts.sum()
    tail = [math.log(0.5 * math.erfc(abs(knot) / math.sqrt(2))) for knot in KNOTS]
    least = 1e-300
    lower = np.interp(tail, np.log(below[1:] + least), fine[1:])
    upper = np.interp(tail, np.log(above[:-1] + least)[::-1], fine[:-1][::-1])
    return np.asarray(np.where(KNOTS < 0, lower, upper))


def _hermite(places: Array, values: Array, at: Array) -> Array:
    """Cubic interpolation whose tangents are those of parabolas through three neighbours."""
    tangents = np.asarray(np.gradient(values, places))
    found = np.empty_like(at)
    for number, (a, b) in enumerate(pairwise(places)):
        own = (at >= a) & (at <= b)
        t = (at[own] - a) / (b - a)
        fall, rise = (1 - t) ** 2, t**2
        found[own] = (1 + 2 * t) * fall * values[number] + rise * (3 - 2 * t) * values[number + 1]
        found[own] += (b - a) * t * (fall * tangents[number] - t * (1 - t) * tangents[number + 1])
    return found


def _rises(values: Array) -> bool:
    """Whether the spline through the values rises everywhere."""
    if not np.all(np.isfinite(values)):
        return False
    c = spline(values).reshape(-1, 4)
    inside = np.linspace(0, KNOT_STEP, 7)
    slopes = c[:, 1:2] + inside * (2 * c[:, 2:3] + 3 * inside * c[:, 3:])
    return bool(slopes.min() > FLATTEST)
