"""Rows beyond the outermost knots of a spline are said to be, wherever they are predicted."""

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg

N = 60
X = 2 + 6 * (np.arange(N) % 30) / 29
DATA = pd.DataFrame(
    {
        "y": np.sin(np.arange(N)),
        "x": X,
        "n": 1 + np.arange(N) % 7,
        "f": np.tile(list("pq"), N // 2),
        "g": np.repeat(list("abcdef"), N // 6),
    }
)
SPLINE = "bs(x, df=4) is asked for beyond its outermost knots, 2 and 8"


@pytest.fixture(scope="module")
def fit():
    return make_fit(bg.Model("y ~ f + bs(x, df=4) + (1 | g)", DATA))


def notes(table):
    return [note for note in table.notes if "outermost knots" in note]


def rows(*x):
    return pd.DataFrame({"x": x, "f": "p", "g": "a"})


def test_rows_within_the_knots_have_no_note(fit):
    inside = rows(2.0, 5.0, 8.0)
    for table in (
        *(fit.predictions(), fit.predictions(inside), fit.predict(), fit.predict(inside)),
        *(
            fit.avg_predictions(),
            fit.slopes("x"),
            fit.comparisons({"x": (3, 8)}),
            fit.moments(inside),
        ),
        *(fit.comparisons("f", inside), fit.group_rates("g"), fit.variance()),
    ):
        assert notes(table) == []


# What is asked of five rows, two of them beyond the knots.
ASKED = {
    "predictions": lambda fit, new: fit.predictions(new),
    "observed": lambda fit, new: fit.predictions(new, re="observed"),
    "predict": lambda fit, new: fit.predict(new),
    "comparisons": lambda fit, new: fit.comparisons("f", new),
    "slopes": lambda fit, new: fit.slopes("x", new),
    "moments": lambda fit, new: fit.moments(new),
    "poststratify": lambda fit, new: fit.poststratify(new.assign(w=1), weights="w"),
    "averages": lambda fit, new: fit.avg_predictions(new),
    "groups": lambda fit, new: fit.group_rates("g", at=new),
    "spread": lambda fit, new: fit.population_interval("g", at=new),
    "variance": lambda fit, new: fit.variance(at=new),
}


@pytest.mark.parametrize("asked", ASKED)
def test_rows_beyond_the_knots_are_counted_and_how_far_is_said(fit, asked):
    (note,) = notes(ASKED[asked](fit, rows(-1.0, 2.0, 5.0, 8.0, 12.5)))
    assert note.startswith(f"In 2 of 5 rows {SPLINE} (down to -1 and up to 12.5): there its last")


def test_rows_that_are_alike_are_counted_each(fit):
    (note,) = notes(fit.predictions(rows(9.0, 9.0, 5.0)))
    assert note.startswith(f"In 2 of 3 rows {SPLINE} (up to 9)")
    (note,) = notes(fit.predictions(fit.grid(x=1)))
    assert note.startswith(f"In this row {SPLINE} (down to 1)")


def test_a_step_beyond_the_knots_counts(fit):
    (note,) = notes(fit.comparisons({"x": 3}, rows(2.0, 4.9, 6.0)))
    assert note.startswith(f"In 1 of 3 rows {SPLINE} (up to 9)")
    (note,) = notes(fit.avg_comparisons({"x": (2, 20)}))
    assert "(up to 20)" in note


@pytest.mark.parametrize(
    ("formula", "spline"),
    [
        ("y ~ bs(log(x), df=4)", "bs(log(x), df=4) is asked for beyond its outermost knots, 0.69"),
        ("y ~ f*bs(x, df=4)", SPLINE),
        ("y ~ x + (0 + bs(x, df=4) | g)", SPLINE),
        ("y ~ bs(x, df=4) + (0 + bs(x, df=4) | g)", SPLINE),
    ],
)
def test_splines_anywhere_in_the_formula(formula, spline):
    found = make_fit(bg.Model(formula, DATA))
    (note,) = notes(found.predict(rows(3.0, 9.0)))
    assert note.startswith(f"In 1 of 2 rows {spline}")


def test_knots_that_the_data_lie_beyond():
    found = make_fit(bg.Model("y ~ bs(x, df=4, upper_bound=6)", DATA))
    (note,) = notes(found.predict())
    beyond = np.count_nonzero(X > 6)
    assert note.startswith(f"In {beyond} of 60 rows bs(x, df=4, upper_bound=6) is asked for")
