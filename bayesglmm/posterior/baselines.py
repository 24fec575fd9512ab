"""What coefficients start from: the baseline and where it stands, and what a unit is."""

from __future__ import annotations

from collections.abc import Iterable

from bayesglmm.design.columns import is_indicator
from bayesglmm.design.design import Design
from bayesglmm.design.given import is_truth_column
from bayesglmm.design.names import Names, printed_names
from bayesglmm.design.predictor import Predictor
from bayesglmm.families import find_measure
from bayesglmm.posterior.places import is_power
from bayesglmm.spec.model import per_words


def unit_words(predictor: Predictor) -> str:
    """What a coefficient is for: a unit, or a level and what that is compared with."""
    if not predictor.centred:
        return "for one unit, or for a level against its reference"
    several = "its reference or " if predictor.references else ""
    return f"for one unit, or for a level against {several}the mean of the levels"


def baselines(
    design: Design, called: Names | None = None, predictor: Predictor | None = None
) -> dict[str, str]:
    """Fixed effects that are levels rather than comparisons, each with its name in tables.

    Parameters
    ----------
    design : Design
    called : Names, optional
        From `printed_names`, for the names that readers see; those of frames where left out.
    predictor : Predictor, optional
        One of the locations; the mean's where left out.

    Returns
    -------
    dict
        The intercept or, without one, the columns of the factor that stands in for it, to a name
        such as ``"baseline rate per 100,000 births"`` or ``"probability, sex[m]"``. It says of
        which responses it is where not of all.
    """
    one, spec = predictor or design.predictor, design.spec
    fixed = one.fixed
    what = (
        one.parameter.short if one.parameter.main else find_measure(spec.family, spec.link).baseline
    )
    names = Names() if called is None else called
    if spec.exposure is not None:
        what = f"rate {per_words(spec.per, names[spec.exposure])}"
    elif what == "rate":
        what = "count where the offset is 0" if design.predictor.offset.any() else "count"
    if spec.family.whose_mean:
        what = f"{what} {spec.family.whose_mean}"
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
