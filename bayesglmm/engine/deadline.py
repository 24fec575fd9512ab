"""When a run has to end."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass


class TimeRanOutError(Exception):
    """The time that a run was allowed is over."""

    def __init__(self) -> None:
        super().__init__("the time allowed by max_minutes= ran out")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which a run ends with what it has.

    Attributes
    ----------
    at : float
        Of `time.monotonic`.
    """

    at: float = math.inf

    @classmethod
    def after(cls, minutes: float) -> Deadline:
        """So many minutes from now."""
        return cls(time.monotonic() + 60 * minutes)

    def check(self) -> None:
        """Called between pieces of work.

        Raises
        ------
        TimeRanOutError
            If the moment has passed.
        """
        if time.monotonic() > self.at:
            raise TimeRanOutError


NEVER = Deadline()
