"""A point of a reporting standard: tested in the report, or filled in by the analyst."""

from __future__ import annotations

from dataclasses import dataclass

REFITS = ("Fitted again under other priors",)
"""What the section on sensitivity says of refits; power-scaling alone fits nothing again."""

INTERACTIONS = ("(interactions: ",)
"""What the methods say of a formula that has one."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a standard asks for.

    Attributes
    ----------
    number : str
        As the standard counts, such as ``"1A"``.
    what : str
        In our words.
    anchor : str
        Section of the report that holds it; empty where only the analyst can say it.
    words : tuple of str
        What stands there when it is held.
    """

    number: str
    what: str
    anchor: str = ""
    words: tuple[str, ...] = ()

    def held(self, sections: dict[str, str]) -> bool:
        """Whether the section is in the report, with the words."""
        text = sections.get(self.anchor) if self.anchor else None
        return text is not None and all(word in text for word in self.words)


@dataclass(frozen=True, slots=True)
class Standard:
    """A reporting standard.

    Attributes
    ----------
    name, source : str
    points : tuple of Point
        In the order in which it was published.
    """

    name: str
    source: str
    points: tuple[Point, ...]
