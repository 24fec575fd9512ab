"""The log prior of theta and the fixed effects in compiled code."""

from __future__ import annotations

import math
from typing import Any

from bayesglmm.engine.compiled import merged
from bayesglmm.engine.kernel import layout, prior_arrays
from bayesglmm.engine.kernel.access import float_matrix, floats, long_matrix, longs
from bayesglmm.engine.kernel.carried import compiled_carried
from bayesglmm.engine.kernel.log_priors import compiled_log_prior
from bayesglmm.families.links import Array


@merged
def add_priors(record: Any, natural: Array, slope: Array) -> float:
    """Log prior of theta and fixed, Jacobians to their unconstrained scale included."""
    sizes = longs(record, layout.SIZES)
    effects = long_matrix(record, layout.EFFECTS)
    priors = float_matrix(record, prior_arrays.PRIORS)
    carriers, lkj = longs(record, prior_arrays.CARRIERS), floats(record, prior_arrays.LKJ)
    T, P, E = sizes[layout.THETA], sizes[layout.FIXED], len(effects)
    value = 0.0
    for column in range(P):
        number, change, log_change, log_slope = compiled_carried(
            carriers[column], natural[T + column]
        )
        part, by_number = compiled_log_prior(priors[column], number)
        value += part + log_change
        slope[T + column] += by_number * change + log_slope
    for effect in range(E):
        sd = math.exp(natural[effect])
        part, change = compiled_log_prior(priors[P + effect], sd)
        value += part + natural[effect]
        slope[effect] += change * sd + 1.0
        start, place = effects[effect, layout.BLOCK], effects[effect, layout.CORRELATIONS]
        before = effects[effect, layout.OWN_PLACE] - start
        norm = 1.0
        for j in range(before):
            norm += natural[place + j] ** 2
        value -= 0.5 * lkj[effect] * math.log(norm)
        for j in range(before):
            slope[place + j] -= lkj[effect] * natural[place + j] / norm
    if sizes[layout.HAS_SCALAR]:
        scalar = math.exp(natural[T - 1])
        part, change = compiled_log_prior(priors[P + E], scalar)
        value += part + natural[T - 1]
        slope[T - 1] += change * scalar + 1.0
    return value
