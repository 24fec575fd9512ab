"""Digits, signs and escapes of printed tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from seeds import generator

from bayesglmm.errors import SpecError
from bayesglmm.tables import Summary, Table, format_estimate, format_probability
from bayesglmm.tables.numbers import MOST_DIGITS, format_number

NAN, INF = np.nan, np.inf

# (value, Monte Carlo error, whether 0 is impossible): text. Minus 0 equals 0 as a key: see below.
ESTIMATES = {
    # The error sets the last digit.
    (999.9336, 3e-10, False): "999.9",
    (999.96, 3e-10, False): "1,000",
    (99.9936, 0.001, False): "99.99",
    (3.14159, 0.02, False): "3.1",
    (3.14159, 0.2, False): "3",
    (3.14159, 0.0011, False): "3.14",
    (3.14159, 0.001, False): "3.142",
    (-3.14159, 0.02, False): "-3.1",
    (273.4, 0.8, False): "273",
    # An error above 1 takes digits left of the point, too.
    (273.4, 5, False): "270",
    (273.4, 40, False): "300",
    (12345.6, 30, False): "12,300",
    (6.0, 7.0, False): "10",
    # Never more than four digits, however small the error.
    (3.14159265, 1e-9, False): "3.142",
    (0.00314159, 1e-9, False): "0.003142",
    (9.99996, 1e-9, False): "10.00",
    # Three digits where the error is not known, or there is none.
    (3.14159, NAN, False): "3.14",
    (3.14159, 0.0, False): "3.14",
    (0.012345, NAN, False): "0.0123",
    (12345.6, NAN, False): "12,300",
    (9.996, NAN, False): "10.0",
    # What the error swamps is 0, or below the last digit where it cannot be 0.
    (0.0003, 0.0004, False): "0.000",
    (0.0003, 0.0004, True): "<0.001",
    (273.4, 600, False): "0",
    (273.4, 600, True): "<1,000",
    (-0.0003, 0.0004, False): "0.000",
    (-0.0003, 0.0004, True): "0.000",
    (0.0, 0.01, False): "0.00",
    (1e-40, 1e-37, True): "<1e-37",
    # Very large and very small.
    (1234567.0, 20000, False): "1.2e+06",
    (1234567.0, 10, False): "1.235e+06",
    (123456.0, 10, False): "123,500",
    (1.234e-6, 1e-7, False): "1.2e-06",
    (1.234e-6, NAN, False): "1.23e-06",
    (0.0001234, NAN, False): "0.000123",
    (1.5e300, NAN, True): "1.5e+300",
    # Not numbers.
    (NAN, 0.1, False): "",
    (INF, NAN, False): "∞",
    (-INF, 0.1, False): "-∞",
}


@pytest.mark.parametrize(
    ("value", "error", "positive", "text"), [(*given, text) for given, text in ESTIMATES.items()]
)
def test_estimates(value, error, positive, text):
    assert format_estimate(value, error, positive) == text


@pytest.mark.parametrize("error", [0.01, NAN])
@pytest.mark.parametrize("positive", [True, False])
def test_minus_zero_has_no_sign(error, positive):
    assert format_estimate(-0.0, error, positive) == "0.00"


def test_no_digit_is_shown_that_the_error_does_not_support():
    rng = generator(1)
    for _ in range(2000):
        value = rng.choice([-1, 1]) * 10 ** rng.uniform(-8, 8)
        error = 10 ** rng.uniform(-10, 8)
        shown = float(format_estimate(value, error).replace(",", ""))
        unit = 10.0 ** np.ceil(np.log10(error))
        steps = shown / unit
        assert abs(steps - round(steps)) < 1e-6 * max(1, abs(steps)), (value, error, shown)
        # Nothing is lost, either, but what the error or the fourth digit hides.
        digit = 10.0 ** (np.floor(np.log10(abs(value))) - MOST_DIGITS + 1)
        assert abs(shown - value) <= 0.500001 * max(unit, digit), (value, error, shown)


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.9534, np.nan, "0.953"),
        (0.9534, 0.0008, "0.953"),
        (0.9534, 0.004, "0.95"),
        (0.9534, 0.02, ">0.9"),
        (0.9996, 0.0001, ">0.999"),
        (0.996, 0.0015, ">0.99"),
        (0.0004, 0.0001, "<0.001"),
        (0.004, 0.002, "<0.01"),
        (0.5, 0.4, "0.5"),
        (1.0, 0.00012, ">0.999"),
        (0.0, 0.003, "<0.01"),
        (np.nan, 0.1, ""),
    ],
)
def test_probabilities(value, error, text):
    assert format_probability(value, error) == text


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("count", 1234.4, "1,234"),
        ("count", np.nan, ""),
        ("r_hat", 1.00049, "1.000"),
        ("r_hat", np.nan, ""),
        ("diagnostic", 3.0, "3"),
        ("diagnostic", 1234.5, "1,234"),
        ("diagnostic", 1.01234, "1.0123"),
        ("diagnostic", np.nan, ""),
        ("diagnostic", np.inf, "inf"),
        ("number", 0.123456, "0.123"),
        ("number", 26123.0, "26,123"),
        ("decimal", 0.12345, "0.123"),
        ("decimal", 0.00049, "<0.001"),
        ("decimal", 0.0, "0.000"),
        ("decimal", np.nan, ""),
        ("number", np.nan, ""),
        ("text", "a", "a"),
        ("text", None, ""),
        ("text", np.nan, ""),
    ],
)
def test_other_kinds(kind, value, text):
    shown = Table(pd.DataFrame({"v": [value]}), "t", kinds={"v": kind}).formatted()
    assert shown["v"].tolist() == [text]


def make_table() -> Table:
    frame = pd.DataFrame(
        {
            "": ["<script>alert(1)</script>", "a & b"],
            "<b>IRR</b>": [1.23456, 0.00001],
            "mcse_<b>IRR</b>": [0.02, 0.001],
            "N": [1200, 3],
        }
    )
    return Table(
        frame,
        "Caption <i>x</i>",
        scale="scale",
        estimand="of whom",
        notes=("note <u>1</u>",),
        kinds={"<b>IRR</b>": "positive", "N": "count"},
    )


def test_errors_steer_digits_and_are_not_shown():
    shown = make_table().formatted()
    assert list(shown.columns) == ["", "<b>IRR</b>", "N"]
    assert shown["<b>IRR</b>"].tolist() == ["1.2", "<0.001"]
    assert shown["N"].tolist() == ["1,200", "3"]


def test_repr_tells_scale_estimand_and_notes():
    text = repr(make_table())
    assert text.startswith("Caption <i>x</i>")
    assert text.index("1.2") < text.index("Scale: scale") < text.index("Estimand: of whom")
    assert text.endswith("note <u>1</u>")


def test_repr_breaks_notes_between_words():
    note = " ".join(f"word-{k}" for k in range(40))
    table = Table(pd.DataFrame({"a": [1]}), "Wide", estimand="of all", notes=(note, "x" * 120))
    *_, estimand, first, second, third, fourth, unbroken = repr(table).splitlines()
    assert estimand == "Estimand: of all"
    assert max(map(len, (first, second, third, fourth))) <= 100
    assert not first.startswith(" ")
    assert all(line.startswith("  word") for line in (second, third, fourth))
    assert " ".join(f"{first} {second} {third} {fourth}".split()) == note
    assert unbroken == "x" * 120
    assert note in table.to_markdown()


@pytest.mark.parametrize("markup", ["<script>", "<i>x", "<u>1", "<b>IRR", "a & b"])
def test_html_escapes_every_text(markup):
    html = make_table().to_html()
    assert markup not in html
    assert markup.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in html


def test_html_of_the_same_table_is_the_same():
    assert make_table().to_html() == make_table().to_html()


def test_summary_puts_its_heading_first():
    summary = Summary((make_table(), make_table()), "NOT converged: R-hat < 2")
    assert repr(summary).startswith("NOT converged")
    assert repr(summary).count("Caption") == 2
    html = summary._repr_html_()
    assert html.index("NOT converged: R-hat &lt; 2") < html.index("Caption")
    assert "NOT" not in Summary((make_table(),))._repr_html_()


def test_extremes_are_the_ends_and_say_so():
    frame = pd.DataFrame({"level": list("abcdefg"), "rate": [3.0, 7.0, 1.0, 6.0, 2.0, 5.0, 4.0]})
    table = Table(frame, "Rates", kinds={"rate": "number"})
    shown = table.extremes("rate", 2)
    assert list(shown.frame["level"]) == ["b", "d", "e", "c"]
    assert shown.notes == ("The 2 largest and 2 smallest by rate, of 7 rows.",)
    whole = table.extremes("rate", 4)
    assert list(whole.frame["level"]) == list("bdfgaec")
    assert whole.notes == ()
    for column in ("level", "rat"):
        with pytest.raises(SpecError, match="column of numbers"):
            table.extremes(column)


def test_some_rows_and_what_they_are():
    frame = pd.DataFrame({"level": list("aabb"), "effect": ["1", "x", "1", "x"]})
    shown = Table(frame, "Effects").where("effect", "x")
    assert list(shown.frame["level"]) == ["a", "b"]
    assert shown.notes == ("The 2 of 4 rows with effect x.",)
    for asked in (("efect", "x"), ("effect", "y")):
        with pytest.raises(SpecError):
            Table(frame, "Effects").where(*asked)


def test_a_table_without_rows_says_so_in_every_form():
    table = Table(pd.DataFrame({"a": [], "b": []}), "Nothing", scale="link", kinds={"a": "number"})
    assert repr(table) == "Nothing\n\nNo rows.\nScale: link"
    for text in (table.to_html(), table.to_markdown(), table.to_latex()):
        assert "No rows." in text
    assert "No rows." not in repr(make_table())


GIVEN = {
    0.345584192064786: "0.345584",
    -0.05167958261871326: "-0.0516796",
    0.1 + 0.2: "0.3",
    19.4: "19.4",
    3.0: "3",
    0.0: "0",
    100.0: "100",
    1234567.0: "1234567",
    1234567.8: "1234568",
    1.7e9: "1700000000",
    1.23456789e-7: "1.23457e-07",
    NAN: "",
    INF: "inf",
}


@pytest.mark.parametrize(("value", "text"), GIVEN.items())
@pytest.mark.parametrize("kind", [float, np.float64])
def test_numbers_of_the_data_have_six_digits(value, text, kind):
    table = Table(pd.DataFrame({"x": pd.Series([kind(value), "other"])}), caption="")
    assert list(table.printed()["x"]) == [text, "other"]


def test_covariates_beside_predictions_are_readable():
    """The frame keeps all digits."""
    table = Table(pd.DataFrame({"x": [1 / 3, 2.0]}), caption="")
    assert list(table.printed()["x"]) == ["0.333333", "2"]
    assert table.frame["x"][0] == 1 / 3


@pytest.mark.parametrize(
    ("value", "text"),
    [(2484.3, "2,484"), (110.2, "110"), (0.00234, "0.00234"), (0.0, "0"), (4.2e7, "4.2e+07")],
)
def test_a_number_by_itself(value, text):
    """Seconds and evidence bounds of a run, which were printed as 1.1e+02 and 2.48e+03."""
    assert format_number(value) == text
