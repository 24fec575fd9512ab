"""Reporting standards point by point: each is tested in the report, or filled in by a note.

A standard is a file and a row of `STANDARDS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

import pandas as pd

from bayesglmm.errors import SpecError, brief, unknown
from bayesglmm.report.guidelines.barg import BARG
from bayesglmm.report.guidelines.point import Point, Standard
from bayesglmm.report.guidelines.robust import ROBUST
from bayesglmm.report.guidelines.sampl import SAMPL
from bayesglmm.report.guidelines.strobe import STROBE
from bayesglmm.report.guidelines.wambs import WAMBS
from bayesglmm.report.material import Section
from bayesglmm.tables import Table

STANDARDS: dict[str, Standard] = {
    one.name.lower(): one for one in (BARG, ROBUST, WAMBS, STROBE, SAMPL)
}

HELD, FILLED, OPEN = "in the report", "by the analyst", "OPEN"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Checklist:
    """A standard held against a report.

    Attributes
    ----------
    standard : str
    open : tuple of str
        Points that are neither in the report nor filled in, such as ``"barg 4A"``.
    total : int
        Number of points.
    table : Table
        A row for each point.
    """

    standard: str
    open: tuple[str, ...]
    total: int
    table: Table

    def sentence(self) -> str:
        """How many points are settled, and which are open."""
        said = f"{self.standard}: {self.total - len(self.open)} of {self.total} points"
        numbers = [key.partition(" ")[2] for key in self.open]
        return f"{said}; open: {', '.join(numbers)}." if numbers else f"{said}."

    def __repr__(self) -> str:
        return f"{self.sentence()}\n\n{self.table!r}"

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Review:
    """A report held against standards.

    Attributes
    ----------
    checklists : tuple of Checklist
    """

    checklists: tuple[Checklist, ...]

    @property
    def open(self) -> tuple[str, ...]:
        """Points of all standards that are neither in the report nor filled in."""
        return tuple(key for found in self.checklists for key in found.open)

    def __repr__(self) -> str:
        return "\n\n".join(repr(found) for found in self.checklists)

    def _repr_html_(self) -> str:
        return "".join(found._repr_html_() for found in self.checklists)


def check_asked(names: Sequence[str], notes: Mapping[str, str]) -> None:
    """Refuse standards that are unknown, and notes on points that no standard has.

    Parameters
    ----------
    names : sequence of str
    notes : mapping
        Point, such as ``"barg 1A"``, to what the analyst says of it.

    Raises
    ------
    SpecError
    """
    for name in names:
        if str(name).lower() not in STANDARDS:
            raise SpecError(unknown("reporting standard", str(name), STANDARDS))
    if not isinstance(notes, Mapping):
        raise SpecError(
            f"notes={brief(notes)} is no dictionary. Write notes={{'barg 4A': 'No decision.'}}."
        )
    known = [_key(one, point) for one in STANDARDS.values() for point in one.points]
    lower = {key.lower() for key in known}
    for key, text in notes.items():
        if str(key).lower() not in lower:
            raise SpecError(unknown("point of a reporting standard", str(key), known))
        if not isinstance(text, str) or not text.strip():
            raise SpecError(f"The note on '{key}' is {brief(text)}. Write what you say of it.")


def _key(standard: Standard, point: Point) -> str:
    return f"{standard.name.lower()} {point.number}"


def hold(names: Sequence[str], sections: Iterable[Section], notes: Mapping[str, str]) -> Review:
    """Hold a report against standards.

    Parameters
    ----------
    names : sequence of str
        Keys of `STANDARDS`, in any case; all where there are none.
    sections : iterable of Section
        Of the report.
    notes : mapping
        As for `check_asked`.

    Returns
    -------
    Review

    Raises
    ------
    SpecError
        As for `check_asked`.
    """
    check_asked(names, notes)
    made = list(sections)
    texts = {section.anchor: unescape(str(section.body)) for section in made}
    titles = {section.anchor: section.title for section in made}
    said = {key.lower(): text for key, text in notes.items()}
    chosen = [str(name).lower() for name in names] or list(STANDARDS)
    found = (_hold(STANDARDS[name], texts, titles, said) for name in dict.fromkeys(chosen))
    return Review(tuple(found))


def _hold(
    standard: Standard, texts: dict[str, str], titles: dict[str, str], said: dict[str, str]
) -> Checklist:
    rows, left = [], []
    for point in standard.points:
        key = _key(standard, point)
        if key.lower() in said:
            rows.append((point.number, point.what, FILLED, said[key.lower()]))
        elif point.held(texts):
            rows.append((point.number, point.what, HELD, titles[point.anchor]))
        else:
            rows.append((point.number, point.what, OPEN, f"notes={{'{key}': '...'}}"))
            left.append(key)
    frame = pd.DataFrame(rows, columns=["point", "asks for", "settled", "where, or what is said"])
    notes = (
        standard.source + ".",
        "In the report: its section holds what is asked for, found by its words; whether it "
        "suffices is for the reader to judge.",
    )
    return Checklist(
        standard.name, tuple(left), len(rows), Table(frame, standard.name, notes=notes)
    )
