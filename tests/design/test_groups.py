"""Group terms: levels that occur, the index, the small matrix, and new groups."""

import numpy as np
import pandas as pd
import pytest
from seeds import generator

from bayesglmm.design import NEW_GROUP, make_design
from bayesglmm.design.group_terms import apply_group, make_group
from bayesglmm.errors import DataError
from bayesglmm.spec import parse_formula, specify


def bar_of(text):
    (bar,) = parse_formula(f"y ~ {text}").bars
    return bar


def ordered(values, levels):
    return pd.Categorical(list(values), list(levels), ordered=True)


DATA = pd.DataFrame(
    {
        "g": ordered("qpqrp", "rqp"),
        "h": ordered(["2", "2", "10", "2", "10"], ["2", "10"]),
        "year": [2001, 2003, 2001, 2002, 2003],
        "x": [1.0, 2.0, 3.0, 4.0, 5.0],
        "sex": ordered("fmfmm", "fm"),
    }
)
X = DATA["x"].to_numpy()
M = np.array([0.0, 1, 0, 1, 1])
ONE = np.ones(5)

# A bar; its name; its columns; its levels; the group of each row; its matrix; correlated.
KNOWN = [
    ("(1 | g)", "1|g", ["1"], "r q p", "q p q r p", [ONE], False),
    ("(x | g)", "1+x|g", ["1", "x"], "r q p", "q p q r p", [ONE, X], True),
    ("(1 + x || g)", "1+x|g", ["1", "x"], "r q p", "q p q r p", [ONE, X], False),
    ("(0 + x | g)", "x|g", ["x"], "r q p", "q p q r p", [X], False),
    ("(sex | g)", "1+sex[m]|g", ["1", "sex[m]"], "r q p", "q p q r p", [ONE, M], True),
    (
        *("(0 + sex | g)", "sex[f]+sex[m]|g", ["sex[f]", "sex[m]"]),
        *("r q p", "q p q r p", [1 - M, M], True),
    ),
    (
        *("(1 + x + sex | g)", "1+x+sex[m]|g", ["1", "x", "sex[m]"]),
        *("r q p", "q p q r p", [ONE, X, M], True),
    ),
    ("(1 | h)", "1|h", ["1"], "2 10", "2 2 10 2 10", [ONE], False),
    ("(1 | year)", "1|year", ["1"], "2001 2002 2003", "2001 2003 2001 2002 2003", [ONE], False),
    ("(1 | g:h)", "1|g:h", ["1"], "r:2 q:2 q:10 p:2 p:10", "q:2 p:2 q:10 r:2 p:10", [ONE], False),
    (
        *("(1 | h:year)", "1|h:year", ["1"], "2:2001 2:2002 2:2003 10:2001 10:2003"),
        *("2:2001 2:2003 10:2001 2:2002 10:2003", [ONE], False),
    ),
]


@pytest.mark.parametrize(("bar", "name", "columns", "levels", "labels", "Z", "correlated"), KNOWN)
def test_known_groups(bar, name, columns, levels, labels, Z, correlated):
    group = make_group(bar_of(bar), DATA)
    assert group.name == name
    assert list(group.columns) == columns
    assert list(group.effects) == [f"{column}|{group.factor}" for column in columns]
    assert group.dimension == f"{group.factor}__factor_dim"
    assert list(group.levels) == levels.split()
    assert [group.levels[place] for place in group.index] == labels.split()
    assert list(group.labels) == labels.split()
    assert group.index.dtype == np.int32
    np.testing.assert_array_equal(group.Z, np.column_stack(Z))
    assert group.correlated == correlated
    assert group.rows_per_level.tolist() == [labels.split().count(level) for level in group.levels]


def test_nested_groups_are_only_those_that_occur():
    """600 classes in 100 schools, where all combinations would be 60,000."""
    rng = generator(4)
    school = np.arange(600) % 100
    rows = np.concatenate([np.arange(600), rng.integers(0, 600, 2400)])
    data = pd.DataFrame({"school": school[rows], "class": rows, "y": rng.normal(size=3000)})
    design = make_design(specify("y ~ (1 | school/`class`)"), data)
    schools, classes = design.predictor.groups
    assert (len(schools.levels), len(classes.levels)) == (100, 600)
    expected = data["school"].astype(str) + ":" + data["class"].astype(str)
    assert [classes.levels[place] for place in classes.index] == list(expected)
    assert classes.rows_per_level.sum() == 3000
    assert classes.rows_per_level.min() >= 1


def test_index_and_matrix_of_crossed_terms_give_the_linear_predictor():
    """Effects added up through the index equal those merged in by name with pandas."""
    rng = generator(5)
    n = 400
    data = pd.DataFrame(
        {
            "item": rng.integers(0, 17, n),
            "person": rng.choice(list("zyxwvut"), n),
            "site": rng.choice(["S2", "S10", "S1"], n),
            "x": rng.normal(size=n),
            "y": rng.normal(size=n),
        }
    )
    formula = "y ~ x + (1 + x | person) + (1 | item) + (0 + x || site/person)"
    groups = make_design(specify(formula), data).predictor.groups
    assert [group.factor for group in groups] == ["person", "item", "site", "site:person"]
    found, expected = np.zeros(n), np.zeros(n)
    for group in groups:
        u = rng.normal(size=(len(group.levels), len(group.columns)))
        found += (group.Z * u[group.index]).sum(axis=1)
        key = data[list(group.factors)].astype(str).agg(":".join, axis=1)
        for place, column in enumerate(group.columns):
            by_name = pd.Series(u[:, place], index=group.levels)
            expected += key.map(by_name).to_numpy() * (1.0 if column == "1" else data[column])
    np.testing.assert_allclose(found, expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("bar", "change", "index", "labels"),
    [
        ("(1 | g)", {"g": ["p", "q"]}, [2, 1], ["p", "q"]),
        ("(1 | g)", {"g": ["p", "new"]}, [2, NEW_GROUP], ["p", "new"]),
        ("(1 | g:h)", {"g": ["r", "r"], "h": [2, 10]}, [0, NEW_GROUP], ["r:2", "r:10"]),
        ("(1 | year)", {"year": [2002.0, 1999.0]}, [1, NEW_GROUP], ["2002", "1999"]),
        ("(1 | year)", {"year": ["2002", "2003"]}, [1, 2], ["2002", "2003"]),
    ],
)
def test_new_rows(bar, change, index, labels):
    group = make_group(bar_of(bar), DATA)
    found = apply_group(group, pd.DataFrame(change))
    assert found.index.tolist() == index
    assert list(found.labels) == labels
    assert found.levels == group.levels
    assert found.Z.tolist() == [[1.0], [1.0]]


def test_new_rows_use_the_transforms_as_learnt():
    group = make_group(bar_of("(1 + center(x) + sex | g)"), DATA)
    new = pd.DataFrame({"x": [10.0], "sex": ordered("m", "fm"), "g": ["q"]})
    assert apply_group(group, new).Z.tolist() == [[1.0, 10.0 - X.mean(), 1.0]]


def test_no_seen_group_gives_zero_rows_each():
    group = apply_group(make_group(bar_of("(1 | g)"), DATA), pd.DataFrame({"g": ["a", "b"]}))
    assert group.rows_per_level.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("bar", "change", "fragment"),
    [
        ("(1 | g)", {"g": "p"}, "has one level only ('p')"),
        ("(1 | g:h)", {"g": "p", "h": "2"}, "'g:h' has one level only ('p:2')"),
        ("(0 | g)", {}, "Nothing varies by group in (0 | g)"),
        ("(x + twice | g)", {"twice": 2 * X}, "(x + twice | g): twice = 2 × x. Keep one"),
        ("(x | g)", {"x": 3.0}, "'x' is 3 in every row"),
        ("(log(x) | g)", {"x": X - 1}, "'log(x)' is not finite in row 0"),
        ("(1 | `a/b`)", {"a/b": list("pqpqp")}, "has a slash in its name"),
        (
            *("(1 | g:h)", {"g": ["a:b", "a", "a", "a", "a"], "h": ["c", "b:c", "d", "d", "d"]}),
            "both named 'a:b:c'",
        ),
    ],
)
def test_bad_bars(bar, change, fragment):
    with pytest.raises(DataError) as caught:
        make_group(bar_of(bar), DATA.assign(**change))
    assert fragment in str(caught.value)
