"""Gasoline yield: how much crude oil becomes gasoline, and how surely, at which temperature?

32 distillations of ten batches of crude oil (Prater 1956). The response is a share, and its spread
is modelled too. A batch has one gravity and one pressure, so that batches are a group term.
"""

import pandas as pd

import bayesglmm as bg

LABELS = {
    "yield": "share of crude oil that became gasoline",
    "temp": "temperature at which all gasoline has vaporised (°F)",
    "batch": "batch of crude oil",
}
TITLE = "Gasoline yield"
QUESTION = "How much more of the crude oil becomes gasoline where it is heated more?"

model = bg.specify(
    "`yield` ~ temp + (1 | batch)",
    family="beta",
    phi="~ temp",
    labels=LABELS,
    title=TITLE,
    question=QUESTION,
)

variants = {
    "one precision": bg.specify(
        "`yield` ~ temp + (1 | batch)",
        family="beta",
        labels=LABELS,
        title=f"{TITLE}, one precision",
    ),
    "Gaussian": bg.specify(
        "`yield` ~ temp + (1 | batch)", labels=LABELS, title=f"{TITLE}, as if it were Gaussian"
    ),
}


def data() -> pd.DataFrame:
    return bg.datasets.load("gasoline_yield")
