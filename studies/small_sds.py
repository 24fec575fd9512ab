"""Are standard deviations of few levels drawn as the PyMC graph says, near 0 above all?

Responses of 2, 4 and 6 levels whose true standard deviation is small, and `y ~ 1 + (1 | g)`: 4,000
kept draws of each chain of the default engine beside as many of nutpie on the graph, which shares
neither density, nor map, nor coordinates with it. At seven quantiles of both sets of draws together
the share of either set below is compared, and so are the means of the logs of what is positive. A
share is the same of a quantity and of its log. Each difference is divided by the root of the sum of
the two squared Monte Carlo errors, which come from effective sample sizes (z).

The rule: no |z| beyond the bound that one run in a hundred would pass by chance if all scores were
independent (Šidák 1967, J. Am. Statist. Assoc. 62(318)). Exit code 1 otherwise.

    python studies/small_sds.py
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import pandas as pd
from agreement_scores import monte_carlo_errors
from few_levels_cases import respond
from scipy import stats

import bayesglmm as bg
from bayesglmm.design.parameters import Role, model_parameters
from bayesglmm.engine.draws import Draws
from bayesglmm.families.links import Array
from bayesglmm.fit import Fit
from bayesglmm.posterior.quantities import gather

SEED = 708
QUANTILES = (0.01, 0.05, 0.25, 0.50, 0.75, 0.95, 0.99)
MEANS = {"gaussian": 0.0, "poisson": 5.0, "bernoulli": 0.3}
"""Of the responses, by family."""
LEVELS = (2, 4, 6)
ROWS = 10
"""Rows of a level."""
SD = 0.1
"""True standard deviation of the levels, link scale."""
CHANCE = 0.01
"""Of a false alarm in a run, all its scores together."""

HEADER = (
    "| family | levels | scores | largest abs. z | of | R-hat: ours, reference "
    "| min bulk ESS | divergences | seconds |",
    "|---|---|---|---|---|---|---|---|---|",
)


def rows(family: str, levels: int) -> pd.DataFrame:
    """Responses ``y`` of `levels` groups ``g``."""
    rng = np.random.default_rng([SEED, levels, list(MEANS).index(family)])
    g = np.repeat(np.arange(levels), ROWS)
    eta = SD * rng.normal(size=levels)[g]
    return pd.DataFrame({"y": respond(rng, family, eta, MEANS[family], np.inf), "g": g.astype(str)})


def compare(family: str, levels: int, tune: int, draws: int) -> tuple[pd.Series[float], str]:
    """Fit one design twice.

    Returns
    -------
    z : pandas.Series
        By quantity and statistic.
    row : str
        Of the Markdown table.
    """
    model = bg.Model("y ~ 1 + (1 | g)", rows(family, levels), family=family)
    clock = [time.perf_counter()]
    ours = model.fit(draws=draws, seed=SEED, progress=False)
    clock.append(time.perf_counter())
    reference = model.fit(
        engine="nutpie",
        draws=draws,
        tune=tune,
        target_accept=0.99,
        seed=SEED + 1,
        progress=False,
    )
    clock.append(time.perf_counter())
    z = scores(model, ours.draws, reference.draws)
    quantity, statistic = z.abs().idxmax()
    cells = [
        family,
        f"{levels}",
        f"{len(z)}",
        f"{z.abs().max():.2f}",
        f"{statistic} of `{quantity}`".replace("|", "\\|"),
        _both(ours, reference, "R-hat", ".4f"),
        _both(ours, reference, "bulk ESS", ".0f"),
        _both(ours, reference, "divergences", ".0f"),
        ", ".join(f"{seconds:.0f}" for seconds in np.diff(clock)),
    ]
    return z, f"| {' | '.join(cells)} |"


def scores(model: bg.Model, first: Draws, second: Draws) -> pd.Series[float]:
    """Differences of shares below quantiles and of means of logs, over their errors."""
    roles: tuple[Role, ...] = ("fixed", "sd", "distributional")
    labels, one = gather(model_parameters(model.design, roles), first)
    _, two = gather(model_parameters(model.design, roles), second)
    found = {}
    for place, label in enumerate(labels):
        pair = one[:, :, place], two[:, :, place]
        both = np.concatenate([values.ravel() for values in pair])
        for share, threshold in zip(QUANTILES, np.quantile(both, QUANTILES), strict=True):
            below = [(values < threshold).astype(float) for values in pair]
            found[label, f"share below the {share:.0%} quantile"] = difference(*below)
        if label != "Intercept":
            found[label, "mean of the log"] = difference(*map(np.log, pair))
    return pd.Series(found)


def difference(first: Array, second: Array) -> float:
    """Difference of two means over its Monte Carlo error; draws have shape (chains, draws)."""
    errors = [monte_carlo_errors(values[:, :, None], method="mean") for values in (first, second)]
    return float((first.mean() - second.mean()) / np.hypot(*errors)[0])


def _both(ours: Fit, reference: Fit, name: str, digits: str) -> str:
    """The worst value of one check, of both fits."""
    values = [
        check.value
        for fit in (ours, reference)
        for check in fit.verdict.checks
        if check.name == name
    ]
    return ", ".join(f"{value:{digits}}" for value in values)


def main() -> None:
    """Compare the designs and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--levels", nargs="+", type=int, default=LEVELS)
    parser.add_argument("--families", nargs="+", default=list(MEANS), choices=list(MEANS))
    parser.add_argument("--draws", type=int, default=4000, help="kept draws a chain, of both")
    parser.add_argument("--tune", type=int, default=2000, help="warm-up draws of the reference")
    arguments = parser.parse_args()
    print("\n".join(HEADER), flush=True)
    every = []
    for family in arguments.families:
        for levels in arguments.levels:
            z, row = compare(family, levels, arguments.tune, arguments.draws)
            print(row, flush=True)
            every.append(z)
    size = pd.concat(every).abs()
    bound = float(stats.norm.isf((1 - (1 - CHANCE) ** (1 / len(size))) / 2))
    print(f"| all | | {len(size)} | {size.max():.2f} (bound {bound:.2f}) | | | | | |")
    sys.exit(int(size.max() > bound))


if __name__ == "__main__":
    main()
