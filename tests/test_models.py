"""The specs that come with the project: each one meets its data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from posterior_maker import mixed
from seeds import seed

import bayesglmm as bg

FOLDER = Path(__file__).parents[1] / "models"

# Number of variants beside `model`, rows used (by those without data of their own), and groups of
# each factor of `model`.
EXPECTED = {
    "crossover": (3, 134, {"ID": 67}),
    "ohio_lung_cancer": (4, 7392, {"county": 88}),
    "maternal_mortality": (5, 518, {"year": 6}),
    "election_polls": (8, 2015, {"state": 49}),
    "skin_cancer": (5, 7081, {"id": 1683}),
    "back_pain": (3, 3168, {"physician": 44, "physician:patient": 1056}),
    "gasoline": (2, 32, {"batch": 10}),
    "webworms": (3, 1300, {"block": 13}),
    "wine": (2, 72, {"judge": 9}),
}
BUILT = ("crossover", "back_pain")
"""Specs whose data are made in code."""


OWN_ROWS = {("maternal_mortality", "suppressed counts kept"): 648}


def test_every_spec_file_is_expected():
    assert {path.stem for path in FOLDER.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", list(EXPECTED))
def test_specs_meet_their_data(name: str, request: pytest.FixtureRequest):
    if name not in BUILT:
        request.getfixturevalue("data_folder")
    study = bg.read_study(FOLDER / f"{name}.py")
    variants, rows, groups = EXPECTED[name]
    assert len(study.variants) == variants
    for variant in (None, *study.variants):
        model = study.model(variant)
        assert model.design.n == OWN_ROWS.get((name, variant), rows)
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


@pytest.mark.usefixtures("data_folder")
def test_an_empty_cell_of_the_polls_is_named():
    model = bg.read_study(FOLDER / "election_polls.py").model("empty cells")
    (alias,) = model.design.predictor.fixed.aliased
    assert str(alias) == "black:edu:age[yes, college, 65+] = 0"


@pytest.mark.usefixtures("data_folder")
def test_each_subject_has_the_variance_of_one_arm():
    model = bg.read_study(FOLDER / "skin_cancer.py").model("unequal variances")
    (group,) = model.design.predictor.groups
    assert group.columns == ("treatment[placebo]", "treatment[beta carotene]")
    assert not group.correlated
    assert (group.Z.sum(axis=1) == 1).all()


def test_back_pain_is_simulated_says_so_and_is_repeatable():
    study = bg.read_study(FOLDER / "back_pain.py")
    data = study.data()
    assert "SIMULATED" in study.names["__doc__"]
    assert data.attrs["source"].startswith("Simulated")
    assert "simulated" in data.attrs["caveats"][0]
    assert all("simulated" in study.spec(name).title for name in (None, *study.variants))
    assert data.equals(bg.read_study(study.path).data())


def test_back_pain_has_the_design_of_the_example():
    data = bg.read_study(FOLDER / "back_pain.py").data()
    visits = data.groupby(["physician", "patient"])["month"].apply(tuple)
    assert set(visits) == {(1, 12, 24)}
    assert data["physician"].nunique() == 44
    assert set(data.groupby("physician")["patient"].nunique()) == {24}
    assert set(data.groupby("physician")["style"].nunique()) == {1}
    assert data[["pain", "days", "improved"]].notna().all(axis=None)


@pytest.mark.usefixtures("data_folder")
def test_suppressed_counts_kept_bring_the_rate_ratio_down():
    """5.2 on the 518 rows of the published analysis, 4.2 on the 565 with a count."""
    study, variant = bg.read_study(FOLDER / "maternal_mortality.py"), "suppressed counts kept"
    given = study.data(variant)
    reference = study.data().set_index(["subgroup", "month_ending"])
    kept = given.set_index(["subgroup", "month_ending"]).loc[reference.index]
    for name in ("maternal_deaths", "live_births", "ethnicity", "age_group", "dobbs_era", "year"):
        assert (kept[name] == reference[name]).all(), name
    model = study.model(variant)
    assert (~model.design.rows.known).sum() == 81
    assert (model.design.rows.y[model.design.rows.known] >= 10).sum() == 565
    fit = model.fit(seed=seed(1), progress=False)
    mixed(fit)
    assert fit.engine.engine == "kernel"
    terms = fit.design.predictor.fixed.names
    place = next(k for k, name in enumerate(terms) if "American Indian" in name)
    ratio = np.exp(fit.draws.flat("ethnicity")[:, place])
    assert 3.6 < np.quantile(ratio, 0.025) < np.median(ratio) < 4.05
    assert np.quantile(ratio, 0.975) < 4.4
