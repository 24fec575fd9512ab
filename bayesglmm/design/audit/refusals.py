"""Errors that stop a model before there is a design, as findings."""

from __future__ import annotations

from bayesglmm.design.audit.finding import Audit, Finding
from bayesglmm.errors import BayesglmmError, DataError, FormulaError

REFUSALS: tuple[tuple[type[BayesglmmError], str, str, str], ...] = (
    (FormulaError, "FORMULA", "Formula refused", "a formula that cannot be read or evaluated"),
    (DataError, "DATA", "Data refused", "data that do not fit, such as a constant predictor"),
)
"""Kinds of error that stop a model before there is a design: class, code, title, what is seen."""


def refused(error: BayesglmmError) -> Audit:
    """The error that stopped a model, as the finding it is.

    Parameters
    ----------
    error : BayesglmmError

    Returns
    -------
    Audit
        Of one error; its last sentence is what to do.
    """
    for kind, code, title, _ in REFUSALS:
        if isinstance(error, kind):
            sentence, fix = _last_sentence(str(error))
            return Audit((Finding(code, "error", title, sentence, (), fix),))
    raise error


def _last_sentence(message: str) -> tuple[str, str]:
    """Messages end with what to write instead."""
    body, found, last = message.rstrip().rpartition("\n")
    if not found:
        body, found, last = message.rpartition(". ")
        body += found.strip()
    return (body, last) if found else (message, "Mend this, and audit again.")
