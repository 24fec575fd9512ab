"""The words of a formula, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bayesglmm.errors import FormulaError

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<name>[^\W\d][\w.]*)
      | (?P<quoted>`[^`]+`)
      | (?P<string>'[^']*'|"[^"]*")
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<operator>\*\*|\|\||==|!=|<=|>=|[-+*/:(){}\[\],|~=<>^])""",
    re.VERBOSE,
)

OPEN = {"(": ")", "[": "]", "{": "}"}
"""Brackets that open, each with the one that closes it."""

_FIXES = {
    "`": "Close the backquote: `column name`.",
    "%": "Write a:b, or a/b for b within a.",
    "'": "Close the quote.",
    '"': "Close the quote.",
    ".": "Name the columns one by one, joined with '+'.",
    "&": "Write a:b for an interaction, or I((a > 1)*(b > 1)) for a condition.",
    "÷": "Write /.",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a formula and where it stands."""

    kind: str
    text: str
    start: int

    @property
    def stop(self) -> int:
        """Position just past the token."""
        return self.start + len(self.text)


def scan(text: str) -> list[Token]:
    """Cut a formula into its words.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of Token
        Without blanks.

    Raises
    ------
    FormulaError
        At a character that has no meaning, or a quote that is never closed.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            fix = _FIXES.get(text[position], "Quote a column with an unusual name: `column name`.")
            message = f"'{text[position]}' has no meaning in a formula."
            raise FormulaError(message, text, position, fix)
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup or "", match.group(), position))
        position = match.end()
    return tokens


def check_brackets(tokens: Sequence[Token], text: str) -> None:
    """Refuse a bracket that closes nothing or is never closed.

    Parameters
    ----------
    tokens : sequence of Token
    text : str
        The whole formula.

    Raises
    ------
    FormulaError
    """
    opened: list[Token] = []
    for token in tokens:
        if token.text in OPEN:
            opened.append(token)
        elif token.text in OPEN.values():
            if not opened or OPEN[opened[-1].text] != token.text:
                raise FormulaError(f"'{token.text}' closes nothing.", text, token.start)
            opened.pop()
    if opened:
        first = opened[-1]
        before = tokens[tokens.index(first) - 1] if tokens.index(first) else first
        called = before.kind == "name" and before.stop == first.start
        tail = text[before.start if called else first.start :].strip()
        raise FormulaError(
            f"'{first.text}' is never closed.",
            text,
            first.start,
            f"Write {tail}{OPEN[first.text]}.",
        )


def depth(tokens: Sequence[Token]) -> int:
    """How many brackets are open after some tokens."""
    return sum((token.text in OPEN) - (token.text in OPEN.values()) for token in tokens)


def words(tokens: Sequence[Token], text: str) -> str:
    """The stretch of the formula that some tokens span, blanks normalised, ``^`` as ``**``.

    Parameters
    ----------
    tokens : sequence of Token
    text : str
        The whole formula.

    Returns
    -------
    str
    """
    stretch, start = "", tokens[0].start
    for token in tokens:
        if token.text == "^":
            stretch, start = f"{stretch}{text[start : token.start]}**", token.stop
    return " ".join((stretch + text[start : tokens[-1].stop]).split())
