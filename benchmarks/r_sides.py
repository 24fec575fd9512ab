"""One fit by an R package; runs in a process of its own, beside which R is another."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cases import Case
from python_sides import WARMUP, peak_memory, worst_of

SCRIPT = Path(__file__).with_name("peers.R")


def installed() -> dict[str, str]:
    """R itself and its packages that are here, with their versions; empty without Rscript."""
    if shutil.which("Rscript") is None:
        return {}
    code = (
        'cat("R", as.character(getRversion()), "\\n");'
        'for (p in c("lme4", "glmmTMB", "rstanarm", "brms", "rstan"))'
        " if (nzchar(system.file(package = p)))"
        ' cat(p, as.character(packageVersion(p)), "\\n")'
    )
    done = subprocess.run(["Rscript", "-e", code], check=True, capture_output=True, text=True)
    return {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}


def fit_r(case: Case, package: str, data: Path, draws: int, seed: int) -> dict[str, Any]:
    """A fit by `package` with its own defaults, of the data that `write_data` left.

    The memory is that of the largest process, be it R or, with brms, its compiler.
    """
    with tempfile.TemporaryDirectory() as folder:
        words = (package, case.formula, case.family, data, folder, draws, WARMUP, seed)
        command = ["Rscript", str(SCRIPT), *map(str, words)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.exit(_reason(done))
        memory = {"memory": peak_memory(resource.RUSAGE_CHILDREN)}
        costs: dict[str, Any] = json.loads(Path(folder, "costs.json").read_text())
        return costs | memory | _draws(Path(folder))


def write_data(case: Case, path: Path) -> None:
    """The data of a case as CSV."""
    case.peers_data(case.data()).to_csv(path, index=False)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """Why R gave up, on one line."""
    error = done.stderr[done.stderr.find("Error") :] if "Error" in done.stderr else ""
    lines = [
        line.strip()
        for line in error.splitlines()
        if not line.startswith(("Calls:", "Execution halted", "In addition", "Warning"))
    ]
    return " ".join(lines) or f"R ended with {done.returncode}"


def _draws(folder: Path) -> dict[str, Any]:
    """Diagnostics of the draws that R left; none after a point fit."""
    if not (folder / "draws.bin").exists():
        return {}
    import numpy as np

    draws, chains, k = map(int, (folder / "dimensions.txt").read_text().split())
    values = np.fromfile(folder / "draws.bin").reshape((k, chains, draws))
    return worst_of(values.transpose(1, 2, 0))
