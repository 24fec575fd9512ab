"""Truth values are numbers, 1 for True, whatever type they come in; prints say True and False."""

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg

N = 40
TRUTH = np.sin(7 * np.arange(N)) > 0
MISSING = np.arange(N) == 3
PLAIN = {
    "bool": pd.Series(TRUTH),
    "boolean": pd.Series(TRUTH, dtype="boolean"),
    "objects": pd.Series(TRUTH.tolist(), dtype=object),
    "NumPy objects": pd.Series(list(TRUTH), dtype=object),
}
HOLED = {
    "boolean and NA": PLAIN["boolean"].mask(MISSING),
    "objects and NaN": PLAIN["objects"].mask(MISSING, np.nan),
    "objects and None": PLAIN["objects"].mask(MISSING, None),
}
KINDS = PLAIN | HOLED


def rows(kind):
    return pd.DataFrame(
        {
            "y": np.sin(np.arange(N)),
            "x": np.cos(np.arange(N)),
            "f": np.tile(list("pqrst"), N // 5),
            "b": KINDS[kind],
        }
    )


def model(text, kind, **options):
    return bg.Model(text, rows(kind), missing="drop", **options)


def same(kind):
    """The rows of truth values that are left, as a plain bool column."""
    return rows("bool")[~MISSING] if kind in HOLED else rows("bool")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "term",
    [
        *("b", "b*f", "b:x", "0 + b", "C(b)", "C(b, Sum)", "C(b) + b:x", "binary(b)", "I(1 - b)"),
        *("x + (1 | b)", "x + (1 | b:f)", "x + (1 + b | f)", "I(b == True)", "offset(b)"),
    ],
)
def test_the_design_is_that_of_a_bool_column(term, kind):
    found = model(f"y ~ {term}", kind).design
    expected = bg.Model(f"y ~ {term}", same(kind)).design
    assert found.predictor.fixed.names == expected.predictor.fixed.names
    assert found.levels == expected.levels
    np.testing.assert_array_equal(found.predictor.X, expected.predictor.X)
    np.testing.assert_array_equal(found.predictor.offset, expected.predictor.offset)
    for group, other in zip(found.predictor.groups, expected.predictor.groups, strict=True):
        assert group.levels == other.levels
        np.testing.assert_array_equal(group.Z, other.Z)
        np.testing.assert_array_equal(group.index, other.index)


@pytest.mark.parametrize("kind", KINDS)
def test_answers_say_true_and_false(kind):
    fit = make_fit(model("y ~ b + f", kind), {"b": 2.0}, noise=0.0)
    assert fit.grid()["b"].tolist() == [bool(same(kind)["b"].mean() > 0.5)]
    for asked in ("b", {"b": (False, True)}):
        frame = fit.avg_comparisons(asked).frame
        assert frame["comparison"].tolist() == ["b: True - False"]
        assert frame["median"].tolist() == pytest.approx([2.0])
    by = fit.avg_predictions(by="b")
    assert by.formatted()["b"].tolist() == ["False", "True"]
    kept = rows(kind)["b"].dropna()
    assert len(kept.to_frame().merge(by.frame, on="b")) == len(kept)
    assert any("b at False" in note for note in fit.ratios().notes)


@pytest.mark.parametrize("kind", KINDS)
def test_groups_say_true_and_false(kind):
    fit = make_fit(model("y ~ x + (1 | b)", kind), noise=0.0)
    assert fit.ranef("b").formatted()["level"].tolist() == ["False", "True"]
    kept = rows(kind).dropna(subset="b")
    assert len(kept.merge(fit.ranef("b").frame, left_on="b", right_on="level")) == len(kept)


@pytest.mark.parametrize("kind", KINDS)
def test_the_success_is_true(kind):
    found = model("b ~ x", kind, family="bernoulli")
    assert "Success: b = True; the other outcome is False." in str(found)
    np.testing.assert_array_equal(found.design.rows.y, same(kind)["b"].astype(float))


def test_a_model_of_truth_values_takes_numbers_and_truth_values_as_new_rows():
    design = model("y ~ b", "objects and NaN").design
    for values in ([True, False], [1, 0], pd.array([True, False], dtype="boolean")):
        new = design.apply(pd.DataFrame({"b": values}))
        assert new.predictor.X[:, 0].tolist() == [1.0, 0.0]


def test_a_reference_or_labels_make_a_factor_of_them():
    for kind in KINDS:
        assert model("y ~ b", kind, reference={"b": True}).design.levels["b"] == ("True", "False")
        labels = {"b": {False: "no", True: "yes"}}
        assert model("y ~ b", kind, labels=labels).design.levels["b"] == ("no", "yes")
