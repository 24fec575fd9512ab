"""Later data: rows matched by what names them, answers before and after."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.design.making import make_design
from bayesglmm.posterior.vintages import update as updating
from bayesglmm.posterior.vintages.rows import match_rows

FORMULA = "y ~ x + f + (1 | g)"


def rows() -> pd.DataFrame:
    rng = generator(3)
    return pd.DataFrame(
        {
            "y": rng.poisson(5, 60),
            "x": rng.normal(size=60).round(3),
            "f": np.tile(["a", "b"], 30),
            "g": np.repeat([f"site {k}" for k in range(6)], 10),
            "month": np.tile(np.arange(10), 6),
            "unused": 1,
        }
    )


def model(data: pd.DataFrame, **options) -> bg.Model:
    return bg.Model(FORMULA, data, family="poisson", **options)


def later(data: pd.DataFrame) -> pd.DataFrame:
    """Two rows revised, three withdrawn, four added, the rest in another order."""
    new = data.drop(index=[7, 8, 9]).copy()
    new.loc[0, "y"] += 3
    new.loc[1, "x"] = 9.0
    new.loc[2, "unused"] = 2
    more = data.iloc[[20, 21, 22, 23]].assign(month=[10, 11, 12, 13])
    return pd.concat([new, more]).sample(frac=1, random_state=1)


@pytest.fixture
def _sampled(monkeypatch):
    """Draws around what each vintage has: nothing is sampled."""

    def draw_again(design, _, asked):
        return make_fit(bg.Model(design.spec, design.given), asked["known"], draws=200).draws

    monkeypatch.setattr(updating, "draw_again", draw_again)


def test_rows_are_matched_by_their_names_in_any_order():
    data = rows()
    designs = [make_design(model(data).spec, each) for each in (data, later(data))]
    found = match_rows(*designs, ["g", "month"])
    counts = found.frame["change"].value_counts().to_dict()
    assert counts == {"unchanged": 55, "revised": 2, "added": 4, "withdrawn": 3}
    revised = found.frame[found.frame["change"] == "revised"].set_index("month")
    assert revised.loc[0, "y after"] - revised.loc[0, "y before"] == 3
    assert revised.loc[1, "x after"] == 9.0
    assert set(found.frame.loc[found.frame["change"] == "added", "month"]) == {10, 11, 12, 13}
    assert list(found.table().frame["number"]) == [55, 2, 4, 3]


def test_values_of_another_type_are_the_same_rows():
    data = rows()
    spec = model(data).spec
    texts = data.assign(month=data["month"].astype(float), y=data["y"].astype(float))
    found = match_rows(make_design(spec, data), make_design(spec, texts), ["g", "month"])
    assert set(found.frame["change"]) == {"unchanged"}


def test_a_column_of_the_data_may_be_called_so():
    data = rows().rename(columns={"month": "change"})
    design = make_design(model(data).spec, data)
    found = match_rows(design, design, ["g", "change"]).frame
    assert list(found)[:3] == ["g", "change (data)", "change"]


def test_rows_left_out_for_missing_values_are_rows_too():
    data = rows()
    holes = data.assign(y=data["y"].where(data.index != 5))
    spec = model(data, missing="drop").spec
    found = match_rows(make_design(spec, holes), make_design(spec, data), ["g", "month"])
    assert (found.frame["change"] == "revised").sum() == 1


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "share their"),  # x, f and g, of which two rows may have the same
        (["g"], "60 rows share their g"),
        (["g", "week"], "week"),
        (3, "key=3"),
        ([], "Nothing names a row"),
    ],
)
def test_names_that_are_no_names(key, words):
    data = rows().assign(x=0.5)
    design = make_design(model(rows()).spec, data.assign(x=np.tile([0.5, 1.5], 30)))
    with pytest.raises(bg.BayesglmmError, match=words):
        match_rows(design, design, key)


@pytest.mark.usefixtures("_sampled")
def test_what_moved_and_what_flipped_is_told():
    data = rows()
    known = {"Intercept": 1.6, "x": 0.4, "f[b]": 0.2}
    fit = make_fit(model(data), known, draws=200)
    after = known | {"x": 0.45, "f[b]": -0.2}
    found = fit.update(later(data), key=["g", "month"], known=after)
    verdicts = dict(zip(found.moved.frame[""], found.moved.frame["verdict"], strict=True))
    assert verdicts["f[b]"] == "flips"
    assert verdicts["x"] == "moves"
    assert verdicts["sd(1|g)"] == "stable"
    assert found.fit.design.n == 61
    assert dict(found.fit.priors) == dict(fit.priors)
    assert "withdrawn      3" in repr(found)
    assert "flips" in found._repr_html_()


@pytest.mark.usefixtures("_sampled")
def test_a_level_more_gives_other_parameters_and_is_told():
    data = rows()
    fit = make_fit(model(data), {"Intercept": 1.6}, draws=200)
    more = data.assign(f=data["f"].where(data["month"] != 3, "c"))
    found = fit.update(more, key=["g", "month"], known={})
    assert any("priors were chosen anew" in note for note in found.moved.notes)
    assert "f[c]" not in set(found.moved.frame[""])
    assert "f[c]" in set(found.fit.fixef().frame[""])


@pytest.mark.slow
def test_a_fit_is_updated_by_the_sampler():
    data = rows()
    fit = model(data).fit(seed=seed(1), draws=300, progress=False)
    found = fit.update(later(data), key=["g", "month"], seed=seed(1), draws=300, progress=False)
    assert found.fit.draws.posterior.sizes["draw"] == 300
    assert len(found.moved.frame) == 4
