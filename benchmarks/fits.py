"""Our fits beside bambi's, same data, same machine, in one run.

Each fit is timed in a fresh process, alternating between the sides: building the model, compiling
and sampling count; imports and tables do not. The figure that matters is effective draws per
second: the smallest bulk ESS of any parameter or group effect over those seconds.

    python benchmarks/fits.py --runs 3
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import subprocess
import sys
import time

FORMULAS = {
    "crossover": "outcome ~ trt * period + (1|ID)",
    "polls": "bush ~ black + female + edu + age + (1|state)",
    "maternal": "maternal_deaths ~ ethnicity + age_group + dobbs_era + (1|year)",
    "ohio": "death ~ sex + race + year + (1|county)",
}
FAMILIES = {
    "crossover": "bernoulli",
    "polls": "bernoulli",
    "maternal": "negative_binomial",
    "ohio": "poisson",
}
EXPOSURES = {"maternal": "live_births", "ohio": "pop"}
DATASETS = {"maternal": "maternal_518", "ohio": "ohio_cancer"}
SIDES = ("bayesglmm", "bambi, PyMC", "bambi, nutpie")


def load(name: str):  # type: ignore[no-untyped-def]
    """Data of a model, factors as text for both sides; maternal without its aliased level."""
    from bayesglmm.datasets import load as load_dataset

    data = load_dataset(DATASETS.get(name, name))
    if name == "polls":
        data = data.dropna(subset=["bush"]).astype({"edu": str, "age": str})
    if name == "maternal":
        # Given the ethnicity, "Unknown" age says nothing more; bambi would sample the alias.
        data["age_group"] = data["age_group"].replace({"Unknown": "Under 25 years"})
    if name == "ohio":
        data = data.astype({"sex": str, "race": str, "county": str})
    return data


def fit_ours(name: str, seed: int) -> dict[str, float]:
    """One fit of ours: seconds, smallest bulk ESS, largest R-hat."""
    from bayesglmm.model import Model

    data = load(name)
    import_all("nutpie", "pymc")
    start = time.perf_counter()
    model = Model(FORMULAS[name], data, family=FAMILIES[name], exposure=EXPOSURES.get(name))
    fit = model.fit(seed=seed, draws=1000, tune=1000, progress=False)
    return measured(fit.draws.posterior, time.perf_counter() - start)


def fit_bambi(name: str, seed: int, sampler: str) -> dict[str, float]:
    """One fit of bambi's, with its own defaults and offset for the exposure."""
    import bambi
    import numpy as np

    data = load(name)
    import_all("nutpie", "pymc")
    formula = FORMULAS[name]
    if name in EXPOSURES:
        data["log_exposure"] = np.log(data[EXPOSURES[name]])
        formula += " + offset(log_exposure)"
    family = FAMILIES[name].replace("negative_binomial", "negativebinomial")
    start = time.perf_counter()
    model = bambi.Model(formula, data, family=family)
    trace = model.fit(
        draws=1000,
        tune=1000,
        chains=4,
        random_seed=seed,
        inference_method=sampler,
        progressbar=False,
    )
    return measured(trace["posterior"].to_dataset(), time.perf_counter() - start)


def import_all(*modules: str) -> None:
    """Import what a fit will need, so that the clock does not see it."""
    for module in modules:
        importlib.import_module(module)


def measured(posterior, seconds: float) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """ESS and R-hat over every scalar of a posterior."""
    import numpy as np

    from bayesglmm.posterior.quantities import convergence

    blocks = [
        values.to_numpy().reshape(*values.shape[:2], -1)
        for name, values in posterior.items()
        if not str(name).endswith(("_offset", "_cholesky", "_block"))
    ]
    found = convergence(np.concatenate(blocks, axis=2).astype(float))
    return {
        "seconds": seconds,
        "ess": float(found["ess_bulk"].min()),
        "r_hat": float(found["r_hat"].max()),
    }


def run_one(name: str, side: str, seed: int) -> dict[str, float]:
    """One fit in a fresh process."""
    command = [sys.executable, __file__, "--one", name, side, str(seed)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def one(name: str, side: str, seed: int) -> None:
    """Fit and print as JSON (called in the fresh process)."""
    if side == "bayesglmm":
        result = fit_ours(name, seed)
    else:
        result = fit_bambi(name, seed, {"bambi, PyMC": "pymc", "bambi, nutpie": "nutpie"}[side])
    print(json.dumps(result))


def compare(names: list[str], runs: int) -> None:
    """Print a Markdown table of medians."""
    print("| model | side | fit, s | min bulk ESS of 4000 | max R-hat | ESS/s | ratio to ours |")
    print("|---|---|---|---|---|---|---|")
    for name in names:
        results: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
        for seed in range(1, runs + 1):
            for side in SIDES:
                results[side].append(run_one(name, side, seed))
        rates = {
            side: statistics.median(run["ess"] / run["seconds"] for run in done)
            for side, done in results.items()
        }
        for side, done in results.items():
            middle = {key: statistics.median(run[key] for run in done) for key in done[0]}
            print(
                f"| {name} | {side} | {middle['seconds']:.1f} | {middle['ess']:.0f} "
                f"| {middle['r_hat']:.3f} | {rates[side]:.1f} "
                f"| {rates[side] / rates['bayesglmm']:.2f} |",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--models", nargs="+", default=list(FORMULAS), choices=list(FORMULAS))
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        name, side, seed = arguments.one
        one(name, side, int(seed))
    else:
        compare(arguments.models, arguments.runs)


if __name__ == "__main__":
    main()
