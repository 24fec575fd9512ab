"""Frames of other libraries make the model that the same pandas frame makes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import bayesglmm as bg
from bayesglmm.design.any_frame import as_pandas
from bayesglmm.design.making import make_design
from bayesglmm.errors import DataError

FORMULA = "y ~ x + k + arm + dose + flag + (1 | g)"


def columns() -> dict[str, list[Any]]:
    """Columns whose kinds libraries keep differently."""
    rng = np.random.default_rng(4)  # columns are compared, whatever they hold
    return {
        "y": rng.normal(size=12).tolist(),
        "x": [Decimal("1.5"), Decimal("2.25"), Decimal("3"), *map(Decimal, range(4, 13))],
        "k": [1, 2, None, *range(4, 13)],
        "arm": ["b", "a", "c"] * 4,
        "dose": ["low", "high", "low", "mid"] * 3,
        "flag": [True, False, True, True] * 3,
        "g": ["u", "v", "w"] * 4,
    }


DOSES = ["low", "mid", "high"]


def as_polars() -> pl.DataFrame:
    return pl.DataFrame(columns()).with_columns(
        pl.col("dose").cast(pl.Enum(DOSES)), pl.col("x").cast(pl.Decimal(10, 2))
    )


def as_arrow() -> pa.Table:
    table = pa.table(columns())
    dose = pa.DictionaryArray.from_arrays(
        pa.array([DOSES.index(value) for value in columns()["dose"]]), pa.array(DOSES)
    )
    return table.set_column(table.schema.get_field_index("dose"), "dose", dose)


def as_duckdb() -> duckdb.DuckDBPyRelation:
    connection = duckdb.connect()
    connection.register("given", as_arrow())
    connection.sql("CREATE TYPE doses AS ENUM ('low', 'mid', 'high')")
    return connection.sql("SELECT * REPLACE (dose::VARCHAR::doses AS dose) FROM given")


FRAMES: dict[str, Callable[[], Any]] = {
    "polars": as_polars,
    "polars, lazy": lambda: as_polars().lazy(),
    "PyArrow": as_arrow,
    "DuckDB": as_duckdb,
    "mapping": lambda: columns() | {"dose": pd.Categorical(columns()["dose"], DOSES)},
}


@pytest.mark.parametrize("name", FRAMES)
def test_the_design_is_that_of_the_same_pandas_frame(name: str) -> None:
    pandas = pd.DataFrame(columns()).assign(dose=lambda data: pd.Categorical(data["dose"], DOSES))
    spec = bg.specify(FORMULA, missing="drop")
    ours, theirs = make_design(spec, pandas), make_design(spec, FRAMES[name]())
    assert theirs.predictor.fixed.names == ours.predictor.fixed.names
    assert "dose[high]" in theirs.predictor.fixed.names
    np.testing.assert_array_equal(theirs.predictor.X, ours.predictor.X)
    np.testing.assert_array_equal(theirs.rows.y, ours.rows.y)
    assert theirs.flow == ours.flow
    new = theirs.apply(as_polars().drop("y").drop_nulls())
    np.testing.assert_array_equal(new.predictor.X, ours.predictor.X)


def test_a_polars_categorical_has_the_order_of_its_text() -> None:
    """polars 1.32 and later compare it as text; pandas would get the order of first occurrence."""
    series = pl.Series("arm", ["placebo", "active", "placebo"], dtype=pl.Categorical)
    assert pl.DataFrame(series).to_pandas()["arm"].cat.categories.tolist() == ["placebo", "active"]
    assert pl.DataFrame(series).sort("arm")["arm"].to_list()[0] == "active"
    data = pl.DataFrame({"y": [1.0, 2.0, 4.0], "arm": series})
    assert make_design(bg.specify("y ~ arm"), data).predictor.fixed.names == ("arm[placebo]",)


@pytest.mark.parametrize("value", [3, "data.csv", [1, 2], np.ones((3, 2)), None])
def test_what_is_no_table_is_refused(value: Any) -> None:
    with pytest.raises(DataError, match=r"is no DataFrame. Pass one of pandas, polars"):
        bg.Model("y ~ 1", value)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(DataError, match="different lengths: y 3, x 2"):
        bg.Model("y ~ x", {"y": [1, 2, 3], "x": [1, 2]})


def test_a_pandas_frame_is_not_copied() -> None:
    data = pd.DataFrame({"y": [1.0]})
    assert as_pandas("data", data, "") is data
    assert isinstance(nw.from_native(data), nw.DataFrame)
