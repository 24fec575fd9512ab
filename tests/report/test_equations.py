"""Equations: their plain form, their MathML, and text from data as text."""

from __future__ import annotations

from xml.etree import ElementTree

import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, normal_fit

import bayesglmm as bg
from bayesglmm.report.equations import equations, legend, prior_equations
from bayesglmm.report.mathml import display

PLAIN = {
    count_fit: [
        "events[i] ~ Poisson(time[i] · λ[i])",
        "log(λ[i]) = β[0] + β[sex[male]] · sex[male][i] + β[x] · x[i] + u^(site)[site[i]]"
        " + u^(x|site)[site[i]] · x[i] + u^(year)[year[i]]",
        "(u^(site)[j], u^(x|site)[j]) ~ Normal(0, Σ[site])",
        "Σ[site] = (σ^2[1|site], ρσ[1|site]σ[x|site]; ρσ[1|site]σ[x|site], σ^2[x|site])",
        "u^(year)[j] ~ Normal(0, σ^2[1|year])",
    ],
    binary_fit: [
        "ill[i] ~ Bernoulli(p[i])",
        "logit(p[i]) = β[0] + β[trt[active]] · trt[active][i] + u^(ID)[j[i]]",
        "u^(ID)[j] ~ Normal(0, σ^2[1|ID])",
    ],
    normal_fit: ["y[i] ~ Normal(μ[i], σ^2)", "μ[i] = β[0] + β[x] · x[i]"],
}


@pytest.mark.parametrize("make", PLAIN)
def test_plain_form(make):
    assert [line.plain.strip() for line in equations(make().design)] == PLAIN[make]


@pytest.mark.parametrize("make", PLAIN)
def test_mathml_is_well_formed_and_names_every_column(make):
    design = make().design
    shown = [display(line) for line in equations(design)]
    for markup in shown:
        root = ElementTree.fromstring(str(markup))
        assert root.tag == "math"
        assert root.attrib["alttext"] == root.attrib["aria-label"]
    words = [
        element.text for markup in shown for element in ElementTree.fromstring(str(markup)).iter()
    ]
    for column in design.predictor.fixed.names:
        assert words.count(column) >= 2  # its coefficient, and the column


def test_priors_of_a_variance_and_at_zero_are_written_so():
    data = pd.DataFrame({"y": [1.0, 3.0, 2.0, 5.0], "x": [1.0, 2.0, 4.0, 3.0], "g": list("aabb")})
    priors = {
        "Intercept": bg.AtZero(bg.Prior("Flat")),
        "g": bg.Precision(bg.Prior("Gamma", alpha=1, beta=2)),
        "sigma": bg.Variance(bg.Prior("InverseGamma", alpha=1, beta=2)),
    }
    model = bg.Model("y ~ x + (1 | g)", data, priors=priors)
    lines = [line.plain for line in prior_equations(model.priors, model.design)]
    assert lines[0] == "β[0] ~ Flat"
    assert "σ[1|g]^−2 ~ Gamma(α=1, β=2)" in lines
    assert "σ^2 ~ InverseGamma(α=1, β=2)" in lines
    assert not any("means of the columns" in sentence for sentence in legend(model.design))


def test_priors_in_one_line_where_they_are_alike():
    fit = count_fit()
    lines = [line.plain for line in prior_equations(fit.priors, fit.design)]
    assert lines[0].startswith("β[0] + x̄β ~ Normal(μ=−6.79")
    named = " ".join(lines)
    for parameter in ("β[sex[male]]", "β[x]", "σ[1|site]", "σ[x|site]", "ρ[site]", "σ[1|year]"):
        assert named.count(parameter) == 1


@pytest.mark.parametrize(
    ("formula", "options", "first", "left"),
    [
        ("p(y, n) ~ x", {"family": "binomial"}, "y[i] ~ Binomial(n[i], p[i])", "logit(p[i])"),
        (
            "p(y, 9) ~ x",
            {"family": "binomial", "link": "cloglog"},
            "y[i] ~ Binomial(9, p[i])",
            "log(−log(1 − p[i]))",
        ),
        (
            "y ~ x",
            {"family": "negative_binomial", "exposure": "n"},
            "y[i] ~ Negative binomial(mean = n[i] · λ[i], shape = α)",
            "log(λ[i])",
        ),
        ("y ~ x", {"family": "poisson"}, "y[i] ~ Poisson(μ[i])", "log(μ[i])"),
        (
            "y ~ x + offset(log(n))",
            {"family": "negative_binomial"},
            "y[i] ~ Negative binomial(mean = μ[i], shape = α)",
            "log(μ[i])",
        ),
    ],
)
def test_families_and_links(formula, options, first, left):
    rows = pd.DataFrame({"y": [1, 2, 3, 4], "n": [5, 5, 6, 9], "x": [0.0, 1, 2, 4]})
    found = [line.plain for line in equations(bg.Model(formula, rows, **options).design)]
    assert found[0] == first
    assert found[1].startswith(f"{left} = β[0] + β[x]")
    assert ("offset[i]" in found[1]) == ("offset" in formula)


def test_an_offset_and_no_intercept():
    rows = pd.DataFrame({"y": [1, 2, 3], "x": [1.0, 2, 4]})
    design = bg.Model("y ~ 0 + x + offset(log(x))", rows, family="poisson").design
    assert equations(design)[1].plain == "log(μ[i]) = β[x] · x[i] + offset[i]"


def test_markup_in_a_name_is_text():
    rows = pd.DataFrame({"y": [1.0, 2, 3, 5], "<b>&": [0.0, 1, 2, 4]})
    design = bg.Model("y ~ `<b>&`", rows).design
    markup = "".join(display(line) for line in equations(design))
    assert "<b>" not in markup
    assert "&lt;b&gt;&amp;" in markup


def test_legend_says_what_letters_are():
    said = " ".join(legend(count_fit().design))
    assert "λ[i] is the rate for one unit of time of row i" in said
    assert "such as sex[male], is 1" in said
    assert "j counts the groups: 6 sites, 4 years." in said


def test_priors_of_long_names_take_several_lines():
    """No line of the page is wider than the sum of the predictor may be."""
    levels = [f"a level of a long name, number {number}" for number in range(7)]
    rows = pd.DataFrame({"f": levels * 3, "y": range(21)})
    model = bg.Model("y ~ f", rows)
    lines = [line.plain for line in prior_equations(model.priors, model.design)]
    slopes = [line for line in lines if "long name" in line]
    assert len(slopes) == 6
    assert all(line.count("number") == 1 for line in slopes)
