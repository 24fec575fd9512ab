"""Rates in prose: numbers "per 100,000", held against the rates that the model gives.

A rate beside the word "baseline", or beside the name of a group, is held against that one. Of a
rate beside no name only its size is judged: one that is far from every rate of the fit is wrong by
its unit, mostly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bayesglmm.design.design import Design
from bayesglmm.design.labels import label_of
from bayesglmm.posterior.baselines import baselines
from bayesglmm.report.claim_patterns import RATE, SENTENCE, people
from bayesglmm.report.lint import Claim, Fact, agrees
from bayesglmm.tables import Table
from bayesglmm.tables.numbers import format_number

FAR = 5.0
"""Factor beyond the lowest and the highest rate of a fit from which a rate is of another size."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates that a fit gives.

    Attributes
    ----------
    named : dict
        Word that stands for a rate, in small letters, to the rate.
    low, high : float
        The lowest and the highest of them.
    """

    named: dict[str, Fact]
    low: float
    high: float


def rates_of(design: Design, ratios: Table, groups: Sequence[Table]) -> Rates | None:
    """Collect the rates of a fit.

    Parameters
    ----------
    design : Design
    ratios : Table
        From `posterior.ratios`.
    groups : sequence of Table
        From `posterior.group_rates`, one for each factor.

    Returns
    -------
    Rates or None
        None for a model that has no exposure.
    """
    if design.spec.exposure is None:
        return None
    short, named = design.measure.short, dict[str, Fact]()
    levels = set(baselines(design).values())
    for _, row in ratios.frame[ratios.frame[""].isin(levels)].iterrows():
        columns = (short, "lower", "upper")
        if np.isfinite(row[short]):
            named["baseline"] = _fact(row[""], row, columns)
    for table in groups:
        name = table.frame.columns[list(table.frame.columns).index("lower") - 1]
        for _, row in table.frame.iterrows():
            level = label_of(row["level"])
            named[level.lower()] = _fact(level, row, (name, "lower", "upper"))
    values = [fact.values[0] for fact in named.values()]
    return Rates(named, min(values), max(values)) if values else None


def _fact(label: str, row: pd.Series, columns: tuple[str, str, str]) -> Fact:
    values = tuple(float(row[name]) for name in columns)
    errors = tuple(float(row[f"mcse_{name}"]) for name in columns)
    return Fact(label, values, errors, ratio=True)  # type: ignore[arg-type]


def rate_claims(text: str, design: Design, rates: Rates) -> Iterator[Claim]:
    """Read and judge the rates of a text.

    Parameters
    ----------
    text : str
    design : Design
    rates : Rates

    Yields
    ------
    Claim
        In the order of the text.
    """
    start = 0
    for end in [*(found.start() for found in SENTENCE.finditer(text)), len(text)]:
        sentence = text[start:end]
        for found in RATE.finditer(sentence):
            line = 1 + text.count("\n", 0, start + found.start())
            yield _judged(sentence, found, line, design.spec.per, rates)
        start = end


def _judged(sentence: str, found: re.Match[str], line: int, per: float, rates: Rates) -> Claim:
    *numbers, count, word = found.groups()
    said, scale = " ".join(found[0].split()), per / people(count, word)
    given = tuple("".join(number.split()) for number in numbers if number)
    fact = _place(sentence, found.start(), rates)
    if fact is not None:
        shown = f"{fact.shown(percent=False)} per {per:,.0f}"
        verdict = "agrees" if agrees(given, fact, scale) else "DIFFERS"
        return Claim(line, said, fact.label, shown, verdict)
    value = scale * float(given[0].replace(",", "").replace("−", "-"))
    if rates.low / FAR <= value <= rates.high * FAR:
        return Claim(line, said, "", "no baseline and no group beside it", "not read")
    ends = f"{format_number(rates.low)} to {format_number(rates.high)} per {per:,.0f}"
    return Claim(line, said, "all rates of the fit", ends, "DIFFERS")


def _place(sentence: str, before: int, rates: Rates) -> Fact | None:
    """The rate whose name stands last before the number, else first after it."""
    lower = sentence.lower()
    places = [
        (match.start(), fact)
        for word, fact in rates.named.items()
        if len(word) > 1 and not word.isdecimal()
        for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", lower)
    ]
    earlier = [(place, fact) for place, fact in places if place < before]
    if earlier:
        return max(earlier, key=lambda one: one[0])[1]
    return min(places, key=lambda one: one[0])[1] if places else None
