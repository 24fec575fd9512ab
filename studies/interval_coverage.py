"""Do the intervals of estimands hold the truth as often as they say?

Data sets are simulated from two mixed models and fitted; the intervals of marginal and conditional
quantities are compared with the truth, which is worked out here by adaptive quadrature and not by
the package. With parameters drawn from the priors, an interval of mass 0.95 holds the truth in
95 % of data sets whatever the model (Cook, Gelman & Rubin 2006, J. Comput. Graph. Statist. 15(3)),
so that any departure beyond Monte Carlo error is a fault. With ``--fixed`` parameters it is the
frequentist coverage at one place, which priors move a little. Exit code 1 where a coverage with
drawn parameters lies more than four standard errors from its mass. No fit is left out.

    python studies/interval_coverage.py
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from calibration_ranks import draw_parameters
from scipy import integrate, special, stats

import bayesglmm as bg
from bayesglmm.spec.model import ModelSpec
from bayesglmm.tables import Table

SEED = 606
GROUPS, SIZE = 30, 10
MASSES = (0.95, 0.5)
MOST_ERRORS = 4

type Parameters = Mapping[str, float]


@dataclass(frozen=True)
class Quantity:
    """Something with an interval and a truth.

    Attributes
    ----------
    name : str
    truth : callable
        (parameters, rows) to a number.
    table : callable
        (fit, mass) to a table with one row that holds ``median``, ``lower`` and ``upper``.
    """

    name: str
    truth: Callable[[Parameters, pd.DataFrame], float]
    table: Callable[[bg.Fit, float], Table]


def make_rows() -> pd.DataFrame:
    """The right-hand sides, the same in every data set: treatment varies within groups."""
    rng = np.random.default_rng(5)
    n = GROUPS * SIZE
    return pd.DataFrame(
        {
            "g": np.repeat(np.arange(GROUPS), SIZE),
            "trt": rng.permuted(np.tile([0, 1], (GROUPS, SIZE // 2)), axis=1).ravel(),
            "x": np.round(rng.normal(0.5, 1, n), 1),
            "time": np.round(rng.uniform(0.5, 3, n), 2),
        }
    )


def marginal_probability(known: Parameters, rows: pd.DataFrame, trt: int) -> float:
    """Average over rows, and new groups, of the probability under a treatment."""
    sd = known["1|g_sigma"]
    fixed = known["Intercept"] + known["trt"] * trt + known["x"] * rows["x"].to_numpy()

    def mean(z: float) -> float:
        return float(special.expit(fixed + sd * z).mean() * stats.norm.pdf(z))

    return float(integrate.quad(mean, -12, 12, epsabs=1e-11, limit=200)[0])


def marginal_rate(known: Parameters, trt: int) -> float:
    """Mean over new groups of the rate under a treatment."""
    eta, sd = known["Intercept"] + known["trt"] * trt, known["1|g_sigma"]

    def mean(z: float) -> float:
        return float(np.exp(eta + sd * z) * stats.norm.pdf(z))

    return float(integrate.quad(mean, -14, 14, epsabs=1e-12, limit=200)[0])


def icc(known: Parameters, rows: pd.DataFrame) -> float:
    """Intraclass correlation on the latent scale (Goldstein, Browne & Rasbash 2002)."""
    variance = known["1|g_sigma"] ** 2
    return variance / (variance + np.pi**2 / 3) + 0 * len(rows)


def icc_table(fit: bg.Fit, mass: float) -> Table:
    """The row of the intraclass correlation."""
    table = fit.variance(mass=mass)
    return Table(table.frame[table.frame["quantity"] == "ICC, g"], "ICC")


def compare(scale: str, re: str) -> Callable[[bg.Fit, float], Table]:
    """An average comparison of the treatment."""
    return lambda fit, mass: fit.avg_comparisons("trt", scale=scale, re=re, mass=mass)


def _probabilities(combine: Callable[[float, float], float]) -> Callable[..., float]:
    return lambda known, rows: combine(
        marginal_probability(known, rows, 1), marginal_probability(known, rows, 0)
    )


@dataclass(frozen=True)
class Case:
    """A model, the parameters of ``--fixed``, and what is looked at."""

    spec: ModelSpec
    fixed: Parameters
    quantities: tuple[Quantity, ...]


PRIORS = {
    "Intercept": bg.Prior("Normal", mu=-0.5, sigma=0.8),
    "slopes": bg.Prior("Normal", mu=0, sigma=0.7),
    "sd": bg.Prior("HalfNormal", sigma=1),
}

CASES = (
    Case(
        bg.specify("y ~ trt + x + (1 | g)", family="bernoulli", priors=PRIORS),
        {"Intercept": -1.0, "trt": 0.8, "x": 0.4, "1|g_sigma": 1.2},
        (
            Quantity(
                "risk ratio, marginal",
                _probabilities(lambda high, low: high / low),
                compare("ratio", "integrate"),
            ),
            Quantity(
                "risk difference, marginal",
                _probabilities(lambda high, low: high - low),
                compare("difference", "integrate"),
            ),
            Quantity(
                "odds ratio, marginal",
                _probabilities(lambda high, low: high / (1 - high) / (low / (1 - low))),
                compare("or", "integrate"),
            ),
            Quantity(
                "risk if treated, marginal",
                lambda known, rows: marginal_probability(known, rows, 1),
                lambda fit, mass: fit.avg_predictions(
                    fit.design.data.assign(trt=1), re="integrate", mass=mass
                ),
            ),
            Quantity("ICC, latent", icc, icc_table),
        ),
    ),
    Case(
        bg.specify("y ~ trt + (1 | g)", family="poisson", exposure="time", priors=PRIORS),
        {"Intercept": 0.0, "trt": 0.5, "1|g_sigma": 0.7},
        (
            Quantity(
                "rate if treated, marginal",
                lambda known, _: marginal_rate(known, 1),
                lambda fit, mass: fit.predictions(fit.grid(trt=1), re="integrate", mass=mass),
            ),
            Quantity(
                "rate difference, marginal",
                lambda known, _: marginal_rate(known, 1) - marginal_rate(known, 0),
                compare("difference", "integrate"),
            ),
            Quantity(
                "rate ratio",
                lambda known, _: float(np.exp(known["trt"])),
                compare("ratio", "typical"),
            ),
        ),
    ),
)


def replicate(case: Case, count: int, ess: int, fixed: bool, seed: int) -> pd.DataFrame:
    """Simulate, fit and look, again and again.

    Parameters
    ----------
    case : Case
    count : int
    ess : int
        At which a fit stops.
    fixed : bool
        Whether the parameters are those of the case, not drawn from the priors.
    seed : int

    Returns
    -------
    pandas.DataFrame
        One row a data set and quantity: truth, median, whether the interval of each mass holds
        the truth, and whether the fit converged.
    """
    rows = make_rows()
    model = bg.Model(case.spec, rows.assign(y=np.arange(len(rows)) % 2))
    streams = np.random.SeedSequence([seed, fixed, *case.spec.family.name.encode()]).spawn(count)
    found = []
    for stream in streams:
        rng = np.random.default_rng(stream)
        drawn = case.fixed if fixed else draw_parameters(model.design, model.priors, rng)
        simulated = bg.simulate(case.spec, rows, drawn, seed=int(rng.integers(2**31)))
        fit = model.refit(simulated.data, ess=ess, seed=int(rng.integers(2**31)), progress=False)
        found += [look(fit, quantity, drawn, rows) for quantity in case.quantities]
    return pd.DataFrame(found)


def look(
    fit: bg.Fit, quantity: Quantity, known: Parameters, rows: pd.DataFrame
) -> dict[str, object]:
    """Whether the intervals of one quantity of one fit hold the truth."""
    truth = quantity.truth(known, rows)
    row: dict[str, object] = {"quantity": quantity.name, "converged": fit.verdict.passed}
    for mass in MASSES:
        line = quantity.table(fit, mass).frame.iloc[0]
        row[f"inside {mass}"] = bool(line["lower"] <= truth <= line["upper"])
    return row | {"above": bool(line["median"] > truth)}


def summarise(found: pd.DataFrame) -> list[str]:
    """Rows of the Markdown table, one a quantity."""
    lines = []
    for name, part in found.groupby("quantity", sort=False):
        cells = [name, str(len(part)), str(int((~part["converged"]).sum()))]
        for mass in MASSES:
            share, error = part[f"inside {mass}"].mean(), np.sqrt(mass * (1 - mass) / len(part))
            cells.append(f"{share:.1%} ({(share - mass) / error:+.1f})")
        cells.append(f"{part['above'].mean():.1%}")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def is_off(found: pd.DataFrame) -> bool:
    """Whether a coverage lies too far from its mass."""
    shares = found.groupby("quantity")[[f"inside {mass}" for mass in MASSES]].agg(["mean", "size"])
    for mass in MASSES:
        share, size = shares[f"inside {mass}"]["mean"], shares[f"inside {mass}"]["size"]
        if (np.abs(share - mass) > MOST_ERRORS * np.sqrt(mass * (1 - mass) / size)).any():
            return True
    return False


def main() -> None:
    """Print the coverage of every quantity as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="data sets of each model")
    parser.add_argument("--ess", type=int, default=400, help="effective draws of each fit")
    parser.add_argument("--fixed", action="store_true", help="fixed parameters")
    parser.add_argument("--seed", type=int, default=SEED)
    arguments = parser.parse_args()
    shown = " | ".join(f"in {100 * mass:g} % (errors off)" for mass in MASSES)
    print(f"| quantity | data sets | not converged | {shown} | median above truth |")
    print(f"|{'---|' * (len(MASSES) + 4)}", flush=True)
    start, off = time.perf_counter(), False
    for case in CASES:
        found = replicate(case, arguments.count, arguments.ess, arguments.fixed, arguments.seed)
        print("\n".join(summarise(found)), flush=True)
        off = off or is_off(found)
    print(f"\n{time.perf_counter() - start:.0f} s.")
    sys.exit(1 if off and not arguments.fixed else 0)


if __name__ == "__main__":
    main()
