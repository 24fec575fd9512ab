"""Compiled likelihoods against the densities of the families, and against SciPy in the extremes."""

from __future__ import annotations

import math
from functools import cache

import numba
import numpy as np
import pytest
from scipy import special, stats
from seeds import generator

from bayesglmm.engine.likelihoods import LIKELIHOODS, arithmetic, find_likelihood
from bayesglmm.engine.likelihoods.likelihood import multiplicities
from bayesglmm.families import FAMILIES, Rows, find_family, find_link

compile_function = cache(
    numba.njit(error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
)


def from_python(function):
    """A part of compiled code, to be called from Python."""
    return numba.njit(lambda *arguments: function(*arguments))


exp = from_python(arithmetic.exp)
expm1 = from_python(arithmetic.expm1)
gamma_half_step = from_python(arithmetic.gamma_half_step)
gamma_ratio = from_python(arithmetic.gamma_ratio)
log = from_python(arithmetic.log)
log1p = from_python(arithmetic.log1p)
log_ndtr_and_ratio = from_python(arithmetic.log_ndtr_and_ratio)
logistic = from_python(arithmetic.logistic)

ETA = (-700.0, -40.0, 0.0, 40.0, 700.0)
PARAMETERS = {"gaussian": "sigma", "negative_binomial": "alpha"}
STEP = 1e-3


def evaluate(likelihood, eta, *statistics, parameter=1.0):
    """Log likelihood, score and slope of the log of the parameter, from the row function."""
    eta = np.atleast_1d(np.asarray(eta, dtype=float))
    cells = likelihood.cells(*(np.full(eta.shape, one, dtype=float) for one in statistics))
    score = np.full(eta.shape, np.nan)
    total, slope = compile_function(likelihood.rows)((eta,), (score,), cells, parameter)
    return total, score, slope


def derivative(function, at):
    """By central differences of fourth order."""
    near = function(at + STEP) - function(at - STEP)
    far = function(at + 2 * STEP) - function(at - 2 * STEP)
    return (8 * near - far) / (12 * STEP)


class Problem:
    """Rows of which several share a cell, and the linear predictor of each."""

    def __init__(self, likelihood, count=60, repeats=5):
        rng = generator(11)
        self.likelihood = likelihood
        self.family, self.link = find_family(likelihood.family), find_link(likelihood.link)
        positive = likelihood.link in ("identity", "sqrt")
        self.cell = rng.permutation(np.repeat(np.arange(count), repeats))
        self.eta = rng.uniform(0.3, 4.0, count) if positive else rng.normal(size=count)
        n = count * repeats
        self.offset = rng.normal(size=n) * 0.5
        exposure = rng.lognormal(size=n) if self.family.takes_exposure else 1.0
        if "exposure" in likelihood.keys:
            exposure = exposure[self.cell]
        trials = rng.integers(1, 30, n) if likelihood.family == "binomial" else 1.0
        draws = Rows(y=None, exposure=exposure, trials=trials)
        self.parameters = {PARAMETERS.get(likelihood.family, "none"): 1.7}
        y = self.family.draw(rng, self.link, self.predictor(self.eta), draws, self.parameters)
        self.rows = Rows(y=y, exposure=exposure, trials=trials)
        self.statistics = likelihood.summarise(self.rows, self.offset, self.cell, count)

    def predictor(self, eta):
        return eta[self.cell] + (self.offset if self.likelihood.folds_offset else 0.0)

    def expected(self, eta, **parameters):
        """Log density of each row."""
        parameters = self.parameters | parameters
        return self.family.log_density(self.link, self.predictor(eta), self.rows, parameters)

    def found(self, parameter=1.7):
        """Log likelihood, score and slope of all parts."""
        s = self.statistics
        total, score, slope = evaluate(self.likelihood, self.eta, *s.cells, parameter=parameter)
        if self.likelihood.rest is not None:
            part, change = compile_function(self.likelihood.rest)(s.rest, parameter)
            total, slope = total + part, slope + change
        return total + s.constant, score, slope


@pytest.fixture(scope="module", params=LIKELIHOODS, ids=repr)
def problem(request):
    return Problem(request.param)


def test_a_family_has_one_for_every_link_or_none():
    compiled = {likelihood.family for likelihood in LIKELIHOODS}
    assert compiled >= {"gaussian", "bernoulli", "binomial", "poisson", "negative_binomial"}
    known = [family for family in FAMILIES if family.name in compiled]
    pairs = {(family.name, link) for family in known for link in family.links}
    assert {(likelihood.family, likelihood.link) for likelihood in LIKELIHOODS} == pairs
    assert len(LIKELIHOODS) == len(pairs)
    assert find_likelihood("poisson", "logit") is None
    for likelihood in LIKELIHOODS:
        assert find_likelihood(likelihood.family, likelihood.link) is likelihood


def test_cells_sum_to_the_density_of_the_rows(problem):
    assert problem.found()[0] == pytest.approx(problem.expected(problem.eta).sum(), rel=1e-12)


def test_score_is_the_derivative(problem):
    by_row = derivative(problem.expected, problem.eta)
    expected = np.bincount(problem.cell, by_row)
    np.testing.assert_allclose(problem.found()[1], expected, rtol=1e-7, atol=1e-7)


def test_slope_of_the_parameter_beside_the_mean_is_the_derivative(problem):
    name = PARAMETERS.get(problem.likelihood.family)
    assert (problem.likelihood.rest is None) == (name is None)
    if name is None:
        assert problem.found()[2] == 0
        return
    expected = derivative(
        lambda log_value: problem.expected(problem.eta, **{name: math.exp(log_value)}).sum(),
        math.log(1.7),
    )
    assert problem.found()[2] == pytest.approx(expected, rel=1e-8)


def test_score_is_not_a_number_only_where_the_predictor_is_not(problem):
    s = problem.statistics
    eta = problem.eta.copy()
    eta[3] = np.nan
    total, score, _ = evaluate(problem.likelihood, eta, *s.cells)
    assert not total > -np.inf
    assert np.isfinite(np.delete(score, 3)).all()


def test_gaussian_squares_keep_their_digits():
    """Deviations of order 1 from a mean of 1e9, in few cells of many rows."""
    rng = generator(3)
    deviations = rng.integers(-4, 5, (40_000, 2)).astype(float)
    cell = np.tile([0, 1], 40_000)
    y = deviations.ravel() + 1e9
    found = find_likelihood("gaussian", "identity").summarise(Rows(y), np.zeros(80_000), cell, 2)
    expected = 40_000 * deviations.var(axis=0).sum()
    assert found.rest.rows == [80_000]
    assert found.rest.squares[0] == pytest.approx(expected, rel=1e-11)
    np.testing.assert_allclose(found.cells.mean - 1e9, deviations.mean(axis=0), atol=1e-7)


@pytest.mark.parametrize("largest", [7, 10**12])
def test_multiplicities(largest):
    found = multiplicities(np.array([0.0, 3.0, largest, 3.0, 0.0, 3.0]))
    assert [values.tolist() for values in found] == [[0, 3, largest], [2, 3, 1]]


TAILS = {"logit": stats.logistic, "probit": stats.norm, "cloglog": stats.gumbel_l}
RATIOS = {  # derivatives of the logs of both probabilities, at eta and at e^eta
    "logit": lambda eta, _: (special.expit(-eta), -special.expit(eta)),
    "probit": lambda eta, _: (inverse_mills(eta), -inverse_mills(-eta)),
    "cloglog": lambda _, hazard: (hazard / np.expm1(hazard), -hazard),
}


def inverse_mills(x):
    if x < 0:
        return math.sqrt(2 / math.pi) / special.erfcx(-x / math.sqrt(2))
    return stats.norm.pdf(x) / stats.norm.cdf(x)


@pytest.mark.parametrize("link", TAILS)
@pytest.mark.parametrize("eta", ETA)
@pytest.mark.parametrize(("successes", "failures"), [(0, 1e9), (1, 0), (1e9, 7)])
def test_binomial_extremes(link, eta, successes, failures):
    with np.errstate(over="ignore"):
        expected = successes * TAILS[link].logcdf(eta) if successes else 0.0
        expected += failures * TAILS[link].logsf(eta) if failures else 0.0
        for_success, for_failure = RATIOS[link](eta, np.exp(eta))
        slope = successes * for_success + failures * for_failure
    found, score, _ = evaluate(find_likelihood("binomial", link), eta, successes, failures)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(score[0], slope, rtol=1e-12, atol=1e-300)


def is_outside(link, eta, y):
    """Whether a count is impossible, or the mean negative."""
    return (link == "identity" and eta < 0) or (link != "log" and eta == 0 and y > 0)


@pytest.mark.parametrize("eta", ETA)
@pytest.mark.parametrize("y", [0.0, 1.0, 1e9])
@pytest.mark.parametrize("exposure", [1e-6, 1.0, 1e9])
@pytest.mark.parametrize("link", ["log", "identity", "sqrt"])
def test_poisson_extremes(link, eta, y, exposure):
    found, score, _ = evaluate(find_likelihood("poisson", link), eta, y, exposure)
    if is_outside(link, eta, y):
        assert (found, score[0]) == (-np.inf, 0)
        return
    with np.errstate(over="ignore"):
        rate = find_link(link).inverse(eta)
        log_rate = eta if link == "log" else np.log(rate if y else 1.0)
        over_eta = 0.0 if y == 0 else {"log": y}.get(link) or y / eta
        slope = {
            "log": y - exposure * rate,
            "identity": over_eta - exposure,
            "sqrt": 2 * (over_eta - exposure * eta),
        }[link]
        expected = y * log_rate - exposure * rate
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    np.testing.assert_allclose(score[0], slope, rtol=1e-12)


@pytest.mark.parametrize("eta", ETA)
@pytest.mark.parametrize("y", [0.0, 1.0, 1e9])
@pytest.mark.parametrize("exposure", [1e-6, 1e9])
@pytest.mark.parametrize("alpha", [1e-6, 1.7, 1e12])
@pytest.mark.parametrize("link", ["log", "identity", "sqrt"])
def test_negative_binomial_extremes(link, eta, y, exposure, alpha):
    likelihood = find_likelihood("negative_binomial", link)
    rows, log_exposure = 3.0, math.log(exposure)
    found, score, slope = evaluate(likelihood, eta, y, rows, log_exposure, parameter=alpha)
    if is_outside(link, eta, y):
        assert (found, score[0]) == (-np.inf, 0)
        return
    if link != "log" and eta == 0:
        assert (found, slope) == (0, 0)
        assert score[0] == pytest.approx(-rows * exposure if link == "identity" else 0.0)
        return
    log_rate = eta if link == "log" else np.log(find_link(link).inverse(eta))
    log_odds = log_rate + log_exposure - math.log(alpha)
    softplus, softplus_of_minus = np.logaddexp(0, log_odds), np.logaddexp(0, -log_odds)
    by_log_mean = y * special.expit(-log_odds) - rows * alpha * special.expit(log_odds)
    spread = rows * alpha * softplus
    log_mean_by_eta = {"log": 1.0, "identity": 1 / (eta or 1.0), "sqrt": 2 / (eta or 1.0)}[link]
    expected = [
        -y * softplus_of_minus - spread,
        by_log_mean * log_mean_by_eta,
        -by_log_mean - spread,
    ]
    # Terms of opposite sign may cancel; below 1e-290 the exponential function stops.
    tolerance = 1e-13 * (y + spread) + 1e-290
    np.testing.assert_allclose([found, score[0], slope], expected, rtol=2e-12, atol=tolerance)


@pytest.mark.parametrize("eta", ETA)
@pytest.mark.parametrize("sigma", [1e-3, 2.0, 1e6])
@pytest.mark.parametrize("link", ["identity", "log"])
def test_gaussian_extremes(link, eta, sigma):
    rows, mean_of_y = 1e9, 3.5
    found, score, slope = evaluate(
        find_likelihood("gaussian", link), eta, rows, mean_of_y, parameter=sigma
    )
    with np.errstate(over="ignore"):
        mean = find_link(link).inverse(np.float64(eta))
        residual = (mean_of_y - mean) / sigma
        squares = rows * np.square(residual)
        expected = rows * residual * find_link(link).slope(np.float64(eta)) / sigma
    np.testing.assert_allclose([found, slope], [-squares / 2, squares], rtol=1e-12)
    np.testing.assert_allclose(score[0], expected, rtol=1e-12)


def test_exp():
    x = np.concatenate([np.linspace(-708, 709, 5001), np.linspace(-1, 1, 1001)])
    found = np.array([exp(value) for value in x])
    np.testing.assert_allclose(found, np.exp(x), rtol=5e-16)
    assert exp(0.0) == 1
    assert exp(1e9) == exp(709.0) < np.inf
    assert exp(-np.inf) == exp(-708.0) > 0
    assert np.isnan(exp(np.nan))


def test_logistic():
    x = np.concatenate([np.linspace(-700, 700, 2001), np.linspace(-3, 3, 1001)])
    found = np.array([logistic(value) for value in x]).T
    tail = np.log1p(np.exp(-np.abs(x)))
    expected = [np.maximum(x, 0) + tail, np.maximum(-x, 0) + tail]
    expected += [special.expit(x), special.expit(-x)]
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_log_ndtr_and_ratio():
    x = np.concatenate([-np.logspace(3, -6, 400), np.linspace(-8, 37, 1001)])
    log_ndtr, ratio = np.array([log_ndtr_and_ratio(value) for value in x]).T
    np.testing.assert_allclose(log_ndtr, special.log_ndtr(x), rtol=1e-12)
    np.testing.assert_allclose(ratio, [inverse_mills(value) for value in x], rtol=1e-12)
    assert log_ndtr_and_ratio(40.0) == pytest.approx((0, 0), abs=1e-300)


@pytest.mark.parametrize("alpha", [1e-6, 0.3, 0.9999, 1.0, 9.99, 10.0, 123.4, 1e6, 1e12])
@pytest.mark.parametrize("y", [0, 1, 2, 17, 4000])
def test_gamma_ratio(alpha, y):
    """Against the sums over the factors of the ratio."""
    factors = alpha + np.arange(y)
    rise, slope = gamma_ratio(alpha, math.log(alpha), float(y))
    assert rise == pytest.approx(math.fsum(np.log(factors)), rel=1e-14, abs=1e-14)
    assert slope == pytest.approx(math.fsum(alpha / factors), rel=1e-14, abs=1e-16)


@pytest.mark.parametrize("alpha", [1e-6, 0.3, 50.0, 1e6, 1e12])
def test_gamma_ratio_of_large_counts(alpha):
    y = 1e9
    rise, slope = gamma_ratio(alpha, math.log(alpha), y)
    expected = special.gammaln(y) - special.betaln(alpha, y)
    assert rise == pytest.approx(expected, rel=1e-12)
    if alpha < 1e7:
        expected = alpha * (special.psi(alpha + y) - special.psi(alpha))
        assert slope == pytest.approx(expected, rel=1e-13)
    else:
        assert slope == pytest.approx(alpha * math.log1p(y / alpha), rel=1e-12)


@pytest.mark.parametrize("z", [1e-6, 0.3, 1.0, 1.4, 37.0])
def test_gamma_half_step(z):
    rise, slope = gamma_half_step(z)
    assert rise == pytest.approx(math.lgamma(z + 0.5) - math.lgamma(z), rel=1e-12, abs=1e-13)
    expected = z * (special.psi(z + 0.5) - special.psi(z))
    assert slope == pytest.approx(expected, rel=1e-12)


def test_gamma_half_step_far_out():
    rise, slope = gamma_half_step(1e13)
    assert rise == pytest.approx(0.5 * math.log(1e13), rel=1e-14)
    assert slope == pytest.approx(0.5, rel=1e-12)


def test_logarithms_and_their_inverse():
    x = np.concatenate([np.logspace(-300, 300, 1201), np.linspace(0.4, 2.6, 1001)])
    np.testing.assert_allclose([log(value) for value in x], np.log(x), rtol=4e-16, atol=3e-16)
    x = np.concatenate([np.logspace(-20, 300, 901), -np.logspace(-20, -1e-6, 400)])
    np.testing.assert_allclose([log1p(value) for value in x], np.log1p(x), rtol=8e-16)
    x = np.concatenate([np.linspace(-40, 700, 2001), np.linspace(-1, 1, 801), [-1e-18, 0.0, 1e-9]])
    np.testing.assert_allclose([expm1(value) for value in x], np.expm1(x), rtol=8e-16)
