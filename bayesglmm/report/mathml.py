"""Pieces of mathematics, each as MathML Core and as plain text, so that the two cannot disagree.

https://w3c.github.io/mathml-core; browsers draw it without a script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Math:
    """A piece of mathematics.

    Attributes
    ----------
    markup : Markup
        MathML, text from data escaped.
    plain : str
    """

    markup: Markup
    plain: str


def symbol(text: str) -> Math:
    """A letter of mathematics, set in italics."""
    return Math(Markup("<mi>{}</mi>").format(text), text)


def name(text: str) -> Math:
    """A word, such as the name of a column, set upright."""
    return Math(Markup("<mtext>{}</mtext>").format(text), text)


def number(text: str) -> Math:
    """A number."""
    return Math(Markup("<mn>{}</mn>").format(text), text)


def sign(text: str) -> Math:
    """An operator with spaces about it."""
    shown = "∼" if text == "~" else text
    return Math(Markup('<mo form="infix">{}</mo>').format(shown), f" {text} ")


def mark(text: str) -> Math:
    """Punctuation or a bracket."""
    space = " " if text == "," else ""
    return Math(Markup("<mo>{}</mo>").format(text), f"{text}{space}")


def row(*parts: Math) -> Math:
    """Pieces side by side."""
    markup = Markup("").join(part.markup for part in parts)
    return Math(Markup("<mrow>{}</mrow>").format(markup), "".join(part.plain for part in parts))


def below(base: Math, index: Math) -> Math:
    """A piece with an index."""
    markup = Markup("<msub>{}{}</msub>").format(base.markup, index.markup)
    return Math(markup, f"{base.plain}[{index.plain}]")


def above(base: Math, power: Math) -> Math:
    """A piece with a power."""
    markup = Markup("<msup>{}{}</msup>").format(base.markup, power.markup)
    return Math(markup, f"{base.plain}^{power.plain}")


def both(base: Math, index: Math, power: Math) -> Math:
    """A piece with an index and a power, one above the other."""
    markup = Markup("<msubsup>{}{}{}</msubsup>").format(base.markup, index.markup, power.markup)
    return Math(markup, f"{base.plain}^{power.plain}[{index.plain}]")


def call(function: Math, *arguments: Math) -> Math:
    """A function of arguments."""
    return row(function, bracketed(*arguments))


def bracketed(*arguments: Math) -> Math:
    """Arguments in round brackets."""
    return row(mark("("), separated(arguments), mark(")"))


def separated(parts: Sequence[Math]) -> Math:
    """Pieces with commas between them."""
    found = [piece for part in parts for piece in (mark(","), part)][1:]
    return row(*found)


def summed(parts: Sequence[Math]) -> Math:
    """Pieces with plus signs between them."""
    found = [piece for part in parts for piece in (sign("+"), part)][1:]
    return row(*found)


def matrix(rows: Sequence[Sequence[Math]]) -> Math:
    """A matrix in round brackets."""
    cells = Markup("").join(
        Markup("<mtr>{}</mtr>").format(
            Markup("").join(Markup("<mtd>{}</mtd>").format(cell.markup) for cell in line)
        )
        for line in rows
    )
    markup = Markup('<mtable class="matrix">{}</mtable>')
    plain = "; ".join(", ".join(cell.plain for cell in line) for line in rows)
    return Math(markup.format(cells), f"({plain})")


def aligned(left: Math, between: Math, lines: Sequence[Math]) -> Math:
    """An equation over several lines, the right sides below one another."""
    start = Markup("<mtd>{}</mtd><mtd>{}</mtd>").format(left.markup, between.markup)
    blank = Markup("<mtd></mtd><mtd></mtd>")
    rows = Markup("").join(
        Markup("<mtr>{}<mtd>{}</mtd></mtr>").format(blank if place else start, line.markup)
        for place, line in enumerate(lines)
    )
    plain = left.plain + between.plain + "".join(line.plain for line in lines)
    return Math(Markup("<mtable>{}</mtable>").format(rows), plain)


def display(content: Math) -> Markup:
    """An equation on a line of its own, with its plain form for readers who cannot see it."""
    plain = content.plain.strip()
    return Markup(
        '<math display="block" role="math" alttext="{0}" aria-label="{0}">{1}</math>'
    ).format(plain, content.markup)
