"""Columns named like a dimension of the draws, or like the intercept, are like any other."""

import arviz as az
import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg

N = 48
ROW = np.arange(N)
DATA = pd.DataFrame(
    {
        "y": np.sin(ROW),
        "x": np.cos(ROW),
        "number": np.sin(1.7 * ROW) + 1,
        "factor": np.tile(list("mno"), N // 3),
        "g": np.repeat(list("abcdef"), N // 6),
    }
)
FORMULAS = [
    "y ~ {number}",
    "y ~ {factor}",
    "y ~ {number}*{factor}",
    "y ~ {number}:x + log({number} + 2)",
    "y ~ C({factor}, Sum)",
    "y ~ x + (1 + {number} | g)",
    "y ~ {number} + (0 + {number} | g)",
    "y ~ x + (1 | {factor})",
    "y ~ x + (1 | {factor}:g)",
    "{number} ~ x + (1 | g)",
]


def named(names):
    return DATA.rename(columns={column: name.strip("`") for column, name in names.items()})


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("name", ["chain", "draw", "`1`"])
def test_the_model_is_that_of_another_name(formula, name):
    """The same numbers as under plain names, and the same words but for the name."""
    plain = bg.Model(formula.format(number="number", factor="factor"), DATA)
    for role in ("number", "factor"):
        if f"{{{role}}}" not in formula:
            continue
        names = {"number": "number", "factor": "factor"} | {role: name}
        model = bg.Model(formula.format(**names), named(names))
        np.testing.assert_array_equal(model.design.predictor.X, plain.design.predictor.X)
        for group, other in zip(
            model.design.predictor.groups, plain.design.predictor.groups, strict=True
        ):
            np.testing.assert_array_equal(group.Z, other.Z)
            assert group.levels == other.levels
        shown = [chosen.printed for chosen in model.priors.values()]
        written = name if name == "`1`" else name.strip("`")
        expected = [chosen.printed for chosen in plain.priors.values()]
        assert [word.replace("`1`", "1") for word in shown] == [
            word.replace(role, written).replace("`1`", "1") for word in expected
        ]


@pytest.mark.parametrize("name", ["chain", "draw", "`1`"])
def test_answers_are_those_of_another_name(name):
    formula, column = "y ~ {0} + (1 + {0} | g)", name.strip("`")
    plain = make_fit(bg.Model(formula.format("number"), DATA))
    fit = make_fit(bg.Model(formula.format(name), named({"number": name})))
    for ask in (
        lambda found, _: found.predictions(),
        lambda found, _: found.predict(),
        lambda found, _: found.variance(),
        lambda found, _: found.ranef("g"),
        lambda found, which: found.avg_comparisons(which),
    ):
        answer, expected = ask(fit, column).frame, ask(plain, "number").frame
        numbers = expected.select_dtypes("float").columns.drop("number", errors="ignore")
        pd.testing.assert_frame_equal(answer[numbers], expected[numbers])


def test_the_draws_have_their_dimensions_and_the_columns():
    data = DATA.rename(columns={"number": "chain", "factor": "draw"})
    fit = make_fit(bg.Model("chain ~ draw + x", data), {"`draw`[n]": 2.0}, noise=0.0)
    posterior = fit.idata.posterior
    assert set(posterior["`draw`"].dims) == {"chain", "draw", "`draw`_dim"}
    assert list(fit.idata.observed_data.data_vars) == ["`chain`"]
    assert "draw[n]" in str(fit.table())
    assert fit.avg_comparisons("draw").frame["median"].tolist() == pytest.approx([2.0, 0.0])
    assert (
        len(az.extract(fit.idata, var_names="x"))
        == posterior.sizes["chain"] * posterior.sizes["draw"]
    )


def test_priors_are_named_by_the_column():
    own = bg.Prior("Normal", mu=0, sigma=0.125)
    data = DATA.rename(columns={"number": "chain"}).assign(**{"1": DATA["number"]})
    assert bg.Model("y ~ chain", data, priors={"chain": own}).priors["`chain`"].prior == own
    for key in ("1", "`1`"):
        assert bg.Model("y ~ `1`", data, priors={key: own}).priors["`1`"].prior == own


def test_a_slope_of_a_column_named_1_is_no_intercept():
    data = DATA.rename(columns={"number": "1"})
    design = bg.Model("y ~ x + (`1` | g)", data).design
    (group,) = design.predictor.groups
    assert group.columns == ("1", "`1`")
    np.testing.assert_array_equal(group.Z, np.column_stack([np.ones(N), DATA["number"]]))
    plain = make_fit(bg.Model("y ~ x + (0 + number | g)", DATA))
    alone = make_fit(bg.Model("y ~ x + (0 + `1` | g)", data))
    expected = plain.group_rates("g").frame.filter(regex="mean|median|lower|upper")
    found = alone.group_rates("g").frame.filter(regex="mean|median|lower|upper")
    assert {"lower", "upper"} <= set(found)
    pd.testing.assert_frame_equal(found, expected)


def test_columns_that_depend_on_one_named_1():
    data = DATA.rename(columns={"number": "1"}).assign(twice=2 * DATA["number"])
    fixed = bg.Model("y ~ `1` + twice", data).design.predictor.fixed
    assert fixed.entangled == {"`1`"}
