"""Comparisons of rows that have a name, as in R's marginaleffects: ``"pairwise"`` and its like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np

from bayesglmm.families.links import Array

type Pairs = list[tuple[int, int]]
"""Which row is compared with which: (high, low)."""


def _others(place: int, rows: int) -> list[int]:
    return [other for other in range(rows) if other != place]


PAIRS: dict[str, Callable[[int], Pairs]] = {
    "pairwise": lambda rows: sorted((high, low) for low, high in combinations(range(rows), 2)),
    "revpairwise": lambda rows: [*combinations(range(rows), 2)],
    "reference": lambda rows: [(high, 0) for high in range(1, rows)],
    "revreference": lambda rows: [(0, low) for low in range(1, rows)],
    "sequential": lambda rows: [(high, low) for low, high in pairwise(range(rows))],
    "revsequential": lambda rows: [*pairwise(range(rows))],
}
"""Patterns of two rows each, by the number of rows."""

MEANS: dict[str, tuple[str, Callable[[int, int], list[int]]]] = {
    "meandev": ("mean", lambda _, rows: [*range(rows)]),
    "meanotherdev": ("mean of the others", _others),
}
"""Patterns of each row against a mean: its name, and of which rows it is."""

PATTERNS = (*PAIRS, *MEANS)


@dataclass(frozen=True, slots=True)
class Kind:
    """How two rows are compared.

    Attributes
    ----------
    combine : callable
        (high, low) to the comparison.
    sign : str
        Between the two in labels.
    no_effect : float
    words : str
        What the comparison is of.
    """

    combine: Callable[[Array, Array], Array]
    sign: str
    no_effect: float
    words: str


KINDS: Mapping[str, Kind] = {
    "difference": Kind(lambda high, low: high - low, "-", 0.0, "difference between two rows"),
    "ratio": Kind(lambda high, low: high / low, "/", 1.0, "ratio of two rows"),
}


def compare(kind: str, pattern: str, values: Array, names: Sequence[str]) -> dict[str, Array]:
    """Compare rows with each other.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    pattern : str
        One of `PATTERNS`.
    values : array of shape (S, k)
        Draws of the rows.
    names : sequence of str, length k

    Returns
    -------
    dict of str to array of shape (S,)
        Label to draws, such as ``"active - placebo"``. Differences are of a later row against an
        earlier one, but for patterns that begin with ``rev``.
    """
    how, rows, shown = KINDS[kind], len(names), [*map(bracketed, names)]
    if pattern in PAIRS:
        return {
            f"{shown[high]} {how.sign} {shown[low]}": how.combine(values[:, high], values[:, low])
            for high, low in PAIRS[pattern](rows)
        }
    called, of = MEANS[pattern]
    return {
        f"{shown[row]} {how.sign} {called}": how.combine(
            values[:, row], np.mean(values[:, of(row, rows)], axis=1)
        )
        for row in range(rows)
    }


def bracketed(name: str) -> str:
    """A name in brackets where it could be read as more than one."""
    return name if re.fullmatch(r"[\w. ]+|\w+\[[^\[\]]*\]", name) else f"({name})"
