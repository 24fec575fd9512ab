"""The report: one self-contained HTML page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from bayesglmm.errors import SpecError
from bayesglmm.posterior.diagnose import Verdict
from bayesglmm.report.material import Material, Section
from bayesglmm.report.sections import SECTIONS
from bayesglmm.report.sections.answers import answers
from bayesglmm.report.sections.comparison import compare_predictions
from bayesglmm.report.sections.contents import contents
from bayesglmm.report.sections.side_by_side import compare_ratios
from bayesglmm.version import __version__

type Watch = Callable[[str], None]
"""Is told which part is being made."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A section as HTML.

    Attributes
    ----------
    anchor, title, gist : str
        As in `Section`; the anchor is unique on the page.
    body : Markup
    """

    anchor: str
    title: str
    gist: str
    body: Markup


@dataclass(frozen=True, slots=True)
class PagePart:
    """Sections that belong together; a page of one model has one, without a title.

    Attributes
    ----------
    sections : tuple of Shown
        The first stands open; the others open when they are clicked.
    verdict : Verdict or None
        Stands at the top of the page.
    title, anchor : str
    """

    sections: tuple[Shown, ...]
    verdict: Verdict | None = None
    title: str = ""
    anchor: str = ""


def page(material: Material, watch: Watch | None = None) -> str:
    """Write the page.

    Parameters
    ----------
    material : Material
    watch : callable, optional
        Told the name of each section before it is made.

    Returns
    -------
    str
        HTML with styles and figures inside; asks nothing of the network. A failed fit says so at
        the top.
    """
    spec = material.design.spec
    part = PagePart(tuple(map(shown, make_sections(material, watch))), material.verdict)
    return render(spec.title or spec.text, spec.question, [part])


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


def render(title: str, question: str, parts: Sequence[PagePart]) -> str:
    """Put parts into the template.

    Parameters
    ----------
    title, question : str
    parts : sequence of PagePart

    Returns
    -------
    str
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("bayesglmm.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    template = environment.get_template("page.html.j2")
    return template.render(
        title=title,
        question=question,
        parts=parts,
        good=_good([part for part in parts if part.title and part.verdict]),
        version=__version__,
    )


def _good(parts: Sequence[PagePart]) -> str:
    """Which of several models converged, in a sentence."""
    names = [part.title for part in parts if part.verdict and part.verdict.passed]
    if not names:
        return ""
    if len(names) == len(parts):
        return f"All {len(names)} fits converged: every check passed."
    return f"Converged, every check passed: {', '.join(names)}."


def write_pages(materials: Mapping[str, Material], path: Path, watch: Watch | None = None) -> Path:
    """Write the page of one model, or of several side by side, to a file.

    Parameters
    ----------
    materials : mapping
        Name to material; the name of a single one is not shown.
    path : Path
    watch : callable, optional

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    SpecError
        If there are none.
    """
    if not materials:
        raise SpecError("There is nothing to report: give at least one fit.")
    if path.is_dir():
        raise SpecError(f"The report cannot be written to '{path}', a folder. Name a file.")
    path.parent.mkdir(parents=True, exist_ok=True)
    first, *others = materials.values()
    text = side_by_side(materials, watch) if others else page(first, watch)
    path.write_text(text, encoding="utf-8")
    return path


def side_by_side(materials: Mapping[str, Material], watch: Watch | None = None) -> str:
    """Write the page of several models: what differs between them, then each one in full.

    Parameters
    ----------
    materials : mapping
        Name to material.
    watch : callable, optional

    Returns
    -------
    str
    """
    first = next(iter(materials.values())).design.spec
    first_part = (
        answers(materials),
        compare_ratios(materials),
        compare_predictions(materials),
    )
    parts = [PagePart(tuple(map(shown, first_part)))]
    for place, (name, material) in enumerate(materials.items()):
        prefix = f"model-{place + 1}"
        sections = tuple(shown(section, prefix) for section in make_sections(material, watch))
        parts.append(PagePart(sections, material.verdict, name, prefix))
    return render(first.title or first.text, first.question, parts)


def shown(section: Section, prefix: str = "") -> Shown:
    """A section as HTML.

    Parameters
    ----------
    section : Section
    prefix : str
        Of one model among several: it makes the anchors its own.

    Returns
    -------
    Shown
    """
    body, anchor = section.body, section.anchor
    if prefix:

        def own(found: re.Match[str]) -> str:
            tag = re.sub(r' id="([^"]+)"', rf' id="{prefix}-\1"', found[0])
            return re.sub(r'(href="|url\()#', rf"\1#{prefix}-", tag)

        body, anchor = Markup(re.sub(r"<[^<>]*>", own, body)), f"{prefix}-{anchor}"
    return Shown(anchor, section.title, section.gist, body)
