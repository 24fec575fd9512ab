"""How functions of the kernel are compiled: as parts of those that C code calls."""

from __future__ import annotations

from collections.abc import Callable

import numba

FAST = frozenset({"contract", "reassoc", "arcp", "nsz"})
"""Liberties of the compiler in sums over cells: any order; infinities stay infinities."""


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


def compiled_sums[Function: Callable[..., object]](function: Function) -> Function:
    """The same for a function whose sums may be taken in any order.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    compile_function = numba.njit(
        error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, fastmath=set(FAST)
    )
    made: Function = compile_function(function)
    return made
