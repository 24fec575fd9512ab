"""Responses as the data tell them: suppressed counts and censored responses, drawn ones too."""

from __future__ import annotations

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.families.links import Array
from bayesglmm.posterior.group_effects import ALL_ROWS, SomeRows


def as_told(design: Design, y: Array, rows: SomeRows = ALL_ROWS) -> Array:
    """Responses as the data tell them: counts that may be suppressed are alike.

    Parameters
    ----------
    design : Design
    y : array of shape (..., n)
        Of some rows of the design.
    rows : slice or array of int

    Returns
    -------
    array of shape (..., n)
        Every count within the interval that the spec calls suppressed is its middle, and so is a
        response within the bounds of a censored one, or its one bound; so are responses of all
        rows beyond the bound of `end_of_study`; `y` itself elsewhere. Data and replicates so can be
        compared.
    """
    suppression, some = design.spec.formula.suppression, design.rows.take(rows)
    if suppression is None:
        if some.upper is None:
            return y
        end = end_of_study(design)
        y = y if end is None else np.minimum(y, end)
        inside = ~some.known & (y >= some.y) & (y <= some.upper)
        return np.where(inside, some.central, y)
    inside = (y >= suppression.lower) & (y <= suppression.upper)
    return np.where(inside, (suppression.lower + suppression.upper) / 2, y)


def end_of_study(design: Design) -> float | None:
    """The bound at which every row would have been censored, as by the end of a study.

    Parameters
    ----------
    design : Design

    Returns
    -------
    float or None
        Where some responses are known to lie beyond it and none to lie elsewhere, so that they
        are the right-censored ones, and no response that is known is larger; else None.
    """
    rows = design.rows
    if design.spec.formula.censoring is None or rows.upper is None:
        return None
    right = np.isposinf(np.broadcast_to(rows.upper, design.n)) & ~rows.known
    bounds, known = np.asarray(rows.y)[right], np.asarray(rows.y)[rows.known]
    if not len(bounds) or bounds.min() < bounds.max():
        return None
    return float(bounds[0]) if known.max(initial=-np.inf) <= bounds[0] else None


def suppression_notes(design: Design) -> tuple[str, ...]:
    """How `as_told` alters responses, for a note; empty where it does not.

    Parameters
    ----------
    design : Design

    Returns
    -------
    tuple of str
    """
    suppression = design.spec.formula.suppression
    if suppression is None and design.rows.truncated:
        return ("Replicated responses are drawn within the bounds of what is a row.",)
    end = end_of_study(design)
    if end is not None:
        return (
            f"Every response beyond {end:.6g}, where all that are censored to the right end, "
            "stands there, in the data and in what is drawn alike.",
        )
    if suppression is None and design.rows.upper is not None:
        return (
            "A censored response stands at its bound, or midway between two, and so does what is "
            "drawn for its row beyond there. Other rows are drawn without censoring, as nothing "
            "says where they would have been censored: replicates may lie beyond what would have "
            "been recorded, so that mean, sd and maximum can differ though the model is right.",
        )
    if suppression is None:
        return ()
    return (
        f"Counts {suppression.words} may be suppressed, so every count of that size stands in the "
        "middle, in the data and in what is drawn alike.",
    )
