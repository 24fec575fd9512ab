"""Group terms that carry little: few groups, or a handful of binary rows in each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.finding import Evidence
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group

FEW = 6
"""Groups below which their spread is hardly seen in the data."""

SMALL = 4
"""Median number of binary trials of a group up to which the Laplace approximation is unsafe."""


def few_groups(design: Design) -> Iterator[Evidence]:
    """Grouping factors with fewer than six levels."""
    chosen = {rule.factor for rule in design.spec.rules if rule.kind == "sd"}
    for group in _by_factor(design):
        count = len(group.levels)
        if count >= FEW:
            continue
        told = group.factor in chosen
        prior = "the prior you gave" if told else "its default prior"
        yield Evidence(
            "note" if told else "warning",
            f"{group.factor} has {count} levels ({', '.join(group.levels)}): so few say little "
            f"about the standard deviation between them, which {prior} decides to a large part.",
            "Read the standard deviation with its prior beside it, and refit under another one."
            if told
            else f"Give it a prior that you can defend: priors={{'{group.factor}': "
            f"Prior('HalfNormal', sigma=...)}}; or make {group.factor} a fixed effect.",
        )


def small_binary_groups(design: Design) -> Iterator[Evidence]:
    """Binary rows in groups of about four or fewer."""
    if design.spec.family.support.name not in ("binary", "proportion"):
        return
    trials = np.broadcast_to(np.asarray(design.rows.trials, dtype=float), design.n)
    for group in _by_factor(design):
        size = np.bincount(group.index, weights=trials, minlength=len(group.levels))
        median = float(np.median(size))
        if median > SMALL:
            continue
        y = np.asarray(design.rows.y, dtype=float)
        events = np.bincount(group.index, weights=y, minlength=len(size))
        alike = int(np.sum((events == 0) | (events == size)))
        yield Evidence(
            "warning",
            f"The {len(group.levels):,} levels of {group.factor} have a median of {median:g} "
            f"binary trials each, and {alike:,} of them have only one outcome. The Laplace "
            "approximation of lme4 and glmmTMB can be far off here, the standard deviation between "
            "groups rests on its prior too, and coefficients within a group are larger than "
            "those averaged over groups.",
            "Compare with adaptive quadrature of 30 nodes or more, not with Laplace; refit under "
            f"another prior of '{group.factor}'; report probabilities averaged over groups too.",
        )


def _by_factor(design: Design) -> list[Group]:
    """One group term a factor."""
    return list({group.factor: group for group in reversed(design.predictor.groups)}.values())[::-1]
