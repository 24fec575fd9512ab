"""Election polls 1988: who preferred Bush, and how do the states differ?

A CBS poll of the week before the election (Gelman & Hill 2007, chapter 14). Undecided respondents
have no answer and are dropped, which is counted.

In the two variants named "shrunken" the spread between cells is near 0, where the default steps are
now and then too long: give --target-accept 0.9.
"""

import pandas as pd

import bayesglmm as bg

EDUCATION = {1: "no high school", 2: "high school", 3: "some college", 4: "college"}
AGE = {1: "18-29", 2: "30-44", 3: "45-64", 4: "65+"}
LABELS = {
    "bush": {0: "Dukakis", 1: "Bush"},
    "black": {0: "no", 1: "yes"},
    "female": {0: "no", 1: "yes"},
}
ALL: dict[str, dict[int, str] | tuple[str, dict[int, str]]] = {
    **LABELS,
    "edu": ("education", EDUCATION),
    "age": AGE,
}
QUESTION = "Who preferred Bush in 1988, and how do the states differ?"

model = bg.specify(
    "bush ~ black + female + edu + age + (1 | state)",
    family="bernoulli",
    labels=ALL,
    missing="drop",
    title="Election polls 1988",
    question=QUESTION,
)

variants = {
    "sex and race": bg.specify(
        "bush ~ black + female + (1 | state)",
        family="bernoulli",
        labels=LABELS,
        missing="drop",
        title="Election polls 1988: sex and race",
        question=QUESTION,
    ),
    "regions": bg.specify(
        "bush ~ black + female + edu + age + v_prev + (1 | region/state)",
        family="bernoulli",
        labels=ALL,
        priors={"region": bg.Prior("HalfNormal", sigma=0.5)},
        missing="drop",
        title="Election polls 1988: states within regions, earlier vote",
        question=QUESTION,
    ),
    "probit": bg.specify(
        "bush ~ black + female + edu + age + (1 | state)",
        family="bernoulli",
        link="probit",
        labels=ALL,
        missing="drop",
        title="Election polls 1988: probit",
        question=QUESTION,
    ),
    "no pooling": bg.specify(
        "bush ~ black + female + edu + age + state",
        family="bernoulli",
        labels=ALL,
        missing="drop",
        title="Election polls 1988: each state by itself",
        question=QUESTION,
    ),
    "education by age": bg.specify(
        "bush ~ black + female + edu * age + (1 | state)",
        family="bernoulli",
        labels=ALL,
        missing="drop",
        title="Election polls 1988: education by age",
        question=QUESTION,
    ),
    "education by age, shrunken": bg.specify(
        "bush ~ black + female + edu + age + (1 | edu:age) + (1 | state)",
        family="bernoulli",
        labels=ALL,
        missing="drop",
        title="Election polls 1988: education by age, shrunken",
        question=QUESTION,
    ),
    "empty cells": bg.specify(
        "bush ~ female + black * edu * age + (1 | state)",
        family="bernoulli",
        labels=ALL,
        missing="drop",
        title="Election polls 1988: race by education by age, which has an empty cell",
        question=QUESTION,
    ),
    "empty cells, shrunken": bg.specify(
        "bush ~ female + black + edu + age + (1 | black:edu:age) + (1 | state)",
        family="bernoulli",
        labels=ALL,
        missing="drop",
        title="Election polls 1988: race by education by age, shrunken",
        question=QUESTION,
    ),
}


def data() -> pd.DataFrame:
    polls = bg.datasets.load("polls")
    states = _states()
    every_state = pd.CategoricalDtype(states["abbr"])
    return polls.assign(
        state=polls["state"].map(states["abbr"]).astype(every_state),
        region=polls["state"].map(states["region_name"]),
    )


def population() -> bg.Population:
    """The census cells of 1988; the result that the estimates are held against."""
    cells, states = bg.datasets.load("census88"), _states()
    frame = cells.assign(
        state=cells["state"].map(states["abbr"]),
        region=cells["state"].map(states["region_name"]),
        v_prev=cells["state"].map(states["v_prev"]),
        bush_share_1988=cells["state"].map(states["bush_share_1988"]),
    )
    frame.attrs["caveats"] = (
        "The weights are the census, not those who voted: turnout differs between the cells.",
        "The result looks like the share of all votes; the poll's answers are between two "
        "candidates only, so that estimates lie a little above it.",
        "The poll is of the week before the election, and some changed their minds.",
    )
    return bg.Population(frame, by="state", weights="N", truth="bush_share_1988")


def _states() -> pd.DataFrame:
    return bg.datasets.load("election88_states").set_index("state")
