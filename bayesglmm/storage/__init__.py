"""Fits in files: plain parts with checksums, from which the same fit is made again."""

from bayesglmm.storage.contents import read
from bayesglmm.storage.differences import NOT_OF_THE_DRAWS, differences
from bayesglmm.storage.loading import load, opened, restored
from bayesglmm.storage.lock import writing
from bayesglmm.storage.plain_data import digest
from bayesglmm.storage.plain_spec import pack_chosen, pack_spec, unpack_chosen, unpack_spec
from bayesglmm.storage.saved import Saved
from bayesglmm.storage.saving import Kept, check_design, check_place, save

__all__ = [
    "NOT_OF_THE_DRAWS",
    "Kept",
    "Saved",
    "check_design",
    "check_place",
    "differences",
    "digest",
    "load",
    "opened",
    "pack_chosen",
    "pack_spec",
    "read",
    "restored",
    "save",
    "unpack_chosen",
    "unpack_spec",
    "writing",
]
