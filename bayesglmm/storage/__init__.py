"""Fits in files: plain parts with checksums, from which the same fit is made again."""

from bayesglmm.storage.differences import NOT_OF_THE_DRAWS, differences
from bayesglmm.storage.saved import Kept, Saved, check_design, check_place, load, save

__all__ = [
    "NOT_OF_THE_DRAWS",
    "Kept",
    "Saved",
    "check_design",
    "check_place",
    "differences",
    "load",
    "save",
]
