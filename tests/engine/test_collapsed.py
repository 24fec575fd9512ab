"""Group effects integrated out: the same posterior as the No-U-Turn sampler's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import block_diag
from scipy.sparse import csr_matrix
from scipy.special import logsumexp
from seeds import bound, generator, seed

import bayesglmm as bg
from bayesglmm.engine.collapsed import conditionals, sampling
from bayesglmm.engine.collapsed.chains import IndependentChains, propose, warm_up
from bayesglmm.engine.collapsed.conditionals import (
    by_nodes,
    of_counts,
    polynomial_lines,
)
from bayesglmm.engine.collapsed.cross_products import cross_products
from bayesglmm.engine.collapsed.exact import make_exact
from bayesglmm.engine.collapsed.from_table import draw_from_table
from bayesglmm.engine.collapsed.heads import Proposal, evenness, learned, make_proposal
from bayesglmm.engine.collapsed.levels import Levels
from bayesglmm.engine.collapsed.peak import around_peak
from bayesglmm.engine.collapsed.sampling import Beginning, beyond_collapse, make_collapsed
from bayesglmm.engine.convergence import convergence
from bayesglmm.engine.jit import cached_njit
from bayesglmm.engine.kernel_sampler import make_target, run_pilot
from bayesglmm.engine.quantile_errors import quantile_errors
from bayesglmm.errors import EngineError, SpecError

PARTS = (0.05, 0.25, 0.5, 0.75, 0.95)


def rows(groups: int = 25, each: int = 16) -> pd.DataFrame:
    """Rows of every kind of response, in groups of which some say little."""
    rng = generator(5)
    g = np.repeat(np.arange(groups), each)[: groups * each - each // 2]
    x = rng.normal(size=len(g))
    eta = 0.3 * x + rng.normal(0, 0.7, groups)[g]
    rate = np.exp(eta + 0.5)
    size = rng.integers(2, 6, len(g))
    return pd.DataFrame(
        {
            "x": x,
            "g": [f"group {k:02d}" for k in g],
            "time": rng.uniform(0.5, 2.0, len(g)),
            "count": rng.poisson(rate),
            "mixed": rng.negative_binomial(2.0, 2.0 / (2.0 + rate)),
            "binary": rng.binomial(1, 1 / (1 + np.exp(-eta))),
            "size": [f"{s} trials" for s in size],
            "trials": size,
            "wins": rng.binomial(size, 1 / (1 + np.exp(-eta))),
        }
    )


MODELS = {
    "poisson": ("count ~ x + offset(log(time)) + (1 | g)", "poisson", "log"),
    "poisson, square root": ("count ~ x + (1 | g)", "poisson", "sqrt"),
    "bernoulli": ("binary ~ x + (1 | g)", "bernoulli", "logit"),
    "binomial, probit": ("p(wins, trials) ~ x + (1 | g)", "binomial", "probit"),
    "negative binomial": ("mixed ~ x + (1 | g)", "negative_binomial", "log"),
    "gaussian, crossed": ("time ~ x + (1 | g) + (1 | size)", "gaussian", "identity"),
    "gaussian, slopes": ("time ~ x + (1 + x || g)", "gaussian", "identity"),
    "gaussian, log": ("time ~ x + (1 | g)", "gaussian", "log"),
}


def make_model(name: str, data: pd.DataFrame) -> bg.Model:
    formula, family, link = MODELS[name]
    return bg.Model(formula, data, family=family, link=link)


def target_and_pilot(model: bg.Model):
    target = make_target(model.design, model.priors)
    return target, run_pilot(model.design, target)


@pytest.mark.parametrize("name", ["poisson", "bernoulli", "negative binomial"])
def test_weights_are_the_density_with_the_effects_integrated_out(name, monkeypatch):
    """With fine, wide tables each is the log of an integral, taken here on a product grid."""
    monkeypatch.setattr(conditionals, "REACH", 8.0)
    model = make_model(name, rows(groups=2, each=7))
    target = make_target(model.design, model.priors)
    levels = Levels(
        target=target,
        X=np.ascontiguousarray(target.cells.fixed().T),
        starts=np.searchsorted(target.cells.factors[0].index, np.arange(3)),
        information=np.zeros(2),
        linear=np.zeros(2),
        cross=np.zeros((2, target.coordinates.fixed)),
        fixed=np.zeros(target.coordinates.fixed),
    )
    if name == "poisson":
        fine = replace(of_counts(levels), points=60_001)
    else:
        nodes, grid = 8 * np.cos(np.pi * np.arange(19) / 18), np.linspace(-8, 8, 60_001)
        lines = polynomial_lines(nodes, grid)
        fine = replace(by_nodes(levels, 19), nodes=nodes, grid=grid, lines=lines)
    rng = generator(1)
    head = 0.3 * rng.standard_normal(target.coordinates.theta + target.coordinates.fixed)
    head[0] = np.log(0.3)  # the table is of 16 of these
    _, weights = fine.draw(np.tile(head, (4, 1)), rng)
    v, step = np.linspace(-8, 8, 33, retstep=True)
    found = [target.natural.density(np.array([*head, a, b]))[0] for a in v for b in v]
    exact = logsumexp(found) + 2 * np.log(step)
    assert weights == pytest.approx(np.full(4, exact), abs=1e-8)


@pytest.mark.parametrize(
    "formula",
    [
        "time ~ x + (1 | g) + (1 | size)",
        "time ~ x + offset(0.3 * x) + (1 + x || g) + (0 + x | size)",
        "time ~ 1 + (1 | g)",
    ],
)
def test_a_gaussian_response_is_integrated_exactly(formula):
    """Density of theta, and draws of the rest: by the Hessian of the kernel's density."""
    model = bg.Model(formula, rows(groups=6, each=8), family="gaussian")
    target = make_target(model.design, model.priors)
    T, size = target.coordinates.theta, target.coordinates.size
    theta = 0.3 * generator(6).standard_normal(T) - 0.7

    def gradient(rest):
        return target.natural.density(np.concatenate([theta, rest]))[1][T:]

    zero = np.zeros(size - T)
    slope = gradient(zero)
    hessian = -np.array([gradient(unit) - slope for unit in np.eye(size - T)])
    mode = np.linalg.solve(hessian, slope)
    peak = target.natural.density(np.concatenate([theta, mode]))[0]
    log_determinant = np.linalg.slogdet(hessian / (2 * np.pi))[1]
    exact = make_exact(target, lambda: None)
    assert exact.log_density(theta) == pytest.approx(peak - 0.5 * log_determinant, abs=1e-8)
    draws, logs = exact.draw(np.tile(theta, (4000, 1)), generator(7))
    assert logs == pytest.approx(exact.log_density(theta))
    scale = np.ones(size - T)  # the kernel's effects are in units of their sds
    for number, (start, factor) in enumerate(
        zip(target.coordinates.starts, target.coordinates.factors, strict=True)
    ):
        sds = np.diagonal(target.coordinates.covariance_factor(number, theta))
        scale[start - T : start - T + factor.size] = np.tile(sds, factor.levels)
    covariance = scale[:, None] * np.linalg.inv(hessian) * scale
    root = np.linalg.cholesky(covariance)
    z = np.linalg.solve(root, (draws - scale * mode).T)
    assert np.all(np.abs(z.mean(axis=1)) * np.sqrt(4000) < bound(len(z)))
    products = (z @ z.T / 4000 - np.eye(len(z))) * np.sqrt(4000 / (1 + np.eye(len(z))))
    assert np.all(np.abs(products) < bound(len(z) ** 2) * 1.1)  # a little heavier than normal


@pytest.mark.parametrize("sparse", [False, True])
def test_cross_products_of_blocks(sparse):
    rng = generator(8)
    cross, factors = rng.standard_normal((6, 5)), np.tril(rng.standard_normal((3, 2, 2)))
    cross[2:4, 1:3] = 0.0
    head = np.asfortranarray(rng.standard_normal((5, 5)))
    scaled = block_diag(*factors) @ cross
    wanted = np.tril(head - scaled.T @ scaled)
    found = cross_products(csr_matrix(cross) if sparse else cross, factors, head)
    assert (found.toarray() if sparse else found) == pytest.approx(scaled)
    assert np.tril(head) == pytest.approx(wanted)


def test_the_peak_of_a_parabola_is_found():
    precision, mean = np.array([[4.0, 1.0], [1.0, 1.0]]), np.array([0.5, -2.0])
    found = around_peak(lambda x: -0.5 * (x - mean) @ precision @ (x - mean), np.zeros(2))
    assert found.center == pytest.approx(mean, abs=0.05)
    assert found.covariance == pytest.approx(np.linalg.inv(precision), rel=1e-4)
    with pytest.raises(EngineError, match="no peak"):
        around_peak(lambda _: -np.inf, np.zeros(2))


@pytest.mark.parametrize(
    ("formula", "priors", "words"),
    [
        ("time ~ x + (1 + x | g)", {}, "correlated"),
        ("time ~ x + (1 | g)", {"x": bg.Prior("StudentT", nu=3, mu=0, sigma=1)}, "not normal"),
        ("time ~ x + (1 | row)", {}, "about one row"),
    ],
)
def test_what_of_a_gaussian_response_cannot_be_integrated_out(formula, priors, words):
    data = rows().assign(row=lambda d: [f"row {k}" for k in range(len(d))])
    model = bg.Model(formula, data, family="gaussian", priors=priors)
    assert words in beyond_collapse(make_target(model.design, model.priors))


def test_draws_from_a_table_have_the_density_they_come_with():
    """Of a skewed table: probabilities add up to the share, and the density is their slope."""
    grid = np.linspace(-4, 4, 33)
    logs = -0.5 * grid**2 - 0.15 * grid**3 / (1 + 0.3 * grid**2)
    ends, masses = np.empty(33), np.empty(34)

    def draw(share):
        return cached_njit(_one)(logs, ends, masses, share)

    shares = np.linspace(1e-9, 1 - 1e-9, 2001)
    places, densities = np.array([draw(share) for share in shares]).T
    assert np.all(np.diff(places) > 0)
    around = np.array([draw(s + 1e-7)[0] - draw(s - 1e-7)[0] for s in shares[1:-1]])
    assert np.exp(densities[1:-1]) == pytest.approx(2e-7 / around, rel=1e-5)


def _one(logs, ends, masses, share):
    return draw_from_table(logs, ends, masses, share)


def test_a_table_without_mass_of_its_own_gives_nothing():
    place, density = cached_njit(_one)(np.arange(9.0), np.empty(9), np.empty(10), 0.5)
    assert np.isnan(place)
    assert np.isnan(density)


def test_a_polynomial_has_values_and_slopes_at_its_nodes():
    nodes, grid = np.array([-2.0, 0.0, 0.5]), np.linspace(-4, 4, 9)
    polynomial = np.polynomial.Polynomial([0.3, -1.0, 0.5, 0.2, -0.1, 0.05])
    given = np.concatenate([polynomial(nodes), polynomial.deriv()(nodes)])
    assert polynomial_lines(nodes, grid) @ given == pytest.approx(polynomial(grid))


def test_a_proposal_finds_the_peak_of_a_normal():
    """From 200 draws of a wrong one, to single precision: the log density is a parabola."""
    rng = generator(2)
    precision = np.array([[2.0, 0.5, 0.0], [0.5, 1.0, -0.3], [0.0, -0.3, 4.0]])
    mean = np.array([0.4, -0.2, 0.1])

    def log_density(points):
        apart = points - mean
        return -0.5 * np.einsum("ni,ij,nj->n", apart, precision, apart) + 7.0

    start = Proposal(np.zeros(3), np.eye(3))
    points = start.draw(200, rng)
    logs = log_density(points)
    found = learned(start, points, logs, logs - start.log_density(points))
    assert found.center == pytest.approx(mean, abs=1e-6)
    assert found.covariance == pytest.approx(np.linalg.inv(precision), abs=1e-6)
    again = found.draw(400, rng)
    assert evenness(log_density(again) - found.log_density(again)) > 0.9


def test_a_proposal_is_a_density():
    """Its integral, in two dimensions on a wide grid."""
    proposal = make_proposal(np.array([1.0, -1.0]), np.array([[1.0, 0.6], [0.6, 0.8]]))
    line, step = np.linspace(-60, 60, 1201, retstep=True)
    points = np.array(np.meshgrid(line, line)).reshape(2, -1).T
    assert np.exp(proposal.log_density(points)).sum() * step**2 == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in ("poisson", "bernoulli") else pytest.mark.slow)
        for name in MODELS
    ],
)
def test_the_posterior_is_that_of_the_no_u_turn_sampler(name):
    """Means and quantiles of parameters and effects, within Monte Carlo error."""
    model = make_model(name, rows())
    options = {"draws": 1000, "progress": False, "target_accept": 0.9}
    ours = model.fit(draws=1500, seed=seed(1), progress=False, sampler="collapsed")
    theirs = model.fit(seed=seed(2), **options)
    assert ours.draws.settings.sampler == "collapsed"
    assert ours.draws.posterior.data_vars.keys() == theirs.draws.posterior.data_vars.keys()
    mine, its = ([values(fit, name) for name in theirs.draws.posterior] for fit in (ours, theirs))
    a, b = (np.concatenate(found, axis=2) for found in (mine, its))
    assert a.shape[2] == b.shape[2]
    size_a, size_b = (convergence(one).ess_bulk for one in (a, b))
    error = np.sqrt(a.var((0, 1)) / size_a + b.var((0, 1)) / size_b)
    number = a.shape[2] * (1 + len(PARTS))
    assert np.all(np.abs(a.mean((0, 1)) - b.mean((0, 1))) < bound(number, 0.1) * error)
    apart = [np.quantile(one.reshape(-1, one.shape[2]), PARTS, axis=0) for one in (a, b)]
    errors = [quantile_errors(one, PARTS) for one in (a, b)]
    assert np.all(np.abs(apart[0] - apart[1]) < bound(number, 0.15) * np.hypot(*errors))


def values(fit: bg.Fit, name: str) -> np.ndarray:
    return fit.draws.array(name)


def test_chains_move_by_the_ratio_of_weights():
    """Of a proposal without a density nothing is accepted, and nothing is drawn."""

    class Half:
        """A standard normal without its left half, and one effect."""

        def draw(self, heads, rng):
            logs = np.where(heads[:, 0] > 0, -0.5 * heads[:, 0] ** 2, np.nan)
            return rng.standard_normal((len(heads), 1)), logs

    rng = generator(3)
    start = Proposal(np.zeros(1), np.eye(1))
    chains = IndependentChains(Half(), start, 4, 4000, rng)
    while not chains.wait(0.0):
        pass
    sample = chains.look()
    found = sample.positions[:, 50:, 0]
    assert np.all(found > 0)
    size = convergence(found[..., None]).ess_bulk[0]
    off = (found.mean() - np.sqrt(2 / np.pi)) / (found.std() / np.sqrt(size))
    assert abs(off) < bound(1, 0.05)
    assert 0.3 < sample.statistics["accepted"].mean() < 0.6
    made = propose(Half(), start, 100, rng)
    assert np.all(np.isneginf(made.weights) == (made.positions[:, 0] <= 0))


def test_a_warm_up_ends_once_weights_are_even():
    class Normal:
        """The proposal itself."""

        def draw(self, heads, rng):
            return rng.standard_normal((len(heads), 1)), start.log_density(heads)

    start = Proposal(np.zeros(2), np.eye(2))
    found = warm_up(Normal(), start, 640, generator(1), lambda: None)
    assert found.evenness == pytest.approx(1)
    assert found.evaluations == 160


def test_it_is_taken_for_many_rows_in_many_groups(monkeypatch):
    """And not where the user speaks of the No-U-Turn sampler, or asks for it."""
    monkeypatch.setattr(sampling, "FEWEST_CELLS", 300)
    monkeypatch.setattr(sampling, "FEWEST_LEVELS", 20)
    model = make_model("poisson", rows())
    options = {"draws": 100, "seed": seed(1), "progress": False}
    fit = model.fit(**options)
    assert fit.draws.settings.sampler == "collapsed"
    assert "25 effects of g are integrated out" in repr(fit.engine)
    assert "evaluations of the density" in repr(fit.engine)
    names = [check.name for check in fit.diagnose().checks]
    assert names == ["R-hat", "bulk ESS", "tail ESS", "acceptance"]
    for given in ({"sampler": "nuts"}, {"max_depth": 9}):
        assert model.fit(**options, **given).draws.settings.sampler == "nuts"


def test_few_rows_or_groups_are_left_to_the_no_u_turn_sampler():
    fit = make_model("poisson", rows()).fit(draws=100, seed=seed(1), progress=False)
    assert fit.draws.settings.sampler == "nuts"


def test_uneven_weights_are_left_to_the_no_u_turn_sampler(monkeypatch):
    """And the run says so; where it was asked for, it fails."""
    monkeypatch.setattr(sampling, "FEWEST_CELLS", 300)
    monkeypatch.setattr(sampling, "FEWEST_LEVELS", 20)
    monkeypatch.setattr(sampling, "LEAST_EVENNESS", 1.1)
    model = make_model("poisson", rows())
    options = {"draws": 100, "seed": seed(1), "progress": False}
    fit = model.fit(**options)
    assert fit.draws.settings.sampler == "nuts"
    assert "effects were not integrated out, as the weights" in repr(fit.engine)
    with pytest.raises(EngineError, match="sampler='collapsed' failed: the weights"):
        model.fit(**options, sampler="collapsed")


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("count ~ x", "no group effects"),
        ("count ~ x + (1 | g) + (1 | size)", "2 grouping factors"),
        ("count ~ x + (1 + x | g)", "2 effects"),
        ("count ~ x + (0 + x | g)", "slope"),
        ("count ~ x + (1 | size)", "4 groups, which is too few"),
    ],
)
def test_what_cannot_be_integrated_out_says_why(formula, words):
    model = bg.Model(formula, rows(), family="poisson")
    assert words in beyond_collapse(make_target(model.design, model.priors))
    with pytest.raises(EngineError, match=words):
        model.fit(draws=100, progress=False, sampler="collapsed")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sampler": "gibbs"}, "gibbs"),
        ({"sampler": "collapsed", "target_accept": 0.9}, "target_accept= is of the No-U-Turn"),
        ({"sampler": "collapsed", "engine": "nutpie"}, "one of the kernel's"),
    ],
)
def test_settings_that_contradict_each_other(options, words):
    with pytest.raises(SpecError, match=words):
        bg.engine.make_settings(**options)


def test_a_seed_repeats_a_run():
    model = make_model("bernoulli", rows())
    target, pilot = target_and_pilot(model)
    settings = bg.engine.make_settings(seed=3, sampler="collapsed")
    found = []
    for _ in range(2):
        start = Beginning(pilot.theta, lambda: pilot)
        made = make_collapsed(target, start, settings, 100, lambda: None)
        made.chains.wait(0.0)
        found.append(made.chains.look().positions)
    assert np.array_equal(*found)


@pytest.mark.parametrize("family", ["poisson", "negative_binomial"])
def test_counts_between_bounds_are_no_sums(family):
    """They would be left out of sums over a group's rows, in silence."""
    data = rows(groups=12, each=10)
    hidden = data["count"].where(~data["count"].isin([1, 2]))
    model = bg.Model(
        "suppressed(count, 1, 2) ~ x + (1 | g)", data.assign(count=hidden), family=family
    )
    assert not make_target(model.design, model.priors).likelihood.summed


def test_where_tables_are_loud_within_the_posterior_effects_are_not_integrated_out():
    """Few events a group: three sds from the middle no table describes them, and nothing would
    be accepted there, so that the posterior would end early."""
    rng = np.random.default_rng(2)  # known: that it is refused hangs on the data
    g, x = np.repeat(np.arange(100), 200), rng.normal(size=20_000)
    eta = -7 + 0.3 * x + rng.normal(0, 2, 100)[g]
    data = pd.DataFrame({"g": g, "x": x, "y": (rng.random(20_000) < 1 / (1 + np.exp(-eta))) + 0})
    model = bg.Model("y ~ x + (1 | g)", data, family="bernoulli")
    with pytest.raises(EngineError, match="not described well enough"):
        model.fit(sampler="collapsed", seed=seed(1), ess=200, progress=False)
