"""What the compiled density reads: the arrays of each of its steps, and the same as addresses."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple, get_type_hints

import numpy as np

from bayesglmm.engine.kernel.access import KINDS, SLOTS
from bayesglmm.engine.kernel.cell_arrays import CellArrays
from bayesglmm.engine.kernel.layout import Layout
from bayesglmm.engine.kernel.map_arrays import MapArrays
from bayesglmm.engine.kernel.prior_arrays import PriorArrays

STEPS = (Layout, CellArrays, PriorArrays, MapArrays)
LENGTH = SLOTS * sum(len(step._fields) for step in STEPS)
"""Numbers of a record as addresses."""
HALT = LENGTH
"""Behind these, a number that is not 0 where trajectories are to end at once."""


class Record(NamedTuple):
    """Data of a density, by the steps that read them; their fields are numbered through."""

    layout: Layout
    cells: CellArrays
    prior: PriorArrays
    map: MapArrays


def arrays[Step: tuple[Any, ...]](step: type[Step], **values: Any) -> Step:
    """Arrays of a step, of the types and the order in memory that compiled code expects.

    Parameters
    ----------
    step : type
        One of `STEPS`.
    **values
        Its fields.

    Returns
    -------
    Step
    """
    made: dict[str, Any] = {}
    for name, (dtype, dimensions) in _kinds(step).items():
        made[name] = np.ascontiguousarray(values.pop(name), dtype=dtype)
        if made[name].ndim != dimensions:
            raise ValueError(f"{name} has {made[name].ndim} dimensions")
    if values:
        raise ValueError(f"{step.__name__} has no {', '.join(values)}")
    return step(**made)


@cache
def _kinds(step: type) -> dict[str, tuple[type, int]]:
    """What the elements of each field are, and how many dimensions it has."""
    return {name: KINDS[kind] for name, kind in get_type_hints(step).items()}


def addresses(record: Record) -> Any:
    """Address and shape of every array, as the compiled entry points read them.

    Parameters
    ----------
    record : Record
        Must stay alive as long as the addresses are used.

    Returns
    -------
    array of int64, shape (LENGTH + 1,)
        The last is 0; see `HALT`.
    """
    fields = [values for step in record for values in step]
    header = np.zeros(LENGTH + 1, dtype=np.int64)
    for row, values in zip(header[:LENGTH].reshape(-1, SLOTS), fields, strict=True):
        row[:] = values.ctypes.data, *values.shape, *([1] * (2 - values.ndim))
    return header
