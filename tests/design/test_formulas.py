"""A table of formulas: what columns each gives, of the data and of new rows, and how it names them.

`formulas.json` holds what formulae 0.6.2 gave when it evaluated our terms, before we did so
ourselves: names, order, references, parts, and a weighted sum of each column over the rows.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bayesglmm.design.columns import apply_columns, make_columns

TABLE = json.loads((Path(__file__).parent / "formulas.json").read_text(encoding="utf-8"))
ROW = np.arange(36)


def rows(place, x):
    """Rows with four factors and seven numbers; nothing about them is special."""

    def ordered(levels, codes):
        return pd.Categorical.from_codes(codes % len(levels), list(levels), ordered=True)

    return pd.DataFrame(
        {
            "x": x,
            "z": (place * 7) % 11 + 1.0,
            "w": np.cos(place * 1.7),
            "k": place % 3,
            "trt": (place // 2) % 2,
            "f": ordered("bca", place),
            "g": ordered("qp", place // 3),
            "h": ordered(["u", "25 - 39", "v, w"], place // 6),
            "m": ordered(["10", "2", "33"], place // 12),
            "a b": place**2 / 100,
            "x.1": np.sqrt(place),
            "Sum": ordered("st", place // 5),
        }
    )


DATA = rows(ROW, np.exp(np.sin(ROW)) + ROW / 5)
PLACE = np.array([4, 30, 17, 9, 23])
NEW = rows(PLACE, np.array([0.7, 9.5, 3.25, 2.0, 5.5]))  # 0.7 and 9.5 lie outside the data


def sums(values):
    """One number a column that changes with any of its values."""
    weights = 1 + np.cos(np.arange(len(values)) ** 2)
    return [float(f"{total:.12g}") for total in weights @ values]


def record(text):
    """What a formula gives, as the table holds it."""
    columns, offset = make_columns(text, DATA)
    new, new_offset, _ = apply_columns(columns, NEW)
    parts = {part for product in columns.products.values() for part in product}
    return {
        "intercept": columns.intercept,
        "references": dict(columns.references),
        "terms": {term.name: list(term.columns) for term in columns.terms},
        "aliased": [str(alias) for alias in columns.aliased],
        "levels": {
            name: [part.level for part in product] for name, product in columns.products.items()
        },
        "variables": {part.name: list(part.variables) for part in sorted(parts, key=str)},
        "factors": sorted({part.name for part in parts if part.is_factor}),
        "sums": sums(columns.values) + sums(offset[:, None]),
        "new": sums(new) + sums(new_offset[:, None]),
    }


@pytest.mark.parametrize("text", TABLE)
def test_a_formula_gives_the_columns_that_it_gave(text):
    found, known = record(text), TABLE[text]
    for key in ("sums", "new"):
        np.testing.assert_allclose(found.pop(key), known[key], rtol=1e-10, atol=1e-10)
    assert found == {key: known[key] for key in found}


def test_there_are_many():
    assert len(TABLE) >= 100
