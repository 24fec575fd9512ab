"""Each group's rate, probability or mean: crude and shrunken, exceedance probabilities, ranks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.design.given import given_levels
from bayesglmm.design.groups import Group
from bayesglmm.errors import SpecError
from bayesglmm.families.links import Array
from bayesglmm.posterior.answer import row_draws
from bayesglmm.posterior.arguments import check_number, check_share, check_word
from bayesglmm.posterior.estimands.asked import Mean
from bayesglmm.posterior.group_effects import covariance_factor
from bayesglmm.posterior.groups.means import (
    crude_means,
    level_effects,
    make_group_standard,
    means_of_rows,
    own_means,
)
from bayesglmm.posterior.groups.ranef import shrinkage
from bayesglmm.posterior.groups.rates_table import RANKS, Over, Wanted, rates_table
from bayesglmm.posterior.groups.raw import group_information
from bayesglmm.posterior.groups.several import each_given
from bayesglmm.posterior.groups.standardise import standardised
from bayesglmm.posterior.groups.words import size_name
from bayesglmm.posterior.notes import below_zero_notes, knot_notes, success_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import offset_as_exposure, row_sizes
from bayesglmm.posterior.quantities import positive_part, summarise_many, tail_of
from bayesglmm.tables import Table


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
        the rank (1 is the highest) with its interval. Of a response that is one of several
        categories a line for each: its probability, compared with the crude share of the category,
        ranked among the groups. Draws are thinned where groups times rows are very many.

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
    check_share("mass", mass)
    if over == "own" and at is not None:
        raise SpecError("over='own' averages over the group's own rows. Leave at= out.")
    several = means_of_rows(design)
    found = [_group_means(posterior, factor, over, at, mean) for mean in several]
    asked = Wanted(factor, over, at is not None, threshold, mass)
    frames = [_frame(posterior, group, one, asked) for one in found]
    notes = tuple(dict.fromkeys(note for one in found for note in one.notes))
    table = rates_table(
        design, frames, [one.overall for one in found], asked, notes, posterior.draws.run
    )

    def draws() -> Array:
        again = [_group_means(posterior, factor, over, at, mean).means for mean in several]
        return np.stack(again, axis=2).reshape(len(again[0]), -1)

    others = (*notes, *success_notes(design))
    beside = tuple(note for note in table.notes[1:] if note not in others)
    return replace(table, source=row_draws(found[0].posterior, draws, mass, beside=beside))


@dataclass(frozen=True, slots=True, eq=False)
class GroupMeans:
    """One mean of each of G groups.

    Attributes
    ----------
    posterior : Posterior
        The S draws that were used.
    means : array of shape (S, G)
    raw : array of shape (G,)
        Crude, of the group's own rows.
    overall : float
        Crude, of all rows.
    notes : tuple of str
    category : str
        Of the response, whose probability it is; empty where it has none.
    """

    posterior: Posterior
    means: Array
    raw: Array
    overall: float
    notes: tuple[str, ...]
    category: str


def _group_means(
    posterior: Posterior, factor: str, over: Over, at: pd.DataFrame | None, mean: Mean
) -> GroupMeans:
    """Means of the groups in the unit of the table, and what to say of them."""
    design, unit = posterior.design, posterior.design.spec.per
    own, group = offset_as_exposure(design), design.terms(factor)[0]
    raw, overall = crude_means(own, group, mean.category)
    notes: tuple[str, ...] = ()
    if over == "own":
        means, some = own_means(posterior.at(own), group, mean)
    elif mean.function is not None:
        means, some = each_given(posterior, factor, mean, at)
        notes = knot_notes(some.design)
    else:
        standard = make_group_standard(posterior, factor, at)
        some = standard.posterior
        notes = (*knot_notes(standard.design), *filter(None, [standard.profiles.note]))
        means = standardised(standard, level_effects(own, standard))
    notes += below_zero_notes(design, (means < 0).mean(axis=0))
    if np.isnan(raw).any():
        notes += (
            "A group with a response that is known by its bounds only has no raw mean; the mean of "
            "all rows takes such a response as the middle of its bounds, or as its one bound.",
        )
    return GroupMeans(some, means * unit, raw * unit, overall * unit, notes, mean.category)


def _frame(posterior: Posterior, group: Group, found: GroupMeans, asked: Wanted) -> pd.DataFrame:
    """Summaries of the groups' means, exceedance and ranks, and what is known of each group."""
    design, own = posterior.design, offset_as_exposure(posterior.design)
    limit = found.overall if asked.threshold is None else float(asked.threshold)
    tail, values = tail_of(asked.mass), found.posterior.by_chain(found.means)
    columns = summarise_many(values, asked.mass)
    above, error = positive_part(values - limit, columns["ess_bulk"])
    columns |= {"P(above)": above, "mcse_P(above)": error}
    parts = (0.5, tail, 1 - tail)
    rank = np.quantile(ranks(found.means), parts, axis=0, method="inverted_cdf")
    columns |= dict(zip(RANKS, rank, strict=True))
    frame = pd.DataFrame(columns)
    frame["level"] = given_levels(design, group)
    frame["rows"] = group.rows_per_level
    frame[size_name(design)] = np.bincount(group.index, row_sizes(own))
    frame["raw"] = found.raw
    if found.category:
        return frame.assign(**{design.spec.formula.response_name: found.category})
    return frame.assign(shrinkage=_shrinkage(posterior, group))


def _shrinkage(posterior: Posterior, group: Group) -> Array:
    factor = covariance_factor(group, posterior.draws)
    pull = shrinkage(group_information(posterior, group), factor)
    return pull[:, 0]


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
