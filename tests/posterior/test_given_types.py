"""Answers bear the values and types of the user's own columns, so that they join with the data."""

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.posterior.population.strata import Population, strata

KEYS = ["Subject", "b", "f", "s", "k"]


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(1)  # fixed: types, not numbers, are compared
    n = 80
    data = pd.DataFrame(
        {
            "Subject": np.repeat(np.arange(300, 308), 10),
            "b": np.arange(n) % 2 == 0,
            "x": rng.normal(size=n),
            "f": pd.Categorical(rng.choice(list("uvw"), n), categories=list("wvuz")),
            "s": rng.choice(["p", "q"], n),
            "k": rng.integers(1, 4, n),
        }
    )
    return data.assign(y=data["x"] + 2 * data["b"] + rng.normal(size=n))


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    return rows()


@pytest.fixture(scope="module")
def fit(data) -> bg.Fit:
    formula = "y ~ b + x + f + s + C(k) + (1 | Subject)"
    return make_fit(bg.Model(formula, data), {"b": 2.0}, noise=0.0)


@pytest.mark.parametrize(
    "ask",
    [
        lambda fit: fit.predictions(),
        lambda fit: fit.predict(),
        lambda fit: fit.comparisons("b"),
        lambda fit: fit.slopes("x"),
        lambda fit: fit.avg_predictions(by=KEYS),
        lambda fit: fit.avg_comparisons("x", by=KEYS),
        lambda fit: fit.avg_slopes("x", by=KEYS),
    ],
)
def test_keys_keep_their_type_and_join(fit, data, ask):
    frame = ask(fit).frame
    pd.testing.assert_series_equal(frame[KEYS].dtypes, data[KEYS].dtypes)
    assert len(data.merge(frame[KEYS].drop_duplicates(), on=KEYS)) == len(data)


def test_new_rows_keep_the_type_they_come_in(fit):
    new = fit.grid(b=[False, True], Subject=[301, 999])
    for frame in (fit.predictions(new).frame, fit.predict(new).frame):
        names = ["Subject", "b", "k"]
        pd.testing.assert_frame_equal(frame[names], new[names])


@pytest.mark.parametrize("kind", ["int64", "float64", "str", "category"])
def test_levels_of_groups_join_with_the_data(kind):
    data = rows()
    data["Subject"] = data["Subject"].astype(kind)
    found = make_fit(bg.Model("y ~ x + (1 | Subject)", data), noise=0.0)
    for table in (found.ranef("Subject"), found.group_rates("Subject")):
        assert table.frame["level"].dtype == data["Subject"].dtype
        joined = data.merge(table.frame, left_on="Subject", right_on="level")
        assert len(joined) == len(data)
        assert list(table.formatted()["level"]) == [str(n) for n in range(300, 308)]
        assert len(table.where("level", "301").frame) == 1


def test_strata_keep_their_type_and_find_their_rows(fit):
    for kind in ("int64", "str"):
        cells = pd.DataFrame(
            {"Subject": [300, 300, 301], "b": [True, False, True], "x": 0.0, "count": 5}
        ).assign(f="u", s="p", k=1)
        cells["Subject"] = cells["Subject"].astype(kind)
        table = fit.poststratify(cells, by=["Subject", "b"], weights="count")
        assert table.frame["Subject"].dtype == cells["Subject"].dtype
        assert table.frame["b"].dtype == bool
        beside = strata(fit.posterior, Population(cells, "Subject", "count")).frame
        assert beside["Subject"].dtype == cells["Subject"].dtype
        assert beside["rows"].tolist() == [10, 10]


def test_truth_values_are_compared_and_printed_as_such(fit):
    assert fit.grid()["b"].dtype == bool
    for asked in ("b", {"b": (False, True)}, {"b": (0, 1)}, {"b": "pairwise"}):
        frame = fit.avg_comparisons(asked).frame
        assert frame["comparison"].tolist() == ["b: True - False"]
        assert frame["median"].tolist() == pytest.approx([2.0])
    back = fit.avg_comparisons({"b": (True, False)}).frame
    assert back["comparison"].tolist() == ["b: False - True"]
    assert back["median"].tolist() == pytest.approx([-2.0])
    assert set(fit.predictions().formatted()["b"]) == {"False", "True"}
    assert any("b at False" in note for note in fit.ratios().notes)


@pytest.mark.parametrize("how", [1, (False, 2), ("no", "yes"), "all"])
def test_other_comparisons_of_truth_values_are_refused(fit, how):
    with pytest.raises(SpecError, match=r"'b' is true or false. Write \{'b': \(False, True\)\}"):
        fit.comparisons({"b": how})


def test_cells_of_truth_values(data):
    found = make_fit(bg.Model("y ~ b", data), {"Intercept": 1.0, "b": 2.0}, noise=0.0)
    frame = found.cells().tables[0].frame
    assert frame["cell"].tolist() == ["False", "True"]
    assert frame["estimate"].tolist() == pytest.approx([1.0, 3.0])
