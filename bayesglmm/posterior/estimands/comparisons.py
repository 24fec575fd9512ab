"""What changes: rows under one value of a column against the same rows under another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Unpack

import numpy as np
import pandas as pd

from bayesglmm.design.names import printed_names
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.estimands.answers import (
    answer,
    by_category,
    condition,
    joined,
    lines_of,
    make_table,
)
from bayesglmm.posterior.estimands.asked import (
    Asked,
    AverageOptions,
    Effects,
    Kind,
    Mean,
    make_means,
)
from bayesglmm.posterior.estimands.contrasts import Contrast, Variables, make_contrasts
from bayesglmm.posterior.estimands.estimability import (
    told,
)
from bayesglmm.posterior.estimands.means import shares_below_zero, target_means
from bayesglmm.posterior.estimands.rows import Target, make_target
from bayesglmm.posterior.estimands.ways import ComparisonScale, Way, comparison_words, find_way
from bayesglmm.posterior.notes import below_zero_notes, knot_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table


@beyond_double
def comparisons(
    posterior: Posterior,
    variables: Variables,
    newdata: pd.DataFrame | None = None,
    by: str | Sequence[str] | None = None,
    *,
    scale: ComparisonScale = "difference",
    kind: Kind = "mean",
    exposure: float | None = None,
    re: Effects = "typical",
    weights: str | None = None,
    parameter: str | None = None,
    mass: float = 0.95,
) -> Table:
    """Compare rows under two values of a column, the other columns as they are.

    Parameters
    ----------
    posterior : Posterior
    variables : str, sequence of str, or mapping
        What is compared; see `make_contrasts`.
    newdata, by, kind, exposure, re, weights, parameter, mass
        As for `predictions`.
    scale : str
        ``"difference"`` of the two means (risk, rate or mean difference), their ``"ratio"`` (risk,
        rate or mean ratio), or ``"or"``, the odds ratio of two probabilities.

    Returns
    -------
    Table
        With `by`, the two means are averaged over rows within each draw and then compared: a ratio
        is a ratio of averages, not an average of ratios. With ``re="integrate"`` each of the two
        is integrated over new groups by itself: a marginal ratio compares two populations of
        groups, one under each value, and not what changes within a group. Empty, with a note,
        where the data cannot tell.

    Raises
    ------
    SpecError
        If a column, value, word or number cannot be used, or a ratio is not defined.
    DataError
        If the new rows do not fit the model.
    """
    design = posterior.design
    means = make_means(design, Asked(re, "response", kind, exposure, parameter))
    mean = means[0]
    way = find_way(design, scale, mean)
    contrasts = make_contrasts(design, variables, mean.parameters)
    target = make_target(design.only(*mean.parameters), newdata, by, weights, re == "observed")
    parts, below, called = [], [], {}
    beyond, names = list[str](), printed_names(design)
    for contrast in contrasts:
        sides = [posterior.at(side) for side in contrast.apply(target.design)]
        label = contrast.label(way.sign)
        called[label] = contrast.label(way.sign, names[contrast.variable])
        known, said = _told(target, sides, scale, mean), {"comparison": (label, called[label])}
        found = [
            answer(_compared(target, contrast, sides, one, way), mass, way.no_effect)
            for one in means
        ]
        lines = [lines_of(target, one, known, said) for one in found]
        parts.append(by_category(design, means, lines))
        beyond += knot_notes(*(side.design for side in sides), cell=target.row_of_line)
        below.append(shares_below_zero(target, sides, mean))
    answers, what = joined(parts), comparison_words(scale, mean.words)
    averaged = target.averaging is not None
    how = "the averages are compared within each draw, " if averaged else ""
    return make_table(
        design,
        answers.frame,
        mass,
        caption="Average comparisons" if averaged else "Comparisons",
        scale=what,
        estimand=f"{what}; {condition(target, mean, posterior.draws.run)}; {target.words}, {how}"
        "each row taken under either value with its other columns as they are",
        notes=(
            *_notes(target, mean, way),
            *below_zero_notes(design, np.concatenate(below)),
            *dict.fromkeys(beyond),
            *answers.lost_notes,
        ),
        positive=scale != "difference",
        called={"comparison": called},
    )


class ComparisonOptions(AverageOptions, total=False):
    """Options of `avg_comparisons`."""

    scale: ComparisonScale


def avg_comparisons(
    posterior: Posterior,
    variables: Variables,
    newdata: pd.DataFrame | None = None,
    *,
    by: str | Sequence[str] | None = None,
    **options: Unpack[ComparisonOptions],
) -> Table:
    """Compare averages over rows, all of them where `by` is left out.

    Parameters and errors are those of `comparisons`.

    Returns
    -------
    Table
    """
    return comparisons(posterior, variables, newdata, by=() if by is None else by, **options)


def _compared(
    target: Target,
    contrast: Contrast,
    sides: Sequence[Posterior],
    mean: Mean,
    way: Way,
) -> Iterator[Array]:
    """Draws of the comparison, a stretch of cells at a time."""
    for low, high in target_means(target, sides, mean):
        if way.no_effect == 1 and not (low.min() > 0 and high.min() > 0):
            raise SpecError(
                f"The ratio {contrast.label('/')} is not defined: a mean is not above 0 in some "
                "draws. Write scale='difference'."
            )
        yield way.combine(low, high)


def _told(target: Target, sides: Sequence[Posterior], scale: str, mean: Mean) -> Array:
    """Whether the data tell the comparison in each cell.

    A difference under the identity link, and of single rows a ratio under the log link and an odds
    ratio under the logit, are functions of the difference of two linear predictors.
    """
    link, single = mean.link(target.design), target.averaging is None
    linear = scale == "difference" and mean.is_linear(target.design)
    if link is not None and single:
        linear |= scale == "ratio" and link.multiplicative
        linear |= scale == "or" and link.odds and mean.effects != "integrate"
    low, high = (mean.gaps(side.design) for side in sides)
    return told([(-1.0, low), (1.0, high)], target.averaging, linear)


def _notes(target: Target, mean: Mean, way: Way) -> tuple[str, ...]:
    if mean.effects != "integrate" or way.no_effect != 1 or not mean.groups(target.design):
        return ()
    return (
        "A marginal ratio compares two populations of new groups, one under each value, not what "
        "changes within a group.",
    )
