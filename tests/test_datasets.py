"""Data sets: the built one against its published counts, files against their checksums."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.datasets import CROSSOVER_CELLS, DATASETS, FOLDER_VARIABLE, find_file, load
from bayesglmm.errors import DatasetError

FILES = [dataset for dataset in DATASETS if dataset.file]


@pytest.fixture
def no_cache(monkeypatch, tmp_path) -> Path:
    """No folder named, and an empty cache."""
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda _: str(tmp_path / "cache"))
    return tmp_path


def test_crossover_has_the_published_cells():
    data = load("crossover")
    assert len(data) == 134
    assert data["ID"].nunique() == 67
    wide = data.pivot_table(index="ID", columns="period", values="outcome", aggfunc="sum")
    sequence = data.groupby("ID")["group"].first().map({1: "placebo first", 0: "active first"})
    cells = wide.assign(sequence=sequence).value_counts(["sequence", 0, 1]).to_dict()
    assert cells == CROSSOVER_CELLS
    assert sum(CROSSOVER_CELLS.values()) == 67
    by_period = data.groupby(["trt", "period"])["outcome"].agg(["sum", "size"])
    expected = {(0, 0): (6, 34), (0, 1): (11, 33), (1, 0): (13, 33), (1, 1): (12, 34)}
    assert {key: tuple(row) for key, row in by_period.iterrows()} == expected
    # The saturated GLM as published: intercept and treatment effect on the log odds.
    assert np.log(6 / 28) == pytest.approx(-1.5404, abs=5e-5)
    assert np.log(13 / 20) - np.log(6 / 28) == pytest.approx(1.1097, abs=5e-5)


def test_each_patient_has_each_treatment_once():
    counts = load("crossover").groupby("ID")["trt"].agg(["sum", "size"])
    assert (counts["sum"] == 1).all()
    assert (counts["size"] == 2).all()


def test_crossover_equals_its_file(data_folder):
    path = Path(data_folder) / "crossover.csv"
    if not path.is_file():
        pytest.skip("the folder of the data files holds no crossover.csv")
    pd.testing.assert_frame_equal(load("crossover"), pd.read_csv(path), check_flags=False)


@pytest.mark.parametrize("dataset", FILES, ids=lambda dataset: dataset.name)
def test_files_are_those_described(data_folder, dataset):
    if not (Path(data_folder) / dataset.file).is_file():
        pytest.skip(f"the folder of the data files holds no {dataset.file}")
    data = load(dataset.name)
    assert len(data) > 10
    assert data.attrs["caveats"] == dataset.caveats
    assert dataset.origin in data.attrs["source"]


def test_source_and_caveats_reach_the_design():
    data = load("crossover")
    assert "Jones & Kenward (1989)" in data.attrs["source"]
    assert "Laplace" in data.attrs["caveats"][0]
    design = bg.Model("outcome ~ trt", data, family="bernoulli").design
    assert design.source == data.attrs["source"]
    assert design.caveats == tuple(data.attrs["caveats"])


@pytest.mark.parametrize("dataset", FILES, ids=lambda dataset: dataset.name)
def test_a_missing_file_says_how_to_get_it(no_cache, dataset):
    with pytest.raises(DatasetError) as caught:
        load(dataset.name)
    message = str(caught.value)
    for fact in (
        dataset.file,
        dataset.origin,
        dataset.sha256,
        FOLDER_VARIABLE,
        str(no_cache / "cache" / "data"),
    ):
        assert fact in message


def test_both_folders_are_named(no_cache, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(no_cache / "mine"))
    with pytest.raises(DatasetError, match=r"mine and .*cache"):
        load("cbpp")


def test_a_changed_file_is_refused(no_cache, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(no_cache))
    path = no_cache / "cbpp.csv"
    path.write_text("herd,incidence\n1,2\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="is not the file this library describes") as caught:
        load("cbpp")
    assert str(path) in str(caught.value)
    expected = next(dataset.sha256 for dataset in FILES if dataset.name == "cbpp")
    assert expected in str(caught.value)


@pytest.mark.parametrize("where", ["named", "cache"])
def test_a_file_is_found_in_either_folder(no_cache, monkeypatch, where):
    # The SHA-256 of "abc" is the example of FIPS 180-4.
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    folder = no_cache / ("mine" if where == "named" else "cache/data")
    folder.mkdir(parents=True)
    (folder / "abc.csv").write_bytes(b"abc")
    monkeypatch.setenv(FOLDER_VARIABLE, str(no_cache / "mine"))
    dataset = replace(FILES[0], file="abc.csv", sha256=digest)
    assert find_file(dataset) == folder / "abc.csv"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("crosover", "'crossover'"),
        ("ohio", "'ohio_cancer'|Known:"),
        ("sleep_study", "'sleepstudy'"),
    ],
)
def test_an_unknown_name_gets_the_nearest(name, suggestion):
    with pytest.raises(DatasetError, match=rf"Unknown data set '{name}'.*({suggestion})"):
        load(name)


def test_the_table_is_whole():
    names = [dataset.name for dataset in DATASETS]
    assert len(set(names)) == len(names)
    for dataset in FILES:
        assert len(dataset.sha256) == 64
        assert dataset.origin
        assert dataset.about
