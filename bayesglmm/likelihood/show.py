"""A maximum-likelihood fit as tables."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.design.parameters import PARAMETERS, model_parameters
from bayesglmm.errors import SpecError, no_share
from bayesglmm.families.links import Array
from bayesglmm.likelihood.maximum import Maximum
from bayesglmm.tables import Table
from bayesglmm.tables.english import joined


def _wald(fit: Maximum, mass: float) -> tuple[Array, Array]:
    """Ends of the Wald intervals, NaN but for fixed effects."""
    half = quantile(mass) * fit.errors
    fixed = np.array([item.role == "fixed" for item in fit.parameters])
    half = np.where(fixed, half, np.nan)
    return fit.estimates - half, fit.estimates + half


def quantile(mass: float) -> float:
    """Half the width, in standard errors, of an interval that aims at a coverage.

    Raises
    ------
    SpecError
        If `mass` is not between 0 and 1.
    """
    from scipy.special import ndtri

    if not 0 < mass < 1:
        raise SpecError(no_share("mass", mass))
    return float(ndtri(0.5 + mass / 2))


def estimates_table(fit: Maximum, mass: float) -> Table:
    """Estimates, standard errors and Wald intervals; see `Maximum.table`."""
    lower, upper = _wald(fit, mass)
    frame = pd.DataFrame(
        {
            "": fit.labels,
            "estimate": fit.estimates,
            "SE": fit.errors,
            "lower": lower,
            "upper": upper,
        }
    )
    return Table(
        frame,
        caption=f"Estimates: {fit.method}",
        scale=coefficient_scale(fit.design),
        estimand=fit.design.predictor.condition,
        notes=(fit.verdict(), _interval_note(fit, mass), *_scale_notes(fit.design)),
        kinds=dict.fromkeys(("estimate", "SE", "lower", "upper"), "estimate"),
        called={"": labels_called(fit.design)},
    )


def ratios_table(fit: Maximum, mass: float) -> Table:
    """Exponentiated fixed effects; see `Maximum.ratios`."""
    measure = fit.design.measure
    if not measure.ratio:
        raise SpecError(
            f"Coefficients of the {fit.design.spec.link.name} link are not ratios "
            f"but a {measure.long}. Use table()."
        )
    lower, upper = _wald(fit, mass)
    shown = fit.design.locations
    fixed = [
        place
        for place, item in enumerate(fit.parameters)
        if item.role == "fixed" and item.predictor in shown
    ]
    frame = pd.DataFrame(
        {
            "": [fit.labels[place] for place in fixed],
            measure.short: np.exp(fit.estimates[fixed]),
            "lower": np.exp(lower[fixed]),
            "upper": np.exp(upper[fixed]),
        }
    )
    return Table(
        frame,
        caption=f"{measure.long}: {fit.method}",
        scale="response (ratio); the intercept is the exponentiated baseline",
        estimand=fit.design.predictor.condition,
        notes=(fit.verdict(), _interval_note(fit, mass)),
        kinds=dict.fromkeys((measure.short, "lower", "upper"), "positive"),
        called={"": labels_called(fit.design)},
    )


def labels_called(design: Design) -> dict[str, str]:
    """What readers see the labels of a fit called, as in the tables of a posterior.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Such as ``{"1|county_sigma": "sd(1|county)"}``.
    """
    return {
        label: printed
        for parameter in model_parameters(design, PARAMETERS)
        for label, printed in zip(parameter.labels, parameter.printed, strict=True)
    }


def coefficient_scale(design: Design) -> str:
    """The scale of the coefficients, and of the parameters that are one number."""
    numbers = [name for name, one in design.others.items() if one.is_number]
    natural = f"; natural scale for {joined(numbers)}" if numbers else ""
    return f"link ({design.spec.link.scale}), user's units{natural}"


def _scale_notes(design: Design) -> tuple[str, ...]:
    """On which scale the coefficients of another parameter than the mean are."""
    return tuple(
        f"Coefficients of {name} are on the {one.link.name} scale."
        for name, one in design.modelled.items()
    )


def _interval_note(fit: Maximum, mass: float) -> str:
    note = (
        f"{100 * mass:g} % Wald confidence intervals of the likelihood, not of a posterior; "
        "standard errors by the observed information."
    )
    if fit.dispersion != 1.0:
        note += f" Standard errors multiplied by the root of the dispersion {fit.dispersion:.4g}."
    return note


def criteria_table(fit: Maximum) -> Table:
    """What the fit comes to; see `Maximum.criteria`."""
    rows: list[tuple[str, float]] = []
    if fit.dispersion == 1.0:
        rows += [("log likelihood", fit.loglik), ("-2 log likelihood", -2 * fit.loglik)]
        rows += [("AIC", fit.aic), ("BIC", fit.bic)]
    if fit.glm is not None:
        rows += [(f"residual deviance (df {fit.glm.residual_df})", fit.glm.deviance)]
        rows += [(f"null deviance (df {fit.glm.null_df})", fit.glm.null_deviance)]
    if np.isfinite(fit.pearson):
        rows += [("Pearson dispersion", fit.pearson_dispersion)]
    rows += [("parameters", fit.df), ("observations", fit.design.n)]
    names = printed_names(fit.design)
    called = {f"groups of {f.name}": f"groups of {names[f.name]}" for f in fit.problem.factors}
    rows += [(f"groups of {factor.name}", factor.levels) for factor in fit.problem.factors]
    frame = pd.DataFrame(
        {"": [name for name, _ in rows], "value": [f"{value:,.6g}" for _, value in rows]}
    )
    notes = tuple(filter(None, [fit.caution]))
    notes += ("Without a likelihood there is no AIC.",) if fit.dispersion != 1.0 else ()
    return Table(frame, caption="Fit", notes=notes, called={"": called})
