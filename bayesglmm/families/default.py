"""What a default prior is: a function of a few crude facts, with its reason and its source."""

from __future__ import annotations

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
    """

    location: float
    crude: float
    unit: float
    spread: float
    column: float = 1.0


@dataclass(frozen=True, slots=True)
class Default:
    """A default prior.

    Attributes
    ----------
    make : callable
        Facts to Prior, on the scale of the parameter.
    reason : str
        Printed beside the prior; may name `crude`, `spread`, and what `change` of a column moves
        the linear predictor by a large `step`, or `column_step` for one unit of the column.
    source : str
        Where the choice comes from.
    """

    make: Callable[[Facts], Prior]
    reason: str
    source: str
