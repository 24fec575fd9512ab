"""The text of a manuscript: plain text, Markdown, or a Word document."""

from __future__ import annotations

from pathlib import Path

from bayesglmm.errors import SpecError
from bayesglmm.tables.word import check_word


def read_manuscript(path: Path) -> str:
    """Read a manuscript.

    Parameters
    ----------
    path : Path
        ``.docx``, or a text in UTF-8.

    Returns
    -------
    str
        Of a Word document a paragraph a line, with those in the cells of its tables at the end.

    Raises
    ------
    SpecError
        If there is no such file, or it is no text.
    BayesglmmError
        If it is a Word document, and python-docx is not installed.
    """
    if not path.is_file():
        raise SpecError(f"There is no manuscript '{path}'.")
    if path.suffix.lower() == ".docx":
        return _word(path)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SpecError(f"'{path}' is no text in UTF-8. Give a .docx, .md or .txt file.") from error


def _word(path: Path) -> str:
    check_word()
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise SpecError(f"'{path}' is no Word document.") from error
    cells = [
        paragraph.text
        for table in document.tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
    ]
    lines = [paragraph.text.replace("\n", " ") for paragraph in document.paragraphs]
    return "\n".join([*lines, *cells])
