"""The code in a report makes the same spec and the same settings again."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from seeds import seed

import bayesglmm as bg
from bayesglmm.engine import make_settings
from bayesglmm.report.spec_code import spec_code

SPECS = [
    bg.specify("y ~ x"),
    bg.specify("ill ~ x + (1 + x || g)", family="bernoulli", link="cloglog", missing="drop"),
    bg.specify(
        "deaths ~ era * `sex of child` + (1 | year)",
        family="negative_binomial",
        exposure="births",
        per=100_000,
        labels={"era": {np.int64(0): "before", 1: 'after "it"'}},
        reference={"sex of child": "girl"},
        priors={
            "Intercept": bg.Prior("Normal", mu=-8.123456789, sigma=1 / 3),
            "slopes": bg.Prior("StudentT", nu=4, sigma=1),
            "1|year": bg.Prior("HalfNormal", sigma=0.5),
            "alpha": bg.Prior("Gamma", alpha=2, beta=0.1),
        },
        centered={"year": True},
        title="Deaths",
        question="Why?\nHow?",
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.formula.text)
@pytest.mark.parametrize(
    "own", [{}, {"draws": 700, "chains": 6}, {"engine": "nutpie", "tune": 300}]
)
def test_the_code_makes_the_same_again(spec, own):
    settings = make_settings(seed=seed(7), progress=False, **own)
    code = spec_code(spec, settings)
    made, fitted = ast.parse(code).body[1:]
    names = {"bg": bg}
    exec(compile(ast.Module([made], []), "code", "exec"), names)
    assert names["spec"] == spec
    keywords = {k.arg: ast.literal_eval(k.value) for k in fitted.value.keywords}
    assert make_settings(progress=False, **keywords) == settings
