"""Predictions for the model's own rows or new ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from bayesglmm.design.any_frame import as_pandas
from bayesglmm.design.design import Design
from bayesglmm.design.given import as_given
from bayesglmm.design.groups import NEW_GROUP
from bayesglmm.design.names import printed_names
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import DataError, SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.answer import answer, emptied, row_draws
from bayesglmm.posterior.arguments import check_exposure, check_word
from bayesglmm.posterior.column_arguments import unlike_results
from bayesglmm.posterior.estimands.estimability import (
    estimability_notes,
    line_names,
    told,
)
from bayesglmm.posterior.estimands.predictions import predictions
from bayesglmm.posterior.notes import (
    below_zero_notes,
    interval_note,
    knot_notes,
    left_out,
    may_be_negative,
)
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import ESTIMATES
from bayesglmm.tables import Table

type Kind = Literal["linear", "mean", "response"]


SCALES = {
    "linear": "link",
    "mean": "response (mean)",
    "response": "response (new responses)",
}


@beyond_double
def predict(
    posterior: Posterior,
    new: pd.DataFrame | None = None,
    *,
    kind: Kind = "mean",
    exposure: float | None = None,
    mass: float = 0.95,
) -> Table:
    """Predict, row by row.

    Parameters
    ----------
    posterior : Posterior
    new : pandas.DataFrame, optional
        Rows with the columns of the right-hand side; the model's own rows where left out, each once
        whatever its weight is.
    kind : str
        ``"linear"`` for the linear predictor (link scale, exposure left out), ``"mean"`` for the
        mean response (at the row's exposure; the probability of one trial for a binomial),
        ``"response"`` for new responses. Of categories the probability of each, a line each.
    exposure : float, optional
        For every row, instead of the exposure column.
    mass : float
        Posterior probability inside the equal-tailed interval.

    Returns
    -------
    Table
        The columns of the right-hand side, then median and interval. Conditional on each row's
        groups; unseen groups are drawn from the population, one draw each in every posterior draw.
        Rows that the data cannot tell are empty, and a note names them.

    Raises
    ------
    SpecError
        If `kind` is unknown, `mass` is no probability, or `exposure` cannot be used.
    DataError
        If the new rows do not fit the model.
    """
    design = posterior.design
    check_word("kind", kind, SCALES)
    design = design.once if new is None else design
    family = design.spec.family
    made_of = {"linear": (family.location.name,), "mean": family.of_mean}
    if design.spec.family.chances is not None and kind != "linear":
        return _categories(posterior, new, kind, mass)
    needed = design if kind == "response" else design.only(*made_of[kind])
    target = needed if new is None and exposure is None else _target(needed, new, exposure)
    if kind == "response" and target.rows.trials is None:
        column = design.spec.formula.trials
        raise DataError(f"New responses need the number of trials: add the column '{column}'.")
    if kind == "response" and design.spec.se is not None and design.spec.se not in target.data:
        raise DataError(
            f"New responses need their standard errors: add the column '{design.spec.se}'."
        )
    if target.rows.truncated:
        target = replace(target, rows=replace(target.rows, least=None, most=None))
    drawn = posterior.at(target)
    found = answer(_blocks(drawn, kind), mass)
    left = _left_columns(design)
    kept = [str(name) for name in target.data if name not in left]
    given = unlike_results(as_given(target, kept), ESTIMATES)
    moving = list(target.predictors.values())
    known = told([(1.0, one.gaps) for one in moving], linear=False)
    return Table(
        frame=given.join(emptied(found, known)),
        caption="Predictions",
        scale=_scale(design, kind),
        estimand=_estimand(moving) + left_out(posterior.draws.run),
        notes=(
            interval_note(mass),
            *(_below_zero(drawn) if kind == "mean" else ()),
            *knot_notes(target),
            *estimability_notes(line_names(given, printed_names(design)), known),
        ),
        kinds=dict.fromkeys(ESTIMATES, _printed(design, kind)),
        headings=printed_names(design),
        source=row_draws(posterior, lambda: np.concatenate([*_blocks(drawn, kind)], axis=1), mass),
    )


def _categories(posterior: Posterior, new: pd.DataFrame | None, kind: Kind, mass: float) -> Table:
    """Probabilities of the categories of each row, which are all that a new response has."""
    if kind == "response":
        raise SpecError(
            "A new response is one of several categories, which have no median and no interval. "
            "Leave kind= out for their probabilities."
        )
    return predictions(posterior, new, re="observed", mass=mass)


def _target(design: Design, new: pd.DataFrame | None, exposure: float | None) -> Design:
    """The rows to predict; the model's own are not encoded a second time."""
    check_exposure(exposure, design.spec.exposure is not None)
    if new is not None:
        new = as_pandas("new", new, "Pass rows as one; grid() makes one.")
        return design.apply(new, exposure)
    name, values = str(design.spec.exposure), np.full(design.n, float(exposure or 1.0))
    rows = replace(design.rows, exposure=values)
    return replace(
        design,
        rows=rows,
        data=design.data.assign(**{name: values}),
        given=design.given.iloc[design.positions].assign(**{name: values}),
        positions=np.arange(design.n),
    )


def _blocks(target: Posterior, kind: Kind) -> Iterator[Array]:
    """Draws of what is predicted, a stretch of rows at a time; the same whenever asked for."""
    rng = target.rng()
    return (_draws(target, kind, rng, rows) for rows in target.blocks())


def _below_zero(target: Posterior) -> tuple[str, ...]:
    """How many means of counts lie below 0, where the link does not prevent it."""
    if not may_be_negative(target.design):
        return ()
    shares = [(values < 0).mean(axis=0) for values in _blocks(target, "mean")]
    return below_zero_notes(target.design, np.concatenate(shares))


def _draws(target: Posterior, kind: Kind, rng: np.random.Generator, rows: slice) -> Array:
    """Draws of what is predicted for some rows, shape (S, rows)."""
    if kind == "linear":
        return target.eta(rows)
    return target.mean(rows) if kind == "mean" else target.responses(rng, rows)


def _left_columns(design: Design) -> list[str]:
    spec = design.spec
    right = {*spec.fixed_variables, *spec.group_variables, design.spec.exposure}
    return [str(name) for name in design.data if name not in right and name != spec.formula.trials]


def _scale(design: Design, kind: Kind) -> str:
    if kind == "linear":
        return f"link ({design.spec.link.scale})"
    scale, zeros = SCALES[kind], design.spec.family.with_zeros
    if kind == "mean" and zeros:
        scale = f"response (mean {zeros})"
    if design.spec.exposure is not None:
        return f"{scale}, at the {design.spec.exposure_name} of each row"
    return scale


def _printed(design: Design, kind: Kind) -> str:
    """How the numbers are printed; the mean of a count or probability is never shown as 0."""
    above = kind == "mean" and design.spec.family.support.positive
    return "positive" if above else "estimate"


def _estimand(moving: list[Predictor]) -> str:
    groups = [group for one in moving for group in one.groups]
    if not groups:
        return "for the columns of each row"
    new = {(g.factor, label) for g in groups for label in g.labels[g.index == NEW_GROUP]}
    unseen = len(new)
    text = "conditional on the groups that each row names"
    if unseen:
        text += f"; {unseen} unseen group{'s' * (unseen > 1)} drawn from the population"
    return text
