"""Count or rate: exposures unused, or used as something else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look, one
from seeds import generator

from bayesglmm.errors import DataError


def counts(name: str) -> pd.DataFrame:
    """Counts that grow with a column, and one that does not matter."""
    rng = generator(4)
    size = np.exp(rng.uniform(5, 11, size=120)).round()
    return pd.DataFrame(
        {
            "events": rng.poisson(0.002 * size),
            "x": rng.normal(size=120),
            "noise": rng.uniform(1, 5, size=120),
            name: size,
        }
    )


@pytest.mark.parametrize(
    "name",
    ["population", "pop", "live_births", "PersonYears", "person-time", "n_at_risk", "follow_up"],
)
def test_an_exposure_by_name(name):
    finding = one(look("events ~ x", counts(name), family="poisson"), "EXPOSURE")
    assert "by its name" in finding.sentence
    assert f"exposure='{name}'" in finding.fix


def test_an_exposure_by_behaviour_is_a_note():
    finding = one(look("events ~ x", counts("inhabitants"), family="poisson"), "EXPOSURE", "note")
    assert "by how it behaves" in finding.sentence


@pytest.mark.parametrize("name", ["rate", "zip_code", "id"])
def test_names_that_are_no_exposure(name):
    assert "EXPOSURE" not in look("events ~ x", counts(name), family="poisson").codes


def test_it_is_silent_where_the_exposure_is_used():
    data = counts("population")
    declared = look("events ~ x", data, family="poisson", exposure="population")
    offset = look("events ~ x + offset(log(population))", data, family="negative_binomial")
    assert "EXPOSURE" not in declared.codes + offset.codes


def test_it_is_silent_where_there_is_no_count():
    data = counts("population").assign(events=lambda rows: rows["events"] / 7)
    assert "EXPOSURE" not in look("events ~ x", data).codes


def test_an_exposure_as_a_predictor():
    data = counts("population")
    finding = one(look("events ~ population", data, family="poisson"), "EXPOSURE")
    assert "is a predictor" in finding.sentence
    logged = one(look("events ~ log(population)", data, family="poisson"), "EXPOSURE", "note")
    assert "coefficient of its own" in logged.sentence


def test_an_offset_that_is_no_logarithm():
    data = counts("population").assign(millions=lambda rows: rows["population"] / 1e6)
    finding = one(look("events ~ x + offset(millions)", data, family="poisson"), "EXPOSURE")
    assert "multiplied by exp(millions)" in finding.sentence
    assert finding.fix == "Write offset(log(millions)), or exposure='millions'."


def test_a_name_that_holds_log_is_no_logarithm():
    data = counts("millions").rename(columns={"millions": "catalog"})
    data["catalog"] = data["catalog"] % 5 + 1
    finding = one(look("events ~ x + offset(catalog)", data, family="poisson"), "EXPOSURE")
    assert finding.fix == "Write offset(log(catalog)), or exposure='catalog'."


def test_an_offset_beyond_any_logarithm_is_refused():
    with pytest.raises(DataError, match=r"offset reaches .* on the log scale.*Write offset\(log"):
        look("events ~ x + offset(population)", counts("population"), family="poisson")


def test_a_logged_column_is_an_offset():
    data = counts("population").assign(log_pop=lambda rows: np.log(rows["population"]))
    found = look("events ~ x + offset(log_pop)", data, family="poisson")
    assert "EXPOSURE" not in found.codes


def seizures() -> pd.DataFrame:
    """Seizures of 60 patients in proportion to those at baseline."""
    rng = generator(43)
    base = np.exp(rng.normal(3.5, 1.0, size=60)).round() + 10
    visits = np.repeat(base, 4)
    return pd.DataFrame(
        {
            "y": rng.poisson(visits / 4 * np.exp(rng.normal(0, 0.3, size=240))),
            "first_eight_weeks": visits,
            "size": np.log(visits / 4).round(3),
            "inverse": 1 / visits,
            "x": rng.normal(size=240),
        }
    )


@pytest.mark.parametrize("term", ["size", "log(first_eight_weeks / 4)", "inverse"])
def test_a_baseline_that_is_in_the_model_on_another_scale(term):
    assert "EXPOSURE" not in look(f"y ~ {term} + x", seizures(), family="poisson").codes


def test_the_same_column_is_found_where_it_is_not_in_the_model():
    finding = one(look("y ~ x", seizures(), family="poisson"), "EXPOSURE", "note")
    assert "first_eight_weeks looks like an exposure (by how it behaves)" in finding.sentence


@pytest.mark.parametrize("name", ["base", "baseline_seizures", "plant_density", "previousCount"])
def test_earlier_counts_and_densities_are_no_exposure(name):
    data = seizures().rename(columns={"first_eight_weeks": name})
    assert "EXPOSURE" not in look("y ~ x", data, family="poisson").codes


def owls(name: str) -> pd.DataFrame:
    """Calls of broods of 1 to 7 chicks, overdispersed."""
    rng = generator(44)
    size = rng.integers(1, 8, size=600)
    calls = rng.poisson(1.5 * size * rng.gamma(1.0, 1.0, size=600))
    return pd.DataFrame({"calls": calls, "x": rng.normal(size=600), name: size})


@pytest.mark.parametrize("name", ["BroodSize", "litter_size", "n_animals", "trap nights"])
def test_how_many_there_were(name):
    found = look("calls ~ x", owls(name), family="negative_binomial")
    finding = one(found, "EXPOSURE")
    assert f"{name} looks like an exposure (by its name) and is not used" in finding.sentence
    data = owls(name).rename(columns={name: "chicks"})
    offset = look("calls ~ x + offset(log(chicks))", data, family="negative_binomial")
    assert "EXPOSURE" not in offset.codes


def test_how_many_there_were_as_a_predictor_or_without_a_bearing():
    found = look("calls ~ x + log(BroodSize)", owls("BroodSize"), family="poisson")
    assert "EXPOSURE" not in found.codes
    data = owls("chicks").assign(BroodSize=np.tile(np.arange(1, 7), 100))
    data["calls"] = generator(45).poisson(5, size=600)
    assert "EXPOSURE" not in look("calls ~ x", data, family="poisson").codes
