"""``(1 | obs())``: an effect for each row."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator, seed

import bayesglmm as bg
from bayesglmm.errors import FormulaError
from bayesglmm.spec import parse_formula


def make_rows(n: int = 30) -> pd.DataFrame:
    rng = generator(6)
    mean = np.exp(1.0 + 0.8 * rng.normal(size=n))
    return pd.DataFrame(
        {"x": rng.normal(size=n), "g": np.arange(n) % 5, "y": rng.poisson(mean), "row": range(n)}
    )


def test_it_is_what_a_column_of_row_numbers_is():
    rows = make_rows()
    one = bg.Model("y ~ x + (1 | g) + (1 | obs())", rows, family="poisson")
    other = bg.Model("y ~ x + (1 | g) + (1 | row)", rows, family="poisson")
    mine, theirs = one.design.predictor.groups[1], other.design.predictor.groups[1]
    assert mine.levels == theirs.levels
    np.testing.assert_array_equal(mine.index, theirs.index)
    np.testing.assert_allclose(one.ml().estimates, other.ml().estimates, rtol=1e-12)
    fit = one.fit(draws=100, tune=100, seed=seed(2), progress=False)
    again = other.fit(draws=100, tune=100, seed=seed(2), progress=False)
    assert fit.engine.engine == "kernel"
    np.testing.assert_array_equal(fit.draws.flat("1|obs()"), again.draws.flat("1|row"))


def test_levels_are_positions_in_the_data():
    rows = make_rows().assign(x=lambda rows: rows["x"].where(rows.index != 2))
    model = bg.Model("y ~ x + (1 | obs())", rows, family="poisson", missing="drop")
    assert model.design.predictor.groups[0].levels[:4] == ("0", "1", "3", "4")


def test_new_rows_are_new():
    """Each has an effect of its own from the population, the model's own rows given again too."""
    rows = make_rows()
    fit = make_fit(bg.Model("y ~ x + (1 | obs())", rows, family="poisson"))
    target = fit.posterior.apply(rows.head(3))
    assert (target.design.predictor.groups[0].index == -1).all()
    spread = target.eta().std(axis=0)
    sigma = fit.draws.flat("1|obs()_sigma").mean()
    assert (spread > 0.8 * sigma).all()
    assert abs(np.corrcoef(target.eta().T)[0, 1]) < 0.2
    assert fit.predict(rows.head(2)).frame["obs()"].tolist() == ["new 0", "new 1"]
    typical = fit.predictions(fit.grid(x=[0.0, 1.0])).frame
    assert len(typical) == 2
    assert (fit.predictions(fit.grid(x=[0.0]), re="integrate").frame["median"] > 0).all()


def test_answers(tmp_path):
    fit = make_fit(bg.Model("y ~ x + (1 | obs())", make_rows(), family="poisson"))
    assert "sd(1|obs())" in repr(fit.table())
    assert len(fit.ranef("obs()").frame) == 30
    assert fit.variance()
    again = bg.load(fit.save(tmp_path / "fit.bgm"))
    np.testing.assert_allclose(again.posterior.eta(), fit.posterior.eta(), atol=1e-6)


@pytest.mark.slow
def test_a_report_is_written(tmp_path):
    fit = make_fit(bg.Model("y ~ x + (1 | obs())", make_rows(), family="poisson"))
    page = fit.report(tmp_path / "page.html", opinion=False).read_text(encoding="utf-8")
    assert "An effect for each row" in page


def test_the_audit():
    """It is for counts and trials; a residual sd and an effect for each row are one thing."""
    rows = make_rows()
    assert not bg.Model("y ~ x + (1 | obs())", rows, family="poisson").audit().warnings
    gaussian = bg.Model("x ~ 1 + (1 | obs())", rows).audit()
    assert "EFFECTS" in gaussian.codes
    many = bg.Model("y ~ x + (1 | obs())", rows, family="negative_binomial").audit()
    assert "EFFECTS" in many.codes


def test_it_stands_in_other_formulas_and_with_names():
    formula = parse_formula("y ~ x + (1 |p| obs())")
    assert formula.bars[0].factor == "obs()"
    assert formula.bars[0].shared == "p"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y ~ x + (1 | g/obs())", r"or obs\(\) alone"),
        ("y ~ x + (1 | obs(g))", r"or obs\(\) alone"),
        ("y ~ x + (1 | obs()/g)", r"or obs\(\) alone"),
        ("y ~ x + (1 | row())", r"or obs\(\) alone"),
        ("y ~ x + obs()", "obs"),
    ],
)
def test_mistakes(text, message):
    with pytest.raises(FormulaError, match=message):
        parse_formula(text)
