"""The audit: what a careful colleague would say of spec and data before anything is sampled.

One file a kind of finding, and a row of `CHECKS` for each check.
"""

from __future__ import annotations

from bayesglmm.design.audit.checks import CHECKS, REFUSALS, Check, audit, refused
from bayesglmm.design.audit.finding import Audit, Evidence, Finding, Severity

__all__ = [
    "CHECKS",
    "REFUSALS",
    "Audit",
    "Check",
    "Evidence",
    "Finding",
    "Severity",
    "audit",
    "refused",
]
