"""Skin cancer prevention: do new cancers a year differ by treatment, and how do subjects differ?

1683 subjects at high risk, up to five years each (Greenberg et al. 1990). This is the public
beta-carotene trial, not the selenium trial of McCulloch's chapter, whose models it takes: a random
intercept, random slopes, and unequal variances. The column `exposure` is no sun: it counts a
subject's cancers before the trial and does not vary within a subject, so that a slope of it is a
variance that grows with it. `ranef("id")` of the fit names the sensitive subjects, those with the
largest effects.
"""

import pandas as pd

import bayesglmm as bg

LABELS: dict[str, str | dict[int, str]] = {
    "treatment": {0: "placebo", 1: "beta carotene"},
    "y": "new cancers",
    "id": "subject",
}
SKIN: dict[str, str | dict[int, str]] = {"skin": {0: "does not burn", 1: "burns"}}
QUESTION = "Does beta carotene change the yearly number of new skin cancers?"
TITLE = "Skin cancers, beta-carotene trial"

model = bg.specify(
    "y ~ treatment * year + (1 | id)",
    family="poisson",
    labels=LABELS,
    title=TITLE,
    question=QUESTION,
)

variants = {
    "who burns": bg.specify(
        "y ~ treatment * year + skin + gender + center(age) + log(1 + exposure) + (1 | id)",
        family="poisson",
        labels=LABELS | SKIN | {"gender": {0: "female", 1: "male"}},
        title=f"{TITLE}: adjusted for skin, sex, age and earlier cancers",
        question=QUESTION,
    ),
    "slopes": bg.specify(
        "y ~ treatment * center(year) + (1 + center(year) | id)",
        family="poisson",
        labels=LABELS,
        title=f"{TITLE}: a trend for each subject",
        question=QUESTION,
    ),
    "slopes of earlier cancers": bg.specify(
        "y ~ treatment + year + center(log(1 + exposure)) + (1 + center(log(1 + exposure)) | id)",
        family="poisson",
        labels=LABELS,
        title=f"{TITLE}: subjects differ in what earlier cancers mean",
        question="Do subjects differ more, the more cancers they had before?",
    ),
    "unequal variances": bg.specify(
        "y ~ treatment * year + (0 + treatment || id)",
        family="poisson",
        labels=LABELS,
        title=f"{TITLE}: a variance for each arm",
        question="Do subjects differ more under beta carotene than under placebo?",
    ),
    "unequal variances by skin": bg.specify(
        "y ~ treatment * year + skin + (0 + skin || id)",
        family="poisson",
        labels=LABELS | SKIN,
        title=f"{TITLE}: a variance for each type of skin",
        question="Do subjects whose skin burns differ more than others?",
    ),
}


def data() -> pd.DataFrame:
    return bg.datasets.load("skin_cancer_prevention")
