"""Effects of terms that share a name, on all predictors at once: density, draws, what is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from scipy import stats
from seeds import bound, generator, seed

import bayesglmm as bg
from bayesglmm.crosscheck import to_bambi
from bayesglmm.engine.kernel_sampler import make_target
from bayesglmm.errors import SpecError
from bayesglmm.posterior.comparison.integrated import group_log_density
from bayesglmm.posterior.group_effects import block_factor
from bayesglmm.posterior.priors.predictive import prior_draws
from bayesglmm.report.equations import equations

GROUPS = 40
MEAN, SIGMA = "y ~ x + (1 + x |p| g)", "~ z + (1 |p| g)"
BLOCK = "1+x+sigma_1|g"
KNOWN = {
    "Intercept": 1.0,
    "x": 0.5,
    "sigma_Intercept": -0.3,
    "sigma_z": 0.2,
    "1|g_sigma": 0.8,
    "x|g_sigma": 0.5,
    "sigma_1|g_sigma": 0.4,
    f"{BLOCK}_cor[1, x]": -0.3,
    f"{BLOCK}_cor[1, sigma_1]": 0.6,
    f"{BLOCK}_cor[x, sigma_1]": 0.2,
}
CORRELATIONS = np.array([-0.3, 0.6, 0.2])


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(12)  # any right-hand side
    n = 10 * GROUPS
    return pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "c": rng.poisson(4, n),
            "x": rng.normal(size=n),
            "z": rng.normal(size=n),
            "g": np.repeat([f"g{number:02d}" for number in range(GROUPS)], 10),
        }
    )


def test_the_density_is_that_written_by_hand():
    """Gaussian, one effect on the mean and one on log sigma, in the coordinates of the kernel."""
    rng = generator(3)
    data = pd.DataFrame({"y": rng.normal(size=12), "g": np.repeat(list("abcd"), 3)})
    priors = {
        "Intercept": bg.Prior("Normal", mu=0.2, sigma=2),
        "sd": bg.Prior("HalfNormal", sigma=1.5),
        "cor": bg.Prior("LKJ", eta=3),
        "sigma": {
            "Intercept": bg.Prior("Normal", mu=-0.1, sigma=1),
            "sd": bg.Prior("Exponential", lam=2),
        },
    }
    model = bg.Model("y ~ (1 |p| g)", data, sigma="~ (1 |p| g)", priors=priors)
    target = make_target(model.design, model.priors)
    vector = rng.normal(size=target.coordinates.size)
    log_sd, turn, (intercept, log_sigma), v = vector[:2], vector[2], vector[3:5], vector[5:]
    sd, r = np.exp(log_sd), turn / np.sqrt(1 + turn**2)
    factor = np.diag(sd) @ np.array([[1, 0], [r, np.sqrt(1 - r**2)]])
    effects = v.reshape(4, 2) @ factor.T
    mean = np.repeat(intercept + effects[:, 0], 3)
    sigma = np.exp(np.repeat(log_sigma + effects[:, 1], 3))
    expected = (
        stats.norm(mean, sigma).logpdf(data["y"]).sum()
        + stats.norm(0.2, 2).logpdf(intercept)
        + stats.norm(-0.1, 1).logpdf(log_sigma)
        + stats.halfnorm(scale=1.5).logpdf(sd[0])
        + stats.expon(scale=1 / 2).logpdf(sd[1])
        + log_sd.sum()
        + stats.beta(3, 3).logpdf((1 + r) / 2)  # LKJ of two effects, as a density of (1 + r) / 2
        + np.log(0.5)
        - 1.5 * np.log1p(turn**2)  # d r / d turn
        + stats.norm.logpdf(v).sum()
    )
    assert target.density(vector)[0] == pytest.approx(expected, rel=1e-10)


def correlations_of(*effects: np.ndarray) -> np.ndarray:
    matrix = np.corrcoef(np.stack([np.ravel(values) for values in effects]))
    return np.array([matrix[0, 1], matrix[0, 2], matrix[1, 2]])


def assert_as_known(found: np.ndarray, count: int) -> None:
    """Correlations of `count` draws; Fisher's z has the standard error 1 / sqrt(count - 3)."""
    apart = np.arctanh(found) - np.arctanh(CORRELATIONS)
    assert np.all(np.abs(apart) < bound(len(found)) / np.sqrt(count - 3))


def test_simulated_effects_are_drawn_together(rows):
    many = pd.concat([rows.assign(g=rows["g"] + f"-{copy}") for copy in range(20)])
    made = bg.simulate(bg.specify(MEAN, sigma=SIGMA), many, KNOWN, seed=seed(4))
    effects = [np.array([*made.effects[name].values()]) for name in ("1|g", "x|g", "sigma_1|g")]
    assert_as_known(correlations_of(*effects), 20 * GROUPS)
    u, _, w = (many["g"].map(made.effects[name]).to_numpy() for name in made.effects)
    slope = many["g"].map(made.effects["x|g"]).to_numpy()
    mean = 1 + u + (0.5 + slope) * many["x"].to_numpy()
    squares = np.square((made.data["y"] - mean) / np.exp(-0.3 + 0.2 * many["z"].to_numpy() + w))
    assert abs(squares.mean() - 1) < bound() * np.sqrt(2 / len(many))


def test_impossible_correlations_are_refused(rows):
    impossible = KNOWN | {f"{BLOCK}_cor[1, x]": 0.99, f"{BLOCK}_cor[1, sigma_1]": -0.9}
    with pytest.raises(SpecError, match=r"correlations of '1\+x\+sigma_1\|g' are impossible"):
        bg.simulate(bg.specify(MEAN, sigma=SIGMA), rows, impossible, seed=seed(1))


def test_prior_draws_of_effects_have_the_correlations_drawn_with_them(rows):
    """Given theirs, standardised effects are standard normal with that correlation."""
    few = rows[rows["g"].isin(["g00", "g01"])]
    model = bg.Model(MEAN, few, sigma=SIGMA)
    draws = prior_draws(model.design, model.priors, draws=4000, seed=seed(5))
    factor = draws.flat(f"{BLOCK}_cholesky").reshape(-1, 3, 3)
    names = ("1|g", "x|g", "sigma_1|g")
    effects = np.stack([draws.flat(e)[:, 0] / draws.flat(f"{e}_sigma")[:, 0] for e in names], 1)
    white = np.linalg.solve(factor, effects[:, :, None])[:, :, 0]
    products = (white[:, :, None] * white[:, None, :]).mean(axis=0)
    errors = np.sqrt((np.ones((3, 3)) + np.eye(3)) / len(white))
    assert np.all(np.abs(products - np.eye(3)) < bound(6) * errors)
    correlations = draws.flat(f"{BLOCK}_cor")
    product = factor @ np.swapaxes(factor, 1, 2)
    expected = product[:, [1, 2, 2], [0, 0, 1]]
    np.testing.assert_allclose(correlations, expected, rtol=0, atol=1e-12)


@pytest.fixture(scope="module")
def by_hand(rows) -> bg.Fit:
    """Draws that are all at known values; effects of the groups of the data are 0."""
    return make_fit(bg.Model(MEAN, rows, sigma=SIGMA), KNOWN, noise=0.0, draws=2000)


def test_new_groups_have_effects_on_all_parameters_drawn_together(rows):
    """Responses of a new group are wide where its mean is high, which moves their quantiles."""
    pairs = {f"{BLOCK}_cor[{pair}]": 0.0 for pair in ("1, x", "x, sigma_1")}
    known = KNOWN | pairs | {"sigma_1|g_sigma": 1.0, f"{BLOCK}_cor[1, sigma_1]": 0.9}
    fit = make_fit(bg.Model(MEAN, rows, sigma=SIGMA), known, noise=0.0, draws=2000)
    new = pd.DataFrame({"x": [0.0], "z": [0.0], "g": ["new"]})
    answer = fit.predict(new, kind="response", mass=0.9).frame.iloc[0]
    found = answer[["lower", "median", "upper"]].to_numpy(dtype=float)
    rng, shares = generator(8), np.array([0.05, 0.5, 0.95])

    def responses(r: float) -> np.ndarray:
        u = rng.standard_normal((400_000, 2)) @ np.array([[1, r], [0, np.sqrt(1 - r**2)]])
        y = 1 + 0.8 * u[:, 0] + np.exp(-0.3 + u[:, 1]) * rng.standard_normal(len(u))
        return np.asarray(y)

    together, apart = responses(0.9), responses(0.0)
    expected = np.quantile(together, shares)
    density = np.array([np.mean(np.abs(together - at) < 0.05) / 0.1 for at in expected])
    errors = np.sqrt(shares * (1 - shares) / fit.draws.size) / density
    assert np.all(
        np.abs(found - expected) < bound(3) * 1.02 * errors
    )  # of both: 400,000 beside 8,000 draws
    assert np.any(np.abs(np.quantile(apart, shares) - expected) > 2 * bound(3) * errors)


def test_what_is_said_of_new_groups_hangs_on_the_covariance_of_their_own_effects(by_hand, rows):
    """Of the mean, and of sigma: that of the block, the other effects left out."""
    new = rows.head(3).assign(g="new")
    x, z = new["x"].to_numpy(), new["z"].to_numpy()
    variance = 0.64 + 2 * (-0.3 * 0.8 * 0.5) * x + 0.25 * x**2
    sigma = by_hand.predictions(new, parameter="sigma", re="integrate").frame["median"]
    np.testing.assert_allclose(sigma, np.exp(-0.3 + 0.2 * z + 0.16 / 2), rtol=1e-12)
    spread = by_hand.moments(new.head(1)).frame.set_index("")["median"]["variance, row 0"]
    residual = np.exp(2 * (-0.3 + 0.2 * z[0]) + 2 * 0.16)
    assert spread == pytest.approx(variance[0] + residual, rel=1e-12)


COUNTS_KNOWN = {
    "Intercept": 1.0,
    "x": 0.3,
    "alpha_Intercept": 0.5,
    "1|g_sigma": 0.5,
    "alpha_1|g_sigma": 0.6,
    "1+alpha_1|g_cor[1, alpha_1]": 0.7,
}


def counts_fit(rows: pd.DataFrame, link: str = "log") -> bg.Fit:
    options = {"family": "negative_binomial", "link": link, "alpha": "~ (1 |p| g)"}
    model = bg.Model("c ~ x + (1 |p| g)", rows, **options)
    return make_fit(model, COUNTS_KNOWN, noise=0.0, draws=100)


def test_the_variance_of_counts_knows_that_mean_and_shape_go_together(rows):
    """``E m^2 / alpha`` of two lognormals: their covariance stands in it, with the sign of alpha's
    power (the shape is large where the mean is, so that there is less variance)."""
    fit, eta = counts_fit(rows), 1.0 + 0.3 * 2.0
    mean, square = np.exp(eta + 0.125), np.exp(2 * eta + 0.5)
    inner = mean + np.exp(2 * eta - 0.5 + (4 * 0.25 + 0.36 - 4 * 0.7 * 0.5 * 0.6) / 2)
    expected = inner + square - mean**2
    found = fit.moments(pd.DataFrame({"x": [2.0]})).frame.set_index("")["median"]
    assert found["variance, row 0"] == pytest.approx(expected, rel=1e-12)
    at_zero = counts_fit(rows.assign(x=np.where(np.arange(len(rows)) % 2, 1e-9, -1e-9)))
    shares = at_zero.variance().frame.set_index(["quantity", "scale"])["median"]
    mean, square = np.exp(1.125), np.exp(2.5)
    inner = mean + np.exp(2 - 0.5 + (1.0 + 0.36 - 0.84) / 2)
    between = square - mean**2
    assert shares["VPC, g", "response"] == pytest.approx(between / (between + inner), rel=1e-6)


def test_variances_that_have_no_closed_form_are_refused(rows):
    fit = counts_fit(rows, "sqrt")
    with pytest.raises(SpecError, match="not known under the sqrt link where effects on alpha"):
        fit.moments(pd.DataFrame({"x": [2.0]}))
    said = " ".join(fit.variance().notes)
    assert "the variance below groups then has no closed form under the sqrt link" in said


def test_known_correlations_are_recovered(rows):
    """Sampled with the compiled kernel: every parameter, and every correlation."""
    made = bg.simulate(bg.specify(MEAN, sigma=SIGMA), rows, KNOWN, seed=seed(6))
    model = bg.Model(MEAN, made.data, sigma=SIGMA)
    fit = model.fit(draws=300, seed=seed(7), progress=False)
    found = fit.recovery(made.truth).frame
    assert len(found) == len(KNOWN)
    for name, truth in KNOWN.items():
        if "_cor" in name:
            place = [f"{BLOCK}_cor[{pair}]" for pair in ("1, x", "1, sigma_1", "x, sigma_1")]
            values, scale = fit.draws.flat(f"{BLOCK}_cor")[:, place.index(name)], np.arctanh
        else:
            values = fit.draws.flat(name)[:, 0]
            scale = np.log if name.endswith("|g_sigma") else np.asarray
        apart = scale(values).mean() - scale(truth)
        assert abs(apart) < bound(len(KNOWN), scatter=0.1) * scale(values).std(), name
    assert "cor(x, sigma: 1|g)" in fit.table().tables[3].frame[""].tolist()


def test_equations_show_one_covariance_matrix(by_hand):
    lines = [line.plain.strip() for line in equations(by_hand.design)]
    assert lines[2] == "log(σ[i]) = β^σ[0] + β^σ[z] · z[i] + u^(sigma: g)[j[i]]"
    assert lines[3] == "(u^(g)[j], u^(x|g)[j], u^(sigma: g)[j]) ~ Normal(0, Σ[g])"
    assert lines[4].startswith("Σ[g] = (σ^2[1|g], ρ[12]σ[1|g]σ[x|g], ρ[13]σ[1|g]σ[sigma: 1|g]; ")
    assert len(lines) == 5


def test_other_programs_that_cannot_say_it(rows):
    model = bg.Model(MEAN, rows, sigma=SIGMA)
    with pytest.raises(SpecError, match=r"as those of '1\+x\+sigma_1\|g' are. Write || for |p|"):
        to_bambi(model)
    once = bg.Model("y ~ (1 |p| g)", rows)
    assert "(1 | g)" in str(to_bambi(once).formula)


def test_whole_groups_are_left_out_with_all_their_effects(by_hand):
    """Against plain Monte Carlo over the three effects of a group."""
    (group, _), few = by_hand.design.groups, by_hand.posterior.thin(2)
    found = group_log_density(few, "g", group.index, len(group.levels))[0]
    own = np.flatnonzero(group.index == 0)[:, None]
    x, y = by_hand.design.data["x"].to_numpy()[own], by_hand.design.rows.y[own]
    effects = generator(7).normal(size=(400_000, 3)) @ block_factor(group.block, few.draws)[0].T
    mean = few.eta(effects=())[0][own] + effects[:, 0] + x * effects[:, 1]
    log_sigma = few.eta(effects=(), parameter="sigma")[0][own] + effects[:, 2]
    density = np.exp(stats.norm.logpdf(y, mean, np.exp(log_sigma)).sum(axis=0))
    error = density.std() / density.mean() / np.sqrt(len(density))
    assert error < 0.02
    assert abs(found[0] - np.log(density.mean())) < bound(1) * error + 0.01


def some(fit: bg.Fit) -> pd.DataFrame:
    """Rows of known groups and of a new one."""
    return fit.design.data.head(4)[["x"]].assign(g=["g00", "g01", "new", "new"])


ANSWERS = {
    "table": lambda fit: fit.table().tables[-1],
    "ranef": lambda fit: fit.ranef("g"),
    "group_rates": lambda fit: fit.group_rates("g"),
    "variance": lambda fit: fit.variance(),
    "moments": lambda fit: fit.moments(some(fit)),
    "predict": lambda fit: fit.predict(some(fit), kind="response"),
    "observed": lambda fit: fit.predictions(some(fit), re="observed"),
    "slopes": lambda fit: fit.slopes("x", some(fit), re="observed"),
    "integrated": lambda fit: fit.slopes("x", some(fit), re="integrate", scale="response"),
    "comparisons": lambda fit: fit.comparisons({"x": (0, 1)}, some(fit), re="observed"),
    "avg_comparisons": lambda fit: fit.avg_comparisons({"x": (0, 1)}, re="observed"),
}


@pytest.fixture(scope="module")
def one_bar_and_two(rows) -> tuple[bg.Fit, bg.Fit]:
    """The same term in one bar and in two of one name, with the same draws."""
    written = "(1 + x + I(x**2) | g)", "(0 + I(x**2) |p| g) + (1 + x |p| g)"
    models = (bg.Model(f"c ~ x + {bars}", rows, family="poisson") for bars in written)
    one, two = (make_fit(model, {"x": 0.3}, draws=100) for model in models)
    return one, two


@pytest.mark.parametrize("answer", ANSWERS)
def test_terms_of_one_name_in_a_formula_are_one_term(one_bar_and_two, answer):
    expected, found = (ANSWERS[answer](fit).frame for fit in one_bar_and_two)
    pd.testing.assert_frame_equal(found, expected)


def test_terms_of_one_name_have_one_likelihood(rows):
    one, two = (
        bg.Model(f"y ~ x + {bars}", rows).ml().table().frame
        for bars in ("(1 + x | g)", "(0 + x |p| g) + (1 |p| g)")
    )
    pd.testing.assert_frame_equal(one, two)
