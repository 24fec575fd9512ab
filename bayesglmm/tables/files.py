"""Where a file is written."""

from __future__ import annotations

import os
from pathlib import Path

from bayesglmm.errors import SpecError, brief


def path_of(path: str | Path, example: str = "table.docx", argument: str = "path") -> Path:
    """A path as it was given, whether or not the file exists.

    Parameters
    ----------
    path : str or Path
    example : str
        A name that the argument might have, for the message.
    argument : str
        Its name.

    Returns
    -------
    Path

    Raises
    ------
    SpecError
        If it is no path.
    """
    if not isinstance(path, (str, os.PathLike)) or not str(path):
        raise SpecError(f"{argument}={brief(path)} names no file. Write '{example}', say.")
    return Path(path)


def output_path(path: str | Path) -> Path:
    """A path to write to, its folders made; see `path_of` and `make_folder`."""
    found = path_of(path)
    make_folder(found)
    return found


def make_folder(path: Path) -> None:
    """Make the folders that a file is to lie in, where they are missing.

    Parameters
    ----------
    path : Path
        Of the file.

    Raises
    ------
    SpecError
        If they cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SpecError(f"The folder of '{path}' cannot be made: {error}.") from error
