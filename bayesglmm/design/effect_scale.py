"""Fixed effects on the scale on which they are printed: ratios, differences, and baselines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.families.links import Array


def baseline_columns(predictor: Predictor) -> tuple[str, ...]:
    """Fixed effects that are levels rather than comparisons.

    Parameters
    ----------
    predictor : Predictor

    Returns
    -------
    tuple of str
        The intercept or, without one, the columns of the factor that stands in for it.
    """
    fixed = predictor.fixed
    return ("Intercept",) if fixed.intercept else fixed.level_columns


def printed_effects(
    design: Design, predictor: Predictor, names: Sequence[str], values: Array
) -> Array:
    """Coefficients as the table of ratios prints them.

    Parameters
    ----------
    design : Design
    predictor : Predictor
        One of the locations.
    names : sequence of str, length k
        ``"Intercept"`` and columns of the fixed part.
    values : array of shape (..., k)
        User's units, link scale.

    Returns
    -------
    array of shape (..., k)
        Ratios where the link has them, else differences; baselines on the response scale, rates
        per the spec's `per`.
    """
    spec, baselines = design.spec, set(baseline_columns(predictor))
    is_baseline = np.array([name in baselines for name in names], dtype=bool)
    if design.measure.ratio:
        shown = np.exp(values)
    else:
        shown = values * (spec.per if spec.link.linear else 1.0)
    shown[..., is_baseline] = spec.family.baseline(spec.link, values[..., is_baseline]) * spec.per
    return np.asarray(shown)
