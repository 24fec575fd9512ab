"""Small pieces of HTML; every text that goes through here is escaped."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from bayesglmm.tables import Table


def paragraph(text: str) -> Markup:
    """A paragraph."""
    return Markup("<p>{}</p>").format(text)


def bullets(items: Iterable[str]) -> Markup:
    """A list; nothing where there are no items."""
    rows = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup("<ul>{}</ul>").format(rows) if rows else Markup("")


def subtitle(text: str) -> Markup:
    """A heading within a section."""
    return Markup("<h3>{}</h3>").format(text)


def preformatted(text: str) -> Markup:
    """Text as typed, such as code."""
    return Markup("<pre>{}</pre>").format(text)


def folded(title: str, body: Markup) -> Markup:
    """A part that opens when it is clicked."""
    return Markup("<details><summary>{}</summary>{}</details>").format(title, body)


def table(content: Table) -> Markup:
    """A table that scrolls by itself where the page is narrow."""
    return Markup('<div class="scroll">{}</div>').format(Markup(content.to_html()))


def picture(svg: str, description: str) -> Markup:
    """A figure with its description for readers who cannot see it."""
    return Markup(
        '<figure><div class="picture" role="img" aria-label="{0}">{1}</div>'
        "<figcaption>{0}</figcaption></figure>"
    ).format(description, Markup(svg))
