"""Group effects on several predictors: against differences, brute force and closed forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kernel_maker import general_likelihoods
from scipy import optimize, stats
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.families import Rows, find_family, find_link
from bayesglmm.likelihood.making import make_problem
from bayesglmm.likelihood.modes import find_modes, linear_of, with_effects
from bayesglmm.likelihood.objective import make_objective
from bayesglmm.likelihood.point import take_apart
from bayesglmm.likelihood.precision import solve_effects
from bayesglmm.likelihood.sampled import sampled_maximum
from bayesglmm.likelihood.scored import Scored
from bayesglmm.likelihood.show import labels_called


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = generator(31)
    frame = pd.DataFrame(
        {
            "x": rng.normal(5, 1, size=240),
            "z": rng.normal(2, 0.7, size=240),
            "g": np.repeat(np.arange(24), 10),
            "h": np.tile(np.arange(6), 40),
            "t": rng.uniform(0.5, 2, size=240),
        }
    )
    both = rng.multivariate_normal([0, 0], [[0.36, 0.12], [0.12, 0.16]], size=24)[frame["g"]]
    spread = np.exp(-0.5 + 0.4 * frame["z"] + both[:, 1])
    alpha, mean = np.exp(0.2 + 0.3 * frame["z"] + both[:, 1]), frame["t"] * np.exp(1.2 + both[:, 0])
    return frame.assign(
        y=3 + 0.5 * frame["x"] + both[:, 0] + spread * rng.normal(size=240),
        c=rng.negative_binomial(alpha, alpha / (alpha + mean)),
    )


GAUSSIAN = {"family": "gaussian"}
COUNTS = {"family": "negative_binomial", "exposure": "t"}
MODELS = {
    "sigma alone": ("y ~ x", {"sigma": "~ z + (1 | g)"}, GAUSSIAN),
    "mean and sigma": ("y ~ x + (1 | g)", {"sigma": "~ z + (1 | g)"}, GAUSSIAN),
    "correlated": ("y ~ x + (1 |p| g)", {"sigma": "~ z + (1 |p| g)"}, GAUSSIAN),
    "three correlated": ("y ~ x + (1 + x |p| g)", {"sigma": "~ (1 |p| g)"}, GAUSSIAN),
    "crossed": ("y ~ x + (1 | g)", {"sigma": "~ (1 | h)"}, GAUSSIAN),
    "crossed both": ("y ~ x + (1 |p| g) + (1 | h)", {"sigma": "~ (1 |p| g) + (1 | h)"}, GAUSSIAN),
    "log link": ("y ~ x + (1 | g)", {"sigma": "~ (1 | g)"}, GAUSSIAN | {"link": "log"}),
    "shape": ("c ~ x + (1 | g)", {"alpha": "~ z + (1 | g)"}, COUNTS),
    "shape correlated": ("c ~ x + (1 |p| g)", {"alpha": "~ (1 |p| g)"}, COUNTS),
    "shape alone": ("c ~ x", {"alpha": "~ z + (1 + z || h)"}, COUNTS),
    "shape, square root": ("c ~ x", {"alpha": "~ (1 | g)"}, COUNTS | {"link": "sqrt"}),
}
NODES = {"sigma alone": 9, "correlated": 5, "shape": 5, "shape correlated": 7}


def problem_of(rows, name):
    formula, formulas, options = MODELS[name]
    return make_problem(bg.Model(formula, rows, **formulas, **options).design)


def some_numbers(problem, number=5):
    free = 0.2 * generator(number).normal(size=problem.size)
    free[problem.sds] = generator(number + 1).uniform(0.2, 0.7, size=problem.sds.sum())
    free[0] = 5.0 if problem.link.linear else 1.5
    return free


@pytest.mark.parametrize("name", MODELS)
def test_derivatives_of_cells(rows, name):
    problem = problem_of(rows, name)
    assert isinstance(problem.cells, Scored)
    point = take_apart(problem, some_numbers(problem))
    surface = problem.surface(point.etas, 3)
    h, count = 1e-4, len(problem.sides)
    for k in range(count):
        moved = []
        for step in (h, -h):
            etas = list(point.etas)
            etas[k] = etas[k] + step
            moved.append(problem.surface(tuple(etas), 2))
        up, down = moved
        assert np.allclose(
            surface.first[k], (up.value - down.value) / (2 * h), rtol=1e-6, atol=1e-6
        )
        for a, side in enumerate(problem.active):
            slope = (up.first[side] - down.first[side]) / (2 * h)
            assert np.allclose(surface.second[a, k], slope, rtol=1e-6, atol=1e-6)
            bend = (up.second[a] - down.second[a]) / (2 * h)
            for b, other in enumerate(problem.active):
                assert np.allclose(surface.third[a, b, k], bend[other], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("name", "nodes"), [*((name, 1) for name in MODELS), *NODES.items()])
def test_gradient(rows, name, nodes):
    problem = problem_of(rows, name)
    free, objective = some_numbers(problem), make_objective(problem, nodes)
    assert np.isfinite(objective(free)[0])
    h = 1e-3
    for place, slope in enumerate(objective(free)[1]):
        step = h * np.eye(problem.size)[place]
        heights = [objective(free + k * step)[0] for k in (2, 1, -1, -2)]
        difference = (8 * (heights[1] - heights[2]) - (heights[0] - heights[3])) / (12 * h)
        assert slope == pytest.approx(difference, rel=1e-5, abs=1e-5)


def test_a_curvature_of_two_predictors_is_a_sum_over_pairs(rows):
    """The precision is the Hessian of the penalised log likelihood, by differences."""
    problem = problem_of(rows[:60], "crossed both")
    point = take_apart(problem, some_numbers(problem))
    modes = find_modes(problem, point, np.zeros(problem.effects))
    h, E = 1e-3, problem.effects

    def height(u):
        etas = with_effects(problem, point.etas, linear_of(problem, modes.rows, u))
        return problem.surface(etas).value.sum() - 0.5 * u @ u

    rng = generator(2)
    one, two = rng.normal(size=(2, E)) / np.sqrt(E)
    corners = [height(modes.u + h * (a * one + b * two)) for a in (1, -1) for b in (1, -1)]
    mixed = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * h**2)
    arrow = modes.precision
    inverse = np.stack([solve_effects(arrow, unit) for unit in np.eye(E)])
    assert -one @ np.linalg.inv(inverse) @ two == pytest.approx(mixed, rel=1e-4, abs=1e-5)
    assert -np.linalg.slogdet(inverse)[1] == pytest.approx(arrow.log_determinant, rel=1e-9)


def grid_log_likelihood(frame, mean, log_other, loads, density, size=241):
    """Sum over groups of the log of the integral over two effects, by a trapezium rule."""
    u, v = (axis.ravel() for axis in np.meshgrid(*2 * [np.linspace(-7, 7, size)]))
    first, second = loads @ np.stack([u, v])
    prior, area = stats.norm.logpdf(u) + stats.norm.logpdf(v), (14 / (size - 1)) ** 2
    total = 0.0
    for _, own in frame.groupby("g"):
        inside = prior.copy()
        for place in own.index:
            inside += density(place, mean[place] + first, log_other[place] + second)
        total += np.log(np.exp(inside - inside.max()).sum() * area) + inside.max()
    return total


@pytest.mark.parametrize("correlated", [False, True])
def test_a_gaussian_by_quadrature_is_the_integral(rows, correlated):
    few = rows[:60].reset_index(drop=True)
    bar = "(1 |p| g)" if correlated else "(1 | g)"
    design = bg.Model(f"y ~ 1 + {bar}", few, sigma=f"~ 1 + {bar}").design
    problem = make_problem(design)
    free = np.array([5.5, 0.6, 0.5, 0.7, 0.1] if correlated else [5.5, 0.6, 0.5, 0.1])
    loads = np.diag([0.6, 0.5])
    if correlated:
        loads[1] = 0.5 * np.array([0.7, 1.0]) / np.hypot(0.7, 1.0)

    def density(place, mean, log_sigma):
        return stats.norm.logpdf(few["y"][place], mean, np.exp(log_sigma))

    level = np.full(60, free[0]), np.full(60, free[-1])
    exact = grid_log_likelihood(few, *level, loads, density)
    assert make_objective(problem, 25)(free)[0] == pytest.approx(exact, abs=1e-5)
    assert make_objective(problem, 1)(free)[0] == pytest.approx(exact, abs=0.3)


def test_counts_by_quadrature_are_the_integral(rows):
    few = rows[:60].reset_index(drop=True)
    options = {"family": "negative_binomial", "alpha": "~ 1 + (1 | g)"}
    problem = make_problem(bg.Model("c ~ 1 + (1 | g)", few, **options).design)
    free = np.array([1.3, 0.5, 0.6, 0.4])

    def density(place, log_mean, log_alpha):
        mean, alpha = np.exp(log_mean), np.exp(log_alpha)
        return stats.nbinom.logpmf(few["c"][place], alpha, alpha / (alpha + mean))

    level = np.full(60, 1.3), np.full(60, 0.4)
    exact = grid_log_likelihood(few, *level, np.diag([0.5, 0.6]), density)
    assert make_objective(problem, 25)(free)[0] == pytest.approx(exact, abs=1e-5)


def test_sigma_with_effects_alone_is_found_by_a_direct_search(rows):
    """One effect a group on log sigma: the marginal likelihood by 60 nodes, maximised by SciPy."""
    model = bg.Model("y ~ x", rows, sigma="~ (1 | g)")
    found = model.ml(quadrature=30)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    y, x, g = rows["y"].to_numpy(), rows["x"].to_numpy(), rows["g"].to_numpy()
    starts = np.searchsorted(g, np.arange(24))

    def fall(p):
        sigma = np.exp(p[2] + p[3] * nodes)
        by_row = stats.norm.logpdf(y[:, None], (p[0] + p[1] * x)[:, None], sigma)
        inside = np.add.reduceat(by_row, starts) + np.log(weights / weights.sum())
        return -np.logaddexp.reduce(inside, axis=1).sum()

    best = optimize.minimize(fall, found.estimates * 1.01, method="BFGS", options={"gtol": 1e-5})
    assert found.converged
    assert found.method == "maximum likelihood by adaptive quadrature, 30 nodes"
    assert found.loglik == pytest.approx(-best.fun, abs=1e-5)
    assert np.all(np.abs(found.estimates - best.x) < 2e-3 * found.errors)


def test_correlated_effects_have_everything(rows):
    small = bg.Model("y ~ x + (1 | g)", rows, sigma="~ z + (1 | g)").ml()
    model = bg.Model("y ~ x + (1 |p| g)", rows, sigma="~ z + (1 |p| g)")
    large = model.ml()
    assert large.converged
    assert large.approximate
    names = ["Intercept", "x", "sd(1|g)", "sigma: Intercept", "sigma: z", "sd(sigma: 1|g)"]
    names.append("cor(1, sigma: 1|g)")
    assert [labels_called(large.design)[label] for label in large.labels] == names
    test = bg.lrt(small, large)
    assert (test.df, test.weights) == (1, {1: 1.0})
    assert large.loglik > small.loglik - 1e-6
    frame = large.profile("cor(1, sigma: 1|g)").frame
    assert np.all(frame["lower"] < frame["estimate"])
    assert np.all(frame["estimate"] < frame["upper"])
    sampled = sampled_maximum(large, seed(1), draws=600)
    assert sampled is not None
    assert sampled.reliable
    exact = model.ml(quadrature=9)
    apart = np.abs(sampled.estimates - exact.estimates)
    assert np.all(apart < 6 * sampled.errors + 0.03 * exact.errors)


def test_the_unit_of_the_response_makes_no_difference(rows):
    plain, scaled = (
        bg.Model("y ~ x + (1 | g)", rows.assign(y=unit * rows["y"]), sigma="~ (1 | g)").ml()
        for unit in (1.0, 1e6)
    )
    assert scaled.converged
    assert scaled.loglik == pytest.approx(plain.loglik - 240 * np.log(1e6), abs=1e-6)
    assert scaled.estimate("sd(1|g)") / 1e6 == pytest.approx(plain.estimate("sd(1|g)"), rel=1e-4)
    name = "sd(sigma: 1|g)"
    assert scaled.estimate(name) == pytest.approx(plain.estimate(name), rel=1e-4)


# ---- every compiled likelihood of several predictors -------------------------------------------


def general_problem(likelihood, groups=8, each=6):
    """Rows of a family drawn from itself, and effects of one factor on every parameter."""
    rng = generator(17)
    family = find_family(likelihood.family)
    links = [find_link(name) for name in likelihood.links]
    n = groups * each
    frame = pd.DataFrame({"x": rng.normal(size=n), "g": np.repeat(np.arange(groups), each)})
    frame["n"] = rng.integers(3, 12, size=n)
    etas = 0.4 * rng.normal(size=(len(links), n))
    if likelihood.link in ("identity", "sqrt", "inverse") and not family.support.unrestricted:
        etas[0] = rng.uniform(2.0, 4.0, size=n)
    content = Rows(None, 1.0, frame["n"].to_numpy(float) if family.takes_trials else 1.0)
    pairs = zip(family.others, links[1:], etas[1:], strict=True)
    others = {item.name: link.inverse(eta) for item, link, eta in pairs}
    frame["y"] = family.draw(rng, links[0], etas[0], content, others)
    response = "p(y, n)" if family.takes_trials else "y"
    formulas = {item.name: "~ 1 + (1 | g)" for item in family.others}
    model = bg.Model(
        f"{response} ~ x + (1 | g)", frame, family=family.name, link=likelihood.link, **formulas
    )
    return make_problem(model.design), np.mean(etas, axis=1)


@pytest.mark.parametrize("likelihood", general_likelihoods(), ids=lambda one: one.name)
def test_gradient_of_every_general_likelihood(likelihood):
    problem, levels = general_problem(likelihood)
    assert problem.active == tuple(range(len(likelihood.links)))
    free = np.where(problem.sds, 0.3 if problem.link.unit else 0.1, 0.05)
    for side, level in enumerate(levels):
        free[problem.places(side).start] = level
    objective = make_objective(problem, 1)
    value, gradient = objective(free)
    assert np.isfinite(value)
    h = 1e-3
    for place, slope in enumerate(gradient):
        step = h * np.eye(problem.size)[place]
        heights = [objective(free + k * step)[0] for k in (2, 1, -1, -2)]
        difference = (8 * (heights[1] - heights[2]) - (heights[0] - heights[3])) / (12 * h)
        assert slope == pytest.approx(difference, rel=1e-5, abs=2e-5)


# ---- zeros and categories ---------------------------------------------------------------------


def test_zero_inflated_counts_by_quadrature_are_the_integral(rows):
    few = rows[:60].reset_index(drop=True)
    few["c"] = few["c"].where(few.index % 3 > 0, 0)
    options = {"family": "zero_inflated_poisson", "zi": "~ 1 + (1 |p| g)"}
    problem = make_problem(bg.Model("c ~ 1 + (1 |p| g)", few, **options).design)
    free = np.array([1.3, 0.5, 0.6, -0.4, -0.3])
    loads = np.diag([0.5, 0.6])
    loads[1] = 0.6 * np.array([-0.4, 1.0]) / np.hypot(0.4, 1.0)

    def density(place, log_mean, log_odds):
        zi, y = 1 / (1 + np.exp(-log_odds)), few["c"][place]
        return np.log(zi * (y == 0) + (1 - zi) * stats.poisson.pmf(y, np.exp(log_mean)))

    level = np.full(60, 1.3), np.full(60, -0.3)
    exact = grid_log_likelihood(few, *level, loads, density)
    assert make_objective(problem, 25)(free)[0] == pytest.approx(exact, abs=1e-5)


def categories(rows, count, number=3):
    rng = generator(number)
    latent = 0.5 * (rows["x"] - 5) + rng.normal(size=24)[rows["g"]] + rng.logistic(size=len(rows))
    cuts = np.quantile(latent, np.arange(1, count) / count)
    names = list("abcdef")[:count]
    return rows.assign(o=pd.Categorical.from_codes(np.digitize(latent, cuts), names, ordered=True))


CATEGORIES = {
    "cumulative": ("o ~ x + (1 | g)", {"family": "cumulative"}, 4),
    "discrimination": (
        "o ~ x + (1 |p| g)",
        {"family": "cumulative", "link": "probit", "disc": "~ 0 + z + (1 |p| g)"},
        3,
    ),
    "sequential": ("o ~ x + (1 + x | g)", {"family": "sequential", "link": "cloglog"}, 5),
    "adjacent": ("o ~ (1 | g) + (1 | h)", {"family": "adjacent"}, 4),
    "odds": ("o ~ x + (1 |p| g)", {"family": "categorical"}, 3),
    "odds, one of its own": ("o ~ x + (1 | g)", {"family": "categorical", "mu_d": "~ (1 | h)"}, 4),
}


@pytest.mark.parametrize("name", CATEGORIES)
def test_gradient_of_categories(rows, name):
    formula, options, count = CATEGORIES[name]
    problem = make_problem(bg.Model(formula, categories(rows, count), **options).design)
    free = 0.3 * generator(4).normal(size=problem.size)
    free[problem.sds] = 0.5
    objective = make_objective(problem, 1)
    assert np.isfinite(objective(free)[0])
    h = 1e-3
    for place, slope in enumerate(objective(free)[1]):
        step = h * np.eye(problem.size)[place]
        heights = [objective(free + k * step)[0] for k in (2, 1, -1, -2)]
        difference = (8 * (heights[1] - heights[2]) - (heights[0] - heights[3])) / (12 * h)
        assert slope == pytest.approx(difference, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("count", [3, 5])
def test_odds_of_any_number_of_categories(rows, count):
    """An intercept for each category: the maximum is that of the shares."""
    frame = categories(rows, count)
    shares = frame["o"].value_counts(normalize=True)
    best = float((240 * shares * np.log(shares)).sum())
    for family in ("categorical", "cumulative"):
        found = bg.Model("o ~ 1", frame, family=family).ml()
        assert found.converged, family
        assert found.loglik == pytest.approx(best, abs=1e-7), family
        assert found.df == count - 1
