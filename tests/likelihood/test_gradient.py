"""Derivatives against differences, integrals against other integrals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats
from seeds import generator

import bayesglmm as bg
from bayesglmm.engine.likelihoods import find_likelihood
from bayesglmm.families import FAMILIES, Rows, find_link
from bayesglmm.likelihood.derivatives import CURVES, RESTS, has_curve
from bayesglmm.likelihood.making import make_problem
from bayesglmm.likelihood.objective import make_objective

PAIRS = [
    (family, link)
    for family in FAMILIES
    for link in family.links
    if has_curve(family, find_link(link))
]
IDS = [f"{family.name}-{link}" for family, link in PAIRS]
RESPONSES = {
    "gaussian": "z",
    "bernoulli": "b",
    "binomial": "p(s, n)",
    "poisson": "y",
    "negative_binomial": "y",
}
STRUCTURES = {
    "columns alone": ("x", 1),
    "one factor": ("x + (1 | g)", 1),
    "one factor, nodes": ("x + (1 | g)", 7),
    "slopes": ("x + (1 + x | g)", 1),
    "slopes, nodes": ("x + (1 + x | g)", 5),
    "crossed": ("x + (1 + x || g) + (1 | h)", 1),
    "three correlated": ("x + (1 + x + t | g)", 1),
}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = generator(3)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=120),
            "t": rng.uniform(0.5, 2, size=120),
            "g": np.repeat(np.arange(12), 10),
            "h": np.tile(np.arange(5), 24),
            "n": rng.integers(3, 9, size=120),
            "z": rng.normal(size=120) + 3,
            "y": rng.poisson(3, size=120),
            "b": rng.integers(0, 2, size=120),
        }
    )
    return frame.assign(s=rng.binomial(frame["n"], 0.4))


def problem_of(frame, family, link, right):
    options = {"exposure": "t"} if family.takes_exposure else {}
    response = RESPONSES[family.name]
    model = bg.Model(f"{response} ~ {right}", frame, family=family.name, link=link, **options)
    return make_problem(model.design)


@pytest.mark.parametrize(("family", "link"), PAIRS, ids=IDS)
def test_curves_are_the_families_densities(family, link):
    rng = generator(4)
    eta = rng.uniform(0.3, 2.5, size=40)
    exposure = rng.uniform(0.5, 3, size=40) if family.takes_exposure else 1.0
    trials = np.full(40, 6.0) if family.name == "binomial" else 1.0
    parameters = {item.name: 1.7 for item in family.others}
    known = find_link(link)
    drawn = family.draw(rng, known, eta, Rows(None, exposure, trials), parameters)
    content = Rows(np.asarray(drawn, dtype=float), exposure, trials)
    likelihood = find_likelihood(family.name, link)
    statistics = likelihood.summarise(content, np.zeros(40), np.arange(40), 40)
    cells, of_rest = statistics.cells, statistics.rest
    curve_of, other = CURVES[family.name, link], np.array([1.7])
    curve = curve_of(eta, cells, other)
    rest = RESTS[family.name](of_rest, other)[0].sum() if family.name in RESTS else 0.0
    direct = family.log_density(known, eta, content, parameters).sum()
    assert curve.value.sum() + rest + statistics.constant == pytest.approx(direct, rel=1e-12)
    h = 1e-5
    up, down = curve_of(eta + h, cells, other), curve_of(eta - h, cells, other)
    for name, slope in (("value", "first"), ("first", "second"), ("second", "third")):
        difference = (getattr(up, name) - getattr(down, name)) / (2 * h)
        assert np.allclose(getattr(curve, slope), difference, rtol=1e-6, atol=1e-6)
    if curve.by_log is not None:
        up, down = (curve_of(eta, cells, other * np.exp(step)) for step in (h, -h))
        for place, name in enumerate(("value", "first", "second")):
            difference = (getattr(up, name) - getattr(down, name)) / (2 * h)
            assert np.allclose(curve.by_log[place], difference, rtol=1e-6, atol=1e-6)
        rests = [RESTS[family.name](of_rest, other * np.exp(step))[0] for step in (h, -h)]
        slope = RESTS[family.name](of_rest, other)[1]
        assert np.allclose(slope, (rests[0] - rests[1]) / (2 * h), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
@pytest.mark.parametrize("eta", [-40.0, -8.0, 0.0, 3.0, 25.0])
def test_tails_of_binary_curves_are_finite(link, eta):
    likelihood = find_likelihood("bernoulli", link)
    for y in (0.0, 1.0):
        content = Rows(np.array([y]))
        cells = likelihood.summarise(content, np.zeros(1), np.arange(1), 1).cells
        curve = CURVES["bernoulli", link](np.array([eta]), cells, np.ones(1))
        (family,) = (family for family in FAMILIES if family.name == "bernoulli")
        if eta < 8 or link != "cloglog":
            direct = family.log_density(find_link(link), np.array([eta]), content, {})
            assert np.allclose(curve.value, direct, rtol=1e-10, atol=1e-300)
        assert np.all(np.isfinite([curve.first, curve.second, curve.third]))
        assert curve.second[0] <= 0


@pytest.mark.parametrize("structure", STRUCTURES, ids=list(STRUCTURES))
@pytest.mark.parametrize(("family", "link"), PAIRS, ids=IDS)
def test_gradient(rows, family, link, structure):
    right, nodes = STRUCTURES[structure]
    problem = problem_of(rows, family, link, right)
    rng = generator(5)
    free = 0.3 * rng.normal(size=problem.size)
    if link in ("identity", "sqrt") and family.name != "gaussian":
        free = 0.05 * free  # every mean is to stay within its domain
        free[0] = 4.0
    objective = make_objective(problem, nodes)
    value, gradient = objective(free)
    assert np.isfinite(value)
    h = 1e-4
    for place, slope in enumerate(gradient):
        step = h * np.eye(problem.size)[place]
        heights = [objective(free + k * step)[0] for k in (2, 1, -1, -2)]
        difference = (8 * (heights[1] - heights[2]) - (heights[0] - heights[3])) / (12 * h)
        assert slope == pytest.approx(difference, rel=1e-6, abs=1e-6)


def test_quadrature_is_the_integral(rows):
    (family,) = (family for family in FAMILIES if family.name == "binomial")
    problem = problem_of(rows, family, "logit", "x + (1 | g)")
    free = np.array([-0.3, 0.2, 0.9])
    value, _ = make_objective(problem, 40)(free)
    curve = CURVES["binomial", "logit"]
    base = problem.sides[0].X @ free[:2]

    def integrand(u: float, level: int) -> float:
        inside = problem.factors[0].index == level
        heights = curve(base + 0.9 * u, problem.cells.cells, np.ones(1)).value
        return float(np.exp(heights[inside].sum()) * stats.norm.pdf(u))

    parts = [
        integrate.quad(integrand, -12, 12, args=(level,), epsabs=0, epsrel=1e-11, limit=200)[0]
        for level in range(12)
    ]
    assert value == pytest.approx(np.log(parts).sum() + problem.cells.constant, abs=1e-7)


def test_two_effects_by_a_product_rule_are_the_integral(rows):
    (family,) = (family for family in FAMILIES if family.name == "poisson")
    problem = problem_of(rows[:30], family, "log", "x + (1 + x | g)")
    free = np.array([0.4, 0.1, 0.5, 0.3, 0.6])
    value, _ = make_objective(problem, 25)(free)
    grid = np.linspace(-8, 8, 321)
    u = np.array(np.meshgrid(grid, grid)).reshape(2, -1)
    length = np.hypot(1.0, 0.6)
    loads = np.array([[0.5, 0.0], [0.3 * 0.6 / length, 0.3 / length]])
    factor = problem.factors[0]
    eta = (problem.sides[0].X @ free[:2])[:, None] + factor.Z @ loads @ u
    heights = CURVES["poisson", "log"](eta, problem.cells.cells, np.ones(1)).value
    total = 0.0
    for level in range(factor.levels):
        inside = heights[factor.index == level].sum(axis=0)
        density = stats.norm.pdf(u).prod(axis=0)
        total += np.log(np.sum(np.exp(inside) * density) * (grid[1] - grid[0]) ** 2)
    assert value == pytest.approx(total + problem.cells.constant, abs=1e-6)


def test_one_node_is_laplace(rows):
    from bayesglmm.likelihood.laplace import laplace
    from bayesglmm.likelihood.modes import find_modes
    from bayesglmm.likelihood.point import take_apart
    from bayesglmm.likelihood.quadrature import make_rule, quadrature

    (family,) = (family for family in FAMILIES if family.name == "bernoulli")
    problem = problem_of(rows, family, "probit", "x + (1 + x | g)")
    free = np.array([0.1, -0.2, 0.7, 0.4, -0.5])
    point = take_apart(problem, free)
    modes = find_modes(problem, point, np.zeros(problem.effects))
    one, ours = quadrature(problem, point, modes, make_rule(1, 2)), laplace(problem, point, modes)
    assert one[0] == pytest.approx(ours[0], rel=1e-13)
    assert np.allclose(one[1], ours[1], rtol=1e-10, atol=1e-10)
