"""Does the default engine draw from the posterior that the PyMC graph says?

A long run of the default engine beside a long run of nutpie on the graph, which shares neither
density, nor map, nor coordinates with it. For every scalar that tables show (fixed effects,
standard deviations, correlations, parameters of the family, group effects) the means, sds and the
5 % and 95 % quantiles are compared in units of their combined Monte Carlo error, and so are the
correlations of log standard deviations. Were all scores independent, 4.6 % would lie beyond 2 and
0.27 % beyond 3. Exit code 1 where one lies beyond 5, or more than 2 % of all beyond 3.

    python studies/agreement.py
"""

from __future__ import annotations

import argparse
import sys
import time

import pandas as pd
from agreement_cases import CASES, Case
from agreement_scores import scores

import bayesglmm as bg
from bayesglmm.fit import Fit

SEED = 11
"""Of our engine; the reference takes the next."""
FARTHEST = 5.0
MOST_BEYOND_3 = 0.02

HEADER = (
    "| case | comparisons | largest abs. z | of | beyond 2 | beyond 3 "
    "| R-hat: ours, reference | min bulk ESS | divergences |",
    "|---|---|---|---|---|---|---|---|---|",
)


def compare(case: Case, draws: int, tune: int, seed: int) -> tuple[pd.DataFrame, str]:
    """Fit one case twice.

    Parameters
    ----------
    case : Case
    draws : int
        Kept draws of each of the 4 chains, on both sides.
    tune : int
        Warm-up draws of the reference.
    seed : int

    Returns
    -------
    scores : pandas.DataFrame
    row : str
        Of the Markdown table.
    """
    model = bg.Model(*case.make())
    start = time.perf_counter()
    ours = model.fit(draws=draws, seed=seed, progress=False)
    middle = time.perf_counter()
    reference = model.fit(
        engine="nutpie",
        draws=draws,
        tune=tune,
        target_accept=0.95,
        seed=seed + 1,
        progress=False,
    )
    end = time.perf_counter()
    print(f"{case.name}: {middle - start:.1f} s, {end - middle:.1f} s", file=sys.stderr)
    found = scores(model.design, ours.draws, reference.draws)
    size = found["z"].abs()
    worst = found.iloc[int(size.argmax())]
    cells = [
        case.name,
        f"{len(found)}",
        f"{size.max():.2f}",
        f"{worst['statistic']} of `{worst['quantity']}`".replace("|", "\\|"),
        f"{(size > 2).mean():.1%}",
        f"{(size > 3).mean():.2%}",
        f"{_check(ours, 'R-hat'):.4f}, {_check(reference, 'R-hat'):.4f}",
        f"{_check(ours, 'bulk ESS'):.0f}, {_check(reference, 'bulk ESS'):.0f}",
        f"{_check(ours, 'divergences'):.0f}, {_check(reference, 'divergences'):.0f}",
    ]
    return found, f"| {' | '.join(cells)} |"


def _check(fit: Fit, name: str) -> float:
    """The worst value of one check of a fit."""
    return next(check.value for check in fit.verdict.checks if check.name == name)


def agrees(size: pd.Series[float]) -> bool:
    """Whether no score is too far off, and not too many are far."""
    return bool(size.max() <= FARTHEST and (size > 3).mean() <= MOST_BEYOND_3)


def main() -> None:
    """Compare the cases and print a Markdown table."""
    names = [case.name for case in CASES]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", nargs="+", default=names, choices=names)
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--tune", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--worst", type=int, default=0, help="show so many scores of each case")
    arguments = parser.parse_args()
    print("\n".join(HEADER), flush=True)
    every = []
    for case in CASES:
        if case.name in arguments.cases:
            found, row = compare(case, arguments.draws, arguments.tune, arguments.seed)
            print(row, flush=True)
            if arguments.worst:
                order = found["z"].abs().nlargest(arguments.worst).index
                print(found.loc[order].to_string(), file=sys.stderr)
            every.append(found)
    size = pd.concat(every)["z"].abs()
    print(
        f"| all | {len(size)} | {size.max():.2f} | | {(size > 2).mean():.1%} "
        f"| {(size > 3).mean():.2%} | | | |"
    )
    sys.exit(0 if agrees(size) else 1)


if __name__ == "__main__":
    main()
