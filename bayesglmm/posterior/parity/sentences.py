"""When and why Laplace, quadrature and posterior disagree, in sentences.

- *Laplace* against *quadrature*: the approximation of the integral over the group effects. More
  than `LAPLACE` standard errors apart, Laplace's approximation is at fault, not the data.
- *maximum* (quadrature, or Laplace where there is none) against *posterior median*: more than
  `POSTERIOR` posterior standard deviations apart is said. It is put down to the priors where they
  would, against a Gaussian likelihood of this width, explain at least half of the distance
  (`pull.pulled`); otherwise to a likelihood that is skew.
- a maximum *on the boundary* of its range: a standard deviation of 0 there is no claim that groups
  are alike, and the posterior has room above.
- *quadrature* against itself with half as many nodes again, at its own maximum: more than `NODES`
  of log likelihood apart, the nodes were too few.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.graph.priors import ChosenPrior
from bayesglmm.likelihood import MaximumLikelihood
from bayesglmm.likelihood.objective import MOST_NODES, make_objective
from bayesglmm.posterior.parity.pull import pulled
from bayesglmm.tables import Table

LAPLACE = 0.25
"""Standard errors between Laplace and quadrature that are said."""
FAILS = 1.0
"""Standard errors between the two from which Laplace is said to fail, not only to be off."""
POSTERIOR = 0.5
"""Posterior standard deviations between maximum and posterior median that are said."""
NODES = 0.01
"""Log likelihood that half as many nodes again may change."""
FEW = 5
"""Rows of a group up to which a binary response is far from Gaussian."""


def sentences(
    priors: Mapping[str, ChosenPrior],
    laplace: MaximumLikelihood,
    finer: MaximumLikelihood | None,
    table: Table,
) -> list[str]:
    """What the table of a parity says, in words.

    Parameters
    ----------
    priors : mapping
        Parameter name to its prior.
    laplace : MaximumLikelihood
    finer : MaximumLikelihood or None
        By quadrature.
    table : Table
        Of `parity`.

    Returns
    -------
    list of str
    """
    best = finer or laplace
    found = [_on_laplace(laplace, finer, table), _on_posterior(best, priors, table)]
    found.append(best.caution)
    if finer is not None and not finer.converged:
        found.append(f"By quadrature: {finer.verdict()}")
    if not laplace.converged:
        found.append(f"By {laplace.method}: {laplace.verdict()}")
    elif best.boundaries:
        found.append(
            " ".join(best.boundaries)
            + " That is no claim of no variation: the posterior shows what else the data allow."
        )
    if finer is not None:
        found.append(_on_nodes(finer))
    return [sentence for sentence in found if sentence]


def _on_laplace(
    laplace: MaximumLikelihood,
    finer: MaximumLikelihood | None,
    table: Table,
) -> str:
    """Whether Laplace's approximation holds, and why not."""
    if not laplace.approximate:
        return "Nothing is approximated on the side of the likelihood: its maximum is exact."
    why = _small_binary_groups(laplace.design)
    if finer is None:
        text = "Laplace's approximation has no quadrature beside it to be checked by"
        if why:
            return f"{text}, and {why}, which it does not suit: trust the posterior."
        return f"{text}; the posterior, which integrates without it, is the check."
    off = table.frame["agreement"].str.contains("Laplace")
    if not off.any():
        return (
            f"Laplace's approximation and quadrature ({finer.quadrature} nodes) agree to within "
            f"{LAPLACE:g} standard errors."
        )
    worst = _worst(table, off)
    row = table.formatted()[off].iloc[worst]
    because = f" because {why}" if why else ""
    if _gaps(table)[off].iloc[worst] >= FAILS:
        verdict, shape = "fails", "far from"
    else:
        verdict, shape = "is off", "not quite"
    return (
        f"Laplace's approximation {verdict}{because}: a group's likelihood is {shape} the Gaussian "
        f"it takes it for. {row['']} is {row['Laplace']} by Laplace, {row['quadrature']} by "
        f"quadrature ({finer.quadrature} nodes) and has the posterior median "
        f"{row['posterior']}. Read quadrature or the posterior, not Laplace."
    )


def _worst(table: Table, chosen: pd.Series) -> int:
    """Of the chosen rows, where the one lies on which Laplace is furthest off."""
    return int(np.nanargmax(_gaps(table)[chosen].fillna(0.0).to_numpy()))


def _gaps(table: Table) -> pd.Series:
    """Distance from Laplace to quadrature in standard errors, row by row."""
    rows = table.frame
    gaps: pd.Series = (rows["Laplace"] - rows["quadrature"]).abs() / rows["SE (q.)"]
    return gaps


def _on_posterior(best: MaximumLikelihood, priors: Mapping[str, ChosenPrior], table: Table) -> str:
    """Whether the posterior lies where the likelihood is largest, and why not."""
    away = table.frame["agreement"].str.contains("posterior").to_numpy()
    if not best.converged:
        return ""
    if not away.any():
        return (
            f"The posterior medians lie within {POSTERIOR:g} posterior standard deviations of the "
            "maximum: the likelihood speaks louder than the priors."
        )
    column = "quadrature" if "quadrature" in table.frame else str(table.frame.columns[1])
    medians, expected = table.frame["posterior"].to_numpy(), pulled(best, priors)
    expected = np.append(expected, np.full(best.df - len(expected), np.nan))
    by_prior = np.abs(expected - medians) <= 0.5 * np.abs(best.estimates - medians)
    found = []
    for chosen, why in (
        (
            away & by_prior,
            "The priors pull: against a likelihood of this width they explain most of the distance",
        ),
        (
            away & ~by_prior,
            "The likelihood is skew, so that its peak is not its middle, or the prior of a spread "
            "pulls; a fit with a wider prior tells which",
        ),
    ):
        if chosen.any():
            rows = table.formatted()[chosen]
            names = ", ".join(
                f"{row['']} ({row[column]} at the maximum, posterior median {row['posterior']})"
                for _, row in rows.iterrows()
            )
            found.append(f"The posterior is elsewhere for {names}. {why}.")
    return " ".join(found)


def _on_nodes(finer: MaximumLikelihood) -> str:
    """Whether there were enough nodes."""
    more = min(MOST_NODES, finer.quadrature + max(2, finer.quadrature // 2))
    value, _ = make_objective(finer.problem, more)(finer.optimum.free)
    change = abs(value - finer.loglik)
    if change <= NODES:
        return ""
    return (
        f"{finer.quadrature} nodes are too few: {more} change the log likelihood by {change:.2g}. "
        "Ask for more with quadrature=."
    )


def _small_binary_groups(design: Design) -> str:
    """In words, that the groups are small and their response binary; empty where they are not."""
    if design.spec.family.name != "bernoulli":
        return ""
    for group in design.predictor.groups:
        typical = float(np.median(group.rows_per_level))
        if typical <= FEW:
            return (
                f"{group.factor} has {len(group.levels):,} groups of about {typical:g} binary rows"
            )
    return ""
