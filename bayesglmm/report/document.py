"""A report before it has a format: its title and its parts, whole or in short."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bayesglmm.posterior.diagnose import Verdict
from bayesglmm.report.guidelines import Review, hold
from bayesglmm.report.material import Material, Section
from bayesglmm.report.sections import SECTIONS
from bayesglmm.report.sections.answers import answers
from bayesglmm.report.sections.comparison import compare_predictions
from bayesglmm.report.sections.contents import contents
from bayesglmm.report.sections.guidelines import guidelines
from bayesglmm.report.sections.side_by_side import compare_ratios
from bayesglmm.report.short import short_sections

type Watch = Callable[[str], None]
"""Is told which part is being made."""


@dataclass(frozen=True, slots=True)
class Part:
    """Sections that belong together; a report of one model has one part, without a title.

    Attributes
    ----------
    sections : tuple of Section
        The first is the answer.
    verdict : Verdict or None
        Stands at the top of the report.
    title, anchor : str
    """

    sections: tuple[Section, ...]
    verdict: Verdict | None = None
    title: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A report.

    Attributes
    ----------
    title, question : str
    parts : tuple of Part
    short : bool
        Whether it is two pages to be printed: nothing is folded.
    reviews : tuple of Review
        Of each model that is held against reporting standards.
    """

    title: str
    question: str
    parts: tuple[Part, ...]
    short: bool = False
    reviews: tuple[Review, ...] = ()

    @property
    def converged(self) -> str:
        """Which of several models converged, in a sentence; empty for one."""
        several = [part for part in self.parts if part.title and part.verdict]
        names = [part.title for part in several if part.verdict and part.verdict.passed]
        if not names:
            return ""
        if len(names) == len(several):
            return f"All {len(names)} fits converged: every check passed."
        return f"Converged, every check passed: {', '.join(names)}."


def make_document(
    materials: Mapping[str, Material], watch: Watch | None = None, *, short: bool = False
) -> Document:
    """The report of one model, or of several side by side.

    Parameters
    ----------
    materials : mapping
        Name to material; the name of a single one is not shown.
    watch : callable, optional
        Told the name of each section before it is made.
    short : bool
        Whether it is to fit on two printed pages.

    Returns
    -------
    Document
        Of several, what differs between them stands first.
    """
    first, *others = materials.values()
    make = short_sections if short else make_sections
    if not others:
        parts: Sequence[Part] = [Part(make(first, watch), first.verdict)]
    else:
        compared = [answers(materials), compare_ratios(materials)]
        compared += [] if short else [compare_predictions(materials)]
        models = [
            Part(make(material, watch), material.verdict, name, f"model-{place + 1}")
            for place, (name, material) in enumerate(materials.items())
        ]
        parts = [Part(tuple(compared)), *models]
    spec = first.design.spec
    parts, reviews = _reviewed(parts, list(materials.values()))
    return Document(spec.title or spec.text, spec.question, parts, short, reviews)


def _reviewed(
    parts: Sequence[Part], materials: Sequence[Material]
) -> tuple[tuple[Part, ...], tuple[Review, ...]]:
    """The parts with the checklists that were asked for; those of the models come last."""
    made, reviews = list(parts), []
    for place, material in enumerate(materials, len(parts) - len(materials)):
        if material.check:
            part = made[place]
            review = hold(material.check, part.sections, material.notes)
            made[place] = replace(part, sections=(*part.sections, guidelines(review)))
            reviews.append(review)
    return tuple(made), tuple(reviews)


def make_sections(material: Material, watch: Watch | None = None) -> tuple[Section, ...]:
    """The sections of one model, in order; those that do not apply to it are left out.

    Parameters
    ----------
    material : Material
    watch : callable, optional

    Returns
    -------
    tuple of Section
    """
    made = []
    for make in SECTIONS:
        if watch is not None:
            watch(make.__name__)
        made.append(make(material))
    found = [section for section in made if section is not None]
    return (*found, contents(material, found))
