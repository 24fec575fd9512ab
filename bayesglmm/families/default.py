"""What a default prior is: a function of a few crude facts, with its reason and its source."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bayesglmm.families.prior import Prior


@dataclass(frozen=True, slots=True)
class Facts:
    """What a default prior may know of the data.

    Attributes
    ----------
    location : float
        Link of the crude mean (per unit of exposure), less the mean offset.
    crude : float
        The crude mean itself.
    unit : float
        What counts as one large step of the linear predictor: 1 on the log, logit, probit and
        cloglog scales, else the spread of the response carried to the link scale.
    spread : float
        Standard deviation of the response.
    column : float
        Standard deviation of the column the parameter belongs to; 1 for an indicator.
    terms : float
        How many terms of its class the linear predictor is a sum of: its variance over the rows if
        each column moved it by a standard deviation of one step. A numeric column counts 1, an
        indicator its variance, a group's intercept 1.
    """

    location: float
    crude: float
    unit: float
    spread: float
    column: float = 1.0
    terms: float = 1.0

    def share(self, each: float, together: float) -> float:
        """Standard deviation of one term, in steps: that of all together is limited too.

        Parameters
        ----------
        each, together : float
            The most that one term may have, and that all have together.

        Returns
        -------
        float
        """
        return min(each, together / math.sqrt(max(self.terms, 1e-12)))


@dataclass(frozen=True, slots=True)
class Default:
    """A default prior.

    Attributes
    ----------
    make : callable
        Facts to Prior, on the scale of the parameter.
    reason : str
        Printed beside the prior; may name `crude`, `spread`, and what twice the prior's sigma is:
        `wide` for a `change` of one standard deviation of the column, `per_unit` for its unit.
    source : str
        Where the choice comes from.
    """

    make: Callable[[Facts], Prior]
    reason: str
    source: str
