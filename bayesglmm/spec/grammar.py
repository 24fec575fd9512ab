"""The grammar of an expression of a formula: every token is read, or the first that cannot follow
is named.

Operators bind as in Python, with ``:`` between ``*`` and ``**``; ``^`` is another way to write
``**``. What may stand where (a term, an argument of a function) is a question of meaning: see
`bayesglmm.spec.meaning`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bayesglmm.errors import FormulaError
from bayesglmm.spec.expression import (
    COMPARISONS,
    POWERS,
    Bracketed,
    Call,
    Joined,
    Leaf,
    Node,
    Several,
    Signed,
)
from bayesglmm.spec.functions import CODINGS, FUNCTIONS, no_function
from bayesglmm.spec.tokens import OPEN, Token


def read(tokens: Sequence[Token], text: str) -> Node:
    """Read all of an expression.

    Parameters
    ----------
    tokens : sequence of Token
        At least one; brackets are in pairs.
    text : str
        The whole formula, for messages.

    Returns
    -------
    Node

    Raises
    ------
    FormulaError
        At the first token that cannot follow those before it, or an unknown function.
    """
    return _Reader(tokens, text).whole()


class _Reader:
    """Recursive descent, one method a level of binding."""

    def __init__(self, tokens: Sequence[Token], text: str) -> None:
        self._tokens = tokens
        self._text = text
        self._place = 0

    def whole(self) -> Node:
        node = self._comparison()
        if self._next is not None:
            raise self._cannot_follow(self._next)
        return node

    @property
    def _next(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _take(self, *texts: str) -> Token | None:
        """The next token where it is an operator asked for."""
        token = self._next
        if token is None or token.kind != "operator" or token.text not in texts:
            return None
        self._place += 1
        return token

    def _comparison(self) -> Node:
        node = self._sum()
        if operator := self._take(*COMPARISONS):
            node = Joined(node, operator, self._sum())
            if again := self._take(*COMPARISONS):
                raise FormulaError(
                    f"'{again.text}' cannot follow another comparison.",
                    self._text,
                    again.start,
                    "Multiply two conditions: I((x > 0)*(x < 2)).",
                )
        return node

    def _sum(self) -> Node:
        return self._left_to_right(self._signed_product, "+", "-")

    def _signed_product(self) -> Node:
        if sign := self._take("+", "-"):
            return Signed(sign, self._signed_product())
        return self._product()

    def _product(self) -> Node:
        return self._left_to_right(self._interaction, "*", "/")

    def _interaction(self) -> Node:
        return self._left_to_right(self._signed, ":")

    def _left_to_right(self, part: Callable[[], Node], *operators: str) -> Node:
        node = part()
        while operator := self._take(*operators):
            node = Joined(node, operator, part())
        return node

    def _signed(self) -> Node:
        if sign := self._take("+", "-"):
            return Signed(sign, self._signed())
        base = self._primary()
        if operator := self._take(*POWERS):
            return Joined(base, operator, self._signed())
        return base

    def _primary(self) -> Node:
        token = self._next
        if token is None or (token.kind == "operator" and token.text not in OPEN):
            raise self._nothing(token)
        self._place += 1
        if token.kind == "name" and self._calls(token):
            self._place += 1
            return self._call(token)
        if token.kind != "operator":
            return Leaf(token)
        if token.text == "{":
            inner = self._comparison()
            self._close(token)
            return Call(token, (inner,))
        return self._enclosed(token)

    def _calls(self, token: Token) -> bool:
        """Whether a bracket after a name calls it; `x (z)` misses an operator instead."""
        after = self._next
        if after is None or after.text != "(":
            return False
        known = token.text.removeprefix("np.") in FUNCTIONS
        if not known and after.start == token.stop:
            raise FormulaError(
                f"Unknown function '{token.text}'.",
                self._text,
                token.start,
                no_function(token.text),
            )
        return known

    def _call(self, function: Token) -> Call:
        arguments: list[Node] = []
        keywords: list[tuple[str, Node]] = []
        bracket = self._tokens[self._place - 1]
        while self._next is not None and self._next.text != ")":
            keyword = self._keyword()
            if keyword:
                keywords.append((keyword.text, self._comparison()))
            elif keywords:
                raise FormulaError(
                    "An argument without a name cannot follow one with a name.",
                    self._text,
                    self._next.start,
                )
            else:
                arguments.append(self._comparison())
            if not self._take(","):
                break
        self._close(bracket)
        if not arguments and function.text not in CODINGS:
            raise FormulaError(
                f"{function.text}() is called on nothing.",
                self._text,
                function.start,
                f"Name a column: {function.text}(x).",
            )
        return Call(function, tuple(arguments), tuple(keywords))

    def _keyword(self) -> Token | None:
        """The name of an argument, where one is given."""
        pair = self._tokens[self._place : self._place + 2]
        if len(pair) < 2 or pair[0].kind != "name" or pair[1].text != "=":
            return None
        self._place += 2
        return pair[0]

    def _enclosed(self, bracket: Token) -> Node:
        """What stands in parentheses, or a list or tuple."""
        items: list[Node] = []
        comma = None
        while self._next is not None and self._next.text != OPEN[bracket.text]:
            items.append(self._comparison())
            comma = self._take(",")
            if not comma:
                break
        self._close(bracket)
        if bracket.text == "(" and len(items) == 1 and not comma:
            return Bracketed(bracket, items[0])
        if not items:
            raise FormulaError(
                "There is nothing in the brackets.", self._text, bracket.start, "Leave them out."
            )
        return Several(bracket, tuple(items))

    def _close(self, bracket: Token) -> None:
        if not self._take(OPEN[bracket.text]) and self._next is not None:
            raise self._cannot_follow(self._next)

    def _nothing(self, token: Token | None) -> FormulaError:
        """An operator, a comma or a closing bracket where a column should stand."""
        before = self._tokens[self._place - 1] if self._place else None
        if token is None or before is None:
            culprit = before if token is None else token
            assert culprit is not None  # an expression has at least one token
            side = "right" if token is None else "left"
            return FormulaError(
                f"There is nothing {side} of '{culprit.text}'.", self._text, culprit.start
            )
        return FormulaError(
            f"'{token.text}' cannot follow '{before.text}'.",
            self._text,
            token.start,
            "Name a column between them, or leave one of them out.",
        )

    def _cannot_follow(self, token: Token) -> FormulaError:
        before = self._tokens[self._place - 1]
        fixes = {
            ",": "Join terms with '+'.",
            "[": "A level is chosen with labels= or reference=; quote a column with brackets in "
            "its name: `x[1]`.",
            "=": "Write == to compare; a formula has '~' between its sides.",
            "and": "Multiply two conditions: I((a > 1)*(b > 1)).",
            "or": "Add two conditions: I((a > 1) + (b > 1) > 0).",
            "in": "Compare with each value: I((f == 'a') + (f == 'b')).",
        }
        starts = token.kind != "operator" or token.text in ("(", "{")
        left = "( ... )" if before.text in OPEN.values() else before.text
        right = f"{token.text} ... {OPEN[token.text]}" if token.text in OPEN else token.text
        called = [after.text for after in self._tokens[self._place + 1 : self._place + 2]] == ["("]
        right += "( ... )" if called and token.kind == "name" else ""
        usual = f"Put an operator between them, such as '+': {left} + {right}" if starts else ""
        message = f"'{token.text}' cannot follow '{before.text}'."
        return FormulaError(
            message, self._text, token.start, fixes.get(token.text, usual and f"{usual}.")
        )
