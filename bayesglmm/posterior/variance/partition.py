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
    observation_words,
)
from bayesglmm.posterior.variance.parts import Share, Terms, Undefined, split_terms
from bayesglmm.posterior.variance.response import response_shares
from bayesglmm.tables import Table
from bayesglmm.tables.english import joined


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
    target = own if at is None else _given(design, at)
    several = [split_terms(one, design.n) for one in target.locations.values()]
    found = _all_shares(posterior.at(target), several, unit, counts, at is None)
    over = f"all {design.n:,} rows" if at is None else f"the {target.n:,} rows given"
    over += f", counting alike whatever their {size_words(own)}" if size_words(own) else ""
    over += f" (the VPC on the response scale {found.sample})" if found.sample else ""
    over += f"; for {words}" if words else ""
    table = Table(
        frame=_frame(found, posterior.chains, mass),
        caption="Variance partition",
        scale="latent (that of the linear predictor) and response, as each row says",
        estimand=f"over new groups; averaged over {over}" + left_out(posterior.draws.run),
        notes=(
            interval_note(mass),
            *_meanings(target, found.shares, counts),
            *_reasons(found.undefined),
            *knot_notes(target),
            *filter(None, [found.note]),
        ),
        kinds=dict.fromkeys(ESTIMATES, "positive") | DIAGNOSTICS,
        called={"quantity": _called(design, found.shares)},
        source=row_draws(
            posterior, lambda: np.stack([one.draws for one in found.shares], axis=1), mass
        ),
    )
    return Partition(table, found.shares, words)


def _given(design: Design, at: pd.DataFrame) -> Design:
    """The rows to average over in place of the model's own."""
    factors = [name for group in design.groups for name in group.factors]
    return offset_as_exposure(rows_at(design, at, factors))


@dataclass(frozen=True, slots=True)
class _Found:
    """The shares of a model, and what it has not.

    Attributes
    ----------
    latent : tuple of Share
        From all draws: on the latent scale, and median ratios.
    response : tuple of Share
        From draws that may be fewer.
    undefined : tuple of Undefined
    sample, note : str
        Over which rows those on the response scale are averaged, where not over all.
    """

    latent: tuple[Share, ...]
    response: tuple[Share, ...]
    undefined: tuple[Undefined, ...]
    sample: str
    note: str

    @property
    def shares(self) -> tuple[Share, ...]:
        """All of them, in the order of the table."""
        return (*self.latent, *self.response)


def _all_shares(
    rows: Posterior,
    several: Sequence[Terms],
    unit: float,
    counts: CountVariance,
    with_fixed: bool,
) -> _Found:
    """Shares of each location on the latent scale, and on the response scale."""
    latent, undefined = list[Share](), list[Undefined]()
    for terms in several:
        shares, missing = latent_shares(rows, terms, unit, counts, with_fixed)
        latent += [*shares, *median_ratios(rows, terms)]
        undefined += missing
    response, missing, averaged = response_shares(rows, several[0], unit)
    sample, note = (averaged.sample, averaged.note) if averaged else ("", "")
    return _Found(tuple(latent), tuple(response), (*undefined, *missing), sample, note)


def _frame(found: _Found, chains: int, mass: float) -> pd.DataFrame:
    """A row for each share."""
    parts = [_rows(some, chains, mass) for some in (found.latent, found.response) if some]
    return pd.concat(parts).reset_index(drop=True)


def _called(design: Design, shares: Sequence[Share]) -> dict[str, str]:
    """What readers see the shares called."""
    names = printed_names(design)
    return {share.quantity: share.printed(names) for share in shares}


def _reasons(undefined: Sequence[Undefined]) -> list[str]:
    """What the model has not, each reason once."""
    found: dict[str, list[str]] = {}
    for item in undefined:
        found.setdefault(item.reason, []).append(item.quantity)
    return [
        f"Not defined: {joined(list(dict.fromkeys(names)))}; {reason}."
        for reason, names in found.items()
    ]


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


def _meanings(design: Design, shares: Sequence[Share], counts: CountVariance) -> list[str]:
    """What the words of the table mean, as far as they occur in it."""
    kinds = {share.kind for share in shares}
    groups = [group for one in design.locations.values() for group in one.groups]
    notes = []
    if kinds & {"ICC", "VPC"}:
        what = " and ".join(sorted(kinds & {"ICC", "VPC"}))
        notes.append(
            f"{what}: share of the variance left by the fixed part that lies between groups, "
            "which is the correlation of two responses of the same group."
        )
    if any(group.columns != ("1",) for group in groups):
        notes.append(
            "With slopes the variance between groups depends on the columns; it is averaged over "
            "the rows."
        )
    if any(share.of == (observation_words(counts),) for share in shares):
        notes.append(
            f"Observation level: variance of the log of one count, by the {counts} approximation; "
            "it depends on the exposure and grows without bound as that falls. Where the mean "
            "count is not well above 1 the approximations differ widely: read the VPC there."
        )
    if design.spec.formula.trials and kinds & {"ICC", "VPC"}:
        notes.append("Responses are looked at one trial at a time.")
    return notes
