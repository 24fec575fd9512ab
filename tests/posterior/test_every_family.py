"""Every answer is asked of every family: it is given, or refused with what to do instead."""

# ruff: noqa: ARG005 (answers of one shape, whether or not they take rows)

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from same_draws import check_draws, tables_of
from seeds import generator
from twins import NAMES, OTHERS

import bayesglmm as bg
from bayesglmm.families import Rows, find_family, find_link
from bayesglmm.tables import Table

ANSWERS = {
    "table": lambda fit, rows: fit.table(),
    "ratios": lambda fit, rows: fit.ratios(),
    "fixef": lambda fit, rows: fit.fixef(),
    "ranef": lambda fit, rows: fit.ranef("g"),
    "group_rates": lambda fit, rows: fit.group_rates("g"),
    "variance": lambda fit, rows: fit.variance(),
    "predict": lambda fit, rows: fit.predict(rows),
    "predict a response": lambda fit, rows: fit.predict(rows, kind="response"),
    "predictions": lambda fit, rows: fit.predictions(rows),
    "predictions over new groups": lambda fit, rows: fit.predictions(rows, re="integrate"),
    "avg_comparisons": lambda fit, rows: fit.avg_comparisons("f"),
    "ratios of means": lambda fit, rows: fit.avg_comparisons("f", scale="ratio"),
    "ratios of odds": lambda fit, rows: fit.avg_comparisons("f", scale="or"),
    "avg_slopes": lambda fit, rows: fit.avg_slopes("x"),
    "cells": lambda fit, rows: fit.cells(),
    "moments": lambda fit, rows: fit.moments(rows.head(2)),
    "checks": lambda fit, rows: fit.checks().tables,
    "compare": lambda fit, rows: bg.compare({"one": fit, "same": fit}),
    "plot_predictions": lambda fit, rows: fit.plot_predictions("x", "f").svg,
    "plot_comparisons": lambda fit, rows: fit.plot_comparisons("f", "x").svg,
    "plot_groups": lambda fit, rows: fit.plot_groups("g").svg,
    "plot_ppc": lambda fit, rows: fit.plot_ppc().svg,
    "sensitivity": lambda fit, rows: fit.sensitivity(),
    "audit": lambda fit, rows: fit.audit(),
    "prior_predictive": lambda fit, rows: (
        bg.Model(fit.design.spec, fit.design.data).prior_predictive(100).table
    ),
}


def family_fit(name: str, formulas: bool) -> tuple[bg.Fit, pd.DataFrame]:
    """A built posterior of 60 rows in 6 groups; other parameters as numbers, or with formulas."""
    family, rng, n = find_family(name), generator(4), 60
    x = rng.normal(size=n).round(2)
    others = {item.name: OTHERS[item.name] for item in family.others}
    trials = np.full(n, 12.0) if family.takes_trials else 1.0
    link = find_link(family.links[0])
    data = pd.DataFrame(
        {
            "y": family.draw(rng, link, 0.3 + 0.3 * x, Rows(None, trials=trials), others),
            "x": x,
            "f": np.tile(list("abc"), 20),
            "g": np.repeat([f"site {k}" for k in range(6)], 10),
            "n": 12,
            "t": rng.uniform(1, 3, n).round(1),
        }
    )
    response = "p(y, n)" if family.takes_trials else "y"
    options: dict[str, Any] = {"exposure": "t"} if family.takes_exposure else {}
    if formulas:
        options |= {item.name: "~ x + (1 | g)" for item in family.others}
    model = bg.Model(f"{response} ~ x + f + (1 | g)", data, family=name, **options)
    known = {"Intercept": 0.3, "x": 0.3, "1|g_sigma": 0.4} | ({} if formulas else others)
    return make_fit(model, known, draws=100), data.head(3)


HARD = ("variance", "moments", "predictions over new groups", "predict a response")
"""What asks the parameters beside the mean most: asked where these have formulas, too."""


@pytest.fixture(scope="module", params=NAMES)
def numbers(request):
    return family_fit(request.param, formulas=False)


@pytest.fixture(scope="module", params=[name for name in NAMES if find_family(name).others])
def formulas(request):
    return family_fit(request.param, formulas=True)


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_given_or_refused(numbers, answer):
    check(answer, *numbers)


@pytest.mark.parametrize("answer", HARD)
def test_so_it_is_where_other_parameters_have_formulas(formulas, answer):
    check(answer, *formulas)


@pytest.mark.slow
@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if answer not in HARD])
def test_so_are_the_rest(formulas, answer):
    check(answer, *formulas)


def check(answer: str, fit: bg.Fit, rows: pd.DataFrame) -> None:
    """Warnings are errors, and no error is raised but ours."""
    try:
        found = ANSWERS[answer](fit, rows)
    except bg.BayesglmmError as error:
        found = str(error)
        assert len(found) > 40, found
    if isinstance(found, Table):
        assert len(found.frame) > 0
    assert found is not None
    for table in tables_of(found):
        check_draws(table)
