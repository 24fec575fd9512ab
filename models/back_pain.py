"""Back pain, SIMULATED: does a physician's practice style change how patients fare?

44 physicians x 24 patients x 3 visits, after the design of McCulloch's example; every outcome is
drawn here, from the specs below and `TRUTH`, with one seed. Three outcomes of one design: a pain
score (normal), days of limited activity (Poisson), and improvement (Bernoulli).
"""

from itertools import product

import pandas as pd

import bayesglmm as bg

PHYSICIANS, PATIENTS, MONTHS = 44, 24, (1, 12, 24)
STYLES = ("low", "moderate", "high")
SEED = 44_24_3

RIGHT = "style + log(month) + (1 | physician/patient)"
REFERENCE = {"style": "low"}
QUESTION = "Does prescribing more drugs and bed rest change how patients with back pain fare?"
TITLE = "Back pain (simulated)"

model = bg.specify(
    f"pain ~ {RIGHT}",
    reference=REFERENCE,
    title=f"{TITLE}: pain score",
    question=QUESTION,
)

variants = {
    "days": bg.specify(
        f"days ~ {RIGHT}",
        family="poisson",
        reference=REFERENCE,
        title=f"{TITLE}: days of limited activity in the last month",
        question=QUESTION,
    ),
    "improved": bg.specify(
        f"improved ~ {RIGHT}",
        family="bernoulli",
        labels={"improved": {0: "no", 1: "yes"}},
        reference=REFERENCE,
        title=f"{TITLE}: improvement",
        question=QUESTION,
    ),
    "spread within styles": bg.specify(
        "pain ~ style + log(month) + (0 + style || physician) + (1 | physician:patient)",
        reference=REFERENCE,
        title=f"{TITLE}: how far physicians of one style differ",
        question="Do physicians of one practice style differ more than those of another?",
    ),
}

TRUTH = {
    "pain": (
        model,
        {"Intercept": 5.0, "style[moderate]": 0.3, "style[high]": 0.6, "log(month)": -0.4}
        | {"1|physician_sigma": 0.4, "1|physician:patient_sigma": 1.2, "sigma": 1.5},
    ),
    "days": (
        variants["days"],
        {"Intercept": 1.6, "style[moderate]": 0.1, "style[high]": 0.25, "log(month)": -0.3}
        | {"1|physician_sigma": 0.2, "1|physician:patient_sigma": 0.7},
    ),
    "improved": (
        variants["improved"],
        {"Intercept": -0.5, "style[moderate]": -0.2, "style[high]": -0.5, "log(month)": 0.5}
        | {"1|physician_sigma": 0.4, "1|physician:patient_sigma": 1.0},
    ),
}
"""The spec and the parameters that each outcome is drawn from (link scale)."""


def data() -> pd.DataFrame:
    rows = pd.DataFrame(
        list(product(range(1, PHYSICIANS + 1), range(1, PATIENTS + 1), MONTHS)),
        columns=["physician", "patient", "month"],
    )
    styles = pd.CategoricalDtype(list(STYLES), ordered=True)
    rows["style"] = rows["physician"].map(lambda number: STYLES[number % 3]).astype(styles)
    for number, (spec, truth) in enumerate(TRUTH.values()):
        rows = bg.simulate(spec, rows, truth, seed=SEED + number).data
    rows.attrs["source"] = (
        "Simulated by the spec file from known parameters, after the design of McCulloch's "
        "example of back pain: 44 physicians of three practice styles, 24 patients each, visits "
        "after 1, 12 and 24 months."
    )
    rows.attrs["caveats"] = (
        "The data are simulated: no patient, physician or outcome is real, and nothing here is "
        "evidence about practice styles.",
    )
    return rows
