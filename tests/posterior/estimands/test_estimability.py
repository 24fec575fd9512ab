"""What the data cannot tell is marked; what they can is the same whatever column was left out."""

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.errors import DataError

SITES = pd.DataFrame(
    {
        "trt": np.repeat(list("tttccc"), 4),
        "site": np.repeat(list("uvwxyz"), 4),
        "x": np.tile([0.0, 1.0, 2.0, 4.0], 6),
        "k": np.tile([1, 2, 1, 3], 6),
    }
).assign(y=np.sin(np.arange(24)), n=5, events=np.arange(24) % 3)
EMPTY = pd.DataFrame({"a": list("ppq") * 4, "b": list("rsr") * 4, "y": np.cos(np.arange(12))})
REFERENCES = list("uvwxyz")


def by_least_squares(model):
    """A fit whose draws are all the least-squares solution for the columns that were kept."""
    fixed, y = model.design.predictor.fixed, model.design.data["y"].to_numpy(dtype=float)
    X = np.column_stack([np.ones(len(y)), fixed.values])
    found = np.linalg.lstsq(X, y, rcond=None)[0]
    labels = ["Intercept", *fixed.names]
    by_term = dict(zip(labels, found, strict=True))
    fit = make_fit(model, noise=0)
    for term in fixed.terms:
        values = [by_term[name] for name in term.columns]
        fit.draws.posterior[term.name][:] = values if term.levels else values[0]
    fit.draws.posterior["Intercept"][:] = by_term["Intercept"]
    return fit


@pytest.fixture(scope="module", params=REFERENCES)
def sites(request):
    model = bg.Model("y ~ trt + site + x", SITES, reference={"site": request.param})
    return by_least_squares(model)


def is_marked(table, rows=slice(None)):
    numbers = table.frame.iloc[rows][["median", "lower", "upper", "mcse_median"]]
    return bool(numbers.isna().all(axis=None)) and any(
        note.startswith("Not estimable") for note in table.notes
    )


def test_a_treatment_between_sites_is_not_told(sites):
    assert is_marked(sites.avg_comparisons("trt"))
    assert is_marked(sites.comparisons("trt", SITES.head(1)))
    assert is_marked(sites.avg_comparisons("trt", by="site"))
    new = pd.DataFrame({"trt": ["c"], "site": ["u"], "x": [1.0]})
    assert is_marked(sites.predict(new))
    assert is_marked(sites.predict(new, kind="response"))
    assert is_marked(sites.predictions(new))
    assert is_marked(sites.predictions(new, scale="link"))
    assert is_marked(sites.poststratify(new.assign(N=3), weights="N"))
    with pytest.raises(DataError, match="cannot tell row 0 of newdata="):
        sites.moments(new)


def test_a_random_part_changes_nothing_of_it():
    fit = make_fit(bg.Model("y ~ trt + site + (1 | k)", SITES))
    assert is_marked(fit.avg_comparisons("trt"))
    with pytest.raises(DataError, match="cannot tell row 0 of at="):
        fit.group_rates("k", at=pd.DataFrame({"trt": ["c"], "site": ["u"]}))


def test_group_effects_of_the_sites_make_it_estimable():
    fit = make_fit(bg.Model("y ~ trt + (1 | site)", SITES), {"trt[t]": 2.0}, noise=0)
    assert fit.avg_comparisons("trt").frame["median"].tolist() == pytest.approx([2])
    assert not any("stimable" in note for note in fit.ratios().notes)


def test_what_is_told_does_not_hang_on_the_reference(sites):
    """Means and slopes by least squares, whichever column was left out."""
    X = pd.get_dummies(SITES["site"]).to_numpy(dtype=float)
    known = np.linalg.lstsq(np.column_stack([X, SITES["x"]]), SITES["y"], rcond=None)[0]
    same = sites.comparisons({"site": ("u", "v")}, SITES.head(1)).frame["median"]
    assert same.tolist() == pytest.approx([known[1] - known[0]])
    assert sites.avg_comparisons("x").frame["median"].tolist() == pytest.approx([known[6]])
    own = sites.predictions().frame["median"].to_numpy()
    np.testing.assert_allclose(own, np.column_stack([X, SITES["x"]]) @ known, rtol=1e-9)
    assert is_marked(sites.comparisons({"site": ("u", "x")}, SITES.head(1)))


def test_the_table_of_ratios_leaves_what_hangs_on_the_choice_empty(sites):
    table = sites.ratios()
    printed = table.formatted().set_index("")
    hangs = [name for name in printed.index if name.endswith("(not estimable)")]
    assert "trt[t] (not estimable)" in hangs
    assert (printed.loc[hangs] == "").all(axis=None)
    assert printed.loc["x"].iloc[0] != ""
    assert any(note.startswith("Not estimable, hence empty") for note in table.notes)
    assert not any("adds nothing" in note for note in table.notes)


def test_coefficients_as_they_were_sampled_are_marked_where_they_are_no_answers(sites):
    table = sites.fixef()
    assert list(table.frame[""])[:2] == ["Intercept", "trt[t]"]  # names of the draws
    shown = list(table.printed()[""])
    assert "trt[t] (not estimable)" in shown
    assert "x" in shown
    assert table.notes[-1].startswith("Not estimable: ")
    assert "trt[t], site[" in table.notes[-1]


@pytest.mark.parametrize("reference", [{}, {"a": "q"}, {"b": "s"}, {"a": "q", "b": "s"}])
def test_an_empty_cell_has_no_mean(reference):
    fit = by_least_squares(bg.Model("y ~ a*b", EMPTY, reference=reference))
    grid = pd.DataFrame({"a": list("pqpq"), "b": list("rrss")})
    medians = fit.predictions(grid).frame["median"]
    expected = [EMPTY.query(f"a == '{a}' and b == '{b}'")["y"].mean() for a, b in grid.to_numpy()]
    np.testing.assert_allclose(medians, expected, rtol=1e-9)
    assert medians.isna().tolist() == [False, False, False, True]
    assert fit.cells().tables[0].frame["estimate"].notna().all()
    for table in fit.cells().tables[1:]:
        assert table.frame["estimate"].isna().tolist() == [False, True]
    assert is_marked(fit.avg_comparisons("b"))
    table = fit.poststratify(grid.assign(N=[1, 2, 3, 4]), by="a", weights="N")
    assert table.frame["median"].isna().tolist() == [False, True]
    weighed = fit.poststratify(grid.assign(N=[1, 2, 3, 0]), by="a", weights="N")
    assert weighed.frame["median"].notna().all()


@pytest.mark.parametrize(
    ("family", "scale", "told"),
    [
        ("gaussian", "difference", True),
        ("poisson", "difference", False),
        ("poisson", "ratio", True),
        ("bernoulli", "or", True),
        ("bernoulli", "difference", False),
    ],
)
def test_a_contrast_may_be_told_where_its_means_are_not(family, scale, told):
    """u against v both under c, a treatment that neither had: the treatment drops out."""
    data = SITES.assign(y=SITES["y"] if family == "gaussian" else SITES["events"] % 2)
    fit = make_fit(bg.Model("y ~ trt + site", data, family=family), {"Intercept": 0.1})
    row = pd.DataFrame({"trt": ["c"], "site": ["u"]})
    table = fit.comparisons({"site": ("u", "v")}, row, scale=scale)
    assert table.frame["median"].notna().tolist() == [told]


def test_columns_that_move_together_have_no_slope_of_their_own():
    data = SITES.assign(double=2 * SITES["x"])
    fit = make_fit(bg.Model("y ~ x + double", data))
    assert is_marked(fit.avg_comparisons("x"))
    assert is_marked(fit.avg_slopes("x"))
