"""Whether Laplace's approximation holds, and why not."""

from __future__ import annotations

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.likelihood.sampled import RELIABLE
from bayesglmm.posterior.parity.sides import Sides, gaps
from bayesglmm.tables import Table

LAPLACE = 0.25
"""Standard errors between Laplace and a finer integral that are said."""
FAILS = 1.0
"""Standard errors between the two from which Laplace is said to fail, not only to be off."""
FEW = 5
"""Rows of a group up to which a binary response is far from Gaussian."""


def on_laplace(sides: Sides, table: Table) -> str:
    """What quadrature or importance sampling says of Laplace's approximation.

    Parameters
    ----------
    sides : Sides
    table : Table
        Of `parity`; its printed numbers are quoted as they stand.

    Returns
    -------
    str
    """
    if not sides.laplace.approximate:
        return "Nothing is approximated on the side of the likelihood: its maximum is exact."
    if not sides.finer:
        return _unchecked(sides)
    off = gaps(sides, table.frame["sd"].to_numpy())
    if not (off >= LAPLACE).any():
        return f"{_agreement(sides)} to within {LAPLACE:g} standard errors.{_difference(sides)}"
    return f"{_fault(sides, table, off)}{_difference(sides)}"


def _unchecked(sides: Sides) -> str:
    """Why there is nothing beside Laplace's approximation, and what to read instead."""
    why = _small_binary_groups(sides.laplace.design)
    tail = "; the posterior, which integrates without it, is the check."
    if why:
        tail = f", and {why}, which it does not suit: trust the posterior."
    sampled = sides.sampled
    if sampled is None:
        beside = "neither quadrature nor importance sampling beside it"
        return f"Laplace's approximation has {beside}{tail}"
    uneven = (
        f"the weights are too uneven (Pareto k {sampled.pareto_k:.2g}, at most {RELIABLE:g} wanted)"
        if sampled.pareto_k > RELIABLE
        else "the search for the maximum did not arrive"
    )
    return (
        "The error of Laplace's approximation could not be measured: there is no quadrature for "
        f"these groups, and of importance sampling {uneven}{tail}"
    )


def _agreement(sides: Sides) -> str:
    if sides.quadrature is not None:
        return f"Laplace's approximation and quadrature ({sides.quadrature.quadrature} nodes) agree"
    return "Laplace's approximation and importance sampling around its modes agree"


def _difference(sides: Sides) -> str:
    """The error of the log likelihood by importance sampling."""
    sampled = sides.sampled
    if sides.finer != "sampled" or sampled is None:
        return ""
    size, error = abs(sampled.difference), sampled.difference_error
    if size < 2 * error:
        return (
            f" At Laplace's maximum the two log likelihoods do not differ by more than the error "
            f"of the sampling, {error:.1g}."
        )
    side = "low" if sampled.difference > 0 else "high"
    decimals = max(0, int(np.ceil(-np.log10(error))))
    return (
        f" At Laplace's maximum its log likelihood is {size:.{decimals}f} too {side} (Monte Carlo "
        f"error {error:.1g})."
    )


def _fault(sides: Sides, table: Table, off: np.ndarray) -> str:
    """That Laplace is off, why, and by how much for the parameter that feels it most."""
    worst = int(np.nanargmax(off))
    row = table.printed().iloc[worst]
    why = _small_binary_groups(sides.laplace.design)
    because = f" because {why}" if why else ""
    if off[worst] >= FAILS:
        verdict, shape = "fails", "far from"
    else:
        verdict, shape = "is off", "not quite"
    if sides.quadrature is not None:
        how, instead = f"quadrature ({sides.quadrature.quadrature} nodes)", "quadrature"
    else:
        how, instead = "importance sampling", "the sampled maximum"
    return (
        f"Laplace's approximation {verdict}{because}: a group's likelihood is {shape} the Gaussian "
        f"it takes it for. {row['']} is {row['Laplace']} by Laplace, {row[sides.finer]} by "
        f"{how} and has the posterior median {row['posterior']}. Read {instead} or the posterior, "
        "not Laplace."
    )


def _small_binary_groups(design: Design) -> str:
    """In words, that the groups are small and their response binary; empty where they are not."""
    if not design.spec.family.support.single:
        return ""
    for group in design.predictor.groups:
        typical = float(np.median(group.rows_per_level))
        if typical <= FEW:
            factor, count = printed_names(design)[group.factor], len(group.levels)
            return f"{factor} has {count:,} groups of about {typical:g} binary rows"
    return ""
