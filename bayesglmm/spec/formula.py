"""Formulas: text to a frozen `Formula`, with the group terms (bars) taken out.

The fixed part stays text: the design layer hands it to formulae. Bars are ours, because a group
effect is levels, an index and a small matrix, never a block of dummy columns. Their grammar is
lme4's (Bates, Maechler, Bolker & Walker 2015, J. Stat. Softw. 67(1), section 2.2).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bayesglmm.errors import FormulaError, nearest
from bayesglmm.spec.suppression import CALL, Suppression, read_suppression

NUMPY_FUNCTIONS = ("abs", "exp", "expm1", "log", "log10", "log1p", "log2", "sqrt")
"""Functions of NumPy that a formula may call by their bare names."""

TRANSFORMS = (
    "B",
    "C",
    "I",
    "S",
    "T",
    "binary",
    "bs",
    "center",
    "factor",
    "offset",
    "p",
    "poly",
    "scale",
    "standardize",
)
"""Functions with a meaning of their own in a formula."""

OFFSET = re.compile(r"offset\(((?:[^()]|\([^()]*\))*)\)")
"""A term whose coefficient is known to be 1; its first group is what is inside."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<name>[^\W\d][\w.]*)
      | (?P<quoted>`[^`]+`)
      | (?P<string>'[^']*'|"[^"]*")
      | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<operator>\*\*|\|\||==|!=|<=|>=|[-+*/:(){}\[\],|~=<>])""",
    re.VERBOSE,
)

_OPEN = {"(": ")", "[": "]", "{": "}"}


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


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula taken apart.

    Attributes
    ----------
    text : str
        As written.
    response : str
        Left of the tilde, blanks normalised.
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
        return self.suppression.column if self.suppression else self.response

    @property
    def trials(self) -> str | None:
        """The second argument of ``p(y, n)`` on the left, or None."""
        parts = _proportion(self.response)
        return parts[1] if parts else None

    @property
    def successes(self) -> str | None:
        """The first argument of ``p(y, n)`` on the left, or None."""
        parts = _proportion(self.response)
        return parts[0] if parts else None

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
        texts = (OFFSET.sub("0", self.fixed), *(bar.columns for bar in self.bars))
        return tuple(dict.fromkeys(name for text in texts for name in variables(text)))

    @property
    def group_variables(self) -> tuple[str, ...]:
        """Data columns named to the right of a bar."""
        return tuple(dict.fromkeys(name for bar in self.bars for name in bar.factors))


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
    tokens = _scan(text)
    _check_brackets(tokens, text)
    _check_calls(tokens, text)
    tilde = _find_tilde(tokens, text)
    left, right = tokens[:tilde], tokens[tilde + 1 :]
    if not left:
        raise FormulaError(
            "There is no response left of '~'.", text, tokens[tilde].start, "Write y ~ ..."
        )
    if not right:
        raise FormulaError(
            "There is nothing right of '~'.",
            text,
            tokens[tilde].start,
            "Write ~ 1 for an intercept alone.",
        )
    for token in left:
        if token.text in ("|", "||"):
            raise FormulaError("A bar cannot stand left of '~'.", text, token.start)
    suppression = read_suppression(left, right, text)
    fixed: list[str] = []
    bars: list[Bar] = []
    for sign, term in _terms(right, text):
        pipes = [token for token in term if token.text in ("|", "||")]
        if pipes:
            bars.extend(_bars(sign, term, pipes, text))
        else:
            _check_constant(term, text)
            fixed.append(f"{sign.text if sign else '+'} {_text(term, text)}")
    _check_repeats(bars, text)
    body = " ".join(fixed).removeprefix("+ ")
    return Formula(text.strip(), _text(left, text), body or "1", tuple(bars), suppression)


def variables(text: str) -> tuple[str, ...]:
    """Names of the data columns that an expression uses.

    Parameters
    ----------
    text : str
        Part of a formula.

    Returns
    -------
    tuple of str
        In order of appearance, without functions and keyword arguments.
    """
    tokens = _scan(text)
    following = [token.text for token in tokens[1:]] + [""]
    names = []
    for token, after in zip(tokens, following, strict=True):
        if token.kind == "quoted":
            names.append(token.text.strip("`"))
        elif token.kind == "name" and after not in ("(", "=") and token.text not in _LITERALS:
            names.append(token.text)
    return tuple(dict.fromkeys(names))


_LITERALS = ("True", "False", "None", "Treatment", "Sum")


def _scan(text: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup or "", match.group(), position))
        position = match.end()
    return tokens


def _unreadable(text: str, position: int) -> FormulaError:
    character = text[position]
    fixes = {
        "^": "Write ** for a power of terms, or I(x**2) for the square of a column.",
        "`": "Close the backquote: `column name`.",
        "%": "Write a:b, or a/b for b within a.",
        "'": "Close the quote.",
        '"': "Close the quote.",
    }
    fix = fixes.get(character, "Quote a column with an unusual name: `column name`.")
    return FormulaError(f"'{character}' has no meaning in a formula.", text, position, fix)


def _check_brackets(tokens: Sequence[Token], text: str) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.text in _OPEN:
            opened.append(token)
        elif token.text in _OPEN.values():
            if not opened or _OPEN[opened[-1].text] != token.text:
                raise FormulaError(f"'{token.text}' closes nothing.", text, token.start)
            opened.pop()
    if opened:
        first = opened[-1]
        tail = text[first.start :].strip()
        raise FormulaError(
            f"'{first.text}' is never closed.",
            text,
            first.start,
            f"Write {tail}{_OPEN[first.text]}.",
        )


def _check_calls(tokens: Sequence[Token], text: str) -> None:
    known = (*NUMPY_FUNCTIONS, *TRANSFORMS, CALL)
    for token, after in pairwise(tokens):
        called = token.kind == "name" and after.text == "(" and after.start == token.stop
        if called and token.text.removeprefix("np.") not in known:
            raise FormulaError(
                f"Unknown function '{token.text}'.", text, token.start, nearest(token.text, known)
            )


def _find_tilde(tokens: Sequence[Token], text: str) -> int:
    tildes = [place for place, token in enumerate(tokens) if token.text == "~"]
    if not tildes:
        raise FormulaError("There is no '~' in the formula.", text, None, "Write y ~ x + (1 | g).")
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
            depth += (token.text in _OPEN) - (token.text in _OPEN.values())
            terms[-1][1].append(token)
    sign, last = terms[-1]
    if not last:
        where = sign.start if sign else None
        raise FormulaError("The formula ends with a sign.", text, where, "Name one more term.")
    return terms


def _check_constant(term: Sequence[Token], text: str) -> None:
    """A number or a string is no term, save 0 and 1, which speak of the intercept."""
    first = term[0]
    constant = first.kind in ("number", "string") or first.text in _LITERALS
    if len(term) == 1 and constant and first.text not in ("0", "1"):
        raise FormulaError(
            f"{first.text} is no column.",
            text,
            first.start,
            "Write 1 or 0 for with or without an intercept; use offset() to add a constant.",
        )


def _bars(
    sign: Token | None, term: Sequence[Token], pipes: Sequence[Token], text: str
) -> list[Bar]:
    """Read one parenthesised group term; nesting gives several bars."""
    pipe = pipes[0]
    place = list(term).index(pipe)
    whole = term[0].text == "(" and _closing(term) == len(term) - 1
    if not whole or _depth(term[:place]) != 1:
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
    columns = _text(left, text)
    return [Bar(columns, factors, pipe.text == "|") for factors in _nesting(right, text)]


def _depth(tokens: Sequence[Token]) -> int:
    """How many brackets are open after some tokens."""
    return sum((token.text in _OPEN) - (token.text in _OPEN.values()) for token in tokens)


def _closing(term: Sequence[Token]) -> int:
    """Place of the bracket that closes the first token of a term."""
    return next(place for place in range(len(term)) if _depth(term[: place + 1]) == 0)


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


def _check_repeats(bars: Sequence[Bar], text: str) -> None:
    seen: set[tuple[str, str]] = set()
    for bar in bars:
        key = (bar.columns, bar.factor)
        if key in seen:
            raise FormulaError(f"The group term {bar} appears twice.", text, None, "Remove one.")
        seen.add(key)


def _text(tokens: Sequence[Token], text: str) -> str:
    """The stretch of the formula that some tokens span, blanks normalised."""
    return " ".join(text[tokens[0].start : tokens[-1].stop].split())


def _proportion(response: str) -> tuple[str, str] | None:
    """Take ``p(y, n)`` apart."""
    match = re.fullmatch(r"p\s*\(\s*(`[^`]+`|[^\W\d][\w.]*)\s*,\s*(.+?)\s*\)", response)
    return (match.group(1).strip("`"), match.group(2).strip("`")) if match else None
