"""How near do poststratified polls come to the result? The election of 1988, state by state.

Every variant of the polls in three ways: poststratified to the census cells, for states with
respondents and for the two without (AK, HI); and the states' own respondents, without any model.

    BAYESGLMM_DATA=path/to/data python studies/poststratification.py
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import bayesglmm as bg

SPEC = Path(__file__).parents[1] / "models" / "election_polls.py"
VARIANTS = (None, "sex and race", "regions", "education by age, shrunken", "no pooling")
SEED = 1


def main() -> None:
    """Print the table of errors as Markdown."""
    study = bg.read_study(SPEC)
    fits = {
        variant or "main model": study.model(variant).fit(seed=SEED, progress=False)
        for variant in VARIANTS
    }
    for name, fit in fits.items():
        print(f"{name}: {fit.verdict.sentence()}")
    scores = bg.evaluate(fits, study.extra("population"))
    print()
    print(replace(scores, caption="State estimates against the result of 1988").to_markdown())


if __name__ == "__main__":
    main()
