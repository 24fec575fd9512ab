"""The crossover trial, built from its published cell counts."""

from __future__ import annotations

import pandas as pd

CROSSOVER_CELLS = {
    ("placebo first", 0, 0): 22,
    ("placebo first", 0, 1): 6,
    ("placebo first", 1, 1): 6,
    ("active first", 0, 0): 18,
    ("active first", 1, 0): 4,
    ("active first", 0, 1): 2,
    ("active first", 1, 1): 9,
}
"""Patients by sequence and outcome (1 abnormal) in the first and second period."""


def build_crossover() -> pd.DataFrame:
    """Two rows a patient; group 1 had placebo first, group 0 the active drug.

    Returns
    -------
    pandas.DataFrame
        Columns ID, group, period, trt, outcome.
    """
    rows = []
    patient = 0
    for (sequence, first, second), count in CROSSOVER_CELLS.items():
        group = int(sequence == "placebo first")
        for _ in range(count):
            patient += 1
            for period, outcome in enumerate((first, second)):
                treated = int(period == group)
                rows.append((patient, group, period, treated, outcome))
    return pd.DataFrame(rows, columns=["ID", "group", "period", "trt", "outcome"])
