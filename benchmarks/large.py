"""A posterior of many rows beside the point estimates of glmmTMB and lme4.

``python benchmarks/large.py poisson-250k logistic-1m`` prints a row of a Markdown table for each
case and side. CPU seconds and memory are those of a fresh process, from launch to the fitted model:
imports, reading a CSV file, and the fit (to a bulk and tail ESS of 400 of every parameter and group
effect, R-hat included; machine code is compiled beforehand). Of R also those of the fit alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from machine import machine
from r_sides import installed
from simulated import binary, poisson, three_crossed

if TYPE_CHECKING:
    import pandas as pd

SCRIPT = Path(__file__).with_name("large.R")
ESS = 400
COUNTS = "y ~ a + b + c + d + e + (1 | g)"


@dataclass(frozen=True)
class Large:
    """A model of many rows.

    Attributes
    ----------
    title, formula, family : str
    data : callable
    peer : str
        R package.
    """

    title: str
    formula: str
    family: str
    data: Callable[[], pd.DataFrame]
    peer: str


CASES = (
    {
        f"poisson-{rows // 1000}k": Large(
            f"Poisson, {rows:,} rows, {groups:,} groups",
            COUNTS,
            "poisson",
            partial(poisson, rows, groups),
            "glmmTMB",
        )
        for rows, groups in (
            (125_000, 1_250),
            (250_000, 2_500),
            (500_000, 5_000),
            (1_000_000, 10_000),
        )
    }
    | {
        f"logistic-{rows // 1000}k": Large(
            f"logistic, {rows:,} rows, {groups:,} groups",
            "y ~ a + b + (1 | g)",
            "bernoulli",
            partial(binary, rows, groups),
            "lme4",
        )
        for rows, groups in ((100_000, 200), (1_000_000, 1_000))
    }
    | {
        "gaussian-73k": Large(
            "Gaussian, 73,421 rows, 2,972 x 1,128 x 14 levels",
            "y ~ x + (1 | g) + (1 | h) + (1 | k)",
            "gaussian",
            three_crossed,
            "lme4",
        )
    }
)


def fit_one(case: Large, path: str) -> None:
    """Our fit, in this process."""
    import pandas as pd

    import bayesglmm as bg

    model = bg.Model(case.formula, pd.read_csv(path), family=case.family)
    fit = model.fit(ess=ESS, seed=1, progress=False)
    found = {check.name: check.value for check in fit.diagnose().checks}
    converged = fit.diagnose().passed
    print(json.dumps({"converged": converged, "run": repr(fit.engine), **found}))


def timed(command: list[str]) -> tuple[float, float, str]:
    """CPU seconds, peak memory in MB and output of a process."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, used = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"{command[0]} ended with {status}")
        out.seek(0)
        return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read()


def rows_of(name: str, case: Large, folder: Path, *, peers: bool) -> None:
    """Print the sides of a case."""
    path = folder / "data.csv"
    case.data().to_csv(path, index=False)
    own = [sys.executable, __file__, "--one", name, str(path)]
    cpu, memory, out = timed(own)
    found = json.loads(out.splitlines()[-1])
    said = "converged" if found["converged"] else "NOT converged"
    said += f", smallest bulk ESS {found['bulk ESS']:,.0f}, largest R-hat {found['R-hat']:.3f}"
    print(f"| {case.title} | ours | {cpu:.1f} | – | {memory:,.0f} | {said} |", flush=True)
    print(found["run"], file=sys.stderr)
    if not peers:
        return
    cpu, memory, out = timed(
        ["Rscript", str(SCRIPT), str(path), case.formula, case.family, case.peer]
    )
    fit, *_ = out.splitlines()
    point = "a point estimate"
    print(f"| | {case.peer} | {cpu:.1f} | {float(fit):.1f} | {memory:,.0f} | {point} |", flush=True)


def main() -> None:
    """Print the table, or fit a case in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", default=list(CASES), help=", ".join(CASES))
    parser.add_argument("--one", nargs=2, metavar=("CASE", "PATH"))
    parser.add_argument("--alone", action="store_true", help="leave R out")
    options = parser.parse_args()
    if options.one:
        fit_one(CASES[options.one[0]], options.one[1])
        return
    r = installed()
    print(machine({name: r[name] for name in ("R", "lme4", "glmmTMB") if name in r}), end="\n\n")
    print("| model | side | CPU s | CPU s of the fit | memory, MB | |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.cases:
            case = CASES[name]
            rows_of(name, case, Path(folder), peers=case.peer in r and not options.alone)


if __name__ == "__main__":
    main()
