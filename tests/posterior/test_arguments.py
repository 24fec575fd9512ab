"""Arguments of the wrong kind: every public call says so itself, and says what to write."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, count_model

import bayesglmm as bg
from bayesglmm.errors import BayesglmmError, DataError, SpecError, brief
from bayesglmm.posterior.arguments import check_share
from bayesglmm.posterior.column_arguments import names_of


class Odd:
    """What nobody would pass."""

    def __repr__(self) -> str:
        return "odd " * 40


FRAME = pd.DataFrame({"q": [1.0]})
WRONG = [True, 3, 2.5, -1, np.nan, np.inf, "nonsense", b"x", Path("x"), None, Odd(), len]
WRONG += [{"a": 1}, {"a"}, [], [3], [["a"]], np.arange(3.0), pd.Series([1.0, 2.0]), FRAME]
WRONG += [pd.DataFrame()]
SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]]
GEOJSON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "site A"},
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
        }
    ],
}

NUMBER = (3, 2.5)
SCALE = {"scale": (), "re": (), "exposure": (*NUMBER, None), "weights": (None,), "mass": ()}
ROWS = {"newdata": (None,), "by": (None, [])}
CALLS: dict[str, tuple[dict, dict]] = {
    "table": ({}, {"mass": ()}),
    "ratios": ({}, {"mass": ()}),
    "fixef": ({}, {"mass": ()}),
    "cells": ({}, {"mass": ()}),
    "ratio_plot": ({}, {"mass": ()}),
    "ranef": ({"factor": "site"}, {"factor": (), "mass": ()}),
    "rank_plot": ({"factor": "site"}, {"factor": (), "mass": ()}),
    "shrinkage_plot": ({"factor": "site"}, {"factor": (), "mass": ()}),
    "group_rates": (
        {"factor": "site"},
        {"factor": (), "over": (), "at": (None,), "threshold": (*NUMBER, -1, None), "mass": ()},
    ),
    "population_interval": (
        {"factor": "site"},
        {"factor": (), "share": (), "at": (None,), "mass": ()},
    ),
    "map": (
        {"factor": "site", "geojson": GEOJSON, "key": "name"},
        {"factor": (), "geojson": (), "key": (), "mass": (), "threshold": (*NUMBER, -1, None)},
    ),
    "variance": ({}, {"exposure": (*NUMBER, None), "at": (None,), "counts": (), "mass": ()}),
    "predict": ({}, {"new": (None,), "kind": (), "exposure": (*NUMBER, None), "mass": ()}),
    "poststratify": (
        {"frame": "population", "weights": "w"},
        {"frame": (), "by": (None, []), "weights": (), "mass": ()},
    ),
    "strata": ({"population": None}, {"population": ()}),
    "strata_plot": ({"population": None}, {"population": ()}),
    "predictions": ({}, ROWS | SCALE),
    "avg_predictions": ({}, ROWS | SCALE),
    "comparisons": ({"variables": "sex"}, {"variables": ()} | ROWS | SCALE),
    "avg_comparisons": ({"variables": "sex"}, {"variables": ()} | ROWS | SCALE),
    "slopes": ({"variables": "x"}, {"variables": ()} | ROWS | SCALE),
    "avg_slopes": ({"variables": "x"}, {"variables": ()} | ROWS | SCALE),
    "moments": (
        {"newdata": "population"},
        {"newdata": (), "exposure": (*NUMBER, None), "mass": ()},
    ),
    "ml": ({}, {"quadrature": ()}),
    "parity": ({}, {"quadrature": (None,)}),
    "recovery": ({"truth": {"Intercept": 1.0}}, {"truth": (), "mass": ()}),
    "lint": ({}, {"text": ("nonsense",)}),
    "sensitivity": ({}, {"refits": (True,), "mass": (), "progress": (True,)}),
    "report": (
        {"path": "x.html", "opinion": False},
        {
            "path": ("nonsense", Path("x")),
            "opinion": (True, len, None),
            "population": (None,),
            "comparison": (None,),
            "sensitivity": (None,),
            "geography": (None,),
        },
    ),
}
"""Method to what it needs, and each argument to which of `WRONG` it takes."""


@cache
def fit() -> bg.Fit:
    return count_fit()


@cache
def population() -> pd.DataFrame:
    return fit().design.given.head(4).assign(w=1.0)


def is_among(value: object, some: tuple) -> bool:
    return any(value is other or (type(value) is type(other) and value == other) for other in some)


@pytest.mark.parametrize(
    ("method", "argument"), [(name, argument) for name, (_, of) in CALLS.items() for argument in of]
)
def test_what_is_no_such_argument_is_refused(method, argument):
    needed, arguments = CALLS[method]
    given = {k: population() if v == "population" else v for k, v in needed.items()}
    for value in WRONG:
        if is_among(value, arguments[argument]):
            continue
        with pytest.raises(BayesglmmError) as error:
            getattr(fit(), method)(**given | {argument: value})
        first = str(error.value).splitlines()[0]
        assert len(first) < 400
        assert "odd odd" not in first
        assert "object at 0x" not in first


FITS = {
    "compare": bg.compare,
    "side_by_side": bg.side_by_side,
    "evaluate": lambda fits: bg.evaluate(fits, None),
    "write_report": lambda fits: bg.write_report(fits, "x.html"),
    "poststratify": lambda fit: bg.poststratify(fit, population(), weights="w"),
    "lint": lambda fit: bg.lint("text", fit),
}


@pytest.mark.parametrize("call", FITS)
def test_what_is_no_fit_is_refused(call):
    alone = () if call in ("poststratify", "lint") else (fit(), [fit(), 3], {"a": fit(), "b": 3})
    for value in [*WRONG, *alone]:
        with pytest.raises(BayesglmmError):
            FITS[call](value)


@pytest.mark.parametrize("argument", ["unit", "factor"])
def test_words_of_a_comparison(argument):
    for value in WRONG:
        given = {"unit": "group", argument: value}
        if not (argument == "factor" and value is None):
            with pytest.raises(SpecError):
                bg.compare({"a": fit(), "b": fit()}, **given)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: fit().avg_comparisons("sex", by=True), SpecError, "by=True names no columns"),
        (
            lambda: fit().group_rates("site", at={"sex": "male"}),
            DataError,
            r"at=\{.*\} is no DataFrame\. Pass rows as one; grid\(\) makes one\.",
        ),
        (
            lambda: fit().map("site", "counties.geojson", "name"),
            SpecError,
            r"geojson='counties.geojson' is no parsed GeoJSON\. Read the file first",
        ),
        (lambda: fit().ranef(["site"]), SpecError, r"grouping factor \['site'\]"),
        (lambda: fit().table(mass="95%"), SpecError, r"mass='95%' is no number.*such as 0\.95"),
        (lambda: fit().table(mass=95), SpecError, r"mass=95 must lie between 0 and 1. Write 0\.95"),
        (
            lambda: bg.side_by_side(fit()),
            SpecError,
            r"Write \{'with era': fit, 'without': other\}",
        ),
        (
            lambda: fit().comparisons({"sex": np.array(["male"])}),
            SpecError,
            r"\{'sex': \['male'\]\} compares nothing",
        ),
    ],
)
def test_messages(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("name", ["median", "cells", "lower", "r_hat", "mcse_median", "rows"])
@pytest.mark.parametrize("argument", ["by", "weights"])
def test_a_population_does_not_name_its_columns_like_the_answer(name, argument):
    frame = population().rename(columns={"w": "v"}).assign(w=1.0, **{name: 1.0})
    given = {"by": "sex", "weights": "w"} | {argument: name}
    with pytest.raises(DataError, match=f"'{name}' is also the name of a column of the answer"):
        fit().poststratify(frame, **given)


def test_a_column_that_the_population_lacks_is_not_to_be_renamed():
    with pytest.raises(DataError, match="Unknown column of the population 'median'"):
        fit().poststratify(population(), by="median", weights="w")


def test_cells_are_not_weighed_by_what_splits_them():
    with pytest.raises(SpecError, match="both name 'w'"):
        fit().poststratify(population(), "w", weights="w")


@pytest.mark.parametrize("name", ["median", "lower", "P(>0)", "mcse_median", "comparison"])
def test_columns_of_the_data_named_like_the_answer_are_told_apart(name):
    rows = binary_fit().design.given
    table = binary_fit().avg_comparisons(
        "trt", rows.assign(**{name: np.arange(len(rows)) % 2}), by=name
    )
    assert table.frame[f"{name} (data)"].tolist() == [0, 1]
    assert table.frame["median"].notna().all()


@pytest.mark.parametrize(
    "given", [["sex"], ("sex",), {"sex"}, np.array(["sex"]), pd.Index(["sex"])]
)
def test_several_names_may_come_in_any_list(given):
    assert names_of("by", given) == ("sex",)
    found = fit().avg_predictions(by=given).frame
    pd.testing.assert_frame_equal(found, fit().avg_predictions(by="sex").frame)


@pytest.mark.parametrize("pair", [["female", "male"], np.array(["female", "male"])])
def test_a_pair_of_levels_may_come_in_any_list(pair):
    found = fit().avg_comparisons({"sex": pair}).frame
    pd.testing.assert_frame_equal(found, fit().avg_comparisons({"sex": ("female", "male")}).frame)


@pytest.mark.parametrize("mass", [0.9, np.float32(0.9), np.float64(0.9)])
def test_shares(mass):
    check_share("mass", mass)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        ("a", "'a'"),
        (FRAME, "a DataFrame"),
        (np.arange(99.0), "a ndarray"),
        (None, "None"),
    ],
)
def test_values_in_messages(value, text):
    assert brief(value) == text


@pytest.mark.parametrize("draws", [one for one in WRONG if one is not WRONG[1]] + [0, 1])
def test_the_prior_predictive_takes_a_whole_number_of_draws(draws):
    with pytest.raises(SpecError, match="must be a whole number, 2 or more"):
        count_fit_model().prior_predictive(draws=draws)


@pytest.mark.parametrize("wrong", ["x", -1, 2.5, [1], True])
def test_the_prior_predictive_takes_a_seed(wrong):
    with pytest.raises(SpecError, match=r"seed=.* must be a whole number"):
        count_fit_model().prior_predictive(draws=100, seed=wrong)


@cache
def count_fit_model() -> bg.Model:
    return count_model()


@pytest.mark.parametrize("variables", [3, None, []])
def test_slopes_are_drawn_of_names(variables):
    with pytest.raises(SpecError):
        count_fit().plot_slopes(variables)
