"""A report written to a file, in the format that its name ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from bayesglmm.errors import SpecError
from bayesglmm.report.document import Document, Watch, make_document
from bayesglmm.report.material import Material
from bayesglmm.tables.files import make_folder
from bayesglmm.tables.word import check_word


def write_pages(
    materials: Mapping[str, Material],
    path: Path,
    watch: Watch | None = None,
    *,
    short: bool = False,
) -> Path:
    """Write the report of one model, or of several side by side, to a file.

    Parameters
    ----------
    materials : mapping
        Name to material; the name of a single one is not shown.
    path : Path
        ``.docx`` is a Word document, any other ending HTML.
    watch : callable, optional
    short : bool
        Whether it is to fit on two printed pages.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    SpecError
        If there are none.
    BayesglmmError
        If a Word document is asked for and python-docx is not installed.
    """
    if not materials:
        raise SpecError("There is nothing to report: give at least one fit.")
    if path.is_dir():
        raise SpecError(f"The report cannot be written to '{path}', a folder. Name a file.")
    check_format(path)
    make_folder(path)
    write = FORMATS.get(path.suffix.lower(), _html)
    write(make_document(materials, watch, short=short), path)
    return path


def check_format(path: Path) -> None:
    """Refuse a format that cannot be written, before the time is spent on what it would hold.

    Parameters
    ----------
    path : Path

    Raises
    ------
    BayesglmmError
        If it is a Word document, and python-docx is not installed.
    """
    if path.suffix.lower() == ".docx":
        check_word()


def _html(document: Document, path: Path) -> None:
    from bayesglmm.report.page import render

    path.write_text(render(document), encoding="utf-8")


def _word(document: Document, path: Path) -> None:
    from bayesglmm.report.word import write_word

    write_word(document, path)


FORMATS: dict[str, Callable[[Document, Path], None]] = {".docx": _word, ".html": _html}
"""Ending of a file's name to what writes it."""
