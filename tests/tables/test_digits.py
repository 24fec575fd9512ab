"""An estimate and its interval: one rule of digits for the three numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from seeds import generator

from bayesglmm.tables import Table
from bayesglmm.tables.digits import format_interval, format_intervals

NAN, INF = np.nan, np.inf
EXACT = (0.0, 0.0, 0.0)

# (estimate, lower, upper), their errors, kind: texts
CASES = {
    # What editors returned: 7 (1.0 to 70), 0.38 (0.20 to 0.7).
    ((7.23, 1.04, 69.8), EXACT, "positive"): "7.23 (1.0 to 70)",
    ((7.23, 1.04, 69.8), (0.03, 0.09, 6.4), "positive"): "7.2 (1 to 70)",
    ((7.23, 1.04, 69.8), (0.3, 0.09, 0.9), "positive"): "7 (1 to 70)",
    ((7.23, 1.04, 69.8), (0.3, 0.09, 6.4), "positive"): "7 (1 to 70)",
    ((0.381, 0.204, 0.698), EXACT, "positive"): "0.381 (0.20 to 0.70)",
    ((0.381, 0.204, 0.698), (0.004, 0.005, 0.007), "positive"): "0.38 (0.20 to 0.70)",
    ((0.381, 0.204, 0.698), (0.004, 0.005, 0.02), "positive"): "0.38 (0.2 to 0.7)",
    # A tight interval needs more digits than two, a wide one no more.
    ((1.2341, 1.2009, 1.2681), EXACT, "positive"): "1.23 (1.20 to 1.27)",
    ((1.0374, 1.0363, 1.0384), EXACT, "positive"): "1.0374 (1.0363 to 1.0384)",
    ((0.332, 0.3271, 0.3369), (2e-4, 0.002, 0.002), "positive"): "0.33 (0.33 to 0.34)",
    ((119.4, 97.2, 170.4), EXACT, "positive"): "119 (97 to 170)",
    ((4081.0, 1183.0, 9120.0), EXACT, "positive"): "4,080 (1,200 to 9,100)",
    # What one bound lacks, the other has not either, but for its first digit.
    ((1.26, 0.93, 1.71), (0.006, 0.012, 0.02), "positive"): "1.26 (0.9 to 1.7)",
    ((1.26, 0.73, 1.94), (0.006, 0.012, 0.02), "positive"): "1.26 (0.7 to 1.9)",
    # Never 0; a lower bound near 0 does not take the digits of the row.
    ((0.12, 0.0031, 0.452), (0.004, 0.0009, 0.008), "positive"): "0.12 (0.003 to 0.45)",
    ((0.12, 0.0031, 0.452), (0.004, 0.009, 0.008), "positive"): "0.12 (<0.01 to 0.45)",
    ((0.9, 0.048, 20.3), (0.01, 0.003, 0.7), "positive"): "0.90 (0.05 to 20)",
    ((0.66, 0.023, 19.7), (0.04, 0.006, 1.3), "positive"): "0.7 (0.02 to 20)",
    # Differences: decimals by the width of the interval, or by its end nearest to 0.
    ((-0.0213, -0.1377, 0.0949), EXACT, "estimate"): "-0.02 (-0.14 to 0.09)",
    ((0.0004, -0.0021, 0.0030), EXACT, "estimate"): "0.0004 (-0.0021 to 0.0030)",
    ((0.83, 0.214, 1.432), EXACT, "estimate"): "0.83 (0.21 to 1.43)",
    ((0.83, 0.214, 1.432), (0.004, 0.02, 0.02), "estimate"): "0.8 (0.2 to 1.4)",
    ((5.1, 0.048, 10.2), EXACT, "estimate"): "5.1 (0.0 to 10.2)",
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


@pytest.mark.parametrize(("given", "wanted"), CASES.items(), ids=[str(c) for c in CASES])
def test_an_estimate_and_its_interval(given, wanted):
    first, low, high = format_interval(*given)
    assert f"{first} ({low} to {high})" == wanted


# Rows of a column with their errors, kind: texts
COLUMNS = {
    "one estimate lacks the third digit": (
        [(0.381, 0.204, 0.698), (7.23, 1.04, 69.8)],
        [(0.0008, 0.001, 0.002), (0.03, 0.01, 0.4)],
        "positive",
        ["0.38 (0.20 to 0.70)", "7.2 (1.0 to 70)"],
    ),
    "all have it": (
        [(0.381, 0.204, 0.698), (7.23, 1.04, 69.8)],
        [(0.0008, 0.001, 0.002), (0.008, 0.01, 0.4)],
        "positive",
        ["0.381 (0.20 to 0.70)", "7.23 (1.0 to 70)"],
    ),
    "a tight row keeps the digits of its width": (
        [(1.0374, 1.0363, 1.0384), (7.23, 1.04, 69.8)],
        [(1e-5, 1e-5, 1e-5), (0.03, 0.01, 0.4)],
        "positive",
        ["1.0374 (1.0363 to 1.0384)", "7.2 (1.0 to 70)"],
    ),
    "an empty row asks for nothing": (
        [(0.381, 0.204, 0.698), (NAN, NAN, NAN)],
        [(0.0008, 0.001, 0.002), (NAN, NAN, NAN)],
        "positive",
        ["0.381 (0.20 to 0.70)", " ( to )"],
    ),
    "differences of nearly the same width": (
        [(0.05, -0.41, 0.52), (0.29, -0.31, 0.91), (0.3, -4.1, 5.2)],
        [(0.005, 0.009, 0.009), (0.005, 0.009, 0.009), (0.05, 0.09, 0.09)],
        "estimate",
        ["0.05 (-0.41 to 0.52)", "0.29 (-0.31 to 0.91)", "0.3 (-4.1 to 5.2)"],
    ),
    "an error that does not support it": (
        [(0.05, -0.41, 0.52), (0.29, -0.31, 0.91)],
        [(0.005, 0.009, 0.009), (0.005, 0.02, 0.009)],
        "estimate",
        ["0.05 (-0.41 to 0.52)", "0.3 (-0.3 to 0.9)"],
    ),
    "shares": (
        [(0.953, 0.902, 0.9951), (0.5, 0.1, 0.9)],
        [(1e-4, 1e-4, 1e-4), (1e-4, 1e-4, 1e-4)],
        "probability",
        ["0.953 (0.902 to 0.995)", "0.500 (0.100 to 0.900)"],
    ),
}


@pytest.mark.parametrize(("values", "errors", "kind", "wanted"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_has_one_format(values, errors, kind, wanted):
    rows = format_intervals(np.array(values), np.array(errors), kind)
    assert [f"{first} ({low} to {high})" for first, low, high in rows] == wanted


def test_a_column_without_rows():
    assert format_intervals(np.empty((0, 3)), np.empty((0, 3)), "positive") == []
    assert format_intervals(np.empty((0, 3)), np.empty((0, 3)), "estimate") == []


def decimals(text: str) -> int:
    return len(text.partition(".")[2])


@pytest.mark.parametrize("kind", ["estimate", "positive", "probability"])
def test_no_digit_is_shown_that_its_error_does_not_support(kind):
    rng = generator(1)
    for _ in range(100):
        center, width = rng.normal(size=5), 10 ** rng.uniform(-3, 1.3, size=5)
        ends = (center, center - width / 2, center + width * rng.uniform(0.1, 2, size=5))
        values = np.stack(ends, axis=1)
        values = np.exp(values) if kind == "positive" else values
        values = 1 / (1 + np.exp(-values)) if kind == "probability" else values
        errors = np.abs(values) * 10 ** rng.uniform(-4, -0.5, (5, 3)) + 1e-6
        for row, of in zip(format_intervals(values, errors, kind), errors, strict=True):
            for error, text in zip(of, row, strict=True):
                shown = float(text.strip("<>").replace(",", ""))
                unit = 10.0 ** np.ceil(np.log10(error))
                if "e" in text or (kind == "probability" and decimals(text) == 1):
                    continue
                assert abs(shown / unit - round(shown / unit)) < 1e-6, (values, errors, row)
            if kind != "positive":
                assert len({decimals(text) for text in row}) == 1


def poor_and_good(rng: np.random.Generator, kind: str) -> tuple[np.ndarray, np.ndarray, int]:
    """Rows of a column, their errors, and how many of them, the first, have small ones."""
    center, width = rng.normal(size=6), rng.uniform(0.5, 2, size=6)
    values = np.stack([center, center - width, center + width], axis=1)
    values = np.exp(values) if kind == "positive" else values
    errors = 1e-4 * np.abs(values) + 1e-6
    good = int(rng.integers(2, 6))
    errors[good:] *= 10 ** rng.uniform(2.5, 3.2, size=(6 - good, 1))
    return values, errors, good


def test_a_row_without_the_digits_of_its_column_takes_none_from_the_bounds_of_others():
    rng, shorter = generator(3), 0
    for _ in range(100):
        values, errors, good = poor_and_good(rng, "positive")
        rows = format_intervals(values, errors, "positive")
        alone = format_intervals(values[:good], errors[:good], "positive")
        assert [row[1:] for row in rows[:good]] == [row[1:] for row in alone]
        three = [row[0] for row in alone]
        two = [f"{float(f'{v:.1e}'):g}" for v in values[:good, 0]]
        texts = [row[0] for row in rows[:good]]
        assert texts == three or [f"{float(text):g}" for text in texts] == two
        shorter += rows[good:] != format_intervals(values, 0 * errors, "positive")[good:]
    assert shorter > 90


def test_rows_of_differences_lose_digits_alone():
    rng = generator(4)
    for _ in range(100):
        values, errors, good = poor_and_good(rng, "estimate")
        rows = format_intervals(values, errors, "estimate")
        assert rows[:good] == format_intervals(values[:good], errors[:good], "estimate")
        most = max(decimals(row[0]) for row in rows)
        assert all(decimals(row[0]) == most for row in rows[:good])
        assert all(decimals(row[0]) <= most for row in rows[good:])


def test_bounds_of_ratios_have_two_digits_and_estimates_three_where_errors_support_them():
    rng = generator(2)
    for _ in range(100):
        center, width = rng.normal(size=4), rng.uniform(0.5, 2, size=4)
        values = np.exp(np.stack([center, center - width, center + width], axis=1))
        for share, least in ((0.0099, 2), (0.00099, 3)):
            tenth = 10.0 ** np.floor(np.log10(values))
            texts = format_intervals(values, share * tenth, "positive")
            found = [[np.log10(float(t.replace(",", ""))) for t in row] for row in texts]
            lost = np.abs(10.0 ** (np.array(found) - np.log10(values)) - 1)
            assert np.all(lost[:, 0] <= 0.5 * 10.0 ** (1 - least) + 1e-9)
            assert np.all(lost[:, 1:] <= 0.05 + 1e-9)


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
        ["7.23", "1", "70"],
        ["0.381", "0.20", "0.70"],
    ]
    assert shown["raw"].tolist() == ["0.500", "0.250"]
