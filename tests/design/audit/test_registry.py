"""The table of checks, what it hands out, and its documentation."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from posterior_maker import count_fit

import bayesglmm as bg
from bayesglmm.design.audit import CHECKS, REFUSALS, Audit, Finding, audit, refused
from bayesglmm.errors import DataError, EngineError, FormulaError

PAGE = Path(__file__).parents[3] / "docs" / "audit.md"


def documented() -> list[list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_lists_every_code():
    rows = [[f"`{code}`", title, seen, "error"] for _, code, title, seen in REFUSALS]
    rows += [[f"`{row.code}`", row.title, row.seen, row.severities] for row in CHECKS]
    assert documented() == rows


def test_codes_are_stable_words():
    codes = [check.code for check in CHECKS] + [code for _, code, _, _ in REFUSALS]
    assert len(set(codes)) == len(codes)
    assert all(code.isalpha() and code.isupper() for code in codes)


def finding(severity: str, rows: tuple[int, ...] = ()) -> Finding:
    return Finding("CODE", severity, "A title", "It was <seen>.", rows, "Write this.")


def test_an_audit_sorts_itself_out():
    found = Audit((finding("error"), finding("warning"), finding("warning"), finding("note")))
    assert (len(found.errors), len(found.warnings), len(found.notes)) == (1, 2, 1)
    assert found.codes == ("CODE",)
    assert found.summary() == "Audit before sampling: 1 error, 2 warnings, 1 note."
    assert Audit(()).summary() == "Audit before sampling: nothing found."


def test_the_table_counts_and_names_rows():
    found = Audit((finding("warning", tuple(range(1200))), finding("note", (3,))))
    table = found.table()
    assert list(table.frame.columns) == ["code", "severity", "finding", "rows", "what to do"]
    assert list(table.frame["rows"]) == ["1,200 (0, 1, 2, 3, ...)", "1 (3)"]
    assert "counted from 0" in repr(table)


def test_it_prints_and_is_escaped():
    found = Audit((finding("warning", (0, 1)),))
    assert "warning CODE: A title" in repr(found)
    assert "What to do: Write this." in repr(found)
    html = found._repr_html_()
    assert "&lt;seen&gt;" in html
    assert "<seen>" not in html
    assert "nothing found" in Audit(())._repr_html_()


def test_warnings_come_before_notes():
    rows = pd.DataFrame({"y": [0, 1] * 20, "x": [0, 0, 1, 1] * 10, "id": range(40)})
    rows["id"] //= 2
    found = bg.Model("y ~ x + (1 | id)", rows, family="bernoulli").audit()
    assert [item.severity for item in found.findings] == ["warning", "note"]


def test_model_and_fit_agree():
    fit = count_fit()
    assert fit.audit() == audit(fit.design)
    assert "FEWGROUPS" in fit.audit().codes  # four years


@pytest.mark.parametrize(
    ("error", "code", "sentence", "fix"),
    [
        (
            DataError("'x' is 3 in every row. Take it out."),
            "DATA",
            "'x' is 3 in every row.",
            "Take it out.",
        ),
        (DataError("It is bad."), "DATA", "It is bad.", "Mend this, and audit again."),
        (
            FormulaError("'(' is never closed.", "y ~ (1", 4, "Write (1)."),
            "FORMULA",
            "'(' is never closed.\n    y ~ (1\n        ^",
            "Write (1).",
        ),
    ],
)
def test_a_refusal_is_a_finding(error, code, sentence, fix):
    (found,) = refused(error).errors
    assert (found.code, found.sentence, found.fix) == (code, sentence, fix)


def test_a_caret_keeps_its_place():
    text = repr(refused(FormulaError("'(' is never closed.", "y ~ (1", 4, "Write (1).")))
    formula, caret = text.splitlines()[4:6]
    assert formula.index("(") == caret.index("^")


def test_other_errors_are_no_findings():
    with pytest.raises(EngineError):
        refused(EngineError("The sampler is gone."))
