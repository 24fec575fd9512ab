"""Nothing is found where nothing is wrong: simulated data, and the specs of the project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from seeds import generator

import bayesglmm as bg
from bayesglmm.design import make_design
from bayesglmm.design.audit import audit

MODELS = Path(__file__).parents[3] / "models"


def rates(seed: int) -> tuple[bg.ModelSpec, pd.DataFrame]:
    """Poisson rates in 30 clinics, with an exposure."""
    rng = generator(seed)
    clinic = np.repeat(np.arange(30), 12)
    arm = rng.integers(0, 2, size=360)
    years = rng.uniform(20, 400, size=360).round(1)
    dose = rng.normal(5, 2, size=360).round(2)
    effect = rng.normal(0, 0.4, size=30)
    mean = years * np.exp(-3 + 0.3 * arm + 0.05 * dose + effect[clinic])
    data = pd.DataFrame(
        {
            "falls": rng.poisson(mean),
            "arm": np.array(["control", "trained"])[arm],
            "dose": dose,
            "clinic": [f"clinic {number:02d}" for number in clinic],
            "person_years": years,
        }
    )
    spec = bg.specify(
        "falls ~ arm + dose + (1 | clinic)", family="poisson", exposure="person_years", per=1000
    )
    return spec, data


def answers(seed: int) -> tuple[bg.ModelSpec, pd.DataFrame]:
    """Yes or no in 20 schools of 50 pupils."""
    rng = generator(seed)
    school = np.repeat(np.arange(20), 50)
    sex = rng.integers(0, 2, size=1000)
    score = rng.normal(100, 15, size=1000).round()
    effect = rng.normal(0, 0.5, size=20)
    eta = -0.3 + 0.4 * sex + 0.02 * (score - 100) + effect[school]
    data = pd.DataFrame(
        {
            "passed": (rng.uniform(size=1000) < 1 / (1 + np.exp(-eta))).astype(int),
            "sex": np.array(["girl", "boy"])[sex],
            "score": score,
            "school": [f"school {number:02d}" for number in school],
        }
    )
    return bg.specify("passed ~ sex + score + (1 | school)", family="bernoulli"), data


def crossed(seed: int) -> tuple[bg.ModelSpec, pd.DataFrame]:
    """Reaction times of 24 subjects to 18 items, crossed."""
    rng = generator(seed)
    subject, item = np.divmod(np.arange(24 * 18), 18)
    condition = (subject + item) % 2
    time = 600 + 40 * condition + rng.normal(0, 50, 24)[subject] + rng.normal(0, 20, 18)[item]
    data = pd.DataFrame(
        {
            "rt": (time + rng.normal(0, 80, size=432)).round(1),
            "condition": np.array(["easy", "hard"])[condition],
            "subject": [f"S{number:02d}" for number in subject],
            "item": [f"I{number:02d}" for number in item],
        }
    )
    return bg.specify("rt ~ condition + (1 | subject) + (1 | item)"), data


@pytest.mark.parametrize("seed", range(101, 111))
@pytest.mark.parametrize(
    ("make", "notes"), [(rates, set()), (answers, {"SCALE"}), (crossed, set())]
)
def test_clean_data(make, notes, seed):
    """No error and no warning; a score around 100 is one that lme4 would ask to rescale."""
    found = audit(make_design(*make(seed)))
    assert found.errors == found.warnings == ()
    assert set(found.codes) == notes


# Warnings that are true of each spec's data, and none besides.
EXPECTED = {
    "crossover": {"SMALLGROUPS"},
    "ohio_lung_cancer": set(),
    "maternal_mortality": {"ALIAS", "MARGINS", "SELECTED", "BETWEEN", "SERIAL", "EXPOSURE"},
    "election_polls": {"LOST", "ALIAS", "SEPARATION", "CELLS", "RARE"},
    "skin_cancer": set(),
    "back_pain": {"SMALLGROUPS"},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_specs_of_the_project(name, request):
    if name not in ("crossover", "back_pain"):
        request.getfixturevalue("data_folder")
    study, seen = bg.read_study(MODELS / f"{name}.py"), set()
    for variant in (None, *study.variants):
        found = study.model(variant).audit()
        seen |= {finding.code for finding in found.warnings}
        assert len(found.warnings) <= 6
        assert len(found.notes) <= 1
    assert seen == EXPECTED[name]


@pytest.mark.usefixtures("data_folder")
def test_some_findings_alone():
    found = bg.read_study(MODELS / "maternal_mortality.py").model().audit()
    assert found.only("SERIAL", "ALIAS").codes == ("ALIAS", "SERIAL")
    assert found.only("ALIAS").findings == tuple(f for f in found.findings if f.code == "ALIAS")
    assert found.only("LOST").summary() == "Audit before sampling: nothing found."
