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


def test_an_offset_beyond_any_logarithm_is_refused():
    with pytest.raises(DataError, match=r"offset reaches .* on the log scale.*Write offset\(log"):
        look("events ~ x + offset(population)", counts("population"), family="poisson")


def test_a_logged_column_is_an_offset():
    data = counts("population").assign(log_pop=lambda rows: np.log(rows["population"]))
    found = look("events ~ x + offset(log_pop)", data, family="poisson")
    assert "EXPOSURE" not in found.codes
