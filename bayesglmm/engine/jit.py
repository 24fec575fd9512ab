"""Compiled code: Numba functions whose machine code is kept on disk.

Numba's own cache looks at the file of the outermost function only, so an edit of a file beneath it
would leave old machine code in use. Here the folder of the cache is named by a digest of all
sources that are compiled and of the processor they are compiled for: any edit, any new version and
any other processor (of machines that share a folder, or by `NUMBA_CPU_NAME`) compiles afresh.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from bayesglmm.errors import EngineError

CACHE_VARIABLE = "BAYESGLMM_CACHE"
"""Environment variable that names the folder of compiled code."""


@cache
def cache_folder() -> Path:
    """Folder of the machine code of this version of the sources for this processor."""
    import platformdirs

    engine = Path(__file__).parent
    digest = hashlib.sha256(_processor().encode())
    for path in sorted(engine.rglob("*.py")):
        digest.update(path.read_bytes())
    root = Path(os.environ.get(CACHE_VARIABLE) or platformdirs.user_cache_dir("bayesglmm"))
    for folder in (root, Path(tempfile.gettempdir()) / f"bayesglmm-{getpass.getuser()}"):
        if _writable(folder):
            return folder / digest.hexdigest()[:16]
    raise EngineError(
        f"Compiled code cannot be kept in '{root}'. Name a folder in {CACHE_VARIABLE}."
    )


def _processor() -> str:
    """Name and features of the processor that Numba compiles for."""
    import numba
    from llvmlite import binding

    name = numba.config.CPU_NAME or binding.get_host_cpu_name()
    features = numba.config.CPU_FEATURES
    if features is None and numba.config.CPU_NAME is None:
        features = binding.get_host_cpu_features().flatten()
    return f"{name} {features}"


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


@contextmanager
def _caching() -> Iterator[None]:
    """Have Numba keep what is decorated meanwhile in our folder."""
    import numba

    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder())
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


@cache
def cached_njit(function: Callable[..., Any]) -> Callable[..., Any]:
    """A compiled version of a function, kept on disk.

    Parameters
    ----------
    function : callable
        At the top level of a module.

    Returns
    -------
    callable
        Compiled when first called with arguments of a type.
    """
    import numba

    with _caching():
        return numba.njit(cache=True, nogil=True)(function)  # type: ignore[no-any-return]


@cache
def cached_cfunc(function: Callable[..., Any], signature: Any) -> Any:
    """A function that C code can call, kept on disk; division by zero is that of NumPy.

    Parameters
    ----------
    function : callable
        At the top level of a module.
    signature : numba signature

    Returns
    -------
    numba.core.ccallback.CFunc
        Its `address` is the pointer; its `ctypes` calls it from Python.
    """
    import numba

    with _caching():
        return numba.cfunc(signature, cache=True, error_model="numpy")(function)
