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
    compile_function = numba.njit(
        error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
    )
    made: Function = compile_function(function)
    return made
