"""How functions of the kernel are compiled: as parts of the two that C code calls."""

from __future__ import annotations

from collections.abc import Callable

import numba


def compiled[Function: Callable[..., object]](function: Function) -> Function:
    """A function for compiled code; division by zero gives infinity, as in NumPy.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    made: Function = numba.njit(error_model="numpy")(function)
    return made
