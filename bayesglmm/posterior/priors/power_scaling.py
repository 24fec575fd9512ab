"""Power-scaling: how far the posterior moves when prior or likelihood weigh more or less.

Kallioinen, Paananen, Bürkner & Vehtari (2024), Statistics and Computing 34:57. The density of the
component is raised to a power near 1, the draws are reweighted, and the distance between the two
distributions of a quantity (cumulative Jensen-Shannon, section 2.3) is divided by the step.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.families.links import Array
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import Priors, log_prior
from bayesglmm.posterior.quantities import gather, names_in_frames, printed_rows
from bayesglmm.tables import Table

POWERS = (0.99, 1.01)
"""Powers at which the derivative is taken, as in the paper's software."""

FELT = 0.05
"""Sensitivity from which a component is felt (Kallioinen et al. 2024, section 3.1)."""

HARDLY = "hardly felt"
"""Said of priors below that."""

MOST_DRAWS = 4000
MOST_CELLS = 4_000_000
"""Draws, and draws times rows, looked at."""


@beyond_double
def power_scaling(posterior: Posterior, priors: Priors) -> Table:
    """Sensitivity of every parameter to the priors and to the likelihood.

    Parameters
    ----------
    posterior : Posterior
    priors : mapping
        From `choose_priors`.

    Returns
    -------
    Table
        A row for each fixed effect, standard deviation, correlation and parameter of the family.
    """
    design = posterior.design
    some = posterior.thin(min(MOST_DRAWS, max(400, MOST_CELLS // design.n)))
    by_class = log_prior(some, priors)
    components = {"all priors": np.sum(list(by_class.values()), axis=0)}
    components |= {f"prior of {name}": values for name, values in by_class.items()}
    components["likelihood"] = some.log_likelihood()
    quantities = model_parameters(design, PARAMETERS)
    _, values = gather(quantities, some.draws)
    shape = values.shape[:2]
    frame = pd.DataFrame({"": names_in_frames(quantities)})
    for name, density in components.items():
        frame[name] = sensitivities(density.reshape(shape), values)
    pairs = zip(frame["all priors"], frame["likelihood"], strict=True)
    frame.insert(1, "the priors are", [_say(prior, likelihood) for prior, likelihood in pairs])
    return Table(
        frame,
        "Sensitivity by power-scaling",
        scale="change of the distribution (cumulative Jensen-Shannon distance) for each doubling "
        "of a component's weight",
        estimand="posterior of each parameter, link scale; conditional on the model",
        notes=_notes(some.size, posterior.size, by_class),
        kinds=dict.fromkeys(components, "decimal"),
        called=printed_rows(quantities),
    )


def sensitivities(density: Array, values: Array) -> Array:
    """Power-scaling sensitivity of several quantities to one component.

    Parameters
    ----------
    density : array of shape (chains, draws)
        Log density of the component.
    values : array of shape (chains, draws, k)

    Returns
    -------
    array of shape (k,)
    """
    from arviz_stats.base import array_stats

    if np.ptp(density) < 1e-9:  # flat: weighing it more changes nothing
        return np.zeros(values.shape[-1])
    lower, upper = (
        np.exp(array_stats.power_scale_lw(density, alpha=power, axis=(0, 1))) for power in POWERS
    )
    found = [
        array_stats.power_scale_sense(
            values[..., place], lower, upper, *POWERS, chain_axis=0, draw_axis=1
        )
        for place in range(values.shape[-1])
    ]
    return np.asarray(found, dtype=float)


def _say(prior: float, likelihood: float) -> str:
    if prior < FELT:
        return HARDLY
    return "felt; the data say little" if likelihood < FELT else "felt"


def _notes(some: int, draws: int, by_class: Mapping[str, Array]) -> tuple[str, ...]:
    notes = [
        f"From {FELT} on, a component is felt. All priors: those of {', '.join(by_class)}; the "
        "distribution of group effects given their standard deviation belongs to the model and is "
        "not scaled.",
        "Felt where the data speak too: prior and data may disagree, or share the say.",
    ]
    if some < draws:
        notes.append(f"Computed from {some:,} of {draws:,} draws.")
    return tuple(notes)
