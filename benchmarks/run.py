"""Our fits beside bambi's and those of R packages, same data, same machine, in one run.

Each fit has a fresh process; the sides take turns. The first fit of a side finds its caches of
compiled code empty (cold), the later ones, of which medians are told, find what it left (warm).

    python benchmarks/run.py --output docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import startup
from cases import CASES
from machine import machine
from processes import FitFailed, fresh_fit
from r_sides import installed, write_data
from sides import SIDES, available
from tables import Row, fits_table, stages_table

PAGE = """\
# Benchmarks

Written by `{command}`.

{machine}

## Fits

Medians of {runs} warm fits of each side, in turn, each in a fresh process; 4 chains of {draws} kept
draws after a warm-up of 1000 (ours: its own), each side with its own default priors.

- *fit*: wall seconds of building the model, compiling, warm-up and sampling; imports, reading data
  and tables left out. *cold*: no compiled code was kept from before. brms compiles every model
  anew.
- *process*: wall seconds from launching Python to the fitted model: imports, data and fit.
- *min bulk ESS*, *max R-hat*: the worst of every parameter and group effect, on the user's scale.
- *gradients per effective draw*: after warm-up, over the smallest ESS.
- *ESS/s*: smallest ESS over the seconds of the warm fit. Ours counts only where R-hat is at most
  1.01. *ours is faster by*: the ESS/s of bayesglmm with {draws} draws over that of the side.
- *peak memory*: of the largest process. lme4 and glmmTMB give points, not draws.
- bambi samples slopes and intercepts of a group without their correlation.

{fits}

## Where our seconds go

Medians, warm.

{stages}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--sides", nargs="+", default=list(SIDES), choices=list(SIDES))
    parser.add_argument("--runs", type=int, default=3, help="warm fits of each side")
    parser.add_argument("--draws", type=int, default=1000, help="kept draws of each chain")
    parser.add_argument("--timeout", type=float, default=900, help="seconds for one fit")
    parser.add_argument("--output", type=Path, help="Markdown file to write")
    parser.add_argument("--no-startup", action="store_true", help="leave imports and startup out")
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    parser.add_argument("--data", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        case, side, data, draws, seed = options.one
        print(json.dumps(SIDES[side].fit(CASES[case], Path(data), int(draws), int(seed))))
    elif options.data:
        case, path = options.data
        write_data(CASES[case], Path(path))
    else:
        study(options)


def study(options: argparse.Namespace) -> None:
    """Run all fits; print the page, and write it as it grows."""
    r_packages = installed()
    sides = available(options.sides, r_packages)
    head = machine(r_packages)
    rows: list[Row] = []
    page = ""
    for name in options.models:
        with tempfile.TemporaryDirectory() as folder:
            rows += compare(name, sides, options, Path(folder))
        page = PAGE.format(
            command=" ".join(["python", *sys.argv]),
            machine=head,
            runs=options.runs,
            draws=options.draws,
            fits=fits_table(rows),
            stages=stages_table(rows),
        )
        write(page, options.output)
    if not options.no_startup:
        page += "\n" + startup.section()
        write(page, options.output)
    print(page)


def write(page: str, path: Path | None) -> None:
    if path is not None:
        path.write_text(page)


def compare(name: str, sides: list[str], options: argparse.Namespace, folder: Path) -> list[Row]:
    """Fits of one case by every side; a side that fails once is not tried again."""
    rows = [Row(name, side) for side in sides if CASES[name].peers or SIDES[side].ours]
    data = folder / "data.csv"
    if any(SIDES[row.side].by_r for row in rows):
        # By another process: a large one would pass its peak memory on to those it starts.
        subprocess.run([sys.executable, __file__, "--data", name, str(data)], check=True)
    for number in range(options.runs + 1):
        for row in rows:
            cold = number == 0
            if row.failure or (cold and SIDES[row.side].by_r):  # R keeps no compiled code
                continue
            arguments = [name, row.side, str(data), str(options.draws), str(number + 1)]
            try:
                result = fresh_fit(arguments, folder / row.side, options.timeout)
            except FitFailed as failure:
                row.failure = str(failure)
                tell(name, row.side, row.failure)
                continue
            if cold:
                row.cold = result
            else:
                row.warm.append(result)
            tell(name, row.side, ("cold " if cold else "warm ") + json.dumps(result))
    return rows


def tell(*words: str) -> None:
    print(*words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
