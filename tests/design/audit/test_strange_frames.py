"""Columns that are not used may hold anything: the audit reads them and does not fail."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from audit_maker import look
from seeds import generator

from bayesglmm.design import make_design
from bayesglmm.design.audit import audit
from bayesglmm.errors import DataError
from bayesglmm.spec import specify

N = 60
STRANGE = {
    "nullable integers": pd.array([1, None] * (N // 2), dtype="Int64"),
    "nullable booleans": pd.array([True, None] * (N // 2), dtype="boolean"),
    "booleans": np.arange(N) % 2 == 0,
    "all missing": np.full(N, np.nan),
    "nothing": [None] * N,
    "infinite": np.r_[np.inf, -np.inf, np.arange(N - 2.0)],
    "complex": np.arange(N) * 1j,
    "mixed": [1, "a", None, 2.5] * (N // 4),
    "lists": [[1]] * N,
    "dictionaries": [{}] * N,
    "dates": pd.date_range("2020-01-01", periods=N),
    "dates, some missing": pd.to_datetime([None, "2020-01-01"] * (N // 2)),
    "zones": pd.date_range("2020-01-01", periods=N, tz="UTC"),
    "periods": pd.period_range("2020-01", periods=N, freq="M"),
    "spans": pd.to_timedelta(np.arange(N), unit="D"),
    "python dates": pd.date_range("2020-01-01", periods=N).date,
    "intervals": pd.interval_range(0, N),
    "categories": pd.Categorical(np.arange(N).astype(str)),
    "category dates": pd.Categorical(pd.date_range("2020-01-01", periods=N).strftime("%Y-%m-%d")),
    "wrong dates": ["2020-13-45"] * N,
    "month": ["January"] * N,
    "year": np.r_[np.nan, np.full(N - 1, 2020.0)],
    "big": [10**30] * N,
    "": np.arange(N),
    7: np.arange(N) + 1.0,
    ("a", 1): np.arange(N) + 1.0,
}


def rows() -> pd.DataFrame:
    rng = generator(19)
    return pd.DataFrame(
        {"k": rng.poisson(4, size=N), "x": rng.normal(size=N), "g": np.arange(N) % 10}
    )


@pytest.mark.parametrize("name", STRANGE, ids=str)
def test_a_column_that_is_not_used(name):
    data = rows()
    data[name] = STRANGE[name]
    for family in ("poisson", "gaussian"):
        found = look("k ~ x + (1 | g)", data, family=family)
        assert found.errors == ()
        assert repr(found)


def test_two_columns_of_one_name():
    data = pd.concat([rows(), rows()[["x"]].set_axis(["other"], axis=1)], axis=1)
    data = pd.concat([data, data[["other"]]], axis=1)
    assert look("k ~ x + (1 | g)", data, family="poisson").errors == ()


def test_an_index_that_repeats():
    data = rows().set_index(np.zeros(N))
    data["k"] = data["k"].where(np.arange(N) != 5)
    (finding,) = look("k ~ x + (1 | g)", data, family="poisson", missing="drop").warnings
    assert (finding.code, finding.rows) == ("LOST", (5,))


def test_new_data_have_no_audit():
    design = make_design(specify("k ~ x", family="poisson"), rows())
    with pytest.raises(DataError, match="no responses"):
        audit(design.apply(rows()))
