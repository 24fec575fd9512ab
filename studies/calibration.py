"""Is the default engine calibrated? Simulation-based calibration of models of every family.

Talts, Betancourt, Simpson, Vehtari & Gelman (2018), arXiv 1804.06788, by `Model.calibrate`:
parameters are drawn from the priors, data from the parameters, and the model is fitted to the data.
The rank of the truth among the posterior draws is then uniform, whatever the model; a wrong
density, Jacobian, prior or scale, a sampler that misses part of the posterior, or one that stops
when it likes what it sees, shows in the ranks.

The rule, fixed before the first run: the ranks of a quantity are held against uniform ones at all
points at once (Säilynoja, Bürkner & Vehtari 2022), and no p, corrected by Holm for all quantities
of all cases that were asked for, is below 0.001. Exit code 1 where one is, or where a case is not
finished. `--most` is for a first look; the rule is for all of them. No fit is left out, converged
or not. A data set that the family does not allow in double precision (a proportion that rounds to
1) has no fit and is counted; that depends on the data alone and so leaves the ranks of the others
uniform.

Each replication is kept in the folder as it ends; a run that was ended goes on where it was.

    python studies/calibration.py --folder results --most 20
    python studies/calibration.py --folder results
    python studies/calibration.py --folder results --show
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from calibration_cases import Case, make_cases

from bayesglmm.calibration import Calibration
from bayesglmm.calibration.scores import holm

SEED = 2026
SMALLEST_P = 0.001
COUNTS = {"modelled": 200, "intercept": 100, "slopes": 100, "crossed": 100, "apart": 100}
"""Replications of each case, by structure, in the order in which they are made."""
ESS = 400
MINUTES = 2.0
"""Of a fit at most."""

CASES = (
    "| case | fits | without | checks not passed | largest R-hat | smallest ESS "
    "| divergences: fits, draws | largest abs. z | smallest p | of | Holm | CPU s a fit |",
    f"|{'---|' * 12}",
)
QUANTITIES = (
    "| case | quantity | p | Holm | mean rank | in 50 % | in 80 % | in 95 % | mean z | rms z "
    "| contraction |",
    f"|{'---|' * 11}",
)


def place(folder: Path, case: Case) -> Path:
    """The file of a case."""
    return folder / f"{case.name.replace(', ', '-').replace(' ', '_')}.jsonl"


def calibrated(case: Case, folder: Path, count: int, seed: int, processes: int) -> Calibration:
    """A case with all its replications; those in the folder are not made again."""
    return case.model.calibrate(
        count,
        file=place(folder, case),
        processes=processes,
        seed=seed,
        ess=ESS,
        max_minutes=MINUTES,
        progress=False,
    )


def case_row(case: Case, found: Calibration, tests: pd.DataFrame) -> str:
    """The row of a case in the first table."""
    fits = found.fitted
    divergent = np.array([one.divergences for one in fits])
    z = np.abs(np.array([one.z for one in fits]))
    worst = tests.loc[tests["p"].idxmin()]
    cells = [
        case.name,
        f"{len(fits)}",
        f"{len(found.replications) - len(fits)}",
        f"{sum(not one.passed for one in fits)}",
        f"{max(one.r_hat for one in fits):.3f}",
        f"{min(one.ess for one in fits):.0f}",
        f"{(divergent > 0).sum()}, {divergent.sum()}",
        f"{z.max():.1f}",
        f"{worst['p']:.2g}",
        f"`{worst['quantity']}`".replace("|", "\\|"),
        f"{worst['holm']:.3f}",
        f"{np.mean([one.seconds for one in found.replications]):.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def quantity_rows(tests: pd.DataFrame) -> list[str]:
    """The rows of the second table."""
    return [
        f"| {row['case']} | `{row['quantity']}` | ".replace("|g", "\\|g").replace("|h", "\\|h")
        + f"{row['p']:.3f} | {row['holm']:.3f} | {row['mean rank']:.3f} "
        + "".join(f"| {row[name]:.1%} " for name in ("in 50 %", "in 80 %", "in 95 %"))
        + f"| {row['mean z']:+.2f} | {row['rms z']:.2f} | {row['contraction']:.2f} |"
        for _, row in tests.iterrows()
    ]


def show(found: list[tuple[Case, Calibration]]) -> float:
    """Print both tables; the smallest corrected p."""
    parts = [one.scores.assign(case=case.name) for case, one in found]
    tests = pd.concat(parts, ignore_index=True)
    tests["holm"] = holm(tests["p"].to_numpy())
    print("\n".join(CASES))
    for case, one in found:
        print(case_row(case, one, tests[tests["case"] == case.name]))
    print("\n" + "\n".join((*QUANTITIES, *quantity_rows(tests))))
    fits = sum(len(one.fitted) for _, one in found)
    smallest = float(tests["holm"].min())
    print(f"\n{len(found)} cases, {fits} fits, {len(tests)} quantities: smallest corrected p ")
    print(f"{smallest:.3f} (rule: at least {SMALLEST_P}).")
    return smallest


def main() -> None:
    """Calibrate the cases and print two Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="of the files of the cases")
    parser.add_argument("--structures", nargs="+", default=[*COUNTS], choices=[*COUNTS])
    parser.add_argument("--families", nargs="+", default=[], help="all where left out")
    parser.add_argument("--most", type=int, default=max(COUNTS.values()), help="of each case")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--show", action="store_true", help="finished cases only; make nothing")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    cases = make_cases(tuple(arguments.structures), tuple(arguments.families))
    found, missing = [], []
    for case in cases:
        start, count = time.perf_counter(), min(COUNTS[case.structure], arguments.most)
        if arguments.show and not finished(place(arguments.folder, case), count):
            missing.append(case.name)
            continue
        one = calibrated(case, arguments.folder, count, arguments.seed, arguments.processes)
        found.append((case, one))
        if not arguments.show:
            taken = time.perf_counter() - start
            print(f"{case.name}: {taken:.0f} s, p {one.scores['p'].min():.2g}", file=sys.stderr)
    smallest = show(found)
    if missing:
        print(f"Not finished: {'; '.join(missing)}.")
    sys.exit(int(smallest < SMALLEST_P or bool(missing)))


def finished(path: Path, count: int) -> bool:
    """Whether a file holds all replications of its case."""
    return path.exists() and path.read_bytes().count(b"\n") > count


if __name__ == "__main__":
    main()
