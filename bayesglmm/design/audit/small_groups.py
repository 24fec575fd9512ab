"""Group terms that carry little: few groups, or a handful of binary rows in each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bayesglmm.design.audit.column_queries import beside_mean
from bayesglmm.design.audit.finding import Evidence
from bayesglmm.design.design import Design
from bayesglmm.design.groups import Group
from bayesglmm.design.predictor import Predictor

FEW = 6
"""Groups below which their spread is hardly seen in the data."""

LITTLE, LITTLE_CROSSED = 1.0, 2.0
"""Information of a group about its own log odds, ``n p (1 - p)`` for n trials at the crude
probability p, up to which the Laplace approximation is unsafe: that of 4 balanced trials; of 8
where factors are crossed or nested, and nothing better than Laplace can be had."""

ALIKE = 1 / 3
"""Share of groups with one outcome only from which it is unsafe whatever their size."""


def few_groups(design: Design) -> Iterator[Evidence]:
    """Grouping factors with fewer than six levels."""
    for predictor in design.predictors.values():
        for group in _by_factor(predictor):
            if len(group.levels) < FEW:
                yield _few(design, predictor, group)


def _few(design: Design, predictor: Predictor, group: Group) -> Evidence:
    told = _has_prior(design, predictor, group)
    prior = "the prior you gave" if told else "its default prior"
    of, key = beside_mean(predictor, "of"), f"'{group.factor}': Prior('HalfNormal', sigma=...)"
    priors = f"{{'{predictor.parameter.name}': {{{key}}}}}" if of else f"{{{key}}}"
    return Evidence(
        "note" if told else "warning",
        f"{group.factor} has {len(group.levels)} levels ({', '.join(group.levels)}): so few say "
        f"little about the standard deviation{of} between them, which {prior} decides to a large "
        "part.",
        "Read the standard deviation with its prior beside it, and refit under another one."
        if told
        else f"Give it a prior that you can defend: priors={priors}; or make {group.factor} a "
        f"fixed effect{of}.",
    )


def _has_prior(design: Design, predictor: Predictor, group: Group) -> bool:
    """Whether the user gave a prior for a standard deviation of the factor."""
    name = predictor.parameter.name if predictor.prefix else ""
    return any(rule.fits("sd", group.columns, group.factor, name) for rule in design.spec.rules)


def small_binary_groups(design: Design) -> Iterator[Evidence]:
    """Groups whose few binary trials tell little of each, or that have one outcome only."""
    if not design.spec.family.support.successes:
        return
    trials = np.broadcast_to(np.asarray(design.rows.trials, dtype=float), design.n)
    y = np.asarray(design.rows.y, dtype=float)
    crude = y.sum() / trials.sum()
    groups = _by_factor(design.predictor)
    for group in groups:
        size = np.bincount(group.index, weights=trials, minlength=len(group.levels))
        median = float(np.median(size))
        events = np.bincount(group.index, weights=y, minlength=len(size))
        alike = int(np.sum((events == 0) | (events == size)))
        information = median * crude * (1 - crude)
        little = information <= (LITTLE if len(groups) == 1 else LITTLE_CROSSED)
        if 0 < crude < 1 and (little or alike >= ALIKE * len(size)):
            yield Evidence("warning", _little(group, median, alike, information), _finer(groups))


def _little(group: Group, median: float, alike: int, information: float) -> str:
    return (
        f"The {len(group.levels):,} levels of {group.factor} have a median of {median:g} "
        f"binary trial{'s' * (median != 1)} each (as good as {4 * information:.2g} with even "
        f"chances), and {alike:,} of them have only one outcome. The Laplace "
        "approximation of lme4 and glmmTMB can be far off here, the standard deviation between "
        "groups rests on its prior too, and coefficients within a group are larger than "
        "those averaged over groups."
    )


def _finer(groups: list[Group]) -> str:
    factor = groups[0].factor
    compare = (
        "Compare with adaptive quadrature of 30 nodes or more, not with Laplace"
        if len(groups) == 1
        else "Do not take maximum likelihood by Laplace for the truth; there is no quadrature for "
        "several factors"
    )
    return (
        f"{compare}; refit under another prior of '{factor}'; report probabilities averaged over "
        "groups too."
    )


def _by_factor(predictor: Predictor) -> list[Group]:
    """The first group term of each factor."""
    return [groups[0] for groups in predictor.factors.values()]
