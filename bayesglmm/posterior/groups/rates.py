"""Each group's rate, probability or mean: crude and shrunken, exceedance probabilities, ranks."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.given import given_levels
from bayesglmm.design.groups import Group
from bayesglmm.design.names import printed_names
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.answer import row_draws
from bayesglmm.posterior.arguments import check_number, check_word
from bayesglmm.posterior.group_effects import covariance_factor
from bayesglmm.posterior.groups.means import (
    crude_means,
    level_effects,
    make_group_standard,
    own_means,
)
from bayesglmm.posterior.groups.ranef import shrinkage
from bayesglmm.posterior.groups.raw import group_information
from bayesglmm.posterior.groups.several import each_given
from bayesglmm.posterior.groups.standardise import standardised, terms_of
from bayesglmm.posterior.groups.words import mean_kind, mean_words, size_name, weight_words
from bayesglmm.posterior.notes import (
    below_zero_notes,
    interval_note,
    knot_notes,
    left_out,
    success_notes,
)
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import offset_as_exposure, row_sizes
from bayesglmm.posterior.quantities import (
    DIAGNOSTICS,
    ERRORS,
    positive_part,
    summarise_many,
    tail_of,
)
from bayesglmm.tables import Table

RANKS = ("rank", "rank from", "rank to")
"""Columns of the rank and its interval."""

type Over = Literal["all", "own"]


@beyond_double
def group_rates(
    posterior: Posterior,
    factor: str,
    *,
    over: Over = "all",
    at: pd.DataFrame | None = None,
    threshold: float | None = None,
    mass: float = 0.95,
) -> Table:
    """Rate per `per`, probability or mean of every group of a factor.

    Parameters
    ----------
    posterior : Posterior
    factor : str
        A grouping factor, such as ``"county"`` or ``"region:state"``; the groups of a nested one
        have the effects of those that they lie in as well.
    over : str
        ``"all"``: standardised, as if all rows belonged to the group, so that groups differ by
        their effects alone. ``"own"``: averaged over the group's own rows as they are. Rows weigh
        as their exposure, or number of trials.
    at : pandas.DataFrame, optional
        Rows to standardise over in place of the model's own; ``over`` is ``"all"`` then. Their
        column of exposure, where there is one, holds their weights.
    threshold : float, optional
        What an exceedance probability compares with, in the unit of the table; the crude mean of
        all rows where left out.
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Table
        For each level, on the response scale: the crude mean of its own rows (``raw``), the
        posterior median and interval, `shrinkage` of its effect, the exceedance probability, and
        the rank (1 is the highest) with its interval. Draws are thinned where groups times rows
        are very many.

    Raises
    ------
    SpecError
        If there is no such factor, or the options contradict each other.
    DataError
        If the rows of `at` do not fit the model.
    """
    design = posterior.design
    group = design.terms(factor)[0]
    check_word("over", over, ("all", "own"))
    check_number("threshold", threshold)
    if over == "own" and at is not None:
        raise SpecError("over='own' averages over the group's own rows. Leave at= out.")
    own, unit = offset_as_exposure(design), design.spec.per
    raw, overall = crude_means(own, group)
    means, some, notes = _means(posterior, factor, over, at)
    notes += below_zero_notes(design, (means < 0).mean(axis=0))
    if np.isnan(raw).any():
        notes += (
            "A group with a response that is known by its bounds only has no raw mean; the mean of "
            "all rows takes such a response as the middle of its bounds.",
        )
    limit = overall * unit if threshold is None else float(threshold)
    frame = _frame(some, means * unit, limit, mass)
    frame["level"] = given_levels(design, group)
    frame["rows"] = group.rows_per_level
    frame[size_name(design)] = np.bincount(group.index, row_sizes(own))
    frame["raw"] = raw * unit
    frame["shrinkage"] = _shrinkage(posterior, group)
    table = _table(design, factor, frame, (over, at is not None, threshold, limit), mass, notes)
    return replace(
        table,
        estimand=table.estimand + left_out(posterior.draws.run),
        source=row_draws(
            some,
            lambda: _means(posterior, factor, over, at)[0] * unit,
            mass,
            beside=_beside(mass, limit, threshold is None),
        ),
    )


def _means(
    posterior: Posterior, factor: str, over: Over, at: pd.DataFrame | None
) -> tuple[Array, Posterior, tuple[str, ...]]:
    """Draws (S, G) of the groups' means at an exposure of 1, whose draws they are, and notes."""
    design = posterior.design
    own = offset_as_exposure(design)
    if over == "own":
        means, some = own_means(posterior.at(own), design.terms(factor)[0])
        return means, some, ()
    if design.spec.family.expected is not None:
        means, some = each_given(posterior, factor, at)
        return means, some, knot_notes(some.design)
    standard = make_group_standard(posterior, factor, at)
    notes = (*knot_notes(standard.design), *filter(None, [standard.profiles.note]))
    means = standardised(standard, level_effects(own, standard))
    return means, standard.posterior, notes


def _shrinkage(posterior: Posterior, group: Group) -> Array:
    factor = covariance_factor(group, posterior.draws)
    pull = shrinkage(group_information(posterior, group), factor)
    return pull[:, 0]


def _frame(posterior: Posterior, means: Array, limit: float, mass: float) -> pd.DataFrame:
    """Summaries of the draws (S, G) of the groups' means, exceedance and ranks."""
    tail, values = tail_of(mass), posterior.by_chain(means)
    found = summarise_many(values, mass)
    above, error = positive_part(values - limit, found["ess_bulk"])
    found |= {"P(above)": above, "mcse_P(above)": error}
    parts = (0.5, tail, 1 - tail)
    rank = np.quantile(ranks(means), parts, axis=0, method="inverted_cdf")
    found |= dict(zip(RANKS, rank, strict=True))
    return pd.DataFrame(found)


def ranks(means: Array) -> NDArray[np.int64]:
    """Rank of each group in each draw, 1 the highest.

    Goldstein & Spiegelhalter (1996), JRSS A 159(3).

    Parameters
    ----------
    means : array of shape (S, G)

    Returns
    -------
    array of int, shape (S, G)
    """
    order = np.argsort(-means, axis=1, kind="stable")
    places = np.empty_like(order)
    np.put_along_axis(places, order, np.arange(means.shape[1])[None, :], axis=1)
    return places + 1


def _table(
    design: Design,
    factor: str,
    frame: pd.DataFrame,
    asked: tuple[Over, bool, float | None, float],
    mass: float,
    notes: tuple[str, ...],
) -> Table:
    over, is_at, threshold, limit = asked
    name, long = mean_words(design)
    above = f"P(>{limit:.4g})"
    columns = {"median": name, "mcse_median": f"mcse_{name}", "P(above)": above}
    columns |= {"mcse_P(above)": f"mcse_{above}"}
    first = dict.fromkeys(["level", "rows", size_name(design)])
    kept = [*first, "raw", "median", "lower", "upper", "shrinkage", "P(above)", *RANKS]
    kept += [*DIAGNOSTICS, *ERRORS, "mcse_P(above)"]
    shape = mean_kind(name, float(frame["median"].max()))
    kinds = {"level": "key", "raw": "estimate", above: "probability", "shrinkage": "number"}
    kinds |= dict.fromkeys((name, "lower", "upper"), shape)
    return Table(
        frame=frame[kept].rename(columns=columns),
        caption=f"{long[0].upper()}{long[1:]} by {printed_names(design)[factor]}",
        scale=f"response ({long})",
        estimand=_estimand(design, factor, over, is_at),
        notes=(
            interval_note(mass),
            *_beside(mass, limit, threshold is None),
            *success_notes(design),
            *notes,
        ),
        kinds=kinds | dict.fromkeys(("rows", size_name(design), *RANKS), "count") | DIAGNOSTICS,
    )


def _beside(mass: float, limit: float, crude: bool) -> tuple[str, ...]:
    """Notes on the columns beside the means; `crude` is whether nobody gave the threshold."""
    whose = "crude mean of all rows" if crude else "threshold given"
    return (
        "Raw: crude, from the group's own rows alone, not standardised. "
        f"P(>{limit:.4g}): posterior probability of lying above {limit:.4g}, the {whose}.",
        f"Rank 1 is the highest; posterior median and {100 * mass:g} % interval.",
        "Shrinkage: share of the population's variance that the group's rows leave open "
        "(0 none, 1 all).",
    )


def _estimand(design: Design, factor: str, over: Over, is_at: bool) -> str:
    weights = weight_words(design)
    weighted = f", weighted by {weights}" if weights else ""
    called = printed_names(design)
    group = f"each group of {called[factor]}"
    if over == "own":
        return f"{group}, averaged over its own rows{weighted}"
    rows = "the rows given" if is_at else f"all {design.n:,} rows"
    terms = terms_of(design.predictor.groups, factor)
    own = {term.factor for term in terms}
    others = [called[name] for name in design.predictor.factors if name not in own]
    text = f"{group}, standardised over {rows}{weighted}, as if all belonged to it"
    if others:
        text += f"; effects of {', '.join(others)} as in those rows"
    return text
