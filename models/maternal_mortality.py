"""Maternal mortality in the United States, 2019-2024: four variants of one published analysis,
the first of them as Poisson, and one that keeps the counts which the table suppresses.

Deaths of 12-month windows by age or by ethnicity, live births as exposure. The rows overlap in
time and count each death about twice, so the intervals are far too narrow; the caveats that travel
with the data say so in the report.
"""

import pandas as pd

import bayesglmm as bg

WITH_ERA = "maternal_deaths ~ ethnicity + age_group + dobbs_era + (1 | year)"
KEPT = "suppressed(maternal_deaths, 1, 9) ~ ethnicity + age_group + dobbs_era + (1 | year)"
WITHOUT_ERA = "maternal_deaths ~ ethnicity + age_group + (1 | year)"
REFERENCE = {"ethnicity": "Asian, Non-Hispanic", "age_group": "Under 25 years"}
ERA = REFERENCE | {"dobbs_era": "Pre-Dobbs"}
NAMES = {"maternal_deaths": "maternal deaths", "age_group": "age", "live_births": "live births"}

model = bg.specify(
    WITH_ERA,
    family="negative_binomial",
    exposure="live_births",
    per=100_000,
    reference=ERA,
    labels=NAMES,
    title="Maternal mortality, 2019-2024",
    question="How does maternal mortality differ by ethnicity, age and era?",
)

variants = {
    "Poisson": bg.specify(
        WITH_ERA,
        family="poisson",
        exposure="live_births",
        per=100_000,
        reference=ERA,
        labels=NAMES,
        title="Maternal mortality, 2019-2024: Poisson",
    ),
    "without era": bg.specify(
        WITHOUT_ERA,
        family="negative_binomial",
        exposure="live_births",
        per=100_000,
        reference=REFERENCE,
        labels=NAMES,
        title="Maternal mortality, 2019-2024: without era",
    ),
    "counts, with era": bg.specify(
        WITH_ERA,
        family="negative_binomial",
        reference=ERA,
        labels=NAMES,
        title="Maternal deaths, 2019-2024: counts, births ignored",
    ),
    "counts, without era": bg.specify(
        WITHOUT_ERA,
        family="negative_binomial",
        reference=REFERENCE,
        labels=NAMES,
        title="Maternal deaths, 2019-2024: counts without era, births ignored",
    ),
    "suppressed counts kept": bg.specify(
        KEPT,
        family="negative_binomial",
        exposure="live_births",
        per=100_000,
        reference=ERA,
        labels=NAMES,
        title="Maternal mortality, 2019-2024: suppressed counts kept",
        question="How does maternal mortality differ when no row is dropped for a small count?",
    ),
}


def data() -> pd.DataFrame:
    return bg.datasets.load("maternal_518")


def published() -> pd.DataFrame:
    """Every window of 2019-2024 by age or by ethnicity; counts from 1 to 9 are missing."""
    given = bg.datasets.load("maternal_vsrr")
    rows = given[(given["year"] <= 2024) & (given["group"] != "Total")]
    is_age = rows["group"] == "Age"
    is_after = rows["month_ending"] >= "2022-06-30"
    return rows.assign(
        ethnicity=rows["subgroup"].mask(is_age, "Unknown"),
        age_group=rows["subgroup"].where(is_age, "Unknown"),
        dobbs_era=is_after.map({False: "Pre-Dobbs", True: "Post-Dobbs"}),
    ).drop(columns=["rate", "footnote"])


variant_data = {"suppressed counts kept": published}
