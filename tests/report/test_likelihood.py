"""The section of the likelihood."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest
from posterior_maker import count_fit

import bayesglmm as bg
from bayesglmm.report import material_of
from bayesglmm.report.sections import likelihood as section
from bayesglmm.report.sections.likelihood import _too_large


def material(fit):
    return material_of(fit)


def test_table_and_sentences_stand_together():
    fit = count_fit()
    found = fit.parity()
    body = str(section(material(fit)).body)
    for sentence in found.sentences:
        assert sentence in unescape(body)
    assert "<table" in body


def test_rows_with_survey_weights_have_no_likelihood_side_and_say_so():
    fit = count_fit()
    rows = replace(fit.design.rows, weight=np.ones(fit.design.n))
    body = str(section(material(replace(fit, design=replace(fit.design, rows=rows)))).body)
    assert "not available where rows have survey weights" in body
    assert "<table" not in body


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("y ~ 1 + (1 | many)", ""),
        ("y ~ 1 + (1 | many) + (1 | few)", ""),
        ("y ~ 1 + (1 | many) + (1 | also)", "more than 1,500 effects"),
        ("y ~ 1 + (1 + x | many) + (1 + x || half)", "more than 1,500 effects"),
    ],
)
def test_models_whose_maximum_takes_too_long_say_so(formula, words):
    """Crossed effects cost the cube of all but the largest factor."""
    number = np.arange(3200)
    rows = pd.DataFrame({"y": number % 7.0, "x": number % 5.0, "many": number % 1600})
    rows = rows.assign(**{"also": number % 1601, "few": number % 20, "half": number % 801})
    assert words in _too_large(bg.Model(formula, rows).design)
    assert bool(words) == bool(_too_large(bg.Model(formula, rows).design))
