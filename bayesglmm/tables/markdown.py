"""Tables as Markdown with pipes, as GitHub, pandoc and notebooks read it."""

from __future__ import annotations

import re

from bayesglmm.tables.printed import PrintedTable


def escape_markdown(text: str) -> str:
    """Text that Markdown shows as it stands, in a cell or in a line.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return re.sub(r"([\\`*\[\]<>#|~$&]|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(text.split()))


def line(text: str) -> str:
    """Text that stands at the start of a line and is no list.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return re.sub(r"^(\d*)([-+.)])", r"\1\\\2", escape_markdown(text))


def markdown(table: PrintedTable) -> str:
    """A table, its caption above and its meaning below it.

    Parameters
    ----------
    table : PrintedTable

    Returns
    -------
    str
    """
    cells, right = table.cells, table.flush_right
    columns = [[escape_markdown(str(name)), *map(escape_markdown, cells[name])] for name in cells]
    widths = [max(3, *map(len, column)) for column in columns]
    rules = [
        "-" * (width - 1) + (":" if end else "-") for width, end in zip(widths, right, strict=True)
    ]
    padded = [
        [cell.rjust(width) if end else cell.ljust(width) for cell in column]
        for column, width, end in zip(columns, widths, right, strict=True)
    ]
    head, *body = zip(*padded, strict=True)
    rows = [f"| {' | '.join(row)} |" for row in (head, rules, *body)]
    notes = ["", *(f"- {line(text)}" for text in table.about)] if table.about else []
    return "\n".join([f"**{escape_markdown(table.caption)}**", "", *rows, *notes, ""])
