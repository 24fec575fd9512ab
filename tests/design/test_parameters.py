"""The table of a model's parameters: rows, names, dimensions, and that everybody reads it."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.design import make_design
from bayesglmm.design.parameters import PARAMETERS, correlation_pairs, model_parameters

rng = np.random.default_rng(4)  # any data: only names are looked at
DATA = pd.DataFrame(
    {
        "y": rng.poisson(3, 60),
        "x": rng.normal(size=60),
        "f": np.tile(["a", "b", "c"], 20),
        "g": np.repeat(["u", "v", "w"], 20),
    }
)


def table(formula: str, **options: object) -> list[tuple[object, ...]]:
    design = make_design(bg.specify(formula, **options), DATA)
    return [
        (p.variable, p.role, p.term, p.factor, p.dims, p.support, p.kind, p.priors)
        for p in model_parameters(design, PARAMETERS)
    ]


def test_the_table_of_a_model():
    found = table("y ~ x + f + (1 + x | g)", family="negative_binomial")
    assert found == [
        ("Intercept", "fixed", "Intercept", "", (), "real", "intercept", ("Intercept",)),
        ("x", "fixed", "x", "", (), "real", "slope", ("x",)),
        ("f", "fixed", "f", "", ("f_dim",), "real", "slope", ("f[b]", "f[c]")),
        ("1|g_sigma", "sd", "1", "g", (), "positive", "sd", ("1|g_sigma",)),
        ("x|g_sigma", "sd", "x", "g", (), "positive", "sd", ("x|g_sigma",)),
        (
            "1+x|g_cor",
            "cor",
            "",
            "g",
            ("1+x|g_cor_dim",),
            "correlation",
            "cor",
            ("1+x|g_cor",),
        ),
        ("alpha", "distributional", "alpha", "", (), "positive", "number", ("alpha",)),
    ]


def test_columns_that_stand_for_levels_have_the_prior_of_an_intercept():
    kinds = {row[0]: row[6] for row in table("y ~ 0 + f + x")}
    assert kinds == {"f": "intercept", "x": "slope", "sigma": "number"}


def test_group_effects_are_last_and_have_no_prior_of_their_own():
    design = make_design(bg.specify("y ~ x + (1 | g)", family="poisson"), DATA)
    last = model_parameters(design)[-1]
    assert (last.variable, last.role, last.priors, last.dims) == (
        "1|g",
        "effect",
        (),
        ("g__factor_dim",),
    )
    assert last.labels == ("1|g[u]", "1|g[v]", "1|g[w]")


@pytest.mark.parametrize(
    ("formula", "options"),
    [
        ("y ~ x * f + (1 + x + f | g)", {}),
        ("y ~ 0 + f:x + (0 + x || g) + (1 | f)", {"family": "poisson"}),
        ("y ~ 1", {"family": "negative_binomial"}),
    ],
)
def test_every_variable_of_the_graph_is_a_row_of_the_table(formula, options):
    model = bg.Model(formula, DATA, **options)
    rows = model_parameters(model.design)
    named = {variable.name for variable in [*model.pymc.free_RVs, *model.pymc.deterministics]}
    assert {row.variable for row in rows} <= named
    assert [name for row in rows for name in row.priors] == list(model.priors)
    for row in rows:
        assert len(row.labels) == len(row.printed)
        assert not row.dims or row.dims == model.pymc.named_vars_to_dims[row.variable]


def test_pairs_are_those_of_the_lower_triangle():
    assert correlation_pairs("abc") == ("a, b", "a, c", "b, c")


def test_no_name_of_a_variable_is_made_elsewhere():
    """They end as the design has them end; bambi's and those of compiled functions are others."""
    home = Path(bg.__file__).parent
    endings = ("_sigma", "_cor", "_cholesky", "_dim")
    allowed = {"design", "crosscheck", "likelihood/show.py", "engine/likelihoods/modelled.py"}
    found = []
    for path in home.rglob("*.py"):
        name = path.relative_to(home)
        if name.parts[0] in allowed or name.as_posix() in allowed:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                last = node.values[-1]
                if isinstance(last, ast.Constant) and str(last.value).endswith(endings):
                    found.append(f"{name}:{node.lineno}")
    assert found == []
