"""R2D2 and the regularised horseshoe: densities against the graph, draws against closed forms."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy import stats
from seeds import CHANCE, bound, generator, seed

import bayesglmm as bg
from bayesglmm.engine.draws import Draws
from bayesglmm.engine.sample import beyond_kernel
from bayesglmm.errors import GraphError, SpecError
from bayesglmm.families.shrinkage import global_scale
from bayesglmm.graph.build import build_graph
from bayesglmm.graph.written import Changes
from bayesglmm.posterior.posterior import Posterior
from bayesglmm.posterior.priors.log_density import log_prior
from bayesglmm.posterior.priors.predictive import prior_draws

PRIORS = {
    "R2D2": bg.Prior("R2D2", mean=0.4, precision=3, concentration=0.7),
    "Horseshoe": bg.Prior("Horseshoe", expected=2, slab=1.5, df=5),
}
SOME = 4000


def data(rows: int = 80, columns: int = 6) -> pd.DataFrame:
    rng = generator(11)
    frame = pd.DataFrame({f"x{k}": 3 * rng.normal(size=rows) for k in range(columns)})
    frame["f"] = np.tile(list("abcd"), rows // 4)
    return frame.assign(y=rng.normal(size=rows) + frame["x0"], n=rng.poisson(2.0, size=rows))


def model_of(name: str, **options) -> bg.Model:
    formula = "n ~ x0 + x1 + f" if options.get("family") else "y ~ x0 + x1 + f"
    return bg.Model(formula, data(), priors={"slopes": PRIORS[name]}, **options)


@pytest.mark.parametrize("name", PRIORS)
@pytest.mark.parametrize("options", [{}, {"family": "poisson"}])
def test_log_prior_is_that_of_the_graph(name, options):
    """The graph has standard normals in place of slopes: their log spreads are the difference."""
    import pytensor
    from pytensor.compile.mode import Mode

    model = model_of(name, **options)
    graph = build_graph(model.design, model.priors, model.forms)
    drawn = prior_draws(model.design, model.priors, 100, seed=seed(1))
    ours = log_prior(Posterior(model.design, drawn), model.priors)["slopes"]
    free = [item for item in graph.free_RVs if item.name.startswith(("slopes", "x", "f"))]
    values = [graph.rvs_to_values[item] for item in free]
    density = sum(item.sum() for item in graph.logp(free, jacobian=False, sum=False))
    spreads = [graph[term] / graph[f"{term}_offset"] for term in ("x0", "x1", "f")]
    spreads = graph.replace_rvs_by_values(spreads)
    mode = Mode(linker="py", optimizer=None)
    function = pytensor.function(values, [density, *spreads], mode=mode, on_unused_input="ignore")
    transforms = {item.name: graph.rvs_to_transforms[item] for item in free}
    rng, found = generator(2), []
    for draw in range(3):
        given, content = [], {}
        for item in free:
            if item.name.endswith("_offset"):
                number = rng.normal(size=item.type.shape if item.ndim == 0 else 3)
            else:
                number = drawn.flat(item.name)[draw]
                number = number[0] if item.ndim == 0 else number
            content[item.name] = number
            transform = transforms[item.name]
            moved = number if transform is None else transform.forward(number, *item.owner.inputs)
            given.append(np.asarray(moved.eval() if hasattr(moved, "eval") else moved))
        theirs, *sds = function(*given)
        slopes = {
            term: np.ravel(sd * content[f"{term}_offset"])
            for term, sd in zip(("x0", "x1", "f"), sds, strict=True)
        }
        variables = {
            name: (("chain", "draw", f"{name} k"), np.ravel(value)[None, None])
            for name, value in (content | slopes).items()
        }
        variables["Intercept"] = (("chain", "draw"), np.zeros((1, 1)))
        if not options:
            variables["sigma"] = (("chain", "draw"), np.ones((1, 1)))
        own = Draws(xr.Dataset(variables), xr.Dataset(), drawn.settings, drawn.run)
        density_of_slopes = log_prior(Posterior(model.design, own), model.priors)["slopes"][0]
        shift = sum(np.log(np.abs(sd)).sum() for sd in sds)
        found.append(density_of_slopes + shift - float(theirs))
    assert np.all(np.isfinite(ours))
    np.testing.assert_allclose(found, 0, atol=1e-7)  # a constant of PyMC's is single precision


def test_r2d2_draws_have_their_share_of_variance():
    """Standardised columns: given W and the shares, the variance of the predictor is W, so that
    the sum of squared slopes over their expectation given the core is a mean of chi-squares."""
    model = model_of("R2D2")
    drawn = prior_draws(model.design, model.priors, SOME, seed=seed(3))
    share = drawn.flat("slopes_R2")[:, 0]
    assert stats.kstest(share, stats.beta(1.2, 1.8).cdf).pvalue > CHANCE
    shares = drawn.flat("slopes_shares")
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    margin = stats.beta(0.7, 0.7 * 4)
    assert stats.kstest(shares[:, 0], margin.cdf).pvalue > CHANCE
    spread = model.design.predictor.fixed.scale[0]
    unit = float(data()["y"].std(ddof=0))
    sd = unit / spread * np.sqrt(share / (1 - share) * shares[:, 0])
    assert stats.kstest(drawn.flat("x0")[:, 0] / sd, stats.norm.cdf).pvalue > CHANCE


def test_the_global_scale_is_piironen_and_vehtari_s():
    """Eq. 3.12 with 5 of 100 columns expected and 400 rows: 5 / 95 / 20."""
    found = global_scale({"expected": 5.0}, 100, 400)
    assert found == pytest.approx(5 / 95 / 20)
    assert math.isfinite(global_scale({"expected": 9.0}, 3, 10))


def test_a_horseshoe_s_slopes_stay_within_its_slab():
    """Far out a slope is normal with the slab's scale: its tail is that of a Student's t."""
    model = model_of("Horseshoe", family="poisson")
    drawn = prior_draws(model.design, model.priors, SOME, seed=seed(4))
    slab = np.sqrt(drawn.flat("slopes_slab")[:, 0])
    tau, local = drawn.flat("slopes_tau")[:, 0], drawn.flat("slopes_local")[:, 0]
    sd = slab * tau * local / np.sqrt(slab**2 + (tau * local) ** 2)
    assert np.all(sd <= slab)
    standard = drawn.flat("x0")[:, 0] * model.design.predictor.fixed.scale[0] / sd
    assert stats.kstest(standard, stats.norm.cdf).pvalue > CHANCE
    assert (
        stats.kstest(drawn.flat("slopes_slab")[:, 0], stats.invgamma(2.5, 0, 5.625).cdf).pvalue
        > CHANCE
    )


@pytest.mark.parametrize("name", PRIORS)
def test_it_is_left_to_the_graph_and_told(name):
    model = model_of(name)
    reason = beyond_kernel(model.design, model.priors, Changes())
    assert reason == f"the slopes share a prior ({name})"
    printed = model.prior_table().frame.set_index("parameter")["prior"]
    assert printed["x0"].startswith(f"{name}(")
    assert eval(repr(PRIORS[name]), {"Prior": bg.Prior}) == PRIORS[name]
    assert model.prior_predictive(draws=200).statistics


@pytest.mark.parametrize(
    ("formula", "priors", "error", "words"),
    [
        ("y ~ x0", {"x0": PRIORS["R2D2"]}, SpecError, "is R2D2, which is a prior of all slopes"),
        ("y ~ x0", {"Intercept": PRIORS["Horseshoe"]}, SpecError, "Write priors={'slopes': Prior("),
        ("y ~ 0 + f", {"slopes": PRIORS["R2D2"]}, SpecError, "Write a formula with an intercept."),
        (
            *("y ~ f", {"slopes": PRIORS["R2D2"], "f[b]": bg.Prior("Normal", sigma=1)}),
            *(GraphError, "have priors of different kinds (Normal, R2D2)"),
        ),
    ],
)
def test_bad_joint_priors(formula, priors, error, words):
    with pytest.raises(error, match=re.escape(words)):
        _ = bg.Model(formula, data(), priors=priors).pymc


def test_r2d2_has_a_share_for_a_mean():
    with pytest.raises(SpecError, match=r"below 1, not 1\.5"):
        bg.Prior("R2D2", mean=1.5)


@pytest.mark.slow
@pytest.mark.parametrize("name", PRIORS)
def test_slopes_without_effect_are_drawn_to_zero(name):
    """30 columns of which 2 count: the others' posteriors are closer to 0 than under normals."""
    rng = generator(5)
    frame = pd.DataFrame({f"x{k}": rng.normal(size=60) for k in range(30)})
    frame["y"] = 2 * frame["x0"] - 1.5 * frame["x1"] + rng.normal(size=60)
    formula = "y ~ " + " + ".join(f"x{k}" for k in range(30))
    prior = PRIORS[name] if name == "R2D2" else bg.Prior("Horseshoe", expected=2)
    options = {"seed": seed(6), "progress": False}
    shrunk = bg.Model(formula, frame, priors={"slopes": prior}).fit(target_accept=0.95, **options)
    plain = bg.Model(formula, frame).fit(**options)
    sizes = [
        np.mean([np.abs(fit.draws.posterior[f"x{k}"].to_numpy()).mean() for k in range(2, 30)])
        for fit in (shrunk, plain)
    ]
    assert sizes[0] < sizes[1]
    for column, truth in (("x0", 2.0), ("x1", -1.5)):
        draws = shrunk.draws.posterior[column].to_numpy()
        assert abs(draws.mean() - truth) < bound(2) * math.hypot(draws.std(), 0.2)
    table = shrunk.sensitivity().power.frame
    assert np.isfinite(table["prior of slopes"]).all()
