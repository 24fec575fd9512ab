"""An estimate and its interval: one rule of digits for the three numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from seeds import generator

from bayesglmm.tables import Table
from bayesglmm.tables.digits import format_interval

NAN, INF = np.nan, np.inf
EXACT = (0.0, 0.0, 0.0)

# (estimate, lower, upper), their errors, kind: texts
CASES = {
    # What editors returned: 7 (1.0 to 70), 0.38 (0.20 to 0.7).
    ((7.23, 1.04, 69.8), EXACT, "positive"): "7.2 (1.0 to 70)",
    ((7.23, 1.04, 69.8), (0.3, 0.09, 6.4), "positive"): "7 (1 to 70)",
    ((0.381, 0.204, 0.698), EXACT, "positive"): "0.38 (0.20 to 0.70)",
    ((0.381, 0.204, 0.698), (0.004, 0.005, 0.02), "positive"): "0.4 (0.2 to 0.7)",
    # A tight interval needs more digits than two, a wide one no more.
    ((1.2341, 1.2009, 1.2681), EXACT, "positive"): "1.234 (1.201 to 1.268)",
    ((119.4, 97.2, 170.4), EXACT, "positive"): "119 (97 to 170)",
    ((4081.0, 1183.0, 9120.0), EXACT, "positive"): "4,100 (1,200 to 9,100)",
    # Never 0; a lower bound near 0 does not take the digits of the row.
    ((0.12, 0.0031, 0.452), (0.004, 0.0009, 0.008), "positive"): "0.12 (0.003 to 0.45)",
    ((0.12, 0.0031, 0.452), (0.004, 0.009, 0.008), "positive"): "0.12 (<0.01 to 0.45)",
    ((0.9, 0.048, 20.3), (0.01, 0.003, 0.7), "positive"): "0.90 (0.05 to 20)",
    # Differences: decimals by the width of the interval.
    ((-0.0213, -0.1377, 0.0949), EXACT, "estimate"): "-0.02 (-0.14 to 0.09)",
    ((0.0004, -0.0021, 0.0030), EXACT, "estimate"): "0.0004 (-0.0021 to 0.0030)",
    ((-12.004, -15.02, -9.03), EXACT, "estimate"): "-12.0 (-15.0 to -9.0)",
    ((-12.004, -15.02, -9.03), (0.06, 0.2, 0.2), "estimate"): "-12 (-15 to -9)",
    ((1998.432, 1998.011, 1998.871), EXACT, "estimate"): "1,998.43 (1,998.01 to 1,998.87)",
    ((0.004, -30.0, 42.0), EXACT, "estimate"): "0 (-30 to 42)",
    # Probabilities: the same decimals, never 0 or 1.
    ((0.953, 0.902, 0.9951), EXACT, "probability"): "0.953 (0.902 to 0.995)",
    ((0.953, 0.902, 0.9999), (0.004, 0.006, 0.001), "probability"): "0.95 (0.90 to >0.99)",
    ((0.5, 0.1, 0.9), (0.3, 0.3, 0.3), "probability"): "0.5 (0.1 to 0.9)",
    # Neither width nor error, or no number.
    ((3.14159, 3.14159, 3.14159), EXACT, "estimate"): "3.14 (3.14 to 3.14)",
    ((0.0, 0.0, 0.0), EXACT, "estimate"): "0 (0 to 0)",
    ((2.0, 0.5, INF), (0.01, 0.01, NAN), "positive"): "2.00 (0.50 to ∞)",
    ((NAN, NAN, NAN), (NAN, NAN, NAN), "estimate"): " ( to )",
    ((1.0, 1.0 - 1e-15, 1.0 + 1e-15), EXACT, "estimate"): "1.00000 (1.00000 to 1.00000)",
}


@pytest.mark.parametrize(("given", "wanted"), CASES.items(), ids=list(CASES.values()))
def test_an_estimate_and_its_interval(given, wanted):
    first, low, high = format_interval(*given)
    assert f"{first} ({low} to {high})" == wanted


def decimals(text: str) -> int:
    return len(text.partition(".")[2])


@pytest.mark.parametrize("kind", ["estimate", "positive", "probability"])
def test_no_digit_is_shown_that_its_error_does_not_support(kind):
    rng = generator(1)
    for _ in range(500):
        center, width = rng.normal(), 10 ** rng.uniform(-3, 1.3)
        values = np.array([center, center - width / 2, center + width * rng.uniform(0.1, 2)])
        values = np.exp(values) if kind == "positive" else values
        values = 1 / (1 + np.exp(-values)) if kind == "probability" else values
        errors = np.abs(values) * 10 ** rng.uniform(-4, -0.5, 3) + 1e-6
        texts = format_interval(tuple(values), tuple(errors), kind)
        for error, text in zip(errors, texts, strict=True):
            shown = float(text.strip("<>").replace(",", ""))
            unit = 10.0 ** np.ceil(np.log10(error))
            if "e" in text or (kind == "probability" and decimals(text) == 1):
                continue
            assert abs(shown / unit - round(shown / unit)) < 1e-6, (values, errors, texts)
        if kind != "positive":
            assert len({decimals(text) for text in texts}) == 1


def test_a_table_prints_its_intervals_by_that_rule():
    frame = pd.DataFrame(
        {
            "": ["a", "b"],
            "OR": [7.23, 0.381],
            "lower": [1.04, 0.204],
            "upper": [69.8, 0.698],
            "mcse_upper": [6.4, 0.001],
            "raw": [0.5, 0.25],
        }
    )
    kinds = dict.fromkeys(("OR", "lower", "upper"), "positive") | {"raw": "estimate"}
    shown = Table(frame, "t", kinds=kinds).formatted()
    assert shown[["OR", "lower", "upper"]].to_numpy().tolist() == [
        ["7", "1", "70"],
        ["0.38", "0.20", "0.70"],
    ]
    assert shown["raw"].tolist() == ["0.500", "0.250"]
