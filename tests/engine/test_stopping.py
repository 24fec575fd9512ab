"""When a run ends: where it has what was asked for, or before, and then it says so."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from kernel_maker import counts, counts_model
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.design.parameters import model_parameters
from bayesglmm.engine import deadline, nuts, stopping
from bayesglmm.engine.convergence import R_HAT
from bayesglmm.engine.deadline import NEVER
from bayesglmm.engine.first_use import prepare
from bayesglmm.engine.kernel.record import HALT
from bayesglmm.engine.likelihoods import find_likelihood
from bayesglmm.engine.nuts import Chains
from bayesglmm.engine.output import Reported
from bayesglmm.engine.stopping import FIRST_LOOK
from bayesglmm.errors import EngineError, SpecError
from bayesglmm.posterior.diagnose import diagnose
from bayesglmm.posterior.quantities import convergence, gather

MODELS = {
    "gaussian": ("z ~ x + (1 | g)", {}),
    "slopes": ("y ~ x + (1 + x | g)", {"family": "poisson"}),
    "overdispersed": ("y ~ x + (1 | g)", {"family": "negative_binomial"}),
    "no groups": ("b ~ x", {"family": "bernoulli"}),
    "crossed": ("b ~ x + (1 | g) + (1 | h)", {"family": "bernoulli"}),
}
FOREVER = 400_000
"""An effective sample size that takes long enough to be interrupted."""


def make_model(name: str) -> bg.Model:
    rng = generator(5)
    rows = counts()
    rows["z"] = np.log1p(rows["y"]) + rng.normal(size=len(rows))
    rows["b"] = (rows["y"] > 3).astype(int)
    rows["h"] = rng.choice(["u", "v", "w"], len(rows))
    formula, options = MODELS[name]
    return bg.Model(formula, rows, **options)


@pytest.fixture(scope="module")
def model() -> bg.Model:
    return counts_model()


def size(fit: bg.Fit) -> int:
    """Draws of each chain."""
    return fit.draws.posterior.sizes["draw"]


def assert_same_draws(one: bg.Fit, other: bg.Fit) -> None:
    for part in ("posterior", "sample_stats"):
        for name, values in getattr(one.draws, part).items():
            np.testing.assert_array_equal(values, getattr(other.draws, part)[name])


@pytest.mark.parametrize("ess", [400, 1500])
@pytest.mark.parametrize("name", MODELS)
def test_every_reported_quantity_reaches_the_size_asked_for(name, ess):
    fit = make_model(name).fit(seed=seed(1), ess=ess, progress=False)
    labels, values = gather(model_parameters(fit.design), fit.draws)
    found = convergence(values)
    for diagnostic in ("ess_bulk", "ess_tail"):
        least = int(found[diagnostic].argmin())
        assert found[diagnostic][least] >= ess, (diagnostic, labels[least])
    assert diagnose(fit.posterior).checks[0].passed
    own = np.array(
        [item.role != "effect" for item in model_parameters(fit.design) for _ in item.labels]
    )
    assert found["r_hat"][own].max() <= R_HAT
    assert fit.engine.complete
    assert fit.engine.stopped == ""
    assert size(fit) >= FIRST_LOOK
    assert (fit.draws.settings.ess, fit.draws.settings.draws) == (ess, None)


def test_a_thousand_and_digits_where_nothing_is_said(model: bg.Model):
    fit = model.fit(seed=seed(1), progress=False)
    asked = model.fit(seed=seed(1), ess=1000, progress=False)
    assert (fit.draws.settings.ess, "ess" in fit.draws.settings.open) == (1000, True)
    assert (asked.draws.settings.ess, "ess" in asked.draws.settings.open) == (1000, False)
    assert fit.engine.complete
    assert size(fit) >= size(asked)
    for name, values in asked.draws.posterior.items():
        np.testing.assert_array_equal(fit.draws.posterior[name][:, : size(asked)], values)
    asked_for = asked.engine.gradients + asked.engine.warmup_gradients
    assert fit.engine.gradients <= 1.3 * 2 * asked_for


@pytest.mark.parametrize("settings", [{}, {"ess": 3000}, {"draws": 150}], ids=str)
def test_the_seed_repeats_draws_and_their_number(settings):
    model = make_model("slopes")
    fits = [model.fit(seed=seed(9), progress=False, **settings) for _ in range(3)]
    assert len({size(fit) for fit in fits}) == 1
    for other in fits[1:]:
        assert_same_draws(fits[0], other)
    assert size(model.fit(seed=seed(10), progress=False, draws=150)) == 150


def test_a_slow_machine_gives_the_same_draws(model: bg.Model, monkeypatch):
    """Looks depend on the draws, not on the moment at which they are taken."""
    fit = model.fit(seed=seed(2), progress=False)
    look = Chains.look

    def late(self):
        time.sleep(0.3)
        return look(self)

    monkeypatch.setattr(Chains, "look", late)
    assert_same_draws(fit, model.fit(seed=seed(2), progress=False))


def test_chains_rest_while_draws_that_may_be_enough_are_looked_at(model: bg.Model, monkeypatch):
    """The first look cannot end a run for more than its draws: chains go on meanwhile."""
    told = []

    def watched(name: str, act):
        def say(self):
            told.append(name)
            return act(self)

        return say

    for name in ("pause", "resume", "look"):
        monkeypatch.setattr(Chains, name, watched(name, getattr(Chains, name)))
    fit = model.fit(seed=seed(2), ess=4 * FIRST_LOOK + 1, progress=False)
    assert fit.engine.complete
    first, *others, last = "".join(f"{name} " for name in told).split("look")
    assert (first, last) == ("", " ")
    assert set(others) == {" pause "} if len(others) == 1 else {" pause ", " resume pause "}


@pytest.mark.parametrize("draws", [300, 1001])
def test_a_fixed_number_of_draws(model: bg.Model, draws: int):
    fit = model.fit(seed=seed(1), draws=draws, progress=False)
    assert size(fit) == draws
    assert fit.engine.complete
    assert fit.draws.sample_stats.sizes == {"chain": 4, "draw": draws}
    assert (fit.draws.settings.ess, fit.draws.settings.draws) == (None, draws)


def test_more_chains(model: bg.Model):
    assert (
        model.fit(seed=seed(1), draws=100, chains=6, progress=False).draws.posterior.chain.size == 6
    )


def interrupted(monkeypatch, after: int, event: type[BaseException] | None = None) -> None:
    """Make the wait for the chains raise `event`, or end late, where they have `after` draws."""
    wait, hours = Chains.wait, iter(range(0, 3600 * 1000, 3600))
    now = [next(hours)]
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def patient(self, seconds: float) -> bool:
        while self.finished < after:
            wait(self, seconds)
        if event is not None:
            raise event
        now[0] = next(hours)
        return False

    monkeypatch.setattr(Chains, "wait", patient)


def test_an_interrupted_run_keeps_its_draws(model: bg.Model, monkeypatch):
    interrupted(monkeypatch, after=500, event=KeyboardInterrupt)
    fit = model.fit(seed=seed(1), ess=FOREVER, progress=False)
    assert not fit.engine.complete
    assert fit.engine.stopped == "interrupted by the user"
    assert "The run is incomplete: interrupted by the user." in repr(fit.engine)
    assert size(fit) >= 500 - fit.draws.settings.tune
    assert fit.draws.sample_stats.sizes == {"chain": 4, "draw": size(fit)}
    values = gather(model_parameters(fit.design), fit.draws)[1]
    assert np.isfinite(values).all()


def test_an_interrupt_while_convergence_is_judged_keeps_the_draws_too(model, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(stopping, "convergence", interrupt)
    fit = model.fit(seed=seed(1), progress=False)
    assert fit.engine.stopped == "interrupted by the user"
    assert size(fit) >= FIRST_LOOK


def test_the_draws_of_an_interrupted_run_are_those_of_a_complete_one(model, monkeypatch):
    complete = model.fit(seed=seed(1), draws=200, progress=False)
    interrupted(monkeypatch, after=400, event=KeyboardInterrupt)
    fit = model.fit(seed=seed(1), ess=FOREVER, progress=False)
    for name, values in complete.draws.posterior.items():
        np.testing.assert_array_equal(fit.draws.posterior[name][:, :200], values)


def test_a_run_that_is_interrupted_in_warm_up_has_nothing_to_show(model, monkeypatch):
    interrupted(monkeypatch, after=0, event=KeyboardInterrupt)
    with pytest.raises(EngineError, match="before it had draws to show: interrupted by the user"):
        model.fit(seed=seed(1), tune=20_000, progress=False)


def test_time_runs_out(model: bg.Model, monkeypatch):
    interrupted(monkeypatch, after=500)
    fit = model.fit(seed=seed(1), ess=FOREVER, max_minutes=30, progress=False)
    assert not fit.engine.complete
    assert fit.engine.stopped == "the time allowed by max_minutes= ran out"
    assert size(fit) >= 500 - fit.draws.settings.tune


@pytest.mark.parametrize("minutes", [1e-9, 30], ids=["in the pilot", "in warm-up"])
def test_time_runs_out_before_the_first_draw(model: bg.Model, monkeypatch, minutes):
    interrupted(monkeypatch, after=0)
    if minutes < 1:
        monkeypatch.undo()
    with pytest.raises(EngineError, match="max_minutes= ran out"):
        model.fit(seed=seed(1), tune=20_000, max_minutes=minutes, progress=False)


def test_time_runs_out_while_convergence_is_judged(model: bg.Model, monkeypatch):
    """A look ends between two blocks of quantities, and what there is comes back."""
    judge = stopping.convergence

    def late(draws, between):
        monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: np.inf))
        return judge(draws, between)

    monkeypatch.setattr(stopping, "convergence", late)
    fit = model.fit(seed=seed(1), ess=FOREVER, max_minutes=30, progress=False)
    assert fit.engine.stopped == "the time allowed by max_minutes= ran out"
    assert size(fit) >= FIRST_LOOK


def test_chains_that_hang_are_left_behind(monkeypatch):
    """A trajectory is never waited for longer than `PATIENCE`."""
    let_go, ended = threading.Event(), threading.Event()

    class Hanging:
        def abort(self):
            let_go.wait(60)
            ended.set()

    chains = object.__new__(Chains)
    chains._sampler, chains._addresses = Hanging(), np.zeros(HALT + 1)
    monkeypatch.setattr(nuts, "PATIENCE", 0.01)
    chains.abandon()
    assert not ended.is_set()
    assert chains._addresses[HALT]
    let_go.set()
    assert ended.wait(60)


def one(values: np.ndarray) -> Reported:
    """Draws of quantities of which none is a group effect."""
    return Reported(values, np.zeros(values.shape[2], dtype=bool))


def test_looks_grow_apart():
    """Bad draws are looked at a number of times that grows with the log of their number."""
    steps = [200]
    still = np.zeros((4, 1, 1)) + np.arange(4.0)[:, None, None]
    noise = 1e-6 * generator(1).normal(size=(4, 20_000, 1))
    while steps[-1] < 20_000:
        _, following = stopping._next_look(one(still + noise[:, : steps[-1]]), 100, NEVER)
        steps.append(following)
    assert len(steps) < 60


def test_near_misses_are_looked_at_rarely(monkeypatch):
    """Where R-hat alone fails the ESS does not say how many draws it takes."""
    enough = SimpleNamespace(
        ess_bulk=np.array([5e3]), ess_tail=np.array([5e3]), r_hat=np.array([2.0])
    )
    monkeypatch.setattr(stopping, "convergence", lambda *_: enough)
    looks, draws = 0, 200
    while draws < 100_000:
        _, draws = stopping._next_look(one(np.zeros((4, draws, 1))), 400, NEVER)
        looks += 1
    assert looks < 70


def test_max_minutes_is_kept_by_chains_that_mix_badly():
    """An exact line: the residual sd runs to 0, and trajectories grow as long as they may.

    A slow machine has no draws of it after the warm-up to show within the second.
    """
    x = np.random.default_rng(21).normal(size=300)  # data as they were reported
    g = np.repeat(np.arange(15), 20)
    model = bg.Model("y ~ x + (1|g)", pd.DataFrame({"x": x, "g": g, "y": 2 * x + g}))
    prepare(find_likelihood("gaussian", "identity"))
    start = time.process_time()
    try:
        fit = model.fit(seed=seed(1), max_minutes=1 / 60, progress=False)
        why, passed = fit.engine.stopped, fit.verdict.passed
    except EngineError as error:
        why, passed = str(error), False
    assert "the time allowed by max_minutes= ran out" in why
    assert not passed
    # Four chains of a second, ends of trajectories and a look, however busy the machine is.
    assert time.process_time() - start < 12


def test_chains_that_fail_are_said(model: bg.Model, monkeypatch):
    """The error is that of the chains, whatever is left of them."""

    def nowhere(target):
        return lambda _: np.full(target.coordinates.size, np.nan)

    monkeypatch.setattr(stopping, "_starts", nowhere)
    with pytest.raises(EngineError, match="The sampler stopped"):
        model.fit(seed=seed(1), progress=False)


def test_a_run_that_ends_at_the_last_moment_is_complete(model: bg.Model, monkeypatch):
    wait, now = Chains.wait, [0.0]
    monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def to_the_end(self, seconds: float) -> bool:
        while not wait(self, seconds):
            pass
        now[0] = np.inf
        return True

    monkeypatch.setattr(Chains, "wait", to_the_end)
    fit = model.fit(seed=seed(1), draws=200, max_minutes=30, progress=False)
    assert size(fit) == 200
    assert fit.engine.complete


def test_most_draws(model: bg.Model, monkeypatch):
    monkeypatch.setattr(stopping, "MOST_DRAWS", 250)
    fit = model.fit(seed=seed(1), ess=50_000, progress=False)
    assert size(fit) == 250
    assert fit.engine.stopped == (
        "250 draws of each chain, the most that are kept, were not enough"
    )


def test_memory_limits_the_draws(model: bg.Model, monkeypatch):
    """300 draws of 4 chains, 15 parameters of 8 bytes each."""
    monkeypatch.setattr(stopping, "MOST_BYTES", 300 * 4 * 15 * 8)
    assert size(model.fit(seed=seed(1), ess=50_000, progress=False)) == 300


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"ess": 1000, "draws": 1000}, "ess= or draws=, not both"),
        ({"engine": "nutpie", "ess": 1000}, "takes a fixed number of draws"),
        ({"engine": "pymc", "ess": 1000}, "Write draws=2000"),
        ({"ess": 99}, "ess=99"),
        ({"ess": 1000.5}, "ess=1000.5"),
        ({"engine": "nutpie", "max_minutes": 5}, "cannot be stopped by max_minutes="),
        ({"max_minutes": 0}, "max_minutes=0"),
        ({"max_minutes": "long"}, "max_minutes='long'"),
    ],
)
def test_contradictory_settings_are_refused(model: bg.Model, settings, message):
    with pytest.raises(SpecError, match=message):
        model.fit(progress=False, **settings)
