"""The first use on a machine gives the draws of every later use."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numba
import pytest
from filelock import FileLock
from kernel_maker import general_likelihoods

from bayesglmm.engine import first_use
from bayesglmm.engine.jit import cache_folder
from bayesglmm.engine.likelihoods import (
    LIKELIHOODS,
    MODELLED,
    SUPPRESSED,
    find_likelihood,
    likelihood_named,
)

FIT = """
import bayesglmm as bg

rows = bg.datasets.load("crossover")
model = bg.Model("outcome ~ trt + (1 | ID)", rows, family="bernoulli")
draws = model.fit(seed=1, draws=100, progress=False).draws
print(draws.posterior["Intercept"].to_numpy().tobytes().hex())
"""


@pytest.mark.slow
def test_the_first_fit_of_a_seed_is_that_of_later_ones(tmp_path: Path):
    environment = os.environ | {"BAYESGLMM_CACHE": str(tmp_path)}
    found = [
        subprocess.run(
            [sys.executable, "-c", FIT], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert len(found[0]) > 4 * 100 * 16
    assert found[0] == found[1]
    marks = sorted(path.name for path in tmp_path.rglob("*.compiled"))
    assert marks == ["bernoulli-logit.compiled", "kernel.compiled"]


COMPILED = """
from collections import Counter

from numba.core import event

import bayesglmm
from bayesglmm.engine import first_use
from bayesglmm.engine.likelihoods import find_likelihood

class Seen(event.Listener):
    def on_start(self, found):
        function = found.data["dispatcher"].py_func
        if function.__module__.startswith("bayesglmm."):
            print(function.__module__, function.__qualname__)

    def on_end(self, found):
        pass

event.register("numba:compile", Seen())
for half in first_use.HALVES.values():
    half(find_likelihood("poisson", "log"))
"""


@pytest.mark.slow
def test_a_function_is_compiled_once(tmp_path: Path):
    """Not for several types of its arguments, of which each literal is one."""
    environment = os.environ | {"BAYESGLMM_CACHE": str(tmp_path)}
    found = subprocess.run(
        [sys.executable, "-c", COMPILED],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert "bayesglmm.engine.kernel.blocks block_forward" in found
    assert sorted(set(found)) == sorted(found)


@pytest.mark.parametrize("setting", ["CPU_NAME", "CPU_FEATURES"])
def test_another_processor_has_code_of_its_own(setting, monkeypatch):
    here = cache_folder.__wrapped__()
    assert cache_folder.__wrapped__() == here
    other = "haswell" if getattr(numba.config, setting) == "generic" else "generic"
    monkeypatch.setattr(numba.config, setting, other)
    assert cache_folder.__wrapped__() != here


def test_every_likelihood_has_a_name_of_its_own():
    every = (*LIKELIHOODS, *SUPPRESSED, *MODELLED, *general_likelihoods())
    assert len({first_use._file_name(one) for one in every}) == len(every)
    assert all(likelihood_named(one.name) is one for one in every)
    with pytest.raises(ValueError, match="No compiled likelihood"):
        likelihood_named("nbinom1-logit-log-general")


def test_names_of_files_are_short():
    one = replace(find_likelihood("poisson", "log"), links=("log",) * 90)
    assert len(first_use._file_name(one)) == 16


def test_what_others_cannot_compile_is_compiled_here(tmp_path, monkeypatch):
    """No mark is left, so that the next use tries again."""
    monkeypatch.setattr(first_use, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(first_use.sys, "executable", str(tmp_path / "none"))
    done = []
    halves = {name: lambda _, name=name: done.append(name) for name in first_use.HALVES}
    monkeypatch.setattr(first_use, "HALVES", halves)
    first_use.prepare(find_likelihood("poisson", "log"))
    assert done == ["first", "second"]
    assert list(tmp_path.glob("*.compiled")) == []


def test_of_uses_at_the_same_time_one_compiles(tmp_path, monkeypatch):
    folder = tmp_path / "not there yet"
    monkeypatch.setattr(first_use, "cache_folder", lambda: folder)
    compiled, loaded = [], []

    def compile_slowly(likelihood, _):
        compiled.append(likelihood)
        time.sleep(0.2)
        return True

    monkeypatch.setattr(first_use, "_compile_elsewhere", compile_slowly)
    monkeypatch.setattr(first_use, "HALVES", {"first": loaded.append})
    likelihood = find_likelihood("poisson", "log")
    uses = [threading.Thread(target=first_use.prepare, args=[likelihood]) for _ in range(4)]
    for use in uses:
        use.start()
    for use in uses:
        use.join()
    assert compiled == [likelihood]
    assert loaded == [likelihood] * 4


def test_what_all_likelihoods_share_is_compiled_once(tmp_path, monkeypatch):
    monkeypatch.setattr(first_use, "cache_folder", lambda: tmp_path)
    asked = []

    def compile_elsewhere(likelihood, halves):
        asked.append((likelihood.name, halves))
        return likelihood.family != "gaussian"

    monkeypatch.setattr(first_use, "_compile_elsewhere", compile_elsewhere)
    monkeypatch.setattr(first_use, "HALVES", dict.fromkeys(("first", "second"), lambda _: None))
    for name, link in [("gaussian", "log"), ("poisson", "log"), ("poisson", "sqrt")]:
        first_use.prepare(find_likelihood(name, link))
    first_use.prepare(find_likelihood("poisson", "log"))
    both = ["first", "second"]
    assert asked == [("gaussian-log", both), ("poisson-log", both), ("poisson-sqrt", ["first"])]


def test_a_use_that_never_ends_is_not_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(first_use, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(first_use, "PATIENCE", 0.01)
    monkeypatch.setattr(first_use, "_compile_elsewhere", lambda *_: True)
    monkeypatch.setattr(first_use, "HALVES", {})
    with FileLock(tmp_path / "first_use.lock"):
        first_use.prepare(find_likelihood("poisson", "log"))
    marks = sorted(path.name for path in tmp_path.glob("*.compiled"))
    assert marks == ["kernel.compiled", "poisson-log.compiled"]


def test_processes_that_take_too_long_are_ended(monkeypatch):
    """None is left to end by itself, of which Python would warn."""
    started = []

    def start(*arguments, **options):
        started.append(real(*arguments, **options))
        return started[-1]

    real = subprocess.Popen
    monkeypatch.setattr(first_use.subprocess, "Popen", start)
    monkeypatch.setattr(first_use, "PATIENCE", 0.0)
    assert not first_use._compile_elsewhere(find_likelihood("poisson", "log"), ["first", "second"])
    assert len(started) == 2
    assert all(process.returncode is not None for process in started)


def test_others_compile_this_package(tmp_path, monkeypatch):
    """Not one that stands elsewhere on their path: its code would lie in another folder."""
    started = []

    def refuse(program, env, **_):
        started.append((program, env["PYTHONPATH"].split(os.pathsep)[0]))
        raise OSError

    monkeypatch.setattr(first_use, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(first_use, "HALVES", {"first": lambda _: None})
    monkeypatch.setattr(first_use.subprocess, "Popen", refuse)
    first_use.prepare(find_likelihood("poisson", "log"))
    [(program, path)] = started
    assert program[1:4] == ["-P", "-m", "bayesglmm.engine.first_use"]  # nor in the user's folder
    assert Path(first_use.__file__).is_relative_to(path)
    assert (Path(path) / "bayesglmm" / "__init__.py").exists()
