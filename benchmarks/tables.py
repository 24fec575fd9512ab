"""Results as Markdown tables."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from cases import CASES
from sides import SIDES

R_HAT = 1.01
FITS = (
    *("model", "side", "fit, s", "fit, cold, s", "process, s", "process, cold, s", "draws"),
    *("min bulk ESS", "max R-hat", "gradients per effective draw", "ESS/s"),
    *("ours is faster by", "peak memory, MB"),
)
STAGES = ("building", "cells", "compiling", "pilot", "sampling")


@dataclass
class Row:
    """Results of one side on one case.

    Attributes
    ----------
    case, side : str
    cold : mapping
        The fit that found its caches empty.
    warm : list of mapping
        The fits after it.
    failure : str
        Why there are no results.
    """

    case: str
    side: str
    cold: dict[str, Any] = field(default_factory=dict)
    warm: list[dict[str, Any]] = field(default_factory=list)
    failure: str = ""

    def median(self, key: str) -> float | None:
        """Median of the warm fits, if they tell."""
        values = [result[key] for result in self.warm if result.get(key) is not None]
        return statistics.median(values) if values else None

    def rate(self) -> float | None:
        """Median ESS/s; ours counts only where R-hat is small enough."""
        r_hat = self.median("r_hat")
        if r_hat is None or (SIDES[self.side].ours and r_hat > R_HAT):
            return None
        return float(statistics.median(result["ess"] / result["seconds"] for result in self.warm))

    def gradients(self) -> float | None:
        """Median number of gradients after warm-up for each effective draw."""
        if self.median("gradients") is None:
            return None
        return float(statistics.median(result["gradients"] / result["ess"] for result in self.warm))


def fits_table(rows: list[Row]) -> str:
    """Costs and effective draws of every fit."""
    ours = {row.case: row.rate() for row in rows if row.side == "ours"}
    return _table(FITS, [_fit_cells(row, ours.get(row.case)) for row in rows])


def stages_table(rows: list[Row]) -> str:
    """Where the seconds of our fits go."""
    header = ("model", "side", *STAGES, "pilot + sampling", "rows")
    return _table(header, [_stage_cells(row) for row in rows if row.warm and SIDES[row.side].ours])


def _fit_cells(row: Row, ours: float | None) -> list[str]:
    names = [CASES[row.case].title, SIDES[row.side].label]
    if row.failure:
        return [*names, row.failure.replace("|", "\\|"), *[""] * (len(FITS) - 3)]
    rate = row.rate()
    return [
        *names,
        _number(row.median("seconds")),
        _number(row.cold.get("seconds")),
        _number(row.median("process")),
        _number(row.cold.get("process")),
        _number(row.median("draws"), ",.0f"),
        _number(row.median("ess"), ",.0f"),
        _number(row.median("r_hat"), ".3f"),
        _number(row.gradients(), ".1f"),
        _number(rate),
        _number(ours / rate if ours and rate else None),
        _number(row.median("memory"), ",.0f"),
    ]


def _stage_cells(row: Row) -> list[str]:
    seconds = [
        statistics.median(result["stages"].get(stage, 0.0) for result in row.warm)
        for stage in STAGES
    ]
    both = statistics.median(
        result["stages"].get("pilot", 0.0) + result["stages"]["sampling"] for result in row.warm
    )
    cells = [f"{value:.3f}" for value in (*seconds, both)]
    return [CASES[row.case].title, SIDES[row.side].label, *cells, row.warm[0]["notes"][0]]


def _number(value: float | None, form: str = "") -> str:
    """A number with three digits that tell, or in the form asked for."""
    if value is None:
        return "–"
    return format(value, form or (",.0f" if abs(value) >= 100 else "#.3g"))


def _table(header: tuple[str, ...], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
