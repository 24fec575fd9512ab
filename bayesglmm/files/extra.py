"""Packages that only some files need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from bayesglmm.errors import DataError


def needed(package: str) -> Any:
    """A package of the extra ``files``.

    Parameters
    ----------
    package : str

    Returns
    -------
    module

    Raises
    ------
    DataError
        If it is not installed.
    """
    try:
        return import_module(package)
    except ImportError:
        raise DataError(
            f"This kind of file needs {package}. Install it with: pip install {package}"
        ) from None
