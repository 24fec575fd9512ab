"""Families of several parameters: our fits beside bambi's, CPU seconds for each effective draw.

    python benchmarks/parameters.py [MODEL ...] [--seeds 3]

Each side of each model has a process of its own, which fits once unmeasured, so that what it
compiles once for all fits is there, and then once for each seed. Ours stops at an ESS of 1,000;
bambi makes 500 draws of each chain after its 1,000 of warm-up, which gives about as many.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from machine import machine
from processes import with_caches
from python_sides import HELPERS

ROWS, ESS, DRAWS, CHAINS = 1000, 1000, 500, 4
SIDES = ("ours", "bambi, PyMC", "bambi, nutpie")


@dataclass(frozen=True)
class Model:
    """A model as we write it and as bambi does, whose first formula is the response's."""

    title: str
    formula: str
    family: str
    options: dict[str, Any]
    bambi: tuple[str, ...]
    bambi_family: str


MODELS = {
    "zinb": Model(
        "zero-inflated NB, `zi ~ 1 + x`",
        "count ~ x",
        "zero_inflated_negative_binomial",
        {"zi": "~ 1 + x"},
        ("count ~ x", "psi ~ x"),
        "zero_inflated_negativebinomial",
    ),
    "cumulative": Model(
        "cumulative logit, `(1 | g) + (1 | h)`",
        "rating ~ x + (1 | g) + (1 | h)",
        "cumulative",
        {},
        ("rating ~ x + (1 | g) + (1 | h)",),
        "cumulative",
    ),
    "beta": Model(
        "beta, `phi ~ x`",
        "share ~ x",
        "beta",
        {"phi": "~ x"},
        ("share ~ x", "kappa ~ x"),
        "beta",
    ),
    "gaussian": Model(
        "Gaussian, `sigma ~ x + (1 | g)`",
        "y ~ x",
        "gaussian",
        {"sigma": "~ x + (1 | g)"},
        ("y ~ x", "sigma ~ x + (1 | g)"),
        "gaussian",
    ),
    "sigma": Model(
        "Gaussian, `sigma ~ x`",
        "y ~ x",
        "gaussian",
        {"sigma": "~ x"},
        ("y ~ x", "sigma ~ x"),
        "gaussian",
    ),
}


def make_rows() -> pd.DataFrame:
    """Responses of every model: one column, 40 and 25 groups, parameters that x moves."""
    rng = np.random.default_rng(5)
    x, g, h = rng.normal(size=ROWS), rng.integers(0, 40, ROWS), rng.integers(0, 25, ROWS)
    of_g, of_h = rng.normal(size=40)[g], rng.normal(size=25)[h]
    counts = rng.poisson(np.exp(1 + 0.4 * x) * rng.gamma(2.0, 0.5, ROWS))
    inflated = rng.uniform(size=ROWS) < 1 / (1 + np.exp(1 - 0.7 * x))
    latent = 0.8 * x + 0.8 * of_g + 0.5 * of_h + rng.logistic(size=ROWS)
    rating = np.digitize(latent, [-1.5, -0.3, 0.8, 2.0])
    mean, phi = 1 / (1 + np.exp(-0.3 - 0.5 * x)), np.exp(2 + 0.4 * x)
    sigma = np.exp(-0.2 + 0.3 * x + 0.4 * of_g)
    return pd.DataFrame(
        {
            "x": x,
            "g": g,
            "h": h,
            "count": np.where(inflated, 0, counts),
            "rating": pd.Categorical(rating.astype(str), list("01234"), ordered=True),
            "share": rng.beta(mean * phi, (1 - mean) * phi),
            "y": 1 + 0.5 * x + sigma * rng.normal(size=ROWS),
        }
    )


def fit_ours(model: Model, seed: int) -> tuple[Any, int]:
    """Draws and gradients after warm-up."""
    import bayesglmm as bg

    own = bg.Model(model.formula, make_rows(), family=model.family, **model.options)
    fit = own.fit(seed=seed, ess=ESS, progress=False)
    assert fit.draws.run.engine == "kernel", fit.draws.run.notes
    return fit.draws.posterior, fit.draws.run.gradients


def fit_bambi(model: Model, sampler: str, seed: int) -> tuple[Any, int]:
    """The same of bambi with its own defaults."""
    import bambi

    formula = bambi.Formula(*model.bambi)
    own = bambi.Model(formula, make_rows(), family=model.bambi_family)
    trace = own.fit(
        draws=DRAWS,
        chains=CHAINS,
        random_seed=seed,
        inference_method=sampler.lower(),
        progressbar=False,
    )
    steps = int(trace["sample_stats"]["n_steps"].sum())
    return trace["posterior"].to_dataset(), steps


def smallest_ess(posterior: Any) -> float:
    """Of bulk and tail, over every parameter and group effect."""
    from bayesglmm.engine.convergence import convergence

    parts = [
        values.to_numpy().reshape(*values.shape[:2], -1)
        for name, values in posterior.items()
        if not str(name).endswith(HELPERS)
    ]
    draws = np.concatenate(parts, axis=2).astype(float)
    found = convergence(draws[:, :, np.ptp(draws, axis=(0, 1)) > 0])
    return float(min(found.ess_bulk.min(), found.ess_tail.min()))


def cpu_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, both))


def one_side(name: str, side: str, seeds: int) -> None:
    """Fit once, then once for each seed; print a line of costs of each fit."""
    model = MODELS[name]
    for seed in range(seeds + 1):
        start, wall = cpu_seconds(), time.perf_counter()
        if side == "ours":
            posterior, gradients = fit_ours(model, seed)
        else:
            posterior, gradients = fit_bambi(model, side.split(", ")[1], seed)
        costs = {"cpu": cpu_seconds() - start, "wall": time.perf_counter() - wall}
        ess = smallest_ess(posterior)
        print(json.dumps(costs | {"ess": ess, "gradients": gradients}), flush=True)


def first_fit(name: str, folder: Path) -> dict[str, float]:
    """The first fit of a family on a machine that has fitted another one: wall and CPU seconds."""
    program = [sys.executable, __file__, "--side", "ours", "--seeds", "0"]
    other = "sigma" if name != "sigma" else "beta"
    for model in (other, name):
        done = subprocess.run(
            [*program, model], env=with_caches(folder), capture_output=True, text=True, check=True
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[0])
    return found


def study(names: list[str], seeds: int) -> None:
    """A table of all models, in Markdown."""
    print(machine({}), "\n")
    print(
        "| model | side | CPU s of a fit | wall s | smallest ESS | gradients an effective draw "
        "| CPU s for 1,000 | times ours |\n|---|---|---|---|---|---|---|---|"
    )
    for name in names:
        ours = 0.0
        for side in SIDES:
            program = [sys.executable, __file__, "--side", side, "--seeds", str(seeds), name]
            done = subprocess.run(program, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"| {MODELS[name].title} | {side} | {done.stderr.splitlines()[-1]} |")
                continue
            fits = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
            fits = fits[1:]
            middle = {
                key: statistics.median(values)
                for key, values in {
                    "cpu": [fit["cpu"] for fit in fits],
                    "wall": [fit["wall"] for fit in fits],
                    "ess": [fit["ess"] for fit in fits],
                    "steps": [fit["gradients"] / fit["ess"] for fit in fits],
                    "each": [1000 * fit["cpu"] / fit["ess"] for fit in fits],
                }.items()
            }
            ours = middle["each"] if side == "ours" else ours
            print(
                f"| {MODELS[name].title} | {side} | {middle['cpu']:.2f} | {middle['wall']:.2f} "
                f"| {middle['ess']:,.0f} | {middle['steps']:.1f} | {middle['each']:.3g} "
                f"| {middle['each'] / ours:.0f} |",
                flush=True,
            )
    print("\n| first fit where another family was fitted before | CPU s | wall s |\n|---|---|---|")
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            costs = first_fit(name, Path(folder))
        print(f"| {MODELS[name].title} | {costs['cpu']:.1f} | {costs['wall']:.1f} |", flush=True)
    print(f"\nLoad average at the end: {os.getloadavg()[0]:.1f}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        one_side(options.models[0], options.side, options.seeds)
    else:
        study(options.models, options.seeds)


if __name__ == "__main__":
    main()
