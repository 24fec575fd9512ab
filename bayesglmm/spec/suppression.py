"""``suppressed(y, 1, 9)`` left of the tilde: a count that is missing is one between 1 and 9."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayesglmm.errors import FormulaError

if TYPE_CHECKING:
    from bayesglmm.spec.tokens import Token

CALL = "suppressed"
WIDEST = 1000
"""Counts that an interval may hold: its probability is summed over them one by one."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Which counts a table masks.

    Attributes
    ----------
    column : str
        Data column of the counts; a missing value there is a masked count.
    lower, upper : int
        Smallest and largest masked count, both included.
    """

    column: str
    lower: int
    upper: int

    @property
    def words(self) -> str:
        """The interval in words, such as ``"from 1 to 9"``."""
        return f"from {self.lower:,} to {self.upper:,}"


def read_suppression(
    left: Sequence[Token], right: Sequence[Token], text: str
) -> Suppression | None:
    """Read ``suppressed(y, lower, upper)``.

    Parameters
    ----------
    left, right : sequence of Token
        On both sides of the tilde.
    text : str
        The whole formula.

    Returns
    -------
    Suppression or None
        None where nothing is said to be suppressed.

    Raises
    ------
    FormulaError
        If it stands anywhere but left of the tilde on its own, or its interval is no interval.
    """
    for token in [*left[1:], *right]:
        if token.text == CALL and text[token.stop :].lstrip().startswith("("):
            raise FormulaError(
                f"{CALL}() stands for the whole response.",
                text,
                token.start,
                f"Write {CALL}(y, 1, 9) ~ ...",
            )
    if left[0].text != CALL or len(left) == 1:
        return None
    kinds = [token.kind for token in left]
    signs = [token.text for token in left]
    named = len(left) > 2 and kinds[2] in ("name", "quoted")
    if not named or signs[1::2] != ["(", ",", ",", ")"] or len(left) != 8:
        raise FormulaError(
            f"{CALL}() takes a column of counts, the smallest and the largest masked count.",
            text,
            left[0].start,
            f"Write {CALL}(y, 1, 9) ~ ... for counts from 1 to 9.",
        )
    lower, upper = (_bound(left[place], text) for place in (4, 6))
    if not lower <= upper < lower + WIDEST:
        raise FormulaError(
            f"{lower} to {upper} is no interval of at most {WIDEST:,} counts.",
            text,
            left[4].start,
            "Write the smallest masked count, then the largest.",
        )
    return Suppression(left[2].text.strip("`"), lower, upper)


def _bound(token: Token, text: str) -> int:
    if token.kind == "number" and token.text.isdigit():
        return int(token.text)
    raise FormulaError(
        f"'{token.text}' is no count.",
        text,
        token.start,
        "A bound of the masked counts is a whole number, 0 or more.",
    )
