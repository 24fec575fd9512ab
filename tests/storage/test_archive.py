"""Files of parts: what is damaged or strange is refused, and nothing is replaced by half."""

import io
import json
import zipfile

import pytest

from bayesglmm.errors import DataError
from bayesglmm.storage.archive import FORMAT, MANIFEST, read_archive, write_archive

PARTS = {"a.json": b"{}", "deep/b": bytes(range(256)) * 40}


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "x.bgm"
    write_archive(made, PARTS, "0.1.0")
    return made


def rewritten(path, change):
    """The same archive with its members changed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def with_manifest(path, **values):
    def change(members):
        members[MANIFEST] = json.dumps(json.loads(members[MANIFEST]) | values).encode()

    rewritten(path, change)


def test_parts_come_back(path):
    assert read_archive(path) == PARTS
    assert [found.name for found in path.parent.iterdir()] == ["x.bgm"]


def test_the_same_parts_make_the_same_file(path):
    first = path.read_bytes()
    write_archive(path, PARTS, "0.1.0")
    assert path.read_bytes() == first


def test_a_file_is_replaced_whole_or_not_at_all(path, monkeypatch):
    first = path.read_bytes()

    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(DataError, match="could not be written: no space left"):
        write_archive(path, {"a.json": b"[]"}, "0.1.0")
    assert path.read_bytes() == first
    assert [found.name for found in path.parent.iterdir()] == ["x.bgm"]


def test_every_changed_byte_is_seen(path):
    """Wherever a byte of a part is changed, the file is refused."""
    whole = path.read_bytes()
    start = whole.index(PARTS["deep/b"])
    for place in (start, start + 5_000, start + len(PARTS["deep/b"]) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        with pytest.raises(DataError, match="damaged"):
            read_archive(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_file_that_was_cut_off(path, share):
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(DataError, match="not a saved fit, or it is damaged"):
        read_archive(path)


def test_a_part_that_was_lost(path):
    rewritten(path, lambda members: members.pop("a.json"))
    with pytest.raises(DataError, match=r"lost its part 'a\.json'"):
        read_archive(path)


def test_a_part_that_was_changed(path):
    rewritten(path, lambda members: members.update({"a.json": b"[]"}))
    with pytest.raises(DataError, match=r"its part 'a\.json' was changed"):
        read_archive(path)


def test_a_part_that_nobody_listed_is_not_read(path):
    rewritten(path, lambda members: members.update({"other": b"1"}))
    assert read_archive(path) == PARTS


def test_a_later_format(path):
    with_manifest(path, format=FORMAT + 1, version="0.9.0")
    with pytest.raises(DataError, match=r"saved by bayesglmm 0\.9\.0, in a format"):
        read_archive(path)


def test_another_kind_of_file(path):
    with_manifest(path, kind="a table")
    with pytest.raises(DataError, match="holds 'a table'"):
        read_archive(path)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x05\x06" + bytes(18)])
def test_files_of_others(tmp_path, content):
    path = tmp_path / "x.bgm"
    path.write_bytes(content)
    with pytest.raises(DataError, match="not a"):
        read_archive(path)


def test_deflated_members_are_none_of_ours(tmp_path):
    path, held = tmp_path / "x.bgm", io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, "{}")
    path.write_bytes(held.getvalue())
    with pytest.raises(DataError, match="not a saved fit"):
        read_archive(path)


def test_no_file(tmp_path):
    with pytest.raises(DataError, match="There is no file"):
        read_archive(tmp_path / "x.bgm")
