"""Is the default engine calibrated? Simulation-based calibration of one model of each family.

Talts, Betancourt, Simpson, Vehtari & Gelman (2018), arXiv 1804.06788: parameters are drawn from
the priors, data from the parameters, and the model is fitted to the data. The rank of the truth
among the posterior draws is then uniform, whatever the model; a wrong density, Jacobian, prior or
scale, a sampler that misses part of the posterior, or one that stops when it likes what it sees,
shows in the ranks. Uniformity is tested by chi-square in 20 bins, with Holm's correction over all
quantities of all families. Exit code 1 where a corrected p lies below 0.001. No fit is left out,
converged or not.

    python studies/calibration.py
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from calibration_cases import SPECS, called, make_rows
from calibration_ranks import draw_parameters, ranks
from scipy import stats

import bayesglmm as bg
from bayesglmm.spec.model import ModelSpec

SEED = 2018
KEPT = 99
BINS = 20
SMALLEST_P = 0.001
R_HAT = 1.01
"""At most; Vehtari et al. (2021), Bayesian Analysis 16(2)."""


@dataclass
class Replications:
    """What the fits of one family gave.

    Attributes
    ----------
    ranks : list of dict
        One for each replication.
    r_hat, ess : list of float
        The worst of each fit.
    divergent : list of int
        Divergences of each fit.
    largest : list of float
        Largest absolute response of each data set.
    flat : int
        Data sets whose responses are all the same.
    seconds : float
    """

    ranks: list[dict[str, int]] = field(default_factory=list)
    r_hat: list[float] = field(default_factory=list)
    ess: list[float] = field(default_factory=list)
    divergent: list[int] = field(default_factory=list)
    largest: list[float] = field(default_factory=list)
    flat: int = 0
    seconds: float = 0.0

    def row(self, family: str) -> str:
        """The family's row of the Markdown table."""
        r_hat, divergent = np.array(self.r_hat), np.array(self.divergent)
        cells = [
            family,
            f"{len(self.ranks)}",
            f"{(r_hat > R_HAT).sum()}",
            f"{r_hat.max():.3f}",
            f"{np.median(self.ess):.0f}, {np.min(self.ess):.0f}",
            f"{(divergent > 0).sum()}, {divergent.sum()}",
            f"{np.median(self.largest):.3g}, {np.max(self.largest):.3g}",
            f"{self.flat}",
        ]
        return f"| {' | '.join(cells)} |"


def replicate(spec: ModelSpec, count: int, ess: int, seed: int) -> Replications:
    """Draw, simulate, fit and rank, again and again.

    Parameters
    ----------
    spec : ModelSpec
    count : int
    ess : int
        At which a fit stops: far more than the `KEPT` draws that its ranks are among.
    seed : int

    Returns
    -------
    Replications
    """
    response = spec.formula.successes or spec.formula.response
    rows = make_rows()
    model = bg.Model(spec, rows.assign(**{response: np.arange(len(rows)) % 2}))
    found = Replications()
    start = time.perf_counter()
    streams = np.random.SeedSequence([seed, *called(spec).encode()]).spawn(count)
    for number, stream in enumerate(streams, 1):
        rng = np.random.default_rng(stream)
        truth = draw_parameters(model.design, model.priors, rng)
        simulation = bg.simulate(spec, rows, truth, seed=int(rng.integers(2**31)))
        fit = model.refit(simulation.data, ess=ess, seed=int(rng.integers(2**31)), progress=False)
        checks = {check.name: check.value for check in fit.verdict.checks}
        found.ranks.append(ranks(fit.design, fit.draws, simulation, KEPT))
        found.r_hat.append(checks["R-hat"])
        found.ess.append(min(checks["bulk ESS"], checks["tail ESS"]))
        found.divergent.append(int(checks["divergences"]))
        y = fit.design.rows.y
        found.largest.append(float(np.abs(y).max()))
        found.flat += bool(np.all(y == y[0]))
        if number % 50 == 0:
            elapsed = time.perf_counter() - start
            print(f"{called(spec)}: {number} of {count}, {elapsed:.0f} s", file=sys.stderr)
    return found


def uniformity(family: str, found: Replications) -> pd.DataFrame:
    """Test every quantity of a family.

    Parameters
    ----------
    family : str
    found : Replications

    Returns
    -------
    pandas.DataFrame
        ``family``, ``quantity``, ``chi_square`` (of `BINS` - 1 degrees of freedom), ``p``;
        ``mean``, the mean rank over its largest, which is 0.5 give or take ``0.29 / sqrt(count)``;
        ``inside_50``, ``inside_90``: share of the ranks in the middle 50 and 90 of 100.
    """
    table = pd.DataFrame(found.ranks)
    rows = []
    for quantity in table.columns:
        place = table[quantity].to_numpy()
        counts = np.bincount(place * BINS // (KEPT + 1), minlength=BINS)
        chi_square, p = stats.chisquare(counts)
        rows.append(
            {
                "family": family,
                "quantity": quantity,
                "chi_square": float(chi_square),
                "p": float(p),
                "mean": float(place.mean() / KEPT),
                "inside_50": float(((place >= 25) & (place < 75)).mean()),
                "inside_90": float(((place >= 5) & (place < 95)).mean()),
            }
        )
    return pd.DataFrame(rows)


def holm(p: np.ndarray) -> np.ndarray:
    """Corrected p of several tests (Holm 1979, Scand. J. Statist. 6(2))."""
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(steps, 1.0)
    return corrected


def show(tests: pd.DataFrame) -> None:
    """Print the tests as a Markdown table."""
    print("| family | quantity | chi-square | p | Holm | mean rank | in 50 % | in 90 % |")
    print("|---|---|---|---|---|---|---|---|")
    for row in tests.itertuples():
        quantity = str(row.quantity).replace("|", "\\|")
        print(
            f"| {row.family} | `{quantity}` | {row.chi_square:.1f} | {row.p:.3f} | {row.holm:.3f} "
            f"| {row.mean:.3f} | {row.inside_50:.1%} | {row.inside_90:.1%} |"
        )


def main() -> None:
    """Calibrate the families and print two Markdown tables."""
    names = [called(spec) for spec in SPECS]
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--families", nargs="+", default=names, choices=names)
    parser.add_argument("--count", type=int, default=200, help="replications of each family")
    parser.add_argument("--ess", type=int, default=400, help="effective draws of each fit")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    print(
        "| family | fits | R-hat above 1.01 | largest R-hat | smallest ESS: median, least "
        "| divergences: fits, draws | largest abs. response: median, most | all the same |"
    )
    print("|---|---|---|---|---|---|---|---|", flush=True)
    parts = []
    for spec in SPECS:
        name = called(spec)
        if name in arguments.families:
            found = replicate(spec, arguments.count, arguments.ess, arguments.seed)
            print(found.row(name), flush=True)
            parts.append(uniformity(name, found))
    tests = pd.concat(parts, ignore_index=True)
    tests["holm"] = holm(tests["p"].to_numpy())
    print()
    show(tests)
    sys.exit(1 if (tests["holm"] < SMALLEST_P).any() else 0)


if __name__ == "__main__":
    main()
