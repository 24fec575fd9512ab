"""How many rows came in, and what was lost on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bayesglmm.errors import first_rows


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows left out because a column has no value there.

    Attributes
    ----------
    column : str
    rows : tuple of int
        Positions in the user's data frame, counted from 0.
    """

    column: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Masked:
    """Counts that are missing because of their size, and kept.

    Attributes
    ----------
    column : str
    interval : str
        In words, such as ``"from 1 to 9"``.
    rows : tuple of int
        Positions in the user's data frame of the rows used whose count is masked.
    shown : int
        Counts within the interval that are not masked.
    """

    column: str
    interval: str
    rows: tuple[int, ...]
    shown: int

    def sentences(self) -> list[str]:
        """What is masked, in words."""
        many = len(self.rows) != 1
        text = [
            f"'{self.column}' is suppressed in {len(self.rows):,}, which "
            f"{'are' if many else 'is'} kept as {'counts' if many else 'a count'} {self.interval}"
            + (f": {first_rows(self.rows)}." if self.rows else ".")
        ]
        if self.shown:
            are = "counts are" if self.shown > 1 else "count is"
            text.append(f"{self.shown:,} {are} {self.interval} and yet not suppressed.")
        return text


@dataclass(frozen=True, slots=True)
class Censored:
    """Responses known only to lie beyond or between bounds.

    Attributes
    ----------
    column : str
    rows : mapping
        ``"left"``, ``"right"``, ``"between"`` and ``"none"`` to the number of rows.
    """

    column: str
    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """Rows whose response is censored."""
        return sum(count for kind, count in self.rows.items() if kind != "none")

    def sentence(self) -> str:
        """How many are censored, in words."""
        words = {
            "left": "at most what is recorded",
            "right": "at least what is recorded",
            "between": "between two bounds",
        }
        kinds = [f"{self.rows[kind]:,} {how}" for kind, how in words.items() if kind in self.rows]
        return f"'{self.column}' is censored in {self.total:,}: {', '.join(kinds) or 'none'}."


@dataclass(frozen=True, slots=True)
class Weighted:
    """How many identical rows the rows used stand for.

    Attributes
    ----------
    column : str
        Of the weights.
    zero : tuple of int
        Positions in the user's data frame of the rows left out because their weight is 0.
    total : int
        Sum of the weights.
    """

    column: str
    zero: tuple[int, ...]
    total: int

    def sentences(self) -> list[str]:
        """What the weights did, in words."""
        text = []
        if self.zero:
            text.append(
                f"'{self.column}' is 0 in {len(self.zero):,}, left out: {first_rows(self.zero)}."
            )
        return [*text, f"By their weights '{self.column}' they stand for {self.total:,} rows."]


@dataclass(frozen=True, slots=True)
class RowFlow:
    """How many rows came in, how many are used, and what was lost on the way.

    Attributes
    ----------
    read, used : int
        Number of rows.
    dropped : tuple of Dropped
        By column; a row that misses two values is counted under both.
    groups_lost : mapping
        Grouping factor to the levels that are declared or present in the data but have no row left.
    masked : Masked or None
        Where the response is ``suppressed(...)``.
    coded : mapping
        Column to what its data file declared missing: code, and label, to number of values.
    weighted : Weighted or None
        Where rows have weights.
    censored : Censored or None
        Where the response is ``censored(...)``.
    """

    read: int
    used: int
    dropped: tuple[Dropped, ...] = ()
    groups_lost: Mapping[str, tuple[str, ...]] | None = None
    masked: Masked | None = None
    coded: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    weighted: Weighted | None = None
    censored: Censored | None = None

    @property
    def observations(self) -> int:
        """How many observations the rows used are: their number, or the sum of their weights."""
        return self.used if self.weighted is None else self.weighted.total

    @property
    def kept(self) -> list[str]:
        """What the rows used stand for, in words."""
        return [
            *(self.weighted.sentences() if self.weighted else []),
            *(self.masked.sentences() if self.masked else []),
            *([self.censored.sentence()] if self.censored else []),
        ]

    def sentences(self) -> list[str]:
        """The flow in words, one sentence for each fact."""
        lost = self.read - self.used
        text = [f"{self.read:,} rows read, {lost:,} dropped, {self.used:,} used."]
        text += [
            f"'{item.column}' is missing in {len(item.rows):,}: {first_rows(item.rows)}."
            for item in self.dropped
        ]
        text += [
            f"In its file '{column}' has codes for missing values: "
            f"{', '.join(f'{code} in {count:,}' for code, count in codes.items())}."
            for column, codes in self.coded.items()
        ]
        text += self.kept
        for factor, levels in (self.groups_lost or {}).items():
            shown = ", ".join(levels[:8]) + (", ..." if len(levels) > 8 else "")
            verb = "level has" if len(levels) == 1 else "levels have"
            text.append(f"{len(levels)} {factor} {verb} no rows: {shown}.")
        return text
