"""The preview: near the posterior where the data are many, and never taken for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kernel_maker import counts
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.design.parameters import model_parameters
from bayesglmm.errors import BayesglmmError, SpecError
from bayesglmm.posterior.preview import LOOKS, TRUSTED, WARNING, Preview, weighted_quantiles
from bayesglmm.posterior.quantities import printed

NEAR = 0.2
"""Posterior standard deviations between the medians of preview and fit."""


@pytest.fixture(scope="module")
def rich() -> bg.Model:
    return bg.Model("y ~ x + (1 | g)", counts(rows=1200, groups=40), family="poisson")


@pytest.fixture(scope="module")
def preview(rich: bg.Model) -> Preview:
    return rich.preview(seed=seed(1))


def test_rich_data_give_nearly_the_posterior(rich: bg.Model, preview: Preview):
    assert preview.k_hat <= TRUSTED
    assert preview.trusted
    frame = preview.table().frame.set_index("")
    fit = rich.fit(seed=seed(2), progress=False)
    for item in model_parameters(rich.design, ("fixed", "sd")):
        for label, draws in zip(item.printed, fit.draws.flat(item.variable).T, strict=True):
            expected = np.quantile(draws, [0.5, 0.025, 0.975])
            found = frame.loc[label, ["median", "lower", "upper"]].to_numpy(float)
            assert abs(found[0] - expected[0]) < NEAR * draws.std(), label
            assert (np.abs(found - expected) < 2 * NEAR * draws.std()).all(), label


def test_it_says_what_it_is(preview: Preview):
    assert WARNING == "PREVIEW, not the posterior"
    for text in (repr(preview), preview._repr_html_(), preview.sentence()):
        assert WARNING in text
    assert "with importance weights (Pareto k-hat" in repr(preview)
    assert f"reliable up to {TRUSTED}" in repr(preview)


def test_rows_are_the_model_s_parameters(preview: Preview):
    frame = preview.table().frame
    assert list(frame[""]) == ["Intercept", "x", "sd(1|g)"]
    assert (frame["lower"] < frame["median"]).all()
    assert (frame["median"] < frame["upper"]).all()


def test_the_seed_repeats_it(rich: bg.Model, preview: Preview):
    again = rich.preview(seed=seed(1))
    assert again.k_hat == preview.k_hat
    pd.testing.assert_frame_equal(again.table().frame, preview.table().frame)
    assert not rich.preview(seed=seed(2)).table().frame.equals(preview.table().frame)


def test_weights_add_up(preview: Preview):
    assert preview.weights.shape == (LOOKS,)
    assert preview.draws.posterior.sizes == {"chain": 1, "draw": LOOKS} | {"g__factor_dim": 40}
    assert preview.weights.sum() == pytest.approx(1)
    assert (preview.weights > 0).all()


def test_narrower_intervals_lie_inside(rich: bg.Model, preview: Preview):
    narrow = rich.preview(mass=0.5, seed=seed(1)).table().frame
    wide = preview.table().frame
    assert (narrow["lower"] > wide["lower"]).all()
    assert (narrow["upper"] < wide["upper"]).all()
    with pytest.raises(SpecError, match="mass="):
        rich.preview(mass=95)


WEAK = {
    "two groups": ("b ~ x + (1 | g)", {"g": np.tile(["u", "v"], 6)}),
    "a group for every row": ("b ~ x + (1 | g)", {"g": np.arange(12)}),
    "separated": ("s ~ x + (1 | g)", {"g": np.tile(["u", "v", "w"], 4)}),
    "one success": ("o ~ x + (1 | g)", {"g": np.tile(["u", "v", "w"], 4)}),
    "slopes": ("b ~ x + (1 + x | g)", {"g": np.tile(["u", "v", "w"], 4)}),
}


@pytest.mark.parametrize("name", WEAK)
def test_weak_data_are_not_to_be_trusted_or_give_k_hat(name):
    formula, columns = WEAK[name]
    rows = pd.DataFrame({"x": np.linspace(-1, 1, 12)} | columns)
    rows["b"] = np.tile([0, 1, 1], 4)
    rows["s"] = (rows["x"] > 0).astype(int)
    rows["o"] = np.arange(12) // 11
    made = bg.Model(formula, rows, family="bernoulli").preview(seed=seed(1))
    assert WARNING in repr(made)
    assert np.isfinite(made.table().frame.drop(columns="").to_numpy(float)).all()
    if made.trusted:
        assert made.k_hat <= TRUSTED
    else:
        assert "Its numbers may be far off; fit the model." in made.sentence()
        np.testing.assert_allclose(made.weights, 1 / LOOKS)


@pytest.mark.parametrize("family", ["gaussian", "negative_binomial", "binomial"])
def test_every_kind_of_parameter_is_shown(family):
    rows = counts(rows=600, groups=20).assign(n=60)
    rows = rows[rows["y"] <= 60]
    response = "p(y, n)" if family == "binomial" else "y"
    model = bg.Model(f"{response} ~ x + (1 + x | g)", rows, family=family)
    labels = printed(model_parameters(model.design))
    shown = list(model.preview(seed=seed(3)).table().frame[""])
    assert shown == labels[: len(shown)]
    assert "cor(1, x|g)" in shown
    assert not any("[g" in label for label in shown)


def test_a_model_without_groups():
    rows = counts()
    model = bg.Model("y ~ x", rows, family="poisson")
    found = model.preview(seed=seed(1)).table().frame.set_index("")
    expected = model.fit(seed=seed(1), ess=4000, progress=False).fixef().frame.set_index("")
    distance = np.abs(found["median"] - expected["median"]) / expected["sd"]
    assert list(found.index) == ["Intercept", "x"]
    assert (distance < NEAR).all()


@pytest.mark.parametrize("tilt", [0.5, -0.5])
def test_weights_favour_where_the_posterior_is_denser(tilt, monkeypatch):
    """Densities in a ratio of exp(tilt z) move a standard normal by tilt."""
    model = bg.Model("y ~ 1", counts(), family="poisson")

    def log_weights(_, positions):
        return tilt * positions[:, 0]

    monkeypatch.setattr("bayesglmm.engine.choice.log_weights", log_weights)
    made = model.preview(seed=seed(1))
    assert made.trusted
    draws = made.draws.flat("Intercept")[:, 0]
    median = made.table().frame["median"][0]
    # The error of a median of about 1500 effective draws is 0.03 standard deviations.
    assert (median - np.median(draws)) / draws.std() == pytest.approx(tilt, abs=0.15)


@pytest.mark.parametrize("shape", [(1000, 3), (37, 1), (500, 0)])
def test_weighted_quantiles_of_equal_weights_are_numpy_s(shape):
    values = generator(1).normal(size=shape)
    weights = np.full(shape[0], 1 / shape[0])
    # Between two draws, where sums of weights that should be equal may differ by rounding.
    quantiles = tuple((np.array([0.013, 0.25, 0.5, 0.9, 0.999]) * shape[0] // 1 + 0.5) / shape[0])
    expected = np.quantile(values, quantiles, axis=0, method="inverted_cdf")
    np.testing.assert_array_equal(weighted_quantiles(values, weights, quantiles), expected)


def test_weighted_quantiles_by_repetition():
    """A draw that counts threefold is a draw that stands there three times."""
    rng = generator(2)
    values, times = rng.normal(size=(200, 2)), rng.integers(0, 5, 200)
    expected = np.quantile(
        np.repeat(values, times, axis=0), [0.1005, 0.5005, 0.8005], axis=0, method="inverted_cdf"
    )
    found = weighted_quantiles(values, times / times.sum(), (0.1005, 0.5005, 0.8005))
    np.testing.assert_array_equal(found, expected)


def test_weighted_quantiles_of_a_known_distribution():
    """Uniform draws with weights that make them triangular: quantiles are square roots."""
    values = (np.arange(20_000) + 0.5)[:, None] / 20_000
    weights = values[:, 0] / values.sum()
    found = weighted_quantiles(values, weights, (0.25, 0.5, 0.81))
    np.testing.assert_allclose(found[:, 0], [0.5, np.sqrt(0.5), 0.9], atol=1e-4)


def test_what_the_kernel_cannot_express_is_refused(monkeypatch, rich: bg.Model):
    monkeypatch.setattr("bayesglmm.engine.kernel_sampler.design_likelihood", lambda _: None)
    with pytest.raises(BayesglmmError, match="engine='nutpie'"):
        rich.preview(seed=seed(1))
