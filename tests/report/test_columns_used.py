"""What a report says of the columns that a model uses."""

from __future__ import annotations

import pandas as pd
import pytest

import bayesglmm as bg
from bayesglmm.report.sections.data import dictionary

CONTENT = {
    (25_776, 1_000_000, 2_758_457): "25,776 to 2,758,457, mean 1,261,411",
    (1968, 1978, 1988): "1968 to 1988, mean 1978",
    (20, 226, 886): "20 to 886, mean 377.3",
    (0.123456789, 0.5, 0.75): "0.123457 to 0.75, mean 0.4578",
    (-12_000, 0, 12_345.6): "-12,000 to 12,346, mean 115.2",
}


@pytest.mark.parametrize(("values", "said"), CONTENT.items())
def test_numbers_in_the_dictionary_of_columns(values, said):
    rows = pd.DataFrame({"x": values * 3, "y": [1.0, 2.0, 4.0] * 3})
    frame = dictionary(bg.Model("y ~ x", rows).design).frame.set_index("column")
    assert frame.loc["x", "content"] == said
