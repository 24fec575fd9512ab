"""What the priors leave to the absurd: closed forms, and the specs that come with the project."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit
from scipy.stats import norm
from seeds import bound, generator, seed

import bayesglmm as bg
from bayesglmm.posterior.priors.absurd import BELIEVED

FOLDER = Path(__file__).parents[3] / "models"
DRAWS = 4000


def counts(rate: float, exposure: float) -> pd.DataFrame:
    rng = generator(4)
    return pd.DataFrame(
        {"y": rng.poisson(rate * exposure, size=50) + 1, "t": np.full(50, exposure)}
    )


@pytest.mark.parametrize("sigma", [2.5, 6.0])
def test_the_probability_of_the_absurd_is_the_prior_s(sigma: float):
    data = counts(0.01, 500.0)
    prior = bg.Prior("Normal", mu=math.log(0.01), sigma=sigma)
    options = {"family": "poisson", "exposure": "t", "priors": {"Intercept": prior}}
    found = bg.Model("y ~ 1", data, **options).prior_predictive(draws=DRAWS, seed=seed(1))
    largest = data["y"].max() / 500
    for absurd, limit in zip(found.absurd, (1.0, 1000 * largest), strict=True):
        expected = norm.sf(math.log(limit), math.log(0.01), sigma)
        error = math.sqrt(expected * (1 - expected) / DRAWS)
        assert abs(absurd.probability - expected) < bound(2) * error + 1e-3
        assert absurd.believed == (absurd.probability >= BELIEVED)
    assert [item.what for item in found.absurd] == [
        "above one per unit of t",
        "over 1,000 times the largest observed",
    ]
    told = "narrower priors are called for" if sigma == 6.0 else "is left to the absurd"
    assert told in found.judgement
    assert found.judgement in found.table().notes


@pytest.mark.parametrize("rate", [0.5, 3.0])
def test_more_than_one_for_each_unit_is_no_absurdity_where_rows_come_near(rate: float):
    data = counts(rate, 10.0)
    model = bg.Model("y ~ 1", data, family="poisson", exposure="t")
    assert [item.what[:4] for item in model.prior_predictive(draws=200).absurd] == ["over"]


def test_probabilities_have_nowhere_to_go():
    fit = binary_fit()
    found = bg.Model(fit.design.spec, fit.design.data).prior_predictive(draws=200)
    assert found.absurd == ()
    assert found.judgement == ""


SPECS = sorted(path.stem for path in FOLDER.glob("*.py"))


def believed(name: str, variant: str | None, request: pytest.FixtureRequest) -> str:
    """What a spec leaves to the absurd in words, where that is too much."""
    if name not in ("back_pain", "crossover"):
        request.getfixturevalue("data_folder")
    model = bg.read_study(FOLDER / f"{name}.py").model(variant)
    found = model.prior_predictive(draws=500, seed=seed(2))
    return found.judgement if any(item.believed for item in found.absurd) else ""


@pytest.mark.parametrize("name", SPECS)
def test_no_spec_of_ours_believes_the_absurd(name: str, request: pytest.FixtureRequest):
    assert not believed(name, None, request)


@pytest.mark.slow
@pytest.mark.parametrize("name", SPECS)
def test_no_variant_believes_the_absurd(name: str, request: pytest.FixtureRequest):
    for variant in bg.read_study(FOLDER / f"{name}.py").variants:
        assert not believed(name, variant, request), variant
