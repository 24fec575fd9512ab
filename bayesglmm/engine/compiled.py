"""How functions are compiled that compiled code calls: as its parts, in one way for all files.

Division by zero gives infinity, as in NumPy. `compiled` is called, `inlined` becomes a part of the
loop that calls it. In `compiled_sums` the order of operations is free.

Numba makes machine code of each function together with all that it calls, so that a function
below five others is made six times. `merged` is for a function with one caller: it is made in that
alone. And Numba compiles a function again for each literal that is given as an argument; `ZERO`,
`NO` and `YES` are not literals.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import cast

import numba
import numpy as np

FAST = frozenset({"contract", "reassoc", "arcp", "nsz"})
"""Liberties of the compiler in sums over cells: any order; infinities stay infinities."""

EXACT = frozenset({"contract"})
"""Liberties elsewhere in loops: a product and a sum may be rounded once."""


ZERO = cast("int", np.int64(0))
NO, YES = cast("bool", np.bool_(False)), cast("bool", np.bool_(True))
"""Values that are arguments of compiled functions."""


def _as_part[Function: Callable[..., object]](
    function: Function,
    liberties: Set[str] = frozenset(),
    *,
    inline: bool = False,
    merge: bool = False,
) -> Function:
    compile_function = numba.njit(
        error_model="numpy",
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        fastmath=set(liberties),
        forceinline=inline,
        inline="always" if merge else "never",
    )
    made: Function = compile_function(function)
    return made


def compiled[Function: Callable[..., object]](function: Function) -> Function:
    """A function for compiled code.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    return _as_part(function)


def inlined[Function: Callable[..., object]](function: Function) -> Function:
    """A function of scalars that becomes a part of the loop that calls it.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    return _as_part(function, EXACT, inline=True)


def merged[Function: Callable[..., object]](function: Function) -> Function:
    """A function that is compiled as lines of its caller, of which there is one.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    return _as_part(function, merge=True)


def compiled_sums[Function: Callable[..., object]](function: Function) -> Function:
    """A function for compiled code whose sums may be taken in any order.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    return _as_part(function, FAST)


def inlined_sums[Function: Callable[..., object]](function: Function) -> Function:
    """As `compiled_sums`, as a part of the function that calls it.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    return _as_part(function, FAST, inline=True)
