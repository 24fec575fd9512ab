"""The specs that come with the project: each one meets its data."""

from __future__ import annotations

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
    study = bg.read_study(FOLDER / f"{name}.py")
    variants, rows, groups = EXPECTED[name]
    assert len(study.variants) == variants
    for variant in (None, *study.variants):
        model = study.model(variant)
        assert model.design.n == rows
        assert model.design.caveats
        assert model.spec.title
    main = study.model().design.predictor.groups
    assert {group.factor: len(group.levels) for group in main} == groups


@pytest.mark.usefixtures("data_folder")
def test_the_aliased_level_of_the_maternal_data_is_named():
    model = bg.read_study(FOLDER / "maternal_mortality.py").model()
    (alias,) = model.design.predictor.fixed.aliased
    assert str(alias) == "age_group[Unknown] = 1 - ethnicity[Unknown]"


@pytest.mark.usefixtures("data_folder")
def test_polls_lose_two_states_and_say_so():
    flow = bg.read_study(FOLDER / "election_polls.py").model().design.flow
    assert flow.read - flow.used == 178
    assert flow.groups_lost == {"state": ("AK", "HI")}
