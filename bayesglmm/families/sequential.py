"""Ordered categories reached one after the other: ``P(y = k | y >= k) = F(tau_k - eta)``.

Stopping ratios: Tutz (1990), Br. J. Math. Stat. Psychol. 43(1); Bürkner & Vuorre (2019), Adv. Meth.
Pract. Psychol. Sci. 2(1), eq. 6. A higher linear predictor makes it more probable to go on.
Thresholds need not be in order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bayesglmm.families.categories import category_family, crude_shares
from bayesglmm.families.chances import Chances, Maths
from bayesglmm.families.family import Family
from bayesglmm.families.thresholds import DISC, LOCATION, crude_location, cuts, measure_of, steps
from bayesglmm.families.variance import Parameters


def _log_chances(count: int) -> Chances:
    def log_chance(k: int, location: Any, parameters: Parameters, maths: Maths) -> Any:
        disc, tau = parameters.get("disc", 1.0), cuts(parameters, "step_", count)
        odds = [replace(location, eta=disc * (cut - location.eta)).log_odds for cut in tau[: k + 1]]
        passed: Any = 0.0
        for one in odds[:k]:
            passed = passed - maths.softplus(one)
        return passed if k == count - 1 else passed - maths.softplus(-odds[k])

    return Chances(count, log_chance)


def _of_levels(levels: tuple[str, ...]) -> Family:
    count = max(len(levels), 2)
    return category_family(
        levels,
        _log_chances(count),
        ordered=True,
        name="sequential",
        title="Sequential (stopping ratio)",
        parameters=(LOCATION, *steps(count), DISC),
        crude=lambda link, rows: crude_location(link, float(crude_shares(rows, count)[0])),
        make=_of_levels,
        below_threshold="y = k given y ≥ k",
        of_thresholds=(
            "where, on the scale of the linear predictor, it becomes more probable to go on than "
            "to stop"
        ),
        measure=measure_of("going on to a higher category", "a category above the first"),
        stems={"step_": steps(3)[0]},
        distribution_name="Sequential",
        elsewhere={"bambi": "sratio", "brms": "sratio"},
        aliases=("sratio", "stoppingratio", "continuationratio"),
    )


SEQUENTIAL = _of_levels(())
