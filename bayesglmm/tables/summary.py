"""Several tables that belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bayesglmm.tables.exports import Exports
from bayesglmm.tables.printed import PrintedTable
from bayesglmm.tables.table import Table


@dataclass(frozen=True, slots=True, eq=False)
class Summary(Exports):
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

    def _publications(self, diagnostics: bool = False) -> list[PrintedTable]:
        """What every printed form of the tables is made from; see `Exports._publications`."""
        return [printed for table in self.tables for printed in table._publications(diagnostics)]

    def _title(self) -> str:
        return self.heading

    def to_csv(self, diagnostics: bool = False) -> str:
        """All tables as comma-separated values, each under its caption; see `Table.to_csv`."""
        parts = [f"# {text}\n" for text in (self.heading,) if text]
        parts += [f"# {table.caption}\n{table.to_csv(diagnostics)}" for table in self.tables]
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        return self._title_html() + "".join(table._repr_html_() for table in self.tables)
