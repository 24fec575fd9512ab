"""Transforms whose columns are R's, number by number, and the one whose are not."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd
import pytest

import bayesglmm as bg

# printed by R 4 for these ten values of x: scale(x), poly(x, 2), and bs(x, df = 4) of splines
PRINTED = """
    x        scale      poly 1      poly 2        bs 1        bs 2        bs 3      bs 4
 0.30  -0.15618212 -0.05206071 -0.31459591  0.30998772  0.49012240  0.19865992  0
 1.20   0.37424773  0.12474924 -0.25383263  0.09767177  0.41495080  0.47355343  0.013824
-0.70  -0.74554863 -0.24851621 -0.14942527  0.56920032  0.28780714  0.04291054  0
 2.50   1.14042419  0.38014140  0.18418931  0.00307583  0.06883702  0.48911115  0.438976
 0.90   0.19743778  0.06581259 -0.29613093  0.15162691  0.47114617  0.37549891  0.001728
-1.40  -1.15810519 -0.38603506  0.11192872  0.52502006  0.10403877  0.00650969  0
 3.10   1.49404410  0.49801470  0.52596452  0           0           0           1
 0.05  -0.30352375 -0.10117458 -0.29626562  0.38795701  0.45964088  0.14482308  0
 1.90   0.78680429  0.26226810 -0.06941038  0.02460662  0.22465846  0.61012692  0.140608
-2.20  -1.62959840 -0.54319947  0.55757819  0           0           0           0
"""
TABLE = np.loadtxt(StringIO(PRINTED), skiprows=2)
X = TABLE[:, 0]


def columns(term: str) -> np.ndarray:
    data = pd.DataFrame({"x": X, "y": np.arange(10.0) + X**2})
    return bg.Model(f"y ~ {term}", data).design.predictor.fixed.values


@pytest.mark.parametrize(
    ("term", "printed"),
    [
        ("poly(x, 2)", TABLE[:, 2:4]),
        ("poly(x, 2, raw=True)", np.column_stack([X, X**2])),
        ("bs(x, df = 4)", TABLE[:, 4:]),
        ("I(x^2)", X[:, None] ** 2),
    ],
)
def test_columns_are_those_of_r(term, printed):
    assert columns(term) == pytest.approx(printed, abs=1e-8)


def test_scale_divides_by_n():
    """R's divides the sum of squares by n - 1; docs/coming-from.md says so."""
    assert columns("scale(x)")[:, 0] == pytest.approx(TABLE[:, 1] * np.sqrt(10 / 9), abs=1e-8)
