"""The variance partition as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.posterior.answer import row_draws
from bayesglmm.posterior.arguments import check_exposure, check_share, check_word
from bayesglmm.posterior.notes import interval_note, knot_notes, left_out
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.profiles import offset_as_exposure, row_sizes, rows_at, size_words
from bayesglmm.posterior.quantities import DIAGNOSTICS, ERRORS, ESTIMATES, summarise
from bayesglmm.posterior.variance.latent import (
    COUNT_VARIANCES,
    CountVariance,
    latent_shares,
    median_ratios,
)
from bayesglmm.posterior.variance.parts import Share, split_terms
from bayesglmm.posterior.variance.response import response_shares
from bayesglmm.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """A variance partition.

    Attributes
    ----------
    table : Table
        See `variance`.
    shares : tuple of Share
        What each of its rows is.
    exposure : str
        The exposure of the response that the shares hold for, in words; empty without one.
    """

    table: Table
    shares: tuple[Share, ...]
    exposure: str


def variance(
    posterior: Posterior,
    *,
    exposure: float | None = None,
    at: pd.DataFrame | None = None,
    counts: CountVariance = "trigamma",
    mass: float = 0.95,
) -> Table:
    """ICC, VPC, R² and median ratios, in every draw: the table of a `partition`.

    Parameters
    ----------
    posterior : Posterior
    exposure, at, counts, mass
        As for `partition`.

    Returns
    -------
    Table
    """
    return partition(posterior, exposure=exposure, at=at, counts=counts, mass=mass).table


@beyond_double
def partition(
    posterior: Posterior,
    *,
    exposure: float | None = None,
    at: pd.DataFrame | None = None,
    counts: CountVariance = "trigamma",
    mass: float = 0.95,
) -> Partition:
    """How the variance divides between fixed part, groups and what is left, in every draw.

    Parameters
    ----------
    posterior : Posterior
    exposure : float, optional
        Exposure of one response at which shares are computed; the median of the rows where left
        out. A count has more variance below the groups the smaller its exposure is, so that no
        ICC, VPC or R² of a rate has a meaning without it.
    at : pandas.DataFrame, optional
        Rows to average over in place of the model's own: with random slopes, or on the response
        scale, the shares depend on the columns. R² is left out then.
    counts : str
        Approximation of the observation-level variance of a log count: ``"trigamma"``,
        ``"lognormal"`` or ``"delta"``.
    mass : float
        Posterior probability inside the equal-tailed intervals.

    Returns
    -------
    Partition
        Its table has the columns ``quantity`` and ``scale``, then median and interval. On the
        latent scale the variances, the ICC of each factor (adjusted for the fixed part) and of
        factors shared together, marginal and conditional R²; the median odds, rate or hazard
        ratio; and the VPC on the response scale. What a model has not is named in a note, with the
        reason.

    Raises
    ------
    SpecError
        If the exposure or `counts` cannot be used.
    DataError
        If the rows of `at` do not fit the model.
    """
    design = posterior.design
    check_share("mass", mass)
    check_word("counts", counts, COUNT_VARIANCES)
    own = offset_as_exposure(design)
    unit, words = _exposure(own, exposure)
    target = own
    if at is not None:
        factors = [name for group in design.groups for name in group.factors]
        target = offset_as_exposure(rows_at(design, at, factors))
    terms, rows = split_terms(target, design.n), posterior.at(target)
    shares, undefined = latent_shares(rows, terms, unit, counts, at is None)
    ratios = median_ratios(rows, terms)
    responses, others, averaged = response_shares(rows, terms, unit)
    every = [*shares, *ratios, *responses]
    frame = pd.concat(
        [_rows(found, posterior.chains, mass) for found in (shares + ratios, responses) if found]
    )
    names = printed_names(design)
    reasons = [f"Not defined: {item.quantity}; {item.reason}." for item in undefined + others]
    over = f"all {design.n:,} rows" if at is None else f"the {target.n:,} rows given"
    over += f", counting alike whatever their {size_words(own)}" if size_words(own) else ""
    sample, note = (averaged.sample, averaged.note) if averaged else ("", "")
    but = f" (the VPC on the response scale {sample})" if sample else ""
    table = Table(
        frame=frame.reset_index(drop=True),
        caption="Variance partition",
        scale="latent (that of the linear predictor) and response, as each row says",
        estimand=f"over new groups; averaged over {over}{but}{f'; for {words}' if words else ''}"
        + left_out(posterior.draws.run),
        notes=(
            interval_note(mass),
            *_meanings(target, counts),
            *reasons,
            *knot_notes(target),
            *filter(None, [note]),
        ),
        kinds=dict.fromkeys(ESTIMATES, "positive") | DIAGNOSTICS,
        called={"quantity": {share.quantity: share.printed(names) for share in every}},
        source=row_draws(rows, lambda: np.stack([one.draws for one in every], axis=1), mass),
    )
    return Partition(table, tuple(every), words)


def _exposure(design: Design, asked: float | None) -> tuple[float, str]:
    """The exposure of one response, and how it is called; `design` has no offset in disguise."""
    spec = design.spec
    known = spec.family.takes_exposure and np.ndim(design.rows.exposure) > 0
    check_exposure(asked, known)
    if not known:
        return 1.0, ""
    name = spec.exposure_name or "(exponential of the offset)"
    unit = float(np.median(row_sizes(design))) if asked is None else float(asked)
    whose = " (the median of the rows)" if asked is None else ""
    return unit, f"a response with an exposure of {unit:,.6g} {name}{whose}"


def _rows(shares: Sequence[Share], chains: int, mass: float) -> pd.DataFrame:
    """Summaries of the shares; a constant, such as the variance of a link, has no error."""
    columns = [*ESTIMATES, *DIAGNOSTICS, *ERRORS]
    about = [{"quantity": share.quantity, "scale": share.scale} for share in shares]
    frame = pd.DataFrame(about, columns=["quantity", "scale"]).reindex(
        columns=["quantity", "scale", *columns]
    )
    every = np.stack([share.draws for share in shares], axis=1)
    varies = np.ptp(every, axis=0) > 0
    for name in ESTIMATES:
        frame[name] = every[0]
    if varies.any():
        shaped = every[:, varies].reshape(chains, len(every) // chains, -1)
        frame.loc[varies, columns] = summarise(shaped, mass)[columns].to_numpy()
    return frame.astype(dict.fromkeys(columns, float))


def _meanings(design: Design, counts: CountVariance) -> list[str]:
    """What the words of the table mean, as far as they occur in it."""
    spec, groups = design.spec, design.predictor.groups
    notes = []
    if groups:
        notes.append(
            "ICC and VPC: share of the variance left by the fixed part that lies between groups, "
            "which is the correlation of two responses of the same group."
        )
    if any(group.columns != ("1",) for group in groups):
        notes.append(
            "With slopes the variance between groups depends on the columns; it is averaged over "
            "the rows."
        )
    if spec.family.support.counts and spec.link.multiplicative:
        notes.append(
            f"Observation level: variance of the log of one count, by the {counts} approximation; "
            "it depends on the exposure and grows without bound as that falls. Where the mean "
            "count is not well above 1 the approximations differ widely: read the VPC there."
        )
    if spec.formula.trials:
        notes.append("Responses are looked at one trial at a time.")
    return notes
