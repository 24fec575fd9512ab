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
    """A path to write to, its folders made; see `path_of`."""
    found = path_of(path)
    found.parent.mkdir(parents=True, exist_ok=True)
    return found
