"""Findings: what was seen, how much it matters, where, and what to write instead."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import pandas as pd

from bayesglmm.tables import Table

type Severity = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""From the worst to the mildest."""

WIDTH = 96
"""Characters of a line in the terminal."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a check saw, before it has a code.

    Attributes
    ----------
    severity : str
    sentence : str
        With the numbers, in plain words.
    fix : str
        What to write or do instead.
    rows : tuple of int
        Positions in the data frame given, counted from 0.
    """

    severity: Severity
    sentence: str
    fix: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of the audit.

    Attributes
    ----------
    code : str
        Stable, such as ``"ALIAS"``; docs/audit.md has them all.
    severity : str
        ``"error"`` (there can be no fit), ``"warning"`` (the answer may mislead) or ``"note"``.
    title : str
    sentence : str
        For the report.
    rows : tuple of int
        Positions in the data frame given, counted from 0; empty where no rows are meant.
    fix : str
        What to write or do instead.
    """

    code: str
    severity: Severity
    title: str
    sentence: str
    rows: tuple[int, ...]
    fix: str

    def __repr__(self) -> str:
        lines = [f"{self.severity:<8}{self.code}: {self.title}", *_indented(self.sentence)]
        if self.rows:
            lines += _indented(f"Rows: {rows_in_words(self.rows)}")
        return "\n".join([*lines, *_indented(f"What to do: {self.fix}")])


@dataclass(frozen=True, slots=True)
class Audit:
    """Findings about a model's spec and data, the worst first.

    Attributes
    ----------
    findings : tuple of Finding
    coding : tuple of str
        What a success is and what the reference levels are; said before anything else.
    """

    findings: tuple[Finding, ...]
    coding: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop a fit."""
        return self._of("error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that may mislead the reader of the fit; they travel into the report."""
        return self._of("warning")

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is good to know."""
        return self._of("note")

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes found, each once, in order."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings))

    def only(self, *codes: str) -> Audit:
        """The findings of some codes, such as ``audit.only("ALIAS", "MARGINS")``."""
        found = tuple(finding for finding in self.findings if finding.code in codes)
        return Audit(found, self.coding)

    def _of(self, severity: Severity) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == severity)

    def summary(self) -> str:
        """How many findings of each severity, in a sentence."""
        counts = {severity: len(self._of(severity)) for severity in SEVERITIES}
        said = [f"{n} {name}{'s' * (n > 1)}" for name, n in counts.items() if n]
        return f"Audit before sampling: {', '.join(said) or 'nothing found'}."

    def sentences(self) -> list[str]:
        """The findings in words, one text each, with their codes."""
        return [f"{finding.code}: {finding.sentence}" for finding in self.findings]

    def table(self) -> Table:
        """The findings, one a row: code, severity, finding, rows concerned, what to do."""
        rows = [
            (item.code, item.severity, item.title, rows_in_words(item.rows), item.fix)
            for item in self.findings
        ]
        columns = ["code", "severity", "finding", "rows", "what to do"]
        notes = ("Rows are counted from 0 in the data frame given.",)
        return Table(pd.DataFrame(rows, columns=columns), "Findings of the audit", notes=notes)

    def __repr__(self) -> str:
        lead = "\n".join([*self.coding, self.summary()])
        return "\n\n".join([lead, *(repr(finding) for finding in self.findings)])

    def _repr_html_(self) -> str:
        lead = "".join(f"<p>{escape(text)}</p>" for text in (*self.coding, self.summary()))
        if not self.findings:
            return lead
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences())
        return f"{lead}{self.table().to_html()}<ul>{items}</ul>"


def rows_in_words(rows: tuple[int, ...], limit: int = 4) -> str:
    """How many rows, and the first few of them; empty where there are none."""
    if not rows:
        return ""
    named = ", ".join(str(row) for row in rows[:limit]) + (", ..." if len(rows) > limit else "")
    return f"{len(rows):,} ({named})"


def positions_of(rows: Any) -> tuple[int, ...]:
    """Positions as they are kept in a finding.

    Parameters
    ----------
    rows : array of int

    Returns
    -------
    tuple of int
    """
    return tuple(rows.tolist())


def listed(names: Iterable[Any], limit: int = 5) -> str:
    """Names in a sentence: the first few, and how many more."""
    known = [str(name) for name in names]
    more = f" and {len(known) - limit} more" if len(known) > limit else ""
    return ", ".join(known[:limit]) + more


def number_in_words(value: float) -> str:
    """A number in a sentence: whole where it is large."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _indented(text: str) -> list[str]:
    """Lines of at most `WIDTH` characters; a line that is set off, as under a caret, stays."""
    blank, lines = " " * 8, []
    for part in text.splitlines():
        if part.startswith(" "):
            lines.append(blank + part)
        else:
            lines += textwrap.wrap(
                part, WIDTH, initial_indent=blank, subsequent_indent=blank, break_long_words=False
            )
    return lines
