"""Fixed effects as ratios (or differences), with the baseline they start from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from bayesglmm.design.columns import is_indicator
from bayesglmm.design.design import Design
from bayesglmm.design.effect_scale import printed_effects
from bayesglmm.design.given import is_truth_column
from bayesglmm.design.names import Names, printed_names
from bayesglmm.design.parameters import Parameter, Role, model_parameters
from bayesglmm.design.predictor import Predictor
from bayesglmm.families import Measure, find_measure
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.estimands.companions import Companions, companions
from bayesglmm.posterior.more_digits import more_digits_note
from bayesglmm.posterior.notes import (
    alias_notes,
    below_zero_notes,
    hanging_notes,
    interval_note,
    left_out,
    link_scales,
    reference_notes,
)
from bayesglmm.posterior.overflow import beyond_double
from bayesglmm.posterior.places import find_places, is_power, place_notes, slope_within
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.quantities import (
    DIAGNOSTICS,
    ERRORS,
    ESTIMATES,
    gather,
    names_in_frames,
    positive_part,
    printed_rows,
    printed_shapes,
    summarise,
)
from bayesglmm.spec.model import per_words
from bayesglmm.tables import Table

SPREAD: tuple[Role, ...] = ("sd", "cor", "distributional")
"""Roles of the parameters in the random part."""


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
        One row for the baseline, one for each coefficient, one for each aliased column. Empty
        where the data cannot tell: where it hangs on which dependent column was left out.
        Conditional on the group effects: for a typical group, whose effects are zero. Beside them,
        for a log, logit, probit or cloglog link, the marginal ratio over new groups and an
        absolute difference; see `bayesglmm.posterior.estimands.companions`.
    """
    design, draws = posterior.design, posterior.draws
    check_share("mass", mass)
    measure = design.measure
    mean = design.spec.family.mean.name
    names, values = gather(model_parameters(design, ("fixed",), mean), draws)
    named = baselines(design)
    is_baseline = np.array([name in named for name in names], dtype=bool)
    shown = printed_effects(design, names, values)
    frame = pd.DataFrame({"": [named.get(name, name) for name in names]})
    frame = frame.join(summarise(shown, mass))
    shape = "positive" if measure.ratio else "estimate"
    short = more_digits_note(frame, draws, shape)
    column = f"P(>{measure.no_effect:g})"
    certainty, error = positive_part(values, frame["ess_bulk"].to_numpy())
    frame[column], frame[f"mcse_{column}"] = certainty, error
    frame.loc[is_baseline, column] = np.nan
    beside = companions(posterior, mass)
    frame = frame.join(beside.frame.reindex(names).reset_index(drop=True))
    hangs = design.predictor.fixed.entangled & set(names)
    lost = np.array([name in hangs for name in names], dtype=bool)
    frame.loc[lost, frame.columns.drop("")] = np.nan
    frame[""] = [
        f"{label} (not estimable)" if hanging else label
        for label, hanging in zip(frame[""], lost, strict=True)
    ]
    frame = pd.concat([frame, _aliased(design)], ignore_index=True)
    kinds = dict.fromkeys(ESTIMATES, shape) | {column: "probability"}
    kinds |= {name: shape if "marginal" in name else "estimate" for name in beside.columns}
    kinds |= DIAGNOSTICS
    kept = ["", *kinds, *(f"mcse_{name}" for name in kinds if f"mcse_{name}" in frame)]
    called = companion_names(measure, beside) | {"median": measure.short}
    called |= {f"mcse_{old}": f"mcse_{new}" for old, new in called.items()}
    return Table(
        frame=frame[kept].rename(columns=called),
        caption=f"Fixed effects: {measure.long}",
        scale=_ratio_scale(design, measure),
        estimand=_estimand(design, measure) + left_out(draws.run),
        notes=(
            interval_note(mass),
            *reference_notes(design, design.predictor),
            *(baseline_notes(design, design.predictor) if baselines(design) else ()),
            *below_zero_notes(design, (values < 0).mean(axis=(0, 1))[is_baseline]),
            *_place_notes(design, measure),
            *beside.notes,
            *short,
            *alias_notes(design, design.predictor),
            *hanging_notes(design),
        ),
        kinds={called.get(name, name): kind for name, kind in kinds.items()},
        called={"": _rows_called(design)},
    )


def _rows_called(design: Design) -> dict[str, str]:
    """What the rows of a table of fixed effects are called, marked ones included."""
    own, shown = baselines(design), baselines(design, printed_names(design))
    called = printed_names(design) | {own[column]: shown[column] for column in own}
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
    mean = design.spec.family.mean.name
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


def has_random_part(design: Design) -> bool:
    """Whether `random_part` has any row: group terms, or a parameter that is one number."""
    return bool(model_parameters(design, SPREAD))


@beyond_double
def random_part(posterior: Posterior, mass: float = 0.95) -> Table:
    """Standard deviations and correlations of the group effects, and auxiliary parameters.

    Parameters
    ----------
    posterior : Posterior
    mass : float

    Returns
    -------
    Table
        Link scale of the parameter that the effects move; residual standard deviations in units
        of the response.
    """
    design, draws = posterior.design, posterior.draws
    quantities = model_parameters(design, SPREAD)
    _, values = gather(quantities, draws)
    groups = bool(design.groups)
    names = names_in_frames(quantities)
    shapes = dict(zip(names, printed_shapes(quantities), strict=True))
    frame = pd.DataFrame({"": names})
    frame = frame.join(summarise(values, mass))
    frame["N groups"] = _groups_of(design, quantities)
    meanings = [
        f"{p.name} is no group effect: {p.meaning}."
        for p in design.spec.family.others
        if p.name not in design.modelled
    ]
    return Table(
        frame=frame[["", *ESTIMATES, "N groups", *DIAGNOSTICS, *ERRORS]],
        caption="Random part",
        scale=link_scales(one for one in design.predictors.values() if one.groups),
        estimand="spread of the group effects in the population of groups" if groups else "",
        notes=(interval_note(mass), *meanings, *_fewer_groups(design, frame["N groups"])),
        kinds={**dict.fromkeys(ESTIMATES, shapes), **DIAGNOSTICS},
        called=printed_rows(quantities),
    )


def _fewer_groups(design: Design, counts: pd.Series) -> list[str]:
    """Why two effects of one factor may have different numbers of groups."""
    found, place, called = [], iter(counts[counts != ""]), printed_names(design)
    for group in design.groups:
        felt = {effect: next(place) for effect in group.effects}
        if len(set(felt.values())) > 1:
            found.append(called[group.factor])
    if not found:
        return []
    return [
        f"N groups: groups of {', '.join(dict.fromkeys(found))} in whose rows the column of the "
        "effect is not always 0; the others have no data on it."
    ]


def _groups_of(design: Design, quantities: Sequence[Parameter]) -> list[str]:
    """For each standard deviation the number of groups in whose rows its column is ever not 0."""
    counts = [
        f"{len(np.unique(group.index[column != 0])):,}"
        for group in design.groups
        for column in group.Z.T
    ]
    found = iter(counts)
    return [next(found) if item.role == "sd" else "" for item in quantities for _ in item.labels]


def _estimand(design: Design, measure: Measure) -> str:
    """What a table of ratios estimates, in words."""
    over, called = unit_words(design.predictor), printed_names(design)
    curves = [called[name] for name, place in find_places(design).items() if place.bound]
    over += f" (not so for {', '.join(curves)})" if curves else ""
    return f"{measure.long} {over}; {design.predictor.condition}"


def unit_words(predictor: Predictor) -> str:
    """What a coefficient is for: a unit, or a level and what that is compared with."""
    if not predictor.centred:
        return "for one unit, or for a level against its reference"
    several = "its reference or " if predictor.references else ""
    return f"for one unit, or for a level against {several}the mean of the levels"


def _ratio_scale(design: Design, measure: Measure) -> str:
    if measure.ratio:
        return "response (ratio)"
    scale = f"{design.spec.link.scale} (difference)"
    if design.spec.exposure is not None and design.spec.link.linear:
        return f"{scale}, {design.spec.per_words}"
    return scale


def baselines(design: Design, called: Names | None = None) -> dict[str, str]:
    """Fixed effects that are levels rather than comparisons, each with its name in tables.

    Parameters
    ----------
    design : Design
    called : Names, optional
        From `printed_names`, for the names that readers see; those of frames where left out.

    Returns
    -------
    dict
        The intercept or, without one, the columns of the factor that stands in for it, to a name
        such as ``"baseline rate per 100,000 births"`` or ``"probability, sex[m]"``.
    """
    fixed, spec = design.predictor.fixed, design.spec
    what = find_measure(spec.family, spec.link).baseline
    names = Names() if called is None else called
    if spec.exposure is not None:
        what = f"rate {per_words(spec.per, names[spec.exposure])}"
    elif what == "rate":
        what = "count where the offset is 0" if design.predictor.offset.any() else "count"
    if fixed.intercept:
        return {"Intercept": f"baseline {what}"}
    return {column: f"{what}, {names[column]}" for column in fixed.level_columns}


def baseline_notes(design: Design, predictor: Predictor) -> tuple[str, ...]:
    """Where the baseline of a predictor stands."""
    fixed = predictor.fixed
    sides = [(fixed.names, fixed.values, fixed.products)]
    sides += [(g.columns, g.Z, g.products) for g in predictor.groups]
    numeric = dict.fromkeys(
        name
        for names, values, products in sides
        for name, column in zip(names, values.T, strict=True)
        if [part.is_factor for part in products.get(name, ())] == [False]
        and not is_indicator(column)
    )
    called = printed_names(design)
    where = ["factors at their reference"] if predictor.references else []
    where += [f"{called[name]} at the mean of its levels" for name in predictor.centred]
    where += [f"{called[name]} at False" for name in fixed.names if is_truth_column(design, name)]
    where += [f"{what} at 0" for what in _zeros(predictor, called, numeric)]
    where += ["the offset at 0"] if predictor.offset.any() else []
    if not where:
        return ()
    return (f"The baseline holds with {', '.join(where)}.",)


def _zeros(predictor: Predictor, called: Names, names: Iterable[str]) -> list[str]:
    """What is 0 where columns of numbers are; those of one curve, such as a spline, together."""
    products = [side.products for side in reversed(predictor.sides)]
    parts = {name: found[name][0] for name in names for found in products if name in found}
    names = [name for name in parts if not any(is_power(name, other) for other in parts)]
    curves = {name: parts[name].name for name in names if parts[name].level is not None}
    found = [f"all columns of {called[curves[n]]}" if n in curves else called[n] for n in names]
    return list(dict.fromkeys(found))


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


def _sampled_notes(lost: Sequence[str]) -> tuple[str, ...]:
    """That numbers of coefficients that the data cannot tell are no answers."""
    if not lost:
        return ()
    return (
        f"Not estimable: {', '.join(lost)}. These are the numbers that were sampled, no answers: "
        "another choice of the dependent column to leave out gives others.",
    )


def _aliased(design: Design) -> pd.DataFrame:
    return pd.DataFrame(
        {"": [f"{alias.column} (not identified)" for alias in design.predictor.fixed.aliased]}
    )
