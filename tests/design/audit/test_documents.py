"""Mistakes of published analyses of the four data sets, set up as they were: each is found."""

from __future__ import annotations

import pandas as pd
import pytest
from audit_maker import look, one

import bayesglmm as bg
from bayesglmm.design.audit import Audit

pytestmark = pytest.mark.usefixtures("data_folder")

WITH_ERA = "maternal_deaths ~ ethnicity + age_group + dobbs_era + (1 | year)"
POLLS = "bush ~ black + female + edu * age + (1 | state)"
POLLS_FACTORS = "bush ~ black + female + C(edu) * C(age) + (1 | state)"


@pytest.fixture(scope="module")
def maternal(data_folder) -> Audit:  # noqa: ARG001
    """518 rows, births as exposure."""
    data = bg.datasets.load("maternal_518")
    return look(WITH_ERA, data, family="negative_binomial", exposure="live_births")


@pytest.fixture(scope="module")
def maternal_counts(data_folder) -> Audit:  # noqa: ARG001
    """518 rows, births ignored."""
    return look(WITH_ERA, bg.datasets.load("maternal_518"), family="negative_binomial")


@pytest.fixture(scope="module")
def maternal_raw(data_folder) -> Audit:  # noqa: ARG001
    """The published preprocessing of the raw file, before rows without a count are dropped."""
    raw = bg.datasets.load("maternal_vsrr")
    raw = raw[(raw["year"] <= 2024) & (raw["group"] != "Total")]
    by_age = raw["group"] == "Age"
    post = raw["month_ending"] > "2022-06-30"
    data = raw.assign(
        ethnicity=raw["subgroup"].where(~by_age, "Unknown"),
        age_group=raw["subgroup"].where(by_age, "Unknown"),
        dobbs_era=post.map({False: "Pre-Dobbs", True: "Post-Dobbs"}),
    )
    options = {"family": "negative_binomial", "exposure": "live_births", "missing": "drop"}
    return look(WITH_ERA, data, **options)


@pytest.fixture(scope="module")
def crossover() -> Audit:
    return look(
        "outcome ~ trt * period + (1 | ID)", bg.datasets.load("crossover"), family="bernoulli"
    )


@pytest.fixture(scope="module")
def ohio(data_folder) -> Audit:  # noqa: ARG001
    data = bg.datasets.load("ohio_cancer")
    return look("death ~ sex + race + year + (1 | county)", data, family="poisson", exposure="pop")


@pytest.fixture(scope="module")
def polls(data_folder) -> Audit:  # noqa: ARG001
    return look(POLLS, bg.datasets.load("polls"), family="bernoulli", missing="drop")


@pytest.fixture(scope="module")
def polls_factors(data_folder) -> Audit:  # noqa: ARG001
    return look(POLLS_FACTORS, bg.datasets.load("polls"), family="bernoulli", missing="drop")


def test_s1_the_aliased_level_is_named(maternal):
    finding = one(maternal, "ALIAS")
    assert "age_group[Unknown] = 1 - ethnicity[Unknown]" in finding.sentence
    assert "not identified (aliased with ethnicity)" in finding.sentence
    assert len(finding.rows) == 302


def test_s2_the_same_deaths_in_two_margins(maternal):
    finding = one(maternal, "MARGINS")
    assert "302 rows split by ethnicity and 216 by age_group" in finding.sentence
    assert "57,601 in the one and 59,497 in the other" in finding.sentence
    assert len(finding.rows) == 216


def test_s6_births_are_not_used(maternal_counts):
    finding = one(maternal_counts, "EXPOSURE")
    assert "live_births" in finding.sentence
    assert "correlates 0.77" in finding.sentence
    assert "exposure='live_births'" in finding.fix


def test_s6_is_silent_where_births_are_used(maternal):
    assert "EXPOSURE" not in maternal.codes


def test_s6_population_is_not_used():
    data = bg.datasets.load("ohio_cancer")
    found = look("death ~ C(sex) + C(race) + year + (1 | county)", data, family="poisson")
    assert "exposure='pop'" in one(found, "EXPOSURE").fix


def test_s8_suppressed_counts(maternal_raw):
    finding = one(maternal_raw, "SUPPRESSED")
    assert "no count between 1 and 9 is seen (the smallest above 0 is 10)" in finding.sentence
    assert "suppressed(maternal_deaths, 1, 9)" in finding.fix
    assert "'maternal_deaths' is missing in 81 rows" in finding.sentence
    assert len(finding.rows) == 81


def test_s8_rows_dropped_for_a_small_count(maternal):
    finding = one(maternal, "SELECTED")
    assert "American Indian" in finding.sentence
    assert "has 14 rows where others have 72" in finding.sentence
    assert len(finding.rows) == 14


def test_s9_the_era_is_nearly_a_property_of_the_year(maternal):
    finding = one(maternal, "BETWEEN")
    assert "dobbs_era is constant within 5 of the 6 levels of year" in finding.sentence
    assert len(finding.rows) == 92  # of 2022


def test_s9_windows_overlap(maternal):
    finding = one(maternal, "SERIAL")
    assert "month_ending, 8 series" in finding.sentence
    assert "share most of their events" in finding.sentence
    assert len(finding.rows) == 518


def test_s11_two_binary_rows_a_patient(crossover):
    finding = one(crossover, "SMALLGROUPS")
    assert "67 levels of ID have a median of 2 binary trials" in finding.sentence
    assert "Laplace" in finding.sentence


@pytest.mark.parametrize("column", ["sex", "race"])
def test_s15_codes_one_and_two(ohio, column):
    finding = one(ohio, "CODES", about=f"{column} has the values 1, 2")
    assert f"labels={{'{column}': {{1: '...', 2: '...'}}}}" in finding.fix


@pytest.mark.parametrize("column", ["edu", "age"])
def test_s15_four_codes_as_a_number(polls, column):
    finding = one(polls, "CODES", about=f"{column} has the values 1, 2, 3, 4")
    assert "one straight line through 4 codes" in finding.sentence


def test_s15_bare_codes_are_noted(crossover, polls_factors):
    assert "trt, period" in one(crossover, "CODES", "note").sentence
    assert "edu, age" in one(polls_factors, "CODES", "note").sentence


def test_s16_rescale_variables(ohio):
    finding = one(ohio, "SCALE", "note")
    assert "Uncentred year" in finding.sentence
    assert "very large eigenvalue" in finding.sentence


def test_s18_respondents_and_states_lost(polls):
    finding = one(polls, "LOST")
    assert "2,193 rows read, 178 dropped, 2,015 used" in finding.sentence
    assert "state run from 1 to 51, but 2, 12 have no rows" in finding.sentence
    assert len(finding.rows) == 178


def test_s18_states_are_named_where_they_are_declared():
    states = bg.datasets.load("election88_states").set_index("state")["abbr"]
    data = bg.datasets.load("polls")
    data = data.assign(state=data["state"].map(states).astype(pd.CategoricalDtype(states)))
    found = look("bush ~ black + (1 | state)", data, family="bernoulli", missing="drop")
    assert "2 state levels have no rows: AK, HI" in one(found, "LOST").sentence


def test_s19_the_cells_of_education_and_age(polls_factors):
    finding = one(polls_factors, "CELLS", "note")
    assert "9 coefficients on 16 cells" in finding.sentence
    assert "smallest has 39 rows (edu 1 × age 1)" in finding.sentence
    assert "(1 | edu:age)" in finding.fix


def test_s19_empty_cells_are_listed():
    """Three ways there is a cell without respondents, and a column that cannot be estimated."""
    formula = "bush ~ female + C(black) * C(edu) * C(age) + (1 | state)"
    data = bg.datasets.load("polls")
    found = look(formula, data, family="bernoulli", missing="drop")
    finding = one(found, "CELLS")
    assert "1 of the 32 cells of black:edu:age has no rows" in finding.sentence
    assert "black 1 × edu 4 × age 4" in finding.sentence
    assert "(1 | black:edu:age)" in finding.fix
    assert "ALIAS" in found.codes
