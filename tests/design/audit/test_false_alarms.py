"""Designs after public data sets: hardly anything is found, but what is true of two of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from audit_maker import look, one
from clean_designs import CLEAN
from seeds import generator

ADVICE = ("SCALE",)
"""Codes of notes that ask for nothing here."""


def test_forty_clean_designs():
    """Fewer than 5 % of the designs have a warning, or a note that asks for something."""
    assert len(CLEAN) >= 40
    alarms = {}
    for number, make in enumerate(CLEAN):
        formula, options, rows = make(generator(500 + number))
        found = look(formula, rows, **options)
        assert found.errors == ()
        codes = [code for code in found.codes if code not in ADVICE]
        if codes:
            alarms[make.__name__] = codes
    assert len(alarms) < 0.05 * len(CLEAN), alarms


def toenail(rng: np.random.Generator) -> pd.DataFrame:
    """294 patients, at most 7 visits, most of them always with one outcome."""
    visits = np.where(rng.uniform(size=294) < 0.8, 7, rng.integers(1, 7, size=294))
    patient = np.repeat(np.arange(294), visits)
    month = np.concatenate([np.arange(count) * 2.0 for count in visits])
    eta = -2 + rng.normal(0, 4, 294)[patient] - 0.4 * month
    y = (rng.uniform(size=len(eta)) < 1 / (1 + np.exp(-eta))).astype(int)
    return pd.DataFrame({"onycholysis": y, "month": month, "patient": patient + 1001})


def test_groups_of_seven_with_one_outcome():
    formula, data = "onycholysis ~ month + (1 | patient)", toenail(generator(41))
    alike = int(data.groupby("patient")["onycholysis"].mean().isin([0, 1]).sum())
    assert alike > 294 / 3
    finding = one(look(formula, data, family="bernoulli"), "SMALLGROUPS")
    assert "294 levels of patient have a median of 7 binary trials" in finding.sentence
    assert f"{alike} of them have only one outcome" in finding.sentence
    assert "adaptive quadrature of 30 nodes" in finding.fix


def test_matings_of_crossed_salamanders():
    """20 females and 20 males, six matings each."""
    rng = generator(42)
    female, turn = np.divmod(np.arange(120), 6)
    male = (female + turn * 3) % 20
    eta = rng.normal(0, 1.1, 20)[female] + rng.normal(0, 1.0, 20)[male]
    mated = (rng.uniform(size=120) < 1 / (1 + np.exp(-eta))).astype(int)
    data = pd.DataFrame(
        {
            "mated": mated,
            "Female": [f"f{k}" for k in female],
            "Male": [f"m{k}" for k in male],
            "cross": np.array(["RR", "RW", "WR", "WW"])[female % 2 * 2 + male % 2],
        }
    )
    formula = "mated ~ cross + (1 | Female) + (1 | Male)"
    found = look(formula, data, family="bernoulli").only("SMALLGROUPS")
    assert len(found.warnings) == 2
    assert "20 levels of Female have a median of 6 binary trials" in found.warnings[0].sentence
    assert "no quadrature for several factors" in found.warnings[0].fix
