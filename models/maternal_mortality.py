"""Maternal mortality in the United States, 2019-2024: four variants of one published analysis.

Deaths of 12-month windows by age or by ethnicity, live births as exposure. The rows overlap in
time and count each death about twice, so the intervals are far too narrow; the caveats that travel
with the data say so in the report.
"""

import pandas as pd

import bayesglmm as bg

WITH_ERA = "maternal_deaths ~ ethnicity + age_group + dobbs_era + (1 | year)"
WITHOUT_ERA = "maternal_deaths ~ ethnicity + age_group + (1 | year)"
REFERENCE = {"ethnicity": "Asian, Non-Hispanic", "age_group": "Under 25 years"}
ERA = REFERENCE | {"dobbs_era": "Pre-Dobbs"}

model = bg.specify(
    WITH_ERA,
    family="negative_binomial",
    exposure="live_births",
    per=100_000,
    reference=ERA,
    title="Maternal mortality, 2019-2024",
    question="How does maternal mortality differ by ethnicity, age and era?",
)

variants = {
    "without era": bg.specify(
        WITHOUT_ERA,
        family="negative_binomial",
        exposure="live_births",
        per=100_000,
        reference=REFERENCE,
        title="Maternal mortality, 2019-2024: without era",
    ),
    "counts, with era": bg.specify(
        WITH_ERA,
        family="negative_binomial",
        reference=ERA,
        title="Maternal deaths, 2019-2024: counts, births ignored",
    ),
    "counts, without era": bg.specify(
        WITHOUT_ERA,
        family="negative_binomial",
        reference=REFERENCE,
        title="Maternal deaths, 2019-2024: counts without era, births ignored",
    ),
}


def data() -> pd.DataFrame:
    return bg.datasets.load("maternal_518")
