"""Draws as Zarr, rounded far below their Monte Carlo error, and back.

Numbers are kept as multiples of a power of two that is at most a millionth of the posterior
standard deviation of each quantity, and of the number itself. They stay doubles that every
reader of Zarr understands, and compress to about three bytes, as their last bits are zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from bayesglmm.families.links import Array
from bayesglmm.storage.checked_members import check_members

FINENESS = 2.0**-20
"""Largest step of the rounding, in posterior standard deviations; the error is at most half."""

GROUPS = ("posterior", "sample_stats")
FOLDER = "draws.zarr"


def rounded(draws: xr.Dataset) -> xr.Dataset:
    """Draws as they are kept.

    Parameters
    ----------
    draws : xarray.Dataset
        Variables with dimensions (chain, draw, ...).

    Returns
    -------
    xarray.Dataset
        Within `FINENESS` / 2 standard deviations of them; numbers that are not finite, whole
        numbers and quantities that do not vary as they were.
    """
    return draws.map(lambda each: each.copy(data=_rounded(each.to_numpy())), keep_attrs=True)


def _rounded(values: Array) -> Array:
    if values.dtype.kind != "f":
        return values
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        spread = values.std(axis=(0, 1))
        usable = np.isfinite(spread) & (spread > 0)
        # A number far below the spread keeps its own digits: a standard deviation is never 0.
        size = np.minimum(np.where(usable, spread, 1.0), np.abs(values))
        step = np.exp2(np.floor(np.log2(size * FINENESS)))
        found = np.where(usable, np.round(values / step) * step, values)
    return np.asarray(np.where(np.isfinite(found), found, values))


def pack_draws(groups: Mapping[str, xr.Dataset]) -> dict[str, bytes]:
    """Groups of draws as the members of a Zarr hierarchy (version 2 of its format).

    Parameters
    ----------
    groups : mapping
        Name to dataset.

    Returns
    -------
    dict
        Path within the hierarchy to content.
    """
    from numcodecs import Blosc
    from zarr.storage import MemoryStore

    held: dict[str, Any] = {}
    store = MemoryStore(held)
    packed = Blosc(cname="zstd", clevel=5, shuffle=Blosc.BITSHUFFLE)
    for name, draws in groups.items():
        encoding = {variable: {"compressors": (packed,)} for variable in draws.data_vars}
        draws.to_zarr(store, group=name, zarr_format=2, consolidated=False, encoding=encoding)
    return {path: content.to_bytes() for path, content in held.items()}


def unpack_draws(members: Mapping[str, bytes]) -> dict[str, xr.Dataset]:
    """The groups that `pack_draws` took apart, in memory.

    Parameters
    ----------
    members : mapping

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If the members are none that `pack_draws` makes; see `check_members`.
    """
    check_members(members)
    from zarr.core.buffer import default_buffer_prototype
    from zarr.storage import MemoryStore

    made = default_buffer_prototype().buffer.from_bytes
    store = MemoryStore({path: made(content) for path, content in members.items()})
    found = {}
    for name in GROUPS:
        kept: xr.Dataset = xr.open_zarr(
            store, group=name, consolidated=False, chunks=None, zarr_format=2
        )
        found[name] = kept.load().drop_encoding()
    return found
