"""Fixed effects as ratios (or differences), with the baseline they start from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.effect_scale import printed_effects
from bayesglmm.design.names import printed_names
from bayesglmm.design.parameters import model_parameters
from bayesglmm.design.predictor import Predictor
from bayesglmm.families import Measure
from bayesglmm.families.links import Array
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.baselines import baseline_notes, baselines, unit_words
from bayesglmm.posterior.estimands.companions import Companions, companions
from bayesglmm.posterior.more_digits import more_digits_note
from bayesglmm.posterior.notes import (
    alias_notes,
    below_zero_notes,
    hanging_notes,
    interval_note,
    left_out,
    of_each,
    reference_notes,
)
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.places import find_places, place_notes, slope_within
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    DIAGNOSTICS,
    ESTIMATES,
    gather,
    positive_part,
    summarise,
)
from bayesglmm.tables import RowDraws, Table


@beyond_double
def ratios(posterior: Posterior, mass: float = 0.95) -> Table:
    """Fixed effects on the scale people read: IRR, OR, or differences.

    Parameters
    ----------
    posterior : Posterior
    mass : float
        Posterior probability inside the equal-tailed interval.

    Returns
    -------
    Table
        One row for the baseline, one for each coefficient, one for each aliased column; of
        categories without an order so for each, against the one that they are compared with. Empty
        where the data cannot tell: where it hangs on which dependent column was left out.
        Conditional on the group effects: for a typical group, whose effects are zero. Beside them,
        for a log, logit, probit or cloglog link, the marginal ratio over new groups and an
        absolute difference; see `bayesglmm.posterior.estimands.companions`.
    """
    design, draws = posterior.design, posterior.draws
    check_share("mass", mass)
    measure, several = design.measure, [*design.locations.values()]
    beside = companions(posterior, mass)
    parts = [_effects(posterior, one, mass) for one in several]
    whole = pd.concat([part.frame for part in parts], ignore_index=True)
    shape = "positive" if measure.ratio else "estimate"
    short = more_digits_note(whole, draws, shape)
    whole = whole.join(beside.frame.reindex(whole["column"]).reset_index(drop=True))
    frame = pd.concat(
        [
            _with_marks(whole[whole["place"] == one.parameter.name], one)
            for one in several  # a formula may have no coefficients
        ],
        ignore_index=True,
    )
    column = _certainty(measure)
    kinds = dict.fromkeys(ESTIMATES, shape) | {column: "probability"}
    kinds |= {name: shape if "marginal" in name else "estimate" for name in beside.columns}
    kinds |= DIAGNOSTICS
    kept = ["", *kinds, *(f"mcse_{name}" for name in kinds if f"mcse_{name}" in frame)]
    called = companion_names(measure, beside) | {"median": measure.short}
    called |= {f"mcse_{old}": f"mcse_{new}" for old, new in called.items()}
    based = [one for one in several if baselines(design, predictor=one)]
    return Table(
        frame=frame[kept].rename(columns=called),
        caption=f"Fixed effects: {measure.long}",
        scale=_ratio_scale(design, measure),
        estimand=_estimand(design, measure) + left_out(draws.run),
        notes=(
            interval_note(mass),
            *of_each(several, lambda one: reference_notes(design, one)),
            *(of_each(based, lambda one: baseline_notes(design, one)) if based else ()),
            *below_zero_notes(design, np.concatenate([part.below_zero for part in parts])),
            *_place_notes(design, measure),
            *beside.notes,
            *short,
            *of_each(several, lambda one: alias_notes(design, one)),
            *hanging_notes(design),
        ),
        kinds={called.get(name, name): kind for name, kind in kinds.items()},
        called={"": _rows_called(design)},
        source=RowDraws(
            lambda: np.concatenate([_shown_draws(posterior, one) for one in several], axis=2),
            mass,
            measure.no_effect,
            (*beside.notes, *short),
        ),
    )


def _shown_draws(posterior: Posterior, predictor: Predictor) -> Array:
    """Effects of a location as they are printed, (chains, draws, rows); none of aliased columns."""
    design, fixed = posterior.design, predictor.fixed
    rows = model_parameters(design, ("fixed",), predictor.parameter.name)
    _, values = gather(rows, posterior.draws)
    columns = [*(("Intercept",) if fixed.intercept else ()), *fixed.names]
    shown = printed_effects(design, predictor, columns, values)
    lost = np.full((*shown.shape[:2], len(fixed.aliased)), np.nan)
    return np.concatenate([shown, lost], axis=2)


@dataclass(frozen=True, slots=True, eq=False)
class _Effects:
    """Fixed effects of one location.

    Attributes
    ----------
    frame : pandas.DataFrame
        A row for each: what frames call it, its column of the formula, and its summary.
    below_zero : array
        Share of the draws in which each baseline is below 0.
    """

    frame: pd.DataFrame
    below_zero: Array


def _effects(posterior: Posterior, predictor: Predictor, mass: float) -> _Effects:
    """Fixed effects of a location as they are printed, and how certain their sign is."""
    design, fixed = posterior.design, predictor.fixed
    _, values = gather(
        model_parameters(design, ("fixed",), predictor.parameter.name), posterior.draws
    )
    columns = [*(("Intercept",) if fixed.intercept else ()), *fixed.names]
    named = baselines(design, predictor=predictor)
    is_baseline = np.array([name in named for name in columns], dtype=bool)
    shown = printed_effects(design, predictor, columns, values)
    labels = [named.get(name, f"{predictor.before}{name}") for name in columns]
    frame = pd.DataFrame({"": labels, "column": columns, "place": predictor.parameter.name})
    frame = frame.join(summarise(shown, mass))
    column = _certainty(design.measure)
    certainty, error = positive_part(values, frame["ess_bulk"].to_numpy())
    frame[column], frame[f"mcse_{column}"] = certainty, error
    frame.loc[is_baseline, column] = np.nan
    return _Effects(frame, (values < 0).mean(axis=(0, 1))[is_baseline])


def _certainty(measure: Measure) -> str:
    """The column of the probability that an effect is above none."""
    return f"P(>{measure.no_effect:g})"


def _with_marks(frame: pd.DataFrame, predictor: Predictor) -> pd.DataFrame:
    """The frame with what the data cannot tell emptied and marked, aliased columns below."""
    hangs = predictor.fixed.entangled
    lost = np.array([name in hangs for name in frame["column"]], dtype=bool)
    frame = frame.copy()
    frame.loc[lost, frame.columns.drop(["", "column", "place"])] = np.nan
    frame[""] = [
        f"{label} (not estimable)" if hanging else label
        for label, hanging in zip(frame[""], lost, strict=True)
    ]
    return pd.concat([frame, _aliased(predictor)], ignore_index=True)


def _rows_called(design: Design) -> dict[str, str]:
    """What the rows of a table of fixed effects are called, marked ones included."""
    names, called = printed_names(design), dict[str, str]()
    for one in design.locations.values():
        own, shown = baselines(design, predictor=one), baselines(design, names, one)
        columns = {*one.fixed.names, *(alias.column for alias in one.fixed.aliased)}
        called |= {f"{one.before}{column}": f"{one.before}{names[column]}" for column in columns}
        called |= {own[column]: shown[column] for column in own}
    marks = ("", " (not estimable)", " (not identified)")
    return {f"{name}{mark}": f"{text}{mark}" for name, text in called.items() for mark in marks}


def companion_names(measure: Measure, beside: Companions) -> dict[str, str]:
    """What the columns beside the ratios are called in the table.

    Parameters
    ----------
    measure : Measure
    beside : Companions

    Returns
    -------
    dict
        Such as ``{"marginal": "marginal OR", "difference": "risk difference"}``.
    """
    return {"marginal": f"marginal {measure.short}", "difference": beside.difference}


def _estimand(design: Design, measure: Measure) -> str:
    """What a table of ratios estimates, in words."""
    over, called = unit_words(design.predictor), printed_names(design)
    curves = [called[name] for name, place in find_places(design).items() if place.bound]
    over += f" (not so for {', '.join(curves)})" if curves else ""
    whose = design.spec.family.whose_mean
    whose = "of the category that each row names" if len(design.locations) > 1 else whose
    what = f"{measure.long}, {whose}," if whose else measure.long
    return f"{what} {over}; {design.predictor.condition}"


def _ratio_scale(design: Design, measure: Measure) -> str:
    if measure.ratio:
        return "response (ratio)"
    scale = f"{design.spec.link.scale} (difference)"
    if design.spec.exposure is not None and design.spec.link.linear:
        return f"{scale}, {design.spec.per_words}"
    return scale


def _place_notes(design: Design, measure: Measure) -> tuple[str, ...]:
    """Where a coefficient holds whose column stands in other terms too."""
    places, called = find_places(design), printed_names(design)
    notes = place_notes(places.values())
    curves = dict.fromkeys(place.bound for place in places.values() if place.bound)
    notes += [
        f"Read {bound} through predictions() on a grid() of values, or comparisons() of two: no "
        f"{measure.long} here is for one unit more of it."
        for bound in curves
    ]
    products = [term for term in design.predictor.fixed.terms if term.is_interaction]
    if any(not slope_within(design, term) for term in products):
        notes.append(f"An interaction (a:b) is a {interaction_name(measure)}.")
    notes += [
        f"{called[term.name]}: the {measure.long} of each level by itself."
        for term in products
        if slope_within(design, term)
    ]
    return tuple(notes)


def interaction_name(measure: Measure) -> str:
    """What the coefficient of an interaction is, in words."""
    if not measure.ratio:
        return "difference of differences"
    return f"ratio of {measure.long.replace('ratio', 'ratios', 1)}"


def _aliased(predictor: Predictor) -> pd.DataFrame:
    names = [f"{predictor.before}{alias.column}" for alias in predictor.fixed.aliased]
    return pd.DataFrame({"": [f"{name} (not identified)" for name in names]})
