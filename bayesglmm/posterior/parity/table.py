"""Maximum likelihood by Laplace, by a finer integral, and the posterior, side by side.

The three answer one question by different means; `sentences` says by which rules they agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.graph.chosen_priors import ChosenPrior
from bayesglmm.likelihood import MaximumLikelihood
from bayesglmm.likelihood.sampled import SampledMaximum
from bayesglmm.likelihood.show import coefficient_scale
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.parity.on_posterior import elsewhere
from bayesglmm.posterior.parity.sentences import LAPLACE, POSTERIOR, sentences
from bayesglmm.posterior.parity.sides import Sides, find_sides, gap_errors, gaps
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import gather, names_in_frames, printed_rows, summarise
from bayesglmm.tables import Table
from bayesglmm.tables.numbers import format_estimate, size_of

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
    sampled : SampledMaximum or None
        Importance sampling, where there is no quadrature and it is affordable.
    """

    laplace: MaximumLikelihood
    quadrature: MaximumLikelihood | None
    table: Table
    sentences: tuple[str, ...]
    sampled: SampledMaximum | None = None

    def __repr__(self) -> str:
        return "\n".join([*self.sentences, "", repr(self.table)])

    def _repr_html_(self) -> str:
        from html import escape

        words = "".join(f"<p>{escape(sentence)}</p>" for sentence in self.sentences)
        return words + self.table._repr_html_()


@beyond_double
def parity(
    posterior: Posterior,
    priors: Mapping[str, ChosenPrior],
    quadrature: int | None = None,
) -> Parity:
    """Set maximum likelihood beside the posterior.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping
        Parameter name to its prior.
    quadrature : int, optional
        Nodes in each direction, for one grouping factor of one or two effects. Where left out, as
        many as suffice (`likelihood.nodes`); importance sampling for other groups
        (`likelihood.sampled`). 1 leaves both out.

    Returns
    -------
    Parity
        Link scale, user's units.

    Raises
    ------
    SpecError
        If the model has no likelihood side, or not that many nodes.
    """
    design, draws = posterior.design, posterior.draws
    sides = find_sides(design, quadrature, draws.settings.seed)
    frame = _frame(posterior, sides)
    checked = f"Laplace {LAPLACE:g} standard errors or more from {_finer_name(sides)}, "
    rule = f"the posterior median {POSTERIOR:g} posterior standard deviations or more from the"
    table = Table(
        frame,
        caption="Maximum likelihood and posterior side by side",
        scale=coefficient_scale(design),
        estimand=design.predictor.condition,
        notes=(
            "Likelihood columns are maxima with standard errors (SE), without the priors; "
            "posterior columns are medians and standard deviations (sd), with them.",
            f"Said to differ: {checked if sides.finer else ''}{rule} maximum.",
            *_finer_note(sides),
        ),
        kinds={str(name): "estimate" for name in frame.columns if name not in ("", "agreement")},
        called=printed_rows(model_parameters(design, PARAMETERS)),
    )
    found = tuple(sentences(priors, sides, table))
    return Parity(sides.laplace, sides.quadrature, table, found, sides.sampled)


def _finer_name(sides: Sides) -> str:
    return "the sampled maximum" if sides.finer == "sampled" else sides.finer


def _finer_note(sides: Sides) -> tuple[str, ...]:
    """How the integral over the group effects was computed where it is finer than Laplace's."""
    if sides.quadrature is not None:
        nodes, q = sides.quadrature.quadrature, sides.quadrature.problem.factors[0].q
        each = f" in each of {q} directions, {nodes**q:,} for a group" if q > 1 else " for a group"
        return (f"Quadrature: {nodes} nodes{each}.",)
    if sides.sampled is not None and sides.finer:
        return (
            "Sampled: the maximum where the group effects are integrated out by importance "
            f"sampling around their modes, {sides.sampled.draws:,} draws, Pareto k at most "
            f"{sides.sampled.pareto_k:.2f}; its digits are those that the draws support.",
        )
    return ()


def _frame(posterior: Posterior, sides: Sides) -> pd.DataFrame:
    laplace = sides.laplace
    quantities = model_parameters(posterior.design, PARAMETERS)
    labels, values = gather(quantities, posterior.draws)
    names = names_in_frames(quantities)
    places = [labels.index(label) for label in laplace.labels]
    found = summarise(values[..., places], 0.95)
    content: dict[str, object] = {"": [names[place] for place in places]}
    content |= {sides.first: laplace.estimates, "SE": laplace.errors}
    if sides.quadrature is not None:
        content |= {"quadrature": sides.quadrature.estimates, "SE (q.)": sides.quadrature.errors}
    elif sides.sampled is not None and sides.finer:
        content |= {"sampled": sides.sampled.estimates, "mcse_sampled": sides.sampled.errors}
    content |= {"median": found["median"], "sd": found["sd"]}
    content |= {f"mcse_{name}": found[f"mcse_{name}"] for name in ("median", "sd")}
    content["agreement"] = _agreement(sides, found)
    called = {"median": "posterior", "mcse_median": "mcse_posterior"}
    return pd.DataFrame(content).rename(columns=called)


def _agreement(sides: Sides, posterior: pd.DataFrame) -> list[str]:
    """What the rules of `sentences` say of each parameter."""
    best, spread = sides.best, posterior["sd"].to_numpy()
    off, far = gaps(sides, spread), elsewhere(sides, posterior["median"].to_numpy(), spread)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = (np.abs(posterior["median"] - sides.estimates) / spread).to_numpy()
        scatter = np.hypot(posterior["mcse_median"], away * posterior["mcse_sd"]) / spread
    off_error = gap_errors(sides, spread)
    found = []
    for place in range(best.df):
        words = []
        if not np.isfinite(best.errors[place]):
            words.append("boundary" if best.converged else "no maximum")
        if off[place] >= LAPLACE:
            words.append(f"Laplace {_distance(off[place], off_error[place])} SE off")
        if far[place]:
            words.append(f"posterior {_distance(away[place], scatter[place])} sd away")
        found.append("; ".join(words) or AGREE)
    return found


def _distance(value: float, error: float) -> str:
    """A distance with two significant digits, or as many as its Monte Carlo error supports."""
    least = 10.0 ** (size_of(value) - 1) if np.isfinite(value) else 0.0
    return format_estimate(value, float(np.fmax(error, least)), positive=True)
