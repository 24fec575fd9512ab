"""The report: one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path

from bayesglmm.report.material import Material
from bayesglmm.report.sections import SECTIONS


def page(material: Material) -> str:
    """Write the page.

    Parameters
    ----------
    material : Material

    Returns
    -------
    str
        HTML with styles and figures inside; asks nothing of the network. A failed fit says so at
        the top.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("bayesglmm.report"), autoescape=True, undefined=StrictUndefined
    )
    spec = material.design.spec
    return environment.get_template("page.html.j2").render(
        title=spec.title or spec.formula.text,
        question=spec.question,
        verdict=material.verdict,
        sections=[make(material) for make in SECTIONS],
    )


def write_report(material: Material, path: Path) -> Path:
    """Write the page to a file.

    Parameters
    ----------
    material : Material
    path : Path

    Returns
    -------
    Path
        The file written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page(material), encoding="utf-8")
    return path
