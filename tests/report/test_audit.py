"""The audit in the report: what was found, escaped, after the data."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
from seeds import generator

import bayesglmm as bg
from bayesglmm.report.sections import SECTIONS
from bayesglmm.report.sections.audit import audit

ATTACK = "<script>alert(1)</script>"


def section(rows: pd.DataFrame, formula: str, **options: object) -> str:
    model = bg.Model(formula, rows, **options)
    return str(audit(SimpleNamespace(design=model.design)).body)


def rows(sites: list[str]) -> pd.DataFrame:
    rng = generator(1)
    return pd.DataFrame(
        {
            "y": rng.normal(size=120),
            "site": np.array(sites, dtype=object)[np.arange(120) % len(sites)],
        }
    )


def test_findings_stand_in_sentences_and_in_a_table():
    body = section(rows(["a", "b", "c"]), "y ~ 1 + (1 | site)")
    assert "Audit before sampling: 1 warning." in body
    assert "<li>FEWGROUPS: site has 3 levels (a, b, c)" in body
    assert "<table" in body


def test_it_says_first_what_the_numbers_are_about():
    labels = {"site": {"a": "at home", "b": "in hospital"}, "y": {0: "ill", 1: "well"}}
    data = rows(["a", "b"]).assign(y=np.arange(120) // 2 % 2)
    body = section(data, "y ~ site", family="bernoulli", labels=labels)
    first = "<p>Success: y = well; the other outcome is ill. Reference levels: site = at home.</p>"
    assert body.startswith(first)


def test_names_from_data_are_text():
    body = section(rows(["a", "b", ATTACK]), "y ~ 1 + (1 | site)")
    assert ATTACK not in body
    assert "&lt;script&gt;" in body


def test_nothing_found_is_said():
    body = section(rows([f"s{k}" for k in range(12)]), "y ~ 1 + (1 | site)")
    assert body == "<p>Audit before sampling: nothing found.</p>"


def test_it_follows_the_data():
    names = [make.__name__ for make in SECTIONS]
    assert names.index("audit") == names.index("data") + 1
