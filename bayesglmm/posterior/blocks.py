"""Stretches of rows that are evaluated at a time, so that memory does not grow with the data."""

from __future__ import annotations

from collections.abc import Iterator

BLOCK = 2_000_000
"""Draws times rows held in memory at once: 16 MB an array."""


def row_blocks(rows: int, draws: int) -> Iterator[slice]:
    """Rows in stretches whose number times that of the draws is at most `BLOCK`.

    Parameters
    ----------
    rows, draws : int

    Yields
    ------
    slice
        One after the other; of one row at least.
    """
    width = max(1, BLOCK // draws)
    for start in range(0, rows, width):
        yield slice(start, min(start + width, rows))
