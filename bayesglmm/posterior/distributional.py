"""Parameters of a family beside the mean that have a formula of their own: what moves them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.design.names import printed_names
from bayesglmm.design.parameters import model_parameters
from bayesglmm.errors import SpecError, unknown
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.baselines import baseline_notes, unit_words
from bayesglmm.posterior.notes import alias_notes, interval_note, left_out, reference_notes
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    DIAGNOSTICS,
    ERRORS,
    ESTIMATES,
    gather,
    positive_part,
    summarise,
)
from bayesglmm.tables import Table

PRODUCT = (
    "An interaction (a:b) is a ratio of ratios; the ratio of a column in it holds where the other "
    "is 0 or at its reference."
)
"""Said where a formula has interactions."""


@beyond_double
def parameter_effects(posterior: Posterior, parameter: str, mass: float = 0.95) -> Table:
    """What multiplies a parameter of the family that has a formula of its own.

    Parameters
    ----------
    posterior : Posterior
    parameter : str
        Such as ``"sigma"``.
    mass : float
        Posterior probability inside the equal-tailed interval.

    Returns
    -------
    Table
        One row for the baseline, natural scale, and one for each coefficient, as a ratio; without
        an intercept the levels of the factor that stands in for it are on the natural scale.
        Conditional on the group effects: for a typical group, whose effects are zero.

    Raises
    ------
    SpecError
        If the parameter has no formula of its own.
    """
    design, draws = posterior.design, posterior.draws
    check_share("mass", mass)
    if parameter not in design.modelled:
        raise SpecError(unknown("parameter with a formula", parameter, design.modelled))
    predictor = design.modelled[parameter]
    fixed, called = predictor.fixed, printed_names(design)
    columns = (("Intercept",) if fixed.intercept else ()) + fixed.names
    _, values = gather(model_parameters(design, ("fixed",), parameter), draws)
    own = {name: f"{parameter}, {name}" for name in fixed.level_columns}
    shown = {name: called[name] for name in columns}
    shown |= {own[name]: f"{parameter}, {called[name]}" for name in own}
    own["Intercept"] = f"baseline {parameter}"
    frame = pd.DataFrame({"": [own.get(name, name) for name in columns]}).join(
        summarise(np.exp(values), mass)
    )
    certainty, error = positive_part(values, frame["ess_bulk"].to_numpy())
    frame["P(>1)"], frame["mcse_P(>1)"] = certainty, error
    frame.loc[[name in own for name in columns], "P(>1)"] = np.nan
    kept = ["", *ESTIMATES, "P(>1)", *DIAGNOSTICS, *ERRORS, "mcse_P(>1)"]
    return Table(
        frame=frame[kept],
        caption=f"Fixed effects on {parameter}: ratios",
        scale=f"ratio of {parameter} ({predictor.parameter.meaning})",
        estimand=f"ratio of {parameter} {unit_words(predictor)}; {predictor.condition}"
        + left_out(draws.run),
        notes=(
            interval_note(mass),
            *reference_notes(design, predictor),
            *(baseline_notes(design, predictor) if {*own} & {*columns} else ()),
            *[PRODUCT for term in fixed.terms if term.is_interaction][:1],
            *alias_notes(design, predictor),
        ),
        kinds=dict.fromkeys(ESTIMATES, "positive") | {"P(>1)": "probability"} | DIAGNOSTICS,
        called={"": shown},
    )


def all_parameter_effects(posterior: Posterior, mass: float = 0.95) -> dict[str, Table]:
    """`parameter_effects` of every parameter whose formula has a fixed part, by its name."""
    design = posterior.design
    return {
        name: parameter_effects(posterior, name, mass)
        for name, one in design.modelled.items()
        if one.fixed.intercept or one.fixed.names
    }
