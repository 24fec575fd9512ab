"""The audit: what a careful colleague would say of spec and data before anything is sampled.

One file a kind of finding, and a row of `CHECKS` for each check.
"""

from __future__ import annotations

from bayesglmm.design.audit.finding import Audit, Evidence, Finding, Severity
from bayesglmm.design.audit.refusals import REFUSALS, refused
from bayesglmm.design.audit.registry import CHECKS, AuditCheck, audit

__all__ = [
    "CHECKS",
    "REFUSALS",
    "Audit",
    "AuditCheck",
    "Evidence",
    "Finding",
    "Severity",
    "audit",
    "refused",
]
