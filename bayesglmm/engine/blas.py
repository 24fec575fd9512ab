"""Dense algebra on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep NumPy's and SciPy's BLAS on one thread meanwhile; then what the user had is back.

    The matrices here are small: threads that wait for each other on a busy machine make them
    hundreds of times slower, and their number changes the last digits, from which the draws of a
    seed would differ.
    """
    import scipy.linalg  # noqa: F401  (brings its own BLAS, which is to be found)
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1, user_api="blas"):
        yield
