"""Zero-one-inflated beta proportions: whether a response is 0 or 1, which, and else how large.

``P(Y = 0) = zoi (1 - coi)`` and ``P(Y = 1) = zoi coi``; between them responses are beta (Ospina &
Ferrari 2010, Statistical Papers 51(1), eq. 5, with their alpha and gamma). The names are those of
brms. No parameter says anything of another part, so that causes of 0 and 1 need not be those of
what is between.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bayesglmm.families.beta import BETA
from bayesglmm.families.beta_ends import BETWEEN, ONE, beta_with_ends
from bayesglmm.families.chances import Maths
from bayesglmm.families.default import Default
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.variance import Parameters
from bayesglmm.families.zero_inflated import ZI

ZOI = Param(
    "zoi",
    ("logit",),
    "probability of exactly 0 or 1",
    "π",
    prior=Default(
        lambda facts: Prior("Beta", alpha=1, beta=1),
        "any share of zeros and ones is as likely as any other",
        "as in brms",
    ),
    intercept=ZI.intercept,
    start=lambda spread: 0.2,
    event="exactly 0 or 1",
    word="zeros and ones",
    support="unit",
)
COI = replace(
    ZOI,
    name="coi",
    meaning="probability of 1, given 0 or 1",
    symbol="κ",
    prior=Default(
        lambda facts: Prior("Beta", alpha=1, beta=1),
        "any share of ones among zeros and ones is as likely as any other",
        "as in brms",
    ),
    start=lambda spread: 0.5,
    event="1, given 0 or 1",
    word="ones among them",
)


def _log_chance(k: int, location: Any, parameters: Parameters, maths: Maths) -> Any:
    zoi, coi = parameters[ZOI.name], parameters[COI.name]
    if k == BETWEEN:
        return maths.log(1 - zoi)
    return maths.log(zoi) + maths.log(coi if k == ONE else 1 - coi)


ZERO_ONE_INFLATED_BETA = beta_with_ends(
    "zero_one_inflated_beta",
    "Zero-one-inflated beta",
    BETA.links,
    (ZOI, COI),
    _log_chance,
    {"brms": "zero_one_inflated_beta"},
    ("zoib", "zoibeta", "zeroonebeta"),
)
