"""Means over new groups of functions of several parameters of a row.

What new groups add to K linear predictors of a row is normal, however many terms there are, so that
such a mean is an integral over K normals at most. Where the function is a multiple of a parameter
under a log link, ``E exp(b_1) f(b_2)`` is ``exp(v_1 / 2) E f(b_2 + c)`` with c the covariance of
the two, so that this normal costs nothing. The others are integrated numerically; see
`bayesglmm.posterior.over_normals`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bayesglmm.design.design import Design
from bayesglmm.families.links import Array
from bayesglmm.posterior.group_effects import ALL_ROWS, SomeRows
from bayesglmm.posterior.marginal import shared_covariance
from bayesglmm.posterior.over_normals import Function, over_normals
from bayesglmm.posterior.posterior import Posterior


def over_new_groups(
    posterior: Posterior,
    function: Function,
    names: Sequence[str],
    rows: SomeRows = ALL_ROWS,
    *,
    multiple_of: str = "",
) -> Array:
    """Mean of a function of parameters of the family over new groups.

    Parameters
    ----------
    posterior : Posterior
    function : callable
        Of parameters on their natural scale.
    names : sequence of str
        The parameters that it is a function of.
    rows : slice or array of int
    multiple_of : str
        A parameter that the function is a multiple of, whatever the others are.

    Returns
    -------
    array of shape (S, rows)

    Raises
    ------
    SpecError
        If groups scatter more than can be integrated over.
    """
    design, draws = posterior.design, posterior.draws
    predictors = design.predictors
    values = {
        name: draws.flat(name)
        if predictors[name].is_number
        else posterior.eta(rows, effects=(), parameter=name)
        for name in names
    }
    linear = [name for name in names if not predictors[name].is_number]
    moving = [name for name in linear if predictors[name].groups]
    if multiple_of in moving and predictors[multiple_of].link.multiplicative:
        moving.remove(multiple_of)
        for name in moving:
            values[name] = values[name] + _covariance(posterior, multiple_of, name, rows)
        own = _covariance(posterior, multiple_of, multiple_of, rows)
        values[multiple_of] = values[multiple_of] + own / 2

    def value(found: Mapping[str, Array]) -> Any:
        return function({n: natural(design, n, v) if n in linear else v for n, v in found.items()})

    if not moving:
        return np.asarray(value(values))
    factor = _factor(posterior, moving, rows)
    steep = [predictors[name].link.multiplicative for name in moving]
    return over_normals(value, values, moving, factor, steep)


def natural(design: Design, name: str, eta: Any) -> Any:
    """What functions of parameters of the family take of one, from its linear predictor."""
    family, link = design.spec.family, design.predictors[name].link
    return family.given(link, eta) if name == family.location.name else link.inverse(eta)


def _covariance(posterior: Posterior, one: str, other: str, rows: SomeRows) -> Any:
    """Covariance of what new groups add to two linear predictors of each row, (S, rows)."""
    predictors = posterior.design.predictors
    if one == other:
        return posterior.row_variance(predictors[one].groups, rows)
    return shared_covariance(posterior.draws, predictors[one], predictors[other], rows)


def _factor(posterior: Posterior, names: Sequence[str], rows: SomeRows) -> list[list[Any]]:
    """Cholesky factor of that covariance in each draw and row; a singular one has zeros."""
    lines: list[list[Any]] = []
    for place, name in enumerate(names):
        line: list[Any] = []
        for other in range(place):
            left = _covariance(posterior, name, names[other], rows)
            left = left - sum(line[k] * lines[other][k] for k in range(other))
            below = np.broadcast_to(lines[other][other], np.shape(left + lines[other][other]))
            line.append(np.divide(left, below, out=np.zeros(below.shape), where=below > 0))
        rest = _covariance(posterior, name, name, rows) - sum(np.square(part) for part in line)
        line.append(np.sqrt(np.maximum(rest, 0.0)))
        lines.append(line)
    return lines
