"""The report as one self-contained HTML page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from bayesglmm.posterior.diagnose import Verdict
from bayesglmm.report.document import Document, Part, Watch, make_document
from bayesglmm.report.material import Material, Section
from bayesglmm.version import __version__


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
class ShownPart:
    """A part as HTML; see `Part`."""

    sections: tuple[Shown, ...]
    verdict: Verdict | None
    title: str
    anchor: str


def page(material: Material, watch: Watch | None = None) -> str:
    """Write the page of one model.

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
    return render(make_document({"": material}, watch))


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
    return render(make_document(materials, watch))


def render(document: Document) -> str:
    """Put a report into the template.

    Parameters
    ----------
    document : Document

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
    return environment.get_template("page.html.j2").render(
        title=document.title,
        question=document.question,
        parts=[_shown_part(part) for part in document.parts],
        good=document.converged,
        short=document.short,
        version=__version__,
    )


def _shown_part(part: Part) -> ShownPart:
    sections = tuple(_shown(section, part.anchor) for section in part.sections)
    return ShownPart(sections, part.verdict, part.title, part.anchor)


def _shown(section: Section, prefix: str) -> Shown:
    """A section as HTML; of one model among several, its anchors are its own."""
    if not prefix:
        return Shown(section.anchor, section.title, section.gist, section.body)

    def own(found: re.Match[str]) -> str:
        tag = re.sub(r' id="([^"]+)"', rf' id="{prefix}-\1"', found[0])
        return re.sub(r'(href="|url\()#', rf"\1#{prefix}-", tag)

    body = Markup(re.sub(r"<[^<>]*>", own, section.body))
    return Shown(f"{prefix}-{section.anchor}", section.title, section.gist, body)
