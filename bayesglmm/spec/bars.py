"""Bars: group terms, ``(columns | factors)``.

The grammar is lme4's (Bates, Maechler, Bolker & Walker 2015, J. Stat. Softw. 67(1), section 2.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bayesglmm.errors import FormulaError
from bayesglmm.spec.grammar import read
from bayesglmm.spec.meaning import check_columns
from bayesglmm.spec.tokens import Token, depth, words

PIPES = ("|", "||")
"""Signs between columns and factors."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A group term, ``(columns | factors)``.

    Attributes
    ----------
    columns : str
        Left of the bar, such as ``"1 + x"``.
    factors : tuple of str
        Columns whose combination names the group; more than one for ``a:b``.
    correlated : bool
        True for ``|``, False for ``||``.
    """

    columns: str
    factors: tuple[str, ...]
    correlated: bool

    @property
    def factor(self) -> str:
        """The grouping factor as one name, such as ``"practice:physician"``."""
        return ":".join(self.factors)

    def __str__(self) -> str:
        return f"({self.columns} {'|' if self.correlated else '||'} {self.factor})"


def read_bars(
    sign: Token | None, term: Sequence[Token], pipes: Sequence[Token], text: str
) -> list[Bar]:
    """Read one parenthesised group term; nesting gives several bars.

    Parameters
    ----------
    sign : Token or None
        Before it.
    term : sequence of Token
    pipes : sequence of Token
        The bars in it.
    text : str
        The whole formula, for messages.

    Returns
    -------
    list of Bar

    Raises
    ------
    FormulaError
        If it is no group term.
    """
    pipe = pipes[0]
    place = list(term).index(pipe)
    whole = term[0].text == "(" and _closing(term) == len(term) - 1
    if not whole or depth(term[:place]) != 1:
        raise FormulaError(
            f"The bar '{pipe.text}' must stand alone in parentheses.",
            text,
            pipe.start,
            "Write (1 | group) as a term of its own, joined to the others with '+'.",
        )
    if len(pipes) > 1:
        raise FormulaError("There are two bars in one term.", text, pipes[1].start)
    if sign is not None and sign.text == "-":
        raise FormulaError("A group term cannot be subtracted.", text, sign.start, "Leave it out.")
    left, right = term[1:place], term[place + 1 : -1]
    if not left:
        raise FormulaError(
            "There is nothing left of the bar.", text, pipe.start, "Write (1 | group)."
        )
    if not right:
        raise FormulaError(
            "There is no grouping factor right of the bar.", text, pipe.start, "Write (1 | group)."
        )
    check_columns(read(left, text), text)
    columns = words(left, text)
    return [Bar(columns, factors, pipe.text == "|") for factors in _nesting(right, text)]


def _closing(term: Sequence[Token]) -> int:
    """Place of the bracket that closes the first token of a term."""
    return next(place for place in range(len(term)) if depth(term[: place + 1]) == 0)


def _nesting(tokens: Sequence[Token], text: str) -> list[tuple[str, ...]]:
    """Expand ``a/b:c`` into (a,) and (a, b, c)."""
    segments: list[list[str]] = [[]]
    expect_name = True
    for token in tokens:
        is_name = token.kind in ("name", "quoted")
        if is_name != expect_name or not (is_name or token.text in ":/"):
            raise FormulaError(
                "The grouping factor must be column names joined by ':' or '/'.",
                text,
                token.start,
                "Write one term for each crossed factor: (1 | a) + (1 | b).",
            )
        if is_name:
            segments[-1].append(token.text.strip("`"))
        elif token.text == "/":
            segments.append([])
        expect_name = not expect_name
    if expect_name:
        raise FormulaError("The grouping factor is cut off.", text, tokens[-1].start)
    nested: list[tuple[str, ...]] = []
    for segment in segments:
        nested.append((*(nested[-1] if nested else ()), *segment))
    return nested


def check_repeats(bars: Sequence[Bar], text: str) -> None:
    """Refuse a group term that is written twice."""
    seen: set[tuple[str, str]] = set()
    for bar in bars:
        key = (bar.columns, bar.factor)
        if key in seen:
            raise FormulaError(f"The group term {bar} appears twice.", text, None, "Remove one.")
        seen.add(key)
