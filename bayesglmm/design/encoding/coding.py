"""Codings of a factor: which columns stand for its levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bayesglmm.families.links import Array


@dataclass(frozen=True, slots=True)
class Coding:
    """How the levels of a factor become columns.

    Attributes
    ----------
    name : str
        ``"Treatment"``: an indicator of each level but one, the reference. ``"Sum"``: likewise,
        with -1 in the rows of the level left out, so that each level is compared with the mean.
    level : str or None
        That one; None for the first under Treatment, the last under Sum.
    """

    name: str = "Treatment"
    level: str | None = None

    def left_out(self, levels: Sequence[str]) -> int:
        """Place of the level that has no column of its own."""
        if self.level is not None:
            return levels.index(self.level)
        return 0 if self.name == "Treatment" else len(levels) - 1

    def columns(self, levels: Sequence[str], full: bool) -> tuple[tuple[str, ...], Array]:
        """Names of the columns, and their values at each level.

        Parameters
        ----------
        levels : sequence of str, length k
        full : bool
            Whether the columns span a constant: an indicator of every level, or, under Sum, the
            mean as well.

        Returns
        -------
        names : tuple of str
        values : array of shape (k, k or k - 1)
        """
        if full and self.name == "Treatment":
            return tuple(levels), np.eye(len(levels))
        out = self.left_out(levels)
        names = tuple(level for place, level in enumerate(levels) if place != out)
        values = np.delete(np.eye(len(levels)), out, axis=1)
        if self.name == "Treatment":
            return names, values
        values[out] = -1.0
        if not full:
            return names, values
        return ("mean", *names), np.column_stack([np.ones(len(levels)), values])

    def reference(self, levels: Sequence[str], full: bool) -> str | None:
        """The level that the others are compared with; None where there is none."""
        if full or self.name != "Treatment":
            return None
        return levels[self.left_out(levels)]

    def centred(self, levels: Sequence[str]) -> str | None:
        """The level left out where all are compared with their mean; None under Treatment."""
        return levels[self.left_out(levels)] if self.name == "Sum" else None
