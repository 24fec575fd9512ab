"""Slopes against closed forms, through every transform and however far values lie apart."""

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.errors import DataError

DOSE = np.exp(np.linspace(-9, 9, 40))  # from 0.0001 to 8,000
DATA = pd.DataFrame({"dose": DOSE, "x": np.linspace(-2, 3, 40), "g": list("abcd") * 10})
DATA = DATA.assign(y=np.sin(np.arange(40)), k=np.arange(40) % 3, n=np.arange(40), far=1.7e9 + DOSE)

# Right-hand side, column, coefficients, the slope of the linear predictor in closed form.
KNOWN = [
    ("log(dose)", "dose", {"log(dose)": 2}, lambda d: 2 / d["dose"]),
    ("sqrt(dose)", "dose", {"sqrt(dose)": 3}, lambda d: 1.5 / np.sqrt(d["dose"])),
    ("dose + I(dose**2)", "dose", {"dose": 1, "I(dose ** 2)": 1}, lambda d: 1 + 2 * d["dose"]),
    ("x + I(x**2)", "x", {"x": 1, "I(x ** 2)": 0.5}, lambda d: 1 + d["x"]),
    ("exp(x)", "x", {"exp(x)": 1}, lambda d: np.exp(d["x"])),
    ("center(x)", "x", {"center(x)": 4}, lambda d: 4 + 0 * d["x"]),
    ("scale(x)", "x", {"scale(x)": 4}, lambda d: 4 / DATA["x"].std(ddof=0) + 0 * d["x"]),
    ("poly(x, 3, raw=True)", "x", {"poly(x, 3, raw=True)[2]": 1}, lambda d: 3 * d["x"] ** 2),
    ("x:dose", "x", {"x:dose": 2}, lambda d: 2 * d["dose"]),
    ("g:x", "x", {"g:x[b]": 2}, lambda d: 2.0 * (d["g"] == "b")),
    ("log1p(n)", "n", {"log1p(n)": 1}, lambda d: 1 / (1 + d["n"])),
    ("far", "far", {"far": 5}, lambda d: 5 + 0 * d["far"]),
    ("g + offset(log(dose))", "dose", {}, lambda d: 1 / d["dose"]),
    ("I(x > 0.31)", "x", {"I(x > 0.31)": 7}, lambda d: 0 * d["x"]),
]


@pytest.mark.parametrize(("right", "column", "known", "slope"), KNOWN)
def test_slopes_in_closed_form(right, column, known, slope):
    fit = make_fit(bg.Model(f"y ~ {right}", DATA), known, noise=0)
    expected = slope(DATA).to_numpy(dtype=float)
    found = fit.slopes(column).frame["median"].to_numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9 * np.abs(expected).max())
    average = fit.avg_slopes(column).frame["median"].item()
    assert average == pytest.approx(expected.mean(), rel=1e-6)
    order = DATA.iloc[::-3]
    again = fit.slopes(column, order.drop(columns="y")).frame["median"].to_numpy()
    np.testing.assert_allclose(again, found[::-3], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("right", ["poly(x, 3)", "bs(x, df=6)", "bs(x, df=5, degree=2)"])
def test_slopes_of_bases(right):
    """Beside wide central differences of predictions, whose error is about 1e-6 of the curve."""
    model = bg.Model(f"y ~ {right}", DATA)
    names = model.design.predictor.fixed.names
    fit = make_fit(model, {name: 1.0 + place for place, name in enumerate(names)}, noise=0)
    rows = DATA.iloc[1:-1].drop(columns="y")
    high, low = (
        fit.predictions(rows.assign(x=rows["x"] + step)).frame["median"] for step in (1e-4, -1e-4)
    )
    found = fit.slopes("x", rows).frame["median"]
    np.testing.assert_allclose(found, (high - low) / 2e-4, atol=1e-3)


def test_slopes_of_means_and_of_groups():
    """Poisson with a slope of each group: d/dx exp(eta) = exp(eta) (b + b_g) / x."""
    model = bg.Model("k ~ log(dose) + (0 + log(dose) | g)", DATA, family="poisson")
    effects = {"log(dose)|g": {"a": 0.1, "b": -0.2, "c": 0.0, "d": 0.3}}
    fit = make_fit(model, {"log(dose)": 0.4, "Intercept": 0.2}, effects, noise=0)
    own = 0.4 + DATA["g"].map(effects["log(dose)|g"])
    mean = np.exp(0.2 + own * np.log(DATA["dose"]))
    found = fit.slopes("dose", re="observed").frame["median"]
    np.testing.assert_allclose(found, mean * own / DATA["dose"], rtol=1e-6)
    average = fit.avg_slopes("dose", re="observed", by="g").frame["median"]
    expected = (mean * own / DATA["dose"]).groupby(DATA["g"]).mean()
    np.testing.assert_allclose(average, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("right", "column"),
    [("sqrt(n)", "n"), ("I(x > 0)", "x"), ("abs(x)", "x")],
)
def test_where_there_is_no_slope_the_row_and_the_step_are_named(right, column):
    fit = make_fit(bg.Model(f"y ~ {right}", DATA), noise=0)
    rows = DATA.head(2).drop(columns="y").assign(**{column: [1.0, 0.0]})
    with pytest.raises(DataError, match=f"not defined in row 1, where {column} = 0: .* a step of"):
        fit.slopes(column, rows)


@pytest.mark.parametrize(
    ("right", "at", "slope"),
    [("abs(x)", 1e-300, 1.0), ("I(abs(x)**3)", 0.0, 0.0)],
)
def test_where_a_column_bends_no_more_than_smoothly_there_is_one(right, at, slope):
    model = bg.Model(f"y ~ {right}", DATA)
    fit = make_fit(model, {model.design.predictor.fixed.names[0]: 1.0}, noise=0)
    rows = DATA.head(1).drop(columns="y").assign(x=[at])
    assert fit.slopes("x", rows).frame["median"].item() == pytest.approx(slope, abs=1e-6)
