"""Bitterness of wine: do warmth and contact with the skins make a wine taste more bitter?

Nine judges rated eight bottles each, in five ordered classes (Randall 1989). The distances between
the classes are estimated, not taken for equal.
"""

from typing import Any

import pandas as pd

import bayesglmm as bg

LABELS: dict[str, Any] = {
    "rating": {1: "1", 2: "2", 3: "3", 4: "4", 5: "5"},
    "temp": "temperature when crushed",
    "contact": "contact of juice and skins",
}
TITLE = "Bitterness of wine"
QUESTION = "Do warmth and contact with the skins make a wine taste more bitter?"

model = bg.specify(
    "rating ~ temp + contact + (1 | judge)",
    family="cumulative",
    labels=LABELS,
    title=TITLE,
    question=QUESTION,
)

variants = {
    "judges alike": bg.specify(
        "rating ~ temp + contact",
        family="cumulative",
        labels=LABELS,
        title=f"{TITLE}, judges alike",
    ),
    "ratings as numbers": bg.specify(
        "rating ~ temp + contact + (1 | judge)",
        labels={name: LABELS[name] for name in ("temp", "contact")},
        title=f"{TITLE}, ratings as numbers",
    ),
}


def data() -> pd.DataFrame:
    return bg.datasets.load("wine_bitterness")
