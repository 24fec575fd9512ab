"""Several tables that belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from bayesglmm.tables.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """Several tables that belong together, printed one after the other.

    Attributes
    ----------
    tables : tuple of Table
    heading : str
        Printed above them; a failed verdict stands here.
    """

    tables: tuple[Table, ...]
    heading: str = ""

    def __repr__(self) -> str:
        parts = ([self.heading] if self.heading else []) + [repr(table) for table in self.tables]
        return "\n\n".join(parts)

    def published(self, diagnostics: bool = False) -> Summary:
        """The tables as a publication prints them; see `Table.published`."""
        return replace(self, tables=tuple(table.published(diagnostics) for table in self.tables))

    def to_html(self, diagnostics: bool = False) -> str:
        """All tables as HTML; see `Table.to_html`."""
        heading = f"<p><strong>{escape(self.heading)}</strong></p>" if self.heading else ""
        return heading + "".join(table.to_html(diagnostics) for table in self.tables)

    def to_csv(self, diagnostics: bool = False) -> str:
        """All tables as comma-separated values, each under its caption; see `Table.to_csv`."""
        parts = [f"# {text}\n" for text in (self.heading,) if text]
        parts += [f"# {table.caption}\n{table.to_csv(diagnostics)}" for table in self.tables]
        return "\n".join(parts)

    def to_latex(self, diagnostics: bool = False) -> str:
        """All tables as LaTeX; see `Table.to_latex`."""
        from bayesglmm.tables.latex import escape as escape_latex

        heading = [rf"\noindent\textbf{{{escape_latex(self.heading)}}}"] if self.heading else []
        return "\n\n".join([*heading, *(table.to_latex(diagnostics) for table in self.tables)])

    def to_markdown(self, diagnostics: bool = False) -> str:
        """All tables as Markdown; see `Table.to_markdown`."""
        from bayesglmm.tables.markdown import escape as escape_markdown

        heading = [f"**{escape_markdown(self.heading)}**\n"] if self.heading else []
        return "\n".join([*heading, *(table.to_markdown(diagnostics) for table in self.tables)])

    def to_docx(self, path: str | Path, diagnostics: bool = False) -> Path:
        """Write all tables to a Word document; see `Table.to_docx`."""
        from bayesglmm.tables.word import write_word

        return write_word(self.published(diagnostics).tables, path, self.heading)

    def _repr_html_(self) -> str:
        heading = f"<p><strong>{escape(self.heading)}</strong></p>" if self.heading else ""
        return heading + "".join(table._repr_html_() for table in self.tables)
