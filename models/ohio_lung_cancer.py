"""Lung cancer in Ohio: how do death rates differ by sex, race and county?

88 counties x 21 years (year 1 is 1968) x sex x race; population at risk is the exposure. Counts
are crude: the rates are not adjusted for age.
"""

import pandas as pd

import bayesglmm as bg

LABELS: dict[str, str | dict[int, str]] = {
    "sex": {1: "male", 2: "female"},
    "race": {1: "white", 2: "non-white"},
    "pop": "person-years",
}

model = bg.specify(
    "death ~ sex + race + year + (1 | county)",
    family="poisson",
    exposure="pop",
    per=100_000,
    labels=LABELS,
    title="Lung cancer deaths in Ohio, 1968-1988",
    question="How do lung-cancer death rates differ by sex, race and county?",
)

variants = {
    "negative binomial": bg.specify(
        "death ~ sex + race + year + (1 | county)",
        family="negative_binomial",
        exposure="pop",
        per=100_000,
        labels=LABELS,
        title="Lung cancer deaths in Ohio: negative binomial",
    ),
    "an effect for each row": bg.specify(
        "death ~ sex + race + year + (1 | county) + (1 | county:year:sex:race)",
        family="poisson",
        exposure="pop",
        per=100_000,
        labels=LABELS,
        title="Lung cancer deaths in Ohio: overdispersion as an effect for each row",
    ),
    "a trend for each sex": bg.specify(
        "death ~ sex * center(year) + race + (1 | county)",
        family="poisson",
        exposure="pop",
        per=100_000,
        labels=LABELS,
        title="Lung cancer deaths in Ohio: a trend for each sex",
    ),
    "county trends": bg.specify(
        "death ~ sex + race + center(year) + (1 + center(year) | county)",
        family="poisson",
        exposure="pop",
        per=100_000,
        labels=LABELS,
        title="Lung cancer deaths in Ohio: a trend for each county",
    ),
}


def data() -> pd.DataFrame:
    deaths = bg.datasets.load("ohio_cancer")
    names = bg.datasets.load("ohio_counties").set_index("county")["name"]
    return deaths.assign(county=deaths["county"].map(names))


def geography() -> bg.Geography:
    """Where the counties lie."""
    return bg.Geography("county", bg.datasets.load_geojson("ohio_counties_map"), key="name")
