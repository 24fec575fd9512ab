"""What is expected: the mean of each row, or averaged over rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pandas as pd

from bayesglmm.posterior.estimands.answers import (
    Blocks,
    Said,
    Summing,
    by_category,
    lines_of,
    make_table,
)
from bayesglmm.posterior.estimands.asked import (
    Asked,
    AverageOptions,
    Effects,
    Kind,
    Mean,
    Scale,
    make_means,
)
from bayesglmm.posterior.estimands.condition import condition
from bayesglmm.posterior.estimands.estimability import (
    told,
)
from bayesglmm.posterior.estimands.means import shares_below_zero, target_means
from bayesglmm.posterior.estimands.rows import Target, make_target
from bayesglmm.posterior.hypotheses import Hypothesis, hypotheses
from bayesglmm.posterior.notes import below_zero_notes, knot_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.tables import Table


@beyond_double
def predictions(
    posterior: Posterior,
    newdata: pd.DataFrame | None = None,
    by: str | Sequence[str] | None = None,
    *,
    scale: Scale = "response",
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
    """Expected responses, row by row or averaged within the cells of some columns.

    Parameters
    ----------
    posterior : Posterior
    newdata : pandas.DataFrame, optional
        Rows with the columns of the right-hand side, such as from `grid`; the model's own rows
        where left out. Exposure is not needed, nor are grouping factors unless ``re="observed"``.
    by : str or sequence of str, optional
        Columns of the model or of the data: rows are averaged within their combinations.
    scale : str
        ``"response"`` for means: a rate per the spec's `per`, an expected count, the probability
        of one trial, or a mean. ``"link"`` for linear predictors.
    kind : str
        ``"mean"``; of responses that are categories the probability of each, a line each.
        ``"zero"`` for the probability that a response is 0, ``"score"`` for the mean of ordered
        categories that are counted 1, 2, 3.
    exposure : float, optional
        Of every row: expected counts at this exposure in place of rates.
    re : str
        ``"typical"``: all group effects at zero, for a typical group. ``"observed"``: each row's
        own groups, unseen ones drawn from the population. ``"integrate"``: the mean over new
        groups, ``E[g(eta + b)]`` over ``b ~ N(0, z' Sigma z)``; see `Link.marginal`.
    weights : str, optional
        Column that weighs the rows of an average, in place of their exposure or number of trials.
    parameter : str, optional
        A parameter of the family, such as ``"sigma"``, in place of responses. Where the mean of a
        response is made of several, ``"mu"`` is the first of them: of a zero-inflated count the
        mean of those that are no structural zeros.
    mass : float
        Posterior probability inside the equal-tailed intervals.
    hypothesis, null, rope, joint
        As for `bayesglmm.hypotheses`, of the rows of the table.

    Returns
    -------
    Table
        Averages are over rows within each draw. Empty, with a note, where the data cannot tell.

    Raises
    ------
    SpecError
        If a column, a word or a number cannot be used.
    DataError
        If the new rows do not fit the model.
    """
    design = posterior.design
    means = make_means(design, Asked(re, scale, kind, exposure, parameter))
    mean, summing = means[0], Summing(mass)
    target = make_target(design.only(*mean.parameters), newdata, by, weights, re == "observed")
    rows = posterior.at(target.design)
    known = told([(1.0, mean.gaps(target.design))], target.averaging, mean.is_linear(target.design))
    parts = [lines_of(target, _blocks(target, rows, one), summing, known, {}) for one in means]
    found = by_category(design, means, parts)
    said = _said(posterior, target, mean, found.lost_notes)
    table = make_table(posterior, found.frame, found.draws, summing, said)
    return hypotheses(table, hypothesis, null=null, rope=rope, joint=joint)


def _blocks(target: Target, rows: Posterior, mean: Mean) -> Blocks:
    """Gives the draws of the cells."""
    return lambda: (values for (values,) in target_means(target, [rows], mean))


def _said(posterior: Posterior, target: Target, mean: Mean, lost: Sequence[str]) -> Said:
    """What the table says; `lost` is which of its lines are empty."""
    design, rows = posterior.design, posterior.at(target.design)
    above = not mean.is_response(design) or design.spec.family.support.positive
    return Said(
        caption="Predictions" if target.averaging is None else "Average predictions",
        scale=mean.words,
        estimand=f"{mean.words}; {condition(target, mean, posterior.draws.run)}; {target.words}",
        notes=(
            *below_zero_notes(design, shares_below_zero(target, [rows], mean)),
            *knot_notes(target.design, cell=target.row_of_line),
            *lost,
        ),
        positive=mean.scale == "response" and above,
    )


class PredictionOptions(AverageOptions, total=False):
    """Options of `avg_predictions`."""

    scale: Scale


def avg_predictions(
    posterior: Posterior,
    newdata: pd.DataFrame | None = None,
    *,
    by: str | Sequence[str] | None = None,
    **options: Unpack[PredictionOptions],
) -> Table:
    """Expected responses averaged over rows, all of them where `by` is left out.

    Parameters and errors are those of `predictions`.

    Returns
    -------
    Table
    """
    return predictions(posterior, newdata, by=() if by is None else by, **options)
