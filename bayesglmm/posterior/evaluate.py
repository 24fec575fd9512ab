"""How close estimates come to a truth that is known."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from bayesglmm.tables import Table


def evaluate(found: Mapping[str, Table], truth: pd.Series, weights: pd.Series, by: str) -> Table:
    """How close several sets of estimates come to the truth.

    Parameters
    ----------
    found : mapping
        Name to a table with the column `by`, an estimate (``median`` or ``raw``), ``lower`` and
        ``upper``.
    truth, weights : pandas.Series
        By level.
    by : str

    Returns
    -------
    Table
        For each set, over its levels: mean error, mean absolute error, root mean squared error,
        the mean absolute error weighted by the population, the number of intervals that hold the
        truth, and their mean width. Empty where there are no levels.
    """
    rows = [_score(name, table.frame, truth, weights, by) for name, table in found.items()]
    frame = pd.DataFrame(rows)
    numbers = [str(name) for name in frame if name not in ("", "levels", "inside")]
    return Table(
        frame=frame,
        caption="Estimates against the truth",
        scale=next(iter(found.values())).scale,
        estimand=f"over the levels of {by} that each row of the table has",
        notes=(
            "Error: estimate minus truth. MAE, RMSE: mean absolute and root mean squared error; "
            f"weighted: each {by} counts by its population. Inside: intervals that hold the "
            "truth.",
        ),
        kinds=dict.fromkeys(("levels", "inside"), "count") | dict.fromkeys(numbers, "number"),
    )


def _score(
    name: str, frame: pd.DataFrame, truth: pd.Series, weights: pd.Series, by: str
) -> dict[str, object]:
    column = "median" if "median" in frame else "raw"
    rows = frame.assign(truth=frame[by].map(truth), weight=frame[by].map(weights))
    rows = rows.dropna(subset=[column, "truth"])
    error = (rows[column] - rows["truth"]).to_numpy(dtype=float)
    inside = (rows["lower"] <= rows["truth"]) & (rows["truth"] <= rows["upper"])
    if not len(rows):
        return {"": name, "levels": 0}
    return {
        "": name,
        "levels": len(rows),
        "mean error": error.mean(),
        "MAE": np.abs(error).mean(),
        "RMSE": np.sqrt(np.square(error).mean()),
        "MAE, weighted": np.average(np.abs(error), weights=rows["weight"].to_numpy(dtype=float)),
        "inside": inside.sum(),
        "mean width": (rows["upper"] - rows["lower"]).mean(),
    }
