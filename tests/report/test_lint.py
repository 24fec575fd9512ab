"""Prose against the fit: the numbers of one published text, and how far the reading goes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_fit, make_fit, normal_fit
from seeds import generator

import bayesglmm as bg

ETHNICITIES = (
    "Asian, Non-Hispanic",
    "Black, Non-Hispanic",
    "White, Non-Hispanic",
    "Hispanic",
    "American Indian or Alaska Native, Non-Hispanic",
)
AGES = ("Under 25 years", "25-39 years", "40 years and over")
IRR = {
    "ethnicity[Black, Non-Hispanic]": 3.73,
    "ethnicity[White, Non-Hispanic]": 1.33,
    "ethnicity[Hispanic]": 1.18,
    "ethnicity[American Indian or Alaska Native, Non-Hispanic]": 5.22,
    "age_group[25-39 years]": 1.47,
    "age_group[40 years and over]": 6.11,
    "dobbs_era[Post-Dobbs]": 0.80,
}
PROSE = """Black women had a mortality rate 267% higher than Asian women.
White and Hispanic women had 31% and 15% higher rates.

- Women aged 25-39 had a 37% higher rate; those 40 years and over 505 % higher.
- After the ruling (Post-Dobbs) the rate was 20 % lower.
"""


@pytest.fixture(scope="module")
def fit() -> bg.Fit:
    """Draws about the published ratios, with hardly any Monte Carlo error."""
    place = np.arange(150)
    rows = pd.DataFrame(
        {
            "deaths": generator(1).poisson(5, 150),
            "births": 1e5,
            "ethnicity": np.array(ETHNICITIES)[place % 5],
            "age_group": np.array(AGES)[place // 5 % 3],
            "dobbs_era": np.array(["Pre-Dobbs", "Post-Dobbs"])[place // 15 % 2],
        }
    )
    model = bg.Model(
        "deaths ~ ethnicity + age_group + dobbs_era",
        rows,
        family="poisson",
        exposure="births",
        per=100_000,
        reference={"ethnicity": ETHNICITIES[0], "age_group": AGES[0], "dobbs_era": "Pre-Dobbs"},
    )
    return make_fit(model, {name: np.log(value) for name, value in IRR.items()}, noise=1e-4)


def read(fit: bg.Fit, text: str) -> list[tuple[str, str]]:
    return [(claim.label, claim.verdict) for claim in fit.lint(text).claims]


def test_the_published_percentages_are_corrected(fit):
    found = fit.lint(PROSE)
    wrong = {
        claim.label: (claim.text, f"{float(claim.right.split(' %')[0]):.1f}")
        for claim in found.wrong
    }
    assert wrong == {
        "ethnicity[Black, Non-Hispanic]": ("267%", "273.0"),
        "age_group[25-39 years]": ("37%", "47.0"),
        "age_group[40 years and over]": ("505 %", "511.0"),
        "ethnicity[White, Non-Hispanic]": ("31%", "33.0"),
        "ethnicity[Hispanic]": ("15%", "18.0"),
    }
    assert [claim.line for claim in found.claims] == [1, 2, 2, 4, 4, 5]
    agreed = [claim.label for claim in found.claims if claim.verdict == "agrees"]
    assert agreed == ["dobbs_era[Post-Dobbs]"]


@pytest.mark.parametrize(
    ("said", "right", "label"),
    [
        (267, 273, "Black"),
        (31, 33, "White"),
        (15, 18, "Hispanic"),
        (37, 47, "25-39"),
        (505, 511, "40 years and over"),
    ],
)
def test_each_wrong_and_right_percentage(fit, said, right, label):
    (claim,) = fit.lint(f"For {label} the rate is {said} % higher.").claims
    assert claim.verdict == "DIFFERS"
    assert round(float(claim.right.split(" ")[0])) == right
    (claim,) = fit.lint(f"For {label} the rate is {right}% higher.").claims
    assert claim.verdict == "agrees"


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        ("Black women: IRR 3.73 (3.73 to 3.73).", ["agrees"]),
        ("Black women: IRR of 3.7, 95 % CrI.", ["agrees"]),
        ("Black women (IRR = 3.6, 95% CrI 3.7 to 3.7)", ["DIFFERS"]),
        ("Black women (IRR 3.73; 2.1–3.9)", ["DIFFERS"]),
        ("The incidence-rate ratio was 6.1 for those aged 40+.", ["agrees"]),
        ("A rate ratio of 1.33 for White and 1.18 times for Hispanic women.", ["agrees", "agrees"]),
        ("Rates were 3.7 times as high among Black women.", ["agrees"]),
        ("Post-Dobbs, rates were 20 % lower.", ["agrees"]),
        ("Post-Dobbs, rates were 20 % higher.", ["DIFFERS"]),
        ("Post-Dobbs the change was -20 %.", ["agrees"]),
        ("Rates were 267 % higher.", ["not read"]),
        ("White women had 64 % lower rates than Black women.", ["not read"]),
        ("Unknown women had 12 % more.", ["not read"]),
        ("For Black women, 95 % of all years lie between two rates.", []),
        ("Of 518 rows in 2019, 95 % credible intervals are shown for Black women.", []),
        ("Among ages 25-39 there were 461 deaths.", []),
    ],
)
def test_what_is_read_and_what_is_not(fit, text, verdicts):
    assert [verdict for _, verdict in read(fit, text)] == verdicts


INSIDE = "(95% CrI 3.7-3.8)"


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (f"The IRR for Black women was 3.73 {INSIDE}.", ["DIFFERS"]),
        ("The IRR for Black women was 3.73 (95% CrI 3.73-3.73).", ["agrees"]),
        ("The IRR of Hispanic was 1.5.", ["DIFFERS"]),
        ("The IRR for those aged 25-39 was 1.47.", ["agrees"]),
        ("The rate ratio of Black to Asian women was 1.9 (95 % CrI 1.3 to 1.8).", ["DIFFERS"]),
        ("The rate ratio of Asian to Black women was 0.27.", ["not read"]),
        ("The rate ratio of Black to White women was 1.33.", ["not read"]),
        ("Black vs Asian: RR 1.51 (1.3-1.8)", ["DIFFERS"]),
        ("Asian vs Black: RR 0.27", ["not read"]),
        ("IRRs for White and Hispanic women were 1.33 and 1.18.", ["not read", "not read"]),
        ("The IRR of poverty was 1.5.", ["not read"]),
        ("The IRR for Hispanic women lay between 1 and 2.", ["not read"]),
        ("The IRR for Hispanic women was 1.18 (89 % CrI 0.9 to 1.4).", ["agrees", "not read"]),
        (
            "Rates in Hispanic women were 1.18 times those of others (95 % CI 0.2 to 9).",
            ["DIFFERS"],
        ),
        ("Rates were 1.18 times as high in Hispanic women (95 % CI 1.18 to 1.18).", ["agrees"]),
        ("Rate ratios, from 2019 on, are in table 3, with 95 % intervals.", []),
        ("The IRR of Hispanic women is 1.18 per year.", ["agrees"]),
        ("The IRR among Hispanic women was 1.9 and in Black women 3.73.", ["DIFFERS", "not read"]),
        ("The IRR of Black women is 37 %.", ["DIFFERS"]),
    ],
)
def test_no_sentence_about_ratios_is_skipped(fit, text, verdicts):
    assert [verdict for _, verdict in read(fit, text)] == verdicts


def test_a_rate_behind_the_word_for_a_ratio_is_no_ratio(fit):
    found = read(fit, "Unlike the IRR of Hispanic women, the rate was 9 per 100,000.")
    assert found == [("all rates of the fit", "DIFFERS")]


def test_what_no_form_takes_is_shown_as_it_stands(fit):
    *_, claim = fit.lint("Here.\n\nThe IRR for Hispanic: from 1.1 up to 1.3.").claims
    assert (claim.line, claim.text) == (3, "1.1, 1.3")
    assert claim.right == "not in a form that is read"


def test_the_table_says_how_much_was_read(fit):
    shown = repr(bg.lint(PROSE, fit))
    assert "1 agree" in shown
    assert "0 not read" in shown
    assert "other numbers are not looked at" in shown
    assert "273" in fit.lint(PROSE)._repr_html_()


def test_monte_carlo_error_is_allowed_for():
    fit = count_fit(noise=0.3)
    row = fit.ratios().frame.iloc[1]
    near, far = row["IRR"] + row["mcse_IRR"], row["IRR"] + 6 * row["mcse_IRR"]
    assert row["mcse_IRR"] > 0.01  # more than the rounding of a second decimal
    assert read(fit, f"Among male subjects the IRR was {near:.2f}.") == [("sex[male]", "agrees")]
    assert read(fit, f"Among male subjects the IRR was {far:.2f}.") == [("sex[male]", "DIFFERS")]


def test_differences_of_a_linear_model():
    fit = normal_fit(noise=1e-4)
    assert read(fit, "For x the slope is −1.5.") == [("x", "agrees")]
    assert read(fit, "For x the slope is 1.5.") == [("x", "DIFFERS")]
    assert read(fit, "The slope of x was 1.5.") == [("x", "DIFFERS")]
    assert read(fit, "The effect of x lies near 1.5.") == [("", "not read")]


def test_a_text_without_claims_says_so(fit):
    text = repr(fit.lint("Nothing here is a number."))
    assert text.startswith("Numbers in the text: no claim was read\n\nNo rows.\n")
    assert "DataFrame" not in text
