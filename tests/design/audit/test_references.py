"""Levels and outcomes whose names say that another one is meant."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one

import bayesglmm as bg
from bayesglmm.design import make_design


def rows(*levels: str, column: str = "trt") -> pd.DataFrame:
    place = np.arange(40 * len(levels))
    return pd.DataFrame(
        {column: np.array(levels)[place % len(levels)], "y": np.cos(place * 1.7), "x": place % 7}
    )


@pytest.mark.parametrize(
    "levels",
    [
        ("active", "placebo"),
        ("Aspirin", "Placebo", "Warfarin"),
        ("drug A", "no drug"),
        ("burned", "untreated"),
        ("acupuncture", "sham acupuncture"),
        ("coaching", "usual care"),
        ("Active", "waiting list control"),
        ("high", "low", "none"),
        ("after", "baseline"),
        ("exposed", "unexposed"),
        ("feedback", "treatment as usual"),
        ("mutant", "wild type"),
    ],
)
def test_a_control_that_is_not_the_reference(levels):
    data = rows(*levels)
    (control,) = [level for level in levels if level not in ("Warfarin", "low")][1:]
    finding = one(look("y ~ trt", data), "REFERENCE", "note")
    assert f"compared with '{levels[0]}'" in finding.sentence
    assert finding.fix == (f"If that is the control, write reference={{'trt': '{control}'}}.")
    found = look("y ~ trt", data, reference={"trt": control})
    assert "REFERENCE" not in found.codes


@pytest.mark.parametrize(
    "levels",
    [
        ("placebo", "Progabide"),
        ("Placebo", "zinc"),
        ("no", "yes"),
        ("boys", "girls", "mixed"),
        ("bean", "cucumber"),
        ("A", "B", "normal"),
        ("active control", "placebo control"),  # which of the two is not for a name to say
        ("biological controller", "chemical"),
        ("self-controlled", "supervised"),
    ],
)
def test_names_that_say_nothing(levels):
    assert "REFERENCE" not in look("y ~ trt", rows(*levels)).codes


def test_a_reference_that_was_chosen():
    found = look("y ~ trt", rows("active", "placebo"), reference={"trt": "active"})
    assert "REFERENCE" not in found.codes


def test_every_level_has_its_own_column():
    assert "REFERENCE" not in look("y ~ 0 + trt", rows("active", "placebo")).codes


@pytest.mark.parametrize(
    ("success", "failure"),
    [
        ("none or mild", "moderate or severe"),
        ("no event", "event"),
        ("survived", "died"),
        ("healthy", "diseased"),
        ("normal", "abnormal"),
        ("not infected", "infected"),
        ("Well", "Ill"),
        ("unsuccessful", "successful"),
        ("incorrect", "correct"),
        ("disagree", "agree"),
    ],
)
def test_the_other_outcome_seems_to_be_meant(success, failure):
    assert success.casefold() > failure.casefold()
    data = rows(success, failure, column="outcome")
    finding = one(look("outcome ~ x", data, family="bernoulli"), "SUCCESS")
    assert f"'{success}' counts as the success of outcome" in finding.sentence
    labels = {"outcome": {success: success, failure: failure}}
    assert f"labels={labels}" in finding.fix
    spec = bg.specify("outcome ~ x", family="bernoulli", labels=labels)
    assert make_design(spec, data).success == failure
    assert "SUCCESS" not in look("outcome ~ x", data, family="bernoulli", labels=labels).codes


@pytest.mark.parametrize(
    "levels",
    [
        ("alive", "dead"),
        ("no", "yes"),
        ("N", "Y"),
        ("absent", "present"),
        ("failure", "success"),
        ("negative", "positive"),
        ("left", "right"),
        ("normal", "other"),
        ("Clinton", "Trump"),
    ],
)
def test_outcomes_in_their_order(levels):
    found = look("outcome ~ x", rows(*levels, column="outcome"), family="bernoulli")
    assert "SUCCESS" not in found.codes
