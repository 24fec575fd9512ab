"""`labels=` names columns: readers see the name, frames and keys keep the column's own."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.design.names import printed_names
from bayesglmm.errors import DataError
from bayesglmm.report import material_of
from bayesglmm.report.page import page
from bayesglmm.report.spec_code import spec_code

LABELS = {
    "y": "seizures",
    "base": "seizures at baseline",
    "trt": ("treatment", {0: "placebo", 1: "progabide"}),
    "visit": "appointment",
    "days": "length of watch",
    "ID": "patient",
    "site": "hospital",
}
OWN = re.compile(r"(?<![\w'=-])(y|base|trt|visit|days|ID|site)(?![\w'=-])")
"""Columns' own names, where no code is quoted."""


def rows() -> pd.DataFrame:
    place, rng = np.arange(96), generator(7)
    return pd.DataFrame(
        {
            "y": rng.poisson(4, 96),
            "base": np.round(rng.uniform(5, 40, 24), 1)[place // 4],
            "trt": place // 4 % 2,
            "visit": place % 4 + 1,
            "days": 10 + place % 5,
            "ID": 100 + place // 4,
            "site": np.array(list("abcdef"))[place // 16],
        }
    )


FORMULA = "y ~ trt * C(visit) + log(base) + (1 + trt | ID) + (1 | site)"


@pytest.fixture(scope="module")
def fit() -> bg.Fit:
    options = {"family": "poisson", "exposure": "days", "per": 28, "answer": "conditional"}
    return make_fit(bg.Model(FORMULA, rows(), labels=LABELS, **options), draws=100)


def seen(table: bg.Table) -> str:
    """Everything that a table prints, in each of its forms."""
    table = replace(table, caption=table.caption.replace(FORMULA, ""))
    texts = [table.to_markdown(), table.to_latex(), table.to_csv(), repr(table)]
    return "\n".join([re.sub(r"<[^>]*>|\{[^}]*\}", " ", table.to_html()), *texts])


def test_terms_are_made_of_the_columns_names(fit):
    names = printed_names(fit.design)
    assert names["log(base)"] == "log(seizures at baseline)"
    assert names["trt[progabide]"] == "treatment[progabide]"
    assert names["trt:C(visit)[progabide, 2]"] == "treatment:appointment[progabide, 2]"
    assert names.effect("trt[progabide]", "ID") == "treatment[progabide]|patient"


@pytest.mark.parametrize(
    ("term", "name"),
    [
        ("base", "seizures at baseline"),
        ("I(base/2)", "I(seizures at baseline / 2)"),
        ("{base**2}", "I(seizures at baseline ** 2)"),
        ("np.log(base + 1)", "log(seizures at baseline + 1)"),
        ("scale(base)", "scale(seizures at baseline)"),
        ("bs(base, df=4)", "bs(seizures at baseline, df=4)"),
        ("T(visit, 2)", "appointment"),
        ("S(visit)", "appointment"),
        ("C(visit, Sum)", "appointment"),
        ("base:days", "seizures at baseline:length of watch"),
    ],
)
def test_functions_keep_what_they_do(term, name):
    model = bg.Model(f"y ~ {term}", rows(), family="poisson", labels=LABELS)
    (own,) = model.design.predictor.fixed.terms
    assert printed_names(model.design)[own.name] == name


def test_tables_print_the_names_and_frames_keep_their_own(fit):
    new = fit.grid(trt=["placebo", "progabide"], base=[10.0, 20.0])
    tables = [
        *fit.table().tables,
        fit.fixef(),
        fit.ratios(),
        fit.ranef("ID"),
        fit.group_rates("ID"),
        fit.population_interval("ID"),
        fit.variance(),
        *fit.cells().tables,
        fit.predictions(new),
        fit.predict(new.assign(ID=100, site="a", days=10)),
        fit.avg_predictions(by=["trt", "visit"]),
        fit.avg_comparisons({"trt": "pairwise", "base": 5}),
        fit.avg_slopes("base", by="site"),
        fit.poststratify(new.assign(ID=100, site="a", days=10), "trt", weights="base"),
        fit.sensitivity().power,
        fit.verdict.table(),
        bg.side_by_side({"one": fit}),
        fit.parity().table,
        fit.ml().table(),
        fit.ml().criteria(),
        fit.recovery({"log(base)": 0.0, "1|ID_sigma": 1.0}),
    ]
    for table in tables:
        text = seen(table)
        found = [text[m.start() - 40 : m.end() + 20] for m in OWN.finditer(text)]
        assert not found, (table.caption, found[:5])
    assert list(fit.avg_predictions(by=["trt", "visit"]).frame)[:2] == ["trt", "visit"]
    assert set(fit.avg_comparisons("trt").frame["comparison"]) == {"trt: progabide - placebo"}
    assert "sd(1|ID)" in set(fit.table().tables[-1].frame[""])
    assert "ICC, ID" in set(fit.variance().frame["quantity"])
    joined = fit.predictions().frame.merge(rows(), on=["base", "visit"])
    assert len(joined) >= 96


def test_the_report_speaks_of_them(fit):
    made = material_of(fit)
    text = page(made)
    first = re.findall(r'<p class="first">(.*?)</p>', text)[0]
    assert first.startswith("For a typical patient and hospital, the rate of seizures is ")
    assert "where treatment is progabide as where it is placebo, at appointment = 1 (" in first
    assert '<th scope="row">base</th><td class="s">seizures at baseline</td>' in text
    # columns are listed once; what the audit says to write is code
    for part in (r"<figcaption>Columns used.*?</figure>", r'<section id="audit".*?</section>'):
        text, count = re.subn(part, "", text, flags=re.S)
        assert count == 1
    for code in (r"<style.*?</style>", r"<pre>.*?</pre>", r"<svg.*?</svg>", r"<[^>]*>"):
        text = re.sub(code, " ", text, flags=re.S)
    for words in ("treatment", "seizures at baseline", "patient", "hospital", "appointment"):
        assert words in text
    told = text.replace(FORMULA, "")
    found = [told[m.start() - 60 : m.end() + 20] for m in OWN.finditer(told)]
    assert not found, found[:20]


def test_the_spec_as_code_says_the_names(fit):
    text = spec_code(fit.design.spec, fit.draws.settings)
    assert "'trt': ('treatment', {0: 'placebo', 1: 'progabide'})" in text
    assert "'base': 'seizures at baseline'" in text
    call = text.partition("spec = ")[2].partition("fit =")[0]
    assert eval(call, {"bg": bg}) == fit.design.spec


def test_a_key_that_names_no_column_is_refused():
    with pytest.raises(DataError, match=r"Unknown column 'bse' in labels=\. Did you mean 'base'\?"):
        bg.Model(FORMULA, rows(), family="poisson", labels={"bse": "seizures at baseline"})


def test_a_nested_factor_may_have_a_name():
    labels = {"site:ID": "patient"}
    model = bg.Model("y ~ 1 + (1 | site/ID)", rows(), family="poisson", labels=labels)
    shown = make_fit(model, draws=100).table().tables[-1].printed()
    assert list(shown[""])[:2] == ["sd(1|site)", "sd(1|patient)"]


def test_priors_answer_to_the_name_that_tables_print():
    prior = bg.Prior("Normal", mu=0, sigma=1)
    for key in ("log(base)", "log(seizures at baseline)"):
        found = bg.Model(
            "y ~ log(base)", rows(), family="poisson", labels=LABELS, priors={key: prior}
        ).priors
        assert found["log(base)"].prior == prior
