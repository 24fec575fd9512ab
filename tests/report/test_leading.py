"""The first sentence of a report: one effect, one estimand, the words of the design."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit, normal_fit

import bayesglmm as bg
from bayesglmm.errors import SpecError
from bayesglmm.posterior.units import new, one, several, typical
from bayesglmm.report import Material, material_of
from bayesglmm.report.leading import leading
from bayesglmm.report.sections.answer import answer
from bayesglmm.spec.labels import written


def material(fit: bg.Fit) -> Material:
    return material_of(fit)


def first(fit: bg.Fit) -> str:
    made = material(fit)
    return leading(made.design, made.ratios, made.interactions, made.mass)


def villages(**options: object) -> bg.Fit:
    """Whole villages are treated; `seen` differs between the rows of a village."""
    place = np.repeat(np.arange(20), 5)
    rows = pd.DataFrame({"village": place, "net": np.where(place < 10, "none", "given")})
    rows["seen"] = np.tile(["a", "b", "a", "b", "a"], 20)
    rows["ill"] = np.random.default_rng(3).integers(0, 2, 100)  # data of a known answer
    model = bg.Model(
        "ill ~ net + seen + (1 | village)",
        rows,
        family="bernoulli",
        reference={"net": "none"},
        **options,
    )
    return make_fit(model, {"net[given]": -1.0, "1|village_sigma": 1.5}, noise=0.02)


def test_what_changes_within_a_group_is_told_for_one_of_them():
    fit = binary_fit(noise=0.02)
    row = fit.ratios().formatted().set_index("").loc["trt[active]"]
    assert first(fit) == (
        f"For a typical group of ID, the odds that ill is ill are {row['OR']} ({row['lower']} to "
        f"{row['upper']}) times as high where trt is active as where it is placebo (95 % credible "
        "interval in brackets)."
    )


def test_what_is_the_same_in_a_group_is_told_of_the_population():
    fit = villages()
    row = fit.ratios().formatted().set_index("").loc["net[given]"]
    assert row["marginal OR"] != row["OR"]
    assert first(fit).startswith(
        f"Averaged over new villages, the odds that ill is 1 are {row['marginal OR']} "
        f"({row['marginal lower']} to {row['marginal upper']}) times as high where net is given as "
        "where it is none"
    )


@pytest.mark.parametrize(
    ("answer", "words"), [("conditional", "For a typical village"), ("marginal", "Averaged over")]
)
def test_the_spec_may_say_which(answer, words):
    assert first(villages(answer=answer)).startswith(words)


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ("trt", "Averaged over new groups of ID, the odds that ill is ill are "),
        ("C(trt, Sum)", "For a typical group of ID, the odds that ill is ill are "),
        ("trt + trt:dose", "For a typical group of ID, the odds that ill is ill are "),
    ],
)
def test_a_conditional_number_is_never_called_marginal(term, words):
    spec = binary_fit().design.spec
    data = binary_fit().design.given.assign(dose=np.arange(80) % 7)
    model = bg.Model(
        f"ill ~ {term} + (1 | ID)",
        data,
        family="bernoulli",
        labels=spec.labels,
        answer="marginal",
    )
    fit = make_fit(model, {"1|ID_sigma": 2.0}, draws=100)
    said = first(fit)
    assert said.startswith(words)
    number = said[len(words) :].partition(" times")[0]
    row = fit.ratios().formatted().iloc[1]
    own = {name: f"{row[name]} (" for name in ("OR", "marginal OR") if name in row}
    assert number.startswith(own["marginal OR" if "Averaged" in words else "OR"])


def test_an_answer_that_is_none_is_refused():
    with pytest.raises(SpecError, match='answer="conditional" or "marginal"'):
        bg.specify("y ~ x", answer="both")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (count_fit, "Averaged over new sites and years, the rate of events is 2.00"),
        (normal_fit, "The mean of y changes by -1.50"),
    ],
)
def test_other_families(make, words):
    assert first(make(noise=0.01)).startswith(words)


@pytest.mark.parametrize(
    ("right", "change"),
    [
        ("f", "from where f is a to where it is b"),
        ("C(f, Sum)", "from the mean of the levels of f to where it is a"),
        ("f*h", "from where f is a to where it is b, at h = c"),
        ("x", "with one unit more of x"),
    ],
)
def test_a_difference_of_either_sign_is_a_change(right, change):
    rows = pd.DataFrame({"f": list("ab") * 10, "h": list("ccdd") * 5, "y": np.arange(20.0)})
    said = first(make_fit(bg.Model(f"y ~ {right}", rows.assign(x=rows["y"] ** 2)), noise=0))
    assert said.startswith("The mean of y changes by 0")
    assert said.endswith(f") {change} (95 % credible interval in brackets).")


def test_counts_without_an_exposure_and_an_interaction():
    rows = pd.DataFrame({"f": list("ab") * 10, "h": list("ccdd") * 5, "y": np.arange(20)})
    fit = make_fit(bg.Model("y ~ f * h", rows, family="poisson"), noise=0.02)
    said = first(fit)
    assert said.startswith("The expected count of y is ")
    assert " where f is b as where it is a, at h = c (" in said
    slope = make_fit(bg.Model("y ~ x", rows.assign(x=rows["y"] / 3), family="poisson"), noise=0.02)
    assert "times as high with one unit more of x (95 %" in first(slope)


def test_a_model_without_an_effect_of_its_own_has_none():
    rows = pd.DataFrame({"x": np.arange(1.0, 21.0), "y": np.arange(20)})
    for formula in ("y ~ 1", "y ~ log(x) + x", "y ~ poly(x, 2)"):
        fit = make_fit(bg.Model(formula, rows, family="poisson"), noise=0.02)
        assert first(fit) == ""
        body = answer(material(fit)).body
        assert ("The baseline count is 1.00" in body.partition("<details>")[0]) == (
            formula[-1] == "1"
        )


def test_the_short_answer_begins_with_it_and_speaks_the_words_of_the_design():
    fit = binary_fit()
    body = str(answer(material(fit)).body)
    assert body.startswith('<p class="first">For a typical group of ID')
    assert "80 rows of 40 groups of ID" in body
    labels = written(fit.design.spec.labels, {"ID": "patient", "trt": "treatment"})
    spec = bg.specify(fit.design.spec.formula.text, family="bernoulli", labels=labels)
    body = str(answer(material(make_fit(bg.Model(spec, fit.design.given)))).body)
    assert body.startswith('<p class="first">For a typical patient')
    assert "where treatment is active as where it is placebo" in body
    assert "80 rows of 40 patients" in body
    assert ">Success: ill = ill; the other outcome is well. Reference levels: treatment =" in body
    assert "group" not in body


@pytest.mark.parametrize(
    ("column", "label", "single", "many"),
    [
        ("county", "", "county", "counties"),
        ("day", "", "day", "days"),
        ("class", "", "class", "classes"),
        ("church", "", "church", "churches"),
        ("Subject", "", "subject", "subjects"),
        ("school_id", "", "school", "schools"),
        ("patientID", "", "patient", "patients"),
        ("id.patient", "", "patient", "patients"),
        ("study number", "", "study", "studies"),
        ("general_practice", "", "general practice", "general practices"),
        ("LSOA", "", "LSOA", "LSOAs"),
        ("ID", "", "group of ID", "groups of ID"),
        ("g", "", "group of g", "groups of g"),
        ("site2", "", "group of site2", "groups of site2"),
        ("key", "", "group of key", "groups of key"),
        ("ID", "patient", "patient", "patients"),
        (
            "g",
            "centre for sleep disorder",
            "centre for sleep disorder",
            "centre for sleep disorders",
        ),
    ],
)
def test_a_group_in_words(column, label, single, many):
    rows = pd.DataFrame({"y": np.arange(20), column: list("abcd") * 5})
    formula, labels = f"y ~ 1 + (1 | `{column}`)", {column: label} if label else {}
    design = bg.Model(formula, rows, family="poisson", labels=labels).design
    assert (one(design, column), several(design, column)) == (single, many)


@pytest.mark.parametrize(
    ("groups", "labels", "words"),
    [
        ("(1 | region/county)", {}, "a typical region and county"),
        ("(1 | region/county)", {"county": "district"}, "a typical region and district"),
        ("(1 | region/county)", {"region:county": "district"}, "a typical region and district"),
        ("(1 | region:county)", {}, "a typical group of region and county"),
        ("(1 | region:county)", {"region": "state"}, "a typical group of state and county"),
    ],
)
def test_a_group_of_several_factors(groups, labels, words):
    rows = pd.DataFrame(
        {"y": np.arange(20), "region": list("ab") * 10, "county": list("ccddd") * 4}
    )
    design = bg.Model(f"y ~ 1 + {groups}", rows, family="poisson", labels=labels).design
    assert typical(design) == words


def test_several_factors_and_none():
    design = count_fit().design
    assert (typical(design), new(design)) == ("a typical site and year", "new sites and years")
    assert (typical(normal_fit().design), new(normal_fit().design)) == ("", "the rows")
