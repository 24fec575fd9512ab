"""Columns on scales that a likelihood program would stumble over; the sampler does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.column_queries import beside_mean
from bayesglmm.design.audit.finding import Evidence
from bayesglmm.design.audit.intercepts import far_slopes
from bayesglmm.design.columns import Columns, is_indicator
from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array

APART = 1e4
"""Ratio of standard deviations of two columns from which they are far apart."""

FAR = 20
"""Standard deviations between 0 and a column's mean from which its zero is far away."""

LARGE = 1e6
"""Eigenvalue of the information at which lme4 says "very large eigenvalue - Rescale variables?".

``check.conv.hess`` of `glmerControl` has a tolerance of 1e-6 (lme4 1.1, ``checkConv``).
"""

MADE_CENTRED = re.compile(r"\b(center|scale|standardize|poly|bs)\(")
"""Columns that the user has centred already, or that have no units."""

INSIDE = "Here columns are centred and scaled inside and coefficients are given in your units"


def scales(design: Design) -> Iterator[Evidence]:
    """Numbers on very different scales, zeros far away, and an information that is huge."""
    for predictor in design.predictors.values():
        numbers = _numbers(predictor.fixed)
        if numbers:
            yield from _apart(predictor, numbers)
            yield from _far_zero(predictor, numbers)
    numbers = _numbers(design.predictor.fixed)
    if numbers:
        yield from _large_information(design, numbers)


def _numbers(fixed: Columns) -> list[int]:
    """Places of the columns that are no indicators."""
    values = fixed.values
    return [place for place in range(len(fixed.names)) if not is_indicator(values[:, place])]


def _apart(predictor: Predictor, numbers: list[int]) -> Iterator[Evidence]:
    fixed = predictor.fixed
    sd = fixed.values[:, numbers].std(axis=0)
    wide, narrow = numbers[int(sd.argmax())], numbers[int(sd.argmin())]
    if sd.max() >= APART * sd.min():
        yield Evidence(
            "note",
            f"The standard deviations of {fixed.names[wide]} ({sd.max():.3g}) and "
            f"{fixed.names[narrow]} ({sd.min():.3g}){_in_formula(predictor)} differ by a factor of "
            f"{sd.max() / sd.min():,.0f}. {INSIDE}, so one unit of the one means much less.",
            "Use units in which one step matters, such as thousands; or scale(x).",
        )


def _far_zero(predictor: Predictor, numbers: list[int]) -> Iterator[Evidence]:
    fixed, told = predictor.fixed, far_slopes(predictor)
    far = [k for k in numbers if fixed.intercept and _far(fixed.values[:, k])]
    far = [k for k in far if fixed.names[k] not in told]
    if far:
        name, mean = fixed.names[far[0]], fixed.values[:, far[0]].mean()
        yield Evidence(
            "note",
            f"{name} lies around {mean:,.6g}, far from 0, so the intercept"
            f"{beside_mean(predictor, 'of')} is that of {name} = 0, where there are no data. "
            f"{INSIDE}.",
            f"Write center({name}) for an intercept at its mean.",
        )


def _in_formula(predictor: Predictor) -> str:
    """In which formula, where that is not the mean's."""
    of = beside_mean(predictor, "of")
    return f" in the formula{of}" if of else ""


def _far(column: Array) -> bool:
    return bool(abs(column.mean()) > FAR * column.std())


def _large_information(design: Design, numbers: list[int]) -> Iterator[Evidence]:
    """What lme4 warns of: the largest eigenvalue of X'WX at the crude rate or probability."""
    fixed = design.predictor.fixed
    weights = _weights(design)
    if weights is None or not fixed.intercept:
        return
    raw = _largest_eigenvalue(fixed.values[:, numbers], weights)
    scaled = (fixed.values - fixed.center)[:, numbers] / fixed.scale[numbers]
    inside = _largest_eigenvalue(scaled, weights)
    if raw > LARGE and raw > 10 * inside:
        size = np.mean(fixed.values[:, numbers] ** 2, axis=0)
        name = fixed.names[numbers[int(size.argmax())]]
        if MADE_CENTRED.search(name):
            return
        yield Evidence(
            "note",
            f"Uncentred {name} makes the information about its effect and the intercept large: its "
            f"largest eigenvalue is {raw:.2g}, centred and scaled {inside:.2g}. lme4 "
            "warns of such a model that it is nearly unidentifiable (very large eigenvalue), "
            f"which is a matter of units, not of the data. {INSIDE}.",
            f"Nothing needs to be done here; elsewhere write center({name}).",
        )


def _largest_eigenvalue(columns: Array, weights: Array) -> float:
    X = np.column_stack([np.ones(len(columns)), columns])
    return float(np.linalg.eigvalsh(X.T @ (X * weights[:, None]))[-1])


def _weights(design: Design) -> Array | None:
    """Information of a row about its linear predictor, at the crude rate; canonical links only.

    McCullagh & Nelder (1989), section 2.5.
    """
    family, link, y = design.spec.family, design.spec.link, design.rows.central
    if family.others or not family.is_canonical(link) or family.variance is None:
        return None
    size = amount = design.rows.exposure * design.rows.trials
    if link.multiplicative:
        amount = amount * np.exp(design.predictor.offset)
    amount = np.broadcast_to(np.asarray(amount, dtype=float), y.shape)
    return family.variance(amount / size * (y.sum() / amount.sum()), design.rows, {})
