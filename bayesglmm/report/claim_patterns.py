"""The forms in which prose gives numbers: ratios, percentages, "times", rates, intervals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

NUMBER = r"[-−+]?\d[\d,]*(?:\.\d+)?(?!\d|\.\d|,\d{3})"
ENDS = rf"({NUMBER})\s*%?\s*(?:to|–|—|-|,)\s*({NUMBER})"
INTERVAL = rf"\s*[(\[,;]\s*(?:95\s*%\s*(?:[A-Za-z ]+)?[:,]?\s*)?{ENDS}"
LATER_INTERVAL = rf"[^.;()\[\]\d]{{0,60}}[(\[]\s*95\s*%\s*[A-Za-z ]+[:,]?\s*{ENDS}"
"""An interval that says it is one, behind words without a number."""

RATIO_WORDS = (
    r"(?:\ba?IRRs?\b|\ba?RRs?\b|\ba?ORs?\b|\bHRs?\b|\bRoM\b|(?:incidence[- ])?rate[- ]ratios?"
    r"|odds[- ]ratios?|hazard[- ]ratios?|ratios? of means)"
)
DIFFERENCE_WORDS = r"(?:\bdifference|\bcoefficient|\bslope|\beffect)"
LINKING = r"\s*(?:of|was|is|were|=|:|,|\(|≈|about|estimated at)*\s*"
NAMED = (
    r"\s+(?:of|for|in|among)\s+(?:(?!\b(?:was|were|is|are)\b)[^.;:()=]){1,60}"
    r"(?:\b(?:was|were|is|are)\b|=)\s*(?:(?:about|estimated at|estimated as)\s+)?"
)
"""What may stand between "ratio" and its number where the name is there."""

NO_RATE = r"(?!\s*(?:[a-z]+\s+){0,3}per\s+(?:\d[\d, ]{2}|thousand|million|billion))"
PERCENT = (
    rf"({NUMBER})\s*(?:%|percent\b|per cent\b)"
    r"(?!\s*(?:CrI|CI\b|credible|equal|interval|post|of\s+(?:all\s+|the\s+)?\w+\s+lie\b))"
)
TIMES = rf"({NUMBER})(?:\s*times\b|\s*-?fold\b|\s*×)"
MORE = r"higher|lower|more|less|fewer|greater|smaller|as high|as many|as often"
"""What may stand between a change and its interval."""

AGAINST = re.compile(
    r"\b(?:than|compared (?:to|with)|versus|vs\.?|against|relative to)\s+[^,.;(]{0,12}$"
    rf"|{RATIO_WORDS}\s+(?:of|for)\s+[^.;:()=]{{1,60}}\sto\s+(?:the\s+)?$",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n(?=\s*(?:[-*#|]|\d+\.\s))")

SPACED = r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:\.\d+)?(?![\d,])"
RATE = re.compile(
    rf"({SPACED}|{NUMBER})(?:{INTERVAL}\s*[)\]]?)?\s*(?:[a-z]+\s+){{0,3}}per\s+"
    rf"(?=\d|thousand\b|million\b|billion\b)({SPACED}|\d+(?:,\d+)*)?"
    r"(?:\s*(thousand\b|million\b|billion\b))?",
    re.IGNORECASE,
)
SIZES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}

ANY_NUMBER = re.compile(
    rf"(?<![\w.])(?<![a-z]-)(?<!table )(?<!figure )(?<!section ){NUMBER}(?!\w)(?!\s*%)",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form of a claim.

    Attributes
    ----------
    text : str
        Regular expression whose groups are the estimate and the ends of its interval.
    percent : bool
        Whether they are changes in per cent.
    named : bool
        Whether the name stands in the words that the expression takes.
    """

    text: str
    percent: bool = False
    named: bool = False


def patterns(ratio: bool) -> list[Pattern]:
    """Give the forms of claims about ratios or differences, those that go first at the front."""
    words = RATIO_WORDS if ratio else DIFFERENCE_WORDS
    ends = rf"(?!\s*%)(?:{INTERVAL}|{LATER_INTERVAL})?"
    found = [
        Pattern(rf"{words}{LINKING}({NUMBER}){ends}"),
        Pattern(rf"{words}{NAMED}({NUMBER}){NO_RATE}{ends}", named=True),
    ]
    if ratio:
        more = rf"(?:(?:\s+(?:{MORE}))?{INTERVAL}|{LATER_INTERVAL})?"
        found += [Pattern(PERCENT + more, percent=True), Pattern(TIMES + more)]
    return found


def people(count: str | None, word: str | None) -> float:
    """Turn the unit of a rate, as "100 000" or "1 million", into a number."""
    plain = "".join((count or "1").replace(",", "").split())
    return float(plain) * SIZES[word.lower()] if word else float(plain)


def unread_numbers(
    sentence: str, known: Sequence[tuple[int, int]], ratio: bool, whole: bool
) -> list[re.Match[str]]:
    """Find numbers of a sentence about ratios or differences that no pattern took.

    Percentages, years and numbers of tables, figures and sections are left out.

    Parameters
    ----------
    sentence : str
    known : sequence of tuple
        Places that are read or belong to a name.
    ratio : bool
    whole : bool
        Whether nothing of the sentence was read; otherwise only numbers with decimals count, as
        counts stand beside many claims.

    Returns
    -------
    list of re.Match
    """
    words = rf"{RATIO_WORDS}|\bratios?\b|\btimes\b" if ratio else DIFFERENCE_WORDS
    if not re.search(words, sentence, re.IGNORECASE):
        return []
    taken = [*known, *(rate.span() for rate in RATE.finditer(sentence))]
    return [
        found
        for found in ANY_NUMBER.finditer(sentence)
        if not any(found.start() < stop and start < found.end() for start, stop in taken)
        and not YEAR.fullmatch(found[0])
        and (whole or "." in found[0])
    ]
