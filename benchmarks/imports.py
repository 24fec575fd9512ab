"""Wall time of imports, each in a fresh process, medians of several runs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

MODULES = ("bayesglmm", "bayesglmm.model", "pymc", "arviz", "nutpie", "bambi")


def import_seconds(module: str, runs: int = 5) -> float:
    """Median seconds of ``python -c "import module"``, interpreter start included."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    bare = import_seconds("sys")
    print("| import | seconds | of them the interpreter |")
    print("|---|---|---|")
    for module in MODULES:
        print(f"| {module} | {import_seconds(module):.2f} | {bare:.2f} |", flush=True)


if __name__ == "__main__":
    main()
