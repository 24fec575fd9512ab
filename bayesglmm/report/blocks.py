"""What a report is written in: paragraphs, lists, tables, figures, equations; whatever the format.

A section is a sequence of blocks. A format (`report.html`, `report.word`) is a `Writer`: what it
makes of each kind of block.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from bayesglmm.pictures.picture import Picture
from bayesglmm.report.mathml import Math
from bayesglmm.tables import Table

type Voice = Literal["plain", "loud", "quiet"]
"""How a paragraph is set: the answer is loud, a note is quiet."""

MOST_ROWS = 500
"""Rows beyond which a table of a report shows its first and last ones only."""


class Writer[T](Protocol):
    """A format: what it makes of each kind of block."""

    def text(self, text: str, voice: Voice) -> T:
        """A paragraph."""

    def subtitle(self, text: str) -> T:
        """A heading within a section."""

    def bullets(self, items: Sequence[str]) -> T:
        """A list of at least one item."""

    def code(self, text: str) -> T:
        """Text as typed."""

    def equations(self, lines: Sequence[Math]) -> T:
        """Equations one below the other."""

    def table(self, table: Table) -> T:
        """A table with its caption above and its meaning below."""

    def figure(self, picture: Picture) -> T:
        """A figure, described for readers who cannot see it."""

    def folded(self, title: str, blocks: Sequence[Block]) -> T:
        """A part that need not be seen at first."""


class Block(Protocol):
    """A piece of a section."""

    @property
    def folds(self) -> bool:
        """Whether it need not be seen at first."""

    def put[T](self, writer: Writer[T]) -> T:
        """The piece in a format."""


class Open:
    """What is seen at once."""

    __slots__ = ()
    folds: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Text(Open):
    """A paragraph."""

    text: str
    voice: Voice = "plain"

    def put[T](self, writer: Writer[T]) -> T:
        """The piece in a format."""
        return writer.text(self.text, self.voice)


@dataclass(frozen=True, slots=True)
class Subtitle(Open):
    """A heading within a section."""

    text: str

    def put[T](self, writer: Writer[T]) -> T:
        """The piece in a format."""
        return writer.subtitle(self.text)


@dataclass(frozen=True, slots=True)
class Bullets(Open):
    """A list."""

    items: tuple[str, ...]

    def put[T](self, writer: Writer[T]) -> T:
        """The piece in a format."""
        return writer.bullets(self.items)


@dataclass(frozen=True, slots=True)
class Code(Open):
    """Text as typed, such as code."""

    text: str

    def put[T](self, writer: Writer[T]) -> T:
        """The piece in a format."""
        return writer.code(self.text)


@dataclass(frozen=True, slots=True)
class Equations(Open):
    """Equations one below the other."""

    lines: tuple[Math, ...]

    def put[T](self, writer: Writer[T]) -> T:
        """The piece in a format."""
        return writer.equations(self.lines)


@dataclass(frozen=True, slots=True, eq=False)
class Rows(Open):
    """A table."""

    table: Table

    def put[T](self, writer: Writer[T]) -> T:
        """The piece in a format."""
        return writer.table(self.table)


@dataclass(frozen=True, slots=True, eq=False)
class Figure(Open):
    """A figure."""

    picture: Picture

    def put[T](self, writer: Writer[T]) -> T:
        """The piece in a format."""
        return writer.figure(self.picture)


@dataclass(frozen=True, slots=True)
class Folded:
    """A part that opens when it is asked for, and in print."""

    title: str
    blocks: tuple[Block, ...]
    folds: ClassVar[bool] = True

    def put[T](self, writer: Writer[T]) -> T:
        """The piece in a format."""
        return writer.folded(self.title, self.blocks)


def paragraph(text: str) -> Text:
    """A paragraph."""
    return Text(text)


def lead(text: str) -> Text:
    """A paragraph in a louder voice."""
    return Text(text, "loud")


def note(text: str) -> Text:
    """A paragraph in a quieter voice."""
    return Text(text, "quiet")


def subtitle(text: str) -> Subtitle:
    """A heading within a section."""
    return Subtitle(text)


def bullets(items: Iterable[str]) -> tuple[Block, ...]:
    """A list, as a sequence of blocks: none where there are no items."""
    found = tuple(items)
    return (Bullets(found),) if found else ()


def table(content: Table) -> Rows:
    """A table; of more than `MOST_ROWS` rows the first and last ones only, and it says so."""
    return Rows(content.head() if len(content.frame) > MOST_ROWS else content)


def folded(title: str, *blocks: Block) -> Folded:
    """A part that opens when it is asked for, and in print."""
    return Folded(title, blocks)
