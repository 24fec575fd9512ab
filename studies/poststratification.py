"""How near do poststratified polls come to the result? The election of 1988, state by state.

Every variant of the polls in three ways: poststratified to the census cells, for states with
respondents and for the two without (AK, HI); and the states' own respondents, without any model.

    BAYESGLMM_DATA=path/to/data python studies/poststratification.py
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bayesglmm as bg
from bayesglmm.fit import Fit
from bayesglmm.posterior.evaluate import evaluate
from bayesglmm.posterior.strata import raw_means, truth_of
from bayesglmm.tables import Table

SPEC = Path(__file__).parents[1] / "models" / "election_polls.py"
VARIANTS = (None, "sex and race", "regions", "education by age, shrunken", "no pooling")
SEED = 1


def state_estimates(fit: Fit, population: bg.Population) -> dict[str, Table]:
    """Poststratified states with respondents and, where the model can speak of them, without."""
    frame, by = population.frame, population.by
    polled = set(fit.design.given[by].to_numpy()[fit.design.positions])
    seen = frame[by].isin(polled)
    parts = {"": frame[seen]}
    if fit.design.predictor.groups:
        parts[", states without respondents"] = frame[~seen]
    return {
        name: fit.poststratify(part, by, weights=population.weights) for name, part in parts.items()
    }


def main() -> None:
    """Print the table of errors as Markdown."""
    study = bg.read_study(SPEC)
    population = study.extra("population")
    found: dict[str, Table] = {}
    for variant in VARIANTS:
        fit = study.model(variant).fit(seed=SEED, progress=False)
        print(f"{variant or 'main model'}: {fit.verdict.sentence()}")
        found |= {
            f"{variant or 'main model'}{name}": table
            for name, table in state_estimates(fit, population).items()
        }
        if variant is None:
            found["own respondents"] = raw_means(fit.design, population.by)
    weights = population.frame.groupby(population.by)[population.weights].sum()
    scores = evaluate(found, truth_of(population), weights, population.by)
    print()
    print(replace(scores, caption="State estimates against the result of 1988").to_markdown())


if __name__ == "__main__":
    main()
