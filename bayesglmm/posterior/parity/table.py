"""Maximum likelihood by Laplace, by quadrature, and the posterior, side by side.

The three answer one question by different means; `sentences` says by which rules they agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.engine.draws import Draws
from bayesglmm.graph.priors import ChosenPrior
from bayesglmm.likelihood import MaximumLikelihood, maximum_likelihood
from bayesglmm.likelihood.objective import MOST_EFFECTS, check_number_of_nodes
from bayesglmm.posterior.parity.sentences import LAPLACE, POSTERIOR, sentences
from bayesglmm.posterior.quantities import PARAMETERS, gather, printed, reported, summarise
from bayesglmm.tables import Table

EVALUATIONS, FEWEST, MOST = 20_000, 9, 100
"""Cells times nodes of a group that are spent; the nodes in each direction that are used at least,
and those of a group, in all directions, that are used at most."""

AGREE = "agree"


@dataclass(frozen=True, slots=True, eq=False)
class Parity:
    """Maximum likelihood beside the posterior.

    Attributes
    ----------
    laplace : MaximumLikelihood
        Or plain, or exact, maximum likelihood where nothing is approximated.
    quadrature : MaximumLikelihood or None
        None where there is no quadrature, or nothing to integrate.
    table : Table
        One row a parameter.
    sentences : tuple of str
        When and why they disagree, or that they do not.
    """

    laplace: MaximumLikelihood
    quadrature: MaximumLikelihood | None
    table: Table
    sentences: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n".join([*self.sentences, "", repr(self.table)])

    def _repr_html_(self) -> str:
        from html import escape

        words = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        return words + self.table._repr_html_()


def parity(
    design: Design,
    draws: Draws,
    priors: Mapping[str, ChosenPrior],
    quadrature: int | None = None,
) -> Parity:
    """Set maximum likelihood beside the posterior.

    Parameters
    ----------
    design : Design
    draws : Draws
    priors : mapping
        Parameter name to its prior.
    quadrature : int, optional
        Nodes in each direction; where left out as many as are cheap, from 9 to 100 for one effect
        of a group and from 9 to 10 for two. 1 leaves quadrature out.

    Returns
    -------
    Parity
        Link scale, user's units.

    Raises
    ------
    SpecError
        If the model has no likelihood side, or not that many nodes.
    """
    if quadrature is not None:
        check_number_of_nodes(quadrature)
    laplace = maximum_likelihood(design)
    nodes = _nodes(laplace) if quadrature is None else quadrature
    exact = not laplace.approximate
    finer = None if exact or nodes == 1 else maximum_likelihood(design, nodes)
    frame = _frame(design, draws, laplace, finer)
    table = Table(
        frame,
        caption="Maximum likelihood and posterior side by side",
        scale=f"link ({design.spec.link.scale}), user's units",
        estimand=design.predictor.condition,
        notes=(
            "Likelihood columns are maxima with standard errors (SE), without the priors; "
            "posterior columns are medians and standard deviations (sd), with them.",
            f"Said to differ: Laplace {LAPLACE:g} standard errors or more from quadrature, the "
            f"posterior median {POSTERIOR:g} posterior standard deviations or more from the "
            "maximum.",
            *_nodes_note(finer),
        ),
        kinds={str(name): "estimate" for name in frame.columns if name not in ("", "agreement")},
    )
    return Parity(laplace, finer, table, tuple(sentences(priors, laplace, finer, table)))


def _nodes(laplace: MaximumLikelihood) -> int:
    """Nodes in each direction that are cheap; 1 where there is no quadrature."""
    factors = laplace.problem.factors
    if len(factors) != 1 or factors[0].q > MOST_EFFECTS:
        return 1
    cells, q = len(laplace.problem.X), factors[0].q
    return int(np.clip((EVALUATIONS / cells) ** (1 / q), FEWEST, MOST ** (1 / q)))


def _nodes_note(finer: MaximumLikelihood | None) -> tuple[str, ...]:
    """How many nodes the quadrature has, for a group and in each direction."""
    if finer is None:
        return ()
    nodes, q = finer.quadrature, finer.problem.factors[0].q
    each = f" in each of {q} directions, {nodes**q} for a group" if q > 1 else " for a group"
    return (f"Quadrature: {nodes} nodes{each}.",)


def _frame(
    design: Design, draws: Draws, laplace: MaximumLikelihood, finer: MaximumLikelihood | None
) -> pd.DataFrame:
    quantities = reported(design, PARAMETERS)
    labels, values = gather(quantities, draws)
    names = printed(quantities)
    places = [labels.index(label) for label in laplace.labels]
    posterior = summarise(values[..., places], 0.95)
    first = "Laplace" if laplace.approximate else "maximum"
    content: dict[str, object] = {"": [names[place] for place in places]}
    content |= {first: laplace.estimates, "SE": laplace.errors}
    if finer is not None:
        content |= {"quadrature": finer.estimates, "SE (q.)": finer.errors}
    content |= {"median": posterior["median"], "sd": posterior["sd"]}
    content |= {f"mcse_{name}": posterior[f"mcse_{name}"] for name in ("median", "sd")}
    content["agreement"] = _agreement(laplace, finer, posterior)
    called = {"median": "posterior", "sd": "sd"}
    called |= {f"mcse_{name}": f"mcse_{shown}" for name, shown in called.items()}
    return pd.DataFrame(content).rename(columns=called)


def _agreement(
    laplace: MaximumLikelihood, finer: MaximumLikelihood | None, posterior: pd.DataFrame
) -> list[str]:
    """What the rules of this module say of each parameter."""
    best = finer or laplace
    spread = posterior["sd"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        unit = np.where(np.isfinite(best.errors), best.errors, spread)
        off = np.zeros(best.df) if finer is None else laplace.estimates - finer.estimates
        off = off / unit
        away = (posterior["median"].to_numpy() - best.estimates) / spread
    found = []
    for place in range(best.df):
        words = []
        if not np.isfinite(best.errors[place]):
            words.append("boundary" if best.converged else "no maximum")
        if abs(off[place]) >= LAPLACE:
            words.append(f"Laplace {abs(off[place]):.2g} SE off")
        if abs(away[place]) >= POSTERIOR and best.converged:
            words.append(f"posterior {abs(away[place]):.2g} sd away")
        found.append("; ".join(words) or AGREE)
    return found
