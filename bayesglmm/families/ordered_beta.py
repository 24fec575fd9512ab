"""Ordered beta proportions: 0, what is between, and 1 are ordered categories of one predictor.

Kubinec (2023), Political Analysis 31(4), eq. 1-4: with F the logistic function and thresholds
``k_0 < k_1``, ``P(Y = 0) = 1 - F(eta - k_0)``, ``P(Y = 1) = F(eta - k_1)``, and what is between is
beta with the mean ``F(eta)``. So a higher linear predictor makes ones more probable, zeros less,
and what is between larger. The thresholds here are `cutzero` and ``cutzero + gap``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bayesglmm.families.beta_ends import beta_with_ends
from bayesglmm.families.chances import Maths
from bayesglmm.families.cumulative import CUMULATIVE
from bayesglmm.families.default import Default
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.variance import Parameters

CUTZERO = Param(
    "cutzero",
    ("identity",),
    "threshold of 0; the log odds of a response above 0 are the linear predictor less it",
    "κ",
    prior=Default(
        lambda facts: Prior("Normal", mu=round(facts.location - 2.5, 3), sigma=2.5),
        "a share of zeros from 1 in 1,600 to 9 in 10 where the mean is the crude one",
        "ours: centred on a share of 8 %",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=round(facts.location - 2.5, 3), sigma=2.5),
        "a share of zeros from 1 in 1,600 to 9 in 10 where the mean is the crude one",
        "that of a constant cutzero",
    ),
    start=lambda spread: -2.5,
    word="threshold of 0",
    support="real",
)
GAP = Param(
    "gap",
    ("log",),
    "threshold of 1 less that of 0; the wider, the fewer responses are 0 or 1",
    "δ",
    prior=Default(
        lambda facts: Prior("LogNormal", mu=1.5, sigma=0.75),
        "in the middle, from 1 in 4 responses between 0 and 1 to all but 1 in 10,000",
        "ours: the median, 4.5, leaves 8 in 10 of them between 0 and 1",
    ),
    intercept=Default(
        lambda facts: Prior("Normal", mu=1.5, sigma=0.75),
        "in the middle, from 1 in 4 responses between 0 and 1 to all but 1 in 10,000, log scale",
        "that of a constant gap",
    ),
    start=lambda spread: 5.0,
    word="gap",
)

_CHANCES = CUMULATIVE.of_levels(("0", "between", "1")).chances


def _log_chance(k: int, location: Any, parameters: Parameters, maths: Maths) -> Any:
    """Of three ordered categories, the first threshold of which is moved from 0 to `CUTZERO`."""
    assert _CHANCES is not None  # a family of categories has them
    moved = replace(location, eta=location.eta - parameters[CUTZERO.name])
    return _CHANCES.log_chance(k, moved, {"gap_2": parameters[GAP.name]}, maths)


ORDERED_BETA = beta_with_ends(
    "ordered_beta",
    "Ordered beta",
    ("logit",),
    (CUTZERO, GAP),
    _log_chance,
    {"glmmTMB": "ordbeta", "ordbetareg": "ordbetareg"},
    ("ordbeta", "ordbetareg"),
)
