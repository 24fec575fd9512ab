"""A file of parts: a zip archive whose members are listed with their checksums.

Members are stored as they are, not deflated: what is large is compressed already, and a member
cannot be larger than the file. Nothing in it is code, and nothing is unpacked to disk.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bayesglmm.errors import BayesglmmError, DataError

MANIFEST = "manifest.json"
KIND = "bayesglmm fit"
FORMAT = 1
"""Raised where a file of before could be read wrongly."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time that every member bears, so that the same parts make the same file."""


def write_archive(path: Path, parts: Mapping[str, bytes], version: str) -> None:
    """Write parts into one file, whole or not at all.

    Parameters
    ----------
    path : Path
    parts : mapping
        Name to content.
    version : str
        Of the program that writes.

    Raises
    ------
    DataError
        If the disk is full, or the folder cannot be written; a file that is there stays.
    """
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    manifest = {"kind": KIND, "format": FORMAT, "version": version, "sha256": listed}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {MANIFEST: to_json(manifest), **parts}.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with beside.open("xb") as file:  # for the readers that any new file has here
            file.write(held.getbuffer())
            file.flush()
            os.fsync(file.fileno())  # what is said to be kept outlives the machine
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DataError(f"{path} could not be written: {error.strerror or error}.") from error
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def read_archive(path: Path) -> dict[str, bytes]:
    """Read a file of parts, each held against its checksum.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict
        Name to content, the manifest left out.

    Raises
    ------
    DataError
        If there is no such file, if it is none of ours, of a later format, or damaged.
    """
    if not path.is_file():
        raise DataError(f"There is no file {path}.")
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive, path)
            _check_sizes(archive, manifest["sha256"], path)
            return {name: _part(archive, name, manifest, path) for name in manifest["sha256"]}
    except PermissionError:
        raise DataError(f"{path} may not be read.") from None
    except BROKEN:
        raise DataError(f"{path} is not a saved fit, or it is damaged. {ADVICE}") from None


ADVICE = "Take another copy of it, or fit the model again."

BROKEN = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,  # a way to pack that there is not
    OSError,  # an offset before the start
    OverflowError,
    RuntimeError,  # a member that is encrypted
    ValueError,
    struct.error,
)
"""What `zipfile` raises for files that are no archives, or damaged ones."""


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """Say of a file whose parts are whole, but not what is written, that it is damaged.

    Parts come from anyone who can write a file; whatever the libraries that read them raise is the
    file's fault.

    Parameters
    ----------
    path : Path

    Raises
    ------
    DataError
    """
    try:
        yield
    except BayesglmmError:
        raise
    except Exception as error:
        raise DataError(
            f"{path} is damaged: it holds something that no fit is saved as "
            f"({type(error).__name__}). {ADVICE}"
        ) from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_stored(archive, MANIFEST))
        kind, number, version = found["kind"], int(found["format"]), found["version"]
        listed = all(isinstance(each, str) for each in found["sha256"].values())
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        raise DataError(f"{path} is not a fit saved by bayesglmm.") from None
    if kind != KIND or not listed:
        raise DataError(f"{path} holds '{kind}', not a fit saved by bayesglmm.")
    if number > FORMAT:
        raise DataError(
            f"{path} was saved by bayesglmm {version}, in a format that this version does not "
            "know. Load it with that version, or a later one."
        )
    return dict(found)


def _check_sizes(archive: zipfile.ZipFile, names: Iterable[str], path: Path) -> None:
    """Refuse members that say they are larger than the file, alone or together."""
    sizes = {each.filename: each.file_size for each in archive.infolist()}
    if sum(sizes.get(name, 0) for name in names) > path.stat().st_size:
        raise DataError(f"{path} is damaged: its parts say they are larger than the file. {ADVICE}")


def _part(archive: zipfile.ZipFile, name: str, manifest: Mapping[str, Any], path: Path) -> bytes:
    try:
        content = _stored(archive, name)
    except KeyError:
        raise DataError(f"{path} is damaged: it has lost its part '{name}'. {ADVICE}") from None
    if hashlib.sha256(content).hexdigest() != manifest["sha256"][name]:
        raise DataError(f"{path} is damaged: its part '{name}' was changed. {ADVICE}")
    return content


def _stored(archive: zipfile.ZipFile, name: str) -> bytes:
    """The content of a member; one that was deflated is none of ours."""
    member = archive.getinfo(name)
    if member.compress_type != zipfile.ZIP_STORED:
        raise zipfile.BadZipFile(name)
    return archive.read(member)


def to_json(value: Any) -> bytes:
    """A value as JSON that people can read.

    Parameters
    ----------
    value : object
        Of dicts, lists, texts, numbers, truth values and None.

    Returns
    -------
    bytes
    """
    return json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False).encode()
