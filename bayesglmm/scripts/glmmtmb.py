"""A model as a script of R's glmmTMB: the same likelihood, without priors."""

from __future__ import annotations

from collections.abc import Iterator

from bayesglmm.crosscheck import Described
from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families import Family, Param
from bayesglmm.scripts import r_text
from bayesglmm.scripts.r_model import (
    aliases,
    check_columns,
    check_exposure,
    check_family,
    check_rows,
    check_shared,
    factor_name,
    head,
    prepared,
    right_side,
)
from bayesglmm.scripts.script import Script
from bayesglmm.spec.bars import Bar

TOOL = "glmmTMB"

NO_PRIORS = "There are no priors there: estimates are of maximum likelihood, as model.ml() gives."


def glmmtmb_script(model: Described) -> Script:
    """The same likelihood in glmmTMB.

    Parameters
    ----------
    model : Described

    Returns
    -------
    Script

    Raises
    ------
    SpecError
        If glmmTMB cannot say it.
    """
    design = model.design
    _check(design)
    data = prepared(design)
    spec, family = design.spec, design.spec.family
    weight = "" if design.rows.weight is None else "weight_of_row"
    if weight:
        data[weight] = design.rows.weight
    left = r_text.written(spec.formula.response)
    if spec.formula.trials is not None:
        k, n = r_text.name(spec.formula.successes or ""), r_text.name(spec.formula.trials)
        left = f"cbind({k}, {n} - {k})"
    right = right_side(spec.formula, design.predictor, _bar, check_exposure(design, TOOL))
    named = _name(family)
    arguments = [f"{left} ~ {right}", "data = data", f'family = {named}(link = "{spec.link.name}")']
    arguments += [f"{word} = ~ {formula}" for word, formula in _formulas(design)]
    arguments += [f"weights = {weight}"] if weight else []
    comments = [
        NO_PRIORS,
        *aliases(design, "glmmTMB leaves out such a column too, perhaps another one"),
        *_dispersion_words(design),
    ]
    body = ",\n  ".join(arguments)
    lines = [*head(design, TOOL, *comments), "", f"fit <- glmmTMB(\n  {body}\n)", "summary(fit)"]
    return Script(TOOL, "\n".join(lines) + "\n", data, ".R")


def _check(design: Design) -> None:
    check_family(design, TOOL, bool(_name(design.spec.family)))
    check_rows(design, TOOL, weights=True)
    check_columns(design, TOOL)
    check_shared(design, TOOL)
    for name, one in design.modelled.items():
        if _word(one.parameter) == "":
            raise SpecError(f"{TOOL} has no formula of {name}.")


def _name(family: Family) -> str:
    """What glmmTMB calls a family; zeros are a formula there, one for all that is structural."""
    chances = sum(bool(item.event) for item in family.others)
    inner = (family.inflates or family.behind) if chances == 1 else None
    return family.elsewhere.get(TOOL) or (inner.elsewhere.get(TOOL, "") if inner else "")


def _word(parameter: Param) -> str:
    """The argument that takes the formula of a parameter."""
    if parameter.event:
        return "ziformula"
    return "dispformula" if parameter.dispersion else ""


def _formulas(design: Design) -> Iterator[tuple[str, str]]:
    for name, one in design.others.items():
        word = _word(one.parameter)
        if name in design.modelled:
            yield word, right_side(design.spec.formulas[name], one, _bar)
        elif word == "ziformula":
            yield word, "1"


def _bar(bar: Bar, predictor: Predictor) -> str:
    columns, factor = r_text.written(bar.columns), factor_name(bar)
    group = next(one for one in predictor.groups if one.factors == bar.factors)
    several = any(len(one.columns) > 1 for one in predictor.groups if one.factor == group.factor)
    return (
        f"diag({columns} | {factor})"
        if not bar.correlated and several
        else (f"({columns} | {factor})")
    )


def _dispersion_words(design: Design) -> list[str]:
    """What its dispersion is, in ours."""
    dispersion = design.spec.family.dispersion
    said = dispersion.elsewhere.get(TOOL, "") if dispersion else ""
    return [f"sigma(fit) there is {said}."] if said and dispersion else []
