"""Models that scripts are written of, and a run of a script's lines."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bayesglmm.scripts import Script

ROWS = 240


def make_data() -> pd.DataFrame:
    rng = np.random.default_rng(5)  # one data set: what is compared is what two programs make of it
    g = np.repeat([f"g {k:02d}" for k in range(12)], ROWS // 12)
    u = np.repeat(rng.normal(0, 0.6, 12), ROWS // 12)
    x = rng.normal(size=ROWS)
    f = rng.choice(["low", "mid", "high"], ROWS)
    trials = rng.integers(4, 12, ROWS)
    eta = 0.4 * x + u + 0.5 * (f == "mid")
    births = rng.uniform(50, 90, ROWS).round()
    count = rng.poisson(np.exp(0.7 + eta) * rng.gamma(2, 0.5, ROWS))
    return pd.DataFrame(
        {
            "g": g,
            "h": np.tile(list("uvwxyz"), ROWS // 6),
            "f": f,
            "x": x,
            "age at birth": rng.uniform(1, 9, ROWS).round(2),
            "births": births,
            "trials": trials,
            "won": rng.binomial(trials, 1 / (1 + np.exp(-eta))),
            "died": np.where(rng.uniform(size=ROWS) < 1 / (1 + np.exp(-eta)), "yes", "no"),
            "count": count,
            "zeros": count * (rng.uniform(size=ROWS) > 0.3),
            "score": 3 + eta + rng.normal(size=ROWS) * np.exp(0.3 * x),
            "time": rng.gamma(3, np.exp(0.2 + eta) / 3) + 0.01,
            "part": rng.beta(3, 4, ROWS),
            "times": rng.integers(1, 3, ROWS),
            "weight": rng.uniform(0.5, 2, ROWS),
            "spread": rng.uniform(0.5, 1, ROWS),
            "lost": rng.integers(0, 2, ROWS),
        }
    )


DATA = make_data()


def run_r(folder: Path, scripts: dict[str, Script], each: str) -> dict[str, Any]:
    """Run scripts in one process of R, and lines on each fit that print JSON.

    Parameters
    ----------
    folder : Path
    scripts : dict
    each : str
        R that makes a list called ``out`` of what the script made.

    Returns
    -------
    dict
        Name of the script to what ``out`` was.
    """
    if shutil.which("Rscript") is None:
        pytest.skip("needs Rscript")
    driver = ["library(jsonlite)"]
    for number, script in enumerate(scripts.values()):
        script.save(folder / str(number))
        driver += [
            f"setwd('{folder / str(number)}')",
            "invisible(capture.output(suppressMessages(suppressWarnings(source('script.R')))))",
            each,
            "write(toJSON(out, digits = 15, auto_unbox = TRUE), 'out.json')",
        ]
    (folder / "driver.R").write_text("\n".join(driver))
    done = subprocess.run(
        ["Rscript", "--vanilla", str(folder / "driver.R")], capture_output=True, text=True
    )
    if "there is no package called" in done.stderr:
        pytest.skip(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr
    return {
        name: json.loads((folder / str(number) / "out.json").read_text())
        for number, name in enumerate(scripts)
    }
