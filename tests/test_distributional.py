"""Formulas of parameters other than the mean: what is accepted, what the model is, what it says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from posterior_maker import make_fit
from seeds import bound, seed

import bayesglmm as bg
from bayesglmm.crosscheck import compare_densities, to_bambi
from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine import make_settings
from bayesglmm.errors import DataError, EngineError, FormulaError, SpecError
from bayesglmm.report.equations import equations
from bayesglmm.report.spec_code import spec_code

GROUPS = 40


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(11)  # any data: densities and names are looked at
    n = 10 * GROUPS
    return pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "c": rng.poisson(4, n),
            "x": rng.normal(size=n),
            "z": rng.normal(2, 3, size=n),
            "f": rng.choice(list("abc"), n),
            "g": np.repeat(np.arange(GROUPS), 10).astype(str),
        }
    )


MODELS = [
    ("y ~ x", {"sigma": "~ z"}),
    ("y ~ x + (1 | g)", {"sigma": "~ z + f + (1 | g)"}),
    ("y ~ 1", {"sigma": "~ 0 + f"}),
    ("y ~ x", {"sigma": "~ x * f + (1 + z || g)"}),
    ("c ~ x + (1 | g)", {"alpha": "~ z", "family": "negative_binomial"}),
    ("c ~ x", {"alpha": "~ f + (1 | g)", "family": "negative_binomial"}),
]


@pytest.mark.parametrize(("formula", "options"), MODELS)
def test_density_and_gradient_are_those_of_bambi(rows, formula, options):
    model = bg.Model(formula, rows, **options)
    assert compare_densities(model, to_bambi(model)).agree


def test_a_formula_of_one_number_is_the_plain_model(rows):
    plain, written = bg.Model("y ~ x", rows), bg.Model("y ~ x", rows, sigma="~ 1")
    assert list(plain.priors) == list(written.priors) == ["Intercept", "x", "sigma"]
    assert not written.design.modelled


def test_the_table_of_parameters_has_those_of_each_predictor(rows):
    model = bg.Model("y ~ x + (1 | g)", rows, sigma="~ f + (1 + z | g)")
    table = model_parameters(model.design, ("fixed", "sd", "cor"), "sigma")
    assert [row.variable for row in table] == [
        "sigma_Intercept",
        "sigma_f",
        "sigma_1|g_sigma",
        "sigma_z|g_sigma",
        "sigma_1+z|g_cor",
    ]
    assert [name for row in table for name in row.printed] == [
        "sigma: Intercept",
        "sigma: f[b]",
        "sigma: f[c]",
        "sd(sigma: 1|g)",
        "sd(sigma: z|g)",
        "cor(sigma: 1, z|g)",
    ]
    every = [row.variable for row in model_parameters(model.design)]
    assert len(set(every)) == len(every)


REFUSED = [
    ({"sigma": "y ~ z"}, FormulaError, "has a left side"),
    ({"sigma": "z"}, FormulaError, "There is no '~'"),
    ({"sigma": "~"}, FormulaError, "nothing right of"),
    ({"sigma": 3}, FormulaError, "sigma= is 3"),
    ({"sigma": "~ z +"}, FormulaError, "ends with a sign"),
    ({"alpha": "~ z"}, SpecError, "gaussian family has no parameter 'alpha'"),
    ({"alpha": "~ z", "family": "poisson"}, SpecError, "it has a mean only"),
    ({"sigmas": "~ z"}, SpecError, "sigma"),
    ({"sigma": "~ 0"}, DataError, "leaves nothing to estimate"),
    ({"sigma": "~ nothere"}, DataError, "no column 'nothere'"),
    ({"sigma": "~ z", "priors": {"sigma": bg.Prior("HalfNormal", sigma=1)}}, SpecError, "formula"),
    (
        {"sigma": "~ z", "priors": {"sigma": {"z": bg.Prior("HalfNormal", sigma=1)}}},
        SpecError,
        "support",
    ),
    (
        {"sigma": "~ z", "priors": {"sigma": {"q": bg.Prior("Normal", sigma=1)}}},
        SpecError,
        "'q'",
    ),
    (
        {"sigma": "~ z", "priors": {"z": bg.Prior("Normal", sigma=1)}},
        SpecError,
        r"no parameter of the mean. Did you mean priors\['sigma'\]\['z'\]",
    ),
    (
        {"sigma": "~ z", "priors": {"sigma": {"x": bg.Prior("Normal", sigma=1)}}},
        SpecError,
        r"no parameter of sigma. Did you mean priors\['x'\]",
    ),
    (
        {"sigma": "~ z", "priors": {"sigma": {"sd": bg.Prior("HalfNormal", sigma=1)}}},
        SpecError,
        r"priors\['sigma'\]\['sd'\] speaks of no parameter: the formula '~ z'",
    ),
    (
        {"priors": {"sigma": {"z": bg.Prior("Normal", sigma=1)}}},
        SpecError,
        "is a dictionary, but sigma has no formula",
    ),
]


@pytest.mark.parametrize(("options", "error", "says"), REFUSED)
def test_what_cannot_be_meant_is_refused(rows, options, error, says):
    with pytest.raises(error, match=says):
        bg.Model("y ~ x", rows, **options)


def test_priors_of_a_formula_of_its_own(rows):
    wide, narrow = bg.Prior("Normal", sigma=3), bg.Prior("Normal", sigma=0.1)
    model = bg.Model(
        "y ~ x + z",
        rows,
        sigma="~ z + (1 | g)",
        priors={"z": wide, "sigma": {"slopes": narrow, "g": bg.Prior("HalfNormal", sigma=0.2)}},
    )
    assert model.priors["z"].prior == wide
    assert model.priors["sigma_z"].prior == narrow
    assert model.priors["sigma_z"].reason == "said by the user: priors['sigma']['slopes']"
    assert model.priors["sigma_1|g_sigma"].prior == bg.Prior("HalfNormal", sigma=0.2)
    text = spec_code(model.spec, make_settings(seed=1, progress=False))
    assert "sigma='~ z + (1 | g)'" in text
    made = eval(text[text.index("bg.specify") : text.index("\nfit")], {"bg": bg})  # our own text
    assert made == model.spec


def test_the_kernel_says_what_it_cannot(rows):
    masked = bg.Model(
        "suppressed(c, 1, 9) ~ x",
        rows.assign(c=rows["c"].where(rows["c"] > 9)),
        family="nbinom1",
        alpha="~ z",
    )
    with pytest.raises(EngineError, match=r"no nbinom1 likelihood .* known by bounds"):
        masked.fit(engine="kernel")


def test_equations_show_the_parameter_of_a_row(rows):
    model = bg.Model("y ~ x", rows, sigma="~ z + (1 | g)")
    lines = [line.plain for line in equations(model.design)]
    assert lines[0] == "y[i] ~ Normal(μ[i], σ[i]^2)"
    assert lines[2] == "log(σ[i]) = β^σ[0] + β^σ[z] · z[i] + u^(sigma: g)[j[i]]"


KNOWN = {
    "Intercept": 1.0,
    "x": 0.5,
    "sigma_Intercept": -0.3,
    "sigma_z": 0.4,
    "1|g_sigma": 0.7,
    "sigma_1|g_sigma": 0.3,
}


def test_simulated_rows_have_the_spread_that_their_formula_gives(rows):
    """Standardised residuals of known parameters are standard normal."""
    spec = bg.specify("y ~ x + (1 | g)", sigma="~ z + (1 | g)")
    made = bg.simulate(spec, rows, KNOWN, seed=seed(5))
    group = rows["g"].map(made.effects["1|g"]), rows["g"].map(made.effects["sigma_1|g"])
    mean = 1.0 + 0.5 * rows["x"] + group[0]
    sigma = np.exp(-0.3 + 0.4 * rows["z"] + group[1])
    squares = np.square((made.data["y"] - mean) / sigma)
    assert abs(squares.mean() - 1) < bound(1) * np.sqrt(2 / len(rows))


@pytest.mark.parametrize(
    ("formula", "options", "known"),
    [
        ("y ~ x + (1 | g)", {"sigma": "~ z + (1 | g)"}, KNOWN),
        (
            "c ~ x",
            {"alpha": "~ z", "family": "negative_binomial"},
            {"Intercept": 1.5, "x": 0.3, "alpha_Intercept": 0.5, "alpha_z": 0.3},
        ),
    ],
)
def test_known_parameters_are_recovered(rows, formula, options, known):
    made = bg.simulate(bg.specify(formula, **options), rows, known, seed=seed(6))
    fit = bg.Model(formula, made.data, **options).fit(draws=500, seed=seed(7), progress=False)
    for name, truth in known.items():
        draws = fit.draws.flat(name)[:, 0]
        scale = np.log if name.endswith("|g_sigma") else np.asarray
        apart = scale(draws).mean() - scale(truth)
        assert abs(apart) < bound(len(known)) * scale(draws).std(), name
    name = next(iter(fit.design.modelled))
    new = rows.head(5).assign(g="new")
    found = fit.posterior.apply(new).parameters()[name]
    assert found.shape == (fit.draws.size, 5)
    table = fit.table().tables[2]
    assert f"baseline {name}" in table.frame[""].tolist()


@pytest.fixture(scope="module")
def by_hand(rows) -> bg.Fit:
    """Draws about known values of sigma ~ z + (1 | g)."""
    model = bg.Model("y ~ x + (1 | g)", rows, sigma="~ z + (1 | g)")
    return make_fit(model, KNOWN, noise=0.1, draws=200)


def middle(fit: bg.Fit, values: np.ndarray) -> np.ndarray:
    assert values.shape[0] == fit.draws.size
    return np.median(values, axis=0)


def test_levels_that_stand_in_for_a_baseline_are_no_ratios(rows):
    model = bg.Model("y ~ x", rows, sigma="~ 0 + f", labels={"f": "arm"})
    table = make_fit(model, {"sigma_f[b]": 0.7}, noise=0.01).table().tables[2]
    assert list(table.frame[""]) == ["sigma, f[a]", "sigma, f[b]", "sigma, f[c]"]
    assert table.rows("") == ["sigma, arm[a]", "sigma, arm[b]", "sigma, arm[c]"]
    assert table.frame["P(>1)"].isna().all()
    assert table.frame["median"].iloc[1] == pytest.approx(np.exp(0.7), rel=0.01)


def test_what_a_ratio_of_sigma_is_for(rows):
    crossed = make_fit(bg.Model("y ~ x", rows, sigma="~ z * f"), draws=100).table().tables[2]
    assert any(
        note.startswith("An interaction (a:b) is a ratio of ratios") for note in crossed.notes
    )
    centred = make_fit(bg.Model("y ~ x", rows, sigma="~ C(f, Sum)"), draws=100).table().tables[2]
    assert "for a level against the mean of the levels" in centred.estimand
    far = make_fit(bg.Model("y ~ x", rows, sigma="~ z"), {"sigma_Intercept": 800.0}, draws=100)
    assert np.isinf(far.table().tables[2].frame["median"].iloc[0])


def test_a_formula_of_groups_alone_has_no_table_of_effects(rows):
    fit = make_fit(bg.Model("y ~ x", rows, sigma="~ 0 + (1 | g)"), draws=100)
    captions = [table.caption for table in fit.table().tables]
    assert captions[1:] == ["Fixed effects: difference in means", "Random part"]


def test_predictions_of_a_parameter(by_hand):
    new = by_hand.design.data.head(4)
    z, draws = new["z"].to_numpy(), by_hand.draws
    eta = draws.flat("sigma_Intercept") + draws.flat("sigma_z") * z
    found = by_hand.predictions(new, parameter="sigma")
    np.testing.assert_allclose(found.frame["median"], middle(by_hand, np.exp(eta)), rtol=1e-12)
    linear = by_hand.predictions(new, parameter="sigma", scale="link")
    np.testing.assert_allclose(linear.frame["median"], middle(by_hand, eta), rtol=1e-12)
    spread = np.square(draws.flat("sigma_1|g_sigma"))
    marginal = by_hand.predictions(new, parameter="sigma", re="integrate")
    expected = middle(by_hand, np.exp(eta + spread / 2))
    np.testing.assert_allclose(marginal.frame["median"], expected, rtol=1e-12)
    own = draws.flat("sigma_1|g")[:, [0] * 4]
    seen = by_hand.predictions(new, parameter="sigma", re="observed")
    expected = middle(by_hand, np.exp(eta + own))
    np.testing.assert_allclose(seen.frame["median"], expected, rtol=1e-12)
    assert "sigma (residual standard deviation)" in found.scale


def test_comparisons_and_slopes_of_a_parameter(by_hand):
    new = by_hand.design.data.head(3)
    ratio = by_hand.comparisons({"z": (0, 1)}, new, parameter="sigma", scale="ratio")
    factor = middle(by_hand, np.exp(by_hand.draws.flat("sigma_z")))
    np.testing.assert_allclose(ratio.frame["median"], np.repeat(factor, 3), rtol=1e-12)
    eta = (
        by_hand.draws.flat("sigma_Intercept") + by_hand.draws.flat("sigma_z") * new["z"].to_numpy()
    )
    change = middle(by_hand, by_hand.draws.flat("sigma_z") * np.exp(eta))
    slope = by_hand.slopes("z", new, parameter="sigma")
    np.testing.assert_allclose(slope.frame["median"], change, rtol=1e-5)


MISSED = [
    ({"variables": "x", "parameter": "sigma"}, "'x' does not move sigma: .* the mean only. Leave"),
    ({"variables": "z"}, "'z' does not move the mean: .* sigma only. Write parameter='sigma'"),
    ({"variables": "z", "parameter": "mu"}, "'z' does not move the mean"),
    ({"variables": "x", "parameter": "sigmas"}, "is unknown. Write one of"),
]


@pytest.mark.parametrize(("asked", "says"), MISSED)
def test_a_column_that_does_not_move_a_parameter_is_no_comparison_of_it(by_hand, asked, says):
    """Its difference would be 0 in every draw, which looks like a finding."""
    with pytest.raises(SpecError, match=says):
        by_hand.comparisons(**asked)
    with pytest.raises(SpecError, match=says):
        by_hand.avg_slopes(**asked)


def test_a_parameter_that_is_one_number_is_predicted_as_that(rows):
    fit = make_fit(bg.Model("y ~ x", rows), {"sigma": 2.0}, noise=0.1)
    found = fit.predictions(rows.head(2), parameter="sigma").frame["median"]
    assert list(found) == [np.median(fit.draws.flat("sigma"))] * 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"parameter": "sigmas"}, "sigma"),
        ({"parameter": "sigma", "exposure": 2.0}, "exposure"),
        ({"parameter": 3}, "parameter"),
    ],
)
def test_a_parameter_that_there_is_not(by_hand, rows, options, says):
    with pytest.raises(SpecError, match=says):
        by_hand.predictions(rows.head(2), **options)
    with pytest.raises(SpecError, match="probabilities"):
        by_hand.comparisons("z", rows.head(2), parameter="sigma", scale="or")


def test_likelihood_and_new_responses_take_the_parameter_of_each_row(by_hand):
    """Each row's own sigma, group effects of the row's group included; new groups drawn anew."""
    posterior, draws, design = by_hand.posterior, by_hand.draws, by_hand.design
    z = design.data["z"].to_numpy()
    eta = draws.flat("sigma_Intercept") + draws.flat("sigma_z") * z
    eta += draws.flat("sigma_1|g")[:, design.predictors["sigma"].groups[0].index]
    np.testing.assert_allclose(posterior.parameters()["sigma"], np.exp(eta), rtol=1e-12)
    some = np.array([5, 300])
    found = posterior.parameters(some)["sigma"]
    np.testing.assert_allclose(found, np.exp(eta)[:, some], rtol=1e-12)
    expected = scipy.stats.norm.logpdf(design.rows.y, posterior.eta(), np.exp(eta))
    np.testing.assert_allclose(posterior.log_density(), expected, rtol=1e-9)
