"""What the means of groups, their weights and sizes are called, and how they are printed."""

from __future__ import annotations

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.posterior.notes import (
    may_be_negative,
    mean_column,
    mean_name,
)
from bayesglmm.posterior.profiles import offset_as_exposure

RARE = 0.01
"""Probabilities that are all below this are printed like rates."""


def mean_words(design: Design) -> tuple[str, str]:
    """What a mean of a group is called: the column's name, and in full with its unit.

    Parameters
    ----------
    design : Design

    Returns
    -------
    name, long : str
        Such as ``("rate", "rate per 100,000 births")``; an offset counts as the exposure it is.
    """
    name, long = mean_column(design), mean_name(design)
    if offset_as_exposure(design) is design:
        return name, long
    if design.spec.exposure is not None:
        return name, f"{long} with the offset at 0"
    return "rate", "rate per unit of the exponential of the offset"


def weight_words(design: Design) -> str:
    """What the rows of an average are weighted by; empty where they count alike."""
    spec = design.spec
    offset = "" if offset_as_exposure(design) is design else "the exponential of the offset"
    trials = printed_names(design)[spec.formula.trials or ""]
    return " times ".join(filter(None, [spec.exposure_name, offset])) or trials


def mean_kind(design: Design, name: str, largest: float) -> str:
    """How a mean is printed; a rare probability keeps its digits."""
    if not design.spec.family.support.positive or may_be_negative(design):
        return "estimate"
    return "probability" if name == "probability" and largest > RARE else "positive"


def size_name(design: Design) -> str:
    """Name of the column that says how large a group is."""
    spec = design.spec
    is_rate = spec.exposure is not None or offset_as_exposure(design) is not design
    return "exposure" if is_rate else "trials" if spec.formula.trials else "rows"
