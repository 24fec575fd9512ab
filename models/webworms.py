"""Webworms: do a spray and lead keep them away, or do they make them fewer?

1,300 plots in 13 blocks, with and without a spray and with and without lead (Beall 1940). More
plots have none than a Poisson count of this mean would leave without: some may not be reached at
all. The share of those, and the dispersion of the others, may depend on the spray.
"""

from typing import Any

import pandas as pd

import bayesglmm as bg

RIGHT = "spray * lead + (1 | block)"
YES = {"N": "no", "Y": "yes"}
LABELS: dict[str, Any] = {"spray": YES, "lead": YES, "y": "webworms", "block": "block of the field"}
TITLE = "Webworms"
QUESTION = "Do a spray and lead keep webworms off a plot, or make them fewer?"

model = bg.specify(
    f"y ~ {RIGHT}",
    family="zero_inflated_negative_binomial",
    zi="~ spray",
    alpha="~ spray",
    labels=LABELS,
    title=TITLE,
    question=QUESTION,
)

variants = {
    "zero-inflated Poisson": bg.specify(
        f"y ~ {RIGHT}",
        family="zero_inflated_poisson",
        zi="~ spray",
        labels=LABELS,
        title=f"{TITLE}, zero-inflated Poisson",
    ),
    "negative binomial": bg.specify(
        f"y ~ {RIGHT}",
        family="negative_binomial",
        labels=LABELS,
        title=f"{TITLE}, negative binomial",
    ),
    "Poisson": bg.specify(
        f"y ~ {RIGHT}", family="poisson", labels=LABELS, title=f"{TITLE}, Poisson"
    ),
}


def data() -> pd.DataFrame:
    return bg.datasets.load("webworms")
