"""Election polls 1988: who preferred Bush, and how do the states differ?

A CBS poll of the week before the election (Gelman & Hill 2007, chapter 14). Undecided respondents
have no answer and are dropped, which is counted.
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
ALL = LABELS | {"edu": EDUCATION, "age": AGE}
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
    states = bg.datasets.load("election88_states").set_index("state")
    every_state = pd.CategoricalDtype(states["abbr"])
    return polls.assign(
        state=polls["state"].map(states["abbr"]).astype(every_state),
        region=polls["state"].map(states["region_name"]),
    )
