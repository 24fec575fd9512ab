"""One process at a time writes a file of a fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bayesglmm.errors import DataError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Keep other processes from writing a file.

    The system lets go when the process ends, however it ends. A hidden file beside it stays, which
    holds nothing; within a process the same file may be taken again.

    Parameters
    ----------
    path : Path
        Of the fit; its folder is there.

    Raises
    ------
    DataError
        If another process writes it, or its folder cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f".{path.name}.lock"), is_singleton=True, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise DataError(
            f"Another process is making the fit in {path}. Wait for it, or give another file."
        ) from None
    except OSError as error:
        raise DataError(f"{path.parent} cannot be written: {error.strerror}.") from None
    try:
        yield
    finally:
        lock.release()
