"""Which rows the data can speak of: those in the row space of all columns, dropped ones included.

A linear function l of the coefficients is estimable where it is orthogonal to the null space of the
design (Searle 1971, Linear Models, section 5.4). A column that others determine, ``a = X w``, spans
that null space with ``(w, -1)``, so that ``l_a - l_X w``, here called the gap of l, must be 0.
Group effects have proper populations and do not count.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bayesglmm.families.links import Array

NEGLIGIBLE = 1e-6
"""A gap of this share of what it is the difference of, or less, is rounding."""


def row_gaps(
    names: Sequence[str],
    values: Array,
    aliases: Sequence[tuple[str, Sequence[tuple[float, str]]]],
) -> Array:
    """How far each row is from the row space of the design.

    Parameters
    ----------
    names : sequence of str, length p
        Of all columns, those that others determine included.
    values : array of shape (m, p)
    aliases : sequence of (str, sequence of (float, str))
        Columns that others determine, each with weights and names; ``"1"`` is the intercept.

    Returns
    -------
    array of shape (m, number of aliases)
        0 in rows that the data can speak of.
    """
    place = {name: index for index, name in enumerate(names)}
    gaps = np.zeros((len(values), len(aliases)))
    for number, (column, parts) in enumerate(aliases):
        own = values[:, place[column]]
        said, size = np.zeros(len(values)), np.abs(own)
        for weight, name in parts:
            share = weight * (1.0 if name == "1" else values[:, place[name]])
            said, size = said + share, size + np.abs(share)
        gap = own - said
        gaps[:, number] = np.where(np.abs(gap) > NEGLIGIBLE * size, gap, 0.0)
    return gaps
