"""Formulas: text to a frozen `Formula`, with the group terms (bars) taken out.

The fixed part stays text, which the design layer meets with data. Bars are ours, because a
group effect is levels, an index and a small matrix, never a block of dummy columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bayesglmm.errors import FormulaError
from bayesglmm.spec.bars import PIPES, Bar, check_repeats, read_bars
from bayesglmm.spec.bounds import Censoring, Truncation, read_bounds
from bayesglmm.spec.expression import Node, columns_of, is_offset, terms_of
from bayesglmm.spec.grammar import read
from bayesglmm.spec.meaning import check_terms
from bayesglmm.spec.response import check_response, proportion
from bayesglmm.spec.suppression import Suppression, read_suppression
from bayesglmm.spec.tokens import OPEN, Token, check_brackets, scan, words

NO_BAR_LEFT = (
    "Group terms stand right of it. Write p(k, n) for k successes of n trials, suppressed(y, 1, 9) "
    "for masked counts, censored(y, status), truncated(y, lower, upper); and beside the formula "
    "weights='w', se='s'."
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula taken apart.

    Attributes
    ----------
    text : str
        As written.
    response : str
        Left of the tilde, blanks normalised; empty for a parameter other than the mean.
    fixed : str
        Right of the tilde without the bars; ``"1"`` where nothing else is left.
    bars : tuple of Bar
        Group terms; ``a/b`` is already expanded into ``a`` and ``a:b``.
    suppression : Suppression or None
        Of ``suppressed(y, 1, 9)`` on the left: which counts are masked as missing.
    """

    text: str
    response: str
    fixed: str
    bars: tuple[Bar, ...]
    suppression: Suppression | None = None

    @property
    def response_name(self) -> str:
        """What the response is called in the graph, in the draws and in print."""
        known = self.suppression or self.censoring or self.truncation
        return known.column if known else self.response

    @property
    def bounds(self) -> Censoring | Truncation | None:
        """Of ``censored(...)`` or ``truncated(...)`` on the left."""
        return read_bounds(read_expression(self.response), self.text) if self.response else None

    @property
    def censoring(self) -> Censoring | None:
        """Of ``censored(...)`` on the left: which responses are known by bounds only."""
        return self.bounds if isinstance(self.bounds, Censoring) else None

    @property
    def truncation(self) -> Truncation | None:
        """Of ``truncated(...)`` on the left: which responses would have been a row."""
        return self.bounds if isinstance(self.bounds, Truncation) else None

    @property
    def trials(self) -> str | None:
        """The second argument of ``p(y, n)`` on the left, or None."""
        parts = proportion(read_expression(self.response))
        return parts[1] if parts else None

    @property
    def successes(self) -> str | None:
        """The first argument of ``p(y, n)`` on the left, or None."""
        parts = proportion(read_expression(self.response))
        return parts[0] if parts else None

    @property
    def offsets(self) -> tuple[Node, ...]:
        """What stands inside each ``offset()`` of the fixed part."""
        return tuple(term.arguments[0] for term in terms_of(self.fixed_node) if is_offset(term))

    @property
    def fixed_node(self) -> Node:
        """The fixed part, read."""
        return read_terms(self.fixed)

    @property
    def fixed_variables(self) -> tuple[str, ...]:
        """Data columns named in the fixed part or to the left of a bar."""
        names = [
            name
            for text in (self.fixed, *(bar.columns for bar in self.bars))
            for name in variables(text)
        ]
        return tuple(dict.fromkeys(names))

    @property
    def moved_variables(self) -> tuple[str, ...]:
        """Those of `fixed_variables` that stand elsewhere than in an ``offset()``."""
        sides = [self.fixed_node, *(read_terms(bar.columns) for bar in self.bars)]
        terms = [term for side in sides for term in terms_of(side) if not is_offset(term)]
        names = [name for term in terms for name in columns_of(term)]
        return tuple(dict.fromkeys(names))

    @property
    def group_variables(self) -> tuple[str, ...]:
        """Data columns named to the right of a bar."""
        return tuple(dict.fromkeys(name for bar in self.bars for name in bar.factors))


CONSTANT = Formula("~ 1", "", "1", ())
"""The formula of a parameter that is one number for all rows."""


def known_spread(column: str) -> Formula:
    """The formula of a spread that is known: the log of a column, as an offset.

    Parameters
    ----------
    column : str
        Of standard deviations.

    Returns
    -------
    Formula
    """
    name = column if column.isidentifier() else f"`{column}`"
    return Formula(f"~ 0 + offset(log({name}))", "", f"0 + offset(log({name}))", ())


def parse_formula(text: str) -> Formula:
    """Read a model formula.

    Parameters
    ----------
    text : str
        Such as ``"deaths ~ era + offset(log(births)) + (1 + x | region/county)"``.

    Returns
    -------
    Formula

    Raises
    ------
    FormulaError
        With a caret under the culprit.
    """
    if not isinstance(text, str):
        raise FormulaError(f"The formula is {text!r}, not text.", fix='Write "y ~ x + (1 | g)".')
    tokens = scan(text)
    check_brackets(tokens, text)
    tilde = _find_tilde(tokens, text)
    left, right = tokens[:tilde], tokens[tilde + 1 :]
    if not left:
        raise FormulaError(
            "There is no response left of '~'.", text, tokens[tilde].start, "Write y ~ ..."
        )
    for token in left:
        if token.text in PIPES:
            raise FormulaError("A bar cannot stand left of '~'.", text, token.start, NO_BAR_LEFT)
    suppression = read_suppression(left, right, text)
    check_response(read(left, text), text)
    fixed, bars = _right(right, tokens[tilde], text)
    return Formula(text.strip(), words(left, text), fixed, bars, suppression)


def parse_one_sided(text: str, parameter: str) -> Formula:
    """Read the formula of a parameter other than the mean.

    Parameters
    ----------
    text : str
        Such as ``"~ z + (1 | g)"``.
    parameter : str
        Whose it is, for messages.

    Returns
    -------
    Formula
        Its response is empty.

    Raises
    ------
    FormulaError
        With a caret under the culprit.
    """
    example = f'Write {parameter}="~ x + (1 | g)".'
    if not isinstance(text, str):
        raise FormulaError(f"{parameter}= is {text!r}, not a formula.", fix=example)
    tokens = scan(text)
    check_brackets(tokens, text)
    tilde = _find_tilde(tokens, text, example)
    if tilde > 0:
        raise FormulaError(
            f"The formula of {parameter} has a left side; its parameter is named by the keyword.",
            text,
            tokens[0].start,
            example,
        )
    fixed, bars = _right(tokens[1:], tokens[0], text)
    return Formula(text.strip(), "", fixed, bars)


def _right(tokens: Sequence[Token], tilde: Token, text: str) -> tuple[str, tuple[Bar, ...]]:
    """The right-hand side: its fixed part and its bars."""
    if not tokens:
        raise FormulaError(
            "There is nothing right of '~'.",
            text,
            tilde.start,
            "Write ~ 1 for an intercept alone.",
        )
    fixed: list[str] = []
    bars: list[Bar] = []
    for sign, term in _terms(tokens, text):
        pipes = [token for token in term if token.text in PIPES]
        if pipes:
            bars.extend(read_bars(sign, term, pipes, text))
        else:
            signed = [sign, *term] if sign else term
            check_terms(read(signed, text), text, later=bool(fixed))
            fixed.append(f"{sign.text if sign else '+'} {words(term, text)}")
    check_repeats(bars, text)
    return " ".join(fixed).removeprefix("+ ") or "1", tuple(bars)


@cache
def read_terms(text: str) -> Node:
    """Read a sum of terms, such as the fixed part or the left of a bar.

    Parameters
    ----------
    text : str

    Returns
    -------
    Node

    Raises
    ------
    FormulaError
        If it is none.
    """
    tokens = scan(text)
    check_brackets(tokens, text)
    node = read(tokens, text)
    check_terms(node, text)
    return node


def variables(text: str) -> tuple[str, ...]:
    """Names of the data columns that an expression uses.

    Parameters
    ----------
    text : str
        Part of a formula.

    Returns
    -------
    tuple of str
        In order of appearance, without functions, codings and keyword arguments.
    """
    return columns_of(read_expression(text))


@cache
def read_expression(text: str) -> Node:
    """Read part of a formula that was checked before, such as its response.

    Parameters
    ----------
    text : str

    Returns
    -------
    Node
    """
    return read(scan(text), text)


def _find_tilde(tokens: Sequence[Token], text: str, example: str = "Write y ~ x + (1 | g).") -> int:
    tildes = [place for place, token in enumerate(tokens) if token.text == "~"]
    if not tildes:
        raise FormulaError("There is no '~' in the formula.", text, None, example)
    if len(tildes) > 1:
        raise FormulaError("There is more than one '~'.", text, tokens[tildes[1]].start)
    return tildes[0]


def _terms(tokens: Sequence[Token], text: str) -> list[tuple[Token | None, list[Token]]]:
    """Split at the plus and minus signs outside brackets; each term with its sign."""
    terms: list[tuple[Token | None, list[Token]]] = [(None, [])]
    depth = 0
    for token in tokens:
        if depth == 0 and token.text in "+-":
            if terms[-1][1]:
                terms.append((token, []))
            elif terms[-1][0] is None:
                terms[-1] = (token, [])
            else:
                raise FormulaError("Two signs follow each other.", text, token.start)
        else:
            depth += (token.text in OPEN) - (token.text in OPEN.values())
            terms[-1][1].append(token)
    sign, last = terms[-1]
    if not last:
        where = sign.start if sign else None
        raise FormulaError("The formula ends with a sign.", text, where, "Name one more term.")
    return terms
