"""Maximum likelihood where sigma or alpha has a formula: glmmTMB, closed forms, differences."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from scipy import optimize, stats
from seeds import generator

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.likelihood import MaximumLikelihood
from bayesglmm.likelihood.making import make_problem
from bayesglmm.likelihood.objective import make_objective

DATA = Path(os.environ.get("BAYESGLMM_DATA", "nowhere"))


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    rng = generator(21)
    frame = pd.DataFrame(
        {
            "x": rng.normal(5, 1, size=240),
            "z": rng.normal(2, 0.7, size=240),
            "f": np.tile(["a", "b", "c"], 80),
            "g": np.repeat(np.arange(24), 10),
            "h": np.tile(np.arange(6), 40),
            "t": rng.uniform(0.5, 2, size=240),
        }
    )
    u = 0.6 * rng.normal(size=24)[frame["g"]]
    spread = np.exp(-0.5 + 0.4 * frame["z"])
    alpha, mean = np.exp(0.2 + 0.3 * frame["z"]), frame["t"] * np.exp(0.8 + u)
    return frame.assign(
        y=3 + 0.5 * frame["x"] + u + spread * rng.normal(size=240),
        c=rng.negative_binomial(alpha, alpha / (alpha + mean)),
    )


def of(found: MaximumLikelihood, *labels: str) -> list[float]:
    return [found.estimate(label) for label in labels]


# ---- derivatives -----------------------------------------------------------------------------

FAMILIES = {
    "gaussian-identity": ("y", {"sigma": "~ z + f"}, {}),
    "gaussian-log": ("y", {"sigma": "~ 0 + f"}, {"link": "log"}),
    "negative_binomial-log": ("c", {"alpha": "~ z"}, {}),
    "negative_binomial-identity": ("c", {"alpha": "~ z + f"}, {"link": "identity"}),
    "negative_binomial-sqrt": ("c", {"alpha": "~ z + offset(x / 5)"}, {"link": "sqrt"}),
}
STRUCTURES = {
    "columns alone": ("x", 1),
    "one factor": ("x + (1 | g)", 1),
    "one factor, nodes": ("x + (1 | g)", 7),
    "slopes, nodes": ("x + (1 + x | g)", 5),
    "crossed": ("x + (1 + x || g) + (1 | h)", 1),
}


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("family", FAMILIES)
def test_gradient(rows, family, structure):
    response, formulas, options = FAMILIES[family]
    if response == "c":
        options = {**options, "family": "negative_binomial", "exposure": "t"}
    right, nodes = STRUCTURES[structure]
    problem = make_problem(bg.Model(f"{response} ~ {right}", rows, **formulas, **options).design)
    free = 0.1 * generator(5).normal(size=problem.size)
    free[0] = 5.0 if options.get("link") in ("identity", "sqrt") else 1.0
    objective = make_objective(problem, nodes)
    assert np.isfinite(objective(free)[0])
    h = 1e-4
    for place, slope in enumerate(objective(free)[1]):
        step = h * np.eye(problem.size)[place]
        heights = [objective(free + k * step)[0] for k in (2, 1, -1, -2)]
        difference = (8 * (heights[1] - heights[2]) - (heights[0] - heights[3])) / (12 * h)
        assert slope == pytest.approx(difference, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_log_likelihood_is_the_sum_over_rows(rows, family):
    response, formulas, options = FAMILIES[family]
    if response == "c":
        options = {**options, "family": "negative_binomial", "exposure": "t"}
    repeated = pd.concat([rows, rows, rows[:50]], ignore_index=True)  # cells of several rows
    if response == "y":
        repeated["y"] = repeated["y"] + generator(2).normal(size=len(repeated))
    design = bg.Model(f"{response} ~ x", repeated, **formulas, **options).design
    problem, (name,) = make_problem(design), formulas
    assert len(problem.columns) < len(repeated) or response == "c"
    free = 0.1 * generator(5).normal(size=problem.size)
    free[0] = 3.0
    value, _ = make_objective(problem, 1)(free)
    mean, other = design.predictor, design.predictors[name]
    eta = free[0] + free[1] * (mean.X[:, 0] - mean.fixed.center) / mean.fixed.scale
    gamma, ones = free[2:], int(other.fixed.intercept)
    scaled = (other.X - other.fixed.center) / other.fixed.scale
    logs = other.offset + scaled @ gamma[ones:] + (gamma[0] if ones else 0.0)
    by_row = design.spec.family.log_density(
        design.spec.link, eta, design.rows, {name: np.exp(logs)}
    )
    assert value == pytest.approx(by_row.sum(), rel=1e-11)


# ---- other programs and closed forms ----------------------------------------------------------


def test_a_gaussian_is_that_of_a_direct_search(rows):
    found = bg.Model("y ~ x", rows, sigma="~ z + f").ml()
    f = rows["f"]

    def fall(p: np.ndarray) -> float:
        sigma = np.exp(p[2] + p[3] * rows["z"] + p[4] * (f == "b") + p[5] * (f == "c"))
        return -float(stats.norm.logpdf(rows["y"], p[0] + p[1] * rows["x"], sigma).sum())

    best = optimize.minimize(fall, found.estimates + 0.05, method="BFGS", options={"gtol": 1e-6})
    assert found.converged
    assert found.loglik == pytest.approx(-best.fun, abs=1e-6)
    assert found.loglik >= -best.fun - 1e-9
    assert np.all(np.abs(found.estimates - best.x) < 1e-3 * found.errors)
    names = ("Intercept", "x", "sigma_Intercept", "sigma_z", "sigma_f[b]", "sigma_f[c]")
    assert found.labels == names


def test_a_gaussian_with_groups_is_exact(rows):
    found = bg.Model("y ~ x + (1 + x | g) + (1 | h)", rows, sigma="~ z").ml()
    b0, b1, s0, s1, rho, sh, c0, c1 = of(
        found,
        *("Intercept", "x", "1|g_sigma", "x|g_sigma", "1+x|g_cor[1, x]", "1|h_sigma"),
        *("sigma_Intercept", "sigma_z"),
    )
    g, h = np.eye(24)[rows["g"]], np.eye(6)[rows["h"]]
    x = rows["x"].to_numpy()
    Z = np.stack([np.ones(240), x], axis=1)
    covariance = np.array([[s0**2, rho * s0 * s1], [rho * s0 * s1, s1**2]])
    V = (g @ g.T) * (Z @ covariance @ Z.T) + sh**2 * h @ h.T
    V += np.diag(np.exp(2 * (c0 + c1 * rows["z"])))
    direct = stats.multivariate_normal.logpdf(rows["y"], b0 + b1 * x, V, allow_singular=False)
    assert found.method == "maximum likelihood, exact"
    assert found.loglik == pytest.approx(direct, abs=1e-7)


def sleep(**formulas: str) -> bg.Model:
    formula = formulas.pop("formula")
    frame = pd.read_csv(DATA / "sleepstudy.csv").assign(late=lambda d: np.where(d.Days > 4, 1, 0))
    return bg.Model(formula, frame, **formulas)


def epilepsy() -> bg.Model:
    frame = pd.read_csv(DATA / "epilepsy.csv").rename(columns={"seizure.rate": "y"})
    frame["lb"], frame["drug"] = np.log(frame["base"] / 4), 1.0 * (frame.treatment != "placebo")
    options = {"family": "negative_binomial", "alpha": "~ lb"}
    return bg.Model("y ~ lb + drug + (1 | subject)", frame, **options)


def webworms(right: str, alpha: str) -> bg.Model:
    frame = pd.read_csv(DATA / "webworms.csv")
    frame["sY"], frame["lY"] = 1.0 * (frame.spray == "Y"), 1.0 * (frame.lead == "Y")
    return bg.Model(f"y ~ sY * lY{right}", frame, family="negative_binomial", alpha=alpha)


# glmmTMB 1.1.5 (R 4.2.2), `dispformula`, nlminb with rel.tol = 1e-14: log likelihood, estimates,
# standard errors. It models the log of the variance of a Gaussian, so that its coefficients of the
# dispersion are halved here. Labels are ours.
GLMMTMB = {
    "sleep, intercepts": (
        lambda: sleep(formula="Reaction ~ Days + (1 | Subject)", sigma="~ Days"),
        -891.911879303,
        {
            "Intercept": (252.833763, 8.01715038),
            "Days": (10.092993, 0.80291304),
            "sigma_Intercept": (6.069308295 / 2, 0.25369341 / 2),
            "sigma_Days": (0.166380797 / 2, 0.05095308 / 2),
            "1|Subject_sigma": (30.940164, None),
        },
    ),
    "sleep, slopes": (
        lambda: sleep(formula="Reaction ~ Days + (1 + Days | Subject)", sigma="~ Days"),
        -870.000347732,
        {
            "Intercept": (252.8560137, 6.57545462),
            "Days": (10.0860665, 1.55407993),
            "sigma_Intercept": (5.623698420 / 2, 0.25855993 / 2),
            "sigma_Days": (0.169267507 / 2, 0.04877663 / 2),
            "1|Subject_sigma": (25.47816878, None),
            "Days|Subject_sigma": (5.98883021, None),
            "1+Days|Subject_cor[1, Days]": (-0.0280606086, None),
        },
    ),
    "sleep, log link": (
        lambda: sleep(formula="Reaction ~ Days + (1 | Subject)", sigma="~ 0 + C(late)", link="log"),
        -882.899204147,
        {
            "Intercept": (5.5255423178, 0.029640106),
            "Days": (0.0357267292, 0.002528268),
            "sigma_C(late)[0]": (6.11341797 / 2, 0.184393955 / 2),
            "sigma_C(late)[1]": (7.26719953 / 2, 0.181275791 / 2),
            "1|Subject_sigma": (0.115544505, None),
        },
    ),
    "epilepsy": (
        epilepsy,
        -627.745026393,
        {
            "Intercept": (0.0320828062, 0.2116693),
            "lb": (1.0117545327, 0.1008961),
            "drug": (-0.3335569368, 0.1516126),
            "alpha_Intercept": (1.7992311477, 0.7183659),
            "alpha_lb": (0.0798953359, 0.3138398),
            "1|subject_sigma": (0.488765179, None),
        },
    ),
    "webworms": (
        lambda: webworms(" + (1 | block)", "~ sY + lY"),
        -1497.57123109,
        {
            "Intercept": (0.283009514, 0.10848587),
            "sY": (-1.010082827, 0.10463429),
            "lY": (-0.500072904, 0.08964044),
            "sY:lY": (0.289537983, 0.15617377),
            "alpha_Intercept": (1.038782245, 0.27155023),
            "alpha_sY": (-0.219882111, 0.47349727),
            "alpha_lY": (0.110882372, 0.43934317),
            "1|block_sigma": (0.328821515, None),
        },
    ),
    "webworms, crossed": (
        lambda: webworms(" + (1 | block) + (1 | col)", "~ lY"),
        -1496.40449347,
        {
            "Intercept": (0.275112717, 0.1211326),
            "sY:lY": (0.290899907, 0.1876485),
            "alpha_Intercept": (1.048787493, 0.2563220),
            "alpha_lY": (0.130239641, 0.4725692),
            "1|block_sigma": (0.329446749, None),
            "1|col_sigma": (0.119151814, None),
        },
    ),
    "webworms, no groups": (
        lambda: webworms("", "~ sY"),
        -1521.47829373,
        {
            "Intercept": (0.336477273, 0.06121267),
            "sY": (-1.020420610, 0.10641842),
            "alpha_Intercept": (0.686196891, 0.18064827),
            "alpha_sY": (0.045420885, 0.41247830),
        },
    ),
}


@pytest.mark.skipif(not DATA.is_dir(), reason="the data files are not here")
@pytest.mark.parametrize("name", GLMMTMB)
def test_it_is_that_of_glmmtmb(name):
    make, loglik, numbers = GLMMTMB[name]
    found = make().ml()
    assert found.converged, found.verdict()
    assert found.loglik == pytest.approx(loglik, abs=1e-6)
    for label, (estimate, error) in numbers.items():
        scale = found.errors[found.place(label)]
        assert abs(found.estimate(label) - estimate) < 2e-3 * scale, label
        if error is not None:
            assert scale == pytest.approx(error, rel=2e-3), label


# ---- what else a fit does -----------------------------------------------------------------------


def test_tests_and_profiles(rows):
    small = bg.Model("c ~ x", rows, family="negative_binomial").ml()
    large = bg.Model("c ~ x", rows, family="negative_binomial", alpha="~ z + f").ml()
    test = bg.lrt(small, large)
    assert (test.df, test.weights) == (3, {3: 1.0})
    assert test.p == pytest.approx(stats.chi2.sf(2 * (large.loglik - small.loglik), 3))
    assert list(test.table().frame["model"]) == ["c ~ x", "c ~ x; alpha ~ z + f"]
    frame = large.profile("alpha_z").frame
    assert frame["lower"][0] < large.estimate("alpha_z") < frame["upper"][0]
    wald = np.array([-1, 1]) * stats.norm.isf(0.025) * large.errors[large.place("alpha_z")]
    profiled = frame[["lower", "upper"]].to_numpy()[0] - large.estimate("alpha_z")
    assert np.all(np.abs(profiled / wald - 1) < 0.5)
    fallen = (
        bg.Model(
            "c ~ x",
            rows.assign(o=frame["upper"][0] * rows["z"]),
            family="negative_binomial",
            alpha="~ f + offset(o)",
        )
        .ml()
        .loglik
    )
    assert 2 * (large.loglik - fallen) == pytest.approx(stats.chi2.isf(0.05, 1), abs=1e-3)


def test_what_is_not_nested_is_said(rows):
    options = {"family": "negative_binomial", "alpha": "~ z"}
    large = bg.Model("c ~ x", rows, **options).ml()
    with pytest.raises(SpecError, match="a negative_binomial model whose alpha has a formula"):
        bg.lrt(bg.Model("c ~ x", rows, family="poisson").ml(), large)
    with pytest.raises(SpecError, match="'alpha: z' is only in the first"):
        bg.lrt(large, bg.Model("c ~ x + z + f", rows, family="negative_binomial").ml())
    moved = bg.Model("c ~ x", rows, family="negative_binomial", alpha="~ z + f + offset(x)").ml()
    with pytest.raises(SpecError, match="different exposures, offsets or trials"):
        bg.lrt(large, moved)


def test_tables_say_what_they_are_of(rows):
    found = bg.Model("c ~ x + (1 | g)", rows, family="negative_binomial", alpha="~ f").ml()
    text = repr(found.table())
    assert "alpha: Intercept" in text
    assert "alpha: f[b]" in text
    assert "Coefficients of alpha are on the log scale." in text
    assert list(found.ratios().frame[""]) == ["Intercept", "x"]
    assert "deviance" not in repr(found.criteria())
    assert found.df == 6


def test_the_pearson_dispersion_has_the_variance_of_each_row(rows):
    found = bg.Model("y ~ x", rows, sigma="~ z").ml()
    b0, b1, c0, c1 = found.estimates
    residuals = (rows["y"] - b0 - b1 * rows["x"]) / np.exp(c0 + c1 * rows["z"])
    assert found.pearson == pytest.approx(np.square(residuals).sum())


def test_parity_has_the_formula_of_the_other_parameter(rows):
    model = bg.Model("y ~ x + (1 | g)", rows, sigma="~ z")
    found = model.ml()
    known = dict(zip(found.labels, found.estimates, strict=True))
    fit = make_fit(model, known, noise=0.001)
    parity = fit.parity()
    assert list(parity.table.frame["agreement"]) == ["agree"] * 5
    assert list(parity.table.frame["maximum"]) == pytest.approx(list(found.estimates))
    assert "The posterior medians lie within" in " ".join(parity.sentences)
    away = make_fit(model, known | {"sigma_z": known["sigma_z"] + 0.1}, noise=0.001).parity()
    assert "sigma: z" in " ".join(away.sentences)


def test_a_prior_that_pulls_a_slope_of_sigma_is_named(rows):
    priors = {"sigma": {"slopes": bg.Prior("Normal", sigma=0.02)}}
    model = bg.Model("y ~ x", rows, sigma="~ z", priors=priors)
    found = model.ml()
    information = 1 / np.square(found.errors[3])
    pulled = found.estimates[3] * information / (information + 1 / 0.02**2)
    known = dict(zip(found.labels, found.estimates, strict=True))
    sentences = " ".join(make_fit(model, known | {"sigma_z": pulled}).parity().sentences)
    assert "sigma: z" in sentences
    assert "The priors pull" in sentences


# ---- refusals and edges -------------------------------------------------------------------------


def test_rows_that_are_fitted_exactly_are_refused(rows):
    frame = rows.assign(k=np.where(np.arange(240) < 4, "flat", "other"))
    frame.loc[:3, "y"] = 1.25
    with pytest.raises(SpecError, match="In some rows the fixed effects fit 'y' exactly"):
        bg.Model("y ~ k", frame, sigma="~ k").ml()


def test_a_shape_without_bound_in_some_rows_is_said(rows):
    even = np.resize([1, 2, 2, 2, 3], 240)  # of less than Poisson spread
    frame = rows.assign(c=np.where(rows["f"] == "a", even, rows["c"]))
    found = bg.Model("c ~ f", frame, family="negative_binomial", alpha="~ f").ml()
    assert (
        "alpha goes to an end of its range in some rows: the counts are no more spread than Poisson"
        in found.verdict()
    )
    assert np.all(np.isfinite(found.errors[:3]))
    assert np.all(np.isnan(found.errors[3:]))
    parts = [
        bg.Model("c ~ 1", frame[frame["f"] == level], family="negative_binomial").ml().loglik
        for level in "abc"
    ]
    assert found.loglik == pytest.approx(sum(parts), abs=1e-4)


def test_one_number_is_the_plain_model(rows):
    plain = bg.Model("y ~ x + (1 | g)", rows).ml()
    same = bg.Model("y ~ x + (1 | g)", rows.assign(o=0.0), sigma="~ offset(o)").ml()
    assert same.loglik == pytest.approx(plain.loglik, abs=1e-9)
    assert np.exp(same.estimate("sigma_Intercept")) == pytest.approx(plain.estimate("sigma"))
