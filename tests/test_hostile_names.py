"""Names that look like parts of other names: every table and sentence is that of harmless ones."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.posterior.estimands.interactions import interaction_comparisons
from bayesglmm.posterior.priors.power_scaling import power_scaling
from bayesglmm.posterior.priors.table import prior_table
from bayesglmm.posterior.variance.partition import partition
from bayesglmm.report.effect_prose import comparison_sentences, findings, spoken
from bayesglmm.report.sections.variance import between_groups

HARMLESS = {
    "columns": {name: f"q{name}" for name in ("number", "slope", "factor", "other", "group")},
    "factor": ("q1f", "q2f", "q3f"),
    "other": ("q1o", "q2o"),
    "group": ("q1g", "q2g", "q3g", "q4g", "q5g", "q6g"),
}

HOSTILE = {
    "parameters": {
        "columns": {"number": "alpha", "slope": "log_sigma", "factor": "cor", "other": "sd"},
    },
    "endings": {
        "columns": {"number": "x_sigma", "slope": "x_cor", "factor": "f_cor[1, x]", "other": "a|b"},
    },
    "levels with commas": {
        "factor": ("Asian, Non-Hispanic", "White, Hispanic", "Other, mixed: all"),
        "other": ("yes, now", "yes, then"),
    },
    "levels with signs": {
        "factor": ("18 - 24", "25 - 39", "40 / 59"),
        "other": ("a: b", "c: d - e"),
        "group": ("g]", "[h", "i = 1", "j: k", "l_sigma", "m, n"),
    },
    "levels with brackets": {
        "factor": ("[0, 10)", "[10, 20)", "[20, 30]"),
        "other": ("x[1]", "1|g_sigma"),
    },
    "columns with signs": {
        "columns": {
            "number": "P(>0)",
            "slope": "a:b",
            "factor": "what, how",
            "other": "this = that",
        },
    },
    "columns with brackets": {
        "columns": {"number": "x[1]", "slope": "log(x)", "factor": "C(f)", "other": "f:g[h]"},
    },
}

FORMULAS = {
    "interaction": "y ~ {number} + {factor} * {other} + (1 | {group})",
    "cells": "y ~ {number} + {factor} + (0 + {factor} | {group})",
    "slopes": "y ~ {slope} + {factor} + (1 + {slope} | {group})",
    "crossed slopes": "y ~ {slope} + {number} * {factor} + (0 + {factor}:{other} | {group})",
}


def made(names: dict, formula: str, family: str) -> bg.Fit:
    """A fit with draws by hand under some names; the draws do not depend on the names."""
    names = HARMLESS | names
    columns = HARMLESS["columns"] | names["columns"]
    rng = generator(5)
    rows = 144
    place = np.arange(rows)
    levels = {"factor": place % 3, "other": (place // 3) % 2, "group": (place // 6) % 6}
    data = {"y": rng.poisson(4.0, rows), columns["number"]: rng.normal(1, 1, rows).round(3)}
    data[columns["slope"]] = rng.normal(0, 2, rows).round(3)
    for name, codes in levels.items():
        order = list(names[name])
        data[columns[name]] = pd.Categorical.from_codes(codes, order, ordered=True)
    written = FORMULAS[formula].format(**{name: f"`{new}`" for name, new in columns.items()})
    model = bg.Model(written, pd.DataFrame(data), family=family)
    return make_fit(model, noise=0.1, draws=100)


def shown(table: bg.Table) -> list[str]:
    """All that a table prints, cell by cell."""
    cells = table.formatted()
    texts = [table.caption, table.scale, table.estimand, *table.notes, *map(str, cells.columns)]
    return [*texts, *cells.to_numpy().ravel().tolist()]


def said(fit: bg.Fit) -> list[str]:
    """Everything that tables and sentences of a fit say."""
    design, posterior = fit.design, fit.posterior
    ratios = fit.ratios()
    interactions = interaction_comparisons(posterior)
    tables = [
        ratios,
        *fit.table().tables,
        fit.fixef(),
        fit.variance(),
        fit.diagnose().table(),
        prior_table(fit.priors),
        power_scaling(posterior, fit.priors),
        *(table for found in interactions for table in found.tables),
        *fit.cells().tables,
    ]
    texts = [text for table in tables for text in shown(table)]
    texts += findings(design, ratios)
    texts += spoken(design, ratios, interactions).sentences
    texts += [text for found in interactions for text in comparison_sentences(design, found)]
    texts += between_groups(design, partition(posterior))
    texts += [f"{item.code} {item.sentence} {item.fix}" for item in fit.audit().findings]
    return [text.replace("`", "") for text in texts]


def renamed(text: str, names: dict) -> str:
    """A text about harmless names, which occur in no other word, with hostile ones for them."""
    known = HARMLESS["columns"]
    pairs = [(known[name], new) for name, new in names.get("columns", {}).items()]
    for kind in ("factor", "other", "group"):
        pairs += zip(HARMLESS[kind], names.get(kind, ()), strict=False)
    table = dict(pairs)
    return re.sub("|".join(table), lambda found: table[found[0]], text)


@pytest.fixture(scope="module")
def harmless() -> dict[tuple[str, str], list[str]]:
    """What is said under harmless names, made once for each formula and family."""
    return {}


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("names", HOSTILE)
def test_hostile_names_change_no_number_and_no_word(harmless, names, formula):
    family = "poisson"
    if (formula, family) not in harmless:
        harmless[formula, family] = said(made({}, formula, family))
    found = said(made(HOSTILE[names], formula, family))
    for text, other in zip(found, harmless[formula, family], strict=True):
        assert text == renamed(other, HOSTILE[names])


def table_of(name: str) -> bg.Fit:
    """A factor and a number that bear a name which tables use themselves."""
    place = np.arange(96)
    rows = pd.DataFrame({"y": place % 7, name: np.array(["a", "b"])[place % 2], "x": place % 5})
    return make_fit(bg.Model(f"y ~ `{name}` + x", rows, family="poisson"), draws=100)


@pytest.mark.parametrize("name", ["P(>0)", "median", "lower", "comparison", "mcse_median", "rows"])
def test_a_factor_named_like_a_column_of_a_table(name):
    fit, other = table_of(name), table_of("plain")
    for call in ("avg_predictions", "avg_comparisons"):
        variables = () if call == "avg_predictions" else ("x",)
        found = getattr(fit, call)(*variables, by=name).formatted().to_numpy()
        expected = getattr(other, call)(*variables, by="plain").formatted().to_numpy()
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", ["family", "observations", "groups", "verdict", "reported as"])
def test_a_covariate_named_like_a_fact_of_a_model(name):
    rows = pd.DataFrame({"y": np.arange(40) % 7, name: np.sin(np.arange(40))})
    fit = make_fit(bg.Model(f"y ~ `{name}`", rows, family="poisson"), draws=100)
    shown = bg.side_by_side({"one": fit}).frame
    row = fit.ratios().formatted().set_index("").loc[name]
    expected = f"{row[fit.design.measure.short]} ({row['lower']} to {row['upper']})"
    assert expected in list(shown["one"][shown[""] == name])
