"""Is an effect with a level a row beside a residual sampled, and as its exact posterior says?

Trees of plots of sites, each measured once: `y ~ 1 + (1 | site) + (1 | plot) + (1 | tree)`. Data
show the sum of the variances of tree and residual, the priors alone how it is shared.

First, fits at the defaults of simulated designs of 403 trees, 118 plots and 63 sites: verdicts, and
CPU seconds. The rule: at least 9 of 10 pass.

Then one design of 30 trees, 12 plots and 5 sites: 4,000 draws of each of four chains beside the
exact posterior of the four sds, the effects and the intercept integrated out, which shares neither
density, nor map, nor sampler with the engine: random-walk Metropolis of 128 walkers. Shares below
quantiles and means of logs are compared as in `small_sds.py`, under the same rule.

    python studies/row_effects.py
"""

from __future__ import annotations

import argparse
import os
import sys

import numpy as np
import pandas as pd
from scipy import stats
from small_sds import CHANCE, QUANTILES, difference

import bayesglmm as bg
from bayesglmm.families.links import Array

SEED = 711
LARGE, SMALL = (63, 118, 403), (5, 12, 30)
"""Sites, plots and trees of the designs."""
SDS = (1.0, 0.7, 0.6, 0.5)
"""True sds of sites, plots, trees and residuals."""
NAMES = ("1|site_sigma", "1|plot_sigma", "1|tree_sigma", "sigma")
DESIGNS, LEAST = 10, 9
WALKERS, STEPS, KEPT_EVERY = 128, 20_000, 10
STEP_SIZES = (0.1, 0.5, 2.0)
"""Of the walkers, in logs of sds; one is drawn for each step."""


def simulate(seed: int, levels: tuple[int, int, int]) -> pd.DataFrame:
    """Responses of trees of plots of sites."""
    rng, (sites, plots, trees) = np.random.default_rng([SEED, seed]), levels
    plot = np.concatenate([np.arange(plots), rng.integers(0, plots, trees - plots)])
    site = np.concatenate([np.arange(sites), rng.integers(0, sites, plots - sites)])[plot]
    index = (site, plot, np.arange(trees), np.arange(trees))
    y = sum(sd * rng.normal(size=trees)[which] for sd, which in zip(SDS, index, strict=True))
    return pd.DataFrame({"y": y, "site": site, "plot": plot, "tree": np.arange(trees)})


def model_of(data: pd.DataFrame) -> bg.Model:
    """The model of three nested factors."""
    return bg.Model("y ~ 1 + (1 | site) + (1 | plot) + (1 | tree)", data)


def verdict(seed: int) -> tuple[bool, str]:
    """Whether a fit of a large design passes, and a row of the Markdown table."""
    model = model_of(simulate(seed, LARGE))
    before = os.times()
    fit = model.fit(seed=seed, progress=False)
    after = os.times()
    values = {check.name: check.value for check in fit.verdict.checks}
    seconds = after.user + after.system - before.user - before.system
    cells = (seed, fit.draws.posterior.sizes["draw"], f"{values['R-hat']:.4f}")
    cells += tuple(f"{values[name]:.0f}" for name in ("bulk ESS", "tail ESS", "divergences"))
    return fit.verdict.passed, f"| {' | '.join(map(str, cells))} | {seconds:.1f} |"


def log_posterior(model: bg.Model, data: pd.DataFrame, logs: Array) -> Array:
    """Log density of the logs of the four sds, effects and intercept integrated out.

    Parameters
    ----------
    logs : array of shape (k, 4)

    Returns
    -------
    array of shape (k,)
    """
    prior = {name: dict(chosen.prior.arguments) for name, chosen in model.priors.items()}
    mean, wide = prior["Intercept"]["mu"], prior["Intercept"]["sigma"]
    variances = np.exp(2 * logs)[:, :, None, None]
    codes = [data[name].to_numpy() for name in ("site", "plot", "tree")]
    same = [np.equal.outer(code, code).astype(float) for code in codes]
    covariance = np.full(same[0].shape, wide**2) + sum(
        variances[:, place] * shape for place, shape in enumerate([*same, np.eye(len(data))])
    )
    root = np.linalg.cholesky(covariance)
    half = np.linalg.solve(root, np.broadcast_to(data["y"] - mean, root.shape[:2])[..., None])
    found = -0.5 * np.square(half).sum(axis=(1, 2))
    found -= np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
    for place, name in enumerate(NAMES[:3]):
        found -= 0.5 * np.exp(2 * logs[:, place]) / prior[name]["sigma"] ** 2
    found -= prior["sigma"]["lam"] * np.exp(logs[:, 3])
    return np.asarray(found + logs.sum(axis=1))


def exact_draws(model: bg.Model, data: pd.DataFrame, steps: int) -> Array:
    """Draws of the exact posterior, shape (walkers, draws, 4); the first fifth is left out."""
    rng = np.random.default_rng(SEED)
    here = np.log(SDS) + 0.3 * rng.normal(size=(WALKERS, 4))
    value, kept = log_posterior(model, data, here), []
    for step in range(steps):
        sizes = rng.choice(STEP_SIZES, size=(WALKERS, 1)) * (rng.random((WALKERS, 4)) < 0.5)
        there = here + sizes * rng.normal(size=(WALKERS, 4))
        proposed = log_posterior(model, data, there)
        taken = np.log(rng.random(WALKERS)) < proposed - value
        here, value = np.where(taken[:, None], there, here), np.where(taken, proposed, value)
        if step >= steps // 5 and step % KEPT_EVERY == 0:
            kept.append(np.exp(here))
    return np.stack(kept, axis=1)


def scores(ours: Array, exact: Array) -> pd.Series[float]:
    """Differences over their errors, by quantity and statistic."""
    found = {}
    for place, name in enumerate(NAMES):
        pair = ours[:, :, place], exact[:, :, place]
        for share, at in zip(QUANTILES, np.quantile(pair[1], QUANTILES), strict=True):
            below = [(values < at).astype(float) for values in pair]
            found[name, f"share below the {share:.0%} quantile"] = difference(*below)
        found[name, "mean of the log"] = difference(*map(np.log, pair))
    return pd.Series(found)


def main() -> None:
    """Run both parts and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--designs", type=int, default=DESIGNS)
    parser.add_argument("--steps", type=int, default=STEPS, help="of each walker")
    arguments = parser.parse_args()
    print("| design | draws a chain | R-hat | bulk ESS | tail ESS | divergences | CPU seconds |")
    print("|---|---|---|---|---|---|---|", flush=True)
    passed = 0
    for seed in range(1, arguments.designs + 1):
        good, row = verdict(seed)
        passed += good
        print(row, flush=True)
    data = simulate(0, SMALL)
    model = model_of(data)
    fit = model.fit(draws=4000, seed=SEED, progress=False)
    ours = np.concatenate([fit.draws.array(name) for name in NAMES], axis=2)
    z = scores(ours, exact_draws(model, data, arguments.steps)).abs()
    bound = float(stats.norm.isf((1 - (1 - CHANCE) ** (1 / len(z))) / 2))
    print(
        f"{passed} of {arguments.designs} pass; {len(z)} scores, largest |z| {z.max():.2f}", end=""
    )
    print(f" (bound {bound:.2f}), {' of '.join(reversed(z.idxmax()))}")
    sys.exit(int(passed < LEAST * arguments.designs / DESIGNS or z.max() > bound))


if __name__ == "__main__":
    main()
