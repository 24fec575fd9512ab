"""What is the success and what the reference: said first, in every summary of a model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit

import bayesglmm as bg
from bayesglmm.report.sections.data import dictionary

PAIN = ("none or mild", "moderate or severe")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    place = np.arange(80)
    return pd.DataFrame(
        {
            "pain": np.array(PAIN)[place // 3 % 2],
            "trt": np.array(["placebo", "Progabide"])[place % 2],
            "dose": np.array(["Low", "high"])[place // 2 % 2],
            "x": np.sin(place),
            "n": place % 5,
            "ID": np.array(["a", "B", "c", "D", "e", "F", "g", "H"])[place // 10],
        }
    )


@pytest.fixture(scope="module")
def model(rows) -> bg.Model:
    return bg.Model("pain ~ trt + dose + (1 | ID)", rows, family="bernoulli")


SUCCESS = "Success: pain = none or mild; the other outcome is moderate or severe."
REFERENCE = "Reference levels: trt = placebo, dose = high."


def test_text_is_put_in_order_without_case(model):
    assert model.design.levels["trt"] == ("placebo", "Progabide")
    assert model.design.predictor.groups[0].levels == ("a", "B", "c", "D", "e", "F", "g", "H")
    assert model.design.predictor.fixed.names == ("trt[Progabide]", "dose[Low]")


def test_a_declared_order_stays(rows):
    declared = pd.Categorical(rows["trt"], ["Progabide", "placebo"])
    found = bg.Model("n ~ trt", rows.assign(trt=declared), family="poisson")
    assert found.design.references == {"trt": "Progabide"}


def test_the_model_says_it(model):
    lines = repr(model).splitlines()
    assert lines[2:4] == [f"  {SUCCESS}", f"  {REFERENCE}"]


def test_the_audit_says_it_first(model):
    found = model.audit()
    assert repr(found).splitlines()[:2] == [SUCCESS, REFERENCE]
    assert found._repr_html_().startswith(f"<p>{SUCCESS}</p><p>{REFERENCE}</p>")
    assert repr(found.only("SUCCESS")).startswith(SUCCESS)


def test_tables_and_report_say_it(model, rows):
    fit = make_fit(bg.Model("pain ~ trt + dose", rows, family="bernoulli"), draws=100)
    first, ratios, *_ = fit.table().tables
    assert first.notes[0] == SUCCESS
    assert ratios.notes[1:3] == (SUCCESS, REFERENCE)
    content = dictionary(model.design).frame.set_index("column")["content"]
    assert content["trt"] == "2 levels: placebo (reference), Progabide"
    assert content["dose"] == "2 levels: high (reference), Low"


def test_a_model_without_either_says_nothing(rows):
    model = bg.Model("x ~ n + (1 | ID)", rows)
    assert repr(model).count("\n") == 2
    assert model.audit().coding == ()


def test_a_number_has_no_other_outcome(rows):
    model = bg.Model("y ~ x", rows.assign(y=rows["n"] % 2), family="bernoulli")
    assert model.audit().coding == ("Success: y = 1.",)
