"""Laplace, quadrature and posterior side by side: every rule of the words has a case."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit, normal_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.posterior.parity.pull import pulled
from bayesglmm.posterior.parity.sentences import LAPLACE, POSTERIOR
from bayesglmm.posterior.parity.table import _distance

WIDE = {"Intercept": bg.Prior("Normal", sigma=50), "slopes": bg.Prior("Normal", sigma=50)}


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    rng = generator(21)
    frame = pd.DataFrame({"x": rng.normal(size=200), "g": np.repeat(np.arange(20), 10)})
    frame["h"] = np.tile(np.arange(10), 20)
    eta = 1 + 0.3 * frame["x"] + 0.5 * rng.normal(size=20)[frame["g"]]
    return frame.assign(y=rng.poisson(np.exp(eta)))


def at_maximum(model: bg.Model, noise: float = 0.02, **moved: float) -> bg.Fit:
    """A fit whose draws scatter round the maximum, some parameters moved."""
    best = model.ml()
    known = dict(zip(best.labels, best.estimates, strict=True)) | moved
    return make_fit(model, known, noise=noise)


def crossover(**options) -> bg.Model:
    return bg.Model(
        "outcome ~ trt * period + (1 | ID)",
        bg.datasets.load("crossover"),
        family="bernoulli",
        **options,
    )


def test_crossover_laplace_fails_and_the_words_say_why():
    model = crossover(priors=WIDE)
    exact = model.ml(quadrature=100)
    fit = make_fit(model, dict(zip(exact.labels, exact.estimates, strict=True)), noise=0.5)
    found = fit.parity()
    assert found.quadrature is not None
    assert found.quadrature.quadrature == 72
    assert found.table.notes[-1] == "Quadrature: 72 nodes for a group."
    row = found.table.frame.set_index("").loc["sd(1|ID)"]
    assert row["Laplace"] == pytest.approx(23.48, abs=0.01)
    assert row["quadrature"] == pytest.approx(4.9145, abs=0.004)
    assert found.table.frame["agreement"].str.contains("Laplace").all()
    text = found.sentences[0]
    assert "fails because ID has 67 groups of about 2 binary rows" in text
    assert "sd(1|ID) is 23.5 by Laplace, 4.91 by quadrature (72 nodes)" in text


def test_laplace_that_is_less_than_a_standard_error_away_is_off_but_does_not_fail():
    rng = generator(4)
    place = np.repeat(np.arange(150), 6)
    chance = 1 / (1 + np.exp(-(-0.5 + 1.5 * rng.standard_normal(150)[place])))
    rows = pd.DataFrame({"y": rng.binomial(1, chance), "g": place.astype(str)})
    model = bg.Model("y ~ 1 + (1 | g)", rows, family="bernoulli")
    found = at_maximum(model, 0.05).parity(quadrature=25)
    row = found.table.frame.set_index("").loc["sd(1|g)"]
    assert 0.25 < abs(row["Laplace"] - row["quadrature"]) / row["SE (q.)"] < 1
    assert "approximation is off: " in found.sentences[0]
    assert "not quite the Gaussian" in found.sentences[0]


def test_all_agree(counts):
    model = bg.Model("y ~ x + (1 | g)", counts, family="poisson")
    found = at_maximum(model, 0.05).parity()
    assert set(found.table.frame["agreement"]) == {"agree"}
    assert len(found.sentences) == 2
    assert "agree to within 0.25 standard errors" in found.sentences[0]
    assert "the likelihood speaks louder than the priors" in found.sentences[1]


def test_two_effects_of_a_group_have_nodes_in_two_directions(counts):
    found = at_maximum(bg.Model("y ~ x + (1 + x || g)", counts, family="poisson"), 0.05).parity()
    assert found.quadrature is not None
    assert found.quadrature.quadrature == 9
    note = "Quadrature: 9 nodes in each of 2 directions, 81 for a group."
    assert found.table.notes[-1] == note


@pytest.mark.parametrize("away", [0.9 * POSTERIOR, 1.3 * POSTERIOR])
def test_a_posterior_is_elsewhere_from_half_a_standard_deviation(counts, away):
    model = bg.Model("y ~ x + (1 | g)", counts, family="poisson", priors=WIDE)
    moved = model.ml(quadrature=25).estimate("x") + 0.1 * away
    fit = at_maximum(model, 0.1, x=moved)
    found = fit.parity(quadrature=25)
    words = found.table.frame.set_index("").loc["x", "agreement"]
    assert (words == "agree") == (away < POSTERIOR)
    if away > POSTERIOR:
        assert "The likelihood is skew" in found.sentences[1]  # no prior could have done it


def test_priors_that_pull_are_named(counts):
    tight = {"slopes": bg.Prior("Normal", sigma=0.05)}
    model = bg.Model("y ~ x + (1 | g)", counts, family="poisson", priors=tight)
    best = model.ml()
    middle = pulled(best, model.priors)[1]
    assert 0 < middle < best.estimate("x")
    found = at_maximum(model, 0.02, x=middle).parity()
    assert "The posterior is elsewhere for x" in found.sentences[1]
    assert "The priors pull" in found.sentences[1]


def test_pull_is_the_mean_of_a_conjugate_posterior():
    rng = generator(5)
    frame = pd.DataFrame({"x": 3 + rng.normal(size=50)})
    frame["y"] = 1 + frame["x"] + rng.normal(size=50)
    priors = {"Intercept": bg.Prior("Normal", mu=2, sigma=0.3), "x": bg.Prior("Normal", sigma=0.2)}
    model = bg.Model("y ~ x", frame, priors=priors)
    best = model.ml()
    sigma, center = best.estimate("sigma"), frame["x"].mean()
    # In the intercept at the mean of x and the slope, the posterior at known sigma is closed.
    squares = float(np.square(frame["x"] - center).sum())
    slope = (squares / sigma**2) / (squares / sigma**2 + 1 / 0.04) * best.estimate("x")
    weight = 50 / sigma**2
    level = (weight * frame["y"].mean() + 2 / 0.09) / (weight + 1 / 0.09)
    found = pulled(best, model.priors)
    assert found[:2] == pytest.approx([level - slope * center, slope], rel=1e-5)
    assert np.isnan(found[2])


def test_a_boundary_is_no_claim_of_no_variation(counts):
    rng = generator(1)
    even = rng.permuted(np.tile([0, 1, 2, 3, 4], 40).reshape(20, 10), axis=1).ravel()
    model = bg.Model("y ~ x + (1 | g)", counts.assign(y=even), family="poisson")
    found = at_maximum(model, 0.05, **{"1|g_sigma": 0.1}).parity()
    row = found.table.frame.set_index("").loc["sd(1|g)"]
    assert "boundary" in row["agreement"]
    assert any("no claim of no variation" in sentence for sentence in found.sentences)


def test_several_factors_are_checked_by_importance_sampling(counts):
    rng = np.random.default_rng(6)  # data of a known answer
    rows = counts.assign(y=rng.poisson(np.exp(1 + 0.6 * rng.normal(size=10)[counts["h"]])))
    model = bg.Model("y ~ x + (1 | g) + (1 | h)", rows, family="poisson")
    found = at_maximum(model, 0.05, **{"1|g_sigma": 0.1}).parity()
    assert found.quadrature is None
    assert found.sampled is not None
    assert "quadrature" not in found.table.frame
    assert list(found.table.frame["sampled"]) == list(found.sampled.estimates)
    assert "agree to within 0.25 standard errors" in found.sentences[0]
    assert found.table.notes[-1].startswith("Sampled: the maximum where")


def crossed_binary() -> bg.Model:
    """60 x 60 crossed levels, six binary rows a level: spreads 0.957 and 1.143, by Laplace 0.844
    and 1.045 (`tests/likelihood/test_importance.py`)."""
    rng = np.random.default_rng(1)  # data of a known answer
    a = np.tile(np.arange(60), 6)
    b = np.concatenate([rng.permutation(60) for _ in range(6)])
    eta = rng.normal(0, 1.2, 60)[a] + rng.normal(0, 1.2, 60)[b]
    y = rng.binomial(1, 1 / (1 + np.exp(-eta)))
    rows = pd.DataFrame({"a": a.astype(str), "b": b.astype(str), "y": y})
    return bg.Model("y ~ 1 + (1 | a) + (1 | b)", rows, family="bernoulli")


def test_the_error_of_laplace_is_named_as_the_cause_where_it_is():
    """The posterior lies where the integral is right, and away from where Laplace puts it."""
    model = crossed_binary()
    known = {"Intercept": -0.19, "1|a_sigma": 1.02, "1|b_sigma": 1.2}
    found = make_fit(model, known, noise=0.2).parity()
    first, second = found.sentences[:2]
    assert "Laplace's approximation is off" in first
    assert found.sampled is not None
    assert found.sampled.difference == pytest.approx(2.0, abs=0.06)
    assert re.search(r"log likelihood is [12]\.\d+ too low \(Monte Carlo error 0\.0", first)
    assert "sd(1|a) is 0.844 by Laplace, 0.9" in first
    assert second.startswith("The posterior medians lie within 0.5")
    assert "further away for sd(1|a), sd(1|b): that distance is the error of the" in second
    assert not any("skew" in sentence for sentence in found.sentences)
    agreement = found.table.frame.set_index("")["agreement"]
    assert re.match(r"Laplace 0\.[45]", agreement["sd(1|b)"])  # 0.47, known to 0.02


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (0.5731, 0.05, "0.6"),
        (0.5731, 0.004, "0.57"),
        (6.6342, 0.0, "6.6"),
        (13.21, 0.2, "13"),
        (13.21, 2.0, "10"),
        (1.66, np.nan, "1.7"),
        (np.inf, 0.0, "∞"),
    ],
)
def test_a_distance_has_the_digits_that_its_error_supports(value, error, words):
    assert _distance(value, error) == words


def test_what_laplace_does_not_explain_is_put_down_to_something_else():
    known = {"Intercept": -0.19, "1|a_sigma": 0.96, "1|b_sigma": 2.0}
    second = make_fit(crossed_binary(), known, noise=0.2).parity().sentences[1]
    assert re.search(r"elsewhere for sd\(1\|b\) \(1\.1[345]", second)  # 1.143, known to 0.004
    assert "The likelihood of a standard deviation is skew" in second
    assert second.endswith(
        "Laplace's error has no part in these distances: the maximum is free of it."
    )


def test_an_error_that_could_not_be_measured_is_a_possible_cause():
    """Two binary rows a patient: the weights of importance sampling are too uneven."""
    rows = bg.datasets.load("crossover")
    model = bg.Model(
        "outcome ~ trt * period + (1 | ID) + (1 | site)",
        rows.assign(site=rows["ID"] % 4),
        family="bernoulli",
    )
    found = make_fit(model, {"1|ID_sigma": 5.0}).parity()
    assert "sampled" not in found.table.frame
    assert "could not be measured" in found.sentences[0]
    assert "ID has 67 groups of about 2 binary rows" in found.sentences[0]
    assert "which it does not suit: trust the posterior" in found.sentences[0]
    assert "may be the error of Laplace's approximation" in found.sentences[1]


def test_what_would_take_too_long_to_measure_is_said(counts, monkeypatch):
    monkeypatch.setattr("bayesglmm.likelihood.noise.BUDGET", 1000)
    model = bg.Model("y ~ x + (1 | g) + (1 | h)", counts, family="poisson")
    found = at_maximum(model).parity()
    assert found.sampled is None
    assert "neither quadrature nor importance sampling beside it" in found.sentences[0]


def test_a_correlation_has_its_own_cause(counts):
    model = bg.Model("y ~ x + (1 + x | g)", counts, family="poisson")
    best = model.ml(quadrature=9)
    label = "1+x|g_cor[1, x]"
    away = 0.9 if best.estimate(label) < 0 else -0.9
    found = at_maximum(model, 0.05, **{label: away}).parity()
    assert "The posterior is elsewhere for cor(1, x|g)" in found.sentences[1]
    assert "Few groups tell little of a correlation" in found.sentences[1]
    assert "skew" not in found.sentences[1]


def test_the_number_of_nodes_that_suffice_is_no_matter_of_advice():
    found = make_fit(crossover()).parity()
    assert not any("nodes are too few" in sentence for sentence in found.sentences)
    assert not any("quadrature=" in sentence for sentence in found.sentences)


def test_exact_likelihood_needs_no_quadrature():
    found = normal_fit().parity()
    assert found.quadrature is None
    assert found.sentences[0].startswith("Nothing is approximated")
    assert "maximum" in found.table.frame


def test_too_few_nodes_are_said():
    model = crossover()
    found = make_fit(model).parity(quadrature=9)
    assert any("9 nodes are too few" in sentence for sentence in found.sentences)
    found = make_fit(model).parity(quadrature=100)
    assert not any("too few" in sentence for sentence in found.sentences)


def test_separation_is_said_and_nothing_is_compared():
    frame = pd.DataFrame({"x": np.arange(20.0), "y": (np.arange(20) > 9).astype(int)})
    found = make_fit(bg.Model("y ~ x", frame, family="bernoulli")).parity()
    assert any("rises without end" in sentence for sentence in found.sentences)
    assert not any("elsewhere" in sentence for sentence in found.sentences)


def test_rules_are_in_the_notes(counts):
    model = bg.Model("y ~ x + (1 | g)", counts, family="poisson")
    text = " ".join(repr(at_maximum(model).parity()).split())
    assert f"Laplace {LAPLACE:g} standard errors or more" in text
    assert f"{POSTERIOR:g} posterior standard deviations or more" in text
    assert "without the priors" in text
