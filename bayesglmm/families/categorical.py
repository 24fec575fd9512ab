"""Categories without an order: the odds of each against one that they are compared with.

Agresti (2013), Categorical Data Analysis, 3rd ed., eq. 8.1 and 8.2. Each category but the first has
a linear predictor, the log of its odds against the first; so the link is a log, of odds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.families.categories import category_family, crude_shares
from bayesglmm.families.chances import Chances, Maths, log_total
from bayesglmm.families.default import Default
from bayesglmm.families.family import Family
from bayesglmm.families.measure import Measure
from bayesglmm.families.param import Param
from bayesglmm.families.prior import Prior
from bayesglmm.families.variance import Parameters

STEM = "mu_"
"""What names of the parameters begin with; the category follows."""


def _log_chances(names: tuple[str, ...]) -> Chances:
    def log_chance(k: int, location: Any, parameters: Parameters, maths: Maths) -> Any:
        logs = [0.0 * location.eta, location.eta]
        logs += [maths.log(parameters[name]) for name in names[1:]]
        return logs[k] - log_total(logs, maths)

    def odds(location: Any, parameters: Parameters) -> list[Any]:
        return [1.0, location.value, *(parameters[name] for name in names[1:])]

    return Chances(len(names) + 1, log_chance, odds)


def _odds_of(level: str, reference: str, number: int) -> Param:
    """The odds of a category against the one that others are compared with."""
    return Param(
        f"{STEM}{level}",
        ("log",),
        f"odds of {level} against {reference}",
        f"ω{chr(0x2080 + number)}" if number < 10 else f"ω({number})",
        intercept=Default(
            lambda facts: Prior("Normal", mu=facts.location, sigma=2.5),
            f"centred on the crude odds of {level} against {reference}",
            "after brms (Bürkner 2017, J. Stat. Softw. 80(1)): centred on the data",
        ),
        event=f"{level} against {reference}",
        main=True,
    )


def _of_levels(levels: tuple[str, ...]) -> Family:
    known = levels or ("the first category", "another category")
    first, names = known[0], tuple(f"{STEM}{level}" for level in known[1:])

    def crude(link: Any, rows: Any) -> dict[str, float]:
        shares = crude_shares(rows, len(known))
        return dict(zip(names, map(float, np.log(shares[1:] / shares[0])), strict=True))

    return category_family(
        levels,
        _log_chances(names),
        ordered=False,
        name="categorical",
        title="Categorical (multinomial)",
        parameters=tuple(_odds_of(level, first, k) for k, level in enumerate(known[1:], start=2)),
        crude=crude,
        make=_of_levels,
        stems={STEM: _odds_of("another category", "the first", 2)},
        measure=lambda link: Measure(
            "OR",
            f"odds ratio against {first}",
            ratio=True,
            baseline=f"odds against {first}",
            of=f"odds against {first}",
            median="median odds ratio",
        ),
        distribution_name="Categorical",
        elsewhere={"bambi": "categorical", "brms": "categorical"},
        aliases=("multinomial", "multinom", "softmax", "mlogit"),
        other_links={"logit": "log", "softmax": "log"},
    )


CATEGORICAL = _of_levels(())
