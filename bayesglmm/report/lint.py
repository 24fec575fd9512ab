"""Hand-written prose held against a fit: numbers that the posterior does not support.

What a text claims is read by `report.claims`; a claim that it cannot place is called unread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.report.claims import Said, read_claims
from bayesglmm.tables import Table
from bayesglmm.tables.digits import format_interval

LESS = re.compile(r"\b(?:lower|less|fewer|smaller|decreas\w*|reduc\w*|drop\w*|below)\b", re.I)


@dataclass(frozen=True, slots=True)
class Fact:
    """A coefficient as the table prints it.

    Attributes
    ----------
    label : str
    values, errors : tuple of float
        Estimate, lower, upper, and their Monte Carlo errors.
    ratio : bool
        Whether no effect is 1.
    """

    label: str
    values: tuple[float, float, float]
    errors: tuple[float, float, float]
    ratio: bool

    def shown(self, percent: bool) -> str:
        """The right number in the words of the claim."""
        scale, shift = (100.0, 1.0) if percent else (1.0, 0.0)
        value, low, high = ((number - shift) * scale for number in self.values)
        errors = [error * scale for error in self.errors]
        kind = "estimate" if percent or not self.ratio else "positive"
        texts = format_interval((value, low, high), (errors[0], errors[1], errors[2]), kind)
        unit = " %" if percent else ""
        return f"{texts[0]}{unit} ({texts[1]} to {texts[2]})"


@dataclass(frozen=True, slots=True)
class Claim:
    """A number in prose and what the fit says of it.

    Attributes
    ----------
    line : int
        Of the text, from 1.
    text : str
        As it stands there.
    label : str
        The coefficient it seems to speak of; empty where that is not known.
    right : str
        What the fit says; why the claim was not read.
    verdict : str
        ``"agrees"``, ``"DIFFERS"`` or ``"not read"``.
    """

    line: int
    text: str
    label: str
    right: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Proofreading:
    """All claims found in a text.

    Attributes
    ----------
    claims : tuple of Claim
    """

    claims: tuple[Claim, ...]

    @property
    def wrong(self) -> tuple[Claim, ...]:
        """Claims that the fit does not support."""
        return tuple(claim for claim in self.claims if claim.verdict == "DIFFERS")

    def table(self) -> Table:
        """One row for each claim."""
        rows = [(c.line, c.text, c.label, c.right, c.verdict) for c in self.claims]
        counts = [
            f"{sum(claim.verdict == verdict for claim in self.claims)} {words}"
            for verdict, words in (
                ("agrees", "agree"),
                ("DIFFERS", "differ"),
                ("not read", "not read"),
            )
        ]
        return Table(
            pd.DataFrame(rows, columns=["line", "text", "of", "the fit", "verdict"]),
            f"Numbers in the text: {', '.join(counts) if self.claims else 'no claim was read'}",
            notes=(
                "Percentages, ratios and 'times' beside a name of the model, and rates per unit of "
                "the exposure; other numbers are not looked at. A number agrees within its own "
                "rounding and the Monte Carlo error.",
            ),
            kinds={"line": "count"},
        )

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def lint(text: str, design: Design, ratios: Table) -> Proofreading:
    """Hold a text against the fixed effects of a fit.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    design : Design
    ratios : Table
        From `posterior.ratios`.

    Returns
    -------
    Proofreading
    """
    facts = _facts(design, ratios)
    return Proofreading(tuple(_judge(said, facts) for said in read_claims(text, design, facts)))


def _facts(design: Design, ratios: Table) -> dict[str, Fact]:
    measure = design.measure
    columns = (measure.short, "lower", "upper")
    frame = ratios.frame[ratios.frame[""].isin(design.predictor.fixed.names)]
    return {
        row[""]: Fact(
            row[""],
            (float(row[columns[0]]), float(row["lower"]), float(row["upper"])),
            tuple(float(row[f"mcse_{name}"]) for name in columns),  # type: ignore[arg-type]
            measure.ratio,
        )
        for _, row in frame.iterrows()
    }


def _judge(said: Said, facts: dict[str, Fact]) -> Claim:
    if not said.label:
        return Claim(said.line, said.text, "", said.why, "not read")
    fact = facts[said.label]
    numbers, scale, shift = _plain(said)
    verdict = "agrees" if agrees(numbers, fact, scale, shift) else "DIFFERS"
    return Claim(said.line, said.text, said.label, fact.shown(said.percent), verdict)


def _plain(said: Said) -> tuple[tuple[str, ...], float, float]:
    """Numbers with their signs, and how those of the fit are turned into such."""
    if not said.percent:
        return said.numbers, 1.0, 0.0
    less = LESS.search(said.around) is not None
    numbers = [n if not less or n[0] in "-−" else f"-{n.lstrip('+')}" for n in said.numbers]
    ends = numbers[:0:-1] if less else numbers[1:]  # "lower by 20 % (10 to 30)"
    return (numbers[0], *ends), 0.01, 1.0


def agrees(numbers: Sequence[str], fact: Fact, scale: float = 1.0, shift: float = 0.0) -> bool:
    """Whether numbers of a text are those of a fit, within their rounding and its error.

    Parameters
    ----------
    numbers : sequence of str
        Estimate and perhaps the ends of its interval, as they stand in the text.
    fact : Fact
    scale, shift : float
        A number of the text times `scale`, and `shift` more, is one of the fit.

    Returns
    -------
    bool
    """
    for text, value, error in zip(numbers, fact.values, fact.errors, strict=False):
        plain = text.replace(",", "").replace("−", "-")
        slack = scale * 0.5 * 10.0 ** -len(plain.partition(".")[2]) + 2 * error + 1e-9
        if abs(float(plain) * scale + shift - value) > slack:
            return False
    return True
