"""Grids, comparisons and cells of factors, however the formula codes them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError


def rows() -> pd.DataFrame:
    place, rng = np.arange(96), generator(4)
    columns = {"y": rng.normal(5, 1, 96), "k": place % 4 + 1, "x": rng.uniform(1, 3, 96)}
    return pd.DataFrame(columns | {"f": np.array(list("abc"))[place // 4 % 3], "g": place // 12})


def known_fit(formula: str) -> bg.Fit:
    """Coefficients 1, 2, 3, ... in the order of the columns, in every draw."""
    model = bg.Model(formula, rows())
    names = model.design.predictor.fixed.names
    return make_fit(model, {n: k + 1.0 for k, n in enumerate(names)}, noise=0.0, draws=100)


CELLS = {
    "y ~ C(k)": [0, 1, 2, 3],
    "y ~ C(k) + (1 + C(k) | g)": [0, 1, 2, 3],
    "y ~ T(k, 3)": [1, 2, 0, 3],
    "y ~ C(k, Treatment(2))": [1, 0, 2, 3],
    "y ~ C(k, Sum)": [1, 2, 3, -6],
    "y ~ S(k, 2)": [1, -6, 2, 3],
    "y ~ C(k) + k": [0, 1, 2, 3],
    "y ~ k + C(k)": [0, 1, 2, 3],
}
"""Formula to the means of k = 1, 2, 3, 4 under `known_fit`."""


def effects(formula: str) -> list[float]:
    """The means of the four levels by the model's own columns, as a second opinion."""
    fit = known_fit(formula)
    some = fit.design.apply(rows().drop_duplicates("k").sort_values("k"))
    return list(some.predictor.X @ np.arange(1.0, some.predictor.X.shape[1] + 1))


@pytest.mark.parametrize("formula", CELLS)
def test_cells_are_those_of_the_levels(formula):
    fit = known_fit(formula)
    table = fit.cells().tables[0]
    wanted = effects(formula) if formula.startswith("y ~ k") else CELLS[formula]
    assert list(table.frame["cell"]) == list("1234")
    assert list(table.frame.iloc[:, 1]) == pytest.approx(wanted)


@pytest.mark.parametrize("formula", CELLS)
def test_comparisons_are_of_levels_that_there_are(formula):
    fit, wanted = known_fit(formula), effects(formula)
    reference = int(fit.design.reference_of("k") or 1)
    found = fit.avg_comparisons("k").frame
    others = [k for k in (1, 2, 3, 4) if k != reference]
    assert list(found["comparison"]) == [f"k: {k} - {reference}" for k in others]
    differences = [wanted[k - 1] - wanted[reference - 1] for k in others]
    assert list(found["median"]) == pytest.approx(differences)
    pair = fit.avg_comparisons({"k": (2, 4)}).frame["median"]
    assert list(pair) == pytest.approx([wanted[3] - wanted[1]])
    assert len(fit.avg_comparisons({"k": "pairwise"}).frame) == 6


@pytest.mark.parametrize("formula", CELLS)
def test_the_grid_offers_a_level(formula):
    fit = known_fit(formula)
    assert fit.grid()["k"].tolist() == [1]
    three = fit.predictions(fit.grid(k=3)).frame["median"]
    assert list(three) == pytest.approx([effects(formula)[2]])


@pytest.mark.parametrize("formula", ["y ~ T(f, 'b')", "y ~ S(f)", "y ~ C(f, Sum)"])
def test_a_reference_is_the_one_that_the_coding_names(formula):
    found = list(known_fit(formula).avg_comparisons("f").frame["comparison"])
    named = ["f: a - b", "f: c - b"] if "T(" in formula else ["f: b - a", "f: c - a"]
    assert found == named


def test_what_is_a_factor_too_has_no_steps_and_no_slope():
    fit = known_fit("y ~ C(k) + k")
    with pytest.raises(SpecError, match=r"takes the values 1, 2, 3, 4 only\. Write a pair"):
        fit.avg_comparisons({"k": 1})
    with pytest.raises(SpecError, match="takes the values 1, 2, 3, 4 only"):
        fit.avg_comparisons({"k": (1, 5)})
    with pytest.raises(SpecError, match="no values between its levels and no slope"):
        fit.avg_slopes("k")
