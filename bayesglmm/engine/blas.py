"""Dense algebra on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep NumPy's and SciPy's BLAS on one thread meanwhile; then what the user had is back.

    The matrices here are small: threads that wait for each other on a busy machine make them
    hundreds of times slower, and their number changes the last digits, from which the draws of a
    seed would differ.
    """
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> Any:
    """The libraries that are loaded; they are looked for once, which takes a millisecond."""
    import scipy.linalg  # noqa: F401  (brings its own BLAS, which is to be found)
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
