"""Curves: the numbers of the tables, the rows of the data, and words that say both."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.pictures.canvas import PALETTE
from bayesglmm.posterior.curves import beneath
from bayesglmm.posterior.curves.beneath import SIZE, X, Y, group_curves, points_of
from bayesglmm.posterior.curves.layout import FEW, POINTS, lay_out
from bayesglmm.posterior.estimands.asked import Asked


def rows(count: int = 120) -> pd.DataFrame:
    rng = generator(8)
    return pd.DataFrame(
        {
            "y": rng.poisson(4, count),
            "x": rng.uniform(0, 9, count).round(2),
            "z": rng.normal(size=count),
            "k": np.tile([1.0, 2.0, 4.0], count // 3),
            "f": np.tile(list("abcd"), count // 4),
            "on": rng.random(count) < 0.5,
            "g": np.repeat([f"site {k}" for k in range(6)], count // 6),
            "h": np.tile([f"day {k}" for k in range(5)], count // 5),
            "days": rng.uniform(1, 20, count).round(1),
        }
    )


@pytest.fixture(scope="module")
def fit():
    model = bg.Model(
        "y ~ x * f + z + k + on + (1 + x | g) + (1 | h)", rows(), family="poisson", exposure="days"
    )
    effects = {"1|g": {"site 2": 0.7}, "1|h": {"day 1": 5.0}}
    return make_fit(model, {"Intercept": -1.0, "x": 0.1}, effects, draws=100)


def axes_of(picture):
    return picture.figure.axes


@pytest.mark.parametrize(
    ("x", "by", "at", "rows_of_grid"),
    [
        ("x", None, None, POINTS),
        ("x", "f", None, 4 * POINTS),
        ("x", ["f", "on"], None, 8 * POINTS),
        ("f", "k", None, 4 * 3),
        ("on", "z", None, 2 * 3),  # quartiles
        ("x", "f", {"x": [1, 2], "f": ["a", "d"]}, 4),
    ],
)
def test_the_grid(fit, x, by, at, rows_of_grid):
    layout = lay_out(fit.design, x, by, at)
    assert len(layout.frame) == rows_of_grid
    assert set(layout.held) == {"x", "f", "z", "k", "on"} - {x} - set(layout.by)


def test_a_number_has_a_curve_at_each_value_or_at_its_quartiles(fit):
    few = lay_out(fit.design, "x", "k", None).frame["k"].unique()
    many = lay_out(fit.design, "x", "z", None).frame["z"].unique()
    assert sorted(few) == [1, 2, 4]
    assert len(few) <= FEW
    np.testing.assert_allclose(sorted(many), fit.design.data["z"].quantile([0.25, 0.5, 0.75]))


def test_a_curve_has_the_numbers_of_the_table(fit):
    picture = fit.plot_predictions("x", "f", points=False, mass=0.8)
    (axes,) = axes_of(picture)
    lines = {line.get_label(): line.get_xydata() for line in axes.lines}
    assert list(lines) == ["f = a", "f = b", "f = c", "f = d"]
    x = np.linspace(fit.design.data["x"].min(), fit.design.data["x"].max(), POINTS)
    table = fit.predictions(fit.grid(x=x, f="c"), mass=0.8)
    np.testing.assert_allclose(lines["f = c"], np.column_stack([x, table.frame["median"]]))
    assert "80 %" in picture.description
    assert "z = " in picture.description


def test_points_are_the_rows_in_the_unit_of_the_curves(fit):
    layout = lay_out(fit.design, "x", "f", None)
    data = fit.design.data
    found = points_of(fit.design, layout, Asked("typical", exposure=7.0))
    np.testing.assert_allclose(found.frame[Y], 7 * data["y"] / fit.design.given["days"])
    np.testing.assert_allclose(found.frame[SIZE], fit.design.given["days"])
    assert list(found.frame["f"]) == list(data["f"])


@pytest.mark.parametrize(
    "asked", [Asked("typical", "link"), Asked("typical", kind="zero"), Asked("typical")]
)
def test_points_only_where_the_picture_is_of_the_response(fit, asked):
    layout = lay_out(fit.design, "x", None, None)
    assert (points_of(fit.design, layout, asked) is None) == (asked != Asked("typical"))


def test_single_outcomes_are_shares_of_bins():
    data = rows().assign(y=lambda d: (d["x"] > 4.5).astype(int))
    fit = make_fit(bg.Model("y ~ x + f + (1 | g)", data, family="bernoulli"), draws=100)
    layout = lay_out(fit.design, "x", "f", None)
    frame = points_of(fit.design, layout, Asked("typical")).frame
    assert frame[SIZE].sum() == len(data)
    assert frame[Y].between(0, 1).all()
    share = (frame[Y] * frame[SIZE]).groupby(frame["f"]).sum()
    np.testing.assert_allclose(share, data.groupby("f")["y"].sum())


def test_categories_have_a_colour_each_and_shares_that_sum_to_one():
    levels = ["poor", "fair", "good"]
    data = rows().assign(
        y=lambda d: pd.Categorical(np.resize(levels, len(d)), levels, ordered=True)
    )
    fit = make_fit(bg.Model("y ~ x + f + (1 | g)", data, family="cumulative"), draws=100)
    layout = lay_out(fit.design, "f", None, None)
    frame = points_of(fit.design, layout, Asked("typical")).frame
    np.testing.assert_allclose(frame.groupby(X)[Y].sum(), 1.0)
    panels = axes_of(fit.plot_predictions("x", "f"))
    assert [axes.get_title() for axes in panels] == ["f = a", "f = b", "f = c", "f = d"]
    assert [line.get_label() for line in panels[0].lines] == levels


def test_groups_differ_by_their_own_factor_alone(fit):
    layout = lay_out(fit.design, "x", None, {"x": [0, 9]})
    found = group_curves(fit.posterior, layout, "g", Asked("typical"))
    assert found.values.shape == (6, 2)
    typical = fit.predictions(layout.frame).frame["median"].to_numpy()
    ratio = found.values / typical
    others = [0, 1, 3, 4, 5]
    np.testing.assert_allclose(ratio[2, 0], np.exp(0.7), rtol=0.1)
    np.testing.assert_allclose(ratio[others], 1.0, rtol=0.15)


def test_of_many_groups_some_are_drawn_and_the_words_say_so(fit, monkeypatch):
    monkeypatch.setattr(beneath, "MOST_GROUPS", 3)
    picture = fit.plot_predictions("x", group="g")
    assert "3 of the 6 groups of g" in picture.description
    (axes,) = axes_of(picture)
    assert len(axes.lines) == 1 + 3


def test_comparisons_and_slopes_show_no_effect_and_hold_what_they_do_not_compare(fit):
    ratio = fit.plot_comparisons("f", "x", scale="ratio")
    (axes,) = axes_of(ratio)
    assert axes.lines[0].get_ydata()[0] == 1.0
    assert [line.get_label() for line in axes.lines[1:]] == ["f: b / a", "f: c / a", "f: d / a"]
    assert "Held: " in ratio.description
    assert "f = " not in ratio.description.split("Held: ")[1].split("Estimand")[0]
    slope = fit.plot_slopes("x", by="f")
    (axes,) = axes_of(slope)
    assert axes.lines[0].get_ydata()[0] == 0.0
    x = [float(fit.design.data["x"].min())]
    wanted = fit.slopes("x", fit.grid(x=x, f="b")).frame["median"][0]
    assert axes.lines[2].get_ydata()[0] == pytest.approx(wanted)


def test_the_ends_of_curves_are_told(fit):
    picture = fit.plot_predictions("x", at={"x": [0, 9]})
    table = fit.predictions(fit.grid(x=[0, 9])).formatted()
    first, last = (
        f"{line['median']} ({line['lower']} to {line['upper']}) at x = {x}"
        for x, (_, line) in zip((0, 9), table.iterrows(), strict=True)
    )
    assert f"From {first} to {last}." in picture.description


def test_what_the_data_cannot_tell_is_not_drawn(fit):
    data = fit.design.given.assign(y=fit.design.data["y"], w=lambda d: 2 * d["x"])
    model = bg.Model("y ~ x + w + (1 | g)", data, family="poisson")
    aliased = make_fit(model, draws=100)
    with pytest.raises(bg.BayesglmmError) as error:
        aliased.plot_comparisons("w", "x", at={"x": [1, 2]})
    assert "nothing to draw" in str(error.value)


def test_points_far_above_the_curves_do_not_flatten_them(fit):
    data = fit.design.given.assign(y=fit.design.data["y"])
    data.loc[3, "y"] = 100_000
    model = bg.Model("y ~ x + (1 | g)", data, family="poisson", exposure="days")
    picture = make_fit(model, {"Intercept": -1.0}, draws=100).plot_predictions("x")
    assert re.search(r"\d+ of them lie beyond the axis", picture.description)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda fit: fit.plot_predictions("age"), "age"),
        (lambda fit: fit.plot_predictions("x", "x"), "along the axis already"),
        (lambda fit: fit.plot_predictions("x", ["f", "on", "z"]), "at most 2"),
        (lambda fit: fit.plot_predictions("x", at=[1]), "no dictionary"),
        (lambda fit: fit.plot_predictions("x", at={"z": [1, 2]}), "several values"),
        (lambda fit: fit.plot_predictions("x", group="site"), "site"),
        (lambda fit: fit.plot_predictions("x", points="yes"), "points"),
        (lambda fit: fit.plot_predictions("x", weights="k"), "weigh"),
        (lambda fit: fit.plot_predictions(3), "x=3"),
        (
            lambda fit: fit.plot_predictions("f", "z", at={"z": list(range(len(PALETTE) + 1))}),
            "colours",
        ),
        (lambda fit: fit.plot_predictions("x", ["f", "z"], at={"z": list(range(13))}), "panels"),
        (lambda fit: fit.plot_comparisons("f", "x", scale="odds"), "odds"),
        (lambda fit: fit.plot_slopes("f"), "f"),
        (lambda fit: fit.plot_groups("site"), "site"),
        (lambda fit: fit.plot_trace("sd(1|site)"), "sd"),
        (lambda fit: fit.plot_trace([]), "1 to 12"),
        (lambda fit: fit.plot_ppc("density"), "frequencies"),
    ],
)
def test_what_cannot_be_drawn_is_said(fit, call, words):
    with pytest.raises(bg.BayesglmmError, match=words):
        call(fit)


def test_groups_are_sorted_and_the_ends_are_named(fit):
    picture = fit.plot_groups("g")
    left, right = axes_of(picture)
    assert [axes.get_title() for axes in (left, right)] == ["1", "x"]
    labels = [label.get_text() for label in left.get_yticklabels()]
    assert labels[-1] == "site 2"
    assert "highest site 2 (" in picture.description
    middle = left.lines[1].get_xdata()
    assert (np.diff(middle) >= 0).all()


def test_a_trace_has_the_draws_of_each_chain(fit):
    picture = fit.plot_trace(["x", "sd(1|h)"])
    _, right, *_ = axes_of(picture)
    drawn = np.array([line.get_ydata() for line in right.lines])
    np.testing.assert_array_equal(drawn, fit.draws.array("x").reshape(drawn.shape))
    assert "Draws of 2 of" in picture.description


def test_replicated_data_lie_about_the_data_where_the_model_is_right():
    data = rows(600).assign(y=lambda d: 3 + 0.5 * d["x"] + generator(1).normal(0, 1, 600))
    model = bg.Model("y ~ x + (1 | g)", data)
    known = {"Intercept": 3.0, "x": 0.5, "sigma": 1.0, "1|g_sigma": 0.01}
    right = make_fit(model, known, noise=0.001, draws=100).plot_ppc("ecdf").description
    wrong = make_fit(model, known | {"sigma": 3.0}, noise=0.001, draws=100)

    def outside(words: str) -> int:
        return int(re.search(r"At (\d+) of", words).group(1))

    assert outside(wrong.plot_ppc("ecdf").description) > 3 * outside(right) + 20
    assert outside(wrong.plot_ppc().description) >= 5
