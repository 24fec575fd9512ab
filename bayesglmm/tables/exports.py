"""The printed forms that a table and a summary of several share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from html import escape as escape_html
from pathlib import Path

from bayesglmm.tables.printed import PrintedTable


class Exports(ABC):
    """What can be written as HTML, LaTeX, Markdown and Word."""

    __slots__ = ()

    @abstractmethod
    def _publications(self, diagnostics: bool = False) -> Sequence[PrintedTable]:
        """What every printed form is made from, a table each.

        Parameters
        ----------
        diagnostics : bool
            Whether effective sample sizes and R-hat are printed.

        Returns
        -------
        sequence of PrintedTable
        """

    def _title(self) -> str:
        """What stands above all tables, in bold."""
        return ""

    def to_html(self, diagnostics: bool = False) -> str:
        """All rows as a fragment of HTML, styles included, text escaped.

        Parameters
        ----------
        diagnostics : bool
            Whether effective sample sizes and R-hat are printed.

        Returns
        -------
        str
        """
        from bayesglmm.tables.html import html

        return self._title_html() + "".join(map(html, self._publications(diagnostics)))

    def _title_html(self) -> str:
        title = self._title()
        return f"<p><strong>{escape_html(title)}</strong></p>" if title else ""

    def to_latex(self, diagnostics: bool = False) -> str:
        """All rows as LaTeX, for ``booktabs`` (and ``longtable`` beyond 45 rows).

        Parameters
        ----------
        diagnostics : bool
            As for `to_html`.

        Returns
        -------
        str
        """
        from bayesglmm.tables.latex import escape_latex, latex

        title = self._title()
        above = [rf"\noindent\textbf{{{escape_latex(title)}}}"] if title else []
        return "\n\n".join([*above, *map(latex, self._publications(diagnostics))])

    def to_markdown(self, diagnostics: bool = False) -> str:
        """All rows as Markdown with pipes.

        Parameters
        ----------
        diagnostics : bool
            As for `to_html`.

        Returns
        -------
        str
        """
        from bayesglmm.tables.markdown import escape_markdown, markdown

        title = self._title()
        above = [f"**{escape_markdown(title)}**\n"] if title else []
        return "\n".join([*above, *map(markdown, self._publications(diagnostics))])

    def to_docx(self, path: str | Path, diagnostics: bool = False) -> Path:
        """Write all rows to a Word document.

        Parameters
        ----------
        path : str or Path
        diagnostics : bool
            As for `to_html`.

        Returns
        -------
        Path

        Raises
        ------
        BayesglmmError
            If the package python-docx is not installed.
        """
        from bayesglmm.tables.word import write_word

        return write_word(self._publications(diagnostics), path, self._title())
