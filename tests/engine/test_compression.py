"""Cells stand for their rows exactly, and there are no more of them than there have to be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from seeds import generator

import bayesglmm as bg
from bayesglmm.engine.compression import Cells, fixed_columns, make_cells
from bayesglmm.engine.kernel.likelihood_calls import evaluate_rows
from bayesglmm.engine.kernel_sampler import make_target
from bayesglmm.engine.likelihoods import LIKELIHOODS

ROWS = 600
OTHER = {"gaussian": "sigma", "negative_binomial": "alpha"}


def make_rows() -> pd.DataFrame:
    rng = generator(15)
    size = rng.integers(2, 6, ROWS)
    return pd.DataFrame(
        {
            "x": rng.choice([-1.0, 0.0, 2.5], ROWS),
            "w": rng.choice([0.5, 2.0], ROWS),
            "f": rng.choice(["low", "mid", "high"], ROWS),
            "g": rng.choice(list("abcde"), ROWS),
            "h": rng.choice(list("uv"), ROWS),
            "births": rng.choice([1.0, 2.0, 5.0], ROWS),
            "size": size,
            "real": 5.0 + rng.normal(size=ROWS),
            "binary": rng.integers(0, 2, ROWS),
            "successes": rng.binomial(size, 0.3),
            "count": rng.poisson(30.0, ROWS),
        }
    )


DATA = make_rows()
RESPONSES = {
    "gaussian": "real",
    "bernoulli": "binary",
    "binomial": "p(successes, size)",
    "poisson": "count",
    "negative_binomial": "count",
}
COUNTS = ("poisson", "negative_binomial")


def make_model(family: str, right: str = "x + f + (1 + x | g)", **options: Any) -> bg.Model:
    return bg.Model(f"{RESPONSES[family]} ~ {right}", DATA, family=family, **options)


def cells_of(model: bg.Model) -> Cells:
    return make_target(model.design, model.priors).cells


def values(cells: Cells, coefficients: np.ndarray, effects: list[np.ndarray]) -> np.ndarray:
    """The linear predictor of each cell."""
    eta = cells.fixed() @ coefficients + (cells.offset if len(cells.offset) else 0.0)
    for factor, u in zip(cells.factors, effects, strict=True):
        eta = eta + np.sum(factor.Z.T * u[factor.index], axis=1)
    return eta


@pytest.mark.parametrize("exposure", [None, "births"])
@pytest.mark.parametrize("right", ["x + f + (1 + x | g) + (1 | h)", "x + offset(w) + (1 | g)"])
@pytest.mark.parametrize("likelihood", LIKELIHOODS, ids=repr)
def test_likelihood_is_the_sum_over_the_rows(likelihood, right, exposure):
    options = {"exposure": exposure} if exposure and likelihood.family in COUNTS else {}
    model = make_model(likelihood.family, right, link=likelihood.link, **options)
    design, cells = model.design, make_cells(model.design, likelihood)
    assert cells.rows == ROWS
    assert cells.count < ROWS
    rng = generator(2)
    coefficients = 0.3 * rng.normal(size=len(design.predictor.fixed.names) + 1)
    coefficients[0] = {"identity": 8.0, "sqrt": 4.0}.get(likelihood.link, 0.2)
    effects = [0.3 * rng.normal(size=(factor.levels, factor.q)) for factor in cells.factors]
    by_name = {
        effect: u[:, place]
        for factor, u in zip(cells.factors, effects, strict=True)
        for place, effect in enumerate(factor.effects)
    }
    eta = design.predictor.offset + np.stack(fixed_columns(design.predictor), axis=1) @ coefficients
    for group in design.predictor.groups:
        for column, effect in zip(group.Z.T, group.effects, strict=True):
            eta = eta + column * by_name[effect][group.index]
    parameters = {OTHER.get(likelihood.family, "none"): 1.4}
    spec = design.spec
    expected = spec.family.log_density(spec.link, eta, design.rows, parameters).sum()
    found, _, _ = evaluate_rows(
        likelihood, cells.statistics, values(cells, coefficients, effects), 1.4
    )
    assert found + cells.statistics.constant == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("family", RESPONSES)
def test_one_cell_a_row_gives_the_same_density(family, monkeypatch):
    options = {"exposure": "births"} if family in COUNTS else {}
    model = make_model(family, "x + f + (1 + x | g) + (1 | h)", **options)
    few = make_target(model.design, model.priors)
    monkeypatch.setattr("bayesglmm.engine.compression.FEW", 1)
    many = make_target(model.design, model.priors)
    assert few.cells.count < many.cells.count == ROWS
    for seed in range(3):
        z = 0.5 * generator(seed).normal(size=few.coordinates.size)
        (value, gradient), (expected, slopes) = few.density(z), many.density(z)
        assert value == pytest.approx(expected, rel=1e-11)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-9, atol=1e-9)


# family, right-hand side, options, columns whose combinations are cells
COMBINATIONS = [
    ("gaussian", "x + f + (1 + x | g)", {}, ["x", "f", "g"]),
    ("bernoulli", "x + (1 | g) + (1 | h)", {}, ["x", "g", "h"]),
    ("bernoulli", "(1 + x | g)", {}, ["x", "g"]),
    ("bernoulli", "x + offset(log(w)) + (1 | g)", {}, ["x", "w", "g"]),
    ("binomial", "f + (1 | g)", {}, ["f", "g"]),
    ("binomial", "x*f + (1 | g/h)", {}, ["x", "f", "g", "h"]),
    ("poisson", "f + (1 | g)", {"exposure": "births"}, ["f", "g"]),
    ("poisson", "f + offset(log(w)) + (1 | g)", {"exposure": "births"}, ["f", "g"]),
    ("poisson", "f + offset(w)", {"link": "identity"}, ["f", "w"]),
    ("negative_binomial", "f + (1 | g)", {}, ["f", "g"]),
    ("negative_binomial", "f + (1 | g)", {"exposure": "births"}, ["f", "g", "births"]),
    ("negative_binomial", "offset(log(w)) + (1 | g)", {"exposure": "births"}, ["g", "w", "births"]),
    ("gaussian", "1", {}, []),
]


@pytest.mark.parametrize(("family", "right", "options", "columns"), COMBINATIONS)
def test_a_cell_is_a_combination_of_values(family, right, options, columns):
    cells = cells_of(make_model(family, right, **options))
    assert cells.count == (DATA.groupby(columns).ngroups if columns else 1)
    assert all(len(values) == cells.count for values in cells.statistics.cells)


def test_statistics_of_cells_add_up():
    counts = cells_of(make_model("poisson", "f + (1 | g)", exposure="births")).statistics.cells
    assert counts.total.sum() == DATA["count"].sum()
    assert counts.exposure.sum() == pytest.approx(DATA["births"].sum())
    trials = cells_of(make_model("binomial", "f + (1 | g)")).statistics.cells
    assert trials.successes.sum() == DATA["successes"].sum()
    assert (trials.successes + trials.failures).sum() == DATA["size"].sum()


@pytest.mark.parametrize("rows", [5000, 20_000])
def test_a_column_with_a_value_for_every_row_is_kept(rows):
    rng = generator(3)
    data = pd.DataFrame(
        {
            "x": rng.normal(size=rows),
            "f": rng.choice(["a", "b"], rows),
            "g": rng.integers(0, 30, rows),
            "y": rng.poisson(2.0, rows),
        }
    )
    model = bg.Model("y ~ x + f + (1 | g)", data, family="poisson")
    cells = cells_of(model)
    assert cells.count == rows
    names = ["Intercept", *model.design.predictor.fixed.names]
    assert [names[place] for place in cells.dense_columns] == ["x"]
    assert len(cells.patterns) == 2
    order = np.lexsort([cells.dense[0], cells.factors[0].index])
    scaled = np.stack(fixed_columns(model.design.predictor), axis=1)
    index = model.design.predictor.groups[0].index
    expected = scaled[np.lexsort([scaled[:, 1], index])]
    np.testing.assert_array_equal(cells.fixed()[order], expected)


def test_cells_stand_in_the_order_of_the_largest_factor():
    cells = cells_of(make_model("bernoulli", "x + f + (1 | g) + (1 + x | h) + (1 | f:g)"))
    assert [factor.name for factor in cells.factors] == ["h", "g", "f:g"]
    assert [factor.size for factor in cells.factors] == [4, 5, 15]
    assert (np.diff(cells.factors[-1].index) >= 0).all()


def test_terms_of_one_factor_are_put_together():
    cells = cells_of(make_model("bernoulli", "(1 + x | g) + (1 | h) + (0 + w | g)"))
    assert [factor.effects for factor in cells.factors] == [("1|h",), ("1|g", "x|g", "w|g")]
    assert cells.factors[1].Z.shape == (3, cells.count)


def test_many_rows_of_few_kinds():
    rng = generator(7)
    rows = 200_000
    levels = {"a": 2, "b": 3, "c": 4, "g": 10}
    data = pd.DataFrame({name: rng.integers(0, count, rows) for name, count in levels.items()})
    data = data.astype(str).assign(y=rng.integers(0, 2, rows))
    cells = cells_of(bg.Model("y ~ a*b + c + (1 | g)", data, family="bernoulli"))
    assert cells.rows == rows
    assert cells.count == 2 * 3 * 4 * 10
    assert cells.statistics.cells.successes.sum() == data["y"].sum()


@pytest.mark.parametrize("family", RESPONSES)
def test_the_order_of_the_rows_makes_no_difference(family):
    formula = f"{RESPONSES[family]} ~ x + f + (1 | g)"
    targets = []
    for rows in (DATA, DATA.sample(frac=1, random_state=1)):
        model = bg.Model(formula, rows, family=family)
        targets.append(make_target(model.design, model.priors))
    z = 0.3 * generator(4).normal(size=targets[0].coordinates.size)
    (value, gradient), (other, slopes) = (target.density(z) for target in targets)
    assert other == pytest.approx(value, rel=1e-11)
    np.testing.assert_allclose(slopes, gradient, rtol=1e-9, atol=1e-9)
