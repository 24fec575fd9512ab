"""How a formula reads a column is no part of the name that readers see."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.design.names import printed_names
from bayesglmm.errors import SpecError
from bayesglmm.posterior.priors.power_scaling import power_scaling
from bayesglmm.posterior.priors.table import prior_table
from bayesglmm.report.effect_prose import findings
from bayesglmm.report.equations import equations, legend, prior_equations
from bayesglmm.report.leading import leading
from bayesglmm.report.material import Material
from bayesglmm.report.prose import closing

CODE = re.compile(r"C\(|T\(|factor\(|`")


def rows() -> pd.DataFrame:
    place, rng = np.arange(96), generator(4)
    return pd.DataFrame(
        {
            "y": rng.poisson(4, 96),
            "period": place % 4 + 1,
            "my arm": np.where(place // 4 % 2, "b", "a"),
            "x": rng.normal(size=96),
            "site": place // 4 % 8,
        }
    )


@pytest.fixture(scope="module")
def model() -> bg.Model:
    formula = "y ~ C(period) * x + C(`my arm`) + (1 + C(period) | site)"
    return bg.Model(formula, rows(), family="poisson")


@pytest.fixture(scope="module")
def fit(model) -> bg.Fit:
    return make_fit(model, draws=100)


@pytest.mark.parametrize(
    ("formula", "named"),
    [
        ("y ~ period + x", {}),
        ("y ~ C(period)", {f"C(period)[{k}]": f"period[{k}]" for k in (2, 3, 4)}),
        ("y ~ factor(period)", {f"factor(period)[{k}]": f"period[{k}]" for k in (2, 3, 4)}),
        ("y ~ C(`my arm`)", {"C(my arm)[b]": "my arm[b]"}),
        ("y ~ `my arm`", {}),
        ("y ~ x + C(`my arm`):x", {"C(my arm):x[b]": "my arm:x[b]"}),
        ("y ~ period:x + C(period):x", {f"C(period):x[{k}]": f"period:x[{k}]" for k in "1234"}),
        ("y ~ period + C(period)", {f"C(period)[{k}]": f"period[{k}]" for k in "234"}),
        ("y ~ C(period) + C(period, Sum)", {}),
        ("y ~ T(`my arm`, 'b')", {"T(my arm, 'b')[a]": "my arm[a]"}),
        ("y ~ S(`my arm`)", {"S(my arm)[a]": "my arm[a]"}),
        ("y ~ bs(x, df=4)", {}),
        ("y ~ log(period) + poly(x, 2)", {}),
    ],
)
def test_a_level_is_named_by_its_column(formula, named):
    found = printed_names(bg.Model(formula, rows(), family="poisson").design)
    columns = {name: shown for name, shown in found.items() if "[" in name}
    assert columns == named


def test_no_code_reaches_a_reader(fit):
    design, priors = fit.design, fit.priors
    table = fit.ratios()
    shown = [*fit.table().tables, fit.fixef(), table, fit.avg_comparisons("period")]
    shown += [prior_table(priors), power_scaling(fit.posterior, priors)]
    shown += [bg.side_by_side({"one": fit}), fit.ranef("site").head()]
    texts = [part for one in shown for part in (*one.about(), one.printed().to_string())]
    texts += [fit.verdict.table().printed().to_string(), *findings(design, table)]
    texts += [closing(design, fit.table().tables[-1]), *legend(design)]
    texts += [line.plain for line in (*equations(design), *prior_equations(priors, design))]
    read = [text.replace(design.spec.formula.text, "") for text in texts]
    assert not [text for text in read if CODE.search(text)]
    whole = "\n".join(read)
    for name in ("period[2]", "my arm[b]", "period:x[4]", "sd(period[3]|site)", "period = 1"):
        assert name in whole


def test_frames_keep_the_names_of_the_formula(fit):
    names = ["C(period)[2]", "C(period)[3]", "C(period)[4]", "x"]
    names += [f"C(period):x[{k}]" for k in (2, 3, 4)] + ["C(my arm)[b]"]
    assert list(fit.ratios().frame[""])[1:] == names
    assert list(fit.fixef().formatted()[""])[1:] == names
    printed = [printed_names(fit.design)[name] for name in names]
    assert list(fit.ratios().printed()[""])[1:] == printed
    assert "C(period)" not in fit.ratios().to_markdown()


@pytest.mark.parametrize("blank", ["", " "])
def test_priors_answer_to_both_names(blank):
    one, half = bg.Prior("Normal", mu=0, sigma=1), bg.Prior("HalfNormal", sigma=1)
    for name in ("period", "C(period)"):
        keys = {f"{name}{blank}[3]": one, f"{name}[2]{blank}|{blank}site": half}
        formula = "y ~ C(period) + (1 + C(period) | site)"
        found = bg.Model(formula, rows(), family="poisson", priors=keys).priors
        changed = [key for key, chosen in found.items() if "user" in chosen.reason]
        assert changed == ["C(period)[3]", "C(period)[2]|site_sigma"]
    with pytest.raises(SpecError, match=r"period\[9\]"):
        _ = bg.Model(formula, rows(), family="poisson", priors={"period[9]": one}).priors


def test_the_fit_by_likelihood_prints_them_too():
    formula = "y ~ C(period) + (1 + C(`my arm`) | site)"
    found = bg.Model(formula, rows(), family="poisson").ml()
    for table in (found.table(), found.ratios()):
        assert not CODE.search(table.printed().to_string())
        assert "C(period)[2]" in list(table.frame[""])
    assert not CODE.search(" ".join(found.table().about()))


def test_the_audit_and_what_was_left_out_name_columns():
    data = rows().assign(again=lambda frame: frame["period"])
    model = bg.Model("y ~ C(period) + C(again)", data, family="poisson")
    (finding,) = [found for found in model.audit().findings if found.code == "ALIAS"]
    assert "again[2] = period[2]" in finding.sentence
    table = make_fit(model, draws=100).ratios()
    assert "again[2] (not identified)" in list(table.printed()[""])
    assert "C(again)[2] (not identified)" in list(table.frame[""])
    assert any("again[2] = period[2]" in note for note in table.notes)


def test_sum_coding_is_said_where_the_name_no_longer_says_it():
    summed = make_fit(bg.Model("y ~ C(period, Sum)", rows(), family="poisson"))
    table = summed.ratios()
    note = "each level's difference from the mean of the levels, on the log scale; that of 4 is"
    assert f"period: {note} minus the sum of the others." in table.notes
    assert "The baseline holds with period at the mean of its levels." in table.notes
    assert "or for a level against the mean of the levels;" in table.estimand
    assert findings(summed.design, table)[1].startswith("period, 1 against the mean of the levels")
    made = Material(summed.design, summed.priors, summed.forms, summed.draws, summed.verdict)
    assert "times as high where period is 1 as at the mean of its levels" in leading(
        summed.design, table, made.interactions, 0.95
    )
    said = "A column of period, such as period[1], is 1 in rows of that level, -1 in rows of 4"
    assert any(line.startswith(said) for line in legend(summed.design))
    plain = make_fit(bg.Model("y ~ C(period)", rows(), family="poisson")).ratios()
    assert not any("mean of the levels" in text for text in plain.about())


@pytest.mark.parametrize(("link", "scale"), [("identity", ""), ("log", ", on the log scale")])
def test_the_mean_of_the_levels_is_that_of_the_scale(link, scale):
    data = rows().assign(y=lambda frame: frame["y"] + 1.0)
    model = bg.Model("y ~ C(period, Sum) + (1 + S(`my arm`) | site)", data, link=link)
    notes = " ".join(make_fit(model).ratios().notes)
    for name, left in (("period", "4"), ("my arm", "b")):
        said = f"{name}: each level's difference from the mean of the levels{scale}; that of {left}"
        assert said in notes
    assert "The baseline holds with" in notes
    assert " at 0" not in notes
