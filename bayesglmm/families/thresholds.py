"""Thresholds between ordered categories, as parameters of one number each.

The linear predictor keeps its intercept, so that the first threshold, where all columns are 0, is
minus the intercept. Each of the others is the one before it and a step more:
``tau_1 = -Intercept``, ``tau_k = tau_(k-1) + step_k`` for category k, which lies between the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from bayesglmm.families.default import Default
from bayesglmm.families.link import Link
from bayesglmm.families.measure import Measure
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.variance import Parameters

LOCATION = Param(
    "mu",
    ("logit", "probit", "cloglog"),
    "location on the latent scale; the higher it is, the higher the category",
    "η",
    intercept=Default(
        lambda facts: Prior("Normal", mu=facts.location, sigma=2.5),
        "centred on what the share of the first category says",
        "after brms (Bürkner 2017, J. Stat. Softw. 80(1)): centred on the data",
    ),
)

DISC = Param(
    "disc",
    ("log",),
    "discrimination; how sharply the linear predictor tells categories apart",
    "d",
    intercept=None,
    constant=1.0,
    word="discrimination",
)
"""One where it has no formula; with one it is 1 where all columns are 0, for the thresholds have
the scale already."""


def gaps(count: int) -> tuple[Param, ...]:
    """Widths of the categories between the first and the last, on the latent scale.

    Parameters
    ----------
    count : int
        Of categories.

    Returns
    -------
    tuple of Param
        ``gap_2`` to ``gap_(count - 1)``, above 0, so that thresholds are in order.
    """
    # Categories of equal probability have thresholds from -log(K - 1) to log(K - 1).
    step = 2 * math.log(count - 1) / (count - 2) if count > 2 else 1.0
    return tuple(
        Param(
            f"gap_{k}",
            ("log",),
            f"threshold {k} less threshold {k - 1}; the width of category {k} on the latent scale",
            f"δ{_subscript(k)}",
            prior=Default(
                lambda facts: Prior("HalfNormal", sigma=round(2.5 * step, 3)),
                "from no width to several times that of categories of equal probability",
                "ours: 2.5 times the mean gap of equal categories under the logit link",
            ),
            intercept=Default(
                lambda facts: Prior("Normal", mu=round(math.log(step), 3), sigma=1),
                "from a third to three times that of categories of equal probability, on the log "
                "scale",
                "ours: as wide as the log of the prior of a constant gap",
            ),
            start=lambda spread: step,
            word=f"gap {k}",
        )
        for k in range(2, count)
    )


def steps(count: int) -> tuple[Param, ...]:
    """Differences of thresholds that need not be in order.

    Parameters
    ----------
    count : int
        Of categories.

    Returns
    -------
    tuple of Param
        ``step_2`` to ``step_(count - 1)``, any numbers.
    """
    return tuple(
        Param(
            f"step_{k}",
            ("identity",),
            f"threshold {k} less threshold {k - 1}",
            f"δ{_subscript(k)}",
            prior=Default(
                lambda facts: Prior("Normal", mu=0, sigma=2.5),
                "thresholds seldom differ by more than 5 from one category to the next",
                "as wide as the prior of an intercept",
            ),
            intercept=Default(
                lambda facts: Prior("Normal", mu=0, sigma=2.5),
                "thresholds seldom differ by more than 5 from one category to the next",
                "as wide as the prior of an intercept",
            ),
            start=lambda spread: 0.0,
            word=f"step {k}",
            support="real",
        )
        for k in range(2, count)
    )


def cuts(parameters: Parameters, stem: str, count: int) -> list[Any]:
    """Thresholds, the linear predictor's intercept left in it: the first is 0.

    Parameters
    ----------
    parameters : mapping
        Name to value, of any kind of array.
    stem : str
        ``"gap_"`` or ``"step_"``.
    count : int
        Of categories, K.

    Returns
    -------
    list of length K - 1
    """
    found: list[Any] = [0.0]
    for k in range(2, count):
        found.append(found[-1] + parameters[f"{stem}{k}"])
    return found


def measure_of(of: str, beyond: str) -> Callable[[Link], Measure]:
    """What coefficients of ordered categories are reported as.

    Parameters
    ----------
    of : str
        What the odds are of, such as ``"a higher category"``.
    beyond : str
        What the back-transformed intercept is the probability of.

    Returns
    -------
    callable
        Link to measure: odds ratios under a logit, else differences on the latent scale, where a
        higher linear predictor always means higher categories.
    """

    def measure(link: Link) -> Measure:
        probability = f"probability of {beyond}"
        if link.odds:
            long, median = f"odds ratio of {of}", "median odds ratio"
            return Measure("OR", long, True, probability, f"odds of {of}", median)
        return Measure("Diff.", "difference in location", False, probability, "location")

    return measure


def crude_location(link: Link, share: float) -> dict[str, float]:
    """Crude linear predictor from the share below the first threshold; see `Family.crude`."""
    return {LOCATION.name: -float(link.forward(share))}


def _subscript(k: int) -> str:
    return "".join(chr(0x2080 + int(digit)) for digit in str(k))
