"""Crossover trial: does the active drug raise the odds of an abnormal ECG?

67 patients, each measured under placebo and under the active drug (Jones & Kenward 1989). The data
are built from the published cell counts.
"""

import pandas as pd

import bayesglmm as bg

model = bg.specify(
    "outcome ~ trt * period + (1 | ID)",
    family="bernoulli",
    labels={
        "outcome": {0: "normal", 1: "abnormal"},
        "trt": {0: "placebo", 1: "active"},
        "period": {0: "first", 1: "second"},
        "ID": "patient",
    },
    priors={
        "slopes": bg.Prior("Normal", mu=0, sigma=2.5),
        "ID": bg.Prior("HalfNormal", sigma=5),
    },
    title="Crossover trial",
    question="Does the active drug raise the odds of an abnormal ECG?",
)

variants = {
    "treatment alone": bg.specify(
        "outcome ~ trt", family="bernoulli", labels=model.labels, title="Crossover trial, GLM 1"
    ),
    "treatment and period": bg.specify(
        "outcome ~ trt + period",
        family="bernoulli",
        labels=model.labels,
        title="Crossover trial, GLM 2",
    ),
    "interaction, patients ignored": bg.specify(
        "outcome ~ trt * period",
        family="bernoulli",
        labels=model.labels,
        title="Crossover trial, GLM 3",
    ),
}


def data() -> pd.DataFrame:
    return bg.datasets.load("crossover")
