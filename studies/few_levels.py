"""Does a fit pass its own checks where a factor has few levels, and where a shape is infinite?

Each design of `few_levels_cases` is fitted once at the defaults, its number the seed; it passes
where the verdict does. The share that passes stands with its exact interval (Clopper & Pearson
1934, Biometrika 26(4)). The run goes on where it ended: results are kept in a file, a row a design.
Exit code 1 where fewer than 99 % of either set pass.

    python studies/few_levels.py
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from few_levels_cases import Case, few_levels, shapeless
from scipy import stats

import bayesglmm as bg

SEED = 706
LEAST = 0.99
SETS: dict[str, Callable[[int, int], Case]] = {"few levels": few_levels, "no shape": shapeless}


def fit(case: Case, number: int) -> dict[str, Any]:
    """Fit one design; what its verdict and its clock say."""
    start = time.process_time()
    found = bg.Model(case.formula, case.data, family=case.family).fit(seed=number, progress=False)
    seconds = time.process_time() - start
    checks = {check.name: check.value for check in found.verdict.checks}
    return case.facts | {
        "number": number,
        "passed": found.verdict.passed,
        "divergences": int(checks["divergences"]),
        "r_hat": checks["R-hat"],
        "draws": found.draws.size,
        "gradients": found.draws.run.gradients + (found.draws.run.warmup_gradients or 0),
        "seconds": seconds,
    }


def run(name: str, count: int, path: Path) -> pd.DataFrame:
    """Fit the designs of a set that the file lacks, and give the rows of all."""
    rows = pd.read_csv(path).to_dict("records") if path.exists() else []
    done = {row["number"] for row in rows if row["set"] == name}
    for number in range(count):
        if number not in done:
            rows.append({"set": name} | fit(SETS[name](SEED, number), number))
            pd.DataFrame(rows).to_csv(path, index=False)
        if number % 50 == 49:
            print(f"{name}: {number + 1} of {count}", file=sys.stderr, flush=True)
    frame = pd.DataFrame(rows)
    return frame[(frame["set"] == name) & (frame["number"] < count)]


def row(label: str, frame: pd.DataFrame) -> str:
    """A row of the Markdown table."""
    passed, count = int(frame["passed"].sum()), len(frame)
    exact = stats.binomtest(passed, count).proportion_ci(0.95, method="exact")
    cells = [
        label,
        f"{count}",
        f"{passed}",
        f"{passed / count:.1%} ({exact.low:.1%} to {exact.high:.1%})",
        f"{(frame['divergences'] > 0).sum()}, {frame['divergences'].sum()}",
        f"{frame['seconds'].median():.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def show(frame: pd.DataFrame) -> None:
    """Print the set's rows: all, and by family and number of levels."""
    print(row(f"**{frame['set'].iloc[0]}**", frame))
    for column in ("family", "levels"):
        if len(set(frame[column])) > 1:
            for value, part in frame.groupby(column):
                print(row(f"{value} levels" if column == "levels" else str(value), part))


def main() -> None:
    """Run both sets and print one Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="designs with few levels")
    parser.add_argument("--shapeless", type=int, default=200, help="data sets without a shape")
    parser.add_argument("--results", type=Path, default=Path("few_levels.csv"))
    arguments = parser.parse_args()
    counts = {"few levels": arguments.count, "no shape": arguments.shapeless}
    frames = [run(name, count, arguments.results) for name, count in counts.items() if count]
    print("| designs | fits | passed | share (95 % interval) | divergences: fits, draws | CPU s |")
    print("|---|---|---|---|---|---|")
    for frame in frames:
        show(frame)
    sys.exit(int(any(np.mean(frame["passed"]) < LEAST for frame in frames)))


if __name__ == "__main__":
    main()
