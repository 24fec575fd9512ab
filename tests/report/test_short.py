"""The report in short: nothing folded, every judgement in a sentence, two pages of paper."""

from __future__ import annotations

import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from posterior_maker import binary_fit, count_fit, make_fit
from report.test_page import Outline, failed_fit
from seeds import generator

import bayesglmm as bg
from bayesglmm.report.short import MOST_ROWS


def short(fit: bg.Fit, path) -> str:
    return fit.report(path / "short.html", short=True, opinion=False).read_text(encoding="utf-8")


def test_answer_effects_trust_and_methods(tmp_path):
    fit = count_fit()
    html = short(fit, tmp_path)
    outline = Outline(html)
    assert outline.wrong == []
    assert "details" not in {tag for tag, _ in outline.tags}
    anchors = [attrs["id"] for tag, attrs in outline.tags if tag == "section"]
    assert anchors == ["answer", "effects", "trust", "done"]
    assert html.index("<svg") < html.index("<table")
    text = " ".join(text for _, text in outline.texts)
    row = fit.ratios().formatted().iloc[1]
    assert f"{row['lower']} to {row['upper']}" in text
    for words in (fit.verdict.sentence(), "The LOO-PIT values", "By power-scaling", "SHA-256"):
        assert words in text
    assert "ess_bulk" not in text
    assert "all are listed in the full report" in text
    assert "under Priors" not in text  # it has no such section


def test_a_failed_fit_says_so(tmp_path):
    html = short(failed_fit(), tmp_path)
    assert html.index("NOT converged") < html.index("</header>")


def test_a_long_table_is_cut_and_says_so(tmp_path):
    rng = generator(3)
    rows = pd.DataFrame(rng.normal(size=(60, 20)), columns=[f"x{k}" for k in range(20)])
    model = bg.Model(f"y ~ {' + '.join(rows)}", rows.assign(y=rng.normal(size=60)))
    html = short(make_fit(model), tmp_path)
    assert f"The first {MOST_ROWS} of 21 rows." in html


def test_several_models_in_short(tmp_path):
    fits = {"one": binary_fit(), "two": binary_fit(link="probit")}
    path = bg.write_report(
        fits, tmp_path / "r.html", short=True, opinions=dict.fromkeys(fits, False)
    )
    html = path.read_text(encoding="utf-8")
    assert html.index("one: For a typical group of ID") < html.index("Side by side")
    assert "Which model predicts best" not in html
    assert Outline(html).wrong == []


def test_what_is_no_flag_is_refused(tmp_path):
    with pytest.raises(bg.BayesglmmError, match="short="):
        count_fit().report(tmp_path / "r.html", short="yes")


@pytest.mark.parametrize("name", ["r.pdf", "r.md", "r.htm", "r"])
@pytest.mark.parametrize(
    "write",
    [
        lambda fit, path: fit.report(path),
        lambda fit, path: bg.write_report({"one": fit, "two": fit}, path),
    ],
)
def test_an_ending_of_no_format_is_refused(tmp_path, monkeypatch, name, write):
    monkeypatch.setattr("bayesglmm.report.material_of", None)  # nothing is computed
    words = rf"'{name}' names no format.*\.html or \.docx; for a PDF, print the page"
    with pytest.raises(bg.BayesglmmError, match=words):
        write(count_fit(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def wide_fit() -> bg.Fit:
    """More effects, groups and words than most reports have."""
    rng = generator(5)
    level = np.array([f"a category with a long name, number {k}" for k in range(12)])
    rows = pd.DataFrame(
        {
            "county of residence": level[rng.integers(0, 12, 600)],
            "site": [f"site {k % 30}" for k in range(600)],
            "age in years": rng.normal(50, 9, 600),
            "y": rng.poisson(3, 600),
        }
    )
    formula = "y ~ `county of residence` + `age in years` + (1 + `age in years` | site)"
    question = "How does the number of visits to a doctor differ by county and by age?"
    return make_fit(
        bg.Model(formula, rows, family="negative_binomial", title="Visits", question=question)
    )


@pytest.mark.slow
@pytest.mark.parametrize("make", [binary_fit, count_fit, wide_fit])
def test_it_fits_on_two_printed_pages(tmp_path, make):
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    path, pdf = make().report(tmp_path / "r.html", short=True, opinion=False), tmp_path / "r.pdf"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'p'}"]
    command = [chromium, *flags, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", path.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) <= 2
