"""Files that were damaged or made to harm: refused by name, in little time and memory."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import pickle
import time
import zipfile

import numpy as np
import pandas as pd
import pytest
from posterior_maker import make_fit
from seeds import generator
from storage.hostile import by_chance, on_purpose, packed

import bayesglmm as bg
from bayesglmm.errors import DataError
from bayesglmm.storage import checked_members, plain_data
from bayesglmm.storage.archive import MANIFEST, read_archive

DAMAGED, CHANGED = 300, 150
"""Files of each kind here; `studies/damaged_files.py` makes more."""

TIME = 10.0
"""CPU seconds that a file may take, at most."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    place = np.arange(40)
    rows = pd.DataFrame({"y": np.sin(place), "x": np.cos(place), "g": place % 8})
    fit = make_fit(bg.Model("y ~ x + (1 | g)", rows), draws=100)
    return fit.save(tmp_path_factory.mktemp("whole") / "x.bgm")


def opened(path, content):
    """What comes of a file: the fit, or None where it is refused by name."""
    path.write_bytes(content)
    start = time.process_time()
    try:
        return bg.load(path)
    except bg.BayesglmmError:
        return None
    finally:
        assert time.process_time() - start < TIME


def test_what_chance_damaged_is_refused_or_is_the_fit(whole, tmp_path):
    rng, fit = generator(1), bg.load(whole)
    for _ in range(DAMAGED):
        kind, content = by_chance(whole.read_bytes(), rng)
        found = opened(tmp_path / "y.bgm", content)
        if found is not None:  # a byte that nobody reads, such as a date of the archive
            assert found.draws.posterior.equals(fit.draws.posterior), kind
            assert found.design.data.equals(fit.design.data), kind
            assert found.design.spec == fit.design.spec, kind


def test_parts_that_say_something_else_raise_no_error_but_ours(whole, tmp_path):
    """Their checksums are right, so that it is the readers behind that are tried."""
    rng = generator(2)
    for _ in range(CHANGED):
        _, content = on_purpose(whole, rng)
        opened(tmp_path / "y.bgm", content)


def test_no_object_is_unpickled(whole, tmp_path, monkeypatch):
    """An array may name a codec of pickled objects, which numcodecs knows."""
    parts = read_archive(whole)
    name = next(each for each in parts if each.endswith("/x/.zarray"))
    said = json.loads(parts[name]) | {"dtype": "|O", "filters": [{"id": "pickle", "protocol": 5}]}
    said |= {"compressor": None}
    chunk = name.replace(".zarray", "0.0")
    pickled = pickle.dumps(np.zeros((4, 100), dtype=object))
    asked = []
    monkeypatch.setattr(pickle, "loads", lambda *_: asked.append(1))
    content = packed(parts | {name: json.dumps(said).encode(), chunk: pickled})
    assert opened(tmp_path / "y.bgm", content) is None
    assert asked == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("shape", [4, 10**12]),
        ("shape", [4, -1]),
        ("chunks", [4, 10**10]),
        ("dtype", "<U1000000000"),
    ],
)
def test_arrays_that_would_fill_the_memory(whole, tmp_path, key, value):
    parts = read_archive(whole)
    name = next(each for each in parts if each.endswith("/x/.zarray"))
    said = json.loads(parts[name]) | {key: value}
    assert opened(tmp_path / "y.bgm", packed(parts | {name: json.dumps(said).encode()})) is None


def test_a_chunk_that_would_unpack_to_another_size(whole, tmp_path):
    parts = read_archive(whole)
    name = next(each for each in parts if each.endswith("/x/0.0"))
    content = bytearray(parts[name])
    content[4:8] = (2**31 - 1).to_bytes(4, "little")
    assert opened(tmp_path / "y.bgm", packed(parts | {name: bytes(content)})) is None


def test_rows_that_would_fill_the_memory(whole, tmp_path, monkeypatch):
    monkeypatch.setattr(plain_data, "SMALL", 1000)
    rows = pd.DataFrame({"y": 0.0, "x": 1.0, "g": 1}, index=range(2_000_000))
    held = io.BytesIO()
    rows.to_parquet(held, index=False)
    assert len(held.getvalue()) < 100_000
    content = packed(read_archive(whole) | {"rows.parquet": held.getvalue()})
    path = tmp_path / "y.bgm"
    path.write_bytes(content)
    with pytest.raises(DataError, match="damaged"):
        bg.load(path)


def test_members_that_share_their_bytes_are_not_read(tmp_path):
    """Twenty names of one member would take twenty times its size."""
    path, content = tmp_path / "x.bgm", bytes(100_000)
    names = [f"part {k}" for k in range(20)]
    listed = dict.fromkeys(["a", *names], hashlib.sha256(content).hexdigest())
    path.write_bytes(packed({"a": content}, sha256=listed))
    with zipfile.ZipFile(path, "a") as archive:
        for name in names:
            same = copy.copy(archive.getinfo("a"))
            same.filename = name
            archive.filelist.append(same)
        archive.comment = b"has the directory written anew"
    with pytest.raises(DataError, match="larger than the file"):
        read_archive(path)


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "draws.zarr/../../outside"])
def test_names_that_leave_the_folder_write_nothing(whole, tmp_path, name):
    parts = read_archive(whole)
    before = sorted(tmp_path.parent.rglob("*outside*"))
    opened(tmp_path / "y.bgm", packed(parts | {name: b"{}"}))
    assert sorted(tmp_path.parent.rglob("*outside*")) == before


def test_a_link_is_replaced_and_not_followed(whole, tmp_path):
    other = tmp_path / "other.txt"
    other.write_text("mine")
    link = tmp_path / "x.bgm"
    link.symlink_to(other)
    bg.load(whole).save(link, overwrite=True)
    assert other.read_text() == "mine"
    assert not link.is_symlink()


@pytest.mark.parametrize("content", ["[" * 100_000, '{"kind": ' * 50_000, "1" * 10_000])
def test_a_manifest_that_is_deep_or_long(tmp_path, content):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(MANIFEST, content)
    assert opened(tmp_path / "y.bgm", held.getvalue()) is None


def test_what_is_saved_passes_its_own_check(whole):
    parts = read_archive(whole)
    prefix = "draws.zarr/"
    members = {n.removeprefix(prefix): c for n, c in parts.items() if n.startswith(prefix)}
    checked_members.check_members(members)
    with pytest.raises(ValueError, match="no part of draws"):
        checked_members.check_members(members | {"posterior/zarr.json": b"{}"})
