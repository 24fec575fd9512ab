"""Stable, moves, flips: the definition on made-up answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_rows, make_fit

import bayesglmm as bg
from bayesglmm.posterior.priors.verdicts import Answers, answers, judge, worst


def answer(median=1.0, lower=-1.0, upper=3.0, above=0.85, error=0.01, directed=True) -> Answers:
    frame = pd.DataFrame(
        {"median": [median], "lower": [lower], "upper": [upper], "sd": [1.0], "above": [above]}
    )
    for name in ("median", "lower", "upper", "above"):
        frame[f"mcse_{name}"] = error
    return Answers(("x",), {}, np.array([directed]), np.array([directed]), frame)


CASES = {
    "same": ({}, "stable"),
    "a little": ({"median": 1.2, "lower": -1.4, "upper": 3.4}, "stable"),
    "median": ({"median": 1.3}, "moves"),
    "lower": ({"lower": -1.6}, "moves"),
    "upper": ({"upper": 2.4}, "moves"),
    "noise": ({"median": 1.3, "error": 0.2}, "stable"),
    "excludes": ({"lower": 0.1}, "flips"),
    "direction": ({"median": -0.2, "above": 0.45}, "flips"),
    "no direction": ({"median": -0.2, "above": 0.45, "directed": False}, "moves"),
    "excludes within noise": ({"lower": 0.1, "error": 0.4}, "stable"),
}


@pytest.mark.parametrize(("changes", "verdict"), CASES.values(), ids=CASES)
def test_verdict(changes, verdict):
    own = answer(directed=changes.get("directed", True))
    assert judge(own, answer(**changes)) == [verdict]


def test_probabilities_near_a_half_do_not_flip():
    assert judge(answer(median=0.05, above=0.53), answer(median=-0.05, above=0.47)) == ["stable"]


def test_worst():
    verdicts = {"wide": ["stable", "moves"], "narrow": ["flips", "moves"]}
    assert worst(verdicts) == [("flips", "narrow"), ("moves", "wide")]


def test_a_level_that_stands_for_the_intercept_has_no_direction():
    model = bg.Model("events ~ 0 + sex + x", count_rows(), family="poisson")
    found = answers(make_fit(model).posterior, 0.95)
    assert dict(zip(found.names, found.directed, strict=True)) == {
        "sex[female]": False,
        "sex[male]": False,
        "x": True,
    }
