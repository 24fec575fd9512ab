"""Parameters of a family beside the mean that have a formula of their own: what moves them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine.draws import Draws
from bayesglmm.errors import SpecError, unknown
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.notes import alias_notes, interval_note, left_out, reference_notes
from bayesglmm.posterior.quantities import (
    DIAGNOSTICS,
    ERRORS,
    ESTIMATES,
    gather,
    positive_part,
    summarise,
)
from bayesglmm.posterior.ratios import baseline_notes
from bayesglmm.tables import Table


def parameter_effects(design: Design, draws: Draws, parameter: str, mass: float = 0.95) -> Table:
    """What multiplies a parameter of the family that has a formula of its own.

    Parameters
    ----------
    design : Design
    draws : Draws
    parameter : str
        Such as ``"sigma"``.
    mass : float
        Posterior probability inside the equal-tailed interval.

    Returns
    -------
    Table
        One row for the baseline, natural scale, and one for each coefficient, as a ratio.
        Conditional on the group effects: for a typical group, whose effects are zero.

    Raises
    ------
    SpecError
        If the parameter has no formula of its own.
    """
    check_share("mass", mass)
    if parameter not in design.modelled:
        raise SpecError(unknown("parameter with a formula", parameter, design.modelled))
    predictor = design.modelled[parameter]
    fixed, called = predictor.fixed, printed_names(design)
    columns = (("Intercept",) if fixed.intercept else ()) + fixed.names
    levels = {"Intercept", *fixed.level_columns}
    _, values = gather(model_parameters(design, ("fixed",), parameter), draws)
    names = [f"baseline {parameter}" if name == "Intercept" else called[name] for name in columns]
    frame = pd.DataFrame({"": names}).join(summarise(np.exp(values), mass))
    certainty, error = positive_part(values, frame["ess_bulk"].to_numpy())
    frame["P(>1)"], frame["mcse_P(>1)"] = certainty, error
    frame.loc[[name in levels for name in columns], "P(>1)"] = np.nan
    kept = ["", *ESTIMATES, "P(>1)", *DIAGNOSTICS, *ERRORS, "mcse_P(>1)"]
    return Table(
        frame=frame[kept],
        caption=f"Fixed effects on {parameter}: ratios",
        scale=f"ratio of {parameter} ({predictor.parameter.meaning})",
        estimand=f"ratio of {parameter} for one unit, or for a level against its reference; "
        f"{predictor.condition}" + left_out(draws.run),
        notes=(
            interval_note(mass),
            *reference_notes(design, predictor),
            *(baseline_notes(design, predictor) if levels & {*columns} else ()),
            *alias_notes(design, predictor),
        ),
        kinds=dict.fromkeys(ESTIMATES, "positive") | {"P(>1)": "probability"} | DIAGNOSTICS,
    )
