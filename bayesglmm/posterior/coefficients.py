"""Fixed effects as sampled: coefficients on the link scale."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bayesglmm.design.parameters import model_parameters
from bayesglmm.posterior.hypotheses import Hypothesis, hypotheses
from bayesglmm.posterior.notes import (
    alias_notes,
    interval_note,
    of_each,
    reference_notes,
)
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    DIAGNOSTICS,
    gather,
    names_in_frames,
    printed_rows,
    summarise,
)
from bayesglmm.tables import RowDraws, Table


@beyond_double
def fixef(
    posterior: Posterior,
    mass: float = 0.95,
    *,
    hypothesis: Hypothesis | None = None,
    null: float | None = None,
    rope: tuple[float, float] | None = None,
    joint: bool = False,
) -> Table:
    """Fixed effects as sampled: coefficients on the link scale.

    Parameters
    ----------
    posterior : Posterior
    mass : float
        Posterior probability inside the equal-tailed intervals.
    hypothesis, null, rope, joint
        As for `bayesglmm.hypotheses`, of the coefficients: ``hypothesis="x1 = x2"``.

    Returns
    -------
    Table
        User's units; the intercept is where all columns are zero. A coefficient that the data
        cannot tell is there as it was sampled, and marked.
    """
    design, draws = posterior.design, posterior.draws
    several = [*design.locations.values()]
    found = [
        one
        for location in several
        for one in model_parameters(design, ("fixed",), location.parameter.name)
    ]
    _, values = gather(found, draws)
    names, called = names_in_frames(found), printed_rows(found)[""]
    entangled = {f"{one.before}{name}" for one in several for name in one.fixed.entangled}
    hangs = [name for name in names if name in entangled]
    frame = pd.DataFrame({"": names}).join(summarise(values, mass))
    columns = ["median", "lower", "upper", "mean", "sd"]
    table = Table(
        frame=frame[["", *columns, *DIAGNOSTICS, *(f"mcse_{name}" for name in columns)]],
        caption="Fixed effects: coefficients",
        scale=f"link ({design.spec.link.scale})",
        estimand=design.predictor.condition,
        notes=(
            interval_note(mass),
            *of_each(several, lambda one: reference_notes(design, one)),
            *of_each(several, lambda one: alias_notes(design, one)),
            *_sampled_notes([called[name] for name in hangs]),
        ),
        kinds=dict.fromkeys(columns, "estimate") | DIAGNOSTICS,
        called={"": called | {name: f"{called[name]} (not estimable)" for name in hangs}},
        source=RowDraws(lambda: gather(found, draws)[1], mass, 0.0),
    )
    return hypotheses(table, hypothesis, null=null, rope=rope, joint=joint)


def _sampled_notes(lost: Sequence[str]) -> tuple[str, ...]:
    """That numbers of coefficients that the data cannot tell are no answers."""
    if not lost:
        return ()
    return (
        f"Not estimable: {', '.join(lost)}. These are the numbers that were sampled, no answers: "
        "another choice of the dependent column to leave out gives others.",
    )
