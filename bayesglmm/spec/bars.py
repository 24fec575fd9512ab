"""Bars: group terms, ``(columns | factors)``, or ``(columns |name| factors)``.

The grammar is lme4's (Bates, Maechler, Bolker & Walker 2015, J. Stat. Softw. 67(1), section 2.2);
names between two bars are brms's (Bürkner 2018, R Journal 10(1), section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bayesglmm.errors import FormulaError
from bayesglmm.spec.grammar import read
from bayesglmm.spec.meaning import check_columns
from bayesglmm.spec.tokens import Token, depth, scan, words

PIPES = ("|", "||")
"""Signs between columns and factors."""

OBSERVATIONS = "obs()"
"""The grouping factor that has a level for each row, in ``(1 | obs())``; no column of the data."""


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
    shared : str
        The name between two bars, ``p`` in ``(1 |p| county)``: effects of all terms that share it
        are correlated. Empty where there is one bar.
    """

    columns: str
    factors: tuple[str, ...]
    correlated: bool
    shared: str = ""

    @property
    def factor(self) -> str:
        """The grouping factor as one name, such as ``"practice:physician"``."""
        return ":".join(self.factors)

    def __str__(self) -> str:
        pipe = f"|{self.shared}|" if self.shared else "|" if self.correlated else "||"
        return f"({self.columns} {pipe} {self.factor})"


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
    last = place if len(pipes) == 1 else _second_bar(term, pipes, text)
    if sign is not None and sign.text == "-":
        raise FormulaError("A group term cannot be subtracted.", text, sign.start, "Leave it out.")
    left, right = term[1:place], term[last + 1 : -1]
    if not left:
        raise FormulaError(
            "There is nothing left of the bar.", text, pipe.start, "Write (1 | group)."
        )
    if not right:
        raise FormulaError(
            "There is no grouping factor right of the bar.",
            text,
            term[last].start,
            "Write (1 | group).",
        )
    check_columns(read(left, text), text)
    columns = words(left, text)
    shared = term[place + 1].text if last > place else ""
    several = _nesting(right, text)
    if shared and len(several) > 1:
        raise FormulaError(
            f"'{shared}' names terms of {' and '.join(map(':'.join, several))}: effects of "
            "different factors cannot be correlated.",
            text,
            term[place + 1].start,
            "Write a term for each factor, with a name of its own or none.",
        )
    return [Bar(columns, factors, pipe.text == "|", shared) for factors in several]


def _second_bar(term: Sequence[Token], pipes: Sequence[Token], text: str) -> int:
    """Place of the bar behind the name of a term."""
    places = [number for number, token in enumerate(term) if token.text in PIPES]
    between = term[places[0] + 1 : places[1]]
    if len(pipes) > 2 or len(between) != 1:
        raise FormulaError(
            "There are two bars in one term.",
            text,
            pipes[-1].start,
            "Write (1 | group), or (1 |name| group) for effects that are correlated with those of "
            "other terms of that name.",
        )
    (name,) = between
    if name.kind != "name" or not name.text.isidentifier():
        raise FormulaError(
            f"{name.text} between two bars is no name.",
            text,
            name.start,
            "Write letters, digits and underscores: (1 |p| group).",
        )
    split = [pipe for pipe in pipes if pipe.text == "||"]
    if split:
        raise FormulaError(
            f"Effects of the name '{name.text}' are correlated, which || says that they are not.",
            text,
            split[0].start,
            f"Write |{name.text}|, or || without a name.",
        )
    return places[1]


def _closing(term: Sequence[Token]) -> int:
    """Place of the bracket that closes the first token of a term."""
    return next(place for place in range(len(term)) if depth(term[: place + 1]) == 0)


def _nesting(tokens: Sequence[Token], text: str) -> list[tuple[str, ...]]:
    """Expand ``a/b:c`` into (a,) and (a, b, c)."""
    if [token.text for token in tokens] == ["obs", "(", ")"]:
        return [(OBSERVATIONS,)]
    segments: list[list[str]] = [[]]
    expect_name = True
    for token in tokens:
        is_name = token.kind in ("name", "quoted")
        if is_name != expect_name or not (is_name or token.text in ":/"):
            raise FormulaError(
                "The grouping factor must be column names joined by ':' or '/', or obs() alone.",
                text,
                token.start,
                "Write one term for each crossed factor: (1 | a) + (1 | b); (1 | obs()) is an "
                "effect of each row.",
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


def check_shared(formulas: Iterable[tuple[str, Sequence[Bar]]]) -> None:
    """Refuse a name that terms of different factors share.

    Parameters
    ----------
    formulas : iterable of (str, sequence of Bar)
        Text and bars of each formula of a model.

    Raises
    ------
    FormulaError
    """
    first: dict[str, Bar] = {}
    for text, bars in formulas:
        named = [bar for bar in bars if bar.shared]
        for number, bar in enumerate(named):
            other = first.setdefault(bar.shared, bar)
            if other.factor != bar.factor:
                raise FormulaError(
                    f"'{bar.shared}' names terms of {other.factor} and of {bar.factor}: effects of "
                    "different factors cannot be correlated.",
                    text,
                    _names(text)[number].start,
                    f"Give {bar} another name.",
                )


def _names(text: str) -> list[Token]:
    """The names between two bars."""
    tokens = scan(text)
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return [name for one, name, other in triples if one.text == other.text == "|"]
