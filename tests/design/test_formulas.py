"""What columns each of many formulas gives, of the data and of new rows, and how it names them."""

import numpy as np
import pytest
from formula_table import DATA, NEW, TABLE

from bayesglmm.design.columns import apply_columns, make_columns


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
