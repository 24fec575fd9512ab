"""The report: one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bayesglmm import __version__
from bayesglmm.posterior.diagnose import Verdict
from bayesglmm.report.material import Material, Section
from bayesglmm.report.sections import SECTIONS

type Watch = Callable[[str], None]
"""Is told which part is being made."""


@dataclass(frozen=True, slots=True)
class Part:
    """Sections that belong together; a page of one model has one, without a title.

    Attributes
    ----------
    sections : tuple of Section
    verdict : Verdict or None
        Stands at the top of the page.
    title, anchor : str
    """

    sections: tuple[Section, ...]
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
    part = Part(make_sections(material, watch), material.verdict)
    return render(spec.title or spec.formula.text, spec.question, [part])


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
    return tuple(section for section in made if section is not None)


def render(title: str, question: str, parts: Sequence[Part]) -> str:
    """Put parts into the template.

    Parameters
    ----------
    title, question : str
    parts : sequence of Part

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
    return template.render(title=title, question=question, parts=parts, version=__version__)


def write_report(material: Material, path: Path, watch: Watch | None = None) -> Path:
    """Write the page to a file.

    Parameters
    ----------
    material : Material
    path : Path
    watch : callable, optional

    Returns
    -------
    Path
        The file written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(material, watch), encoding="utf-8")
    return path
