"""Ordered categories by thresholds of a latent variable: ``P(y <= k) = F(tau_k - eta)``.

McCullagh (1980), JRSS B 42(2), eq. 2.1 and section 2.3; with the signs of Bürkner & Vuorre (2019),
Adv. Meth. Pract. Psychol. Sci. 2(1), eq. 5: a higher linear predictor makes higher categories more
probable. A formula of `disc` multiplies ``tau_k - eta`` (the same, eq. 8).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bayesglmm.families.categories import category_family, crude_shares
from bayesglmm.families.chances import Chances, Maths
from bayesglmm.families.family import Family
from bayesglmm.families.thresholds import DISC, LOCATION, crude_location, cuts, gaps, measure_of
from bayesglmm.families.variance import Parameters


def _log_chances(count: int) -> Chances:
    last = count - 1

    def log_chance(k: int, location: Any, parameters: Parameters, maths: Maths) -> Any:
        disc, tau = parameters.get("disc", 1.0), cuts(parameters, "gap_", count)

        def log_odds(j: int) -> Any:
            return replace(location, eta=disc * (tau[j] - location.eta)).log_odds

        if k == 0:
            return -maths.softplus(-log_odds(0))
        lower = log_odds(k - 1)
        if k == last:
            return -maths.softplus(lower)
        # F(b) - F(a) = F(b) (1 - F(a)) (1 - exp(a' - b')), a' and b' the log odds of F(a) and F(b)
        upper = log_odds(k)
        return -maths.softplus(-upper) - maths.softplus(lower) + maths.log1mexp(upper - lower)

    return Chances(count, log_chance)


def _of_levels(levels: tuple[str, ...]) -> Family:
    count = max(len(levels), 2)
    return category_family(
        levels,
        _log_chances(count),
        ordered=True,
        name="cumulative",
        title="Cumulative",
        parameters=(LOCATION, *gaps(count), DISC),
        crude=lambda link, rows: crude_location(link, float(crude_shares(rows, count)[0])),
        make=_of_levels,
        below_threshold="y ≤ k",
        of_thresholds="where, on the scale of the linear predictor, higher categories begin",
        latent=True,
        measure=measure_of("a higher category", "a category above the first"),
        stems={"gap_": gaps(3)[0]},
        elsewhere={"bambi": "cumulative", "brms": "cumulative", "ordinal": "clmm"},
        aliases=("ordinal", "ordered", "clm", "clmm", "polr", "proportionalodds"),
    )


CUMULATIVE = _of_levels(())
