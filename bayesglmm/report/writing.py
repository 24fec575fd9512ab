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
        Ends in ``.html``, or in ``.docx`` for a Word document.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    BayesglmmError
        As for `check_place`.
    """
    check_place(path)
    make_folder(path)
    FORMATS[path.suffix.lower()](document, path)
    return path


def check_place(path: Path) -> None:
    """Refuse what cannot be written, before the time is spent on what it would hold.

    Parameters
    ----------
    path : Path

    Raises
    ------
    BayesglmmError
        If it is a folder, if its name ends in no format of reports, or if it is a Word document and
        python-docx is not installed.
    """
    if path.is_dir():
        raise SpecError(f"The report cannot be written to '{path}', a folder. Name a file.")
    if path.suffix.lower() not in FORMATS:
        raise SpecError(
            f"'{path.name}' names no format of reports. End it in {' or '.join(FORMATS)}; for "
            "a PDF, print the page."
        )
    if path.suffix.lower() == ".docx":
        check_word()


def _html(document: Document, path: Path) -> None:
    from bayesglmm.report.page import render

    path.write_text(render(document), encoding="utf-8")


def _word(document: Document, path: Path) -> None:
    from bayesglmm.report.word import write_word

    write_word(document, path)


FORMATS: dict[str, Callable[[Document, Path], None]] = {".html": _html, ".docx": _word}
"""Ending of a file's name to what writes it."""
