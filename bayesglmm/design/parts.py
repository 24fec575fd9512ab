"""What a column of the predictor is made of, as values: never read it off a printed name.

A level may be called ``"Asian, Non-Hispanic"`` or ``"25 - 39"``, and a column of the data
``a:b``; so what a name such as ``"sex:age[m, 25 - 39]"`` is made of cannot be told from its text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """What a column is, or one of the parts that a column of an interaction is the product of.

    Attributes
    ----------
    name : str
        As carried: ``"period"``, ``"C(edu)"``, ``"log(x)"``.
    variables : tuple of str
        Columns of the data that it is made from.
    level : str or None
        Level of a factor, or place among the several columns of a function such as ``poly()``;
        None for a single column of numbers.
    is_factor : bool
        Whether it has levels.
    """

    name: str
    variables: tuple[str, ...]
    level: str | None
    is_factor: bool

    @property
    def column(self) -> str | None:
        """The column of the data that it is; None for what a function makes of some."""
        (first, *more) = self.variables or ("",)
        return first if not more and carried(first) == self.name else None

    @property
    def factor(self) -> str | None:
        """The column of the data whose levels these are, plain or in ``C()``; None for numbers."""
        return self.variables[0] if self.is_factor and len(self.variables) == 1 else None


INTERCEPT = "1"
"""What the intercept is called left of a bar and among the parts of a combination."""

DRAWS = ("chain", "draw")
"""Dimensions of the draws; ArviZ keeps these names for itself."""


def carried(name: str) -> str:
    """A term's name as it is carried everywhere.

    A slash would name a group in a DataTree. A column called like a dimension of the draws or like
    the intercept is carried in backquotes, which no other name has.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return f"`{name}`" if name in (INTERCEPT, *DRAWS) else name.replace("/", "÷")
