"""Censored and truncated responses, survey weights and known errors, from formula to tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit, mixed
from scipy import stats
from seeds import bound, generator, seed

import bayesglmm as bg
from bayesglmm.crosscheck import to_bambi
from bayesglmm.engine.kernel_sampler import make_target
from bayesglmm.errors import DataError, FormulaError, SpecError
from bayesglmm.posterior.checks.replicated import replicate
from bayesglmm.report.equations import equations, legend
from bayesglmm.spec import parse_formula

SCHOOLS = pd.DataFrame(
    {
        "school": list("ABCDEFGH"),
        "effect": [28.0, 8, -3, 7, -1, 1, 18, 12],
        "se": [15.0, 10, 16, 11, 9, 11, 10, 18],
    }
)
"""Rubin (1981), J. Educ. Stat. 6(4); Gelman et al. (2013), Bayesian Data Analysis, table 5.2."""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("censored(y, how) ~ x", ("how", "", None, None, None)),
        ("censored(y, 'right') ~ x", (None, "right", None, None, None)),
        ('censored(y, "left", lost) ~ x', (None, "left", "lost", None, None)),
        ("censored(y, 0, 9) ~ x", (None, "", None, 0.0, 9.0)),
        ("censored(y, -1.5, None) ~ x", (None, "", None, -1.5, None)),
        ("censored(`the y`, low, `high up`) ~ x", (None, "", None, "low", "high up")),
    ],
)
def test_what_is_censored(text, found):
    how = parse_formula(text).censoring
    assert (how.status, how.side, how.flag, how.lower, how.upper) == found
    assert parse_formula(text).response_name == how.column
    assert parse_formula(text).truncation is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("truncated(y, 1) ~ x", (1.0, None)),
        ("truncated(y, None, 9) ~ x", (None, 9.0)),
        ("truncated(y, low, 9) ~ x", ("low", 9.0)),
    ],
)
def test_what_is_truncated(text, found):
    how = parse_formula(text).truncation
    assert (how.column, how.lower, how.upper) == ("y", *found)
    assert parse_formula(text).censoring is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("censored(y) ~ x", "no arguments of censored"),
        ("censored(y, 'up') ~ x", "no arguments of censored"),
        ("censored(y, None, None) ~ x", "no arguments of censored"),
        ("censored(y, 3) ~ x", "no arguments of censored"),
        ("censored(log(y), how) ~ x", "a column of responses first"),
        ("censored(y, side='right') ~ x", "arguments without names"),
        ("censored(y, 9, 1) ~ x", "The lower bound 9 is not below the upper bound 1"),
        ("censored(y, log(a), 3) ~ x", "A bound is a column, a number or None"),
        ("truncated(y) ~ x", "no arguments of truncated"),
        ("truncated(y, 'right') ~ x", "no arguments of truncated"),
        ("truncated(y, 2, 2) ~ x", "The lower bound 2 is not below"),
        ("truncated(censored(y, how), 1) ~ x", "cannot stand within a function"),
        ("y ~ truncated(x, 1)", "makes a response"),
        ("cens(y, how) ~ x", "Write censored"),
        ("trunc(y, 1) ~ x", "Write truncated"),
        ("Surv(y, how) ~ x", "Write censored"),
    ],
)
def test_mistakes_are_shown(text, message):
    with pytest.raises(FormulaError, match=message):
        parse_formula(text)


def rows(**columns) -> pd.DataFrame:
    return pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "s": [1.0, 2, 1, 2]} | columns)


@pytest.mark.parametrize(
    ("formula", "columns", "options", "message"),
    [
        ("censored(y, how) ~ 1", {"how": ["none", "up", "left", "left"]}, {}, "is up in row 1"),
        ("censored(y, how) ~ 1", {"how": [0, 1, 0, 1]}, {}, "is 0 in rows 0, 1, 2, 3"),
        ("censored(y, 'left', c) ~ 1", {"c": [0, 1, 2, 0]}, {}, "True and False, or 1 and 0"),
        ("censored(y, how) ~ 1", {}, {}, "no column 'how'"),
        (
            "censored(y, low, 9) ~ 1",
            {"y": [np.nan, 2, 3, 4], "low": [9.0, 1, 1, 1]},
            {},
            "The lower bound 9 is not below the upper bound 9 in row 0",
        ),
        (
            "censored(y, low, high) ~ 1",
            {"y": [np.nan, 2, 3, 4], "low": np.nan, "high": np.nan},
            {},
            "is missing and has no bounds in row 0",
        ),
        ("truncated(y, 2) ~ 1", {}, {}, "truncated to 2 to inf, but is 1 in row 0"),
        ("censored(y, 'right') ~ 1", {"y": [1.5, 2, 3, 4]}, {"family": "poisson"}, "1.5 in row 0"),
        ("y ~ 1", {"s": [1.0, 0, 1, 1]}, {"se": "s"}, "standard error 's' must be above 0"),
        ("y ~ 1", {"s": [1.0, -1, 1, 1]}, {"survey_weights": "s"}, "survey weight 's' must be"),
        ("y ~ 1", {"s": [1.0, np.nan, 1, 1]}, {"survey_weights": "s"}, "1 missing value"),
        ("y ~ 1", {}, {"se": "t"}, "no column 't' .used for the standard errors"),
    ],
)
def test_data_that_do_not_fit(formula, columns, options, message):
    with pytest.raises(DataError, match=message):
        bg.Model(formula, rows(**columns), **options)


@pytest.mark.parametrize(
    ("formula", "options", "message"),
    [
        ("y ~ x", {"weights": "w", "survey_weights": "v"}, "are both given"),
        ("truncated(y, 1) ~ x", {"survey_weights": "v"}, "with truncated"),
        ("suppressed(y, 1, 9) ~ x", {"survey_weights": "v", "family": "poisson"}, "with suppress"),
        ("y ~ x", {"se": "s", "family": "poisson"}, "belongs to a response with a normal error"),
        ("y ~ x", {"se": 1.0}, "se= names a column, but is a float"),
    ],
)
def test_what_cannot_be_said_together(formula, options, message):
    with pytest.raises(SpecError, match=message):
        bg.specify(formula, **options)


def test_bounds_of_rows():
    data = rows(how=["none", "left", "right", "none"])
    real = bg.Model("censored(y, how) ~ 1", data).design
    np.testing.assert_array_equal(real.rows.y, [1, -np.inf, 4, 3])
    np.testing.assert_array_equal(real.rows.upper, [1, 2, np.inf, 3])
    whole = bg.Model("censored(y, how) ~ 1", data, family="poisson").design
    np.testing.assert_array_equal(whole.rows.y, [1, 0, 4, 3])
    assert real.flow.sentences()[1] == (
        "'y' is censored in 2: 1 at most what is recorded, 1 at least what is recorded."
    )
    trials = rows(k=[1, 2, 3, 4], how="right", n=5)
    with pytest.raises(SpecError, match="needs its number of trials"):
        bg.Model("censored(k, how) ~ 1", trials, family="binomial")


def test_suppressed_is_a_case_of_censored():
    """The same density and gradient, to the last digit."""
    rng = generator(3)
    data = pd.DataFrame({"c": rng.poisson(6.0, 60).astype(float), "x": rng.normal(size=60)})
    data["c"] = data["c"].where(~data["c"].between(1, 5))
    found = []
    for response in ("suppressed(c, 1, 5)", "censored(c, 1, 5)"):
        model = bg.Model(f"{response} ~ x", data, family="negative_binomial")
        target = make_target(model.design, model.priors)
        found.append(target.density(0.3 * generator(2).normal(size=target.coordinates.size)))
    assert found[0][0] == found[1][0]
    np.testing.assert_array_equal(found[0][1], found[1][1])


def schools_by_quadrature(sd_of_mean: float, sd_of_tau: float) -> dict[str, tuple[float, float]]:
    """Posterior mean and sd of mu and tau, normal and half-normal priors: mu is integrated out."""
    y, se = SCHOOLS["effect"].to_numpy(), SCHOOLS["se"].to_numpy()
    tau = np.linspace(1e-4, 60, 20_001)[:, None]
    precision = 1 / (se**2 + tau**2)
    total = precision.sum(axis=1) + sd_of_mean**-2
    centre = (precision * y).sum(axis=1) / total
    log_density = 0.5 * np.log(precision).sum(axis=1) - 0.5 * np.log(total)
    log_density += -0.5 * (precision * y**2).sum(axis=1) + 0.5 * total * centre**2
    log_density -= 0.5 * (tau[:, 0] / sd_of_tau) ** 2
    share = np.exp(log_density - log_density.max())
    share /= share.sum()
    mean = share @ centre
    spread = share @ (tau[:, 0] - share @ tau[:, 0]) ** 2
    return {
        "Intercept": (mean, np.sqrt(share @ (1 / total + (centre - mean) ** 2))),
        "1|school_sigma": (share @ tau[:, 0], np.sqrt(spread)),
    }


def test_eight_schools():
    """One line; the published posterior, whose priors are flat: mu about 8, tau about 6.

    Gelman et al. (2013), Bayesian Data Analysis, section 5.5.
    """
    priors = {"Intercept": bg.Prior("Normal", mu=0, sigma=200)}
    priors["school"] = bg.Prior("HalfNormal", sigma=100)
    fit = bg.Model("effect ~ 1 + (1 | school)", SCHOOLS, se="se", priors=priors).fit(
        seed=seed(1), draws=1000, progress=False
    )
    mixed(fit)
    assert fit.engine.engine == "kernel"
    exact = schools_by_quadrature(200, 100)
    assert exact["Intercept"][0] == pytest.approx(8, abs=0.5)
    assert exact["1|school_sigma"][0] == pytest.approx(6.5, abs=0.5)
    for name, (mean, sd) in exact.items():
        values = fit.draws.flat(name)
        assert abs(values.mean() - mean) < bound(2) * sd / np.sqrt(400), name


def test_words_of_known_errors():
    model = bg.Model("effect ~ 1 + (1 | school)", SCHOOLS, se="se")
    assert "Known standard errors: se." in repr(model)
    assert "EFFECTS" not in model.audit().codes
    assert equations(model.design)[0].plain == "effect[i] ~ Normal(μ[i], se^2[i])"
    assert len(equations(model.design)) == 3
    assert "se is the known standard error of row i." in legend(model.design)
    both = bg.Model("effect ~ 1", SCHOOLS, se="se", sigma="~ 1")
    assert equations(both.design)[0].plain == "effect[i] ~ Normal(μ[i], σ^2 + se^2[i])"
    assert "Known standard errors: se, beside sigma." in repr(both)
    assert (
        "EFFECTS"
        in bg.Model("effect ~ 1 + (1 | school)", SCHOOLS, se="se", sigma="~ 1").audit().codes
    )


VACCINES = pd.DataFrame(
    {
        "effect": [
            -0.889311333920205, -1.58538865720143, -1.34807314829969, -1.44155119002131,
            -0.217547322211296, -0.786115585818864, -1.62089822359839, 0.0119523335238405,
            -0.469417648738149, -1.37134480347278, -0.339358828338391, 0.445913400571379,
            -0.0173139482168798,
        ],
        "se": [
            0.570600354892951, 0.441113501718258, 0.644490469571091, 0.141456819921302,
            0.226296646395016, 0.0831000508778951, 0.472247019654243, 0.0629410779842364,
            0.237558856840255, 0.270231000466321, 0.111410116109623, 0.729729981020482,
            0.267216503390016,
        ],
        "latitude": [44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33],
    }
)  # fmt: skip
"""Log risk ratios of 13 trials of the BCG vaccine: Colditz et al. (1994), JAMA 271(9); metafor."""


@pytest.mark.parametrize(
    ("formula", "options"),
    [("~ latitude + (1 | obs())", {}), ("~ latitude", {"sigma": "~ 1"})],
)
def test_maximum_likelihood_of_a_meta_analysis(formula, options):
    """R, metafor 3.8.1: rma(yi, vi, mods = ~ ablat, data = dat.bcg, method = "ML")."""
    found = bg.Model(f"effect {formula}", VACCINES, se="se", **options).ml()
    expected = [0.2821001399, -0.0295092712, 0.1853616936]
    np.testing.assert_allclose(found.estimates, expected, rtol=2e-4)
    # metafor's errors take the spread as known; these do not
    np.testing.assert_allclose(found.errors[:2], [0.187198400983, 0.005488118356], rtol=0.05)
    assert found.loglik == pytest.approx(-7.685665546, abs=1e-6)


def test_maximum_likelihood_of_censored_responses():
    """R, survival 3.5.3: survreg(Surv(durable, durable > 0, type = "left") ~ age + quant, tobin,
    dist = "gaussian"); Tobin (1958), Econometrica 26(1)."""
    durable = [0, 0.7, 0, 0, 0, 0, 0, 3.7, 0, 3, 10.4, 0, 0, 0, 1.5, 0, 0, 3.5, 6.1, 0]
    age = [57.7, 50.9, 48.5, 41.7, 47.7, 59.8, 44.3, 45.1, 51.7, 50, 46.8]
    age += [58, 58.9, 40, 34.1, 39.9, 33.4, 48.1, 46.6, 53.1]
    quant = [236, 283, 207, 220, 238, 216, 284, 221, 275, 269, 207]
    quant += [249, 246, 277, 231, 219, 240, 266, 214, 251]
    data = pd.DataFrame({"durable": durable, "age": age, "quant": quant})
    data["none"] = data["durable"] == 0
    found = bg.Model("censored(durable, 'left', none) ~ age + quant", data).ml()
    expected = [15.14486636068, -0.12905928410, -0.04554166295, np.exp(1.717850922)]
    np.testing.assert_allclose(found.estimates, expected, rtol=1e-5)
    errors = [16.079453195, 0.218583597, 0.058254115]
    np.testing.assert_allclose(found.errors[:3], errors, rtol=1e-4)
    assert found.loglik == pytest.approx(-28.94013320, abs=1e-6)


def test_maximum_likelihood_of_counts_without_zeros():
    """R, glmmTMB 1.1.5: glmmTMB(y ~ x, family = truncated_poisson), and truncated_nbinom2."""
    y = [1, 2, 1, 3, 1, 1, 5, 2, 4, 1, 2, 1, 7, 3, 1, 2, 9, 1, 2, 4]
    data = pd.DataFrame({"y": y, "x": [0, 1, 2, 3] * 5})
    poisson = bg.Model("truncated(y, 1) ~ x", data, family="poisson").ml()
    np.testing.assert_allclose(poisson.estimates, [1.2363525047, -0.2770691173], rtol=1e-5)
    assert poisson.loglik == pytest.approx(-37.38106327, abs=1e-6)
    mixed = bg.Model("truncated(y, 1) ~ x", data, family="negative_binomial").ml()
    expected = [0.8595472917, -0.2796220572, 0.9920101199]
    np.testing.assert_allclose(mixed.estimates, expected, rtol=1e-3)
    assert mixed.loglik == pytest.approx(-34.41655745, abs=1e-6)
    np.testing.assert_allclose(mixed.errors[:2], [0.61015415, 0.23714675], rtol=2e-3)


def test_new_responses_need_their_errors():
    fit = make_fit(bg.Model("effect ~ 1 + (1 | school)", SCHOOLS, se="se", sigma="~ 1"))
    assert len(fit.predict(SCHOOLS[["school"]]).frame) == 8
    assert len(fit.predict(SCHOOLS, kind="response").frame) == 8
    with pytest.raises(DataError, match="need their standard errors: add the column 'se'"):
        fit.predict(SCHOOLS[["school"]], kind="response")


def survey_rows() -> pd.DataFrame:
    rng = generator(8)
    n = 120
    frame = pd.DataFrame({"x": rng.normal(size=n), "v": rng.integers(1, 4, n)})
    frame["g"] = np.arange(n) % 6
    frame["y"] = (rng.uniform(size=n) < 0.4).astype(int)
    return frame


def test_survey_weights_are_scaled_and_weigh():
    """Equal ones change nothing; others move the kernel as copies of rows would."""
    frame = survey_rows()
    plain = bg.Model("y ~ x", frame, family="bernoulli")
    equal = bg.Model("y ~ x", frame.assign(v=7.5), family="bernoulli", survey_weights="v")
    vector = np.array([0.3, -0.4])
    found = [make_target(one.design, one.priors).density(vector) for one in (plain, equal)]
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-12)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=1e-12)
    model = bg.Model("y ~ x", frame, family="bernoulli", survey_weights="v")
    weight = model.design.rows.weight
    np.testing.assert_allclose(weight, frame["v"] * len(frame) / frame["v"].sum())
    target = make_target(model.design, model.priors)
    center, scale = model.design.predictor.fixed.center[0], model.design.predictor.fixed.scale[0]

    def log_likelihood(vector):
        eta = vector[0] + vector[1] * (frame["x"] - center) / scale
        return weight @ stats.bernoulli.logpmf(frame["y"], 1 / (1 + np.exp(-eta)))

    other = np.array([-0.2, 0.5])
    alike = make_target(plain.design, model.priors)
    prior = [alike.density(one)[0] for one in (vector, other)]
    eta = [one[0] + one[1] * (frame["x"] - center) / scale for one in (vector, other)]
    unweighted = [stats.bernoulli.logpmf(frame["y"], 1 / (1 + np.exp(-e))).sum() for e in eta]
    change = (prior[0] - unweighted[0]) - (prior[1] - unweighted[1])
    expected = log_likelihood(vector) - log_likelihood(other) + change
    assert target.density(vector)[0] - target.density(other)[0] == pytest.approx(expected, rel=1e-9)


def test_what_survey_weights_mean_is_said():
    model = bg.Model("y ~ x + (1 | g)", survey_rows(), family="bernoulli", survey_weights="v")
    (finding,) = model.audit().only("SURVEY").findings
    assert "Kish's effective number of rows" in finding.sentence
    assert "mostly too narrow" in finding.sentence
    fit = make_fit(model)
    assert "A pseudo-likelihood" in repr(fit.table())
    with pytest.raises(SpecError, match="there is nothing to leave out"):
        bg.compare({"one": fit, "other": fit})
    with pytest.raises(SpecError, match="not available where rows have survey weights"):
        model.ml()
    with pytest.raises(SpecError, match="bambi is not asked"):
        to_bambi(fit)
    total = fit.posterior.log_density() @ model.design.rows.weight
    np.testing.assert_allclose(fit.posterior.log_likelihood(), total)


CASES = {
    "censored": ("censored(z, how) ~ x + (1 | g)", {}),
    "truncated": ("truncated(z, -2) ~ x + (1 | g)", {}),
    "counts": ("truncated(c, 1) ~ x + (1 | g)", {"family": "negative_binomial"}),
    "right": ("censored(c, 'right', lost) ~ x + (1 | g)", {"family": "poisson"}),
}


def partial_rows() -> pd.DataFrame:
    rng = generator(12)
    n = 80
    return pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "g": np.arange(n) % 8,
            "z": rng.normal(size=n).clip(-1.9),
            "c": rng.poisson(2.0, n) + 1,
            "how": np.array(["none", "left", "right", "none"])[np.arange(n) % 4],
            "lost": rng.integers(0, 2, n).astype(bool),
        }
    )


@pytest.mark.parametrize("case", CASES)
def test_answers(case, tmp_path):
    formula, options = CASES[case]
    model = bg.Model(formula, partial_rows(), **options)
    fit = make_fit(model, noise=0.05)
    assert np.isfinite(fit.posterior.log_density()).all()
    assert np.isfinite(fit.ranef("g").frame["raw"]).all()
    again = bg.load(fit.save(tmp_path / "fit.bgm"))
    assert again.design.spec == model.spec
    np.testing.assert_array_equal(again.design.rows.upper, model.design.rows.upper)
    drawn, rows = replicate(fit.posterior).drawn, model.design.rows
    if rows.truncated:
        assert (drawn >= rows.least).all()
        free = fit.predict(kind="response").frame["lower"]
        assert (free < rows.least).any()  # predictions are without the truncation
    else:
        bounded = (drawn > rows.y) & (drawn < rows.upper) & ~rows.known
        assert not bounded.any()
    assert np.isfinite(model.ml().estimates).all()
    with pytest.raises(SpecError, match="cannot be filled in"):
        bg.simulate(model.spec, partial_rows(), {}, seed=seed(1))


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_report_is_written(case, tmp_path):
    formula, options = CASES[case]
    fit = make_fit(bg.Model(formula, partial_rows(), **options), noise=0.05)
    page = fit.report(tmp_path / "report.html", opinion=False).read_text(encoding="utf-8")
    assert ("is censored in" in page) or ("Truncated: only rows with" in page)
    assert ">nan<" not in page


def test_raw_effects_are_the_maximum_of_the_rows_likelihood():
    fit = make_fit(bg.Model(CASES["censored"][0], partial_rows()), noise=0.0)
    raw = fit.ranef("g").frame["raw"].to_numpy()
    design = fit.design
    eta = fit.posterior.eta(effects=())[0]
    for level in (0, 3):
        own = design.predictor.groups[0].index == level

        def loss(effect, own=own):
            sigma = {"sigma": fit.draws.flat("sigma")[0]}
            some = design.rows.take(own)
            density = design.spec.family.log_density
            return density(design.spec.link, eta[own] + effect, some, sigma).sum()

        around = [loss(raw[level] + step) for step in (-1e-3, 0.0, 1e-3)]
        assert around[1] >= max(around)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["censored", "truncated"])
def test_what_is_left_out_is_made_up_for(how):
    """The truth is found; as if rows were whole, it is not."""
    rng = generator(21)
    x = rng.normal(size=800)
    z = 0.5 + x + rng.normal(size=800)
    if how == "censored":
        data = pd.DataFrame({"x": x, "z": np.minimum(z, 1.0), "top": z > 1.0})
        formula = "censored(z, 'right', top) ~ x"
    else:
        data = pd.DataFrame({"x": x, "z": z})[z < 1.0]
        formula = "truncated(z, None, 1) ~ x"
    fits = {
        name: bg.Model(text, data).fit(seed=seed(4), draws=500, progress=False)
        for name, text in {"right": formula, "naive": "z ~ x"}.items()
    }
    mixed(fits["right"])
    assert fits["right"].engine.engine == "kernel"
    for name, truth in {"Intercept": 0.5, "x": 1.0, "sigma": 1.0}.items():
        values = fits["right"].draws.flat(name)
        assert abs(values.mean() - truth) < bound(3) * values.std(), name
    slope = fits["naive"].draws.flat("x")
    assert 1.0 - slope.mean() > bound() * slope.std()
