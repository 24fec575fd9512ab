"""How much of what other packages' documentation fits can be said here? Each model is built.

    python studies/can_say.py

The rule: a model counts where `bayesglmm.Model` takes it, on data of the right kind, and its log
density at the start of its graph is finite. What cannot be said stands in the tables with what is
missing. Nothing is sampled.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from can_say_cases import BAMBI, BRMS, Case

import bayesglmm as bg

ROWS = 240


def example_data() -> pd.DataFrame:
    """A column of every kind that the cases name."""
    rng = np.random.default_rng(1)
    trials = rng.integers(5, 40, ROWS)
    cost = rng.gamma(2.0, 3.0, ROWS)
    score = rng.normal(size=ROWS)
    return pd.DataFrame(
        {
            "y": score + 3.0,
            "s": rng.uniform(0.5, 2.0, ROWS),
            "x1": rng.normal(size=ROWS),
            "x2": rng.normal(size=ROWS),
            "x3": rng.normal(size=ROWS),
            "z": rng.normal(size=ROWS),
            "age": rng.uniform(20, 70, ROWS),
            "time": np.tile(np.arange(6.0), ROWS // 6),
            "arm": rng.choice(["control", "low", "high"], ROWS),
            "sex": rng.choice(["female", "male"], ROWS),
            "subject": [f"subject {k:02d}" for k in np.repeat(np.arange(ROWS // 6), 6)],
            "item": [f"item {k:02d}" for k in rng.integers(0, 12, ROWS)],
            "site": [f"site {k:02d}" for k in rng.integers(0, 8, ROWS)],
            "count": rng.poisson(2.0, ROWS) * rng.integers(0, 2, ROWS),
            "exposure": rng.uniform(1.0, 5.0, ROWS),
            "hits": rng.binomial(trials, 0.4),
            "n": trials,
            "died": rng.integers(0, 2, ROWS),
            "dead": rng.choice(["none", "right"], ROWS),
            "cost": cost,
            "share": rng.beta(2.0, 3.0, ROWS),
            "species": rng.choice(["a", "b", "c"], ROWS),
            "rating": pd.cut(score, [-9, -1, 0, 1, 9], labels=["1", "2", "3", "4"]),
        }
    )


def options_of(case: Case) -> dict[str, object]:
    """Arguments of the model; priors are written as names and numbers there."""
    options = dict(case.options)
    if "priors" in options:
        options["priors"] = {
            k: bg.Prior(name, **given) for k, (name, given) in options["priors"].items()
        }
    return options


def outcome(case: Case, data: pd.DataFrame) -> str:
    """Empty where the model is said, else why not."""
    if not case.formula:
        return case.lacks
    try:
        model = bg.Model(case.formula, data, **options_of(case))
        point = model.pymc.initial_point()
        value = float(model.pymc.compile_logp(mode="FAST_COMPILE")(point))
    except bg.BayesglmmError as error:
        return f"refused: {str(error).splitlines()[0]}"
    return "" if np.isfinite(value) else f"log density {value}"


def report(name: str, cases: tuple[Case, ...], data: pd.DataFrame) -> None:
    """Print the table of a package."""
    found = [(case, outcome(case, data)) for case in cases]
    print(f"{name}: {sum(not why for _, why in found)} of {len(found)}")
    for case, why in found:
        print(f"| {case.where} | {case.what} | {case.formula or '-'} | {why or 'said'} |")


if __name__ == "__main__":
    everything = example_data()
    report("bambi's gallery", BAMBI, everything)
    report("brms' help, README and vignettes", BRMS, everything)
