"""Audits of small frames made for one check."""

from __future__ import annotations

import pandas as pd

import bayesglmm as bg
from bayesglmm.design import make_design
from bayesglmm.design.audit import Audit, Finding, audit


def look(formula: str, data: pd.DataFrame, **options: object) -> Audit:
    """The audit of a formula and a frame; options as for `specify`."""
    return audit(make_design(bg.specify(formula, **options), data))


def one(found: Audit, code: str, severity: str = "warning", about: str = "") -> Finding:
    """The only finding of a code, or the only one that speaks of something."""
    (finding,) = [item for item in found.findings if item.code == code and about in item.sentence]
    assert finding.severity == severity
    assert finding.title
    assert finding.fix
    return finding
