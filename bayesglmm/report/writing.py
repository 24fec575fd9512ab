"""A report written to a file, in the format that its name ends in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bayesglmm.errors import SpecError
from bayesglmm.report.document import Document
from bayesglmm.tables.files import make_folder
from bayesglmm.tables.word import check_word


def write_document(document: Document, path: Path) -> Path:
    """Write a report to a file.

    Parameters
    ----------
    document : Document
    path : Path
        ``.docx`` is a Word document, any other ending HTML.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    BayesglmmError
        If a Word document is asked for and python-docx is not installed.
    """
    check_place(path)
    make_folder(path)
    FORMATS.get(path.suffix.lower(), _html)(document, path)
    return path


def check_place(path: Path) -> None:
    """Refuse what cannot be written, before the time is spent on what it would hold.

    Parameters
    ----------
    path : Path

    Raises
    ------
    BayesglmmError
        If it is a folder, or a Word document and python-docx is not installed.
    """
    if path.is_dir():
        raise SpecError(f"The report cannot be written to '{path}', a folder. Name a file.")
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
