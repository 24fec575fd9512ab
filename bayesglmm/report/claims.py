"""Claims in prose: which numbers a sentence gives, and which coefficients it gives them to.

It reads percentages, ratios and "times", beside names of coefficients and levels in the same
sentence. It does not understand language: what it cannot place, and what else stands in a sentence
about a ratio, it gives as unread.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from bayesglmm.design.design import Design
from bayesglmm.report.claim_patterns import AGAINST, SENTENCE, patterns, unread_numbers


@dataclass(frozen=True, slots=True)
class Said:
    """What a sentence says in numbers of one quantity.

    Attributes
    ----------
    line : int
        Of the text, from 1.
    text : str
        As it stands there.
    around : str
        The words about it, in which directions such as "lower" stand.
    numbers : tuple of str
        Estimate and, where they are given, lower and upper end.
    percent : bool
        Whether they are changes in per cent.
    label : str
        The coefficient it seems to speak of; empty where that is not known.
    why : str
        Why it is not known.
    """

    line: int
    text: str
    around: str
    numbers: tuple[str, ...]
    percent: bool
    label: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Number:
    """A claim before it is placed: where it stands, and what it says.

    Its words go from `opening` to `closing`, its estimate from `start` to `stop`; `spans` are the
    places of all its numbers. One that is `named` has its name between "ratio of" and "was".
    """

    opening: int
    closing: int
    spans: tuple[tuple[int, int], ...]
    said: tuple[str, ...]
    percent: bool
    named: bool

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def stop(self) -> int:
        return self.spans[0][1]

    def holds(self, start: int, stop: int) -> bool:
        """Whether one of its numbers lies in a part of the sentence."""
        return any(start < last and first < stop for first, last in self.spans)


def read_claims(text: str, design: Design, labels: Collection[str]) -> Iterator[Said]:
    """Read the claims of a text.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    design : Design
    labels : collection of str
        Coefficients that a claim may be about.

    Yields
    ------
    Said
        In the order of the text.
    """
    names = _mentions(design, labels)
    start = 0
    for end in [*(found.start() for found in SENTENCE.finditer(text)), len(text)]:
        line = 1 + text.count("\n", 0, start)
        other = _other_parameter(text[start:end], design)
        for said in _sentence(text[start:end], line, names, design.measure.ratio):
            yield replace(said, label="", why=f"of {other}, not of the mean") if other else said
        start = end


def _other_parameter(sentence: str, design: Design) -> str:
    """The parameter with a formula of its own that a sentence speaks of; empty for none."""
    for name, one in design.modelled.items():
        words = f"{re.escape(name)}|{re.escape(one.parameter.short)}"
        if re.search(rf"(?<![\w-])(?:{words})(?![\w-])", sentence, re.IGNORECASE):
            return name
    return ""


def _mentions(design: Design, labels: Collection[str]) -> dict[str, str]:
    """Words that name a coefficient; those that could name two are left out."""
    found: dict[str, list[str]] = {}
    products = design.predictor.fixed.products
    single = {label: products[label][0] for label in labels if len(products[label]) == 1}
    columns = Counter(part.name for part in single.values())
    for label, part in single.items():
        words = [label]
        if part.level is not None:
            words += _level_words(part.level)
            words += [part.name] if columns[part.name] == 1 else []
        for word in dict.fromkeys(words):
            found.setdefault(word.lower(), []).append(label)
    references = {
        word.lower() for level in design.references.values() for word in _level_words(level)
    }
    return {
        word: owners[0]
        for word, owners in found.items()
        if len(owners) == 1 and word not in references
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


def _sentence(sentence: str, line: int, names: dict[str, str], ratio: bool) -> Iterator[Said]:
    mentions, against = _find_mentions(sentence, names)
    numbers = [
        number
        for number in _numbers(sentence, ratio)
        if not any(number.holds(start, stop) for start, stop, _ in mentions)
    ]
    for number in numbers:
        label = "" if against else _place(number, numbers, mentions)
        why = "" if label else "no one name of the model beside it"
        yield Said(
            line + sentence.count("\n", 0, number.start),
            " ".join(sentence[number.opening : number.closing].split()),
            sentence[max(0, number.start - 40) : number.closing + 25],
            number.said,
            number.percent,
            label,
            f"compared with {against}, no reference" if against else why,
        )
    known = [span for number in numbers for span in number.spans]
    known += [(start, stop) for start, stop, _ in mentions]
    left = unread_numbers(sentence, known, ratio, whole=not numbers)
    if left:
        at = line + sentence.count("\n", 0, left[0].start())
        text = ", ".join(found[0] for found in left)
        yield Said(at, text, "", (), False, "", "not in a form that is read")


def _find_mentions(sentence: str, names: dict[str, str]) -> tuple[list[tuple[int, int, str]], str]:
    """Places of coefficients in a sentence, and a level it compares with that is no reference."""
    found: list[tuple[int, int, str]] = []
    against = ""
    for word in sorted(names, key=len, reverse=True):
        for match in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", sentence, re.I):
            if any(match.start() < stop and start < match.end() for start, stop, _ in found):
                continue
            if AGAINST.search(sentence, max(0, match.start() - 140), match.start()):
                against = names[word]
            found.append((match.start(), match.end(), names[word]))
    return sorted(found), against


def _numbers(sentence: str, ratio: bool) -> list[_Number]:
    """Claims in a sentence, in order; a number is read once."""
    found: list[_Number] = []
    for pattern in patterns(ratio):
        for match in re.finditer(pattern.text, sentence, re.I):
            groups = [group for group in range(1, match.re.groups + 1) if match[group]]
            one = _Number(
                match.start(),
                match.end(),
                tuple(match.span(group) for group in groups),
                tuple(match[group] for group in groups),
                pattern.percent,
                pattern.named,
            )
            if not any(other.holds(one.start, one.closing) for other in found):
                found.append(one)
    return sorted(found, key=lambda number: number.start)


def _place(number: _Number, numbers: list[_Number], mentions: list[tuple[int, int, str]]) -> str:
    """The coefficient of a number.

    As many names as numbers, all before them, are paired in order ("A and B had 3 and 5 %");
    else it is the name last before the number, or next after it where the sentence begins with a
    number. A number with its name in its own words has that one, and none where they hold two.
    """
    if number.named:
        own = [label for start, _, label in mentions if number.opening < start < number.start]
        return own[0] if len(own) == 1 else ""
    if not mentions:
        return ""
    if len(mentions) == len(numbers) and mentions[-1][1] <= numbers[0].start:
        return mentions[numbers.index(number)][2]
    if numbers[0].start < mentions[0][0]:
        after = [label for start, _, label in mentions if start >= number.stop]
        return after[0] if after else ""
    return [label for start, _, label in mentions if start < number.start][-1]
