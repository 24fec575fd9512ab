"""The section of the likelihood."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from types import SimpleNamespace

import numpy as np
from posterior_maker import count_fit

from bayesglmm.report.material import Material
from bayesglmm.report.sections import likelihood as section


def material(fit):
    return Material(fit.design, fit.priors, fit.forms, fit.draws, fit.verdict)


def test_table_and_sentences_stand_together():
    fit = count_fit()
    found = fit.parity()
    body = str(section(material(fit)).body)
    for sentence in found.sentences:
        assert sentence in unescape(body)
    assert "<table" in body


def test_suppressed_counts_have_no_likelihood_side_and_say_so():
    fit = count_fit()
    known = fit.design.rows
    rows = SimpleNamespace(
        y=known.y, exposure=known.exposure, trials=known.trials, upper=np.asarray(known.y) + 1
    )
    body = str(section(material(replace(fit, design=replace(fit.design, rows=rows)))).body)
    assert "not available where counts are suppressed" in body
    assert "<table" not in body
