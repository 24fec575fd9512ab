"""Names and ways that people bring along from other packages."""

from __future__ import annotations

import copy
import pickle
import re

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, joined, make_fit, normal_fit
from same_draws import check_draws
from seeds import bound, generator

import bayesglmm as bg
from bayesglmm.errors import DataError
from bayesglmm.posterior.elsewhere import ELSEWHERE


@pytest.fixture(scope="module")
def fit() -> bg.Fit:
    return count_fit()


def test_two_names_are_one_table(fit):
    assert str(fit.summary(0.8)) == str(fit.table(0.8))
    assert str(fit.coef(joint=True)) == str(fit.fixef(joint=True))
    assert fit.nobs == 96


def test_intervals_of_every_parameter(fit):
    table = fit.intervals(mass=0.8)
    draws = check_draws(table)
    names = ["Intercept", "sex[male]", "x", "sd(1|site)", "sd(x|site)", "sd(1|year)"]
    assert [*draws["row"].values] == [*names, "cor(1, x|site)"]
    np.testing.assert_array_equal(
        table.frame.loc[:2, ["lower", "upper"]], fit.fixef(0.8).frame[["lower", "upper"]]
    )
    sigma = normal_fit().intervals().frame.set_index("").loc["sigma"]
    assert 1.5 < sigma["lower"] < sigma["upper"] < 2.7


def test_covariance_of_the_coefficients(fit):
    table = fit.vcov()
    names = ["Intercept", "sex[male]", "x"]
    d = joined(fit)
    every = np.stack([d["Intercept"], d["sex"][0], d["x"]])
    found = table.frame.set_index("")[names]
    np.testing.assert_allclose(found, np.cov(every), rtol=1e-10)
    assert list(found.index) == names
    # independent normals: the error of a variance is its sqrt(2 / S), known to 16 % by 20 batches
    errors = table.frame[[f"mcse_{name}" for name in names]].to_numpy()
    exact = 0.02**2 * np.sqrt((1 + np.eye(3)) / 2000)
    assert np.abs(errors / exact - 1).max() < bound(9) * 0.17
    assert "link (log)" in table.scale


@pytest.mark.parametrize("name", ELSEWHERE)
def test_names_of_other_packages_are_answered(fit, name):
    with pytest.raises(AttributeError) as error:
        getattr(fit, name)
    assert str(error.value) == f"A fit has no '{name}'. {ELSEWHERE[name]}"


def test_what_is_to_be_written_instead_exists():
    words = " ".join(ELSEWHERE.values())
    for call in ("fixef", "ratios", "ranef", "group_rates", "intervals", "vcov", "idata", "ml"):
        assert f"fit.{call}" in words
    for name in re.findall(r"\bfit\.(\w+)", words):
        assert hasattr(bg.Fit, name) or name in bg.Fit.__dataclass_fields__, name
    for name in re.findall(r"\bbg\.(\w+)", words):
        assert hasattr(bg, name), name


def test_misspelt_names_are_answered_and_others_left_alone(fit):
    with pytest.raises(AttributeError, match="Did you mean 'predictions'"):
        _ = fit.predictons
    assert not hasattr(fit, "_repr_markdown_")
    assert not hasattr(fit, "__array__")
    assert {"summary", "coef", "nobs", "intervals"} <= set(dir(fit))
    for other in (copy.copy(fit), copy.deepcopy(fit), pickle.loads(pickle.dumps(fit))):
        assert other.nobs == 96


def test_a_property_that_fails_says_why():
    class Broken(bg.Fit):
        @property
        def verdict(self):
            return None.passed

    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'passed'"):
        _ = Broken(**vars(normal_fit())).verdict


def test_a_frame_is_piped():
    rows = pd.DataFrame({"y": [1.0, 2, 4, 3], "x": [0.5, 1, 2, 1]})
    piped = rows.pipe((bg.Model, "data"), "y ~ x", family="gaussian")
    assert repr(piped) == repr(bg.Model("y ~ x", rows))


def test_columns_of_a_mapping():
    columns = {"y": [1.0, 2, 4, 3], "x": np.array([0.5, 1, 2, 1]), "f": ("a", "b", "a", "b")}
    found = bg.Model("y ~ x + f", columns)
    assert repr(found) == repr(bg.Model("y ~ x + f", pd.DataFrame(columns)))
    with pytest.raises(DataError, match=r"different lengths: y 4, x 3\. Give each"):
        bg.Model("y ~ x", {"y": [1.0, 2, 4, 3], "x": [1, 2, 3]})
    with pytest.raises(DataError, match="do not make a table"):
        bg.Model("y ~ x", {"y": 1.0, "x": 2.0})


def test_great_tables_gets_the_printed_cells(fit):
    table = fit.fixef()
    made = table.to_gt()
    assert type(made).__module__.startswith("great_tables")
    html = made.as_raw_html()
    for text in (table.caption, "Reference levels: sex = female.", table.scale):
        assert text in html
    assert "R-hat" not in html
    assert "r_hat" in table.to_gt(diagnostics=True).as_raw_html()
    assert table.to_html() == table.to_gt().as_raw_html()


def test_regression_tables_get_coefficients(fit):
    found, known = fit.__maketables_coef_table__, fit.fixef().frame
    assert found.index.name == "Coefficient"
    assert list(found.index) == list(known[""])
    for ours, theirs in {"median": "b", "sd": "se", "lower": "ci95l", "upper": "ci95u"}.items():
        np.testing.assert_array_equal(found[theirs], known[ours])
    assert found[["t", "p"]].isna().all(axis=None)
    assert fit.__maketables_stat__("N") == 96
    assert fit.__maketables_stat__("r2") is None
    assert fit.__maketables_depvar__ == "events"
    labelled = binary_fit()
    assert labelled.__maketables_var_labels__["trt[active]"] == "trt[active]"


def test_maketables_sets_fits_side_by_side(fit):
    maketables = pytest.importorskip("maketables")
    table = maketables.ETable([fit, normal_fit()]).df
    assert table.shape[1] == 2
    text = table.to_string()
    assert "posterior sd" in text
    assert "*" not in text  # no stars without tests
    assert f"{fit.fixef().frame['median'][2]:.3f}" in text


def test_patterns_of_levels_are_those_of_rows():
    rng = generator(3)
    rows = pd.DataFrame({"y": rng.normal(size=40), "f": np.tile([*"abcd"], 10)})
    fit = make_fit(bg.Model("y ~ f", rows, reference={"f": "b"}))
    for pattern in ("pairwise", "revpairwise", "sequential", "revsequential"):
        levels = fit.avg_comparisons({"f": pattern}).frame
        means = fit.avg_predictions(by="f", hypothesis=pattern).frame
        assert [name.removeprefix("f: ") for name in levels["comparison"]] == [*means["hypothesis"]]
        np.testing.assert_allclose(levels["median"], means["median"], rtol=1e-10)
    against = fit.avg_comparisons({"f": "reference"}).frame
    pd.testing.assert_frame_equal(against, fit.avg_comparisons("f").frame)
    assert against["comparison"][0] == "f: a - b"
