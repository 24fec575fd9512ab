"""Fits in files: plain parts with checksums, from which the same fit is made again."""

from bayesglmm.storage.contents import read
from bayesglmm.storage.differences import NOT_OF_THE_DRAWS, differences
from bayesglmm.storage.loading import load, restored
from bayesglmm.storage.lock import writing
from bayesglmm.storage.saved import Saved
from bayesglmm.storage.saving import Kept, check_design, check_place, save

__all__ = [
    "NOT_OF_THE_DRAWS",
    "Kept",
    "Saved",
    "check_design",
    "check_place",
    "differences",
    "load",
    "read",
    "restored",
    "save",
    "writing",
]
