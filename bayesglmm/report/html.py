"""Blocks of a report as HTML; every text that goes through here is escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from markupsafe import Markup

from bayesglmm.pictures.picture import Picture
from bayesglmm.report.blocks import Block, Voice
from bayesglmm.report.mathml import Math, display
from bayesglmm.tables import Table

FIGURE_SPACE, POINT_SPACE = "\u2007", "\u2008"
"""As wide as a digit, and as a decimal point."""

SHORT, LONG = 28, 36
"""Letters up to which a cell is kept in one line, and from which it has room."""


MOST_COLUMNS, NARROW = 9, 3
"""Columns that a printed page holds in its usual size, and a narrow screen without scrolling."""


SCROLLS = Markup('<p class="hint narrow" aria-hidden="true">The figure scrolls sideways →</p>')
"""That a figure is wider than a narrow screen, which nothing else may show there."""

CLASSES: dict[Voice, str] = {"plain": "", "loud": "first", "quiet": "note"}
"""Class of a paragraph by its voice."""


def html(blocks: Iterable[Block]) -> Markup:
    """Blocks as HTML.

    Parameters
    ----------
    blocks : iterable of Block

    Returns
    -------
    Markup
        Text from data is escaped.
    """
    return Markup("").join(block.put(WRITER) for block in blocks)


class HtmlWriter:
    """The format HTML; see `report.blocks.Writer`."""

    def text(self, text: str, voice: Voice) -> Markup:
        """A paragraph."""
        return Markup("<p{}>{}</p>").format(_class(CLASSES[voice]), text)

    def subtitle(self, text: str) -> Markup:
        """A heading within a section."""
        return Markup("<h3>{}</h3>").format(text)

    def bullets(self, items: Sequence[str]) -> Markup:
        """A list."""
        rows = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
        return Markup("<ul>{}</ul>").format(rows)

    def code(self, text: str) -> Markup:
        """Text as typed."""
        return Markup("<pre>{}</pre>").format(text)

    def equations(self, lines: Sequence[Math]) -> Markup:
        """Equations one below the other; they scroll by themselves where the page is narrow."""
        shown = Markup("").join(display(line) for line in lines)
        return Markup('<div class="equations" tabindex="0">{}</div>').format(shown)

    def table(self, table: Table) -> Markup:
        """A table that scrolls by itself where the page is narrow, its meaning beneath it."""
        return _table(table)

    def figure(self, picture: Picture) -> Markup:
        """A figure: what it shows for readers who cannot see it, how to read it beneath it."""
        alternative, shown = picture.shows or picture.caption, Markup(picture.svg)
        kind, hint = ("picture fits", Markup("")) if picture.narrow else ("picture", SCROLLS)
        return Markup(
            '<figure>{0}<div class="{1}" role="img" aria-label="{2}">{3}</div>'
            "<figcaption>{4}</figcaption></figure>"
        ).format(hint, kind, alternative, shown, picture.caption)

    def folded(self, title: str, blocks: Sequence[Block]) -> Markup:
        """A part that opens when it is clicked, and in print."""
        return Markup("<details><summary>{}</summary>{}</details>").format(title, html(blocks))


WRITER = HtmlWriter()


def _table(content: Table) -> Markup:
    shown = content.printed()
    kinds = [_kind(content, str(name), list(shown[name])) for name in shown]
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(_class(kind), name)
        for name, kind in zip(shown, kinds, strict=True)
    )
    columns = [
        ALIGNED[kind](list(shown[name])) if kind else list(shown[name])
        for name, kind in zip(shown, kinds, strict=True)
    ]
    cells = list(zip(*columns, strict=True))
    rows = Markup("").join(_row(row, kinds) for row in cells)
    return Markup(
        '<figure class="table"><figcaption>{0}</figcaption>{5}<div class="scroll" tabindex="0">'
        '<table aria-label="{0}"{4}><thead><tr>{1}</tr></thead><tbody>{2}</tbody></table></div>'
        "{3}</figure>"
    ).format(content.caption, head, rows, _about(content), _many(len(kinds)), _hint(len(kinds)))


def _kind(content: Table, name: str, cells: list[str]) -> str:
    """The class of a column: numbers, estimates with their intervals, or text."""
    if name not in content.numeric_headings:
        return ""
    return "e" if any(BESIDE in cell for cell in cells) else "n"


def _row(cells: tuple[str, ...], kinds: list[str]) -> Markup:
    parts = [
        Markup("<td{}>{}</td>").format(_class(kind or _length(cell)), cell)
        if place or kind
        else Markup('<th scope="row"{}>{}</th>').format(_class(_length(cell)), cell)
        for place, (cell, kind) in enumerate(zip(cells, kinds, strict=True))
    ]
    return Markup("<tr>{}</tr>").format(Markup("").join(parts))


def _many(columns: int) -> Markup:
    """Mark a table that print must set small."""
    return Markup(' class="many"') if columns > MOST_COLUMNS else Markup("")


def _hint(columns: int) -> Markup:
    """That a table scrolls where the screen is narrow, which nothing else may show there."""
    if columns <= NARROW:
        return Markup("")
    return Markup('<p class="hint" aria-hidden="true">The table scrolls sideways →</p>')


def _length(cell: str) -> str:
    """How wide a text may be: a short one in one line, a long one not too narrow."""
    return "s" if 8 < len(cell) <= SHORT else "l" if len(cell) > LONG else ""


def _class(kind: str) -> Markup:
    return Markup(' class="{}"').format(kind) if kind else Markup("")


def _aligned(cells: list[str]) -> list[str]:
    """Numbers filled up on the right, so that their decimal points stand below one another."""
    decimals = [_decimals(cell) for cell in cells]
    most = max(decimals, default=0)
    return [
        cell + (POINT_SPACE if not own and most else "") + FIGURE_SPACE * (most - own)
        if re.search(r"^[^e]*\d$", cell)
        else cell
        for cell, own in zip(cells, decimals, strict=True)
    ]


def _beside(cells: list[str]) -> list[str]:
    """Estimates filled up on both sides, their intervals, in a quieter voice, after them."""
    parts = [cell.partition(BESIDE) for cell in cells]
    estimates = _aligned([estimate for estimate, _, _ in parts])
    most = max(map(len, estimates))
    return [
        Markup("{}{} <i>{}{}</i>").format(
            FIGURE_SPACE * (most - len(estimate)), estimate, opened.strip(), rest
        )
        if opened
        else estimate
        for estimate, (_, opened, rest) in zip(estimates, parts, strict=True)
    ]


BESIDE = " ("
"""What parts an estimate from its interval."""

ALIGNED: dict[str, Callable[[list[str]], list[str]]] = {"n": _aligned, "e": _beside}
"""How the cells of a column of numbers are filled up, by its class."""


def _decimals(cell: str) -> int:
    found = re.search(r"^[^e]*\.(\d+)$", cell)
    return len(found[1]) if found else 0


def _about(content: Table) -> Markup:
    """Scale, estimand and notes of a table, in small print."""
    facts = [("Scale", content.scale), ("Estimand", content.estimand)]
    lines = [Markup("<p><b>{}</b> {}</p>").format(f"{name}:", text) for name, text in facts if text]
    lines += [WRITER.text(text, "plain") for text in content.notes]
    if not lines:
        return Markup("")
    return Markup('<div class="about">{}</div>').format(Markup("").join(lines))
