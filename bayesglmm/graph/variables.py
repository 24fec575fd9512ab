"""From a `Prior` to a PyMC variable.

Arguments are given as arrays of double precision: PyTensor would make a Python number such as 2.5,
which single precision can hold, a constant of single precision, and take its logarithm so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bayesglmm.families import Prior


def make_variable(name: str, prior: Prior | Sequence[Prior], dims: str | None = None) -> Any:
    """Add a variable to the model in whose context this is called.

    Of a prior of a variance or a precision, that is the free variable, ``NAME_variance``.

    Parameters
    ----------
    name : str
    prior : Prior or sequence of Prior
        One for each element where the variable has a dimension; all of one distribution.
    dims : str, optional
        Its dimension.

    Returns
    -------
    TensorVariable
    """
    import pymc as pm

    if isinstance(prior, Prior):
        numbers = {key: np.array(value, dtype=float) for key, value in prior.arguments}
        if prior.power == 1:
            return getattr(pm, prior.name)(name, **numbers, dims=dims)
        power = getattr(pm, prior.name)(f"{name}_{prior.of}", **numbers, dims=dims)
        return pm.Deterministic(name, power ** (1 / prior.power), dims=dims)
    columns = {
        key: np.array([dict(item.arguments)[key] for item in prior])
        for key, _ in prior[0].arguments
    }
    return getattr(pm, prior[0].name)(name, **columns, dims=dims)
