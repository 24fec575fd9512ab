"""Hand-written prose held against a fit: numbers that the posterior does not support.

It reads percentages, ratios and "times", beside names of coefficients and levels in the same
sentence. It does not understand language: what it cannot place it says so, and calls it unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.tables import Table
from bayesglmm.tables.numbers import format_estimate

NUMBER = r"[-−+]?\d[\d,]*(?:\.\d+)?"
INTERVAL = (
    rf"\s*[(\[,;]\s*(?:95\s*%\s*(?:[A-Za-z ]+)?[:,]?\s*)?({NUMBER})\s*(?:to|–|—|-|,)\s*({NUMBER})"
)
RATIO_WORDS = (
    r"(?:\ba?IRRs?\b|\ba?ORs?\b|\bHRs?\b|\bRoM\b|(?:incidence[- ])?rate[- ]ratios?|odds[- ]ratios?"
    r"|hazard[- ]ratios?|ratios? of means)"
)
DIFFERENCE_WORDS = r"(?:\bdifference|\bcoefficient|\bslope|\beffect)"
LINKING = r"\s*(?:of|was|is|were|=|:|,|\(|≈|about|estimated at)*\s*"
PERCENT = (
    rf"({NUMBER})\s*(?:%|percent\b|per cent\b)"
    r"(?!\s*(?:CrI|CI\b|credible|equal|interval|post|of\s+(?:all\s+|the\s+)?\w+\s+lie\b))"
)
TIMES = rf"({NUMBER})(?:\s*times\b|\s*-?fold\b|\s*×)"
LESS = re.compile(r"\b(?:lower|less|fewer|smaller|decreas\w*|reduc\w*|drop\w*|below)\b", re.I)
AGAINST = re.compile(
    r"\b(?:than|compared (?:to|with)|versus|vs\.?|against|relative to)\s+[^,.;]{0,12}$"
)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n(?=\s*(?:[-*#|]|\d+\.\s))")


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
        texts = [
            format_estimate(scale * (value - shift), scale * error)
            for value, error in zip(self.values, self.errors, strict=True)
        ]
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
                "Percentages, ratios and 'times' beside a name of the model; other numbers are not "
                "looked at. A number agrees within its own rounding and the Monte Carlo error.",
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
    names = _mentions(design, facts)
    claims: list[Claim] = []
    start = 0
    for end in [*(found.start() for found in SENTENCE.finditer(text)), len(text)]:
        claims += _sentence(text[start:end], 1 + text.count("\n", 0, start), facts, names)
        start = end
    return Proofreading(tuple(claims))


@dataclass(frozen=True, slots=True)
class _Number:
    """A claim before it is placed: where it stands, and what it says."""

    start: int
    stop: int
    said: tuple[str, ...]
    percent: bool


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


def _mentions(design: Design, facts: dict[str, Fact]) -> dict[str, str]:
    """Words that name a coefficient; those that could name two are left out."""
    found: dict[str, list[str]] = {}
    for label in facts:
        name, bracket, level = label.partition("[")
        level = level.removesuffix("]")
        if ":" in name:
            continue
        words = [label, *_level_words(level)] if bracket else [label]
        alone = sum(other.startswith(f"{name}[") for other in facts) == 1
        words += [name] if bracket and alone else []
        for word in dict.fromkeys(words):
            found.setdefault(word.lower(), []).append(label)
    references = {
        word.lower() for level in design.references.values() for word in _level_words(level)
    }
    return {
        word: labels[0]
        for word, labels in found.items()
        if len(labels) == 1 and word not in references
    }


def _level_words(level: str) -> list[str]:
    """How prose may call a level: whole, before its comma, as a span of numbers."""
    words = [level, level.partition(",")[0]]
    span = re.match(r"\d+\s*[-–]\s*\d+", level)
    if span:
        words.append(span[0])
    more = re.match(r"(\d+).*(?:over|more|older|\+)", level)
    if more:
        words += [f"{more[1]}+", f"{more[1]} and over"]
    return [word for word in words if len(word) > 1]


def _sentence(
    sentence: str, line: int, facts: dict[str, Fact], names: dict[str, str]
) -> Iterator[Claim]:
    mentions, against = _find_mentions(sentence, names)
    numbers = [
        number
        for number in _numbers(sentence, any(fact.ratio for fact in facts.values()))
        if not any(start < number.stop and number.start < stop for start, stop, _ in mentions)
    ]
    for number in numbers:
        where = line + sentence.count("\n", 0, number.start)
        text = " ".join(sentence[number.start : number.stop].split())
        if against:
            yield Claim(where, text, "", f"compared with {against}, no reference", "not read")
            continue
        label = _place(number, numbers, mentions)
        if not label:
            yield Claim(where, text, "", "no name of the model beside it", "not read")
            continue
        fact = facts[label]
        agrees = _agrees(number, fact, sentence)
        verdict = "agrees" if agrees else "DIFFERS"
        yield Claim(where, text, label, fact.shown(number.percent), verdict)


def _find_mentions(sentence: str, names: dict[str, str]) -> tuple[list[tuple[int, int, str]], str]:
    """Places of coefficients in a sentence, and a level it compares with that is no reference."""
    found: list[tuple[int, int, str]] = []
    against = ""
    for word in sorted(names, key=len, reverse=True):
        for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", sentence, re.I):
            if any(match.start() < stop and start < match.end() for start, stop, _ in found):
                continue
            if AGAINST.search(sentence[: match.start()]):
                against = names[word]
            found.append((match.start(), match.end(), names[word]))
    return sorted(found), against


def _numbers(sentence: str, ratio: bool) -> list[_Number]:
    """Claims in a sentence, in order; a number is read once."""
    words = RATIO_WORDS if ratio else DIFFERENCE_WORDS
    patterns = [(rf"{words}{LINKING}({NUMBER})(?!\s*%)(?:{INTERVAL})?", False)]
    if ratio:
        patterns += [(PERCENT, True), (TIMES, False)]
    found: list[_Number] = []
    for pattern, percent in patterns:
        for match in re.finditer(pattern, sentence, re.I):
            taken = any(match.start() < n.stop and n.start < match.end() for n in found)
            if not taken:
                said = tuple(group for group in match.groups() if group)
                found.append(_Number(match.start(), match.end(), said, percent))
    return sorted(found, key=lambda number: number.start)


def _place(number: _Number, numbers: list[_Number], mentions: list[tuple[int, int, str]]) -> str:
    """The coefficient of a number.

    As many names as numbers, all before them, are paired in order ("A and B had 3 and 5 %");
    else it is the name last before the number, or next after it where the sentence begins with a
    number.
    """
    if not mentions:
        return ""
    if len(mentions) == len(numbers) and mentions[-1][1] <= numbers[0].start:
        return mentions[numbers.index(number)][2]
    if numbers[0].start < mentions[0][0]:
        after = [label for start, _, label in mentions if start >= number.stop]
        return after[0] if after else ""
    return [label for start, _, label in mentions if start < number.start][-1]


def _agrees(number: _Number, fact: Fact, sentence: str) -> bool:
    scale, shift = (100.0, 1.0) if number.percent else (1.0, 0.0)
    near = sentence[max(0, number.start - 40) : number.stop + 25]
    for said, value, error in zip(number.said, fact.values, fact.errors, strict=False):
        plain = said.replace(",", "").replace("−", "-")
        decimals = len(plain.partition(".")[2])
        claimed = float(plain)
        if number.percent and claimed > 0 and LESS.search(near):
            claimed = -claimed
        slack = 0.5 * 10.0**-decimals + 2 * scale * error + 1e-9
        if abs(claimed - scale * (value - shift)) > slack:
            return False
    return True
