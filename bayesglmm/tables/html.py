"""Tables as HTML, by great_tables."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bayesglmm.tables.printed import PrintedTable

if TYPE_CHECKING:
    from great_tables import GT

CLEAR = {
    f"{part}_background_color": "transparent"
    for part in ("table", "heading", "column_labels", "source_notes")
}
"""Let the page's own colours through, light or dark."""


def html(table: PrintedTable) -> str:
    """A table as a fragment of a page, styles included, text escaped.

    Parameters
    ----------
    table : PrintedTable

    Returns
    -------
    str
        Its element is named by what it says, so that equal tables give equal pages.
    """
    return str(great_table(table).as_raw_html())


def great_table(table: PrintedTable) -> GT:
    """A table for great_tables, which makes HTML and more of it.

    Parameters
    ----------
    table : PrintedTable

    Returns
    -------
    great_tables.GT
    """
    from great_tables import GT

    text = table.cells.to_csv() + table.caption
    name = "table-" + hashlib.sha256(text.encode()).hexdigest()[:12]
    made = GT(table.cells, id=name)
    made = made.tab_header(title=table.caption).opt_align_table_header("left")
    for line in table.about:
        made = made.tab_source_note(line)
    numeric = [name for name in table.cells if name in table.numeric]
    made = made.cols_align("left").cols_align("right", columns=numeric)
    made = made.tab_options(table_font_size="0.9rem", table_margin_left="0", **CLEAR)
    return made.opt_css(f"#{name} * {{ color: inherit !important; font-family: inherit; }}")
