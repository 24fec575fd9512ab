"""What an answer is made of decides which columns new rows need: of its own predictors only."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import DataError

MEAN = ["x", "f", "g"]
SIGMA = ["z", "h"]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = generator(51)
    return pd.DataFrame(
        {
            "y": rng.normal(size=60),
            "x": rng.normal(size=60),
            "z": rng.normal(size=60),
            "f": np.tile(["a", "b", "c"], 20),
            "g": np.repeat([f"g{k}" for k in range(6)], 10),
            "h": np.tile([f"h{k}" for k in range(5)], 12),
            "w": rng.uniform(1, 2, size=60),
        }
    )


@pytest.fixture(scope="module")
def fit(rows) -> bg.Fit:
    model = bg.Model("y ~ x + f + (1 | g)", rows, sigma="~ z + h + (1 | h:f)")
    known = {"x": 0.5, "f[b]": 1.0, "sigma_z": 0.4, "1|g_sigma": 0.7}
    return make_fit(model, known, noise=0.2, draws=100)


OF_MEAN = {
    "predictions": lambda fit, new: fit.predictions(new, re="observed"),
    "avg_predictions": lambda fit, new: fit.avg_predictions(new, by="f"),
    "integrated": lambda fit, new: fit.predictions(new, re="integrate"),
    "comparisons": lambda fit, new: fit.comparisons("x", newdata=new),
    "avg_comparisons": lambda fit, new: fit.avg_comparisons("f", newdata=new),
    "slopes": lambda fit, new: fit.slopes("x", newdata=new),
    "mean": lambda fit, new: fit.predict(new),
    "linear": lambda fit, new: fit.predict(new, kind="linear"),
    "group_rates": lambda fit, new: fit.group_rates("g", at=new),
}
NUMBERS = ["median", "lower", "upper"]


def numbers(table) -> np.ndarray:
    return table.frame.select_dtypes(float).drop(columns=["x", "z"], errors="ignore").to_numpy()


@pytest.mark.parametrize("ask", OF_MEAN.values(), ids=OF_MEAN)
def test_answers_about_the_mean_need_no_columns_of_sigma(fit, rows, ask):
    new = rows.drop(columns="y").head(6)
    without = ask(fit, new[MEAN])
    assert np.array_equal(numbers(without), numbers(ask(fit, new)), equal_nan=True)
    strange = new.assign(h="never seen", z=np.nan)
    assert np.array_equal(numbers(without), numbers(ask(fit, strange)), equal_nan=True)
    with pytest.raises(DataError, match="'f'"):
        ask(fit, new[["x", "g"]])


def test_population_cells_need_no_columns_of_sigma(fit, rows):
    cells = rows[[*MEAN, "w"]].head(9)
    with_all = rows[[*MEAN, *SIGMA, "w"]].head(9)
    asked = [bg.poststratify(fit, frame, weights="w", by="f") for frame in (cells, with_all)]
    assert np.array_equal(numbers(asked[0]), numbers(asked[1]))


OF_SIGMA = {
    "predictions": lambda fit, new: fit.predictions(new, parameter="sigma", re="observed"),
    "integrated": lambda fit, new: fit.avg_predictions(new, parameter="sigma", re="integrate"),
    "comparisons": lambda fit, new: fit.avg_comparisons("h", newdata=new, parameter="sigma"),
    "slopes": lambda fit, new: fit.slopes("z", newdata=new, parameter="sigma"),
}


@pytest.mark.parametrize("ask", OF_SIGMA.values(), ids=OF_SIGMA)
def test_answers_about_sigma_need_no_columns_of_the_mean(fit, rows, ask):
    new = rows.drop(columns="y").head(6)
    own = [*SIGMA, "f"]  # f is in its grouping factor
    assert np.array_equal(numbers(ask(fit, new[own])), numbers(ask(fit, new)), equal_nan=True)
    with pytest.raises(DataError, match="'h'"):
        ask(fit, new[["z", "f"]])


def test_new_responses_need_all_columns(fit, rows):
    with pytest.raises(DataError, match=r"There is no column '[zh]'"):
        fit.predict(rows[MEAN].head(3), kind="response")
    assert len(fit.predict(rows[[*MEAN, *SIGMA]].head(3), kind="response").frame) == 3


def test_rows_that_differ_in_sigma_only_are_one_row_of_the_mean(fit, rows):
    """The mean of many rows costs what its distinct rows cost."""
    from bayesglmm.posterior.estimands.rows import make_target

    data = rows[["f", "x", "g"]].assign(x=0.0)
    target = make_target(fit.design.only("mu"), data, (), None, own_groups=False)
    assert target.design.n == 3
    assert list(target.design.predictors) == ["mu"]
    own = make_target(fit.design.only("sigma"), None, "h", None, own_groups=False)
    assert own.design.n == 60


def test_knots_of_sigma_are_nothing_to_the_mean(rows):
    model = bg.Model("y ~ f", rows, sigma="~ bs(x, df=4)")
    fit = make_fit(model, draws=100)
    new = pd.DataFrame({"f": ["a"], "x": [99.0]})
    assert not any("knot" in note for note in fit.predictions(new).notes)
    assert any("knot" in note for note in fit.predictions(new, parameter="sigma").notes)
