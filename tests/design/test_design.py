"""A spec met by data: the parts together, new data, dimensions, and memory."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from seeds import generator

from bayesglmm.design import NEW_GROUP, OBSERVATION, dimensions, make_design
from bayesglmm.design.design import apply_clean
from bayesglmm.errors import DataError, SpecError
from bayesglmm.spec import specify

N = 24
ROW = np.arange(N)
DATA = pd.DataFrame(
    {
        "y": ROW % 7,
        "z": np.sin(ROW),
        "n": 9,
        "t": 1.0 + ROW / 10,
        "x": np.cos(ROW),
        "sex": np.array(["f", "m"])[ROW % 2],
        "edu": np.array(["low", "mid", "top"])[ROW // 2 % 3],
        "g": np.array(list("pqrs"))[ROW // 6],
        "h": ROW % 4,
        "two words": ROW / 3.0,
    }
)


def design_of(formula, data=DATA, **options):
    return make_design(specify(formula, **options), data)


def test_parts_have_the_shapes_they_promise():
    design = design_of("y ~ x + edu + (1 + x | g) + (1 | h)", family="poisson", exposure="t")
    predictor = design.predictor
    assert design.n == N
    assert design.rows.y.shape == design.rows.exposure.shape == predictor.offset.shape == (N,)
    assert predictor.X.shape == (N, 3)
    assert [group.name for group in predictor.groups] == ["1+x|g", "1|h"]
    assert [group.Z.shape for group in predictor.groups] == [(N, 2), (N, 1)]
    assert list(design.data["edu"].cat.categories) == ["low", "mid", "top"]
    assert design.positions.tolist() == list(range(N))


# A formula; options; reference levels: those of factors whose columns leave one level out.
REFERENCES = [
    ("z ~ x", {}, {}),
    ("z ~ sex", {}, {"sex": "f"}),
    ("z ~ sex + edu", {"reference": {"edu": "top"}}, {"sex": "f", "edu": "top"}),
    ("z ~ 0 + sex", {}, {}),
    ("z ~ 0 + sex + edu", {}, {"edu": "low"}),
    ("z ~ sex:x", {}, {}),
    ("z ~ sex*x", {}, {"sex": "f"}),
    ("z ~ sex*edu", {}, {"sex": "f", "edu": "low"}),
    ("z ~ (1 | g)", {}, {}),
    ("z ~ (sex | g)", {}, {"sex": "f"}),
    ("z ~ (0 + sex | g)", {}, {}),
    ("z ~ T(sex, 'm')", {}, {"T(sex, 'm')": "m"}),
    ("z ~ C(edu)", {}, {"C(edu)": "low"}),
    ("z ~ S(edu)", {}, {}),
    ("z ~ h", {"labels": {"h": {3: "c", 0: "o", 1: "a", 2: "b"}}}, {"h": "c"}),
]


@pytest.mark.parametrize(("formula", "options", "references"), REFERENCES)
def test_references(formula, options, references):
    assert design_of(formula, **options).references == references


def test_dimensions():
    design = design_of("z ~ x + edu + sex:x + (1 + x | g) + (1 | h)", missing="drop")
    found = {name: [str(label) for label in labels] for name, labels in dimensions(design).items()}
    assert found == {
        OBSERVATION: [str(row) for row in range(N)],
        "X_dim": ["x", "edu[mid]", "edu[top]", "sex:x[m]"],
        "edu_dim": ["mid", "top"],
        "sex:x_dim": ["m"],
        "g__factor_dim": ["p", "q", "r", "s"],
        "1+x|g__expr_dim": ["1", "x"],
        "h__factor_dim": ["0", "1", "2", "3"],
    }


def test_dropped_rows_are_gone_everywhere():
    data = DATA.assign(x=DATA["x"].where(DATA["g"] != "q"))
    design = design_of("z ~ x + (1 | g)", data, missing="drop")
    kept = np.flatnonzero(DATA["g"] != "q")
    assert design.positions.tolist() == kept.tolist()
    assert dimensions(design)[OBSERVATION].tolist() == kept.tolist()
    (group,) = design.predictor.groups
    assert group.levels == ("p", "r", "s")
    assert design.flow.groups_lost == {"g": ("q",)}
    for values in (design.rows.y, design.predictor.X, group.index, group.Z, group.labels):
        assert len(values) == len(kept)


@pytest.mark.parametrize(
    ("formula", "options"),
    [
        ("z ~ x*sex + edu + bs(t, df=4) + (1 + x | g)", {}),
        ("y ~ poly(x, 2) + offset(log(t)) + (1 | g/sex)", {"family": "poisson"}),
        ("y ~ sex + (sex || h)", {"family": "poisson", "exposure": "t"}),
        ("p(y, n) ~ center(t) + (1 | h)", {"family": "binomial"}),
        ("z ~ `two words` + (1 | h)", {"labels": {"h": dict(enumerate("dcba"))}}),
        ("z ~ h + edu", {"reference": {"h": 2, "edu": "mid"}}),
    ],
)
def test_new_data_that_are_the_old_give_the_same_design(formula, options):
    """Also row by row, where most levels and the spread of every column are missing."""
    design = design_of(formula, **options)
    for rows in ([*range(N)], *([row] for row in range(0, N, 5))):
        found = design.apply(DATA.iloc[rows])
        assert found.n == len(rows)
        assert found.rows.y is None
        old, new = design.predictor, found.predictor
        np.testing.assert_allclose(new.X, old.X[rows], rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(new.offset, old.offset[rows], rtol=1e-14)
        for before, after in zip(old.groups, new.groups, strict=True):
            np.testing.assert_array_equal(after.index, before.index[rows])
            np.testing.assert_array_equal(after.Z, before.Z[rows])
            assert after.levels == before.levels
        for name in ("exposure", "trials"):
            was = np.broadcast_to(getattr(design.rows, name), (N,))[rows]
            np.testing.assert_array_equal(
                np.broadcast_to(getattr(found.rows, name), len(rows)), was
            )


def test_unseen_groups_are_marked_not_refused():
    design = design_of("z ~ x + (1 | g) + (1 | g:h)")
    found = design.apply(pd.DataFrame({"x": 0.0, "g": ["p", "new", "p"], "h": [0, 0, 99]}))
    crossed, nested = found.predictor.groups
    assert crossed.index.tolist() == [0, NEW_GROUP, 0]
    assert nested.index.tolist() == [0, NEW_GROUP, NEW_GROUP]
    assert list(nested.labels) == ["p:0", "new:0", "p:99"]


def test_the_response_is_not_asked_of_new_data():
    binomial = design_of("p(y, n) ~ x", family="binomial")
    assert binomial.apply(DATA[["x"]]).rows.trials is None
    assert binomial.apply(DATA[["x", "n"]]).rows.trials.tolist() == [9.0] * N
    poisson = design_of("y ~ x", family="poisson", exposure="t")
    assert poisson.apply(DATA[["x", "t"]]).rows.exposure.tolist() == DATA["t"].tolist()
    assert poisson.apply(DATA[["x"]], exposure=1000).rows.exposure.tolist() == [1000.0] * N


@pytest.mark.parametrize(
    ("formula", "change", "fragment"),
    [
        ("z ~ x", {"x": np.nan}, "Fill them before predicting"),
        ("z ~ x", {"x": np.inf}, "'x' is infinite in rows 0, 1"),
        ("z ~ x", {"x": "high"}, "'x' is a number in the model, but text in the new data"),
        ("z ~ sex", {"sex": "q"}, "'sex' has the level 'q' (rows 0, 1)"),
        ("z ~ sex", {"sex": ["f", 3]}, "'sex' has the level '3' (row 1)"),
        ("z ~ (1 | g)", {"g": None}, "used for a grouping factor"),
        ("z ~ log(t)", {"t": [1.0, 0.0]}, "'log(t)' is not finite in row 1"),
        ("z ~ factor(h)", {"h": 77}, "'h' has the level '77' (rows 0, 1), which the"),
    ],
)
def test_new_data_that_do_not_fit(formula, change, fragment):
    with pytest.raises(DataError) as caught:
        design_of(formula).apply(DATA.iloc[:2].assign(**change))
    assert fragment in str(caught.value)


def test_a_missing_column_of_new_data_is_named():
    with pytest.raises(DataError, match="There is no column 't'"):
        design_of("y ~ x", family="poisson", exposure="t").apply(DATA[["x"]])


def test_memory_grows_with_rows_not_with_groups():
    """50,000 rows and 2,000 groups: dummy columns would take 800 MB a term."""
    n, rng = 50_000, generator(6)
    data = pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "x": rng.normal(size=n),
            "g": rng.integers(0, 2000, n),
            "h": rng.integers(0, 5, n),
        }
    )
    tracemalloc.start()
    design = design_of("y ~ x + (1 + x | g) + (1 | g:h)", data)
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(design.predictor.groups[1].levels) == len(data.drop_duplicates(["g", "h"]))
    assert kept < 40 * n * 10
    assert peak < 40 * n * 20


def test_terms_of_a_factor():
    design = design_of("z ~ (1 || g) + (0 + x | g) + (1 | h)")
    assert {name: len(terms) for name, terms in design.factors.items()} == {"g": 2, "h": 1}
    assert design.terms("h") == design.factors["h"]
    with pytest.raises(SpecError, match=r"Unknown grouping factor 'gg'.* 'g'"):
        design.terms("gg")


@pytest.mark.parametrize("name", ["1|g", "1|g_sigma", "x|g", "1+x|g_cor", "1+x|g_cholesky"])
def test_a_column_named_like_a_group_effect_is_refused(name):
    rows = pd.DataFrame({"y": np.arange(12.0) % 5, "x": np.arange(12) % 7, name: np.arange(12) % 3})
    rows["g"] = np.tile(list("abc"), 4)
    with pytest.raises(DataError, match="Rename the column"):
        make_design(specify(f"y ~ x + `{name}` + (1 + x | g)"), rows)


@pytest.mark.parametrize(
    ("parameters", "columns", "missing"),
    [
        (("mu",), ["x", "g"], "z"),
        (("sigma",), ["z", "h"], "x"),
        ((), ["x", "g", "z", "h"], "q"),
    ],
)
def test_only_the_columns_of_the_predictors_asked_for_are_needed(parameters, columns, missing):
    rng = generator(8)
    data = pd.DataFrame({name: rng.normal(size=12) for name in ("y", "x", "z")})
    data = data.assign(g=list("aabbccddeeff"), h=list("abcabcabcabc"))
    spec = specify("y ~ x + (1 | g)", sigma="~ z + h")
    design = make_design(spec, data)
    wanted = parameters or ("mu", "sigma")
    some = design.only(*wanted)
    rows = some.apply(data[columns].assign(**{missing: np.nan}).head(3))
    assert tuple(rows.predictors) == wanted
    assert sorted(rows.data) == sorted(columns)
    for name in wanted:
        assert pytest.approx(design.predictors[name].X[:3]) == rows.predictors[name].X
    again = apply_clean(rows, rows.data.iloc[[2, 0]])
    assert tuple(again.predictors) == wanted
    with pytest.raises(DataError, match=f"There is no column '{columns[0]}'"):
        some.apply(data.drop(columns=columns[0]))


def test_a_level_that_only_sigma_knows_is_nothing_to_the_mean():
    rng = generator(8)
    data = pd.DataFrame({"y": rng.normal(size=12), "h": list("abcabcabcabc")})
    design = make_design(specify("y ~ 1", sigma="~ h"), data)
    new = pd.DataFrame({"h": ["never seen"]})
    assert design.only("mu").apply(new).n == 1
    with pytest.raises(DataError, match="never seen"):
        design.apply(new)


def test_a_design_is_whole():
    """Its parts are of the same rows, whatever it was made from."""
    rng = generator(9)
    data = pd.DataFrame({name: rng.normal(size=12) for name in ("y", "x", "z")})
    data = data.assign(g=list("aabbccddeeff"), t=2.0)
    design = make_design(specify("y ~ x + (1 + x | g)", sigma="~ z + (1 | g)"), data)
    some = np.array([7, 2, 2])
    for found, rows in [
        (design, np.arange(12)),
        (design.take(some), some),
        (design.apply(data.iloc[some]), some),
        (design.only("sigma").take(some), some),
        (apply_clean(design, design.data.iloc[some]), some),
    ]:
        assert found.n == len(rows)
        assert found.data["z"].tolist() == data["z"][rows].tolist()
        for name, one in found.predictors.items():
            whole = design.predictors[name]
            assert one.n == len(rows)
            np.testing.assert_array_equal(one.X, whole.X[rows])
            for group, own in zip(one.groups, whole.groups, strict=True):
                np.testing.assert_array_equal(group.index, own.index[rows])
                np.testing.assert_array_equal(group.Z, own.Z[rows])
    assert design.take(some).rows.y.tolist() == data["y"][some].tolist()
    assert design.take(some).positions.tolist() == some.tolist()


def test_a_design_in_pieces_is_refused():
    data = pd.DataFrame({"y": [1.0, 2, 4, 3], "x": [0.0, 1, 2, 3]})
    design = make_design(specify("y ~ x"), data)
    short = design.predictor.take(np.arange(2))
    with pytest.raises(ValueError, match="A design of 4 rows has parts of"):
        design.with_predictor(short)
    with pytest.raises(ValueError, match="A predictor of 4 rows has parts of"):
        replace(design.predictor, X=short.X)
