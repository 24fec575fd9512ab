"""How long until something happens: imports, and a small fit from launching Python, cold and warm.

python benchmarks/startup.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from processes import with_caches

MODULES = ("sys", "bayesglmm", "bayesglmm.model", "pymc", "arviz", "nutpie", "bambi")
RUNS = 5
MODELS = Path(__file__).resolve().parent.parent / "models"
FIT = """
import sys
sys.path.insert(0, sys.argv[1])
import bayesglmm as bg
import crossover
bg.Model(crossover.model, crossover.data()).fit(seed=1, progress=False)
"""
SECTION = """\
## Imports and the first fit

Wall seconds of fresh processes, interpreter included; medians of {runs}, the cold fit once. The fit
is the crossover trial with its default settings. `import sys` is the interpreter alone.

| process | seconds |
|---|---|
{lines}
"""


def seconds(code: str, caches: Path) -> float:
    """Wall seconds of a Python process that runs `code`, with its compiled code in `caches`."""
    start = time.perf_counter()
    command = [sys.executable, "-c", code, str(MODELS)]
    subprocess.run(command, check=True, env=with_caches(caches))
    return time.perf_counter() - start


def section() -> str:
    """The measurements as Markdown."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        caches = Path(folder)
        found["first fit ever (cold caches)"] = seconds(FIT, caches)
        codes = {f"`import {module}`": f"import {module}" for module in MODULES}
        for label, code in (codes | {"import and fit (warm caches)": FIT}).items():
            found[label] = statistics.median(seconds(code, caches) for _ in range(RUNS))
    lines = "\n".join(f"| {label} | {value:.2f} |" for label, value in found.items())
    return SECTION.format(runs=RUNS, lines=lines)


if __name__ == "__main__":
    print(section())
