"""A right posterior passes, a wrong one is found, and a run that was ended goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from seeds import CHANCE, bound, seed

import bayesglmm as bg
from bayesglmm.calibration import Calibration, replication, workers
from bayesglmm.calibration.words import directions
from bayesglmm.errors import DataError, EngineError, SpecError
from bayesglmm.posterior.priors.refits import draw_again

ROWS = pd.DataFrame({"y": np.tile([0, 1, 2, 3], 5), "x": np.linspace(-1, 1, 20)})
PRIORS = {
    "Intercept": bg.Prior("Normal", mu=0.5, sigma=0.7),
    "slopes": bg.Prior("Normal", mu=0, sigma=1),
}
ALONE = {"processes": 1, "progress": False}
COUNT = 40


def make(rows: pd.DataFrame = ROWS, **changed: Any) -> bg.Model:
    options = {"family": "poisson", "priors": PRIORS, **changed}
    return bg.Model("y ~ x", rows, **options)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("calibration") / "poisson.jsonl"


@pytest.fixture(scope="module")
def right(file: Path) -> Calibration:
    return make().calibrate(COUNT, file=file, seed=seed(5), **ALONE)


def ranks(found: Calibration) -> list[tuple[int, ...]]:
    return [one.rank for one in found.replications]


def test_a_right_posterior_passes(right: Calibration):
    assert right.scores["holm"].min() > CHANCE
    assert list(right.scores["quantity"]) == ["Intercept", "x", "log likelihood"]
    error = 1 / np.sqrt(COUNT)
    assert (right.scores["mean z"][:2].abs() < bound(2) * error).all()
    assert (right.scores["mean rank"] - 0.5).abs().max() < bound(3) * error / np.sqrt(12)
    assert right.scores["contraction"][1] > 0
    assert np.isnan(right.scores["contraction"][2])


def test_shares_of_truths_are_those_of_the_intervals(right: Calibration):
    below = np.array([one.below for one in right.fitted])
    for name, low, high in (("in 50 %", 0.25, 0.75), ("in 80 %", 0.1, 0.9)):
        expected = ((below > low) & (below < high)).mean(axis=0)
        np.testing.assert_allclose(right.scores[name], expected)


def test_priors_of_the_fit_narrower_than_those_that_drew_are_found(monkeypatch):
    model = make()
    narrow = bg.Prior("Normal", mu=0, sigma=0.02)
    wrong = {**model.priors, "x": replace(model.priors["x"], prior=narrow)}
    monkeypatch.setattr(
        replication, "draw_again", lambda design, _, asked: draw_again(design, wrong, asked)
    )
    found = model.calibrate(COUNT, seed=seed(6), **ALONE)
    scores = found.scores.set_index("quantity")
    assert scores["holm"]["x"] < 1e-6
    assert not found.passed
    assert "NOT calibrated" in found.sentence()
    assert any(told.startswith("x: posteriors are too narrow") for told in found.table().notes)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rank: 99 - (99 - rank) // 3, "too low: truths lie above"),
        (lambda rank: rank // 3, "too high: truths lie below"),
        (lambda rank: 33 + rank // 3, "too wide"),
        (lambda rank: rank % 4 + 94 * (rank % 2), "too narrow"),
    ],
)
def test_how_a_posterior_is_wrong_is_said(right, change, words):
    even = [int(rank) for rank in np.linspace(0, 99, COUNT)]
    made = tuple(
        replace(one, rank=(change(rank), rank, rank))
        for one, rank in zip(right.replications, even, strict=True)
    )
    found = replace(right, replications=made)
    (told,) = directions(found.scores, found.names, found.fitted)
    assert told.startswith("Intercept: ")
    assert words in told


def test_a_run_that_was_ended_goes_on(right, file, tmp_path):
    lines = file.read_text().splitlines(keepends=True)
    cut = tmp_path / "cut.jsonl"
    cut.write_text("".join(lines[:18]) + lines[18][:30])  # as a process that was killed leaves it
    found = make().calibrate(COUNT, file=cut, **ALONE)
    assert ranks(found) == ranks(right)
    assert cut.read_text().splitlines()[:18] == [line.rstrip("\n") for line in lines[:18]]
    assert found.settings.seed == right.settings.seed


def test_a_run_that_is_interrupted_keeps_what_it_made(right, tmp_path, monkeypatch):
    path, made = tmp_path / "run.jsonl", workers.replicate

    def interrupted(*told):
        if told[-1] == 4:
            raise KeyboardInterrupt
        return made(*told)

    with monkeypatch.context() as patch:
        patch.setattr(workers, "replicate", interrupted)
        with pytest.raises(KeyboardInterrupt):
            make().calibrate(20, file=path, seed=seed(5), **ALONE)
    kept = [json.loads(line)["number"] for line in path.read_text().splitlines()[1:]]
    assert kept == [0, 1, 2, 3]
    assert ranks(make().calibrate(20, file=path, **ALONE)) == ranks(right)[:20]


def test_nothing_is_made_again(right, file, monkeypatch):
    monkeypatch.setattr(workers, "replicate", None)
    assert ranks(make().calibrate(25, file=file, **ALONE)) == ranks(right)[:25]


@pytest.mark.slow
def test_several_processes_make_the_same(right, tmp_path):
    path = tmp_path / "two.jsonl"
    found = make().calibrate(COUNT, file=path, seed=seed(5), processes=2, progress=False)
    assert ranks(found) == ranks(right)
    assert len(path.read_text().splitlines()) == COUNT + 1


@pytest.mark.slow
def test_a_process_that_ends_early_is_told(monkeypatch):
    monkeypatch.setattr(workers, "ALONE", workers.ALONE | {"PYTHONHOME": "/dev/null"})
    with pytest.raises(EngineError, match="ended early: "):
        make().calibrate(20, seed=seed(5), processes=2, progress=False)


@pytest.mark.usefixtures("right")
@pytest.mark.parametrize(
    ("model", "asked", "message"),
    [
        (make(family="negative_binomial"), {}, "its family is 'poisson', not 'negative_binomial'"),
        (make(priors={**PRIORS, "slopes": bg.Prior("Normal", sigma=2)}), {}, "its priors is"),
        (make(ROWS.assign(x=2 * ROWS["x"])), {}, "made of other rows"),
        (make(), {"seed": seed(77)}, "its seed is"),
        (make(), {"ess": 500}, "its ess is 400, not 500"),
    ],
)
def test_a_file_of_another_calibration_is_refused(file, model, asked, message):
    with pytest.raises(DataError, match=f"another calibration: .*{message}"):
        model.calibrate(COUNT, file=file, **ALONE, **asked)


@pytest.mark.parametrize("content", ["", "no JSON\n", '{"kind": "other"}\n', "[1]\n"])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_text(content)
    with pytest.raises(DataError, match="no file of a calibration"):
        make().calibrate(COUNT, file=path, **ALONE)
    assert path.read_text() == content


def test_a_file_that_is_a_folder_is_refused(tmp_path):
    with pytest.raises(DataError, match="is a folder"):
        make().calibrate(20, file=tmp_path, **ALONE)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"n": 5}, "n=5 must be a whole number, 20 or more"),
        ({"n": True}, "n=True must be"),
        ({"processes": 0}, "processes=0 must be a whole number, 1 or more"),
        ({"file": 3}, "file=3 names no file"),
        ({"esss": 100}, "Unknown setting 'esss'. Did you mean 'ess'?"),
        ({"draws": 3}, "draws=3 must be"),
        ({"seed": -1}, "seed=-1 must be"),
    ],
)
def test_arguments_that_cannot_be(asked, message):
    with pytest.raises(SpecError, match=message.replace("?", r"\?")):
        make().calibrate(**{"n": 20, **ALONE, **asked})


def test_a_flat_prior_cannot_be_drawn_from():
    model = make(priors={**PRIORS, "slopes": bg.Prior("Flat")})
    with pytest.raises(SpecError, match="The prior of x is flat, which is no distribution"):
        model.calibrate(20, **ALONE)


def test_a_graph_that_was_changed_is_not_what_would_be_fitted():
    model = make()
    with model.pymc:
        import pymc as pm

        pm.Deterministic("twice", 2 * model.pymc["x"])
    with pytest.raises(EngineError, match=r"calibrate\(\) starts from the spec"):
        model.calibrate(20, **ALONE)


def test_a_fit_that_fails_is_counted(right):
    lost = replace(right.replications[0], failure="It fell over.", rank=(), truth=(), below=())
    found = replace(right, replications=(lost, *right.replications[1:]))
    assert len(found.fitted) == COUNT - 1
    told = f"1 of {COUNT} data sets have no fit and are left out; the first: It fell over."
    assert told in found.table().notes


def test_fits_that_did_not_pass_are_told(right):
    poor = replace(right.replications[0], passed=False, r_hat=1.7, divergences=3)
    good = tuple(replace(one, passed=True) for one in right.replications[1:])
    notes = replace(right, replications=(poor, *good)).table().notes
    assert any(f"1 of {COUNT} fits did not pass" in told and "1.700" in told for told in notes)


def test_uniform_ranks_are_what_chance_has(right):
    even = [int(rank) for rank in np.linspace(0, 99, COUNT)]
    made = [replace(one, rank=(r, r, r)) for one, r in zip(right.replications, even, strict=True)]
    found = replace(right, replications=tuple(made))
    assert found.passed
    assert f"ranks of all 3 quantities in {COUNT} replications" in repr(found)


def test_what_is_seen(right):
    picture = right.picture()
    assert "log likelihood" in picture.svg
    assert f"Calibration in {COUNT} replications" in picture.description
    assert "<table" in right._repr_html_()
    assert "<svg" in right._repr_html_()
