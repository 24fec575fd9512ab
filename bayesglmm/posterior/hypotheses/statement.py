"""The grammar of hypotheses: equations between rows of a table, and comparisons with a name.

The words are those of formulas (`bayesglmm.spec.tokens`), and so is the arithmetic.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bayesglmm.errors import FormulaError, nearest
from bayesglmm.posterior.hypotheses.patterns import KINDS, PATTERNS
from bayesglmm.spec.expression import Node
from bayesglmm.spec.functions import NUMPY_FUNCTIONS
from bayesglmm.spec.grammar import read
from bayesglmm.spec.tokens import Token, check_brackets, scan

EQUAL = ("=", "==")
UNEQUAL = ("<", ">", "<=", ">=", "!=")
QUOTES = "`'\""

_USUAL = (
    f"Write numbers, rows, + - * / ** and {', '.join(NUMPY_FUNCTIONS)}; or give a Python function "
    "of the draws."
)
_FIXES = {
    ":": "Write * for a product; quote the name of an interaction: `a:b`.",
    "[": "Quote a name with brackets: `sex[male]`.",
    **dict.fromkeys(QUOTES, "Close the quote."),
}


@dataclass(frozen=True, slots=True)
class Equation:
    """What is said of rows: that two expressions are equal, or one of them alone.

    Attributes
    ----------
    text : str
        As it was written.
    left : Node
    right : Node or None
        None where nothing is said to equal the left side.
    """

    text: str
    left: Node
    right: Node | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows that are compared by a pattern.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    pattern : str
        One of `PATTERNS`.
    by : tuple of str
        Columns within whose values rows are compared.
    """

    kind: str
    pattern: str
    by: tuple[str, ...] = ()


def read_statement(text: str) -> Equation | Comparison:
    """Read a hypothesis.

    Parameters
    ----------
    text : str
        ``"b1 = b2"``, ``"x1 - 2 * x2"``, ``"pairwise"``, ``"ratio ~ reference | period"``.

    Returns
    -------
    Equation or Comparison

    Raises
    ------
    FormulaError
        With a caret beneath what cannot be read.
    """
    tokens = _scanned(text)
    if not tokens:
        raise FormulaError("The hypothesis is empty.", fix="Write 'b1 = b2' or 'pairwise'.")
    check_brackets(tokens, text)
    tilde = next((token for token in tokens if token.text == "~"), None)
    if tilde is not None:
        return _comparison(tokens, tilde, text)
    if len(tokens) == 1 and tokens[0].text in PATTERNS:
        return Comparison("difference", tokens[0].text)
    return _equation(tokens, text)


def without_meaning(word: str, text: str, start: int) -> FormulaError:
    """What to say of a word that means nothing in a hypothesis."""
    said = f"'{word}' has no meaning in a hypothesis."
    return FormulaError(said, text, start, _FIXES.get(word, _USUAL))


def _scanned(text: str) -> list[Token]:
    """The words of a hypothesis; a bracket behind a name is an unquoted one."""
    try:
        tokens = scan(text)
    except FormulaError as error:
        place = error.position or 0
        raise without_meaning(text[place], text, place) from None
    for before, token in pairwise(tokens):
        if token.text == "[" and before.kind == "name":
            raise without_meaning(token.text, text, token.start)
    return tokens


def _equation(tokens: Sequence[Token], text: str) -> Equation:
    for token in tokens:
        if token.text in UNEQUAL:
            raise FormulaError(
                f"'{token.text}' has no meaning in a hypothesis.",
                text,
                token.start,
                "Write the difference, such as 'x1 - x2': the column P(>0) is the posterior "
                "probability that x1 > x2.",
            )
    signs = [place for place, token in enumerate(tokens) if token.text in EQUAL]
    if len(signs) > 1:
        raise FormulaError(
            "A hypothesis has one equals sign.",
            text,
            tokens[signs[1]].start,
            "Give several as a list: ['b1 = b2', 'b2 = b3'].",
        )
    if not signs:
        return Equation(text, read(tokens, text))
    place = signs[0]
    sides = tokens[:place], tokens[place + 1 :]
    for side, where in zip(sides, ("left", "right"), strict=True):
        if not side:
            raise FormulaError(f"There is nothing {where} of '='.", text, tokens[place].start)
    left, right = (read(side, text) for side in sides)
    return Equation(text, left, right)


def _comparison(tokens: Sequence[Token], tilde: Token, text: str) -> Comparison:
    place = tokens.index(tilde)
    left, right = tokens[:place], tokens[place + 1 :]
    bar = next((k for k, token in enumerate(right) if token.text == "|"), len(right))
    kind = _word(left, KINDS, "kind of comparison", tilde, text) if left else "difference"
    pattern = _word(right[:bar], PATTERNS, "pattern", tilde, text)
    return Comparison(kind, pattern, _columns(right[bar:], text))


def _word(
    tokens: Sequence[Token], known: Collection[str], what: str, tilde: Token, text: str
) -> str:
    """The one word that stands at a side of the tilde."""
    listed = f"Write one of: {', '.join(known)}."
    if not tokens:
        raise FormulaError(f"'~' is followed by no {what}.", text, tilde.start, listed)
    first, *more = tokens
    if first.text not in known:
        fix = nearest(first.text, known)
        raise FormulaError(f"Unknown {what} '{first.text}'.", text, first.start, fix)
    if more:
        raise FormulaError(
            f"'{more[0].text}' cannot follow '{first.text}'.",
            text,
            more[0].start,
            "Columns to compare within stand right of a bar: 'difference ~ pairwise | period'.",
        )
    return first.text


def _columns(tokens: Sequence[Token], text: str) -> tuple[str, ...]:
    """Columns right of a bar, joined by plus signs."""
    if not tokens:
        return ()
    bar, *rest = tokens
    names, signs = rest[::2], rest[1::2]
    wrong = [token for token in names if token.kind not in ("name", "quoted")]
    wrong += [token for token in signs if token.text != "+"]
    if wrong or len(names) == len(signs):
        culprit = min(wrong, key=lambda token: token.start, default=rest[-1] if rest else bar)
        fix = "Name columns of the table, joined by '+': '| period + sex'."
        raise FormulaError("No column is named here.", text, culprit.start, fix)
    return tuple(token.text.strip("`") for token in names)
