"""What a response that is one of several categories may be: each of them, or those from one up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bayesglmm.design.design import Design
from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """Some of the K categories of a response.

    Attributes
    ----------
    name : str
        Such as ``"blue"`` or ``"mild or higher"``.
    inside : array of bool, shape (K,)
    """

    name: str
    inside: NDArray[np.bool_]

    def happened(self, y: Array) -> Array:
        """Responses, by their places, to 1 where they are inside, else 0."""
        return self.inside[np.asarray(y, dtype=np.int64)].astype(float)


def events(design: Design, *, cumulative: bool = False) -> list[Event]:
    """Each category of the response.

    Parameters
    ----------
    design : Design
    cumulative : bool
        Whether categories that have an order are counted from one up: that one or a higher one,
        for all but the lowest.

    Returns
    -------
    list of Event
        Empty where responses are no categories.
    """
    support, place = design.spec.family.support, np.arange(len(design.spec.family.support.levels))
    if not support.categories:
        return []
    if not (cumulative and support.ordered):
        return [Event(name, place == k) for k, name in enumerate(support.levels)]
    *below, highest = support.levels[1:]
    found = [Event(f"{name} or higher", place >= k) for k, name in enumerate(below, start=1)]
    return [*found, Event(highest, place == len(place) - 1)]
