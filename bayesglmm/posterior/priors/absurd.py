"""Do the priors say the absurd? Their probability of means that no analyst would believe."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.design.names import printed_names
from bayesglmm.families.links import Array
from bayesglmm.posterior.notes import mean_name

FAR = 1000
"""Times the largest response, per unit of exposure, from which a mean is absurd."""

NEAR = 0.1
"""Events per unit of exposure up to which rows do not come near one: the unit is a person, say."""

BELIEVED = 0.05
"""Prior probability of the absurd from which priors are said to be too wide."""


@dataclass(frozen=True, slots=True)
class Absurdity:
    """Means that no analyst would believe, and what the priors give them.

    Attributes
    ----------
    what : str
        Such as ``"above one per unit of births"``.
    probability : float
        Share of prior draws and rows.
    """

    what: str
    probability: float

    @property
    def believed(self) -> bool:
        """Whether the priors take it for possible."""
        return self.probability >= BELIEVED


def absurdities(design: Design, means: Array) -> tuple[Absurdity, ...]:
    """Look for the absurd in prior draws of the means of rows.

    Parameters
    ----------
    design : Design
    means : array of shape (S, m)
        Response scale, per one unit of exposure; a probability for successes in trials.

    Returns
    -------
    tuple of Absurdity
        Empty for probabilities, which have nowhere to go. More than one event for each unit of
        exposure is absurd only where no row came near: the unit is then a person, say, and not a
        day.
    """
    family, rows = design.spec.family, design.rows
    if family.support.below_one or family.support.categories:
        return ()
    seen = np.abs(rows.central) / rows.exposure
    found = []
    if design.spec.exposure is not None and np.max(seen) <= NEAR:
        unit = printed_names(design)[design.spec.exposure]
        found.append(Absurdity(f"above one per unit of {unit}", _share(means > 1)))
    largest = float(np.max(seen))
    if largest > 0:
        what = f"over {FAR:,} times the largest observed"
        found.append(Absurdity(what, _share(np.abs(means) > FAR * largest)))
    return tuple(found)


def absurd_sentence(design: Design, found: tuple[Absurdity, ...]) -> str:
    """What the priors give to the absurd, and whether they are too wide.

    Parameters
    ----------
    design : Design
    found : tuple of Absurdity

    Returns
    -------
    str
        Empty where nothing could be absurd.
    """
    if not found:
        return ""
    what = mean_name(design).partition(" per ")[0]
    given = " and ".join(
        f"{item.what} with probability {_percent(item.probability)}" for item in found
    )
    absurd = any(item.believed for item in found)
    verdict = (
        f"{100 * BELIEVED:g} % or more is too much for the absurd: narrower priors are called for."
        if absurd
        else f"Less than {100 * BELIEVED:g} % is left to the absurd."
    )
    return f"Under the priors the {what} of a row is {given}. {verdict}"


def _share(which: NDArray[np.bool_]) -> float:
    return float(np.mean(which))


def _percent(share: float) -> str:
    """A probability in words that do not claim more than some hundred thousand draws can."""
    return "below 0.1 %" if share < 0.001 else f"{100 * share:.2g} %"
