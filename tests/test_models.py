"""The specs that come with the project: each one meets its data."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

import bayesglmm as bg

FOLDER = Path(__file__).parents[1] / "models"

# Number of variants beside `model`, rows used, and groups of each factor of `model`.
EXPECTED = {
    "crossover": (3, 134, {"ID": 67}),
    "ohio_lung_cancer": (2, 7392, {"county": 88}),
    "maternal_mortality": (3, 518, {"year": 6}),
    "election_polls": (2, 2015, {"state": 49}),
}


def test_every_spec_file_is_expected():
    assert {path.stem for path in FOLDER.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", list(EXPECTED))
def test_specs_meet_their_data(name: str, request: pytest.FixtureRequest):
    if name != "crossover":
        request.getfixturevalue("data_folder")
    module = runpy.run_path(str(FOLDER / f"{name}.py"))
    variants, rows, groups = EXPECTED[name]
    assert len(module["variants"]) == variants
    data = module["data"]()
    for spec in (module["model"], *module["variants"].values()):
        model = bg.Model(spec, data)
        assert model.design.n == rows
        assert model.design.caveats
        assert spec.title
    main = bg.Model(module["model"], data).design.predictor.groups
    assert {group.factor: len(group.levels) for group in main} == groups


@pytest.mark.usefixtures("data_folder")
def test_the_aliased_level_of_the_maternal_data_is_named():
    module = runpy.run_path(str(FOLDER / "maternal_mortality.py"))
    (alias,) = bg.Model(module["model"], module["data"]()).design.predictor.fixed.aliased
    assert str(alias) == "age_group[Unknown] = 1 - ethnicity[Unknown]"


@pytest.mark.usefixtures("data_folder")
def test_polls_lose_two_states_and_say_so():
    module = runpy.run_path(str(FOLDER / "election_polls.py"))
    flow = bg.Model(module["model"], module["data"]()).design.flow
    assert flow.read - flow.used == 178
    assert flow.groups_lost == {"state": ("AK", "HI")}
