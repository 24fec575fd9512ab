"""Between which means most groups of the population lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.posterior.answer import row_draws
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.estimands.asked import Mean
from bayesglmm.posterior.group_effects import covariance_factor
from bayesglmm.posterior.groups.means import make_group_standard, means_of_rows
from bayesglmm.posterior.groups.several import each_new, width
from bayesglmm.posterior.groups.standardise import Standard, standardised
from bayesglmm.posterior.groups.words import mean_kind, mean_words, weight_words
from bayesglmm.posterior.notes import below_zero_notes, interval_note, knot_notes, left_out
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import DIAGNOSTICS, ERRORS, ESTIMATES, summarise, tail_of
from bayesglmm.tables import Table

SIMULATED = 512
"""New groups behind the quantiles where the effects are several (slopes): a Sobol sequence."""


@beyond_double
def population_interval(
    posterior: Posterior,
    factor: str,
    *,
    share: float = 0.95,
    at: pd.DataFrame | None = None,
    mass: float = 0.95,
) -> Table:
    """Means between which a share of the population of groups lies.

    It is a spread between groups, on the response scale, not the uncertainty of one of them: the
    quantiles of the mean over new groups, whose effects follow N(0, Sigma), computed in every draw
    of Sigma. For intercepts they are exact; for slopes they are quantiles over `SIMULATED` groups.

    Parameters
    ----------
    posterior : Posterior
    factor : str
    share : float
        Share of the groups between the two ends.
    at : pandas.DataFrame, optional
        Rows to standardise over, as for `group_rates`; all rows of the model where left out.
    mass : float
        Posterior probability inside the interval of each end.

    Returns
    -------
    Table
        Three rows: the lower end, the middle group and the upper end, each with its interval; of a
        response that is one of several categories so for the probability of each.

    Raises
    ------
    SpecError
        If there is no such factor, or `share` or `mass` is not between 0 and 1.
    """
    design = posterior.design
    check_share("share", share)
    check_share("mass", mass)
    tail = tail_of(share)
    quantiles = (tail, 0.5, 1 - tail)
    several = means_of_rows(design)
    found = [_ends(posterior, factor, mean, quantiles, at) for mean in several]
    ends = [values * design.spec.per for values, _ in found]
    return _table(design, factor, found[0][1], several, ends, (share, mass))


def _ends(
    posterior: Posterior,
    factor: str,
    mean: Mean,
    quantiles: Sequence[float],
    at: pd.DataFrame | None,
) -> tuple[Array, Standard]:
    """Quantiles of a mean over new groups in each draw, (S, 3), and the rows of it."""
    if mean.function is not None:
        noise = _noise(posterior, width(posterior, factor, mean))
        groups, standard = each_new(posterior, factor, mean, noise, at)
        return np.quantile(groups, quantiles, axis=1).T, standard
    standard = make_group_standard(posterior, factor, at, points=3)
    if standard.shifts and posterior.design.spec.link.monotone:
        return standardised(standard, _shifts(standard, quantiles)), standard
    standard = make_group_standard(posterior, factor, at, points=SIMULATED)
    groups = standardised(standard, _new_groups(standard))
    return np.quantile(groups, quantiles, axis=1).T, standard


def _shifts(standard: Standard, quantiles: Sequence[float]) -> list[Array]:
    """Quantiles of the sum of the terms' intercepts; all of it in the first term."""
    from scipy.special import ndtri

    factors = [covariance_factor(term, standard.posterior.draws) for term in standard.terms]
    sd = np.sqrt(sum(np.square(factor[:, 0, 0]) for factor in factors))
    first = (sd[:, None] * ndtri(np.asarray(quantiles)))[:, :, None]
    return [first, *(np.zeros_like(first) for _ in standard.terms[1:])]


def _noise(posterior: Posterior, count: int) -> Array:
    """Standard normals of new groups, (`SIMULATED`, count)."""
    from scipy.special import ndtri
    from scipy.stats.qmc import Sobol

    points = Sobol(count, seed=posterior.draws.settings.seed).random(SIMULATED)
    return np.asarray(ndtri(points))


def _new_groups(standard: Standard) -> list[Array]:
    """The same standard normal groups, scaled by each draw's covariance."""
    widths = [len(term.columns) for term in standard.terms]
    noise = _noise(standard.posterior, sum(widths))
    parts = np.split(noise, np.cumsum(widths)[:-1], axis=1)
    return [
        np.einsum("sjk,gk->sgj", covariance_factor(term, standard.posterior.draws), part)
        for term, part in zip(standard.terms, parts, strict=True)
    ]


def _table(
    design: Design,
    factor: str,
    standard: Standard,
    several: Sequence[Mean],
    ends: Sequence[Array],
    asked: tuple[float, float],
) -> Table:
    share, mass = asked
    name, long = mean_words(design)
    found = [summarise(standard.posterior.by_chain(values), mass) for values in ends]
    rows = [f"{100 * part:g} % of groups lie below" for part in (tail_of(share), 0.5)]
    rows.append(f"{100 * tail_of(share):g} % of groups lie above")
    response = design.spec.formula.response_name
    category = [response] if len(several) > 1 else []
    frame = pd.concat(
        [
            pd.DataFrame({"": rows, **dict.fromkeys(category, mean.category)}).join(summary)
            for mean, summary in zip(several, found, strict=True)
        ],
        ignore_index=True,
    )
    called = printed_names(design)
    shape = mean_kind(design, name, float(frame["median"].max()))
    return Table(
        frame=frame[[*category, "", *ESTIMATES, *DIAGNOSTICS, *ERRORS]].rename(
            columns={"median": name, "mcse_median": f"mcse_{name}"}
        ),
        caption=f"{long[0].upper()}{long[1:]}: spread of the population of {called[factor]}",
        scale=f"response ({long})",
        estimand=_estimand(design, factor, standard),
        notes=(
            interval_note(mass),
            *below_zero_notes(design, (np.concatenate(ends, axis=1) < 0).mean(axis=0)),
            *knot_notes(standard.design),
            *filter(None, [standard.profiles.note]),
        ),
        kinds=dict.fromkeys((name, "lower", "upper"), shape) | DIAGNOSTICS,
        headings={column: called[column] for column in category},
        source=row_draws(standard.posterior, lambda: np.concatenate(ends, axis=1), mass),
    )


def _estimand(design: Design, factor: str, standard: Standard) -> str:
    """Of what the quantiles are."""
    called, weights = printed_names(design), weight_words(design)
    within = [called[term.factor] for term in standard.terms if term.factor != factor]
    count = len(standard.design.predictor.offset)
    return (
        f"quantiles over new groups of {called[factor]}"
        + (f", the effects of {', '.join(dict.fromkeys(within))} included" if within else "")
        + f"; standardised over {count:,} {'row' if count == 1 else 'rows'}"
        + (f", weighted by {weights}" if weights else "")
        + left_out(standard.posterior.draws.run)
    )
