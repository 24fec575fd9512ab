"""When and why Laplace, finer integrals and posterior disagree, in sentences.

- *Laplace* against *quadrature*, or *sampled* (importance sampling) where there is no quadrature:
  the approximation of the integral over the group effects. More than `LAPLACE` standard errors
  apart, Laplace's approximation is at fault, not the data; see `on_laplace`.
- *maximum* (the least approximated one) against *posterior median*: more than `POSTERIOR` posterior
  standard deviations apart is said, with a cause that fits the parameter; see `on_posterior`.
- a maximum *on the boundary* of its range: a standard deviation of 0 there is no claim that groups
  are alike, and the posterior has room above.
- *quadrature* against itself with other nodes, at its own maximum: see `likelihood.nodes`.
"""

from __future__ import annotations

from collections.abc import Mapping

from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.likelihood.nodes import ROUGH, node_change
from bayesglmm.posterior.parity.on_laplace import LAPLACE, on_laplace
from bayesglmm.posterior.parity.on_posterior import POSTERIOR, on_posterior
from bayesglmm.posterior.parity.sides import Sides
from bayesglmm.tables import Table

__all__ = ["LAPLACE", "POSTERIOR", "sentences"]


def sentences(priors: Mapping[str, ChosenPrior], sides: Sides, table: Table) -> list[str]:
    """What the table of a parity says, in words.

    Parameters
    ----------
    priors : mapping
        Parameter name to its prior.
    sides : Sides
    table : Table
        Of `parity`.

    Returns
    -------
    list of str
    """
    laplace, best, finer = sides.laplace, sides.best, sides.quadrature
    found = [on_laplace(sides, table), on_posterior(sides, priors, table), best.caution]
    if finer is not None and not finer.converged:
        found.append(f"By quadrature: {finer.verdict()}")
    if not laplace.converged:
        found.append(f"By {laplace.method}: {laplace.verdict()}")
    elif best.boundaries:
        found.append(
            " ".join(best.boundaries)
            + " That is no claim of no variation: the posterior shows what else the data allow."
        )
    found.append(_on_nodes(sides))
    return [sentence for sentence in found if sentence]


def _on_nodes(sides: Sides) -> str:
    """Whether there were enough nodes; advice only to who chose their number."""
    finer = sides.quadrature
    if finer is None or not finer.converged:
        return ""
    change = node_change(finer)
    if change.within(ROUGH):
        return ""
    moved = (
        f"with {change.nodes} the log likelihood changes by {change.rise:.2g} and an estimate by "
        f"{change.move:.2g} standard errors"
    )
    if sides.asked:
        return (
            f"{finer.quadrature} nodes are too few: {moved}. Ask for more with quadrature=, or "
            "leave it out for as many as suffice."
        )
    return f"{finer.quadrature} nodes, the most that are used, may be too few: {moved}."
