"""Refitting: other data, other priors, and graphs that were extended by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from kernel_maker import counts, counts_model
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.engine.jit import cached_cfunc, cached_njit
from bayesglmm.engine.kernel.likelihood_calls import rows_address
from bayesglmm.engine.likelihoods import find_likelihood
from bayesglmm.engine.target import density_function, expand_function
from bayesglmm.errors import DataError, EngineError, SpecError

QUICK = {"draws": 200, "progress": False}
NEW = counts(rows=360, seed=22)
TIGHT = {"x": bg.Prior("Normal", mu=0, sigma=0.01)}


@pytest.fixture(scope="module")
def model() -> bg.Model:
    return counts_model()


@pytest.fixture(scope="module")
def fit(model: bg.Model) -> bg.Fit:
    return model.fit(seed=seed(1), **QUICK)


def assert_same_draws(one: bg.Fit, other: bg.Fit) -> None:
    assert set(one.draws.posterior) == set(other.draws.posterior)
    for name, values in one.draws.posterior.items():
        np.testing.assert_array_equal(values, other.draws.posterior[name])


def test_without_arguments_it_is_the_same_fit(model: bg.Model, fit: bg.Fit):
    assert_same_draws(fit, model.refit(seed=seed(1), **QUICK))


def test_other_data_keep_the_priors(model: bg.Model):
    shifted = NEW.assign(y=NEW["y"] + 40)
    again = model.refit(data=shifted, seed=seed(1), **QUICK)
    assert again.priors == model.priors
    fresh = bg.Model(model.spec, shifted)
    assert fresh.priors != model.priors
    assert again.design.n == 360
    assert again.design.flow == fresh.design.flow
    observed = again.idata["observed_data"]["y"].to_numpy()
    np.testing.assert_array_equal(observed, shifted["y"])
    assert again.fixef().frame["mean"][0] == pytest.approx(np.log(shifted["y"].mean()), abs=0.1)


def test_other_data_give_what_a_model_of_them_gives_under_those_priors(model: bg.Model):
    rules = {name: chosen.prior for name, chosen in model.priors.items() if "sigma" not in name}
    rules["g"] = model.priors["1|g_sigma"].prior
    fresh = bg.Model(model.spec.formula.text, NEW, family="poisson", priors=rules)
    assert_same_draws(
        fresh.fit(seed=seed(3), **QUICK), model.refit(data=NEW, seed=seed(3), **QUICK)
    )


def test_other_priors(model: bg.Model, fit: bg.Fit):
    again = model.refit(priors=TIGHT, seed=seed(1), **QUICK)
    assert again.priors["x"].prior == TIGHT["x"]
    assert again.priors["x"].reason.startswith("said by the user")
    assert again.priors["1|g_sigma"] == model.priors["1|g_sigma"]
    found = again.draws.flat("x")
    assert abs(found.mean()) < 0.05 < fit.draws.flat("x").mean()
    assert found.std() == pytest.approx(0.01, rel=0.3)
    fresh = counts_model(priors=TIGHT).fit(seed=seed(1), **QUICK)
    assert_same_draws(fresh, again)


def test_other_data_and_priors(model: bg.Model):
    again = model.refit(data=NEW, priors=TIGHT, seed=seed(1), **QUICK)
    fresh = bg.Model("y ~ x + (1 | g)", NEW, family="poisson", priors=TIGHT)
    assert again.priors == fresh.priors
    assert_same_draws(fresh.fit(seed=seed(1), **QUICK), again)


def test_the_model_itself_is_left_as_it_was(model: bg.Model, fit: bg.Fit):
    before = (model.spec, model.design, dict(model.priors))
    model.refit(data=NEW, priors=TIGHT, seed=seed(1), **QUICK)
    assert (model.spec, model.design, dict(model.priors)) == before
    assert_same_draws(fit, model.fit(seed=seed(1), **QUICK))


def test_groups_that_come_or_go_are_no_other_model(model: bg.Model):
    """A group's effect has the prior of all groups."""
    fewer = NEW[NEW["g"] != "g00"]
    again = model.refit(data=fewer, seed=seed(1), **QUICK)
    assert again.draws.posterior["1|g"].shape[-1] == 11


@pytest.mark.parametrize("levels", [["a", "b"], ["a", "b", "c", "d"], ["b", "c", "a ", "e"]])
def test_other_levels_are_refused(levels):
    rng = generator(1)
    rows = counts().assign(f=rng.choice(["a", "b", "c"], 240))
    model = bg.Model("y ~ f", rows, family="poisson")
    other = rows.assign(f=rng.choice(levels, 240))
    with pytest.raises(DataError, match=r"The new data .*f\[.*Make a Model of them"):
        model.refit(data=other, **QUICK)


def test_levels_added_and_lacking_are_named():
    rows = counts().assign(f=np.tile(["a", "b", "c"], 80))
    model = bg.Model("y ~ f", rows, family="poisson")
    message = r"add f\[d\] and lack f\[c\]"
    with pytest.raises(DataError, match=message):
        model.refit(data=rows.assign(f=np.tile(["a", "b", "d"], 80)), **QUICK)


def test_data_that_do_not_fit_the_spec_are_refused(model: bg.Model):
    with pytest.raises(DataError, match="'x'"):
        model.refit(data=NEW.drop(columns="x"), **QUICK)


def test_priors_of_nothing_are_refused(model: bg.Model):
    with pytest.raises(SpecError, match="'z'"):
        model.refit(priors={"z": bg.Prior("Normal", sigma=1)}, **QUICK)


@pytest.mark.usefixtures("fit")
def test_nothing_is_compiled_anew(model: bg.Model):
    likelihood = find_likelihood("poisson", "log")
    compiled = [cached_cfunc, cached_njit]

    def state():
        addresses = [density_function().address, expand_function().address]
        return [
            *addresses,
            rows_address(likelihood),
            *(function.cache_info().misses for function in compiled),
        ]

    before = state()
    for number in range(3):
        model.refit(data=counts(seed=number), priors=TIGHT, seed=seed(number), **QUICK)
        bg.Model("y ~ x + I(x**2) + (1 + x || g)", NEW, family="poisson").fit(seed=seed(1), **QUICK)
    assert state() == before


def test_a_graph_that_is_only_looked_at_changes_nothing(fit: bg.Fit):
    model = counts_model()
    assert model.pymc.named_vars
    assert_same_draws(fit, model.fit(seed=seed(1), **QUICK))


@pytest.fixture(scope="module")
def extended() -> bg.Model:
    model = counts_model()
    with model.pymc:
        pm.Potential("near_zero", -50.0 * model.pymc["x"] ** 2)
    return model


@pytest.fixture(scope="module")
def extended_fit(extended: bg.Model) -> bg.Fit:
    return extended.fit(seed=seed(1), **QUICK)


@pytest.mark.slow
def test_an_extended_graph_is_sampled_itself(fit: bg.Fit, extended_fit: bg.Fit):
    run = extended_fit.engine
    assert run.engine == "nutpie"
    assert run.extensions == ("near_zero",)
    assert "not by the kernel: the graph was extended by near_zero" in run.notes
    assert "Not by the kernel: the graph was extended by near_zero." in repr(run)
    # A normal of standard deviation 0.1 times the posterior, which has one of about 0.04.
    assert extended_fit.draws.flat("x").mean() < fit.draws.flat("x").mean() - 0.02


@pytest.fixture(scope="module")
def changed() -> bg.Model:
    model = counts_model()
    pm.set_data({"y_data": np.full(240, 50)}, model=model.pymc)
    return model


@pytest.mark.slow
def test_a_graph_of_changed_data_is_sampled_itself(changed: bg.Model, fit: bg.Fit, monkeypatch):
    seen = []

    def sample(graph, settings):
        seen.append((graph, settings.engine))
        return fit.draws

    monkeypatch.setattr("bayesglmm.engine.sample.sample_graph", sample)
    found = changed.fit(seed=seed(1), **QUICK)
    assert seen == [(changed.pymc, "nutpie")]
    assert "not by the kernel: the graph's data were changed" in found.engine.notes
    assert found.engine.extensions == ()
    pm.set_data({"y_data": counts()["y"]}, model=changed.pymc)
    assert changed.fit(seed=seed(1), **QUICK).engine.engine == "kernel"
    assert len(seen) == 1
    pm.set_data({"y_data": np.full(240, 50)}, model=changed.pymc)


@pytest.mark.slow
def test_a_graph_engine_that_is_asked_for_is_taken(model: bg.Model, fit: bg.Fit, monkeypatch):
    seen = []

    def sample(_graph, settings):
        seen.append((settings.engine, settings.draws))
        return fit.draws

    monkeypatch.setattr("bayesglmm.engine.sample.sample_graph", sample)
    for engine in ("nutpie", "pymc"):
        model.refit(data=NEW, engine=engine, progress=False)
    assert seen == [("nutpie", 2000), ("pymc", 2000)]


@pytest.mark.parametrize("name", ["extended", "changed"])
def test_the_kernel_is_refused_where_it_would_leave_that_out(name, request):
    model = request.getfixturevalue(name)
    with pytest.raises(EngineError, match="The kernel cannot express this model: the graph"):
        model.fit(seed=seed(1), engine="kernel", **QUICK)


@pytest.mark.parametrize("name", ["extended", "changed"])
def test_a_refit_does_not_lose_what_was_changed_in_silence(name, request):
    model = request.getfixturevalue(name)
    with pytest.raises(EngineError, match="refit\\(\\) starts from the spec, but the graph"):
        model.refit(seed=seed(1), **QUICK)
    with pytest.raises(EngineError, match="no preview of this model: the graph"):
        model.preview(seed=seed(1))


def test_settings_that_the_graph_cannot_take_say_why(extended: bg.Model):
    with pytest.raises(SpecError, match=r"draws=2000 .*the graph was extended by near_zero"):
        extended.fit(ess=400, progress=False)


LABELLED = {
    "labels": {"f": {0: "no", 1: "yes"}},
    "reference": {"f": "yes"},
    "missing": "drop",
}


def labelled() -> pd.DataFrame:
    rows = counts().assign(f=np.tile([0, 1, 1], 80))
    rows["x"] = rows["x"].where(rows.index != 7)
    return rows


def test_labels_references_and_dropped_rows_survive():
    model = bg.Model("y ~ x + f + (1 | g)", labelled(), family="poisson", **LABELLED)
    fit = model.fit(seed=seed(1), **QUICK)
    assert fit.design.flow.used == 239
    for again in (
        model.refit(seed=seed(1), **QUICK),
        model.refit(data=labelled(), seed=seed(1), **QUICK),
    ):
        assert_same_draws(fit, again)
        assert again.design.flow == fit.design.flow
        assert again.design.references == {"f": "yes"}
        assert again.priors == fit.priors
    tight = model.refit(priors=TIGHT, seed=seed(1), **QUICK)
    assert abs(tight.draws.flat("x").mean()) < 0.05
    assert tight.design.flow == fit.design.flow


def test_the_graph_of_a_refit_is_that_of_its_data(model: bg.Model):
    assert model.pymc.dim_lengths["__obs__"].eval() == 240
    again = model.refit(data=NEW, seed=seed(1), **QUICK)
    assert again.pymc.dim_lengths["__obs__"].eval() == 360
    assert isinstance(again.design.data, pd.DataFrame)
