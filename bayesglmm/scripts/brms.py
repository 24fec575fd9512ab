"""A model as a script of R's brms: the same likelihood and the same priors."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bayesglmm.crosscheck import Described
from bayesglmm.design.design import Design
from bayesglmm.design.predictor import Predictor
from bayesglmm.errors import SpecError
from bayesglmm.families import Param
from bayesglmm.families.links import Array
from bayesglmm.scripts import r_text
from bayesglmm.scripts.brms_priors import brms_priors
from bayesglmm.scripts.r_model import (
    aliases,
    check_columns,
    check_exposure,
    check_family,
    factor_name,
    head,
    prepared,
    right_side,
)
from bayesglmm.scripts.script import Script
from bayesglmm.spec.bars import OBSERVATIONS, Bar
from bayesglmm.spec.formula import variables

TOOL = "brms"

CENTRED = "The prior of an Intercept is that of the predictor at the means of its columns, as here."
WEIGHT, CENSORED, UPPER, LEAST, MOST = (
    "weight_of_row",
    "censored_how",
    "upper_bound",
    "least_response",
    "most_response",
)
"""Columns of the data that say what is known of a row."""

TAKEN = re.compile(r"[A-Za-z](?!\w*__)[A-Za-z0-9._]*(?<!_)")
"""Names of columns that brms takes."""


def brms_script(model: Described) -> Script:
    """The same model in brms.

    Parameters
    ----------
    model : Described

    Returns
    -------
    Script

    Raises
    ------
    SpecError
        If brms cannot say it.
    """
    design = model.design
    _check(design)
    spec, data = design.spec, prepared(design)
    named = spec.family.elsewhere[TOOL]
    link = spec.family.link_elsewhere.get(TOOL) or spec.link.name
    priors = [f"  {line}" for line in brms_priors(model)]
    left = _left(design, data)
    formulas = [
        f"{left} ~ {_right(design, design.predictor, check_exposure(design, TOOL))}",
        *(
            f"{their_parameter(one.parameter)} ~ {_right(design, one)}"
            for one in design.modelled.values()
            if not one.is_known
        ),
    ]
    comments = [CENTRED, *_bounds_words(design)]
    lines = [
        *head(design, TOOL, *comments),
        "",
        "formula <- bf(\n  " + ",\n  ".join(formulas) + "\n)",
        "",
        "priors <- c(\n" + ",\n".join(priors) + "\n)",
        "",
        f'fit <- brm(formula, data = data, family = brmsfamily("{named}", link = "{link}"),\n'
        "           prior = priors, seed = 1)",
    ]
    return Script(TOOL, "\n".join(lines) + "\n", data, ".R")


def their_parameter(parameter: Param) -> str:
    """What brms calls a parameter of the family."""
    return parameter.elsewhere.get(TOOL, parameter.name)


def _check(design: Design) -> None:
    check_family(design, TOOL, TOOL in design.spec.family.elsewhere)
    if design.spec.family.make is not None:
        raise SpecError(
            f"The priors of {design.spec.family.title} thresholds and categories are not written "
            f"for {TOOL}, whose parameters of them are others."
        )
    check_columns(design, TOOL)
    if aliases(design, ""):
        raise SpecError(
            f"{TOOL} keeps a column that others determine, which this model leaves out: "
            f"{aliases(design, '')[0].partition(', and')[0]}. Take it out of the formula."
        )
    spec = design.spec
    response = variables(spec.formula.response)
    for name in (*spec.fixed_variables, *spec.group_variables, *response, *spec.row_columns):
        if name != OBSERVATIONS and not TAKEN.fullmatch(name):
            raise SpecError(f"{TOOL} has no column called '{name}'. Rename it.")
    for name, one in design.modelled.items():
        only = one.parameter.elsewhere.get(f"{TOOL} link")
        if only is not None and only not in one.parameter.links:
            raise SpecError(f"{TOOL} has no {one.link.name} link of {name} in a formula.")


def _right(design: Design, one: Predictor, exposure: str = "") -> str:
    formula = design.spec.formulas[one.parameter.name]
    right = right_side(formula, one, _bar, exposure)
    return f"0 + Intercept + {right}" if one.fixed.intercept and one.fixed.at_zero else right


def _bar(bar: Bar, predictor: Predictor) -> str:
    del predictor
    pipe = f"|{bar.shared}|" if bar.shared else "|" if bar.correlated else "||"
    return f"({r_text.written(bar.columns)} {pipe} {factor_name(bar)})"


def _left(design: Design, data: pd.DataFrame) -> str:
    """The left side, with what is known of each row beside its response."""
    spec, rows = design.spec, design.rows
    formula, more = spec.formula, []
    response = r_text.written(formula.successes or formula.response)
    if formula.trials is not None:
        more.append(f"trials({r_text.name(formula.trials)})")
    if formula.suppression is not None or formula.bounds is not None:
        response = r_text.name(formula.response_name)
    if rows.upper is not None:
        data[formula.response_name] = _censored(design, data)
        more.append(f"cens({CENSORED}, {UPPER})")
    if rows.truncated:
        more.append(f"trunc({', '.join(_truncation(design, data))})")
    if rows.weight is not None:
        data[WEIGHT] = rows.weight
        more.append(f"weights({WEIGHT})")
    if spec.se is not None:
        beside = ", sigma = TRUE" if rows.error is not None else ""
        more.append(f"se({r_text.name(spec.se)}{beside})")
    return f"{response} | {' + '.join(more)}" if more else response


def _censored(design: Design, data: pd.DataFrame) -> Array | NDArray[np.int64]:
    """The responses as brms takes them: what is said of each stands in other columns.

    A count of at least c is above c - 1 there, and one between two bounds above the lower one.
    """
    rows, discrete = design.rows, design.spec.family.support.discrete
    low, high = np.asarray(rows.y, dtype=float), np.asarray(rows.upper, dtype=float)
    least = 0.0 if design.spec.family.support.counts else -np.inf
    left = ~rows.known & (low <= least)
    right = ~rows.known & np.isinf(high)
    between = ~rows.known & ~left & ~right
    data[CENSORED] = np.select([left, right, between], ["left", "right", "interval"], "none")
    below = low - 1 if discrete else low
    y = np.select([left, right | between], [high, below], low)
    data[UPPER] = np.where(between, high, y)
    if discrete:
        data[UPPER] = data[UPPER].astype(np.int64)
    return y.astype(np.int64) if discrete else y


def _truncation(design: Design, data: pd.DataFrame) -> Iterator[str]:
    ends = (("lb", LEAST, design.rows.least), ("ub", MOST, design.rows.most))
    discrete = design.spec.family.support.discrete
    for word, column, values in ends:
        if np.isfinite(values).all():
            data[column] = values.astype(np.int64) if discrete else values
            yield f"{word} = {column}"
        elif np.isfinite(values).any():
            raise SpecError(f"{TOOL} is not asked about bounds that some rows have and others not.")


def _bounds_words(design: Design) -> list[str]:
    """Where brms bounds a parameter that this package does not."""
    return [
        f"{one.parameter.name} is {bound} there, which cuts its prior off."
        for one in design.others.values()
        if (bound := one.parameter.elsewhere.get(f"{TOOL} bound"))
    ]
