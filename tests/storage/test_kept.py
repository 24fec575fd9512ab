"""Fits kept in a file: loaded where nothing changed, gone on with, refused with what changed."""

import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from posterior_maker import make_fit
from seeds import seed

import bayesglmm as bg
from bayesglmm import storage
from bayesglmm.engine.convergence import SHORTEST
from bayesglmm.engine.keeping import CUT_SHORT
from bayesglmm.engine.settings import make_settings
from bayesglmm.errors import DataError, EngineError, SpecError
from bayesglmm.kept import kept_fit
from bayesglmm.posterior.more_draws import joined, smallest_ess
from bayesglmm.storage.plain_draws import rounded

PLACE = np.arange(40)
ROWS = pd.DataFrame(
    {"y": np.sin(PLACE), "x": np.cos(PLACE) + PLACE % 3, "g": PLACE % 8, "z": PLACE % 5}
)
MODEL = bg.Model("y ~ x + (1 | g)", ROWS)
CHAIN_SEED = 3


class Sampler:
    """Stands for a model's fit: independent draws, as many as are asked for; counts its calls."""

    def __init__(self, model=MODEL, stopped=()):
        self.model, self.asked, self.stopped = model, [], list(stopped)

    def __call__(self, settings, keep=None):
        self.asked.append(settings)
        self.keep = keep
        made = make_settings(**({"seed": CHAIN_SEED, "progress": False} | settings))
        fit = make_fit(self.model, draws=made.draws or 300, seed=made.seed)
        run = replace(fit.draws.run, stopped=self.stopped.pop(0) if self.stopped else "")
        return replace(fit, draws=replace(fit.draws, settings=made, run=run))


def keep(path, sampler, model=MODEL, refit=False, **settings):
    kept = (path, model.design, model.priors, sampler, settings)
    return kept_fit(*kept, refit=refit)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "x.bgm"


def test_a_fit_is_made_once(path):
    sampler = Sampler()
    first = keep(path, sampler, seed=CHAIN_SEED)
    again = keep(path, sampler, seed=CHAIN_SEED)
    whatever = keep(path, sampler, ess=800)
    assert len(sampler.asked) == 1
    for fit in (again, whatever):
        assert fit.draws.posterior.equals(rounded(first.draws.posterior))
        assert fit.draws.run.notes == first.draws.run.notes


OTHERS = {
    "formula": (bg.Model("y ~ x + z + (1 | g)", ROWS), {}, "its formula is 'y ~ x"),
    "missing": (bg.Model("y ~ x + (1 | g)", ROWS, missing="drop"), {}, "its missing is None, not"),
    "rows": (bg.Model("y ~ x + (1 | g)", ROWS.iloc[1:]), {}, "it was made of other rows"),
    "value": (
        bg.Model("y ~ x + (1 | g)", ROWS.assign(z=0, x=ROWS["x"].where(PLACE > 0, 9.0))),
        {},
        "it was made of other rows",
    ),
    "seed": (MODEL, {"seed": 4}, "its seed is 3, not 4"),
    "chains": (MODEL, {"chains": 6}, "its chains is 4, not 6"),
    "draws": (MODEL, {"draws": 500}, "its draws is None, not 500"),
    "acceptance": (MODEL, {"target_accept": 0.99}, "its target_accept is"),
}


@pytest.mark.parametrize(("model", "settings", "words"), OTHERS.values(), ids=OTHERS)
def test_another_fit_is_refused_and_kept(path, model, settings, words):
    sampler = Sampler()
    keep(path, sampler)
    before = path.read_bytes()
    with pytest.raises(DataError, match=rf"holds another fit: .*{words}.*refit=True"):
        keep(path, sampler, model, **settings)
    assert path.read_bytes() == before
    fit = keep(path, Sampler(model), model, refit=True, **settings)
    assert fit.design is not None
    assert path.read_bytes() != before


def test_a_file_is_read_once(path, monkeypatch):
    """And the design is the model's own, not made again."""
    read, times = storage.contents.read_archive, []
    monkeypatch.setattr(
        storage.contents, "read_archive", lambda place: times.append(place) or read(place)
    )
    keep(path, Sampler())
    fit = keep(path, Sampler())
    assert times == [path]
    assert fit.design is MODEL.design


WRONG = {
    "file": (lambda _: MODEL.fit(file=3), "file=3 names no file. Write 'trial.bgm'"),
    "refit": (lambda path: MODEL.fit(file=path, refit="x"), "refit='x' must be True or False"),
    "setting": (lambda path: MODEL.fit(file=path, sede=1), "Did you mean 'seed'"),
    "file of a refit": (lambda path: MODEL.refit(file=path), r"Write model.refit\(...\).save"),
    "priors of a refit": (lambda _: MODEL.refit(priors=3), "priors is 3. It must be a dict"),
}


@pytest.mark.parametrize(("call", "words"), WRONG.values(), ids=WRONG)
def test_arguments_of_the_wrong_kind(path, call, words):
    with pytest.raises(SpecError, match=words):
        call(path)
    assert not path.exists()


def test_a_setting_of_none_is_one_that_was_left_out(path):
    sampler = Sampler()
    keep(path, sampler, ess=500, seed=None)
    keep(path, sampler, ess=500, seed=None, draws=None, target_accept=None, max_minutes=None)
    assert len(sampler.asked) == 1


@pytest.mark.parametrize("there", [False, True])
def test_a_graph_that_was_changed_is_refused_before_sampling(path, there):
    """What the file holds is of the spec alone, so it is no answer either."""
    if there:
        keep(path, Sampler())
    model = bg.Model("y ~ x + (1 | g)", ROWS)
    with model.pymc:
        pm.Potential("closer", -(model.pymc["x"] ** 2))
    with pytest.raises(EngineError, match="cannot hold this fit: the graph was extended by closer"):
        model.fit(file=path)
    assert path.exists() == there


def test_what_a_file_cannot_hold_is_refused_before_sampling(path):
    labels = {"t": {(1, 2): "a", (3, 4): "b"}}
    rows = ROWS.assign(t=[(1, 2), (3, 4)] * 20)
    sampler = Sampler()
    with pytest.raises(SpecError, match="a tuple, which a file cannot hold"):
        keep(path, sampler, bg.Model("y ~ t", rows, labels=labels))
    assert sampler.asked == []


def test_other_priors_are_another_fit(path):
    keep(path, Sampler())
    priors = dict(MODEL.priors)
    priors["x"] = replace(priors["x"], prior=bg.Prior("Normal", mu=0, sigma=9))
    with pytest.raises(DataError, match="it had other priors for x"):
        kept_fit(path, MODEL.design, priors, Sampler(), {}, refit=False)


def test_columns_that_the_model_does_not_use_may_change(path):
    keep(path, Sampler())
    sampler = Sampler()
    keep(path, sampler, bg.Model("y ~ x + (1 | g)", ROWS.drop(columns="z").assign(w=1)))
    assert sampler.asked == []


def test_a_higher_ess_goes_on(path):
    """Draws that are there stay, more follow, and every quantity has what is asked for."""
    sampler = Sampler()
    first = keep(path, sampler, ess=500, target_accept=0.93)
    longer = keep(path, sampler, ess=5000, target_accept=0.93)
    again = keep(path, sampler, ess=5000)
    assert smallest_ess(longer.posterior) >= 5000
    assert longer.draws.run.complete
    assert longer.draws.settings.ess == 5000
    length = first.draws.posterior.sizes["draw"]
    head = longer.draws.posterior.isel(draw=slice(length))
    assert head.equals(rounded(first.draws.posterior))
    assert again.draws.posterior.sizes == longer.draws.posterior.sizes
    later = sampler.asked[1:]
    seeds = [call["seed"] for call in later]
    assert len({CHAIN_SEED, *seeds}) == 1 + len(seeds)
    assert all(call["target_accept"] == 0.93 for call in later)
    assert f"went on with seed {seeds[0]}" in longer.draws.run.notes[-len(later)]


def test_draws_that_go_on_twice_are_not_made_twice(path):
    """A seed that comes again would give the draws again that are there already."""
    sampler = Sampler()
    for ess in (500, 4000, 8000):
        fit = keep(path, sampler, ess=ess)
    seeds = [call.get("seed", CHAIN_SEED) for call in sampler.asked]
    assert len(seeds) >= 3
    assert len(set(seeds)) == len(seeds)
    values = fit.draws.array("x").reshape(-1)
    assert len(np.unique(values)) > 0.99 * len(values)


def test_a_fixed_number_of_draws_goes_on_to_that_number(path):
    sampler = Sampler(stopped=["interrupted by the user"])
    first = keep(path, sampler, draws=400)
    short = replace(
        first.draws,
        posterior=first.draws.posterior.isel(draw=slice(250)),
        sample_stats=first.draws.sample_stats.isel(draw=slice(250)),
    )
    replace(first, draws=short).save(path, overwrite=True)
    longer = keep(path, sampler, draws=400)
    assert sampler.asked[1]["draws"] == 150
    assert longer.draws.posterior.sizes["draw"] == 400
    assert longer.draws.run.complete


class KilledError(Exception):
    """Stands for the end of the process."""


def killed(model=MODEL, after=150):
    """A sampler whose process ends when it has handed over its first draws."""

    def make(settings, keep=None):
        asked = {name: value for name, value in settings.items() if name not in ("draws", "ess")}
        fit = Sampler(model, stopped=["cut short"])(asked | {"draws": after})
        settings = make_settings(**({"seed": CHAIN_SEED, "progress": False} | dict(settings)))
        keep(replace(fit.draws, settings=settings))
        raise KilledError

    return make


def test_what_was_handed_over_is_there_after_the_process_was_killed(path):
    with pytest.raises(KilledError):
        keep(path, killed(), ess=1500)
    there = bg.load(path)
    assert there.draws.posterior.sizes["draw"] == 150
    assert there.engine.stopped == "cut short"
    sampler = Sampler()
    fit = keep(path, sampler, ess=1500)
    assert fit.draws.posterior.isel(draw=slice(150)).equals(there.draws.posterior)
    assert fit.engine.complete
    assert smallest_ess(fit.posterior) >= 1500
    assert len(sampler.asked) >= 1


def test_a_run_that_goes_on_and_is_killed_keeps_both(path):
    keep(path, Sampler(), ess=500)
    before = bg.load(path).draws.posterior.sizes["draw"]
    with pytest.raises(KilledError):
        keep(path, killed(after=120), ess=9000)
    there = bg.load(path)
    assert there.draws.posterior.sizes["draw"] == before + 120
    assert not there.engine.complete


def test_a_file_without_rows_stays_without(path):
    """Also where it is gone on with: whoever kept rows out meant it."""
    Sampler(stopped=["cut short"])({"ess": 800}).save(path, data="digest")
    keep(path, Sampler(), ess=3000)
    with pytest.raises(DataError, match="without its 40 rows"):
        bg.load(path)
    assert bg.load(path, ROWS).engine.complete


def test_another_process_that_makes_the_same_fit_is_refused(path):
    source = (
        "import sys, pathlib, time\n"
        "from bayesglmm.storage import writing\n"
        "with writing(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    sampler = Sampler()
    with subprocess.Popen(
        [sys.executable, "-c", source, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(DataError, match="Another process is making the fit"):
            keep(path, sampler)
        assert sampler.asked == []
        other.communicate(b"")
    keep(path, sampler)
    assert len(sampler.asked) == 1


def test_a_disk_that_is_full_ends_no_run(path, monkeypatch):
    def full(*_):
        raise DataError(f"{path} could not be written: No space left on device.")

    def make(settings, keep=None):
        fit = Sampler()(settings)
        keep(fit.draws)
        return fit

    monkeypatch.setattr(storage.saving, "write_archive", full)
    with (
        pytest.warns(UserWarning, match=r"No space left on device. The run goes on"),
        pytest.warns(UserWarning, match=r"The fit itself is what this call gives"),
    ):
        fit = keep(path, make)
    assert fit.draws.run.complete
    assert not path.exists()


def test_a_run_that_was_ended_early_goes_on(path):
    sampler = Sampler(stopped=["the time was over"])
    first = keep(path, sampler, ess=2000)
    assert not first.draws.run.complete
    longer = keep(path, sampler)
    assert longer.draws.run.complete
    assert smallest_ess(longer.posterior) >= 2000


def test_a_round_that_is_ended_early_is_told(path):
    sampler = Sampler(stopped=["", "interrupted by the user"])
    keep(path, sampler, ess=500)
    longer = keep(path, sampler, ess=100_000)
    assert len(sampler.asked) == 2
    assert longer.draws.run.stopped == "interrupted by the user"


def test_a_place_that_cannot_be_written_is_told_before_sampling(tmp_path):
    sampler = Sampler()
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(SpecError, match="cannot be made"):
        keep(tmp_path / "taken" / "x.bgm", sampler)
    assert sampler.asked == []


def test_joined_chains_are_chains():
    """Two halves of chains are the chains, and cost what both cost."""
    draws = make_fit(MODEL, draws=400).draws
    halves = [
        replace(
            draws,
            posterior=draws.posterior.isel(draw=part),
            sample_stats=draws.sample_stats.isel(draw=part),
        )
        for part in (slice(0, 150), slice(150, 400))
    ]
    both = joined(*halves)
    assert both.posterior.equals(draws.posterior)
    assert both.sample_stats.equals(draws.sample_stats)
    assert both.run.gradients == 2 * draws.run.gradients


@pytest.mark.slow
def test_a_model_keeps_its_fit(path):
    first = MODEL.fit(file=path, seed=seed(1), ess=400, progress=False)
    again = MODEL.fit(file=path, seed=seed(1), ess=400, progress=False)
    assert again.draws.posterior.equals(rounded(first.draws.posterior))
    longer = MODEL.fit(file=path, ess=3000, progress=False)
    assert longer.draws.run.complete
    assert smallest_ess(longer.posterior) >= 3000


@pytest.mark.slow
def test_a_killed_process_leaves_its_draws_and_the_same_call_goes_on(path):
    """Ended by the system, at once, while its chains run."""
    source = (
        "import sys, numpy as np, pandas as pd, bayesglmm as bg\n"
        "from bayesglmm.engine import keeping\n"
        "keeping.EVERY = 0.0\n"
        "place = np.arange(40)\n"
        "x, y = np.cos(place) + place % 3, np.sin(place)\n"
        "rows = pd.DataFrame({'y': y, 'x': x, 'g': place % 8})\n"
        "bg.Model('y ~ x + (1 | g)', rows).fit(file=sys.argv[1], ess=200_000, seed=1)\n"
    )
    with subprocess.Popen([sys.executable, "-c", source, str(path)]) as process:
        while not path.exists() and process.poll() is None:
            time.sleep(0.01)
        process.kill()
    there = bg.load(path)
    assert there.engine.stopped == CUT_SHORT
    length = there.draws.posterior.sizes["draw"]
    assert length >= SHORTEST
    fit = bg.resume(path, max_minutes=1, progress=False)
    assert fit.draws.posterior.isel(draw=slice(length)).equals(there.draws.posterior)
    assert fit.draws.posterior.sizes["draw"] > length
