"""Fixed effects as sampled: coefficients on the link scale."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bayesglmm.design.names import printed_names
from bayesglmm.design.parameters import model_parameters
from bayesglmm.posterior.notes import (
    alias_notes,
    interval_note,
    reference_notes,
)
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    DIAGNOSTICS,
    gather,
    summarise,
)
from bayesglmm.tables import Table


@beyond_double
def fixef(posterior: Posterior, mass: float = 0.95) -> Table:
    """Fixed effects as sampled: coefficients on the link scale.

    Parameters
    ----------
    posterior : Posterior
    mass : float

    Returns
    -------
    Table
        User's units; the intercept is where all columns are zero. A coefficient that the data
        cannot tell is there as it was sampled, and marked.
    """
    design, draws = posterior.design, posterior.draws
    mean = design.spec.family.location.name
    labels, values = gather(model_parameters(design, ("fixed",), mean), draws)
    called = printed_names(design)
    hangs = [name for name in labels if name in design.predictor.fixed.entangled]
    frame = pd.DataFrame({"": labels}).join(summarise(values, mass))
    columns = ["median", "lower", "upper", "mean", "sd"]
    return Table(
        frame=frame[["", *columns, *DIAGNOSTICS, *(f"mcse_{name}" for name in columns)]],
        caption="Fixed effects: coefficients",
        scale=f"link ({design.spec.link.scale})",
        estimand=design.predictor.condition,
        notes=(
            interval_note(mass),
            *reference_notes(design, design.predictor),
            *alias_notes(design, design.predictor),
            *_sampled_notes([called[name] for name in hangs]),
        ),
        kinds=dict.fromkeys(columns, "estimate") | DIAGNOSTICS,
        called={"": called | {name: f"{called[name]} (not estimable)" for name in hangs}},
    )


def _sampled_notes(lost: Sequence[str]) -> tuple[str, ...]:
    """That numbers of coefficients that the data cannot tell are no answers."""
    if not lost:
        return ()
    return (
        f"Not estimable: {', '.join(lost)}. These are the numbers that were sampled, no answers: "
        "another choice of the dependent column to leave out gives others.",
    )
