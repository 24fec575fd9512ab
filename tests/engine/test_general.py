"""General likelihoods: against the families' own densities, and numbers that have predictors."""

from __future__ import annotations

import math

import numba
import numpy as np
import pandas as pd
import pytest
from kernel_maker import central_differences, general_likelihoods
from scipy import integrate, special, stats
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.engine.arrow import as_array
from bayesglmm.engine.coupling import coupled_information
from bayesglmm.engine.kernel.carried import carried, carrier
from bayesglmm.engine.kernel.likelihood_calls import evaluate_rows
from bayesglmm.engine.kernel_sampler import make_target, run_pilot
from bayesglmm.engine.likelihoods import arithmetic, find_general
from bayesglmm.engine.pilot_expectation import _one_by_one, _product
from bayesglmm.engine.pilot_gaussian import make_layout
from bayesglmm.engine.pilot_prior import coefficient_prior, fixed_prior
from bayesglmm.families import Rows, find_family, find_link
from bayesglmm.families.prior import DISTRIBUTIONS

GENERAL = general_likelihoods()
CELLS, REPEATS = 40, 4
LOCATIONS = {"identity": (0.3, 4.0), "sqrt": (0.3, 2.0)}


class Problem:
    """Rows of which several share a cell, and the linear predictors of each."""

    def __init__(self, likelihood):
        rng = generator(11)
        self.likelihood, self.family = likelihood, find_family(likelihood.family)
        self.links = [find_link(name) for name in likelihood.links]
        self.cell = rng.permutation(np.repeat(np.arange(CELLS), REPEATS))
        eta = 0.6 * rng.normal(size=(CELLS, len(self.links)))
        if likelihood.link in LOCATIONS:
            eta[:, 0] = rng.uniform(*LOCATIONS[likelihood.link], CELLS)
        n = CELLS * REPEATS
        exposure = rng.lognormal(size=n) if self.family.takes_exposure else np.ones(n)
        trials = rng.integers(2, 30, n) if self.family.takes_trials else np.ones(n)
        if "exposure" in likelihood.keys:
            exposure = exposure[self.cell]
        if "trials" in likelihood.keys:
            trials = trials[self.cell]
        rows = Rows(None, exposure, trials)
        y = self.family.draw(rng, self.links[0], eta[self.cell, 0], rows, self.parameters(eta))
        if "y" in likelihood.keys:
            y = y[np.unique(self.cell, return_index=True)[1]][self.cell]
        self.eta, self.rows = eta, Rows(y, exposure, trials)
        self.statistics = likelihood.summarise(self.rows, np.zeros(n), self.cell, CELLS)

    def parameters(self, eta):
        """Of each row, beside the location."""
        pairs = zip(self.family.others, self.links[1:], eta[self.cell, 1:].T, strict=True)
        return {item.name: link.inverse(own) for item, link, own in pairs}

    def expected(self, eta):
        """Log density of the rows of each cell."""
        own = eta[self.cell, 0]
        density = self.family.log_density(self.links[0], own, self.rows, self.parameters(eta))
        return np.bincount(self.cell, density)


@pytest.fixture(scope="module", params=GENERAL, ids=repr)
def problem(request):
    return Problem(request.param)


def test_cells_sum_to_the_density_of_the_rows(problem):
    found, _, slope = evaluate_rows(problem.likelihood, problem.statistics, problem.eta.ravel(), 1)
    expected = problem.expected(problem.eta).sum()
    assert found + problem.statistics.constant == pytest.approx(expected, rel=1e-9)
    assert slope == 0


def test_scores_are_the_derivatives(problem):
    _, score, _ = evaluate_rows(problem.likelihood, problem.statistics, problem.eta.ravel(), 1)
    k = len(problem.links)

    def moved(by):
        return problem.expected(problem.eta + by)

    expected = central_differences(moved, np.zeros(k))
    np.testing.assert_allclose(score.reshape(CELLS, k), expected, rtol=1e-7, atol=1e-7)


def test_a_likelihood_needs_every_link():
    assert find_general("nbinom1", ("log", "log")) is find_general("nbinom1", ("log", "log"))
    assert find_general("nbinom1", ("log",)) is None
    assert find_general("nbinom1", ("log", "cloglog")) is None
    assert find_general("nothing", ("log",)) is None


log_gamma = numba.njit(lambda z: arithmetic.log_gamma(z, math.log(z)))
gamma_excess = numba.njit(lambda z: arithmetic.gamma_excess(z, math.log(z)))


def test_one_function_of_several_numbers_of_predictors_is_compiled_for_each():
    """Machine code kept on disk for one number would write beyond the scores of another."""
    rng = generator(6)
    for others in (4, 2, 3):
        likelihood = find_general("categorical", ("log",) * others)
        y, eta = rng.integers(0, others + 1, 30), rng.normal(size=(30, others))
        statistics = likelihood.summarise(Rows(y), np.zeros(30), np.arange(30), 30)
        found, score, _ = evaluate_rows(likelihood, statistics, eta.ravel(), 1.0)
        every = np.column_stack([np.zeros(30), eta])
        log_chances = every - special.logsumexp(every, axis=1, keepdims=True)
        assert found == pytest.approx(log_chances[np.arange(30), y].sum(), rel=1e-12)
        expected = np.eye(others + 1)[y] - np.exp(log_chances)
        np.testing.assert_allclose(score.reshape(30, others), expected[:, 1:], atol=1e-12)


@pytest.mark.parametrize("z", [1e-9, 1e-3, 0.5, 1.0, 1.46, 2.0, 9.99, 10.0, 57.3, 1e6, 1e15])
def test_gamma_functions(z):
    value, slope = log_gamma(z)
    assert value == pytest.approx(math.lgamma(z), rel=1e-13, abs=1e-14)
    assert slope == pytest.approx(special.digamma(z), rel=1e-13, abs=1e-14)
    excess, slope = gamma_excess(z)
    if z < 1e3:
        assert excess == pytest.approx(z * math.log(z) - z - math.lgamma(z), rel=1e-10, abs=1e-12)
        expected = z * (math.log(z) - special.digamma(z))
        assert slope == pytest.approx(expected, rel=1e-11)
    else:
        assert excess == pytest.approx(0.5 * math.log(z / (2 * math.pi)) - 1 / (12 * z), rel=1e-14)
        assert slope == pytest.approx(0.5 + 1 / (12 * z), rel=1e-13)


POSITIVE = [row for row in DISTRIBUTIONS if row.support == "positive"]


@pytest.mark.parametrize("link", ["log", "logit", "identity"])
@pytest.mark.parametrize("c", [-30.0, -1.3, 0.0, 0.4, 25.0])
def test_a_number_behind_a_link_and_its_jacobian(link, c):
    link = find_link(link)
    number, change, log_change, log_slope = carried(carrier(link), c)
    assert number == pytest.approx(float(link.inverse(c)), rel=1e-14)
    assert change == pytest.approx(float(link.slope(np.float64(c))), rel=1e-12)
    assert log_change == pytest.approx(math.log(link.slope(np.float64(c))), rel=1e-12, abs=1e-15)
    expected = central_differences(lambda at: np.log(link.slope(np.asarray(at[0]))), np.array([c]))[
        0
    ]
    assert log_slope == pytest.approx(expected, rel=1e-8, abs=1e-8)


def test_a_number_behind_another_link_is_refused():
    with pytest.raises(ValueError, match="cloglog"):
        carrier(find_link("cloglog"))
    assert carried(carrier(None), 0.7) == (0.7, 1.0, 0.0, 0.0)


@pytest.mark.parametrize("row", POSITIVE, ids=lambda row: row.name)
def test_the_prior_of_a_coefficient_is_that_of_its_number(row):
    """Slope by differences, and its integral over the coefficient that over the number: 1."""
    prior, link = bg.Prior(row.name, **dict.fromkeys(row.arguments, 1.5)), find_link("log")
    for c in (-2.0, 0.1, 1.7):
        slope = central_differences(
            lambda at: np.array(coefficient_prior(prior, link, at[0])[0]), np.array([c])
        )[0]
        assert coefficient_prior(prior, link, c)[1] == pytest.approx(slope, rel=1e-8, abs=1e-9)
        expected = prior.log_density(np.exp(c)) + c
        origin = prior.log_density(1.0) - coefficient_prior(prior, link, 0.0)[0]
        assert coefficient_prior(prior, link, c)[0] + origin == pytest.approx(expected, rel=1e-12)
    if not row.proper:
        return
    total, _ = integrate.quad(
        lambda c: np.exp(prior.log_density(np.exp(c)) + c), -40, 40, points=[0], limit=400
    )
    assert total == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("row", POSITIVE, ids=lambda row: row.name)
def test_a_number_that_no_double_holds_is_no_step_of_the_pilot(row):
    """A step may be taken that far before it is halved."""
    prior, link = bg.Prior(row.name, **dict.fromkeys(row.arguments, 1.5)), find_link("log")
    for c in (-800.0, 800.0):
        value, slope = coefficient_prior(prior, link, c)
        assert value < 0 or not row.proper
        assert not np.isnan(value)
        assert not np.isnan(slope)


def counts_model(**options):
    rng = generator(5)
    x = rng.normal(size=80)
    y = rng.poisson(np.exp(1.0 + 0.3 * x) * rng.gamma(2.0, 0.5, 80))
    return bg.Model("y ~ x", pd.DataFrame({"y": y, "x": x}), family="nbinom1", **options)


@pytest.mark.parametrize("row", POSITIVE, ids=lambda row: row.name)
def test_the_pilot_has_a_positive_curvature_of_every_prior(row):
    prior = bg.Prior(row.name, **dict.fromkeys(row.arguments, 1.5))
    model = counts_model(priors={"alpha": prior})
    coordinates = make_target(model.design, model.priors).coordinates
    assert coordinates.links[-1] is find_link("log")
    for c in (-20.0, -1.0, 0.0, 2.0, 20.0):
        slope, curvature = fixed_prior(coordinates, np.array([0.5, 0.1, c]))
        assert np.all(curvature > 0)
        assert slope[-1] == coefficient_prior(prior, find_link("log"), c)[1]


def test_draws_of_a_number_are_on_its_natural_scale():
    model = counts_model(priors={"alpha": bg.Prior("Gamma", alpha=4000, beta=2000)})
    fit = model.fit(seed=seed(1), draws=200)
    assert fit.draws.run.engine == "kernel"
    alpha = fit.draws.posterior["alpha"]
    assert alpha.dims == ("chain", "draw")
    # The prior alone tells it: mean 2, sd 0.032; 800 draws whose mean is within a sd of 2
    assert abs(float(alpha.mean()) - 2.0) < 0.03
    assert stats.iqr(alpha) < 0.1


def test_the_rule_of_one_predictor_at_a_time():
    """Exact for sums of functions of one predictor, and as good as the product there."""
    places, masses = _one_by_one((7, 7, 7))
    assert places.shape == (1 + 3 * 6, 3)
    assert masses.sum() == pytest.approx(1.0)
    found = masses @ (places**4 @ [1.0, 2.0, 3.0] + places @ [1.0, 1.0, 1.0])
    assert found == pytest.approx(3 * 6.0)
    one, mass = _product((7,))
    np.testing.assert_allclose(mass @ one**4, 3.0)
    np.testing.assert_allclose(masses @ (places[:, 0] * places[:, 1]), 0.0, atol=1e-14)


@pytest.mark.parametrize("terms", ["(1 | g)", "x + (1 + x | g) + (1 | h)"])
def test_coupled_information_is_the_sum_over_the_cells(terms):
    """Rows of both predictors times a matrix of each; the shaft alone loses what is negative."""
    rng = generator(3)
    data = pd.DataFrame(
        {
            "y": rng.poisson(3.0, 60),
            "x": rng.normal(size=60),
            "g": rng.integers(0, 5, 60),
            "h": rng.integers(0, 3, 60),
        }
    )
    model = bg.Model(f"y ~ {terms}", data, family="nbinom1", alpha="~ x + (1 | g)")
    target = make_target(model.design, model.priors)
    layout = make_layout(target, np.zeros(target.coordinates.fixed), lambda: None)
    columns, m = layout.columns, target.cells.count // 2
    shaft = columns.shaft
    head = [np.eye(f.levels)[f.index, :, None] * f.Z.T[:, None] for f in (*columns.head, shaft)]
    rows = np.concatenate([columns.X.T, *(part.reshape(2 * m, -1) for part in head)], axis=1)
    root = rng.normal(size=(m, 2, 2))
    for weight in (root @ root.swapaxes(1, 2), root + root.swapaxes(1, 2)):
        apart = rows.reshape(m, 2, -1)
        expected = np.einsum("mkp,mkl,mlr->pr", apart, weight, apart)
        found = coupled_information(columns, weight)
        h = found.head.shape[0]
        np.testing.assert_allclose(found.head, expected[:h, :h], atol=1e-10)
        np.testing.assert_allclose(as_array(found.cross), expected[h:, :h], atol=1e-10)
        for level, block in enumerate(found.shaft):
            own = slice(h + level * shaft.q, h + (level + 1) * shaft.q)
            values, vectors = np.linalg.eigh(expected[own, own])
            positive = (vectors * np.maximum(values, 0)) @ vectors.T
            np.testing.assert_allclose(block, positive, atol=1e-10)


def test_the_pilot_knows_what_predictors_tell_of_each_other():
    """Its covariance of the coefficients is that of the draws, between mean and shape too."""
    rng = generator(4)
    x = rng.normal(size=400)
    y = rng.poisson(rng.gamma(np.exp(1.0 + 0.3 * x) / 1.5, 1.5))
    model = bg.Model("y ~ x", pd.DataFrame({"y": y, "x": x}), family="nbinom1", alpha="~ x")
    pilot = run_pilot(model.design, make_target(model.design, model.priors)).transport
    draws = model.fit(seed=seed(2), draws=500).draws.posterior
    scale = model.design.predictor.fixed.scale[0]
    names = {"Intercept_centered": 1, "x": scale, "alpha_Intercept_centered": 1, "alpha_x": scale}
    own = np.array([draws[name].to_numpy().ravel() * size for name, size in names.items()])
    z = np.linalg.solve(pilot.fixed_factor, own - pilot.fixed_center[:, None])
    # 2,000 draws: covariances are off by 0.05 at most, and by 0.2 where the posterior is skew
    np.testing.assert_allclose(np.cov(z), np.eye(4), atol=0.4)
    np.testing.assert_allclose(z.mean(axis=1), 0.0, atol=0.4)
