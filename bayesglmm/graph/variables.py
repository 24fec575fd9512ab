"""From a `Prior` to a PyMC variable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bayesglmm.families import Prior


def make_variable(name: str, prior: Prior | Sequence[Prior], dims: str | None = None) -> Any:
    """Add a free variable to the model in whose context this is called.

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
        return getattr(pm, prior.name)(name, **dict(prior.arguments), dims=dims)
    columns = {
        key: np.array([dict(item.arguments)[key] for item in prior])
        for key, _ in prior[0].arguments
    }
    return getattr(pm, prior[0].name)(name, **columns, dims=dims)
