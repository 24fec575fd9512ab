"""Parameters of a family beside the mean that have a formula of their own: what moves them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.design.parameters import model_parameters
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError, unknown
from bayesglmm.families.links import Array
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
from bayesglmm.tables import RowDraws, Table

PRODUCT = (
    "An interaction (a:b) is a {0} of {0}s; the {0} of a column in it holds where the other "
    "is 0 or at its reference."
)
"""Said where a formula has interactions, of ratios or differences."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a coefficient of a parameter beside the location is reported as.

    Attributes
    ----------
    short : str
        ``"ratio"``, ``"odds ratio"`` or ``"difference"``.
    of : str
        Of what: ``"sigma"``, ``"a structural zero"``, ``"red against blue"``, ``"the probit of
        zi"``.
    ratio : bool
        Whether the coefficient is exponentiated (no effect is 1), or left as it is (0).
    """

    short: str
    of: str
    ratio: bool

    @property
    def words(self) -> str:
        """Such as ``"odds ratio of a structural zero"``."""
        return f"{self.short} {'of' if self.ratio else 'in'} {self.of}"

    def shown(self, values: Array) -> Array:
        """Coefficients as they are reported."""
        return np.asarray(np.exp(values) if self.ratio else values)


def effect_on(predictor: Predictor) -> Effect:
    """What the coefficients of a parameter beside the location are reported as.

    Parameters
    ----------
    predictor : Predictor

    Returns
    -------
    Effect
    """
    parameter, link = predictor.parameter, predictor.link
    if link.multiplicative and not parameter.event:
        return Effect("ratio", parameter.name, ratio=True)
    if link.odds or link.multiplicative:
        return Effect("odds ratio", parameter.event or parameter.name, ratio=True)
    of = parameter.name if link.linear else f"the {link.scale} of {parameter.name}"
    return Effect("difference", of, ratio=False)


@beyond_double
def parameter_effects(posterior: Posterior, parameter: str, mass: float = 0.95) -> Table:
    """What moves a parameter of the family that has a formula of its own.

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
        One row for the baseline, natural scale, and one for each coefficient, as `effect_on` has
        it: a ratio under a log link, an odds ratio under a logit. Without an intercept the levels
        of the factor that stands in for it are on the natural scale.
        Conditional on the group effects: for a typical group, whose effects are zero.

    Raises
    ------
    SpecError
        If the parameter has no formula of its own.
    """
    design, draws = posterior.design, posterior.draws
    check_share("mass", mass)
    known = _with_formulas(design)
    if parameter not in known:
        raise SpecError(unknown("parameter with a formula", parameter, known))
    predictor = known[parameter]
    fixed, called = predictor.fixed, printed_names(design)
    columns = (("Intercept",) if fixed.intercept else ()) + fixed.names
    rows = model_parameters(design, ("fixed",), parameter)
    _, values = gather(rows, draws)
    own = {name: f"{parameter}, {name}" for name in fixed.level_columns}
    shown = {name: called[name] for name in columns}
    shown |= {own[name]: f"{parameter}, {called[name]}" for name in own}
    own["Intercept"] = f"baseline {parameter}"
    effect, levels = effect_on(predictor), np.array([name in own for name in columns])

    def shown_draws() -> Array:
        values = gather(rows, draws)[1]
        natural = np.asarray(predictor.link.inverse(values))
        return np.where(levels, natural, effect.shown(values))

    frame = pd.DataFrame({"": [own.get(name, name) for name in columns]}).join(
        summarise(shown_draws(), mass)
    )
    above = "P(>1)" if effect.ratio else "P(>0)"
    certainty, error = positive_part(values, frame["ess_bulk"].to_numpy())
    frame[above], frame[f"mcse_{above}"] = certainty, error
    frame.loc[levels, above] = np.nan
    kept = ["", *ESTIMATES, above, *DIAGNOSTICS, *ERRORS, f"mcse_{above}"]
    shape = "positive" if effect.ratio else "estimate"
    return Table(
        frame=frame[kept],
        caption=f"Fixed effects on {parameter}: {effect.short}s",
        scale=f"{effect.words} ({_meant(predictor, effect)})",
        estimand=f"{effect.words} {unit_words(predictor)}; {predictor.condition}"
        + left_out(draws.run),
        notes=(
            interval_note(mass),
            *reference_notes(design, predictor),
            *(baseline_notes(design, predictor) if {*own} & {*columns} else ()),
            *[PRODUCT.format(effect.short) for term in fixed.terms if term.is_interaction][:1],
            *alias_notes(design, predictor),
        ),
        kinds=dict.fromkeys(ESTIMATES, shape) | {above: "probability"} | DIAGNOSTICS,
        called={"": shown},
        source=RowDraws(shown_draws, mass, float(effect.ratio)),
    )


def _meant(predictor: Predictor, effect: Effect) -> str:
    """What the parameter is, for a table whose words do not say its name."""
    parameter = predictor.parameter
    named = effect.of.endswith(parameter.name)
    return parameter.meaning if named else f"{parameter.name}, the {parameter.meaning}"


def all_parameter_effects(posterior: Posterior, mass: float = 0.95) -> dict[str, Table]:
    """`parameter_effects` of every parameter whose formula has a fixed part, by its name."""
    design = posterior.design
    return {
        name: parameter_effects(posterior, name, mass)
        for name, one in _with_formulas(design).items()
        if one.fixed.intercept or one.fixed.names
    }


def _with_formulas(design: Design) -> dict[str, Predictor]:
    """Predictors that have a table of their own: also of the first of several locations."""
    if design.spec.family.location.main:
        return design.locations | design.modelled
    return design.modelled
