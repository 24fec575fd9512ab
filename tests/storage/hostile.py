"""Files that were damaged, by chance or on purpose, from a whole one."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bayesglmm.storage.archive import EPOCH, MANIFEST, read_archive


def by_chance(whole: bytes, rng: np.random.Generator) -> tuple[str, bytes]:
    """A file as disks and transfers damage it: what was done, and its bytes."""
    kind = str(rng.choice(["bit", "bits", "byte", "cut", "zeros", "lost", "doubled", "swapped"]))
    content, size = bytearray(whole), len(whole)
    place = int(rng.integers(size))
    length = int(rng.integers(1, max(2, min(4096, size - place))))
    if kind == "bit":
        content[place] ^= 1 << int(rng.integers(8))
    elif kind == "bits":
        for one in rng.integers(size, size=20):
            content[one] ^= 1 << int(rng.integers(8))
    elif kind == "byte":
        content[place] = int(rng.integers(256))
    elif kind == "cut":
        content = content[:place]
    elif kind == "zeros":
        content[place : place + length] = bytes(len(content[place : place + length]))
    elif kind == "lost":
        del content[place : place + length]
    elif kind == "doubled":
        content[place:place] = content[place : place + length]
    else:
        other = int(rng.integers(size))
        content[place], content[other] = content[other], content[place]
    return kind, bytes(content)


def packed(parts: dict[str, bytes], **manifest: Any) -> bytes:
    """A file of parts with checksums that are right, whoever wrote them."""
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    said = {"kind": "bayesglmm fit", "format": 1, "version": "0.1.0", "sha256": listed} | manifest
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {MANIFEST: json.dumps(said).encode(), **parts}.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return held.getvalue()


def on_purpose(path: Path, rng: np.random.Generator) -> tuple[str, bytes]:
    """A file one of whose parts was changed, with checksums that are right again."""
    parts = read_archive(path)
    name = str(rng.choice(sorted(parts)))
    if name.endswith(".json") or name.rpartition("/")[2].startswith(".z"):
        content = json.loads(parts[name])
        places = list(_places(content))
        if places:
            put = places[int(rng.integers(len(places)))]
            values = [None, [], {}, "", "x", -1, 0, 1.5, 2**70, [[]], {"a": {}}, True, "1e9", 10**9]
            put(values[int(rng.integers(len(values)))])
            return f"value in {name}", packed(parts | {name: json.dumps(content).encode()})
    _, content = by_chance(parts[name], rng) if parts[name] else ("", b"x")
    return f"bytes of {name}", packed(parts | {name: content})


def _places(value: Any) -> Iterator[Callable[[Any], None]]:
    """Whatever can be put elsewhere in a value of JSON."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in list(pairs):
        yield lambda new, key=key: value.__setitem__(key, new)
        if isinstance(each, (dict, list)):
            yield from _places(each)
