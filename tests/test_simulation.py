"""Simulated data against closed forms, and parameters that cannot be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from seeds import bound, seed

import bayesglmm as bg
from bayesglmm.errors import DataError, SpecError

GROUPS, EACH = 4000, 5
"""Enough groups that a moment of the effects is known to about 3 %."""


def make_rows(groups: int = GROUPS) -> pd.DataFrame:
    n = groups * EACH
    return pd.DataFrame(
        {
            "g": np.repeat(np.arange(groups), EACH),
            "x": np.tile([0.0, 1.0, 0.0, 1.0, 2.0], groups),
            "f": np.tile(["a", "b", "a", "a", "b"], groups),
            "time": np.tile([1.0, 2.0, 3.0, 0.5, 1.0], groups),
            "n": np.tile([1, 5, 10, 20, 3], groups),
            "k": np.arange(n),
        }
    )


def close(found, expected, error):
    """Within the standard errors of a test of about ten numbers."""
    assert abs(found - expected) < bound(10) * error, (found, expected, error)


def test_poisson_moments_with_exposure_and_groups():
    spec = bg.specify("y ~ x + (1 | g)", family="poisson", exposure="time")
    truth = {"Intercept": 0.2, "x": 0.3, "1|g_sigma": 0.5}
    y = bg.simulate(spec, make_rows(), truth, seed(1)).data["y"].to_numpy().reshape(GROUPS, EACH)
    mean = np.exp(0.2 + 0.3 * make_rows(1)["x"] + 0.125) * make_rows(1)["time"]
    excess = np.exp(0.25) - 1
    for place in range(EACH):
        close(y[:, place].mean(), mean[place], y[:, place].std() / np.sqrt(GROUPS))
        squares = (y[:, place] - mean[place]) ** 2
        variance = mean[place] + mean[place] ** 2 * excess
        close(squares.mean(), variance, squares.std() / np.sqrt(GROUPS))
    product = (y[:, 1] - mean[1]) * (y[:, 2] - mean[2])
    close(product.mean(), mean[1] * mean[2] * excess, product.std() / np.sqrt(GROUPS))


def test_negative_binomial_variance():
    spec = bg.specify("y ~ 1", family="negative_binomial")
    y = bg.simulate(spec, make_rows()[["x"]], {"Intercept": 1.0, "alpha": 2.0}, seed(2)).data["y"]
    mean, squares = np.e, (y - np.e) ** 2
    close(y.mean(), mean, y.std() / np.sqrt(len(y)))
    close(squares.mean(), mean + mean**2 / 2, squares.std() / np.sqrt(len(y)))


def test_gaussian_residuals_and_a_factor():
    spec = bg.specify("y ~ x + f")
    truth = {"Intercept": 10.0, "x": -2.0, "f[b]": 5.0, "sigma": 3.0}
    data = bg.simulate(spec, make_rows(), truth, seed(3)).data
    residual = data["y"] - (10 - 2 * data["x"] + 5 * (data["f"] == "b"))
    close(residual.mean(), 0, 3 / np.sqrt(len(data)))
    close(residual.std(), 3, 3 / np.sqrt(2 * len(data)))


@pytest.mark.parametrize(
    ("link", "inverse"),
    [
        ("logit", lambda eta: 1 / (1 + np.exp(-eta))),
        ("cloglog", lambda eta: 1 - np.exp(-np.exp(eta))),
    ],
)
def test_binomial_successes(link, inverse):
    spec = bg.specify("p(wins, n) ~ x", family="binomial", link=link)
    data = bg.simulate(spec, make_rows(), {"Intercept": -0.5, "x": 0.4}, seed(4)).data
    assert ((data["wins"] >= 0) & (data["wins"] <= data["n"])).all()
    for x in (0.0, 1.0, 2.0):
        own = data[data["x"] == x]
        p, trials = inverse(-0.5 + 0.4 * x), own["n"].sum()
        close(own["wins"].sum() / trials, p, np.sqrt(p * (1 - p) / trials))


def test_binary_outcomes_follow_their_labels():
    labels = {"y": {0: "well", 1: "ill"}}
    spec = bg.specify("y ~ 1", family="bernoulli", labels=labels)
    data = bg.simulate(spec, make_rows()[["x"]], {"Intercept": -1.0}, seed(5)).data
    p = 1 / (1 + np.e)
    close((data["y"] == 1).mean(), p, np.sqrt(p * (1 - p) / len(data)))
    assert bg.Model(spec, data).design.success == "ill"


TRUTH = {
    "Intercept": 0.1,
    "x": 0.2,
    "1|g_sigma": 0.8,
    "x|g_sigma": 0.4,
    "1+x|g_cor[1, x]": -0.7,
}


@pytest.fixture(scope="module")
def simulation() -> bg.Simulation:
    spec = bg.specify("y ~ x + (1 + x | g)", family="poisson")
    return bg.simulate(spec, make_rows(), TRUTH, seed(6))


def test_effects_have_the_spread_and_correlation_asked_for(simulation):
    intercepts, slopes = (np.array([*simulation.effects[f"{c}|g"].values()]) for c in ("1", "x"))
    assert len(intercepts) == GROUPS
    close(intercepts.mean(), 0, 0.8 / np.sqrt(GROUPS))
    close(intercepts.std(), 0.8, 0.8 / np.sqrt(2 * GROUPS))
    close(slopes.std(), 0.4, 0.4 / np.sqrt(2 * GROUPS))
    correlation = np.corrcoef(intercepts, slopes)[0, 1]
    close(correlation, -0.7, (1 - 0.49) / np.sqrt(GROUPS))


def test_truth_and_effects_bear_the_model_s_names(simulation):
    assert simulation.truth == TRUTH
    assert list(simulation.effects) == ["1|g", "x|g"]
    model = bg.Model("y ~ x + (1 + x | g)", simulation.data, family="poisson")
    (group,) = model.design.predictor.groups
    assert set(simulation.effects["1|g"]) == set(group.levels)


def test_responses_belong_to_their_own_group(simulation):
    # With the effects known, (y - mean) / sd has mean 0 and variance 1 in every tenth of the data.
    data = simulation.data
    labels = data["g"].astype(str)
    eta = 0.1 + 0.2 * data["x"] + labels.map(simulation.effects["1|g"])
    eta = eta + labels.map(simulation.effects["x|g"]) * data["x"]
    residual = (data["y"] - np.exp(eta)) / np.exp(eta / 2)
    close(residual.mean(), 0, 1 / np.sqrt(len(data)))
    close((residual**2).mean(), 1, (residual**2).std() / np.sqrt(len(data)))


def test_nested_groups_are_named_by_both_factors():
    rows = pd.DataFrame({"a": list("ppqq") * 2, "b": list("1212") * 2})
    spec = bg.specify("y ~ 1 + (1 | a/b)", family="poisson")
    found = bg.simulate(spec, rows, {"Intercept": 1, "1|a_sigma": 1, "1|a:b_sigma": 1}, seed(7))
    assert set(found.effects["1|a"]) == {"p", "q"}
    assert set(found.effects["1|a:b"]) == {"p:1", "p:2", "q:1", "q:2"}


def test_a_seed_repeats_and_another_does_not():
    spec = bg.specify("y ~ x + (1 | g)", family="poisson")
    truth = {"Intercept": 0.2, "x": 0.3, "1|g_sigma": 0.5}
    rows = make_rows(50)
    first, again, other = (bg.simulate(spec, rows, truth, seed(number)) for number in (8, 8, 9))
    pd.testing.assert_frame_equal(first.data, again.data)
    assert first.effects == again.effects
    assert not first.data["y"].equals(other.data["y"])


def test_the_frame_given_is_kept_but_for_the_response():
    rows = make_rows(10).assign(y=-1, other="kept")
    spec = bg.specify("y ~ x", family="poisson")
    before = rows.copy()
    found = bg.simulate(spec, rows, {"Intercept": 0, "x": 0}, seed(1)).data
    pd.testing.assert_frame_equal(rows, before)
    pd.testing.assert_frame_equal(found.drop(columns="y"), rows.drop(columns="y"))
    assert found["y"].dtype == np.int64
    assert (found["y"] >= 0).all()


def test_dropped_rows_are_left_out():
    rows = make_rows(10).assign(x=lambda data: data["x"].where(data["k"] != 3))
    spec = bg.specify("y ~ x", family="poisson", missing="drop")
    found = bg.simulate(spec, rows, {"Intercept": 0, "x": 0}, seed(1)).data
    assert found["k"].tolist() == [k for k in range(50) if k != 3]


def test_a_quoted_response():
    spec = bg.specify("`my y` ~ x", family="poisson")
    found = bg.simulate(spec, make_rows(10), {"Intercept": 0, "x": 0}, seed(1)).data
    assert "my y" in found
    assert "`my y`" not in found


SLOPES = "y ~ x + (1 + x | g)"
THREE = "y ~ 1 + (1 + x + k | g)"
THREE_TRUTH = {
    "Intercept": 0,
    "1|g_sigma": 1,
    "x|g_sigma": 1,
    "k|g_sigma": 1,
    "1+x+k|g_cor[1, x]": 0.9,
    "1+x+k|g_cor[1, k]": 0.9,
    "1+x+k|g_cor[x, k]": -0.9,
}


@pytest.mark.parametrize(
    ("formula", "change", "message"),
    [
        (SLOPES, {"x": None}, r"parameters= lacks x\. Give"),
        (SLOPES, {"x": None, "x|g_sigma": None}, r"lacks x, x\|g_sigma"),
        (SLOPES, {"xx": 1.0}, r"Unknown parameter 'xx'. Did you mean 'x'\?"),
        (SLOPES, {"1|g_sigma": -1.0}, r"1\|g_sigma must be above 0, not -1.0"),
        (SLOPES, {"x|g_sigma": 0.0}, r"x\|g_sigma must be above 0"),
        (SLOPES, {"1|g_sigma": np.nan}, r"1\|g_sigma must be a finite number, not nan"),
        (SLOPES, {"x": np.inf}, "x must be a finite number, not inf"),
        (SLOPES, {"x": "big"}, "x must be a finite number, not 'big'"),
        (SLOPES, {"1+x|g_cor[1, x]": 1.5}, "correlations of '1[+]x[|]g' are impossible"),
        (SLOPES, {"1+x|g_cor[1, x]": -1.0}, "not positive definite"),
        (THREE, THREE_TRUTH, "correlations of '1[+]x[+]k[|]g' are impossible together"),
    ],
)
def test_parameters_that_cannot_be(formula, change, message):
    truth = THREE_TRUTH if formula == THREE else TRUTH
    given = {name: value for name, value in (truth | change).items() if value is not None}
    with pytest.raises(SpecError, match=message):
        bg.simulate(bg.specify(formula, family="poisson"), make_rows(10), given, seed(1))


def test_parameters_of_the_family_are_checked():
    spec = bg.specify("y ~ 1", family="negative_binomial")
    with pytest.raises(SpecError, match="alpha must be above 0, not -2"):
        bg.simulate(spec, make_rows(10), {"Intercept": 0, "alpha": -2}, seed(1))
    amounts = bg.specify("y ~ 1", family="tweedie")
    with pytest.raises(SpecError, match="power must be between 1 and 2, not 2"):
        bg.simulate(amounts, make_rows(10), {"Intercept": 0, "phi": 1, "power": 2}, seed(1))
    inflated = bg.specify("y ~ 1", family="zero_inflated_poisson")
    with pytest.raises(SpecError, match=r"zi must be between 0 and 1, not 1\.5"):
        bg.simulate(inflated, make_rows(10), {"Intercept": 0, "zi": 1.5}, seed(1))


def test_a_parameter_of_the_family_may_be_any_number():
    spec = bg.specify("y ~ 1", family="ordered_beta")
    truth = {"Intercept": 0, "phi": 5, "cutzero": -2, "gap": 4}
    drawn = bg.simulate(spec, make_rows(50), truth, seed(2)).data["y"]
    assert drawn.between(0, 1).all()


def test_positive_responses_and_fractions():
    truth = {"Intercept": 1.0, "x": 0.0}
    y = bg.simulate(bg.specify("y ~ x", family="exponential"), make_rows(), truth, seed(1)).data[
        "y"
    ]
    close(y.mean(), np.e, np.e / np.sqrt(len(y)))
    truth = {"Intercept": 0.0, "x": 0.0, "phi": 3.0}
    y = bg.simulate(bg.specify("y ~ x", family="beta"), make_rows(), truth, seed(1)).data["y"]
    close(y.mean(), 0.5, 0.25 / np.sqrt(len(y)))


def test_categories_are_those_of_the_labels():
    levels = ["low", "some", "all"]
    spec = bg.specify("y ~ x", family="cumulative", labels={"y": levels})
    truth = {"Intercept": 0.0, "x": 0.0, "gap_2": 1.0}
    y = bg.simulate(spec, make_rows(), truth, seed(1)).data["y"]
    close((y == "low").mean(), 0.5, 0.5 / np.sqrt(len(y)))
    assert set(y) == set(levels)
    with pytest.raises(SpecError, match=r"Write labels=\{'y': \['low'"):
        bg.simulate(bg.specify("y ~ x", family="cumulative"), make_rows(10), truth, seed(1))


def test_a_computed_response_cannot_be_filled():
    rows = make_rows(10).assign(y=1.0)
    with pytest.raises(SpecError, match=r"'log\(y\)' is computed"):
        bg.simulate(bg.specify("log(y) ~ x"), rows, {"Intercept": 0, "x": 0, "sigma": 1}, seed(1))


def test_rows_that_do_not_fit():
    with pytest.raises(DataError, match="no column 'z'"):
        bg.simulate(
            bg.specify("y ~ z"), make_rows(10), {"Intercept": 0, "z": 0, "sigma": 1}, seed(1)
        )


def test_a_seed_must_be_one():
    with pytest.raises(SpecError, match="seed=-1"):
        bg.simulate(bg.specify("y ~ x"), make_rows(10), {"Intercept": 0, "x": 0, "sigma": 1}, -1)
