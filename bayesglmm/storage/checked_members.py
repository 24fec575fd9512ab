"""Whether the members of a Zarr hierarchy are such as a fit is saved in."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

CHUNK = re.compile(r"\d+(?:\.\d+)*")
"""The name of a chunk."""

SMALL, LARGEST_RATIO = 64_000_000, 100
"""Bytes that arrays may take in any case, and how many times those of their parts: draws are a
third of theirs, statistics that hardly vary a hundredth."""

KINDS = "fiubU"
"""Kinds of numpy's types that are kept."""


def check_members(members: Mapping[str, bytes]) -> None:
    """Refuse a hierarchy that could run code or fill the memory when it is read.

    Zarr reads whatever codec an array names, that of pickled objects among them, and makes room
    for the size that an array, or a chunk of it, says it has.

    Parameters
    ----------
    members : mapping

    Raises
    ------
    ValueError
        If a member is no array, group, attributes or chunk; if an array holds other things than
        numbers, truth values and texts, or is packed otherwise than with Blosc; if a chunk says
        that it unpacks to another size than its array does; or if all arrays together would be
        far larger than their parts.
    """
    arrays = {}
    for path, content in members.items():
        folder, _, name = path.rpartition("/")
        if name == ".zarray":
            arrays[folder] = _array(json.loads(content))
        elif name not in (".zgroup", ".zattrs") and not CHUNK.fullmatch(name):
            raise ValueError(f"{path} is no part of draws")
    total = sum(max(array.size, array.chunk) for array in arrays.values())
    if total > max(SMALL, LARGEST_RATIO * sum(map(len, members.values()))):
        raise ValueError(f"the arrays would take {total:,} bytes")
    for path, content in members.items():
        folder, _, name = path.rpartition("/")
        if not CHUNK.fullmatch(name) or folder not in arrays or not arrays[folder].packed:
            continue
        if int.from_bytes(content[4:8], "little") != arrays[folder].chunk:  # Blosc's header
            raise ValueError(f"{path} unpacks to another size than it should")


@dataclass(frozen=True, slots=True)
class _Array:
    """What an array says of itself: bytes of all and of a chunk, unpacked; whether it is packed."""

    size: int
    chunk: int
    packed: bool


def _array(said: Mapping[str, Any]) -> _Array:
    kind, packed = np.dtype(said["dtype"]), said["compressor"]
    plain = kind.kind in KINDS and said["filters"] is None
    if not plain or (packed is not None and packed["id"] != "blosc"):
        raise ValueError("an array of draws is packed in a way that fits are not saved in")
    shape, chunks = said["shape"], said["chunks"]
    if any(not isinstance(k, int) or k < 0 for k in (*shape, *chunks)):
        raise ValueError("an array of draws has no size")
    return _Array(
        math.prod(shape) * kind.itemsize, math.prod(chunks) * kind.itemsize, packed is not None
    )
