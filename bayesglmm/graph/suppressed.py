"""Counts in the graph of which some are known only to lie between two bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

from bayesglmm.design.dimensions import OBSERVATION
from bayesglmm.families import Rows


def suppressed_counts(name: str, family: Any, arguments: dict[str, Any], rows: Rows) -> Any:
    """Add a response of counts, some of them suppressed, to the model in whose context it is.

    Its log density is the log of the sum of the probabilities of all counts from `y` to `upper`;
    where the two are equal, that of the count. Draws of it are counts without suppression.

    Parameters
    ----------
    name : str
    family : type
        A PyMC distribution of counts, or what is used like one.
    arguments : dict
        Its arguments.
    rows : Rows
        `y` and `upper` as ``pm.Data`` of whole numbers.

    Returns
    -------
    TensorVariable of shape (n,)
    """
    import pymc as pm
    import pytensor.tensor as pt

    span = int(np.max(rows.upper.get_value() - rows.y.get_value()))

    def counts(*values: Any) -> Any:
        """The distribution without suppression; the last two values are upper bound and size."""
        return family.dist(**dict(zip(arguments, values[:-2], strict=True)), size=values[-1])

    def log_density(y: Any, *values: Any) -> Any:
        known = family.dist(**dict(zip(arguments, values[:-1], strict=True)))
        terms = [pm.logp(known, y)]
        for step in range(1, span + 1):
            inside = pt.le(y + step, values[-1])
            terms.append(pt.switch(inside, pm.logp(known, y + step), -np.inf))
        return pt.logsumexp(pt.stack(terms), axis=0)

    return pm.CustomDist(
        name,
        *arguments.values(),
        rows.upper,
        dist=counts,
        logp=log_density,
        class_name=f"Suppressed{getattr(family, '__name__', '')}",
        observed=rows.y,
        dims=OBSERVATION,
    )
