"""Ordered categories by pairs of neighbours: ``P(y = k | y = k or k + 1) = F(tau_k - eta)``.

Agresti (2010), Analysis of Ordinal Categorical Data, 2nd ed., section 4.1; Bürkner & Vuorre (2019),
Adv. Meth. Pract. Psychol. Sci. 2(1), eq. 7. Thresholds need not be in order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bayesglmm.families.categories import category_family, crude_shares
from bayesglmm.families.chances import Chances, Maths, log_total
from bayesglmm.families.family import Family
from bayesglmm.families.thresholds import DISC, LOCATION, crude_location, cuts, measure_of, steps
from bayesglmm.families.variance import Parameters


def _log_chances(count: int) -> Chances:
    def log_chance(k: int, location: Any, parameters: Parameters, maths: Maths) -> Any:
        disc, tau = parameters.get("disc", 1.0), cuts(parameters, "step_", count)
        weights: list[Any] = [0.0 * location.eta]  # log probabilities, less that of the first
        for cut in tau:
            down = replace(location, eta=disc * (cut - location.eta)).log_odds
            weights.append(weights[-1] - down)
        return weights[k] - log_total(weights, maths)

    return Chances(count, log_chance)


def _of_levels(levels: tuple[str, ...]) -> Family:
    count = max(len(levels), 2)

    def crude(link: Any, rows: Any) -> dict[str, float]:
        shares = crude_shares(rows, count)
        return crude_location(link, float(shares[0] / (shares[0] + shares[1])))

    return category_family(
        levels,
        _log_chances(count),
        ordered=True,
        name="adjacent",
        title="Adjacent category",
        parameters=(LOCATION, *steps(count), DISC),
        crude=crude,
        make=_of_levels,
        below_threshold="y = k given y = k or k + 1",
        of_thresholds=(
            "where, on the scale of the linear predictor, the upper of two neighbours becomes the "
            "more probable"
        ),
        measure=measure_of(
            "a category against the one below", "the second category, of the first two"
        ),
        stems={"step_": steps(3)[0]},
        elsewhere={"brms": "acat"},
        aliases=("acat", "adjacentcategory"),
    )


ADJACENT = _of_levels(())
