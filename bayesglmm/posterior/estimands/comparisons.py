"""What changes: rows under one value of a column against the same rows under another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Unpack

import numpy as np
import pandas as pd

from bayesglmm.design.names import printed_names
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.estimands.answers import (
    Answers,
    Blocks,
    Said,
    Summing,
    by_category,
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
from bayesglmm.posterior.estimands.condition import condition
from bayesglmm.posterior.estimands.contrasts import Contrast, Variables, make_contrasts
from bayesglmm.posterior.estimands.estimability import (
    told,
)
from bayesglmm.posterior.estimands.means import shares_below_zero, target_means
from bayesglmm.posterior.estimands.rows import Target, make_target
from bayesglmm.posterior.estimands.ways import ComparisonScale, Way, comparison_words, find_way
from bayesglmm.posterior.hypotheses import Hypothesis, hypotheses
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
    hypothesis: Hypothesis | None = None,
    null: float | None = None,
    rope: tuple[float, float] | None = None,
    joint: bool = False,
) -> Table:
    """Compare rows under two values of a column, the other columns as they are.

    Parameters
    ----------
    posterior : Posterior
    variables : str, sequence of str, or mapping
        What is compared; see `make_contrasts`.
    newdata, by, kind, exposure, re, weights, parameter, mass, hypothesis, null, rope, joint
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
    way = find_way(design, scale, means[0])
    contrasts = make_contrasts(design, variables, means[0].parameters)
    needed = design.only(*means[0].parameters)
    target = make_target(needed, newdata, by, weights, re == "observed")
    asked = _Compared(posterior, target, means, way, Summing(mass, way.no_effect))
    sides = {contrast: asked.sides(contrast) for contrast in contrasts}
    answers = joined([asked.lines(*pair) for pair in sides.items()])
    said = asked.said(sides, answers.lost_notes)
    table = make_table(posterior, answers.frame, answers.draws, asked.summing, said)
    return hypotheses(table, hypothesis, null=null, rope=rope, joint=joint)


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


type Sides = list[Posterior]
"""The rows under the low and under the high value."""


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """Means of rows that are compared in one way under several pairs of values."""

    posterior: Posterior
    target: Target
    means: Sequence[Mean]
    way: Way
    summing: Summing

    def sides(self, contrast: Contrast) -> Sides:
        return [self.posterior.at(side) for side in contrast.apply(self.target.design)]

    def label(self, contrast: Contrast) -> tuple[str, str]:
        """Name of a contrast in the frame, and as readers see it."""
        names = printed_names(self.posterior.design)
        sign = self.way.sign
        return contrast.label(sign), contrast.label(sign, names[contrast.variable])

    def lines(self, contrast: Contrast, sides: Sides) -> Answers:
        """Answers for a contrast, a line for each cell and category of the response."""
        known, label = self._told(sides), {"comparison": self.label(contrast)}
        parts = [
            lines_of(self.target, self._blocks(contrast, sides, mean), self.summing, known, label)
            for mean in self.means
        ]
        return by_category(self.posterior.design, self.means, parts)

    def said(self, sides: Mapping[Contrast, Sides], lost: Sequence[str]) -> Said:
        """What the table says; `lost` is which of its lines are empty."""
        target, mean, run = self.target, self.means[0], self.posterior.draws.run
        what = comparison_words(self.way.name, mean)
        averaged = target.averaging is not None
        how = "the averages are compared within each draw, " if averaged else ""
        return Said(
            caption="Average comparisons" if averaged else "Comparisons",
            scale=what,
            estimand=f"{what}; {condition(target, mean, run)}; {target.words}, {how}"
            "each row taken under either value with its other columns as they are",
            notes=(*self._notes(sides.values()), *lost),
            positive=self.way.no_effect == 1,
            called={"comparison": dict(map(self.label, sides))},
        )

    def _blocks(self, contrast: Contrast, sides: Sides, mean: Mean) -> Blocks:
        """Gives the draws of the comparison."""

        def blocks() -> Iterator[Array]:
            for low, high in target_means(self.target, sides, mean):
                if self.way.no_effect == 1 and not (low.min() > 0 and high.min() > 0):
                    raise SpecError(
                        f"The ratio {contrast.label('/')} is not defined: a mean is not above 0 in "
                        "some draws. Write scale='difference'."
                    )
                yield self.way.combine(low, high)

        return blocks

    def _told(self, sides: Sides) -> Array:
        """Whether the data tell the comparison in each cell.

        A difference under the identity link, and of single rows a ratio under the log link and an
        odds ratio under the logit, are functions of the difference of two linear predictors.
        """
        mean, scale, target = self.means[0], self.way.name, self.target
        link, single = mean.link(target.design), target.averaging is None
        linear = scale == "difference" and mean.is_linear(target.design)
        if link is not None and single:
            linear |= scale == "ratio" and link.multiplicative
            linear |= scale == "or" and link.odds and mean.effects != "integrate"
        low, high = (mean.gaps(side.design) for side in sides)
        return told([(-1.0, low), (1.0, high)], target.averaging, linear)

    def _notes(self, every: Iterable[Sides]) -> Iterator[str]:
        """What to know of the ratio, of means below 0 and of rows beyond the data."""
        mean, target = self.means[0], self.target
        if mean.effects == "integrate" and self.way.no_effect == 1 and mean.groups(target.design):
            yield (
                "A marginal ratio compares two populations of new groups, one under each value, "
                "not what changes within a group."
            )
        several = [*every]
        below = [shares_below_zero(target, sides, mean) for sides in several]
        yield from below_zero_notes(self.posterior.design, np.concatenate(below))
        beyond = [
            knot_notes(*(side.design for side in sides), cell=target.row_of_line)
            for sides in several
        ]
        yield from dict.fromkeys(chain.from_iterable(beyond))
