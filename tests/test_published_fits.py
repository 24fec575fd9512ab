"""Agreement with published fits, where the likelihood dominates the prior.

Numbers are maximum-likelihood estimates and standard errors: of the crossover trial's GLMs and of
Ohio and the polls as published, of maternal mortality and cbpp from glmmTMB 1.1.5 and lme4 1.1-31.
Priors are wide. With a flat prior the posterior mean differs from the maximum by a bias of the
order of the skewness, so it may lie 0.15 posterior standard deviations away (the exact bias of the
third crossover GLM's intercept, by importance sampling, is 0.145), plus four Monte Carlo standard
errors of the mean; posterior standard deviations may differ from standard errors by 15 %.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import mixed
from seeds import bound, seed

import bayesglmm as bg

BIAS, SPREAD = 0.15, 0.15

WIDE = {
    "Intercept": bg.Prior("Normal", sigma=50),
    "slopes": bg.Prior("Normal", sigma=50),
}
WIDE_SD = {"sd": bg.Prior("HalfNormal", sigma=10)}

SEX_RACE = {"sex": {1: "male", 2: "female"}, "race": {1: "white", 2: "non-white"}}
ASIAN = "Asian, Non-Hispanic"
FOUR = {1: "1", 2: "2", 3: "3", 4: "4"}

ESTIMATES = {
    "crossover, treatment": {"Intercept": (-1.0788, 0.2808), "trt": (0.5600, 0.3777)},
    "crossover, treatment and period": {
        "Intercept": (-1.2186, 0.3441),
        "trt": (0.5582, 0.3784),
        "period": (0.2743, 0.3768),
    },
    "crossover, interaction": {
        "Intercept": (-1.5404, 0.4499),
        "trt": (1.1097, 0.5739),
        "period": (0.8473, 0.5820),
        "trt:period": (-1.0227, 0.7710),
    },
    "ohio": {
        "Intercept": (-7.7949302, 0.0234154),
        "sex[female]": (-1.1021170, 0.0070715),
        "race[non-white]": (-0.0474948, 0.0103257),
        "year": (0.0366854, 0.0005224),
    },
    "polls, sex and race": {
        "Intercept": (0.44523, 0.10139),
        "black": (-1.74161, 0.20954),
        "female": (-0.09705, 0.09511),
    },
    "polls, education and age": {
        "Intercept": (0.31206, 0.19438),
        "black": (-1.74378, 0.21124),
        "female": (-0.09681, 0.09593),
        "edu[2]": (0.23282, 0.16569),
        "edu[3]": (0.51598, 0.17921),
        "edu[4]": (0.31585, 0.17454),
        "age[2]": (-0.29222, 0.12352),
        "age[3]": (-0.06744, 0.13738),
        "age[4]": (-0.22509, 0.16142),
    },
    # Six years leave the spread between years, and with it the intercept's standard deviation, to
    # the prior; the columns that vary within years are the likelihood's.
    "maternal": {
        "ethnicity[Black, Non-Hispanic]": (1.30980, 0.02651),
        "ethnicity[White, Non-Hispanic]": (0.28093, 0.02629),
        "ethnicity[Hispanic]": (0.15501, 0.02728),
        "ethnicity[American Indian or Alaska Native, Non-Hispanic]": (1.65526, 0.06316),
        "ethnicity[Unknown]": (0.03649, 0.02774),
        "age_group[25-39 years]": (0.39250, 0.01858),
        "age_group[40 years and over]": (1.81046, 0.02088),
        "dobbs_era[Post-Dobbs]": (-0.19599, 0.02363),
    },
    # 15 herds: the spread between herds is uncertain, and the posterior averages over it.
    "cbpp": {
        "period[2]": (-0.991925, 0.30315),
        "period[3]": (-1.12822, 0.32283),
        "period[4]": (-1.57975, 0.42205),
    },
}

MODELS = {
    "crossover, treatment": (
        "crossover",
        bg.specify("outcome ~ trt", family="bernoulli", priors=WIDE),
    ),
    "crossover, treatment and period": (
        "crossover",
        bg.specify("outcome ~ trt + period", family="bernoulli", priors=WIDE),
    ),
    "crossover, interaction": (
        "crossover",
        bg.specify("outcome ~ trt * period", family="bernoulli", priors=WIDE),
    ),
    "ohio": (
        "ohio_cancer",
        bg.specify(
            "death ~ sex + race + year + (1 | county)",
            family="poisson",
            exposure="pop",
            per=100_000,
            labels=SEX_RACE,
            priors=WIDE | WIDE_SD,
        ),
    ),
    "polls, sex and race": (
        "polls",
        bg.specify(
            "bush ~ black + female + (1 | state)",
            family="bernoulli",
            missing="drop",
            priors=WIDE | WIDE_SD,
        ),
    ),
    "polls, education and age": (
        "polls",
        bg.specify(
            "bush ~ black + female + edu + age + (1 | state)",
            family="bernoulli",
            missing="drop",
            labels={"edu": FOUR, "age": FOUR},
            priors=WIDE | WIDE_SD,
        ),
    ),
    "maternal": (
        "maternal_518",
        bg.specify(
            "maternal_deaths ~ ethnicity + age_group + dobbs_era + (1 | year)",
            family="negative_binomial",
            exposure="live_births",
            per=100_000,
            reference={"ethnicity": ASIAN, "age_group": "Under 25 years", "dobbs_era": "Pre-Dobbs"},
            priors=WIDE | WIDE_SD,
        ),
    ),
    "cbpp": (
        "cbpp",
        bg.specify(
            "p(incidence, size) ~ period + (1 | herd)",
            family="binomial",
            labels={"period": FOUR},
            priors=WIDE | WIDE_SD,
        ),
    ),
}

# Many groups: the posterior mean of their standard deviation is near the maximum, too.
DEVIATIONS = {
    "ohio": ("sd(1|county)", 0.204),
    "polls, sex and race": ("sd(1|state)", 0.4113),
    "polls, education and age": ("sd(1|state)", 0.4168),
}


@pytest.mark.parametrize("name", list(MODELS))
def test_posterior_agrees_with_maximum_likelihood(name: str, request: pytest.FixtureRequest):
    dataset, spec = MODELS[name]
    if dataset != "crossover":
        request.getfixturevalue("data_folder")
    fit = bg.Model(spec, bg.datasets.load(dataset)).fit(seed=seed(11), progress=False)
    mixed(fit)
    found = fit.fixef().frame.set_index("")
    expected = pd.DataFrame(ESTIMATES[name], index=["estimate", "se"]).T
    found = found.loc[expected.index]
    distance = np.abs(found["mean"] - expected["estimate"])
    allowed = BIAS * found["sd"] + bound(len(found), scatter=0.1) * found["mcse_mean"]
    comparison = pd.DataFrame({"distance": distance, "allowed": allowed, "sd": found["sd"]})
    assert (distance <= allowed).all(), comparison
    assert np.allclose(found["sd"], expected["se"], rtol=SPREAD), comparison.join(expected)
    if name in DEVIATIONS:
        from bayesglmm.posterior import random_part

        label, deviation = DEVIATIONS[name]
        frame = random_part(fit.posterior).frame.set_index("")
        assert frame.loc[label, "median"] == pytest.approx(deviation, rel=SPREAD)


def test_crossover_spread_lies_near_exact_maximum_likelihood(crossover_fit: bg.Fit):
    # Exact maximum likelihood gives 4.91, Laplace 23.5.
    spread = np.median(crossover_fit.draws.flat("1|ID_sigma"))
    assert 3.5 < spread < 7
    mixed(crossover_fit)
